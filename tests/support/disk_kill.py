"""Run by a test: kills a replacement before every call that changes the disk, and looks at what is left.

Each attempt is a forked process that ends itself by SIGKILL, so nothing of it gets to clean up.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from disk_tree import NEW, foreign, make, render, state

from tfgen.disk import apply, compare, system


def forked(work: Callable[[], None]) -> bool:
    """Whether the work came to its end."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it was, the parent must see it
            print(repr(error), flush=True)
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return False
    assert status == 0, status
    return True


def changes_disk(event: str, arguments: tuple[object, ...]) -> bool:
    """Whether an audited call changes the disk: a kill between two such calls is a kill before the second."""
    if event == "open":
        return isinstance(arguments[2], int) and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    return event in {"os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "os.chmod", "os.chown", "os.utime"}


def killed_at(step: int, out: Path) -> Callable[[], None]:
    """Render, and die before the given call that changes the disk."""
    count = 0

    def tick() -> None:
        nonlocal count
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)

    exchange = system.exchange

    def ticking_exchange(one: Path, other: Path) -> None:
        tick()  # a call by ctypes is not audited
        exchange(one, other)
        tick()

    def work() -> None:
        changes = compare(NEW, out)
        system.exchange = ticking_exchange
        sys.addaudithook(lambda event, arguments: tick() if changes_disk(event, arguments) else None)
        apply(changes, NEW, out)

    return work


def no_exchange(one: Path, other: Path) -> None:
    raise OSError(38, "Function not implemented", str(one))


def main(how: str, base: Path) -> None:
    system.flush = lambda paths: None  # what has reached the disk is no matter as long as the kernel lives
    if how == "files":
        system.exchange = no_exchange
    out = base / "out"
    allowed = {"new", "nothing" if how == "first" else "old"}
    seen: list[str] = []
    ended = False
    while not ended:
        if how != "first":
            make(out)
        before = {} if how == "first" else foreign(out)
        ended = forked(killed_at(len(seen) + 1, out))
        seen.append(state(out))
        if how == "files" and seen[-1] not in allowed:
            changes = compare(NEW, out)
            assert changes.half_done and not changes.clean, seen
        assert how == "files" or seen[-1] in allowed, seen
        assert how == "first" or foreign(out) == before, seen
        render(NEW, out)
        assert state(out) == "new", seen
        assert [path.name for path in base.iterdir()] == ["out"], seen
        assert not (out / ".tfgen-staging").exists(), seen
        assert how == "first" or foreign(out) == before, seen
        shutil.rmtree(out)
    assert allowed <= set(seen)
    print(len(seen))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
