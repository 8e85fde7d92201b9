"""The directories in which a new tree is prepared: made, known again after a kill, removed. Knows no text.

There is one beside the tree and one inside it, and one run at a time, since the tree is locked. Whatever has such a
name and was not made by tfgen for this user on this machine is foreign: nothing in it is opened, moved or removed.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tfgen.disk import ledger

STAGING: Final = ".tfgen-staging"
"""The staging directory in the tree, and the end of the name of the one beside it."""

NEW: Final = "new"
"""In a staging directory, below its token: the files to put in place."""

PLACING: Final = "placing"
"""What `NEW` is called from the first rename into the tree on: while it is there, the tree may be a mix."""


def inside(root: Path) -> Path:
    """Where files are prepared that are put in place one by one."""
    return root / STAGING


def beside(root: Path) -> Path:
    """Where a whole tree is prepared."""
    return root.parent / f".{root.name}{STAGING}"


def foreign(staging: Path) -> bool:
    """Whether something has the name of a staging directory that this user's tfgen did not make."""
    try:
        mode = staging.lstat().st_mode
        if not stat.S_ISDIR(mode):
            return True
        names = os.listdir(staging)  # noqa: PTH208  # names alone
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return os.path.lexists(staging)  # not when its name is too long for there to be any
    return bool(names) and names != [ledger.known(staging)]


def left(root: Path) -> tuple[Path, ...]:
    """The staging directories of ours in and beside a tree: of a killed run, or of one that holds the lock."""
    return tuple(one for one in (inside(root), beside(root)) if os.path.lexists(one) and not foreign(one))


def half_done(root: Path) -> bool:
    """Whether files are being put in place one by one, or a run that did so was cut off."""
    staging = inside(root)
    token = ledger.known(staging) if os.path.lexists(staging) and not foreign(staging) else None
    return token is not None and (staging / token / PLACING).is_dir()


def clear(root: Path) -> bool:
    """Remove what a killed run of ours left, with the lock held; say whether there was anything."""
    found = left(root)
    for staging in found:
        remove(staging)
    return bool(found)


@contextmanager
def opened(staging: Path) -> Iterator[Path]:
    """A staging directory's own directory with an empty `NEW`; all of it is gone afterwards, unless it is `PLACING`."""
    staging.mkdir(mode=0o700)
    work = staging / ledger.note(staging)
    try:
        (work / NEW).mkdir(parents=True)
        yield work
    except BaseException:
        if not (work / PLACING).is_dir():
            remove(staging)
        raise
    remove(staging)


def remove(staging: Path) -> None:
    """Remove a staging directory of ours as far as that goes; the next run tries again."""
    for folder, _, _ in os.walk(staging):
        with suppress(OSError):
            Path(folder).chmod(0o700)
    shutil.rmtree(staging, ignore_errors=True)
    if not os.path.lexists(staging):
        ledger.forget(staging)
