"""Makes text of strangers safe to show, and measures it as a terminal does. Knows no diagnostic."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

TAB: Final = 4
"""Columns between tab stops."""

# Controls (escape sequences), formats (Unicode's bidirectional overrides, which reorder what is read: CVE-2021-42574;
# invisible tags and joiners), surrogates, and line and paragraph separators.
_ESCAPED: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NO_WIDTH: Final = frozenset({"Mn", "Me"})


def visible(text: str) -> str:
    r"""Escape every character that would not show as itself: `\x1b`, `\u202e`, `\n`; gives one line."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_piece(character) for character in text)


def cells(text: str) -> Iterable[tuple[str, int]]:
    """Give for each character of a line what to print and how many columns that takes; tabs become spaces.

    Widths are those of UAX #11 (https://www.unicode.org/reports/tr11/), ambiguous ones taken as narrow.
    """
    column = 0
    for character in text:
        piece = " " * (TAB - column % TAB) if character == "\t" else _piece(character)
        width = len(piece) if len(piece) > 1 else _width(piece)
        column += width
        yield piece, width


def _piece(character: str) -> str:
    if unicodedata.category(character) not in _ESCAPED:
        return character
    return character.encode("unicode_escape").decode("ascii")


def _width(character: str) -> int:
    if unicodedata.category(character) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
