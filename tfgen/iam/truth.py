"""Yes, no, or not known: Kleene's three values, with what would decide the third. Must not know what is decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Truth:
    """An answer: `value` is None when it is not known; then `depends_on` says in words what would decide it."""

    value: bool | None
    depends_on: tuple[str, ...] = ()

    def __invert__(self) -> Truth:
        return self if self.value is None else Truth(not self.value)


YES: Final = Truth(value=True)
NO: Final = Truth(value=False)


def unknown(*why: str) -> Truth:
    """Make an answer that is not known, with what would decide it."""
    return Truth(None, tuple(dict.fromkeys(why)))


def truth(value: bool) -> Truth:  # noqa: FBT001  # the one conversion into the type
    """The answer of something that is known."""
    return YES if value else NO


def all_of(answers: Iterable[Truth]) -> Truth:
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


def any_of(answers: Iterable[Truth]) -> Truth:
    """Yes as soon as one is, whatever the others are; no when none is."""
    return ~all_of(~answer for answer in answers)
