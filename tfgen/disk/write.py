"""Writes one file that the user named: aside, flushed to the disk, then renamed. Knows no tree and no text.

A disk that is full, a limit or a kill leaves the old file whole. Links: a file that is to be replaced may be reached
through a link that the user named, and then the file behind the link is replaced; a link that leads nowhere, or to
anything but a file, is refused. A file that is to be new is never written where there is anything, a link included.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tfgen.diagnostics import TfgenError
from tfgen.disk import system
from tfgen.disk.stage import inherit


def check_new(path: Path) -> None:
    """Raise `TfgenError` when there is anything at a path, a link that leads nowhere included."""
    if os.path.lexists(path):
        what = "a symbolic link" if path.is_symlink() else "there"
        raise TfgenError(f"{str(path)!r} is {what} already: bring it up to date with --merge, or remove it")


def missing_below(folder: Path, files: Mapping[str, str]) -> dict[str, str]:
    """Those of the files that are not below a directory yet. Raises `TfgenError` where something else is.

    The paths come from a source, not from the user, so no link is followed on the way to them.
    """
    missing: dict[str, str] = {}
    for relative, text in files.items():
        path = folder / relative
        for above in path.parents[: relative.count("/")]:
            if os.path.lexists(above) and (above.is_symlink() or not above.is_dir()):
                raise TfgenError(f"{str(above)!r} is in the way of {relative!r}, which the posture names")
        if not os.path.lexists(path):
            missing[relative] = text
        elif not _holds(path, text.encode()):
            raise TfgenError(f"{str(path)!r} is there already, and is not the file that the posture names")
    return missing


def write_new(path: Path, text: str) -> None:
    """Write a file where there is nothing, with the directories above it. Raises `TfgenError`: nothing is written."""
    check_new(path)
    _write(path, path, text, new=True)


def write_over(path: Path, text: str) -> None:
    """Replace a file, or write a new one; mode and owner stay. Raises `TfgenError`: the old file is whole."""
    try:
        target = Path(os.path.realpath(path, strict=True)) if os.path.lexists(path) else path
        if target.exists() and not target.is_file():
            raise TfgenError(f"{str(path)!r} cannot be written: it is no regular file")
    except (OSError, RuntimeError):
        raise TfgenError(f"{str(path)!r} cannot be written: it is a link that leads nowhere") from None
    _write(path, target, text, new=not target.exists())


def _write(named: Path, target: Path, text: str, *, new: bool) -> None:
    draft = target.parent / f".tfgen-{os.urandom(8).hex()}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
                file.write(text.encode())
            if not new:
                inherit(target, draft)
            system.flush([draft])
            _rename(draft, target, new=new)
        finally:
            draft.unlink(missing_ok=True)
        with suppress(OSError):
            system.flush([target.parent])
    except OSError as error:
        raise TfgenError(f"{str(named)!r} cannot be written: {error.strerror}; nothing was changed") from None


def _rename(draft: Path, target: Path, *, new: bool) -> None:
    """Give a draft its name; where there is to be nothing, never over what has come since."""
    if new:
        try:
            os.link(draft, target)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            if os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        else:
            return
    draft.replace(target)


def _holds(path: Path, data: bytes) -> bool:
    """Whether a path is a regular file with exactly these bytes. A link is not followed, and a pipe not waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            return stat.S_ISREG(os.fstat(descriptor).st_mode) and file.read(len(data) + 1) == data
    except OSError:
        return False
