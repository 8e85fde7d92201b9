"""Reads what is to be imported from the disk: files, standard input, directories of Terraform. Knows no format in them.

What the user names is read wherever it is. What a source names is read by `Below` alone: regular files inside the
repository that the source is in, or inside the source's own directory where that is in none; no link is followed.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final, TypeVar

from tfgen.diagnostics import Diagnostic, TfgenError
from tfgen.source.text import LARGEST, Text, decode

T = TypeVar("T")

STDIN: Final = "<stdin>"
"""How diagnostics call standard input."""
LARGEST_DIRECTORY: Final = 256 * 1024 * 1024
"""How many bytes the files of one directory may have together."""
ENDINGS: Final = (".tf", ".tofu")
"""How the names of Terraform's files end."""
VALUES: Final = ("terraform.tfvars", ".auto.tfvars")
"""How the names of files with values of variables end that Terraform reads by itself."""
_REPOSITORY: Final = ".git"
"""What a directory holds that is the top of a repository."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The Terraform files of one directory."""

    path: str
    texts: Mapping[str, str]
    """Texts by the path of their file, sorted."""
    not_read: tuple[str, ...] = ()
    """Files that Terraform reads and tfgen does not: those in JSON syntax."""


def bytes_of(name: str) -> bytes:
    """The bytes of a file, or of standard input for `-`: one more than is accepted at most. Raises `TfgenError`."""
    if name == "-":
        return sys.stdin.buffer.read(LARGEST + 1)
    return _asked(name, lambda: _read(Path(name)))


def text_of(name: str) -> Text | tuple[Diagnostic, ...]:
    """The text of a file, or of standard input for `-`. Raises `TfgenError` when it cannot be read."""
    return decode(bytes_of(name), STDIN if name == "-" else name)


def is_directory(name: str) -> bool:
    """Whether the user's name for a source is that of a directory."""
    return name != "-" and _asked(name, lambda: Path(name).is_dir())


class Below:
    """What may be read of a source: paths are written as seen from where the user is, as in messages."""

    def __init__(self, name: str) -> None:
        """Take the directory by which the user names the source, or in which the named file is."""
        self.name = name
        self._root = _asked(name, lambda: Path(name).resolve(strict=False))
        self._top = next((path for path in (self._root, *self._root.parents) if _is_repository(path)), self._root)

    def with_parent_of(self, folder: str) -> Below:
        """The same with the directory above, where the source's own has this name and is in no repository."""
        found = Below(self.name)
        if found._top == found._root and found._root.name == folder:
            found._top = found._root.parent
        return found

    def path(self, base: str, relative: str) -> str:
        """The path that a relative one means, seen from a directory; links are not looked at."""
        return os.path.normpath(str(PurePath(base) / relative))

    def bytes_of(self, path: str) -> bytes:
        """The bytes of a file: one more than is accepted at most. Raises `TfgenError` when it must not be read."""
        with self._opened(path, os.O_RDONLY) as handle:
            return _regular(path, handle)

    def text_of(self, path: str) -> Text | tuple[Diagnostic, ...]:
        """The text of a file. Raises `TfgenError` when it must not or cannot be read."""
        return decode(self.bytes_of(path), path)

    def is_directory(self, path: str) -> bool:
        """Whether there is a directory. Raises `TfgenError` when it must not be looked into."""
        return stat.S_ISDIR(self._mode(path))

    def is_file(self, path: str) -> bool:
        """Whether there is a file of any kind. Raises `TfgenError` when it must not be read, a link among them."""
        mode = self._mode(path)
        return bool(mode) and not stat.S_ISDIR(mode)

    def folder(self, path: str) -> Folder | tuple[Diagnostic, ...]:
        """The Terraform files of a directory, not of those below it. Raises `TfgenError` when one must not be read."""
        texts: dict[str, str] = {}
        problems: list[Diagnostic] = []
        left = LARGEST_DIRECTORY
        with self._opened(path, os.O_RDONLY | os.O_DIRECTORY) as folder:
            names = sorted(entry.name for entry in os.scandir(folder))
            for entry in names:
                if not entry.endswith((*ENDINGS, *VALUES)) or entry.startswith("."):
                    continue
                inner = str(PurePath(path) / entry)
                mode = os.stat(entry, dir_fd=folder, follow_symlinks=False).st_mode
                if stat.S_ISDIR(mode):
                    continue  # Terraform does not look into it either
                with _step(inner, entry, os.O_RDONLY, folder) as handle:
                    data = _regular(inner, handle)
                left -= len(data)
                if left < 0:
                    raise TfgenError(f"the files of {path!r} have more than {LARGEST_DIRECTORY:,} bytes together")
                decoded = decode(data, inner)
                if isinstance(decoded, Text):
                    texts[inner] = decoded.text
                else:
                    problems += decoded
        if problems:
            return tuple(problems)
        if not any(name.endswith(ENDINGS) for name in texts):
            texts = {}
        return Folder(path, texts, tuple(entry for entry in names if entry.endswith(".tf.json")))

    def _mode(self, path: str) -> int:
        try:
            with self._opened(path, os.O_RDONLY) as handle:
                return os.fstat(handle).st_mode
        except _MissingError:
            return 0

    @contextmanager
    def _opened(self, path: str, flags: int) -> Iterator[int]:
        """Open a path step by step from the top, so that no link on the way is followed, whenever it is put there."""
        steps = self._steps(path)
        with ExitStack() as open_:
            handle = open_.enter_context(_step(path, str(self._top), os.O_RDONLY | os.O_DIRECTORY, None))
            for place, step in enumerate(steps):
                is_last = place == len(steps) - 1
                how = flags if is_last else os.O_RDONLY | os.O_DIRECTORY
                handle = open_.enter_context(_step(path, step, how, handle))
            yield handle

    def _steps(self, path: str) -> tuple[str, ...]:
        """The names that lead from the top to a path. Raises `TfgenError` for what is outside."""
        try:
            relative = os.path.relpath(path, self.name)
            target = Path(os.path.normpath(self._root / relative))
            return target.relative_to(self._top).parts
        except ValueError:
            raise TfgenError(f"{path!r} is outside of {self._shown()}, and is not read") from None

    def _shown(self) -> str:
        return "the imported directory (it is in no repository)" if self._top == self._root else "the repository"


class _MissingError(TfgenError):
    """There is no such file."""


@contextmanager
def _step(path: str, name: str, flags: int, above: int | None) -> Iterator[int]:
    """Open one step of a path without following a link; what is no directory or regular file does not block."""
    try:
        handle = os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=above)
    except FileNotFoundError:
        raise _MissingError(f"there is no file {path!r}") from None
    except (OSError, ValueError) as error:
        if above is not None and _is_link(name, above):
            raise TfgenError(f"{path!r} is a link or leads through one, and links are not followed") from None
        if isinstance(error, NotADirectoryError):
            raise _MissingError(f"there is no file {path!r}") from None
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise TfgenError(f"{path!r} cannot be read: {reason}") from None
    try:
        yield handle
    finally:
        os.close(handle)


def _is_link(name: str, above: int) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=above, follow_symlinks=False).st_mode)
    except (OSError, ValueError):
        return False


def _regular(path: str, handle: int) -> bytes:
    mode = os.fstat(handle).st_mode
    if stat.S_ISDIR(mode):
        raise TfgenError(f"{path!r} is a directory, a file is needed")
    if not stat.S_ISREG(mode):
        raise TfgenError(f"{path!r} cannot be read: it is no regular file")
    with os.fdopen(handle, "rb", closefd=False) as file:
        return file.read(LARGEST + 1)


def _is_repository(path: Path) -> bool:
    return (path / _REPOSITORY).exists()


def _read(path: Path) -> bytes:
    with open(path, "rb", opener=_open) as file:
        return file.read(LARGEST + 1)


def _open(path: str, flags: int) -> int:
    """Open a file without waiting for somebody to write into it; a pipe that nobody writes to is empty."""
    handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if hasattr(os, "O_NONBLOCK"):
        os.set_blocking(handle, True)
    return handle


def _asked(name: str, question: Callable[[], T]) -> T:
    try:
        return question()
    except FileNotFoundError:
        raise TfgenError(f"there is no file {name!r}") from None
    except IsADirectoryError:
        raise TfgenError(f"{name!r} is a directory, a file is needed") from None
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise TfgenError(f"{name!r} cannot be read: {reason}") from None
