"""Texts with unknowns as Terraform expressions. Knows no policy and no module layout."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from tfgen.hcl.tree import (
    Binary,
    Call,
    Conditional,
    Expr,
    ForTuple,
    Index,
    Literal,
    Null,
    Number,
    Reference,
    Tuple,
    reference,
    template,
)
from tfgen.iam.text import Cut, Either, Presence, Slot, Source, Swapped, Text, join

ELEMENT: Final = Reference(("value",))
"""The loop variable where a text repeats over a list input."""


def text_expression(value: Text, element: Expr = ELEMENT) -> Expr:
    """The expression that gives a text's value; where it repeats over a list input, with `element` for the element."""
    parts: list[str | Expr] = []
    for part in value.parts:
        if isinstance(part, str):
            parts.append(part)
        elif isinstance(part, Slot):
            parts.append(_slot(part, element))
        elif isinstance(part, Presence):
            continue
        elif isinstance(part, Either):
            present, otherwise = (Null() if case is None else text_expression(case, element) for case in part.cases())
            parts.append(unless_given(part.name, otherwise, present))
        elif isinstance(part, Cut):
            parts.append(Call("substr", (text_expression(part.of, element), Number(0), Number(part.length))))
        elif isinstance(part, Swapped):
            of = text_expression(part.of, element)
            parts.append(Call("replace", (of, Literal(part.old), Literal(part.new))))
        else:
            # `regex` gives the tuple of what the groups matched; the pattern has exactly one.
            parts.append(Index(Call("regex", (Literal(part.pattern), text_expression(part.of, element))), Number(0)))
    return template(*parts)


def unless_given(name: str, otherwise: Expr, present: Expr) -> Expr:
    """One of two values: `otherwise` when the optional input of that name is null."""
    return Conditional(Binary("==", Reference(("var", name)), Null()), otherwise, present)


def list_expression(values: Iterable[Text]) -> Expr:
    """The expression that gives a list of texts, those that repeat over a list input spread out in their place."""
    listed = tuple(values)
    runs = [_run(name, tuple(run)) for name, run in groupby(listed, key=Text.each)]
    if not runs:
        return Tuple()
    if len(runs) == 1:
        return runs[0]
    joined = Call("concat", tuple(runs))
    plain = [join(*(part for part in value.parts if not isinstance(part, Presence))) for value in listed]
    # What each of several lists brings comes out once.
    return joined if len(set(plain)) == len(plain) else Call("distinct", (joined,))


def _run(name: str | None, values: tuple[Text, ...]) -> Expr:
    """Texts side by side that are there in any case (no name), or for each element of one list input."""
    texts = tuple(text_expression(value) for value in values)
    if name is None:
        return Tuple(texts)
    collection = Reference(("var", name))
    if texts == (ELEMENT,):
        return collection
    if len(texts) == 1 and Presence(name) not in values[0].parts:
        return ForTuple(("value",), collection, texts[0])
    # Texts that are the same for every element come out once.
    return Call("distinct", (Call("flatten", (ForTuple(("value",), collection, Tuple(texts)),)),))


def _slot(slot: Slot, element: Expr) -> Expr:
    if slot.source is Source.CONTEXT:
        return reference(f"local.{slot.name}")
    return element if slot.source is Source.EACH else Reference(("var", slot.name))
