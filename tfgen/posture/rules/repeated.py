"""Finds what stands a second time in a list. Knows no key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from tfgen.diagnostics import Related, Route

Value = TypeVar("Value")


def repeated(places: Iterable[tuple[Route, Value]]) -> Iterator[tuple[Route, Value, tuple[Related, ...]]]:
    """Yield each place whose value an earlier place has too, with the first such place."""
    first: dict[Value, Route] = {}
    for route, value in places:
        if value in first:
            yield route, value, (Related(first[value], "the first is here"),)
        first.setdefault(value, route)
