"""Ctrl-C: one sentence, exit code 130, and never in the middle of a tree. Knows no command.

Python raises `KeyboardInterrupt` wherever it happens to be, in the middle of an import or of a clean-up. Instead, the
handler ends the process itself. A tree that is being written is finished first, which takes moments; a second Ctrl-C
does not wait for that, and leaves what a kill leaves, which the next run removes.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

CODE: Final = 130
"""The exit code after Ctrl-C: 128 and the signal's number, as shells have it."""

WHOLE: Final = "tfgen: interrupted; every tree on disk is whole"
HASTY: Final = "tfgen: interrupted while a tree was being written; run tfgen again to complete it"


class _State:
    held = 0
    """How many blocks hold an interrupt back."""
    pending = False
    """Whether one came meanwhile."""


def take() -> None:
    """Handle Ctrl-C from here on, unless whoever started this process ignores it."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupted)


@contextmanager
def held() -> Iterator[None]:
    """Hold the first Ctrl-C back until the end of a block."""
    _State.held += 1
    try:
        yield
    finally:
        _State.held -= 1
        if _State.pending and not _State.held:
            _leave(WHOLE)


@contextmanager
def blocked() -> Iterator[None]:
    """Hold every Ctrl-C back for a moment in which processes are started; these never get one."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _interrupted(_: int, __: FrameType | None) -> None:
    if _State.held and not _State.pending:
        _State.pending = True
        return
    _leave(HASTY if _State.held else WHOLE)


def _leave(sentence: str) -> None:
    """End this process and those that it started, at once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Ctrl-C may come amid the import of this module, which then has started nothing yet.
    children = getattr(sys.modules.get("multiprocessing"), "active_children", tuple)
    for child in children():
        child.terminate()
    _say(sentence)
    os._exit(CODE)


def _say(sentence: str) -> None:
    """Write to standard error as far as that goes: a terminal that has stopped reading is not waited for."""
    with suppress(OSError):
        start = "\n" if os.isatty(2) else ""  # behind the terminal's own ^C, or a bar
        waits = os.get_blocking(2)
        os.set_blocking(2, False)
        try:
            os.write(2, f"{start}{sentence}\n".encode())
        finally:
            os.set_blocking(2, waits)
