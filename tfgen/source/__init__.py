"""Reads posture text: plain data, and where each part of it stands. The only floor that knows YAML; knows no posture.

YAML 1.2.2 (https://yaml.org/spec/1.2.2/) with the parts left out that hide what a file says or make it grow:
anchors, aliases, merge keys, tags and several documents in one file. JSON is YAML, and a JSON file is read the same.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tfgen.diagnostics import Diagnostic, TfgenError
from tfgen.source.builder import DEEPEST, MOST_NODES, build
from tfgen.source.document import Document
from tfgen.source.text import LARGEST, Text, decode

__all__ = ["DEEPEST", "LARGEST", "MOST_NODES", "STDIN", "Document", "Text", "parse", "read"]

STDIN = "<stdin>"
"""How diagnostics call standard input."""


def read(path: Path | str) -> Document | tuple[Diagnostic, ...]:
    """Read a file, or standard input for `-`; see `parse`. Raises `TfgenError` when it cannot be read."""
    # One byte more than is accepted is enough to refuse: a device or a pipe without end is not read to its end.
    if str(path) == "-":
        return parse(sys.stdin.buffer.read(LARGEST + 1), STDIN)
    try:
        with Path(path).open("rb") as file:
            return parse(file.read(LARGEST + 1), str(path))
    except FileNotFoundError:
        raise TfgenError(f"there is no file {str(path)!r}") from None
    except IsADirectoryError:
        raise TfgenError(f"{str(path)!r} is a directory, a file is needed") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise TfgenError(f"{str(path)!r} cannot be read: {reason}") from None


def parse(text: bytes, name: str, *, tags: bool = False) -> Document | tuple[Diagnostic, ...]:
    """Read the bytes of a file called `name`: a document, or everything that is wrong with it; raises nothing.

    The data is `dict` with `str` keys, `list`, `str`, `int`, `float` (never NaN or infinite), `bool` and `None`, as
    `tfgen.source.scalars` has it; the top is a mapping. The diagnostics are all that the text allows to find, but 100
    at most; a syntax error ends the search. With `tags`, tags of the file's own are accepted, and what has one is a
    mapping with the tag as its only key.
    """
    decoded = decode(text, name)
    if not isinstance(decoded, Text):
        return decoded
    built = build(decoded, tags=tags)
    if isinstance(built, tuple):
        return built
    return Document(built.data, decoded, built.root)
