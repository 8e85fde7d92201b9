"""Finds posture files below directories, and knows them by what they hold. Knows no key of a posture but two.

Hidden files, what `.gitignore` leaves out, trees that tfgen rendered and links are passed over.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tfgen.diagnostics import TfgenError
from tfgen.render.layout import posture_of
from tfgen.source.document import Document
from tfgen.source.parse import parse
from tfgen.source.text import LARGEST

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

ENDINGS: Final = (".yaml", ".yml", ".json")
MOST_LOOKED_AT: Final = 100_000
"""How many entries of directories are looked at."""

_KEY: Final = re.compile(rb"""^(?:\xef\xbb\xbf)?["']?tfgen["']?[ \t]*:""", re.MULTILINE)
_IN_BRACES: Final = re.compile(rb"""["']?tfgen["']?\s*:""")


@dataclass(frozen=True, slots=True)
class Named:
    """The posture files that a command line means."""

    files: tuple[str, ...]
    several: bool
    """Whether there may be any number of them: more than one was named, or a directory."""


def named(names: Sequence[str]) -> Named:
    """The posture files that are named, and those below the directories that are.

    Raises `TfgenError` when one file is named twice, and when a directory holds no posture.
    """
    seen: dict[tuple[int, int], str] = {}
    found: list[str] = []
    folders = [name for name in names if name != "-" and os.path.isdir(name)]  # noqa: PTH112  # False for what may not be looked at
    for name in names:
        if name in folders:
            continue
        key = _identity(name)
        if key is not None and key in seen:
            again = "" if seen[key] == name else f" as {seen[key]!r}"
            raise TfgenError(f"the posture file {name!r} is named twice{again}: name it once")
        if key is not None:
            seen[key] = name
        found.append(name)
    for folder in folders:
        below = [path for path in _below(folder) if _identity(path) not in seen]
        if not below and not found:
            raise TfgenError(
                f"there is no posture file below {folder!r}: one ends in .yaml, .yml or .json and has the key 'tfgen' "
                "at the top; hidden files, what .gitignore leaves out, and rendered trees are passed over"
            )
        for path in below:
            seen[_identity(path) or (0, 0)] = path
            found.append(path)
    return Named(tuple(found), bool(folders) or len(names) > 1)


def names_beside(files: Iterable[str]) -> Iterator[str]:
    """The names of all postures in the directories of these files."""
    for folder in dict.fromkeys(Path(file).parent for file in files if file != "-"):
        for entry in _entries(str(folder)):
            data = _posture(entry)
            document = parse(data, entry.path) if data is not None else None
            if isinstance(document, Document) and isinstance(name := document.data.get("name"), str):
                yield name


def _identity(name: str) -> tuple[int, int] | None:
    try:
        found = Path(name).stat() if name != "-" else None
    except (OSError, ValueError):
        return None
    return (found.st_dev, found.st_ino) if found is not None else None


def _below(top: str) -> Iterator[str]:
    """The posture files below a directory, in the order of their paths."""
    ignored = _Ignored(Path(top))
    pending = [top]
    looked_at = 0
    while pending:
        folder = pending.pop()
        here = [entry for entry in _entries(folder) if not entry.name.startswith(".")]
        looked_at += len(here)
        if looked_at > MOST_LOOKED_AT:
            raise TfgenError(f"there are more than {MOST_LOOKED_AT:,} files below {top!r}: name a smaller directory")
        inner = []
        for entry in here:
            is_folder = entry.is_dir(follow_symlinks=False)
            if (is_folder or entry.name.endswith(ENDINGS)) and not ignored(Path(entry.path), is_folder=is_folder):
                if is_folder:
                    inner.append(entry.path)
                elif _posture(entry) is not None:
                    yield entry.path
        pending += reversed(inner)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise TfgenError(f"cannot read {folder!r}: {error.strerror}") from None


def _posture(entry: os.DirEntry[str]) -> bytes | None:
    """The bytes of a posture file that a user wrote; None for anything else."""
    if not entry.name.endswith(ENDINGS) or not entry.is_file(follow_symlinks=False):
        return None
    try:
        handle = os.open(entry.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            data = file.read(LARGEST + 1) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
    except OSError:
        return None
    if posture_of(entry.name, data) is not None:
        return None
    if _KEY.search(data):
        return data
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and _IN_BRACES.search(data):
        document = parse(data, entry.path)
        return data if not isinstance(document, Document) or "tfgen" in document.data else None
    return None


def _lines(file: Path) -> list[str]:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST).decode("utf-8", "replace").splitlines()
    except OSError as error:
        raise TfgenError(f"cannot read {str(file)!r}: {error.strerror}") from None


class _Ignored:
    """What the files `.gitignore` leave out, from the top of the repository down.

    What git tracks in spite of them is not known.
    """

    def __init__(self, top: Path) -> None:
        self._specs: dict[Path, GitIgnoreSpec | None] = {}
        here = top.resolve()
        parents = (here, *here.parents)
        ends = next((number for number, folder in enumerate(parents) if os.path.lexists(folder / ".git")), 0)
        self._top = parents[ends]
        self._base, self._here = top, here

    def __call__(self, path: Path, *, is_folder: bool) -> bool:
        whole = self._here / path.relative_to(self._base)
        for folder in whole.parents:
            spec = self._spec(folder)
            if spec is not None:
                relative = whole.relative_to(folder).as_posix() + ("/" if is_folder else "")
                verdict = spec.check_file(relative).include
                if verdict is not None:
                    return verdict
            if folder == self._top:
                return False
        return False

    def _spec(self, folder: Path) -> GitIgnoreSpec | None:
        if folder not in self._specs:
            file = folder / ".gitignore"
            self._specs[folder] = None
            if os.path.isfile(file) and not os.path.islink(file):  # noqa: PTH113, PTH114  # see above
                from pathspec import GitIgnoreSpec  # rarely needed

                lines = _lines(file)
                self._specs[folder] = GitIgnoreSpec.from_lines(lines)
        return self._specs[folder]
