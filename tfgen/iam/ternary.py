"""Yes, no, or not known: Kleene's three values, with what would decide the third. Must not know what is decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Ternary:
    """An answer: `value` is None when it is not known; then `depends_on` says in words what would decide it."""

    value: bool | None
    depends_on: tuple[str, ...] = ()

    def __invert__(self) -> Ternary:
        return self if self.value is None else Ternary(not self.value)


YES: Final = Ternary(value=True)
NO: Final = Ternary(value=False)


def unknown(*why: str) -> Ternary:
    """Make an answer that is not known, with what would decide it."""
    return Ternary(None, tuple(dict.fromkeys(why)))


def ternary(value: bool) -> Ternary:  # noqa: FBT001  # the one conversion into the type
    """The answer of something that is known."""
    return YES if value else NO


def all_of(answers: Iterable[Ternary]) -> Ternary:
    """Yes when all are; no as soon as one is, whatever the others are."""
    open_: list[str] = []
    some = False
    for answer in answers:
        if answer.value is False:
            return NO
        if answer.value is None:
            some = True
            open_ += answer.depends_on
    return unknown(*open_) if some else YES


def any_of(answers: Iterable[Ternary]) -> Ternary:
    """Yes as soon as one is, whatever the others are; no when none is."""
    return ~all_of(~answer for answer in answers)
