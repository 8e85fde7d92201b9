"""Where an expression stands: what its names mean there. Knows no expression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from tfgen.terraform.values import Node, Place


class Names(Protocol):
    """What names outside an expression stand for."""

    def look_up(self, path: tuple[str, ...], scope: Scope) -> tuple[Node, int] | None:
        """The value of the first steps of a dotted name and how many these are; None when it is not known."""

    def text(self, path: str) -> str:
        """The text of a file of the source; raises `TfgenError` with the reason when it must not be read."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: what its names mean, and the place of the attribute that it belongs to."""

    names: Names
    place: Place
    loop: Mapping[str, Node] = field(default_factory=dict)
    """`each`, `count`, iterators and the names of `for` expressions."""
    depth: int = 0
    within: tuple[str, ...] = ()
    """The local values that are being evaluated."""
    trusted: bool = False
    """Whether the text is our own, so that its patterns may be searched for: a stranger's can take for ever."""

    def at(self, place: Place) -> Scope:
        """The same names at another place."""
        return replace(self, place=place)

    def also(self, **loop: Node) -> Scope:
        """The scope inside a loop."""
        return replace(self, loop={**self.loop, **loop})

    def deeper(self) -> Scope:
        """The scope one expression further in."""
        return Scope(self.names, self.place, self.loop, self.depth + 1, self.within, self.trusted)
