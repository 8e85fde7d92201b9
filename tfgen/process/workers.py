"""The same work for many items, in several processes. Knows nothing of the work.

A worker has one pipe, holds nothing that the system must clean up, and leaves quietly when the other end is gone,
however this process ended. It never sees Ctrl-C.
"""

from __future__ import annotations

import multiprocessing
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from tfgen.diagnostics import TfgenError
from tfgen.process import interrupts

T = TypeVar("T")
R = TypeVar("R")


def spread(work: Callable[[T], R], items: Sequence[T], count: int) -> Iterator[tuple[int, R]]:
    """Yield the position of each item and what came of it, as they come, from `count` processes.

    Raises what the work raises, and `TfgenError` when a process ends before its work is done.
    """
    # Never forked: HashiCorp's parser brings the Go runtime into this process, and a forked Go runtime hangs.
    context = multiprocessing.get_context("spawn")
    pipes: list[Connection] = []
    waiting = iter(enumerate(items))
    try:
        for _ in range(count):
            here, there = context.Pipe()
            with interrupts.blocked(), there:
                context.Process(target=_serve, args=(there, work), daemon=True).start()
            pipes.append(here)
            _give(here, next(waiting, None))
        left = len(items)
        while left:
            for ready in wait(pipes):
                assert isinstance(ready, Connection)  # noqa: S101  # nothing else was given
                position, result, error = _taken(ready)
                _give(ready, next(waiting, None))
                if error is not None:
                    raise error
                left -= 1
                yield position, result
    finally:
        for pipe in pipes:
            pipe.close()


def _give(pipe: Connection, item: object) -> None:
    """Give a worker its next item, if there is any."""
    if item is None:
        return
    try:
        pipe.send(item)
    except OSError:
        raise _ended() from None


def _taken(pipe: Connection) -> tuple[int, Any, BaseException | None]:
    try:
        return pipe.recv()  # type: ignore[no-any-return]  # what `_serve` has sent
    except (EOFError, OSError):
        raise _ended() from None


def _ended() -> TfgenError:
    return TfgenError("a process that rendered some of the postures was ended from outside; nothing was written")


def _serve(pipe: Connection, work: Callable[[T], R]) -> None:
    """Do the work for each item that comes, until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        while True:
            position, item = pipe.recv()
            try:
                answer: tuple[int, R | None, BaseException | None] = position, work(item), None
            except Exception as error:  # noqa: BLE001  # it is raised again on the other side
                error.add_note("".join(traceback.format_exception(error)))
                answer = position, None, error
            pipe.send(answer)
    except (EOFError, OSError):
        return
