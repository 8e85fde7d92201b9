"""What is printed reads back as the same tree, and HashiCorp's parser agrees: over random trees."""

from __future__ import annotations

import pytest
from hcl_trees import HOSTILE, bodies, strings, texts
from hypothesis import assume, given, settings

from tfgen.hcl.oracle import check
from tfgen.hcl.printer import print_file
from tfgen.hcl.read import ReadError, read
from tfgen.hcl.strings import escape, unescape
from tfgen.hcl.tree import (
    Attribute,
    Blank,
    Block,
    Body,
    Comment,
    Expr,
    Item,
    Literal,
    Object,
    Tuple,
    reference,
    template,
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(bodies)
def test_a_printed_file_reads_back_as_the_same_tree(body: Body) -> None:
    text = print_file(body)
    assert read(text) == body
    assert print_file(read(text)) == text


@settings(derandomize=True, deadline=None, max_examples=300)
@given(bodies)
def test_hashicorps_parser_reads_the_same_literals(body: Body) -> None:
    wrong = check(print_file(body), body)
    assume(wrong is None or not wrong.startswith("pygohcl cannot say"))
    assert wrong is None


@settings(derandomize=True, deadline=None, max_examples=400)
@given(strings)
def test_a_string_reads_back_with_both_parsers(expr: Expr) -> None:
    body = (Attribute("x", expr), Attribute("y", Tuple((expr, Literal("}"))) if isinstance(expr, Literal) else expr))
    text = print_file(body)
    assert read(text) == body
    assert check(text, body) is None


@settings(derandomize=True, deadline=None, max_examples=500)
@given(texts)
def test_escape_and_unescape_are_inverse(text: str) -> None:
    assert unescape(escape(text)) == text
    assert unescape(escape(text, before_interpolation=True)) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_string_stands_anywhere(text: str) -> None:
    x = reference("x")
    body: Body = (
        Attribute("plain", Literal(text)),
        Attribute("key", Object((Item(text, Literal("}")), Item("other" + text, Literal(text))))),
        Attribute("lists", Tuple((Literal(text), Literal("}" + text)))),
    )
    mixed: Body = (*body, Attribute("around", template(text, x, text)), Attribute("between", template(x, text, x)))
    assert read(print_file(mixed)) == mixed
    assert check(print_file(body), body) is None


SMALL: Body = (
    Comment("head"),
    Blank(),
    Block(
        "resource",
        ("aws_iam_role", "this"),
        (
            Attribute("name", Literal("agent")),
            Attribute("path", reference("var.path")),
            Attribute("arn", template("arn:", reference("var.partition"), ":iam")),
            Attribute("tags", Object((Item("a b", Literal("${x}")), Item("n", Literal("7"))))),
            Attribute("list", Tuple((Literal("one"), Literal("two")))),
        ),
    ),
)


def seen(text: str) -> list[str]:
    """Which of the judges see that `text` does not say `SMALL`."""
    judges: list[str] = []
    try:
        if read(text) != SMALL:
            judges.append("reader")
    except ReadError:
        judges.append("reader")
    if check(text, SMALL) is not None:
        judges.append("oracle")
    return judges


def test_the_judges_accept_what_was_printed() -> None:
    assert seen(print_file(SMALL)) == []


@pytest.mark.parametrize(
    ("old", "new", "judges"),
    [
        ('"agent"', '"agent', ["reader", "oracle"]),  # a quote is lost
        ('"agent"', '"agents"', ["reader", "oracle"]),
        ('"agent"', "agent", ["reader"]),  # a literal becomes a reference: pygohcl cannot tell
        ("var.path", '"var.path"', ["reader"]),
        ('"7"', "7", ["reader", "oracle"]),
        ("$${x}", "${x}", ["reader", "oracle"]),
        ("$${x}", "$$${x}", ["reader", "oracle"]),
        ('    "two",\n', "", ["reader", "oracle"]),
        ('  name = "agent"\n', "", ["reader", "oracle"]),
        ("# head\n", "", ["reader"]),
        ("# head\n\n", "# head\n", ["reader"]),
        ('"this"', '"that"', ["reader", "oracle"]),
        ("arn:$", "am:$", ["reader", "oracle"]),
        ("var.partition", "var.region", ["reader"]),
        ('"a b"', '"a c"', ["reader", "oracle"]),
        ('"one",', '"one"', ["reader", "oracle"]),
        ("  list", "  name", ["reader", "oracle"]),
    ],
)
def test_a_change_in_the_text_is_seen(old: str, new: str, judges: list[str]) -> None:
    text = print_file(SMALL)
    assert old in text
    assert seen(text.replace(old, new, 1)) == judges


def test_each_lost_line_is_seen() -> None:
    lines = print_file(SMALL).splitlines(keepends=True)
    for i in range(len(lines)):
        assert "reader" in seen("".join(lines[:i] + lines[i + 1 :])), lines[i]
