"""From plain data with places, as a reader of JSON or YAML gives it, to the tree. Knows no reader and no source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from tfgen.diagnostics import At, Route, Span
from tfgen.terraform.values import Leaf, Listed, Mapped, Node, Place


class Document(Protocol):
    """A file that was read."""

    @property
    def name(self) -> str:
        """The file as it was named."""

    @property
    def data(self) -> Mapping[str, object]:
        """What it holds, as plain data."""

    def locate(self, route: Route, at: At = At.VALUE) -> Span:
        """The place of a route."""

    def line(self, number: int) -> str:
        """The text of a line."""


def tree_of(document: Document) -> Mapped:
    """The tree of a whole document."""
    made = _node(document, document.data, ())
    assert isinstance(made, Mapped)  # noqa: S101  # a document is a mapping
    return made


def _node(document: Document, value: object, route: Route) -> Node:
    span = document.locate(route, At.KEY)
    place = Place(document.name, span.line, span.column, document.line(span.line))
    match value:
        case Mapping():
            return Mapped({str(key): _node(document, part, (*route, key)) for key, part in value.items()}, place)
        case list():
            return Listed(tuple(_node(document, part, (*route, i)) for i, part in enumerate(value)), place)
        case str() | int() | float() | None:
            return Leaf(value, place)
        case _:
            raise TypeError(f"a {type(value).__name__} is no plain data")
