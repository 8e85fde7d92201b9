"""How far long work has come, on one line of a terminal. Knows nothing of the work."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TextIO

_OFTEN: Final = 0.1
"""Seconds between two changes of the line."""
_SURE: Final = 2.0
"""Seconds from the first result on after which a rate says something."""


class Progress:
    """A line that begins with the work and is gone at its end; an estimate is shown when there is ground for one."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic, *, shown: bool = True) -> None:
        """Show it on a stream, which is a terminal."""
        self._stream, self._clock, self._shown = stream, clock, shown
        self._label, self._total = "", 0
        self._first: tuple[float, int] | None = None
        self._last = 0.0
        self._width = 0

    def begin(self, label: str, total: int) -> None:
        """Begin work on so many things."""
        self._label, self._total, self._first = label, total, None
        self._write(f"{label}: 0 of {total}")
        self._last = self._clock()

    def done(self, count: int) -> None:
        """Tell how many are done."""
        now = self._clock()
        self._first = self._first or (now, count)
        if now - self._last < _OFTEN:
            return
        self._last = now
        self._write(f"{self._label}: {count} of {self._total}{self._left(now, count)}")

    def end(self) -> None:
        """Take the line away."""
        if self._width:
            self._write("")
            self._width = 0

    def _left(self, now: float, count: int) -> str:
        """How long the rest takes at the pace since the first result: what comes before that is paid only once."""
        assert self._first is not None  # noqa: S101  # `done` has set it
        since, first = self._first
        if now - since < _SURE or count <= first:
            return ""
        seconds = (self._total - count) * (now - since) / (count - first)
        if seconds < 1:
            return ""
        if seconds < 90:
            return f", about {seconds:.0f} s left"
        return f", about {seconds / 60:.0f} min left"

    def _write(self, line: str) -> None:
        if self._shown:
            self._stream.write(f"\r{line.ljust(self._width)}\r{line}" if line else f"\r{' ' * self._width}\r")
            self._stream.flush()
            self._width = len(line)
