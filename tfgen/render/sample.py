"""Sample values for a module's inputs, and what texts are with these. Knows no Terraform."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tfgen.iam.text import Either, Presence, Slot, Source, Text, join, text
from tfgen.plan.model import Input

MOCKED: Final[Mapping[str, str]] = {"account": "123456789012", "partition": "aws", "region": "us-east-1"}
"""What the mocked data sources say."""

Values = Mapping[str, str | tuple[str, ...]]
"""Inputs by name; an optional one that is not here is null."""


def samples(inputs: Iterable[Input]) -> Values:
    """A value for every input that is not optional."""
    return {item.name: example(item) for item in inputs if not item.optional}


def example(item: Input) -> str | tuple[str, ...]:
    """A value that all checks of an input accept: its default, where that is one."""
    if item.default:
        return item.default
    examples = (check.example for check in reversed(item.checks))
    found = next((value for value in examples if all(check.accepts(value) for check in item.checks)), "example")
    return (found,) if item.many else found


def alternatives(item: Input) -> Iterator[str]:
    """Values that all checks of an input accept: its example, and that with another digit in the place of one."""
    first = example(item)
    known = first if isinstance(first, str) else first[0]
    yield known
    for place, digit in ((match.start(), digit) for match in re.finditer(r"[0-9]", known) for digit in "123456789"):
        other = f"{known[:place]}{digit}{known[place + 1 :]}"
        if other != known and all(check.accepts(other) for check in item.checks):
            yield other


def elements(name: str, values: Values) -> tuple[str, ...]:
    """The elements of a list input."""
    given = values[name]
    return given if isinstance(given, tuple) else (given,)


def some(present: Iterable[str], values: Values) -> bool:
    """Whether something is there that needs an element in one of these list inputs, or that needs none."""
    names = tuple(present)
    return not names or any(elements(name, values) for name in names)


def resolved(texts: Iterable[Text], values: Values) -> tuple[str, ...]:
    """What texts are with these values; each once, as a policy lists them."""
    return tuple(dict.fromkeys(found for value in _in_runs(texts, values) for found in value))


def known(value: Text, values: Values, element: str = "") -> str:
    """What a text is with these values; where it repeats over a list input, for this element."""
    return _or_null(value, values, element) or ""


def filled(value: Text, values: Values, element: str = "", kept: frozenset[str] = frozenset()) -> Text:
    """A text of which nothing is optional, with these values; the inputs that are kept stay inputs."""
    found = value.replace(lambda slot: Text((slot,)) if slot.name in kept else _slot(slot, values, element))
    return join(*(part for part in found.parts if not isinstance(part, Presence)))


def known_or_null(value: Text, values: Values) -> str | None:
    """What a text is with these values; None where optional inputs leave it out."""
    return _or_null(value, values, "")


def _in_runs(texts: Iterable[Text], values: Values) -> Iterator[Iterator[str]]:
    """Texts that repeat over one list are taken together, element by element, as they are rendered."""
    run: list[Text] = []
    name: str | None = None
    for value in [*texts, None]:
        over = value.each() if value is not None else None
        if run and (value is None or over != name or name is None):
            yield _spread(run, name, values)
            run = []
        if value is not None:
            run.append(value)
            name = over


def _spread(run: list[Text], name: str | None, values: Values) -> Iterator[str]:
    for element in elements(name, values) if name is not None else ("",):
        for value in run:
            yield known(value, values, element)


def _or_null(value: Text, values: Values, element: str) -> str | None:
    pieces = [_part(part, values, element) for part in value.replace(lambda slot: _slot(slot, values, element)).parts]
    return None if pieces == [None] else "".join(piece or "" for piece in pieces)


def _slot(slot: Slot, values: Values, element: str) -> Text:
    """What is known in the place of an unknown; an optional input that is not given is left."""
    if slot.source is Source.CONTEXT:
        return text(MOCKED[slot.name])
    if slot.source is Source.EACH:
        return text(element)
    given = values.get(slot.name)
    return text(given) if isinstance(given, str) else Text((slot,))


def _part(part: object, values: Values, element: str) -> str | None:
    match part:
        case str():
            return part
        case Either(name, present, otherwise):
            chosen = present if name in values else otherwise
            return None if chosen is None else _or_null(chosen, values, element)
        case Slot():
            return None
        case _:
            return str(part)
