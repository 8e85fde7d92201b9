"""Which directories hold rendered trees, and of which postures. Only reads; follows no link."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tfgen.diagnostics import TfgenError
from tfgen.disk.compare import entries, name_in
from tfgen.render.layout import POSTURE, VERSIONS


def tree_of(folder: Path, *, modules_only: bool = False) -> str:
    """The posture whose tree a directory is, by the headers in it; empty when it is no tree.

    `modules_only` asks for a tree without a root module. Raises `TfgenError` when it cannot be read.
    """
    try:
        return _modules(folder) if modules_only else _root(folder)
    except OSError as error:
        raise TfgenError(f"cannot read {error.filename or folder}: {error.strerror}") from error


def trees_below(folder: Path, *, modules_only: bool = False) -> dict[str, str]:
    """The directories of a directory that are trees, each with its posture. Raises as `tree_of` does."""
    try:
        names = list(_folders(folder))
    except OSError as error:
        raise TfgenError(f"cannot read {error.filename or folder}: {error.strerror}") from error
    found: dict[str, str] = {}
    for name in names:
        with suppress(PermissionError):  # someone else's: we could not have written what we cannot read
            if posture := (_modules if modules_only else _root)(folder / name):
                found[name] = posture
    return found


def _folders(folder: Path) -> Iterator[str]:
    for entry in entries(folder, ""):
        if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
            yield entry.name


def _root(folder: Path) -> str:
    """By the posture that it carries; where the user's own is in that place, by the root module's header."""
    if name := name_in(folder, POSTURE):
        return name
    return name_in(folder, VERSIONS) if "modules" in _folders(folder) else ""


def _modules(folder: Path) -> str:
    found = (name_in(folder / name, VERSIONS) for name in _folders(folder) if not _root(folder / name))
    return next(filter(None, found), "")
