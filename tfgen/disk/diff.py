"""Changes as a unified diff that `patch` and `git apply` take. Reads no disk and knows no terminal."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from difflib import unified_diff as difflib_diff
from typing import Final

from tfgen.disk.compare import Change, Changes

_QUOTED: Final = re.compile(rb'[\x00-\x1f\x7f-\xff"\\]')


def unified_diff(changes: Changes) -> str:
    """The diff from the disk to the rendered tree, sorted by path; empty when nothing would change."""
    return "".join(line for change in changes.all for line in _file_diff(change))


def _file_diff(change: Change) -> Iterator[str]:
    old = "/dev/null" if change.old is None else _name(f"a/{change.path}")
    new = "/dev/null" if change.new is None else _name(f"b/{change.path}")
    for line in difflib_diff(_lines(change.old or ""), _lines(change.new or ""), old, new):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """Lines as diff tools have them: only a line feed ends one, where `splitlines` sees ten ends."""
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop().removesuffix("\n")
    return [*lines, last] if last else lines


def _name(path: str) -> str:
    """A path as git writes it: quoted when it has control characters, and ended by a tab when it has spaces."""
    data = os.fsencode(path)
    if _QUOTED.search(data):
        return '"' + _QUOTED.sub(lambda found: b"\\%03o" % found[0][0], data).decode("ascii") + '"'
    return f"{path}\t" if " " in path else path
