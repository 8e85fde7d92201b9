"""What a posture says of its harness, as a tree of plain values with their places. Knows no key and no provider."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tfgen.diagnostics import Route
from tfgen.iam.text import Source, Text


@dataclass(frozen=True, slots=True)
class TextValue:
    """A text, perhaps with unknowns."""

    value: Text
    route: Route


@dataclass(frozen=True, slots=True)
class Exact:
    """A number or a bool."""

    value: int | Decimal | bool
    route: Route


@dataclass(frozen=True, slots=True)
class Marker:
    """A mapping without keys, which says something by being there."""

    route: Route


@dataclass(frozen=True, slots=True)
class Document:
    """Free JSON, as its text."""

    text: str
    route: Route

    @property
    def value(self) -> object:
        """The JSON, with exact numbers and mappings in the order of the text."""
        return json.loads(self.text, parse_float=Decimal)


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping with keys of the posture's, those that are written."""

    items: tuple[tuple[str, Setting], ...]
    route: Route


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping with keys of the author's."""

    items: tuple[tuple[str, Setting], ...]
    route: Route


@dataclass(frozen=True, slots=True)
class Items:
    """A list. An element with a list input in it stands for one for each element of that input."""

    elements: tuple[Setting, ...]
    route: Route


Setting = TextValue | Exact | Marker | Document | Fields | Table | Items


def texts(setting: Setting) -> Iterator[Text]:
    """Every text in a tree that may hold unknowns."""
    match setting:
        case TextValue(value):
            yield value
        case Fields(items) | Table(items):
            for _, inner in items:
                yield from texts(inner)
        case Items(elements):
            for inner in elements:
                yield from texts(inner)
        case _:
            return


def lists(setting: Setting) -> tuple[str, ...]:
    """The list inputs over whose elements a list's element repeats; those of a list inside it are that list's."""
    match setting:
        case TextValue(value):
            found = [slot.name for slot in value.slots() if slot.source is Source.EACH]
        case Fields(items) | Table(items):
            found = [name for _, inner in items for name in lists(inner)]
        case _:
            found = []
    return tuple(dict.fromkeys(found))


def lone_lists(setting: Setting) -> Iterator[TextValue]:
    """Texts that are a list input where no list is, so that nothing can stand for each of its elements."""
    match setting:
        case TextValue(value):
            yield from (setting,) if value.each() is not None else ()
        case Fields(items) | Table(items):
            for _, inner in items:
                yield from lone_lists(inner)
        case _:
            return
