"""What a fuzzer is: inputs made from a seed, and a judgement of each. Knows no process and no limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random

Files = Mapping[str, bytes]
"""One input: the content of files by their path, seen from a scratch directory."""


@dataclass(frozen=True)
class Target:
    """One fuzzer. Its module has it as `TARGET`."""

    name: str
    make: Callable[[Random], Files]
    """Makes an input: the same one for the same state of the generator, anywhere."""
    judge: Callable[[Files, Path], str]
    """Says what is wrong with what tfgen makes of an input, or nothing; an exception is a crash. May use the directory,
    which is empty before."""

    def input(self, seed: int, number: int) -> Files:
        """Input `number` of a seed, whatever was made before."""
        return self.make(Random(f"{self.name}:{seed}:{number}"))


def targets() -> dict[str, Target]:
    """Every fuzzer: the modules beside this one that have a `TARGET`."""
    modules = (import_module(f"fuzz.{path.stem}") for path in sorted(Path(__file__).parent.glob("[a-z]*.py")))
    found = (getattr(module, "TARGET", None) for module in modules)
    return {one.name: one for one in found if isinstance(one, Target)}


def write(files: Files, folder: Path) -> None:
    """Write the files of an input below a directory."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
