"""The `console` blocks of pages: commands with the output that they must print. Knows no page."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from docs_pages.markdown import blocks

ROOT: Final = Path(__file__).parents[3]
NEEDED: Final = ("examples", "tests/cases", "tests/imports/sources")
"""Folders that commands read; they run in a copy."""


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Each `$ command` of a block with the output shown below it, in order."""
    assert block.startswith("$ "), block
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


class Shell:
    """Runs commands in a folder that looks like the repository; `tfgen` is on the path."""

    def __init__(self, place: Path, alone: Callable[[list[str]], str] | None = None) -> None:
        """Prepare the folder. `alone` runs what is tfgen alone, without a shell, where it is given."""
        self.folder = place / "repository"
        self._alone = alone
        for name in NEEDED:
            shutil.copytree(ROOT / name, self.folder / name)
        wrapper = place / "bin" / "tfgen"
        wrapper.parent.mkdir()
        wrapper.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tfgen "$@"\n')
        wrapper.chmod(0o755)
        path = f"{wrapper.parent}:{os.environ['PATH']}"
        self._environment = {"PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(place / "home")}

    def run(self, command: str) -> str:
        """What a command prints: its standard output, then its standard error."""
        lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = list(lexer)
        if self._alone is not None and words[0] == "tfgen" and not any(set(word) <= set("|&;<>()") for word in words):
            return self._alone(words[1:])
        done = subprocess.run(
            command,
            shell=True,
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return done.stdout + done.stderr


def run_again(page: str, place: Path) -> str:
    """The page with what its commands print now; a command that meets a bug of ours ends the run."""
    shell = Shell(place)
    for block in blocks(page, "console"):
        printed = [(command, shell.run(command)) for command, _ in commands(block)]
        for command, output in printed:
            if "a bug in tfgen" in output:
                raise SystemExit(f"{command}\n{output}")
        new = "".join(f"$ {command}\n{output}" for command, output in printed)
        page = page.replace(f"```console\n{block}```", f"```console\n{new}```", 1)
    return page
