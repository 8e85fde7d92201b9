"""Raw values of a file in a message: quoted or described, and never a secret. Knows no format and no posture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final


class Nothing:
    """The type of `NOTHING`."""

    def __repr__(self) -> str:
        return "null"


NOTHING: Final = Nothing()
"""Stands for an explicit null, which is never a value: no validator accepts it."""


def shown(value: object, *, secret: bool = False) -> str:
    """Describe a raw value in a message: quoted when it is a scalar, by its kind otherwise."""
    match value:
        case Mapping():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case Nothing() | None:
            return "nothing"
        case _ if secret:
            return {bool: "yes or no", int: "a number", float: "a number", str: "this text"}.get(type(value), "this")
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            try:
                text = repr(value)
            except ValueError:  # an integer with thousands of digits
                return "a huge number"
            return text if len(text) <= 80 else f"{text[:76]}...{text[-1] if isinstance(value, str) else ''}"
        case _:
            return f"a {type(value).__name__}"
