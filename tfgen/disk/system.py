"""The few calls that Python does not offer: two directories change places, a lock, a flush. Knows nothing of trees."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

if sys.platform != "win32":
    import fcntl

EXCHANGE: Final = 2
"""RENAME_EXCHANGE of Linux's renameat2 and RENAME_SWAP of macOS's renamex_np."""

MANY: Final = 64
"""Files from which on one flush of the whole file system costs less than one for each file."""


class BusyError(OSError):
    """Another process holds the lock."""


def exchange(one: Path, other: Path) -> None:
    """Let two directories of one file system change places, in one step. Raises `OSError` where that cannot be."""
    names = os.fsencode(one), os.fsencode(other)
    library = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
    if library is not None and hasattr(library, "renameat2"):
        here = ctypes.c_int(-100)  # AT_FDCWD
        failed = library.renameat2(here, names[0], here, names[1], ctypes.c_uint(EXCHANGE))
    elif library is not None and hasattr(library, "renamex_np"):
        failed = library.renamex_np(*names, ctypes.c_uint(EXCHANGE))
    else:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), str(one))
    if failed:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(one))


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the one lock on a directory. Raises `BusyError` at once when another process has it.

    The kernel lets go of it when the process ends, however it ends. Where the file system has no locks, none is held.
    """
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(error.errno, error.strerror, str(folder)) from error
        except OSError as error:
            if error.errno not in {errno.EBADF, errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL}:
                raise
        held, there = os.fstat(descriptor), folder.lstat()
        if (held.st_dev, held.st_ino) != (there.st_dev, there.st_ino):
            raise BusyError(errno.EAGAIN, os.strerror(errno.EAGAIN), str(folder))
        yield
    finally:
        os.close(descriptor)


def flush(paths: Collection[Path]) -> None:
    """Bring files and directories to the disk, so that no later rename overtakes them when the power fails."""
    if len(paths) > MANY and _flush_all(next(iter(paths))):
        return
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            # Some network file systems do not sync directories; what they cannot do is no reason to stop.
            with suppress(*([OSError] if path.is_dir() else [])):
                os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _flush_all(path: Path) -> bool:
    """Flush the file system of `path` in one go, where the system can."""
    syncfs = getattr(ctypes.CDLL(None), "syncfs", None) if os.name == "posix" else None
    if syncfs is None:
        return False
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return bool(syncfs(descriptor) == 0)
    finally:
        os.close(descriptor)
