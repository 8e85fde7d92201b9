"""Unknown values keep how they are made, and become texts with slots; what Terraform refuses is told apart."""

from __future__ import annotations

import pytest

from tfgen.hcl.read import read
from tfgen.hcl.tree import Attribute, Expr
from tfgen.iam.text import Either, Presence, Slot, Source, Text, capture, cut, join, swap, text
from tfgen.terraform.declared import Declared, declared_input
from tfgen.terraform.evaluate import evaluate
from tfgen.terraform.scope import Scope
from tfgen.terraform.text import text_of, texts_of
from tfgen.terraform.values import Leaf, Listed, Node, Symbol, UnknownError, plain

X, EACH = join(Slot(Source.INPUT, "x")), join(Slot(Source.EACH, "many"))
ACCOUNT = join(Slot(Source.CONTEXT, "account"))
PATTERN = "/(.+)$"


def expression(source: str) -> Expr:
    (attribute,) = read(f"v = {source}\n")
    assert isinstance(attribute, Attribute)
    return attribute.value


def value(source: str, **local: str) -> Node:
    path = ("data", "who", "current", "id")
    names = Declared(
        inputs={"x": declared_input("x"), "many": declared_input("many", many=True)},
        local={name: expression(one) for name, one in local.items()},
        outside={path: Symbol(".".join(path), declared_input("x").place, context="account")},
    )
    return evaluate(expression(source), names.scope())


TEXTS: dict[str, Text] = {
    '"a"': text("a"),
    "var.x": X,
    '"a/${var.x}:${data.who.current.id}"': join("a/", X, ":", ACCOUNT),
    '"${local.base}/b"': join("a", X, "/b"),
    "substr(var.x, 0, 8)": cut(X, 8),
    'substr("abcdef", 0, 2)': text("ab"),
    f'regex("{PATTERN}", var.x)[0]': capture(X, PATTERN),
    f'regex("{PATTERN}", "a/b")[0]': text("b"),
    'replace(var.x, "-", "_")': swap(X, "-", "_"),
    'replace("a-b", "-", "_")': text("a_b"),
    'join("/", ["a", var.x, substr(var.x, 0, 2)])': join("a/", X, "/", cut(X, 2)),
    'var.x == null ? "none" : "${var.x}!"': join(Either("x", join(X, "!"), text("none"))),
    "var.x == null ? null : var.x": join(Either("x", X, None)),
    "var.many[count.index]": EACH,
}


@pytest.mark.parametrize("source", TEXTS)
def test_a_text_keeps_how_it_is_made(source: str) -> None:
    assert text_of(value(source, base='"a${var.x}"')) == TEXTS[source]


LISTS: dict[str, tuple[Text, ...]] = {
    "var.many": (EACH,),
    'concat(["a"], var.many, [var.x])': (text("a"), EACH, X),
    '[for one in var.many : "${one}/*"]': (join(EACH, "/*"),),
    '[for one in var.many : "all"]': (join(Presence("many"), "all"),),
    'concat(["a"], [for one in var.many : "${one}/*"])': (text("a"), join(EACH, "/*")),
    '[for one in concat(["a"], var.many) : "${one}/*"]': (text("a/*"), join(EACH, "/*")),
    'distinct(flatten([for one in var.many : [one, "${one}/*"]]))': (EACH, join(EACH, "/*")),
    "toset(var.many)": (EACH,),
    'toset(["b", "a", "b"])': (text("a"), text("b")),
    'distinct(["b", "a", "b"])': (text("b"), text("a")),
}


@pytest.mark.parametrize("source", LISTS)
def test_a_list_of_texts_keeps_how_it_is_made(source: str) -> None:
    assert texts_of(value(source)) == LISTS[source]


@pytest.mark.parametrize(
    "source",
    [
        "5",
        "thing.x.id",
        "upper(var.x)",
        'replace(var.x, "/./", "b")',
        "substr(var.x, 1, 8)",
        'regex("(.)(.)", var.x)[0]',
        "var.many",
        "var.many[0]",
        'var.x == "a" ? "b" : "c"',
        "var.x == null ? 5 : var.x",
        '"${thing.x.id}/a"',
        "local.ring",
        "var.x[*]",
        "var.x.y",
        "var.many[*].y",
    ],
)
def test_what_is_no_text_is_none(source: str) -> None:
    found = value(source, ring="local.again", again="local.ring")
    assert text_of(found) is None
    assert source == "var.many" or texts_of(found) is None


KNOWN: dict[str, object] = {
    'can(regex("^[a-z]+$", "ab"))': True,
    'can(regex("^[a-z]+$", "ab\\n"))': False,
    'can(regex("^[a-z]+$", "é"))': False,
    'try(regex("^[a-z]+$", "1"), "none")': "none",
    'try(regex("^[a-z]+$", "a"), "none")': "a",
    'regex("(?P<year>[0-9]+)", "in 2026")': {"year": "2026"},
    'regex("(.)(.)", "ab")': ["a", "b"],
    "alltrue([for one in [1, 2] : one > 1])": False,
    "anytrue([for one in [1, 2] : one > 1])": True,
    "alltrue([])": True,
    "true == 1": False,
    "[true] == [1]": False,
    "{ a = 1 } == { a = 1 }": True,
    "1 == 1.0": True,
    "null == null": True,
    'length(concat(["a"], var.many)) > 0': True,
    'length(concat(["a"], var.many)) != 0': True,
    "[[[1, 2], [3]], [[4]]][*][0][*]": [[1, 2], [4]],
    "[{ a = [{ b = 1 }, { b = 2 }] }][*].a[*].b": [[1, 2]],
    "[{ a = [5, 6] }][*].a[1]": [6],
}


@pytest.mark.parametrize("source", KNOWN)
def test_what_can_be_known_is_known(source: str) -> None:
    assert plain(value(source)) == KNOWN[source]
    assert type(plain(value(source))) is type(KNOWN[source])


@pytest.mark.parametrize(
    "source",
    [
        "length()",
        "length() > 0",
        "length(var.many)",
        "length(var.many) > 0",
        'length(concat(["a"], var.many))',
        'length(concat(["a"], var.many)) > 1',
        'length(concat(["a"], var.many)) == 1',
        "length([for one in var.many : one]) > 0",
        "can(var.x)",
        'can(regex("a", var.x))',
        "can()",
        "try()",
        'regex("[", "a")',
        '[for one in [var.x] : one if one == "a"]',
        "var.many[*][0]",
    ],
)
def test_unknown_is_never_a_verdict(source: str) -> None:
    with pytest.raises(UnknownError):
        plain(value(source))


def test_a_stranger_s_pattern_is_not_searched_for() -> None:
    scope = Declared().scope()
    assert isinstance(evaluate(expression('regex("a", "a")'), scope), Leaf)
    slow = expression(f'regex("(a+)+$", "{"a" * 40}!")')
    assert isinstance(evaluate(slow, Scope(scope.names, scope.place)), Symbol)


def test_what_a_filter_may_keep_is_kept_with_its_condition() -> None:
    found = value('[for one in [{ r = [] }, { r = ["a"] }, { r = var.many }] : one if length(one.r) > 0]')
    assert isinstance(found, Symbol)
    assert found.made is not None
    kept, conditions = found.made.operands
    assert isinstance(kept, Listed)
    assert isinstance(conditions, Listed)
    assert len(kept.elements) == 2
    assert isinstance(conditions.elements[0], Leaf)
    assert isinstance(conditions.elements[1], Symbol)
