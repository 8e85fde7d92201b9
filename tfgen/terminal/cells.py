"""Measures text as a terminal does. Knows no diagnostic."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from tfgen.diagnostics.visible import piece

TAB: Final = 4
"""Columns between tab stops."""

_NO_WIDTH: Final = frozenset({"Mn", "Me"})


def cells(text: str) -> Iterable[tuple[str, int]]:
    """Give for each character of a line what to print and how many columns that takes; tabs become spaces.

    Widths are those of UAX #11 (https://www.unicode.org/reports/tr11/), ambiguous ones taken as narrow.
    """
    column = 0
    for character in text:
        shown = " " * (TAB - column % TAB) if character == "\t" else piece(character)
        width = len(shown) if len(shown) > 1 else _width(shown)
        column += width
        yield shown, width


def _width(character: str) -> int:
    if unicodedata.category(character) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
