"""Runs a fuzzer: each input under a limit of time and memory, in a process that may die of one. Knows no target."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from fuzz.target import Files, Target, targets, write

CPU_SECONDS: Final = 20
"""How long one input may take; a second is usual for the worst."""
BYTES: Final = 1024 * 1024 * 1024
"""How much memory the process may have for its data."""
_STATUS: Final = Path("/proc/self/status")
_CLEAR: Final = Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Outcome:
    """What became of one input."""

    number: int
    problem: str = ""
    """Empty when nothing is wrong."""
    place: str = ""
    """Where an exception was raised; one problem is saved for each place."""
    seconds: float = 0.0
    peak: int = 0
    """How many bytes of memory the process had at most, where the system says so."""


@dataclass
class Campaign:
    """What a run came to."""

    target: str
    seed: int
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def problems(self) -> list[Outcome]:
        """The inputs with which something is wrong: one for each kind of fault."""
        kinds: dict[str, Outcome] = {}
        for one in self.outcomes:
            if one.problem:
                kinds.setdefault(one.place or one.problem, one)
        return list(kinds.values())

    def __str__(self) -> str:
        slowest = max(self.outcomes, key=lambda one: one.seconds, default=Outcome(0))
        largest = max(self.outcomes, key=lambda one: one.peak, default=Outcome(0))
        wrong = sum(bool(one.problem) for one in self.outcomes)
        return (
            f"{self.target}: seed {self.seed}, {len(self.outcomes):,} inputs, {wrong} crashes of "
            f"{len(self.problems)} kinds; slowest input {slowest.seconds:.2f} s (number {slowest.number}), "
            f"peak memory {largest.peak / 1e6:.0f} MB (number {largest.number})"
        )


def campaign(target: str, seed: int, *, seconds: float = 1e9, inputs: int = 10**9, first: int = 0) -> Campaign:
    """Try inputs one after another until there were enough, or the time is over; raises nothing of theirs."""
    found = Campaign(target, seed)
    end = time.monotonic() + seconds
    following = first
    while following < first + inputs and time.monotonic() < end:
        left = first + inputs - following
        for outcome in _process(target, seed, following, left, end - time.monotonic()):
            found.outcomes.append(outcome)
            following = outcome.number + 1
    return found


def _process(target: str, seed: int, first: int, inputs: int, seconds: float) -> Iterator[Outcome]:
    """The outcomes of one process, and where an input ended it, that of this input."""
    order = json.dumps({"target": target, "seed": seed, "first": first, "inputs": inputs, "seconds": seconds})
    command = [sys.executable, "-m", "fuzz.campaign", order]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent) as process:
        assert process.stdout is not None
        number = first
        for line in process.stdout:
            outcome = Outcome(**json.loads(line))
            number = outcome.number + 1
            yield outcome
    if process.returncode:
        yield Outcome(
            number, f"the process was ended: {process.returncode}", f"process {process.returncode}", CPU_SECONDS
        )


def attempt(target: Target, files: Files, number: int = 0) -> Outcome:
    """Judge one input, and measure it."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        _forget_peak()
        start = time.process_time()
        problem = place = ""
        try:
            problem = target.judge(files, Path(scratch))
        except Exception as error:  # noqa: BLE001  # that is what is looked for
            problem, place = f"{type(error).__name__}: {str(error)[:200]}", _place(error)
        return Outcome(number, problem, place, time.process_time() - start, _peak())


def _place(error: Exception) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "tfgen" in frame.filename]
    last = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}:{last.name}"


def _forget_peak() -> None:
    try:
        _CLEAR.write_text("5")
    except OSError:
        return


def _peak() -> int:
    try:
        line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return int(line.split()[1]) * 1024


def _limit() -> None:
    """Let the next input have its time, after which the process is ended, and no more memory than any may have."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + CPU_SECONDS, hard))
    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def save(outcome: Outcome, target: Target, seed: int, folder: Path) -> Path:
    """Write the input of a problem to a directory of its own, with what is wrong; smaller where that is easy."""
    files = target.input(seed, outcome.number)
    if not outcome.place.startswith("process"):
        files = smaller(target, files, outcome.place or outcome.problem)
    here = folder / f"{target.name}-{seed}-{outcome.number}"
    write(files, here)
    (here / "PROBLEM.txt").write_text(f"{outcome.problem}\n{outcome.place}\n", encoding="utf-8", errors="replace")
    return here


def smaller(target: Target, files: Files, kind: str, attempts: int = 150) -> Files:
    """Drop lines while the same thing is still wrong."""
    for name in files:
        size = max(1, files[name].count(b"\n") // 2)
        while size and attempts > 0:
            lines = files[name].splitlines(keepends=True)
            at = 0
            while at < len(lines) and attempts > 0:
                attempts -= 1
                less = {**files, name: b"".join(lines[:at] + lines[at + size :])}
                found = attempt(target, less)
                if (found.place or found.problem) == kind:
                    files, lines = less, lines[:at] + lines[at + size :]
                else:
                    at += size
            size //= 2
    return files


def main(order: str) -> None:
    """Do what one process is asked for: an outcome a line."""
    asked = json.loads(order)
    target = targets()[asked["target"]]
    end = time.monotonic() + asked["seconds"]
    out = sys.stdout
    for number in range(asked["first"], asked["first"] + asked["inputs"]):
        if time.monotonic() >= end:
            return
        files = target.input(asked["seed"], number)
        _limit()
        print(json.dumps(asdict(attempt(target, files, number))), file=out, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
