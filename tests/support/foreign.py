"""Words that only a library says: no message of ours may have one. Knows no message."""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = re.compile(
    r"Value error,|Assertion failed,|Input should |validation errors? for |errors\.pydantic\.dev|\[type=\w+, input"
    r"|\{[A-Z_]+\.\.\.\}|Traceback \(most recent call last\)|(?:Validation|Key|Value|Type|Attribute)Error\b"
)


def foreign(text: str) -> list[str]:
    """The words of libraries in a text: of pydantic, of typer, and of Python about an exception."""
    return _WORDS.findall(text)
