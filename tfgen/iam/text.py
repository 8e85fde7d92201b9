"""Text with unknowns: an ARN whose account or name is known only when Terraform runs. Knows no Terraform.

A `Text` is a sequence of known strings and unknowns. What can be computed from known text is computed at once,
so two texts are equal when they say the same: `Capture(text("a/b"), "/(.+)$")` is never kept, it is `b`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Where the value of a slot comes from."""

    CONTEXT = "context"
    """The account, region or partition that Terraform runs in."""
    INPUT = "input"
    """An input of the module: one string."""
    EACH = "each"
    """An input that is a list of strings: a text with it stands for one text for each element."""


@dataclass(frozen=True, slots=True)
class Slot:
    """An unknown string, known when Terraform runs."""

    source: Source
    name: str

    def __str__(self) -> str:
        return f"${{{self.name}}}"


@dataclass(frozen=True, slots=True)
class Cut:
    """The first `length` characters of a text that is not known yet."""

    of: Text
    length: int

    def __str__(self) -> str:
        return f"${{first {self.length} of {self.of}}}"


@dataclass(frozen=True, slots=True)
class Capture:
    """What the one group of `pattern` matches in a text that is not known yet.

    The pattern means the same to Python's `re` and to RE2, which Terraform uses.
    """

    of: Text
    pattern: str

    def __str__(self) -> str:
        return f"${{{self.pattern} in {self.of}}}"


@dataclass(frozen=True, slots=True)
class Swapped:
    """A text that is not known yet, with one character in the place of each `old`."""

    of: Text
    old: str
    new: str

    def __str__(self) -> str:
        return f"${{{self.of} with {self.new!r} for {self.old!r}}}"


@dataclass(frozen=True, slots=True)
class Presence:
    """No text at all: what it stands in is there only while the list input of that name is not empty."""

    name: str

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Either:
    """What an optional input decides: `present` when it is given, else `otherwise`; None stands for nothing at all."""

    name: str
    present: Text | None
    otherwise: Text | None

    def __str__(self) -> str:
        if self.present is not None and self.present.parts == (Slot(Source.INPUT, self.name),):
            return f"${{{self.name} or {self.otherwise}}}"
        return f"${{{self.present} if {self.name} is given, else {self.otherwise}}}"

    def cases(self) -> tuple[Text | None, Text | None]:
        """What it is when the input is given, and when it is not."""
        return self.present, self.otherwise


Part = str | Slot | Cut | Capture | Swapped | Presence | Either


class CaptureError(ValueError):
    """A known text lacks what a pattern is to find in it."""


@dataclass(frozen=True, slots=True)
class Text:
    """Strings and unknowns in turn; no empty string, no two strings side by side."""

    parts: tuple[Part, ...]

    @property
    def known(self) -> str | None:
        """The whole text when nothing in it is unknown, else None."""
        if not self.parts:
            return ""
        only = self.parts[0]
        return only if len(self.parts) == 1 and isinstance(only, str) else None

    def slots(self) -> Iterator[Slot]:
        """Every unknown in it, also those inside cuts, captures and swaps, in order."""
        for part in self.parts:
            if isinstance(part, Slot):
                yield part
            elif isinstance(part, Presence):
                yield Slot(Source.EACH, part.name)
            elif isinstance(part, Either):
                yield Slot(Source.INPUT, part.name)
                for case in part.cases():
                    yield from case.slots() if case is not None else ()
            elif not isinstance(part, str):
                yield from part.of.slots()

    def filled(self) -> Iterator[Slot]:
        """Every unknown whose characters become part of it, in order."""
        for part in self.parts:
            if isinstance(part, Slot):
                yield part
            elif isinstance(part, Either):
                for case in part.cases():
                    yield from case.filled() if case is not None else ()
            elif isinstance(part, Cut | Capture):
                yield from part.of.filled()

    def each(self) -> str | None:
        """The list input whose elements this text repeats over or depends on, or None."""
        return next((slot.name for slot in self.slots() if slot.source is Source.EACH), None)

    def pattern(self) -> str:
        """The text as a pattern in which `*` stands for whatever is unknown."""
        return "".join(
            part if isinstance(part, str) else "" if isinstance(part, Presence) else "*" for part in self.parts
        )

    def replace(self, value: Callable[[Slot], Text]) -> Text:
        """Put a text in the place of every slot; cuts and captures of what is now known are computed.

        Raises `CaptureError` when a known text lacks what a capture looks for.
        """

        def one(part: Part) -> Text:
            if isinstance(part, (str, Presence)):
                return Text((part,))
            if isinstance(part, Slot):
                return value(part)
            if isinstance(part, Either):
                present, otherwise = (None if case is None else case.replace(value) for case in part.cases())
                return Text((Either(part.name, present, otherwise),))
            inner = part.of.replace(value)
            if isinstance(part, Swapped):
                return swap(inner, part.old, part.new)
            return cut(inner, part.length) if isinstance(part, Cut) else capture(inner, part.pattern)

        return join(*(one(part) for part in self.parts))

    def while_any(self, name: str) -> Text:
        """The same text, there only while the list input of that name has an element."""
        return self if self.each() == name else Text((Presence(name), *self.parts))

    def __str__(self) -> str:
        return "".join(str(part) for part in self.parts)


def join(*parts: Part | Text) -> Text:
    """Make one text of parts and texts."""
    flat: list[Part] = []
    for part in parts:
        for piece in part.parts if isinstance(part, Text) else (part,):
            if isinstance(piece, str) and flat and isinstance(flat[-1], str):
                flat[-1] += piece
            elif piece != "":
                flat.append(piece)
    return Text(tuple(flat))


def text(known: str) -> Text:
    """Make a text of a known string."""
    return Text((known,) if known else ())


def cut(of: Text, length: int) -> Text:
    """Take the first `length` characters (Unicode code points, as both Python and Terraform's `substr` nearly count).

    Known characters at the front shorten the cut, so that equal cuts look equal.
    """
    if of.known is not None:
        return text(of.known[:length])
    return Text((Cut(of, length),))


def swap(of: Text, old: str, new: str) -> Text:
    """Put one character in the place of another; what is known is changed at once."""
    parts = (part.replace(old, new) if isinstance(part, str) else Swapped(Text((part,)), old, new) for part in of.parts)
    return join(*parts)


def capture(of: Text, pattern: str) -> Text:
    """Take what the one group of `pattern` matches; raises `CaptureError` when a known text does not match."""
    if of.known is None:
        return Text((Capture(of, pattern),))
    match = re.search(pattern, of.known)
    if match is None:
        raise CaptureError(f"{of.known!r} does not match {pattern!r}")
    return text(match.group(1))
