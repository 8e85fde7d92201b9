"""Reads posture text: plain data, and where each part of it stands. The only floor that knows YAML; knows no posture.

YAML 1.2.2 (https://yaml.org/spec/1.2.2/) with the parts left out that hide what a file says or make it grow:
anchors, aliases, merge keys, tags and several documents in one file. JSON is YAML, and a JSON file is read the same.
"""

from __future__ import annotations

from pathlib import Path

from tfgen.diagnostics import Diagnostic
from tfgen.source import files
from tfgen.source.builder import DEEPEST, MOST_NODES
from tfgen.source.claims import parse_claims
from tfgen.source.document import Document
from tfgen.source.files import STDIN
from tfgen.source.parse import parse
from tfgen.source.postures import Named, named, names_beside
from tfgen.source.siblings import Siblings, WantedSibling, read_siblings
from tfgen.source.text import LARGEST, Text

__all__ = [
    "DEEPEST",
    "LARGEST",
    "MOST_NODES",
    "STDIN",
    "Document",
    "Named",
    "Siblings",
    "Text",
    "WantedSibling",
    "named",
    "names_beside",
    "parse",
    "parse_claims",
    "read",
    "read_claims",
    "read_siblings",
]


def read(path: Path | str) -> Document | tuple[Diagnostic, ...]:
    """Read a file, or standard input for `-`; see `parse`. Raises `TfgenError` when it cannot be read."""
    return parse(*_bytes(path))


def read_claims(path: Path | str) -> Document | tuple[Diagnostic, ...]:
    """Read the claims of a token, as `read` does; see `tfgen.source.claims`."""
    return parse_claims(*_bytes(path))


def _bytes(path: Path | str) -> tuple[bytes, str]:
    """The bytes of a file, and how diagnostics call it."""
    name = str(path)
    return files.bytes_of(name), STDIN if name == "-" else name
