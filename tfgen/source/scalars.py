"""What a scalar without quotes means. Knows no place and no posture.

The core schema of YAML 1.2.2 (https://yaml.org/spec/1.2.2/#103-core-schema), with three differences:

| Text | Value |
| --- | --- |
| nothing, `~`, `null`, `Null`, `NULL` | none |
| `true`, `True`, `TRUE`, `false`, `False`, `FALSE` | boolean |
| `0`, `-12`, `+7`, `0o17`, `0x1F` | whole number |
| `1.5`, `.5`, `1.`, `-1e3` | number |
| `012`, `012345678901`, `01.5` | text: the zero is part of an account id (the schema says number) |
| `.inf`, `-.inf`, `.nan`, `1e999` | refused: JSON and Terraform have no such number |
| a number of more than 64 characters | refused: nobody means it, and Python's own limit would be met later |
| all else, such as `yes`, `off`, `1:30`, `2024-01-31`, `1_000` | text |
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

Scalar = str | int | float | bool | None

LONGEST_NUMBER: Final = 64
"""How many characters a number may have."""

_WORDS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_FIRST_OF_NUMBERS: Final = frozenset("+-.0123456789")
_WHOLE: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_BASED: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FRACTION: Final = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


@dataclass(frozen=True, slots=True)
class Unfit:
    """A scalar that the rules make a value nobody can use, and why."""

    message: str
    help: str


def resolve(text: str) -> Scalar | Unfit:
    """Give the value of a scalar that stands without quotes."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST_OF_NUMBERS:
        return text
    if _NO_NUMBER.fullmatch(text):
        return Unfit(f"{text!r} is not a number that can be written to a file", f'write "{text}" if text is meant')
    if _WHOLE.fullmatch(text):
        return _too_long(text) or int(text)
    if _BASED.fullmatch(text):
        return _too_long(text) or int(text, 0)
    if not _FRACTION.fullmatch(text):
        return text
    if unfit := _too_long(text):
        return unfit
    number = float(text)
    return number if math.isfinite(number) else Unfit(f"the number {text} is too large", "write a smaller one")


def _too_long(text: str) -> Unfit | None:
    if len(text) <= LONGEST_NUMBER:
        return None
    message = f"a number of {len(text)} characters is too long; allowed: up to {LONGEST_NUMBER}"
    return Unfit(message, "put quotes around it if text is meant")
