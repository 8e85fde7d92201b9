"""The printer's text, exactly: tables of trees and what they print as."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hcl_trees import WORDS

from tfgen.hcl.printer import MAX_DEPTH, print_expression, print_file, quote
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
    Template,
    TreeError,
    Tuple,
    Unary,
    reference,
    template,
)

A, B, C = reference("a"), reference("b"), reference("c")
ONE, TWO = Number(1), Number(2)


def value(expr: Expr) -> str:
    """The lines of `x = expr` in a file."""
    return print_file((Attribute("x", expr),))


def obj(**items: Expr) -> Object:
    return Object(tuple(Item(key, value) for key, value in items.items()))


STRINGS = [
    ("S1", "", '""'),
    ("S2", "  pad  ", '"  pad  "'),
    ("S3", '"', r'"\""'),
    ("S4", "\\", r'"\\"'),
    ("S5", '\\"', r'"\\\""'),
    ("S6", "\n\r\t", r'"\n\r\t"'),
    ("S7", "é日😀", '"é日😀"'),
    ("S9", "\x00\x01\x7f", r'"\u0000\u0001\u007f"'),
    ("S10", "\u00a0\u200b\ufeff\u2028", r'"\u00a0\u200b\ufeff\u2028"'),
    ("S11", "$", '"$"'),
    ("S12", "5$", '"5$"'),
    ("S13", "$$", '"$$"'),
    ("S14", "100%", '"100%"'),
    ("S15", "${", r'"\u0024{"'),
    ("S16", "%{", r'"\u0025{"'),
    ("S17", "${aws:username}", '"$${aws:username}"'),
    ("S18", "arn:aws:s3:::b/${aws:PrincipalTag/team}/*", '"arn:aws:s3:::b/$${aws:PrincipalTag/team}/*"'),
    ("S19", "$${x}", '"$$${x}"'),
    ("S20", "$$${", r'"$$\u0024{"'),
    ("S21", "${a{b}c}", '"$${a{b}c}"'),
    ("S22", "${x}-${y", r'"$${x}-\u0024{y"'),
    ("S23", '"${x}"', r'"\"$${x}\""'),
    ("S24", '{"k":"${v}"}', r'"{\"k\":\"$${v}\"}"'),
    ("S25", "%{ if true }x%{ endif }", '"%%{ if true }x%%{ endif }"'),
    ("S26", "<<EOF\nx\nEOF", r'"<<EOF\nx\nEOF"'),
    ("S27", "# no // comment /* */", '"# no // comment /* */"'),
    ("S28", "\\u0041", r'"\\u0041"'),
    ("S29-bool", "true", '"true"'),
    ("S29-null", "null", '"null"'),
    ("S29-number", "007", '"007"'),
    ("S29-reference", "local.x", '"local.x"'),
    ("S30", "~} ${~", r'"~} \u0024{~"'),
    ("S31", "x" * 1_000_000, '"' + "x" * 1_000_000 + '"'),
    ("S32", "'`", '"\'`"'),
    ("brace-in-quote", '${a"b}', r'"$${a\"b}"'),
    ("astral-unprintable", "\U000e0001", r'"\U000e0001"'),
]


@pytest.mark.parametrize(("text", "source"), [row[1:] for row in STRINGS], ids=[row[0] for row in STRINGS])
def test_a_string_is_quoted(text: str, source: str) -> None:
    assert quote(text) == source
    assert print_expression(Literal(text)) == source


def test_s8_a_decomposed_string_is_printed_composed() -> None:
    assert print_expression(Literal("e\u0301")) == '"é"'


TEMPLATES = [
    (template("a-", A, "-b"), '"a-${a}-b"'),
    (template(A, B), '"${a}${b}"'),
    (template("$", A), r'"\u0024${a}"'),
    (template("%", A), r'"\u0025${a}"'),
    (template("$$", A), r'"$\u0024${a}"'),
    (template("${", A, "}"), r'"\u0024{${a}}"'),  # the `}` is in another segment: no protection
    (template("${k}", A), '"$${k}${a}"'),
    (template("\\", A), r'"\\${a}"'),
    (template("n", Unary("-", ONE)), '"n${(-1)}"'),
    (template("n", obj(k=ONE)), '"n${({ k = 1 })}"'),
    (template("n", Call("f", (Literal('"}'),))), r'"n${f("\"}")}"'),
]


@pytest.mark.parametrize(("expr", "source"), TEMPLATES, ids=[row[1] for row in TEMPLATES])
def test_a_template_is_quoted_segment_by_segment(expr: Expr, source: str) -> None:
    assert print_expression(expr) == source


INLINE: list[tuple[Expr, str]] = [
    (reference("data.aws_region.current.id"), "data.aws_region.current.id"),
    (Bool(True), "true"),
    (Null(), "null"),
    (Number(10**30), "1" + "0" * 30),
    (Number(Decimal("1E-7")), "0.0000001"),
    (Number(Decimal("1E+22")), "1" + "0" * 22),
    (Number(Decimal("1.50")), "1.5"),
    (Number(Decimal("0.1234567890123456789012345678901234567890")), "0.123456789012345678901234567890123456789"),
    (Unary("-", Number(5)), "-5"),
    (Unary("-", Unary("-", Number(5))), "-(-5)"),
    (Unary("!", Unary("!", A)), "!(!a)"),
    (Unary("!", Binary("==", A, B)), "!(a == b)"),
    (Binary("-", A, Unary("-", Number(55))), "a - -55"),
    (Binary("+", A, Binary("*", B, C)), "a + b * c"),
    (Binary("*", Binary("+", A, B), C), "(a + b) * c"),
    (Binary("-", Binary("-", A, B), C), "a - b - c"),
    (Binary("-", A, Binary("-", B, C)), "a - (b - c)"),
    (Binary("||", Binary("&&", A, B), C), "a && b || c"),
    (Binary("&&", A, Binary("||", B, C)), "a && (b || c)"),
    (Binary("==", A, Conditional(A, B, C)), "a == (a ? b : c)"),
    (Conditional(A, B, Conditional(B, ONE, TWO)), "a ? b : b ? 1 : 2"),
    (Conditional(Conditional(A, B, C), Conditional(A, B, C), C), "(a ? b : c) ? (a ? b : c) : c"),
    (Index(A, ONE), "a[1]"),
    (Index(A, Null()), "a[(null)]"),
    (Index(A, Bool(True)), "a[(true)]"),
    (Index(Literal("x"), ONE), '("x")[1]'),
    (Access(Index(A, ONE), "b"), "a[1].b"),
    (Access(Number(1), "b"), "(1).b"),
    (Access(Call("f"), "b"), "f().b"),
    (Splat(reference("a.b"), ("c", "d")), "a.b[*].c.d"),
    (Index(Splat(A, ("b",)), ONE), "(a[*].b)[1]"),
    (Splat(Splat(A)), "(a[*])[*]"),
    (Splat(A, ("b", Subscript(ONE), Subscript(), Subscript(Null()))), "a[*].b[1][*][(null)]"),
    (Call("f", (A, B)), "f(a, b)"),
    (Call("f", (A, B), expand=True), "f(a, b...)"),
    (Object(), "{}"),
    (obj(a=ONE, b=Tuple((A,))), "{ a = 1, b = [a] }"),
    (Tuple((Object(), Tuple())), "[{}, []]"),
    (ForTuple(("k",), A, B), "[for k in a : b]"),
    (ForTuple(("k", "v"), A, B, C), "[for k, v in a : b if c]"),
    (ForObject(("k", "v"), A, B, C), "{ for k, v in a : b => c }"),
    (ForObject(("k",), A, B, C, Bool(True), group=True), "{ for k in a : b => c... if true }"),
    # fmt takes `in` and `if` for names, and a minus behind a word for a subtraction.
    (ForTuple(("k",), Unary("-", A), B, Unary("-", A)), "[for k in(-a) : b if(-a)]"),
    (ForTuple(("k",), Tuple((A,)), B, Tuple((A,))), "[for k in [a] : b if[a]]"),
    (ForObject(("k",), A, B, Unary("-", C)), "{ for k in a : b => (-c) }"),
]


@pytest.mark.parametrize(("expr", "source"), INLINE, ids=[row[1] for row in INLINE])
def test_an_expression_on_one_line(expr: Expr, source: str) -> None:
    assert print_expression(expr) == source


FILES: list[tuple[str, tuple[Attribute | Block | Comment | Blank, ...], str]] = [
    ("nothing", (), ""),
    ("X34 empty", (Attribute("a", Tuple()), Attribute("b", Object())), "a = []\nb = {}\n"),
    (
        "F1 one level for what opens on one line",
        (Attribute("p", Call("jsonencode", (obj(a=Tuple((obj(b=ONE),))),))),),
        "p = jsonencode({\n  a = [\n    {\n      b = 1\n    },\n  ]\n})\n",
    ),
    (
        "F3 a chain of one-line pairs",
        (Attribute("a", ONE), Attribute("long", Tuple((A,))), Attribute("bb", obj())),
        "a    = 1\nlong = [a]\nbb   = {}\n",
    ),
    (
        "F3 broken by a value of several lines, a blank line, a comment, a block",
        (
            Attribute("aaa", ONE),
            Attribute("b", obj(c=ONE)),
            Attribute("dddd", ONE),
            Attribute("e", ONE),
            Blank(),
            Attribute("f", ONE),
            Comment("note"),
            Attribute("gg", ONE),
            Block("h"),
            Attribute("iii", ONE),
        ),
        "aaa = 1\nb = {\n  c = 1\n}\ndddd = 1\ne    = 1\n\nf = 1\n# note\ngg = 1\nh {}\niii = 1\n",
    ),
    (
        "F6 objects align like bodies",
        (Attribute("o", Object((Item("a", ONE), Item("b c", ONE), Item(A, ONE), Item(template(A, "k"), TWO)))),),
        'o = {\n  a       = 1\n  "b c"   = 1\n  (a)     = 1\n  "${a}k" = 2\n}\n',
    ),
    (
        "F7 comments on lines of their own",
        (
            Comment(""),
            Comment('a "quote" and ${'),
            Attribute("o", Object((Comment("in"), Item("a", ONE), Comment("end")))),
        ),
        '#\n# a "quote" and ${\no = {\n  # in\n  a = 1\n  # end\n}\n',
    ),
    (
        "F8 labels are quoted, empty blocks closed",
        (Block("resource", ("aws_x", "y"), (Attribute("a", ONE),)), Blank(), Block("b")),
        'resource "aws_x" "y" {\n  a = 1\n}\n\nb {}\n',
    ),
    (
        "X35 null in lists and objects",
        (Attribute("x", Tuple((Null(), Null()))), Attribute("y", obj(k=Null()))),
        "x = [\n  null,\n  null,\n]\ny = {\n  k = null\n}\n",
    ),
    (
        "X36 objects of lists of objects",
        (Attribute("x", Tuple((obj(a=Tuple((obj(b=Tuple((A, B))),))),))),),
        "x = [\n  {\n    a = [\n      {\n        b = [\n#a,\n#b,\n        ]\n      },\n    ]\n  },\n]\n".replace(
            "#", "          "
        ),
    ),
    ("X37 one element", (Attribute("x", Tuple((Literal("a"),))),), 'x = ["a"]\n'),
    ("X37 two elements", (Attribute("x", Tuple((Literal("a"), A))),), 'x = [\n  "a",\n  a,\n]\n'),
    ("one comment is not one element", (Attribute("x", Tuple((Comment("c"), A))),), "x = [\n  # c\n  a,\n]\n"),
    ("X34 nested", (Attribute("x", Tuple((Tuple((A,)),))),), "x = [\n  [a],\n]\n"),
    (
        "X40 blocks keep their order",
        (Block("b"), Block("a"), Block("b"), Attribute("z", ONE), Block("a")),
        "b {}\na {}\nb {}\nz = 1\na {}\n",
    ),
    (
        "X41 comments with quotes and introducers",
        (Block("b", (), (Comment('"'), Comment("${"), Comment(""))),),
        'b {\n  # "\n  # ${\n  #\n}\n',
    ),
    ("X42 numbers", (Attribute("a", Unary("-", Number(5))), Attribute("b", Number(0))), "a = -5\nb = 0\n"),
    (
        "X43 nested jsonencode",
        (
            Attribute(
                "p",
                Call("jsonencode", (obj(r=Literal("${aws:username}"), s=Call("jsonencode", (obj(t=ONE),))),)),
            ),
        ),
        'p = jsonencode({\n  r = "$${aws:username}"\n  s = jsonencode({\n    t = 1\n  })\n})\n',
    ),
    (
        "a call with two arguments stays on its line",
        (Attribute("p", Call("merge", (A, obj(k=ONE)))), Attribute("qq", ONE)),
        "p  = merge(a, { k = 1 })\nqq = 1\n",
    ),
    (
        "words of the language are attribute names and block types as they stand",
        (Attribute("for", ONE), Attribute("null", ONE), Block("in")),
        "for  = 1\nnull = 1\nin {}\n",
    ),
]


@pytest.mark.parametrize(("body", "text"), [row[1:] for row in FILES], ids=[row[0] for row in FILES])
def test_a_file(body: tuple[Attribute | Block | Comment | Blank, ...], text: str) -> None:
    assert print_file(body) == text


KEYS = [
    ("for", '"for"'),
    ("in", '"in"'),
    ("null", '"null"'),
    ("true", '"true"'),
    ("for_each", "for_each"),
    ("", '""'),
    ("a b", '"a b"'),
    ("a.b", '"a.b"'),
    ("k8s.io/x", '"k8s.io/x"'),
    ("aws:SourceVpc", '"aws:SourceVpc"'),
    ("0a", '"0a"'),
    ("-x", '"-x"'),
    ("${x}", '"$${x}"'),
    ('"', r'"\""'),
    ("é", '"é"'),
    ("日本", '"日本"'),
    ("a-b_C9", "a-b_C9"),
]


@pytest.mark.parametrize(("key", "source"), KEYS)
def test_x33_keys_are_bare_where_that_is_safe(key: str, source: str) -> None:
    assert value(Object((Item(key, ONE),))) == f"x = {{\n  {source} = 1\n}}\n"
    assert print_expression(Object((Item(key, ONE),))) == f"{{ {source} = 1 }}"


def test_x33_keys_that_are_equal_in_nfc_are_one_key() -> None:
    with pytest.raises(TreeError, match="twice"):
        Object((Item("é", ONE), Item("e\u0301", TWO)))


@pytest.mark.parametrize("word", sorted(set(WORDS) - {"for_each"}))
def test_a_word_of_the_language_is_a_quoted_key(word: str) -> None:
    assert print_expression(obj(**{word: ONE})) == f'{{ "{word}" = 1 }}'


def test_f5_x38_width_is_counted_in_characters_that_stand_alone() -> None:
    keys = ("日本", "é", "plain")
    lines = value(Object(tuple(Item(key, ONE) for key in keys))).splitlines()
    assert lines[1:-1] == ['  "日本"  = 1', '  "é"   = 1', "  plain = 1"]


@pytest.mark.parametrize("key", ["👍🏽", "🇩🇪", "क्षि", "\u0301a", "x\u0327\u0301"])
def test_x38_a_key_whose_characters_join_is_written_in_escapes(key: str) -> None:
    left = value(Object((Item(key, ONE),))).splitlines()[1].strip().removesuffix(" = 1")
    assert left.isascii()
    assert "\\" in left


@pytest.mark.parametrize("label", ['a"b', "a b", "a%b", "a$b", "ä", "", "1a"])
def test_x44_a_label_that_fmt_would_change_is_refused(label: str) -> None:
    with pytest.raises(TreeError, match="block label"):
        Block("b", (label,))


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("Infinity"), -1, Decimal("-0.0"), True])
def test_x42_what_is_no_number_is_refused(number: Decimal | int) -> None:
    with pytest.raises(TreeError):
        Number(number)


@pytest.mark.parametrize("number", [10**200, 2**512 + 1, Decimal(f"1e-{200}")])
def test_a_number_that_terraform_would_round_is_refused(number: Decimal | int) -> None:
    with pytest.raises(TreeError, match="would round it"):
        print_expression(Number(number))


def test_a_half_surrogate_is_refused() -> None:
    with pytest.raises(TreeError, match="surrogate"):
        Literal("\ud83d")


@pytest.mark.parametrize("expr", [Call("f", (A, Tuple((Comment("c"),)))), Binary("+", Object((Comment("c"),)), A)])
def test_a_comment_in_a_value_of_one_line_is_refused(expr: Expr) -> None:
    with pytest.raises(TreeError, match="comment 'c'"):
        value(expr)


def test_a_computed_key_with_an_object_in_it_is_refused() -> None:
    with pytest.raises(TreeError, match="computed key"):
        value(Object((Item(Call("f", (obj(k=ONE),)), ONE),)))


def nested(levels: int, wrap: type[Unary | Tuple]) -> Expr:
    expr: Expr = A
    for _ in range(levels):
        expr = Unary("!", expr) if wrap is Unary else Tuple((expr,))
    return expr


@pytest.mark.parametrize("wrap", [Unary, Tuple])
def test_depth_is_bounded(wrap: type[Unary | Tuple]) -> None:
    assert value(nested(MAX_DEPTH - 4, wrap))
    with pytest.raises(TreeError, match=f"nested deeper than {MAX_DEPTH}"):
        value(nested(MAX_DEPTH + 1, wrap))
    with pytest.raises(TreeError, match=f"nested deeper than {MAX_DEPTH}"):
        value(nested(900, wrap))


def test_depth_of_blocks_is_bounded() -> None:
    block = Block("b")
    for _ in range(MAX_DEPTH + 1):
        block = Block("b", (), (block,))
    with pytest.raises(TreeError, match="nested deeper"):
        print_file((block,))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ((Attribute("a", ONE), Attribute("a", ONE)), "twice"),
        ((Blank(),), "blank line"),
        ((Comment("c"), Blank()), "blank line"),
    ],
)
def test_a_file_that_is_no_body_is_refused(body: tuple[Attribute | Comment | Blank, ...], message: str) -> None:
    with pytest.raises(TreeError, match=message):
        print_file(body)


@pytest.mark.parametrize("parts", [("a", Literal("b")), ("a", Template(("b", A)))])
def test_a_template_in_a_template_is_refused(parts: tuple[str | Expr, ...]) -> None:
    with pytest.raises(TreeError, match="no other string"):
        Template(parts)


@pytest.mark.parametrize("word", WORDS)
def test_no_expression_begins_with_a_word_of_the_language(word: str) -> None:
    with pytest.raises(TreeError, match="word of the language"):
        Reference((word, "x"))
    with pytest.raises(TreeError, match="word of the language"):
        Call(word)
    assert print_expression(Reference(("x", word))) == f"x.{word}"
