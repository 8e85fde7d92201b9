"""Remembers, outside every tree, which staging directories this user's tfgen made. Knows no tree and no text.

A repository can hold a directory of any name and any content; it cannot write into the user's state directory. So each
staging directory holds one directory whose name is a random token, and the token is also kept here. Where the state
directory cannot be used (a read-only home, one that others may write to) nothing is remembered, and what a killed run
leaves is then nobody's: it is named, and not touched.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

_TOKEN: Final = re.compile(rb"[0-9a-f]{32}")


def note(staging: Path) -> str:
    """Make a token for a staging directory and remember it, where that is possible."""
    token = os.urandom(16).hex()
    with suppress(OSError):
        if (record := _record(staging, make=True)) is not None:
            record.unlink(missing_ok=True)
            descriptor = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(token.encode())
    return token


def known(staging: Path) -> str | None:
    """The token that is remembered for a staging directory."""
    try:
        record = _record(staging, make=False)
        if record is None:
            return None
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with os.fdopen(os.open(record, flags), "rb") as file:
            found = os.fstat(file.fileno())
            token = file.read(64) if stat.S_ISREG(found.st_mode) and _is_private(found) else b""
    except OSError:
        return None
    return token.decode() if _TOKEN.fullmatch(token) else None


def forget(staging: Path) -> None:
    """Remember a staging directory no longer."""
    with suppress(OSError):
        if (record := _record(staging, make=False)) is not None:
            record.unlink(missing_ok=True)


def _record(staging: Path, *, make: bool) -> Path | None:
    """The file for a staging directory; None where the state directory is not this user's alone to write to."""
    from hashlib import sha256  # what writes nothing needs none of it

    from platformdirs import user_state_path

    folder = user_state_path("tfgen") / "staging"
    if make:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or not _is_private(found):
        return None
    return folder / sha256(os.fsencode(staging)).hexdigest()


def _is_private(found: os.stat_result) -> bool:
    """Whether something is this user's, and nobody else's to write to."""
    if not hasattr(os, "geteuid"):  # Windows: the profile directory is the user's
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
