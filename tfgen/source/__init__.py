"""Reads posture text: plain data, and where each part of it stands. The only floor that knows YAML; knows no posture.

YAML 1.2.2 (https://yaml.org/spec/1.2.2/) with the parts left out that hide what a file says or make it grow:
anchors, aliases, merge keys, tags and several documents in one file. JSON is YAML, and a JSON file is read the same.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tfgen.diagnostics import Diagnostic, TfgenError
from tfgen.source.beside import Beside, Wanted, read_beside
from tfgen.source.builder import DEEPEST, MOST_NODES
from tfgen.source.claims import parse_claims
from tfgen.source.document import Document
from tfgen.source.parse import parse
from tfgen.source.postures import Named, named, names_beside
from tfgen.source.text import LARGEST, Text

__all__ = [
    "DEEPEST",
    "LARGEST",
    "MOST_NODES",
    "STDIN",
    "Beside",
    "Document",
    "Named",
    "Text",
    "Wanted",
    "named",
    "names_beside",
    "parse",
    "parse_claims",
    "read",
    "read_beside",
    "read_claims",
]

STDIN = "<stdin>"
"""How diagnostics call standard input."""


def read(path: Path | str) -> Document | tuple[Diagnostic, ...]:
    """Read a file, or standard input for `-`; see `parse`. Raises `TfgenError` when it cannot be read."""
    return parse(*_bytes(path))


def read_claims(path: Path | str) -> Document | tuple[Diagnostic, ...]:
    """Read the claims of a token, as `read` does; see `tfgen.source.claims`."""
    return parse_claims(*_bytes(path))


def _bytes(path: Path | str) -> tuple[bytes, str]:
    """The bytes of a file, and how diagnostics call it."""
    # One byte more than is accepted is enough to refuse: a device or a pipe without end is not read to its end.
    if str(path) == "-":
        return sys.stdin.buffer.read(LARGEST + 1), STDIN
    try:
        with Path(path).open("rb") as file:
            return file.read(LARGEST + 1), str(path)
    except FileNotFoundError:
        raise TfgenError(f"there is no file {str(path)!r}") from None
    except IsADirectoryError:
        raise TfgenError(f"{str(path)!r} is a directory, a file is needed") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise TfgenError(f"{str(path)!r} cannot be read: {reason}") from None
