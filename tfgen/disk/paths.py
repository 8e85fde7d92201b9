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
    for path, fault in faults(paths).items():
        raise InternalError(f"the path {path!r} must not be written: {fault}", path)


def faults(paths: Iterable[str]) -> dict[str, str]:
    """What is wrong with the paths of one tree, each of which must be a file of its own on any system."""
    found: dict[str, str] = {}
    files: dict[str, str] = {}
    folders: dict[str, tuple[str, str]] = {}
    for path in sorted(paths):
        if fault := _fault(path):
            found.setdefault(path, fault)
            continue
        if (form := _form(path)) in files:
            _clash(found, (path, path), (files[form], files[form]), "")
        files.setdefault(form, path)
        for folder in (path[:end] for end, letter in enumerate(path) if letter == "/"):
            first, other = folders.setdefault(_form(folder), (folder, path))
            if first != folder:
                _clash(found, (folder, path), (first, other), "its directory ")
    for form in files.keys() & folders.keys():
        _, inner = folders[form]
        found.setdefault(files[form], f"it is also the directory of {inner!r}")
        found.setdefault(inner, f"a directory in it is also the file {files[form]!r}")
    return dict(sorted(found.items()))


def _clash(found: dict[str, str], one: tuple[str, str], other: tuple[str, str], what: str) -> None:
    """Note that two names, each with the path that has it, are one on some systems, or on all of them."""
    for (name, path), (look_alike, _) in ((one, other), (other, one)):
        which = f"{what}{name!r}" if what else "it"
        how = f"some systems do not tell {which} from {look_alike!r}"
        found.setdefault(path, "the tree has another file of this path" if name == look_alike else how)


def _form(path: str) -> str:
    """The form in which no file system tells a path from its look-alikes."""
    return unicodedata.normalize("NFC", path).casefold()


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
