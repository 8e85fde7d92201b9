"""Run by a test: kills a replacement at every call to the system and every line, and looks at what is left.

Each attempt is a forked process that ends itself by SIGKILL, so nothing of it gets to clean up.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from disk_tree import NEW, foreign, make, render, state

from tfgen.disk import apply, compare, system


def forked(work: Callable[[], None]) -> bool:
    """Whether the work came to its end."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            print(repr(error), flush=True)
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return False
    assert status == 0, status
    return True


def killed_at(step: int, out: Path) -> Callable[[], None]:
    """Render, and die at the given step: a line of ours that is run, or a call that the interpreter audits."""
    count = 0

    def tick() -> None:
        nonlocal count
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def trace(frame: FrameType, event: str, arg: object) -> object:
        if not frame.f_code.co_filename.endswith(("stage.py", "system.py")):
            return None
        if event == "line":
            tick()
        return trace

    def work() -> None:
        changes = compare(NEW, out)
        sys.addaudithook(lambda name, _: tick() if name.startswith(("os.", "shutil.", "open")) else None)
        sys.settrace(trace)  # type: ignore[arg-type]
        apply(changes, NEW, out)
        sys.settrace(None)

    return work


def no_exchange(one: Path, other: Path) -> None:
    raise OSError(38, "Function not implemented", str(one))


def main(how: str, base: Path, first: int, stride: int) -> None:
    system.flush = lambda _: None  # what the disk itself has is no matter as long as the kernel lives
    if how == "journal":
        system.exchange = no_exchange
    out = base / "out"
    seen: set[str] = set()
    step, ended = first, False
    while not ended:
        if how != "first":
            make(out)
            before = foreign(out)
        ended = forked(killed_at(step, out))
        raw = state(out)
        seen.add(raw)
        wanted = {"nothing", "new"} if how == "first" else {"old", "new"}
        assert how == "journal" or raw in wanted, (step, raw)
        if how != "first":
            assert foreign(out) == before, step
        render(NEW, out)
        assert state(out) == "new", (step, raw, state(out))
        assert sorted(path.name for path in base.iterdir()) == ["out"], step
        assert not (out / ".tfgen-staging").exists(), step
        if how != "first":
            assert foreign(out) == before, step
        shutil.rmtree(out)
        step += stride
    print(step, len(seen), *sorted(seen)[:3], sep="\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
