"""A text that differs from another by names alone is read without a parse of its own, and as a parse would read it."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hcl_trees import bodies
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgen.hcl import alike
from tfgen.hcl.printer import print_file
from tfgen.hcl.read import read
from tfgen.hcl.tree import Attribute, Block, Body, Comment, Item, Literal, Object, Reference, Tuple, reference, template

NAMES = ("order-support", "order_support", "desk2")


def body_of(name: str) -> Body:
    """What has the name in every place that can hold it."""
    return (
        Comment(f"Of {name}."),
        Attribute("role", Literal(f"{name}-role")),
        Attribute("arn", template(f"arn:{name}:", reference(f"local.{name}"), f"/{name}*")),
        Attribute(
            "lists",
            Tuple((Literal(name), Object((Item(name, Literal("x")), Item(f"{name} key", Literal("\\" + name)))))),
        ),
        Block("module", (name,), (Attribute("source", Literal(f"./{name}")),)),
    )


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are parsed."""
    seen: list[str] = []

    def noted(text: str) -> Body:
        seen.append(text)
        return read(text)

    monkeypatch.setattr(alike, "parsed", lru_cache(noted))
    return seen


def test_the_texts_of_many_names_are_parsed_once(parses: list[str]) -> None:
    for name in NAMES:
        body = body_of(name)
        assert alike.reads_as(print_file(body), body, (name,))
    assert len(parses) == 1


def test_two_names_of_which_one_holds_the_other_are_told_apart(parses: list[str]) -> None:
    for name in ("returns", "claims"):
        body = (*body_of(name), Attribute("harness", Literal(f"{name}_desk-{name}")))
        assert alike.reads_as(print_file(body), body, (name, f"{name}_desk"))
    assert len(parses) == 1


def test_the_name_of_another_is_not_taken_for_this_one() -> None:
    for place in range(len(body_of("a-name"))):
        mine, other = body_of("order-support"), body_of("desk2")
        mixed = (*mine[:place], other[place], *mine[place + 1 :])
        for names in (("order-support",), ("desk2",), ("order-support", "desk2"), ()):
            assert not alike.reads_as(print_file(mixed), mine, names)
            assert not alike.reads_as(print_file(mine), mixed, names)


@pytest.mark.parametrize("stand_in", ["Zname0", "Zname1", "Zname2", "Zname3"])
def test_a_text_that_holds_a_stand_in_is_left_to_a_parse(stand_in: str) -> None:
    for body in ((Attribute("x", Literal(stand_in)),), (Attribute("x", Literal("desk2")),)):
        assert not alike.reads_as(f'x = "{stand_in}"\n', body, ("desk2",))


# Pieces of words, escapes and numerals of the language, and what stands in most texts.
HOSTILE = (
    "for",
    "true",
    "ull",
    "each",
    "rue",
    "nd0",
    "u00",
    "u0022",
    "name",
    "EOT",
    "null",
    "if",
    "x",
    "",
    "a b",
    "-a",
)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(bodies, st.sampled_from(HOSTILE), st.sampled_from(HOSTILE))
def test_it_says_what_a_parse_says(body: Body, one: str, other: str) -> None:
    text = print_file(body)
    if alike.reads_as(text, body, (one, other)):
        assert read(text) == body
    wrong = (*body, Attribute("one_more", Reference(("x",))))
    assert not alike.reads_as(text, wrong, (one, other))
    assert alike.reads_as(text, body, ())


@pytest.mark.parametrize(
    "text",
    [
        'x = "\\name"\n',
        'x = "\\u0022abc"\n',
        "x = 1e5\n",
        "x = [for name in y : name]\n",
        "x = <<EOT\nname\nEOT\n",
        "x = true\ny = null\n",
    ],
)
def test_a_name_that_is_part_of_something_else_changes_nothing(text: str) -> None:
    body = read(text)
    for name in ("name", "ame", "u0022", "u00", "e5", "EOT", "for", "tru", "rue", "nul"):
        if alike.reads_as(text, body, (name,)):
            assert read(text) == body
        other = (Attribute("x", Literal("another")), *body[1:])
        assert not alike.reads_as(text, other, (name,))
