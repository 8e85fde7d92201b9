"""Files that Terraform or OpenTofu load from a rendered tree and that tfgen did not write. Only reads; knows no syntax.

No link is followed, nothing but regular files is opened, and only so many of them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tfgen.diagnostics import TfgenError
from tfgen.disk.compare import entries, join, postures_of, read_ours

LOADED: Final = tuple(
    ending + form
    for ending, forms in {
        ".tf": ("", ".json"),
        ".tofu": ("", ".json"),
        ".tftest": (".hcl", ".json"),
        ".tofutest": (".hcl", ".json"),
        ".tfmock": (".hcl", ".json"),
        ".tfquery": (".hcl", ".json"),
        ".auto.tfvars": ("", ".json"),
    }.items()
    for form in forms
)
"""How the names of files end that Terraform or OpenTofu load from a directory by themselves."""

VALUES: Final = ("terraform.tfvars", "terraform.tfvars.json")
"""Names of files with values that Terraform loads by itself."""

LARGEST_ADDED: Final = 256 * 1024
"""How many bytes of a file are read to say what it holds."""

MOST_READ: Final = 100
"""How many files of one tree are read; further ones are only counted."""


@dataclass(frozen=True, slots=True)
class Added:
    """A file that someone else added to a directory of a rendered tree."""

    path: str
    """From the top of the tree."""
    data: bytes | None
    """What it holds; None when that is not known."""
    problem: str = ""
    """Why it is not known; completes "the file"."""


def added(files: Mapping[str, str], out: Path, *, root_is_open: bool = False) -> tuple[tuple[Added, ...], int]:
    """Files of others in the directories of a rendered tree, at most `MOST_READ` of them, and how many there are.

    `root_is_open` leaves out those of the root module and of its tests.
    Raises `TfgenError` when a directory cannot be read.
    """
    try:
        postures = postures_of(files, out)
        paths = [
            join(folder, entry.name)
            for folder in _folders(files)
            if not (root_is_open and folder in {"", "tests"})
            for entry in entries(out, folder)
            if join(folder, entry.name) not in files and loads(entry.name) and not entry.is_dir(follow_symlinks=False)
        ]
        paths = [path for path in paths if not _is_ours(out, path, postures)]
    except OSError as error:
        raise TfgenError(f"cannot read {error.filename or out}: {error.strerror}") from error
    return tuple(_read(out, path) for path in paths[:MOST_READ]), len(paths)


def _folders(files: Mapping[str, str]) -> list[str]:
    """The directories of a rendered tree from which files are loaded: the modules, and the tests of each."""
    held = {path.rpartition("/")[0] for path in files}
    return sorted(held | {join(folder, "tests") for folder in held if folder.rpartition("/")[2] != "tests"})


def loads(name: str) -> bool:
    """Whether Terraform or OpenTofu load a file of this name; they pass over hidden files and editors' copies."""
    if name.startswith(".") or name.endswith("~") or (name.startswith("#") and name.endswith("#")):
        return False
    return name.endswith(LOADED) or name in VALUES


def overrides(name: str) -> bool:
    """Whether a file of this name changes blocks of other files instead of adding its own."""
    stem = stem_of(name)
    return name.removeprefix(stem) in LOADED[:4] and (stem == "override" or stem.endswith("_override"))


def replaced_by(name: str) -> Iterator[str]:
    """The names of files that OpenTofu passes over when there is one of this name beside them."""
    for theirs, ours in ((".tofu", ".tf"), (".tofutest", ".tftest")):
        for form in ("", ".hcl", ".json"):
            if name.endswith(theirs + form):
                yield name.removesuffix(theirs + form) + ours + form


def stem_of(name: str) -> str:
    """A file's name without the ending by which Terraform or OpenTofu load it."""
    ending = max((ending for ending in LOADED if name.endswith(ending)), key=len, default="")
    return name.removesuffix(ending)


def _is_ours(out: Path, path: str, postures: frozenset[str]) -> bool:
    """Whether a file is ours and no longer rendered: `compare` removes it."""
    try:
        return read_ours(out, path, postures) is not None
    except PermissionError:
        return False


def _read(out: Path, path: str) -> Added:
    if stat.S_ISLNK((out / path).lstat().st_mode):
        return Added(path, None, "is a symbolic link, which tfgen does not follow")
    try:
        # It may have become a link or a FIFO since: neither is followed or waited for.
        handle = os.open(out / path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return Added(path, None, "is not a regular file")
            data = file.read(LARGEST_ADDED + 1)
    except OSError as error:
        return Added(path, None, f"cannot be read: {error.strerror}")
    if len(data) > LARGEST_ADDED:
        return Added(path, None, f"has more than {LARGEST_ADDED:,} bytes and was not read")
    return Added(path, data)
