"""Which relative paths may be written, on any system that may check the tree out. Touches no disk."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from tfgen.diagnostics import InternalError

FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f\ud800-\udfff<>:"|?*\\]')
"""Characters that some system cannot write, or reads as something else: drive letters and streams have a colon."""

DEVICE: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices, whatever their extension."""


def check_paths(paths: Iterable[str]) -> None:
    """Raise `InternalError` at the first path that is unsafe or collides with another one: we made them all."""
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in sorted(paths):
        if fault := _fault(path):
            raise InternalError(f"the path {path!r} must not be written: {fault}", path)
        parts = path.split("/")
        _take(files, path)
        for depth in range(1, len(parts)):
            _take(folders, "/".join(parts[:depth]))
    for both in sorted(files.keys() & folders.keys()):
        raise InternalError(f"{files[both]!r} would be a file and a directory", files[both])


def check_inside(paths: Iterable[str]) -> None:
    """Raise `InternalError` at the first path that leads out of its directory, whatever else it may look like."""
    for path in paths:
        if not {"", ".", ".."}.isdisjoint(path.split("/")):
            raise InternalError(f"the path {path!r} leads out of its directory", path)


def _fault(path: str) -> str:
    """What is wrong with one path; empty when nothing is."""
    *folders, name = path.split("/")
    for part in (*folders, name):
        if part in {"", ".", ".."}:
            return "a part of it is empty, '.' or '..'"
        if FORBIDDEN.search(part):
            return f"{part!r} has a character that not every system can write"
        if part.endswith((".", " ")) or DEVICE.fullmatch(part):
            return f"Windows cannot write {part!r}"
    if any(part.startswith(".") for part in folders):
        return "it lies in a hidden directory, where tfgen does not look for its files"
    return ""


def _take(seen: dict[str, str], path: str) -> None:
    """Note a path under the form in which no file system tells it from its look-alikes."""
    other = seen.setdefault(unicodedata.normalize("NFC", path).casefold(), path)
    if other != path:
        raise InternalError(f"{path!r} and {other!r} are one file on some systems", path)
