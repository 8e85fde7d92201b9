"""The way of one value through the project: the files whose functions handle it while a posture is rendered.

Run as a program of its own, because caches that an earlier render filled would hide files. A file counts when one of
its functions returns, or has in hand as it returns, the value itself or something small around it: a text, a statement,
an argument. What only passes a whole posture, plan or tree on does not count.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Final

from pydantic import BaseModel

ROOT: Final = Path(__file__).parents[3]
POSTURE: Final = "examples/support-agent/posture.yaml"
VALUES: Final[Mapping[str, str]] = {"gateway_arn": "orders-abcde12345", "permissions_boundary": "agents-boundary"}
"""The values that are followed through the example: each key, with a text that only its value holds."""
SMALL: Final = 700
"""Characters of what is still about the value alone, printed in Python."""
FEW: Final = 6


def walks() -> dict[str, tuple[str, ...]]:
    """For each value the files of `tfgen/` that handle it, in the order in which it reaches them."""
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests" / "support")))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0"}
    program = [sys.executable, "-m", "docs_pages.walk"]
    done = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=True)
    return {key: tuple(files) for key, files in json.loads(done.stdout).items()}


class Follower:
    """Notes the files in which a text is handled, by what their functions hold as they return."""

    def __init__(self, marks: Mapping[str, str]) -> None:
        """Follow each of the marks."""
        self.marks = marks
        self.found: dict[str, dict[str, None]] = {key: {} for key in marks}
        self._looking = False  # what is looked at prints itself with functions of ours

    def __call__(self, frame: FrameType, event: str, result: object) -> None:
        """See a function of ours return."""
        code = frame.f_code
        if self._looking or event != "return" or code.co_name.startswith("<"):
            return
        path = _ours(code.co_filename)
        if path and (sought := {key: mark for key, mark in self.marks.items() if path not in self.found[key]}):
            self._looking = True
            try:
                self._look(path, sought, (result, *frame.f_locals.values()))
            finally:
                self._looking = False

    def _look(self, path: str, sought: Mapping[str, str], held: Iterable[object]) -> None:
        texts = [text for value in held for text in _small(value)]
        for key, mark in sought.items():
            if any(mark in text for text in texts):
                self.found[key][path] = None


@cache
def _ours(name: str) -> str:
    """The path of a file of `tfgen/`; empty for any other."""
    path = Path(name)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT / "tfgen") else ""


def _small(value: object) -> Iterator[str]:
    """What a value says, as text, where it is small."""
    if isinstance(value, str):
        yield value if len(value) < SMALL else ""
    elif isinstance(value, tuple | list):
        if len(value) < FEW:
            yield from (text for part in value for text in _small(part))
    elif isinstance(value, BaseModel) or (dataclasses.is_dataclass(value) and not isinstance(value, type)):
        printed = repr(value)
        yield printed if len(printed) < SMALL else ""


def main() -> None:
    """Render the example and print, for each value, the files that handle it."""
    from tfgen.app.render import render

    follower = Follower(VALUES)
    os.chdir(ROOT)
    sys.setprofile(follower)
    rendered = render(POSTURE)
    sys.setprofile(None)
    assert rendered.ok
    json.dump({key: list(files) for key, files in follower.found.items()}, sys.stdout)


if __name__ == "__main__":
    main()
