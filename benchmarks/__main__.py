"""Prints the figures: `python -m benchmarks`. Whole processes, timed from outside; the median counts."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import fleet

RUNS = 5


def main() -> None:
    """Measure everything and print one row a figure."""
    with tempfile.TemporaryDirectory(prefix="tfgen-bench-") as folder:
        here = Path(folder)
        print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}; medians of {RUNS} runs, fleets once\n")
        print(f"{'what':<68} {'seconds':>8} {'peak MB':>8}")
        cold(here)
        writing(here)
        fleets(here)


def row(what: str, seconds: float, peak: float | None = None) -> None:
    """Print one figure."""
    print(f"{what:<68} {seconds:>8.3f} {'' if peak is None else f'{peak:>8.0f}'}", flush=True)


def process(arguments: Sequence[str], cwd: Path, environment: dict[str, str] | None = None) -> tuple[float, float]:
    """Run a command; its wall seconds and the peak memory of its largest process in MB."""
    code = (
        "import resource, subprocess, sys, time\n"
        "start = time.perf_counter()\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)\n"
        "seconds = time.perf_counter() - start\n"
        "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "sys.stderr.buffer.write(done.stderr)\n"
        "print(seconds, peak)\n"
        "sys.exit(done.returncode)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr}")
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak) / (1024 if sys.platform != "darwin" else 1024 * 1024)


def median(arguments: Sequence[str], cwd: Path) -> tuple[float, float]:
    """The median of several runs, after one that warms caches."""
    process(arguments, cwd)
    runs = [process(arguments, cwd) for _ in range(RUNS)]
    return statistics.median(run[0] for run in runs), max(run[1] for run in runs)


TFGEN = (sys.executable, "-m", "tfgen")


def cold(here: Path) -> None:
    """One command from a cold start."""
    row("tfgen --version", *median([*TFGEN, "--version"], here))
    row("python -c pass, for comparison", *median([sys.executable, "-c", "pass"], here))
    (posture,) = fleet.write(here / "one", 1)
    row(
        "tfgen render, one posture, nothing to write",
        *median([*TFGEN, "render", str(posture), "--out", "one-out"], here),
    )
    row(
        "tfgen render --check, one posture",
        *median([*TFGEN, "render", str(posture), "--out", "one-out", "--check"], here),
    )


def timed(work: Callable[[], object]) -> float:
    """Seconds of the fastest of three runs in this process."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def writing(here: Path) -> None:
    """Writing alone: from plans to text, and what other tools take over the same files."""
    plans = fleet.plans(1000)
    row("1,000 root trees printed from their plans, in process", timed(lambda: fleet.texts(plans)))
    texts = fleet.texts(plans)
    lines = sum(text.count("\n") for text in texts)
    print(f"  ({len(texts):,} Terraform files, {lines:,} lines)")
    sample = texts[: len(texts) // 10]
    row("python-hcl2's writer over a tenth of them", timed(lambda: fleet.rewrite_with_hcl2(sample)))
    row("our reader over a tenth of them", timed(lambda: fleet.read(sample)))
    terraform = shutil.which("terraform")
    if terraform is None:
        print("  (no terraform here: its `fmt` is not timed)")
        return
    for number, text in enumerate(texts):
        path = here / "formatted" / f"{number}.tf"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    environment = {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    row("terraform fmt -check over all of them", *process([terraform, "fmt", "-check", "formatted"], here, environment))


def fleets(here: Path) -> None:
    """Many postures in one call: written, then checked unchanged."""
    for size in (1, 10, 100, 1000):
        postures = [str(path) for path in fleet.write(here / f"fleet{size}", size)]
        command = [*TFGEN, "render", *postures, "--out", f"out{size}"]
        row(f"tfgen render, {size:,} different postures, proof included", *process(command, here))
        row(f"tfgen render --check, the same {size:,}, unchanged", *process([*command, "--check"], here))


if __name__ == "__main__":
    main()
