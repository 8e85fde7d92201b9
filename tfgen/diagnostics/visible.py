r"""Text of strangers made safe to show: what steers a terminal or a CI is written out. Knows no format and no stream.

Everything that is shown and was not ours passes here, whatever it is shown in. `\x1b` shows as four characters.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any, Final

from tfgen.diagnostics.secret import without_secrets

# Controls (escape sequences), formats (Unicode's bidirectional overrides, which reorder what is read: CVE-2021-42574;
# invisible tags and joiners), surrogates, and line and paragraph separators.
_ESCAPED: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_COMMAND: Final = re.compile(r"^(\s*):(?=:)|#(?=#(?:\[|vso\[))", re.MULTILINE)
"""How a line of a log becomes a command: `::error` of GitHub, which also reads `##[` anywhere, `##vso[` of Azure.

https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
"""


def told(text: str) -> str:
    """Give a sentence about others' text for people, or a part of one: visible, on one line, and without secrets."""
    return visible(without_secrets(text))


def visible(text: str) -> str:
    r"""Write out every character that would not show as itself: `\x1b`, `\u202e`, `\n`; gives one line."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(piece(character) for character in text)


def visible_lines(text: str) -> str:
    r"""Do the same for a text of several lines, none of which can be taken for a command afterwards."""
    shown = text if text.isascii() and text.replace("\n", "").isprintable() else _lines(text)
    return _COMMAND.sub(lambda found: f"{found[1] or ''}\\x{ord(found[0][-1]):02x}", shown)


def visible_json(data: object) -> str:
    r"""Give data as JSON in which no character steers anything: strings have `\u001b` for it, and mean the same.

    All of it is ASCII, so that it is the same JSON in a stream of any encoding.
    """
    text = _COMMAND.sub(_as_json, json.dumps(data, indent=2))
    return "".join(_json_piece(character) for character in text) + "\n"


def piece(character: str) -> str:
    """Give what stands for one character."""
    if unicodedata.category(character) not in _ESCAPED:
        return character
    return character.encode("unicode_escape").decode("ascii")


def _lines(text: str) -> str:
    return "".join(character if character in "\n\t" else piece(character) for character in text)


def _as_json(found: re.Match[str]) -> str:
    return f"{found[1] or ''}\\u{ord(found[0][-1]):04x}"


def _json_piece(character: str) -> str:
    if character == "\n" or unicodedata.category(character) not in _ESCAPED:
        return character
    escaped: Any = json.dumps(character)
    return str(escaped)[1:-1]
