"""Reads what is to be imported from the disk: files, standard input, directories of Terraform. Knows no format in them.

Only regular files are read, so that a device or a pipe in a directory does not hold a run up; a link is followed to
where it leads, and one that leads in a ring cannot be read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from tfgen.diagnostics import Diagnostic, TfgenError
from tfgen.source.text import LARGEST, Text, decode

T = TypeVar("T")

STDIN: Final = "<stdin>"
LARGEST_DIRECTORY: Final = 256 * 1024 * 1024
"""How many bytes the files of one directory may have together."""
ENDINGS: Final = (".tf", ".tofu")
"""How the names of Terraform's files end."""
VALUES: Final = ("terraform.tfvars", ".auto.tfvars")
"""How the names of files with values of variables end that Terraform reads by itself."""


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
    """Whether a name is that of a directory."""
    return name != "-" and _asked(name, lambda: Path(name).is_dir())


def is_file(name: str) -> bool:
    """Whether a name is that of a file."""
    return _asked(name, lambda: Path(name).is_file())


def folder(name: str) -> Folder | tuple[Diagnostic, ...]:
    """The Terraform files of a directory, not of those below it. Raises `TfgenError` when one cannot be read."""
    path = Path(name)
    names = sorted(_asked(name, lambda: [entry.name for entry in path.iterdir()]))
    texts: dict[str, str] = {}
    problems: list[Diagnostic] = []
    left = LARGEST_DIRECTORY
    for entry in names:
        if not entry.endswith((*ENDINGS, *VALUES)) or entry.startswith("."):
            continue
        inner = path / entry
        if inner.is_dir():
            continue  # Terraform does not look into it either
        if not inner.is_file():
            raise TfgenError(f"{str(inner)!r} cannot be read: it is no regular file, or a link that leads nowhere")
        data = bytes_of(str(inner))
        left -= len(data)
        if left < 0:
            raise TfgenError(f"the files of {name!r} have more than {LARGEST_DIRECTORY:,} bytes together")
        decoded = decode(data, str(inner))
        if isinstance(decoded, Text):
            texts[str(inner)] = decoded.text
        else:
            problems += decoded
    if problems:
        return tuple(problems)
    if not any(path.endswith(ENDINGS) for path in texts):
        texts = {}
    return Folder(str(path.resolve()), texts, tuple(entry for entry in names if entry.endswith(".tf.json")))


def below(name: str, relative: str) -> str:
    """The path that a relative one means, seen from a directory, written as short as can be."""
    path = Path(name) / relative
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except ValueError:
        return str(path)
    except (OSError, RuntimeError) as error:
        raise TfgenError(f"{str(path)!r} cannot be read: {error}") from None


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


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
