"""The reader on text that others wrote: what it means, where it is wrong, and where its grammar comes from."""

from __future__ import annotations

import gc
import importlib
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import hcl2
import pytest

from tfgen.diagnostics import TfgenError
from tfgen.hcl import grammar
from tfgen.hcl import read as reader
from tfgen.hcl.foreign import read_foreign
from tfgen.hcl.names import Foreign
from tfgen.hcl.printer import print_expression, print_file
from tfgen.hcl.read import ReadError, read
from tfgen.hcl.tree import (
    Access,
    Attribute,
    Binary,
    Blank,
    Block,
    Bool,
    Call,
    Comment,
    Conditional,
    Expr,
    ForObject,
    ForTuple,
    Index,
    Item,
    Literal,
    Null,
    Number,
    Object,
    Reference,
    Splat,
    Subscript,
    TreeError,
    Tuple,
    Unary,
    reference,
    template,
)

A, B, C = reference("a"), reference("b"), reference("c")
ONE, TWO = Number(1), Number(2)


def value(source: str) -> Expr:
    (attribute,) = read(f"x = {source}\n")
    assert isinstance(attribute, Attribute)
    return attribute.value


EXPRESSIONS: list[tuple[str, Expr]] = [
    ("((a))", A),
    ("(a).b", reference("a.b")),
    ('"${a}"', A),
    ('"${"x"}-${a}"', template("x-", A)),
    ('"a${b}$${c}"', template("a", B, "${c}")),
    (r'"\u00e9\U0001F600\t\"\\"', Literal('é😀\t"\\')),
    ('"e\u0301"', Literal("é")),
    ("-5", Unary("-", Number(5))),
    ("-55", Unary("-", Number(55))),
    ("- 55", Unary("-", Number(55))),
    ("1.50", Number(Decimal("1.5"))),
    ("1e3", Number(1000)),
    ("007", Number(7)),
    ("a.0.b", Access(Index(A, Number(0)), "b")),
    ("a.*.b.c[0].d", Access(Index(Splat(A, ("b", "c")), Number(0)), "d")),
    ("a[*].b", Splat(A, ("b",))),
    ("a[*].b[0].c", Splat(A, ("b", Subscript(Number(0)), "c"))),
    ("a[*][b]", Splat(A, (Subscript(B),))),
    ("a[*].b[*].c[*]", Splat(A, ("b", Subscript(), "c", Subscript()))),
    ("a.*.b.0", Splat(A, ("b", Subscript(Number(0))))),
    ("a[*].b.*.c", Splat(A, ("b", Subscript(), "c"))),
    ("a.*.b[*].c", Splat(Splat(A, ("b",)), ("c",))),
    ("(a[*].b)[*].c", Splat(Splat(A, ("b",)), ("c",))),
    ("(a[*].b)[0]", Index(Splat(A, ("b",)), Number(0))),
    ("f(a, b...)", Call("f", (A, B), expand=True)),
    ("f(\n  a, # one\n  b,\n)", Call("f", (A, B))),
    ("a + b * c", Binary("+", A, Binary("*", B, C))),
    ("(a + b) * c", Binary("*", Binary("+", A, B), C)),
    ("a - (b - c)", Binary("-", A, Binary("-", B, C))),
    ("(\n  a\n  && b # why\n  && c\n)", Binary("&&", Binary("&&", A, B), C)),
    ("a ? b : c ? 1 : 2", Conditional(A, B, Conditional(C, ONE, TWO))),
    ("(a ?\n  b :\n  c)", Conditional(A, B, C)),
    ("[for k,v in a: b if c]", ForTuple(("k", "v"), A, B, C)),
    ("{for k in a: k => b...}", ForObject(("k",), A, reference("k"), B, group=True)),
    ("{ a : 1, b : 2 }", Object((Item("a", ONE), Item("b", TWO)))),
    ("{ null = 1, in = 2 }", Object((Item("null", ONE), Item("in", TWO)))),
    ('{ 1.50 = 1, ("k") = 2, "l" = 1 }', Object((Item("1.5", ONE), Item("k", TWO), Item("l", ONE)))),
    ('{ (a) = 1, a.b = 2, "${c}" = 1 }', Object((Item(A, ONE), Item(reference("a.b"), TWO), Item(C, ONE)))),
    (
        "{\n  a = 1, # first\n  b = 2 // second\n}",
        Object((Comment("first"), Item("a", ONE), Comment("second"), Item("b", TWO))),
    ),
    ("[\n  1, # first\n\n  /* own */\n  2\n]", Tuple((Comment("first"), ONE, Comment("own"), TWO))),
    ("[1, 2,]", Tuple((ONE, TWO))),
    ("[null, true]", Tuple((Null(), Bool(True)))),
    ("merge(a, {\n  b = 1 # in a value of one line\n})", Call("merge", (A, Object((Item("b", ONE),))))),
    ("f({\n  # kept\n  b = 1\n})", Call("f", (Object((Comment("kept"), Item("b", ONE))),))),
    ("<<E\nx\nE", Literal("x\n")),
    ("<<E\nE", Literal("")),
    ("<<E\n\\n $${x} $y\nE", Literal("\\n ${x} $y\n")),
    ("<<EOT\n\n EOT x\n\nEOT", Literal("\n EOT x\n\n")),
    ("<<-E\n    a\n\n  \tb\n  E", Literal(" a\n\nb\n")),
    ("<<-E\n  a ${b}\n    ${c}\n  E", template("a ", B, "\n  ", C, "\n")),
    ("<<-E\n${a}\n  b\nE", template(A, "\n  b\n")),
    ('<<E\n${f("}", { k = "${a}" })}!\nE', template(Call("f", (Literal("}"), Object((Item("k", A),)))), "!\n")),
    ("<<E\n${\n  a\n}\nE", template(A, "\n")),
]


@pytest.mark.parametrize(("source", "expr"), EXPRESSIONS, ids=[row[0] for row in EXPRESSIONS])
def test_an_expression(source: str, expr: Expr) -> None:
    assert value(source) == expr
    again = print_file((Attribute("x", expr),))
    assert read(again) == (Attribute("x", expr),)


A_SPLAT = Splat(Reference(("a", Foreign("ö"))), (Foreign("ü"),))
PI = Reference((Foreign("π"),))
FOREIGN: list[tuple[str, Attribute | Block]] = [
    ("x = provider::aws::f(a, b...)", Attribute("x", Call(Foreign("provider::aws::f"), (A, B), expand=True))),
    ("x = provider::aws::f()", Attribute("x", Call(Foreign("provider::aws::f")))),
    ("x = π + a.ö[*].ü", Attribute("x", Binary("+", PI, A_SPLAT))),
    ("x = f(a).é", Attribute("x", Access(Call("f", (A,)), Foreign("é")))),
    ("x = {for π in a : π => é(π)}", Attribute("x", ForObject((Foreign("π"),), A, PI, Call(Foreign("é"), (PI,))))),
    ("größe = 1", Attribute(Foreign("größe"), ONE)),
    ("größe {\n}", Block(Foreign("größe"))),
    ('b "x y" "1a" "" "ä.b" {\n}', Block("b", tuple(map(Foreign, ("x y", "1a", "", "ä.b"))))),
    ("b ä {\n}", Block("b", (Foreign("ä"),))),
]
"""What Terraform reads and tfgen never writes."""


@pytest.mark.parametrize(("text", "node"), FOREIGN, ids=[row[0] for row in FOREIGN])
def test_what_is_never_written_is_read(text: str, node: Attribute | Block) -> None:
    assert read(f"{text}\n") == (node,)
    read_foreign(f"{text}\n")
    with pytest.raises(TreeError, match="reads and never writes"):
        print_file((node,))


def test_an_expression_with_a_foreign_name_has_a_text_for_messages() -> None:
    source = "provider::aws::f(π.é[*].ö[0])"
    assert print_expression(value(source)) == source


BODIES: list[tuple[str, tuple[Attribute | Block | Comment | Blank, ...]]] = [
    ("", ()),
    ("\n\n", ()),
    ("\ufeffa = 1", (Attribute("a", ONE),)),
    ("a = 1\r\nb = 2\r\n", (Attribute("a", ONE), Attribute("b", TWO))),
    ("\n\na = 1\n\n\n\nb = 2\n\n", (Attribute("a", ONE), Blank(), Attribute("b", TWO))),
    ("# head\n\n//  two\n", (Comment("head"), Blank(), Comment("two"))),
    ("/* one */\n/*\n * two\n * three\n */\na = 1\n", (*map(Comment, ("one", "two", "three")), Attribute("a", ONE))),
    ("a = 1 # behind\nb = 2\n", (Comment("behind"), Attribute("a", ONE), Attribute("b", TWO))),
    (
        "a = 1 + 2 # behind\n\n# own\nb = 2\n",
        (Comment("behind"), Attribute("a", Binary("+", ONE, TWO)), Blank(), Comment("own"), Attribute("b", TWO)),
    ),
    ("a = b ? 1 : 1 + 2\n\n", (Attribute("a", Conditional(B, ONE, Binary("+", ONE, TWO))),)),
    ("b {}\n", (Block("b"),)),
    ("b {\n}\n", (Block("b"),)),
    ("b { a = 1 }\n", (Block("b", (), (Attribute("a", ONE),)),)),
    ("b { # behind\n\n  a = 1\n\n}\n", (Block("b", (), (Comment("behind"), Blank(), Attribute("a", ONE))),)),
    ('b x "y" {\n}\n', (Block("b", ("x", "y")),)),
    ("#\tp\tq\n", (Comment("p q"),)),
    ("a = <<E\nx\nE\n\n# own\nb = 1\n", (Attribute("a", Literal("x\n")), Blank(), Comment("own"), Attribute("b", ONE))),
    ("for = 1\nin {\n}\n", (Attribute("for", ONE), Block("in"))),
]


@pytest.mark.parametrize(("text", "body"), BODIES, ids=[row[0] for row in BODIES])
def test_a_body(text: str, body: tuple[Attribute | Block | Comment | Blank, ...]) -> None:
    assert read(text) == body


ERRORS: list[tuple[str, str, int, int]] = [
    # Not HCL.
    ("a = \n", "ends too early", 1, 5),
    ("a = 1\nb = ]\n", "`]` is not expected", 2, 5),
    ("a = ?\n", "`?` is not expected", 1, 5),
    ("b {\n", "ends too early", 2, 1),
    # HCL that python-hcl2 refuses.
    ('a = "$${"\n', "expected", 1, 6),
    # Not HCL, but python-hcl2 accepts it.
    ("a = 1\na = 2\n", "'a' stands twice", 2, 1),
    ("b {\n  a = 1\n  a = 2\n}\n", "'a' stands twice", 3, 3),
    ("x = {\n  a = 1\n  a = 2\n}\n", "key 'a' twice", 1, 5),
    ("a = 1 b = 2\n", "line of its own", 1, 7),
    ("b {} c {}\n", "line of its own", 1, 6),
    ("b { a = 1\n}\n", "line of its own", 1, 5),
    ("b {\n  a = 1 }\n", "line of its own", 2, 3),
    (r'a = "\q"' + "\n", "`\\q` is not an escape", 1, 5),
    ('a = "x\ny"\n', "ends on the line", 1, 5),
    (r'a = "\ud83d"' + "\n", "not a character", 1, 5),
    (r'a = "\Uffffffff"' + "\n", "not a character", 1, 5),
    ('a = ["$${abc", "}"]\n', "needs a `}`", 1, 6),
    ('a = "$${abc"\nb = "}"\n', "needs a `}`", 1, 5),
    ('b "${x}" {\n}\n', "plain string", 1, 3),
    ('b "x"\n{\n}\n', "on the line of its type", 1, 6),
    ("a = 1\n  + 2\n", "only inside brackets", 1, 5),
    ("a = b ?\n  1 : 2\n", "only inside brackets", 1, 5),
    ("a = {\n  b = 1\n    + 2\n}\n", "only inside brackets", 2, 7),
    ("a = { b = 1 c = 2 }\n", "comma or a new line", 1, 13),
    ("a = 1-2-3.5\n", "not expected", 1, 6),
    # HCL that the tree cannot say.
    ('a = "%{ if b }x%{ endif }"\n', "template directives", 1, 6),
    ("a = <<E\n%{ if b }x%{ endif }\nE\n", "template directives", 1, 5),
    ("a = <<E\n${~ b ~}\nE\n", "strip marker", 1, 5),
    ("a = b[*].c.*.d[0]\n", "index into a splat inside a splat", 1, 15),
    ("a = 1e5000\n", "kept exactly", 1, 5),
]


@pytest.mark.parametrize(("text", "message", "line", "column"), ERRORS, ids=[row[0] for row in ERRORS])
def test_an_error_has_its_place(text: str, message: str, line: int, column: int) -> None:
    with pytest.raises(ReadError) as caught:
        read(text)
    assert message in caught.value.message
    assert (caught.value.line, caught.value.column) == (line, column)
    assert str(caught.value) == f"{line}:{column}: {caught.value.message}"


DEEP = [
    "x = " + "[" * 3000 + "]" * 3000,
    "x = " + "(" * 3000 + "1" + ")" * 3000,
    "x = " + "-(" * 900 + "1" + ")" * 900,
    "x = 1" + " + 1" * 900,
    "b {\n" * 2000 + "}\n" * 2000,
]


@pytest.mark.parametrize("text", DEEP, ids=[text[:12] for text in DEEP])
def test_deep_text_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ReadError, match="nested"):
        read(text)


def test_text_as_deep_as_the_printer_goes_reads_back() -> None:
    expr: Expr = A
    for i in range(96):
        expr = Unary("-", expr) if i % 2 else Tuple((expr,))
    body = (Attribute("x", expr),)
    assert read(print_file(body)) == body


def test_the_garbage_collector_is_left_as_it_was() -> None:
    assert gc.isenabled()
    read("a = 1\n")
    assert gc.isenabled()
    with pytest.raises(ReadError):
        read("a = \n")
    assert gc.isenabled()
    gc.disable()
    try:
        read("a = 1\n")
        assert not gc.isenabled()
    finally:
        gc.enable()


COLD = """
import pickle, sys

def refuse(*_, **__):
    raise AssertionError("a pickle is read or written")

def told(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        writes = arguments[1] is not None and set("wax+") & set(str(arguments[1]))
        if writes or arguments[0].endswith((".lark_cache.bin", ".tmp")):
            print(*arguments)

pickle.load = pickle.loads = pickle.dump = pickle.dumps = pickle.Unpickler = refuse
import tfgen.hcl.read
sys.addaudithook(told)
sys.dont_write_bytecode = True
print(tfgen.hcl.read.read("a = 1")[0].name)
"""


def test_no_pickle_is_read_and_no_cache_is_written() -> None:
    """A cache that another user may write to would run their code."""
    done = subprocess.run(
        [sys.executable, "-c", COLD],
        env=os.environ | {"PYTHONPATH": str(Path(reader.__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("a\n", "")


def test_the_packaged_grammar_is_the_one_that_is_installed() -> None:
    packaged = json.loads((Path(reader.__file__).parent / grammar.FILE).read_text("utf-8"))
    assert packaged["made_of"] == grammar.made_of(grammar._source()), "run `make grammar`"


def test_the_packaged_grammar_parses_as_the_compiled_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'a = 1 # b\nb "c" {\n  d = ["${e}", { f = g[0].h }]\n  i = <<-J\n    ${k}\n  J\n}\n'
    packaged = grammar.parser().parse(text)
    monkeypatch.setattr(grammar, "made_of", lambda _: {"lark": "another"})
    assert grammar.parser().parse(text) == packaged
    compiled = json.loads(grammar.serialised())
    shipped = json.loads((Path(reader.__file__).parent / grammar.FILE).read_text("utf-8"))
    assert sorted(compiled["tokens"]) == sorted(shipped["tokens"])  # their order varies with Python's hashes
    assert sorted(map(len, compiled["states"])) == sorted(map(len, shipped["states"]))


def test_another_grammar_or_lark_is_compiled_and_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grammar, "_source", lambda: 'start: "a"')
    assert grammar.parser().parse("a").data == "start"
    monkeypatch.undo()
    monkeypatch.setattr(grammar, "FILE", "read.py")
    with pytest.raises(json.JSONDecodeError):
        grammar.parser()  # it is read as JSON, and as nothing else


@pytest.mark.parametrize(("name", "instead"), [("__version__", "0.4.2"), ("parses_to_tree", None)])
def test_another_package_in_the_place_of_python_hcl2_is_seen(
    name: str, instead: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if instead is None:
        monkeypatch.delattr(hcl2, name)
    else:
        monkeypatch.setattr(hcl2, name, instead)
    reader.parser.cache_clear()
    with pytest.raises(TfgenError, match="bc-python-hcl2"):
        read("a = 1\n")
    monkeypatch.undo()
    assert read("a = 1\n") == (Attribute("a", ONE),)


def test_a_missing_python_hcl2_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hcl2", None)
    reader.parser.cache_clear()
    with pytest.raises(TfgenError, match="python-hcl2 8 is needed"):
        read("a = 1\n")
    monkeypatch.undo()
    assert importlib.import_module("hcl2") is hcl2
    assert read("a = 1\n") == (Attribute("a", ONE),)
