"""The text inside Terraform's quotes, both ways: what to write for a string, what a written string means.

Knows neither trees nor files. `escape` and `unescape` are inverse to each other.
"""

from __future__ import annotations

import re
from typing import Final

_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_PLAIN: Final = re.compile(r"[ !#&-\[\]-~]*\Z")
"""Nothing to escape: printable ASCII without `"`, `\\`, `$` and `%`."""

_ESCAPE: Final = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.|\Z)|\$\$\{|%%\{|[\"\n\r]", re.DOTALL)
_INTRODUCER: Final = re.compile(r"\$\$\{|%%\{")
_MEANING: Final = {"\\n": "\n", "\\r": "\r", "\\t": "\t", '\\"': '"', "\\\\": "\\", "$${": "${", "%%{": "%{"}


def quote(text: str) -> str:
    """Return the quoted literal that means `text`, whatever it holds; a surrogate code point is the caller's fault."""
    return f'"{escape(text)}"'


def escape(text: str, *, before_interpolation: bool = False) -> str:
    """Return what stands between the quotes (or up to the next `${`, with `before_interpolation`) for `text`."""
    if _PLAIN.match(text):
        return text
    out: list[str] = []
    last_brace = text.rfind("}")
    end = len(text) - 1
    for i, char in enumerate(text):
        if char in _SHORT:
            out.append(_SHORT[char])
        elif char in "$%":
            out.append(_introducer(text, i, last_brace, at_end=before_interpolation and i == end))
        elif char == " " or char.isprintable():
            out.append(char)
        else:
            out.append(_numeric(char))
    return "".join(out)


def ascii_only(source: str) -> str:
    """Return printed source with each character outside ASCII written as an escape: for literals only."""
    return "".join(char if char.isascii() else _numeric(char) for char in source)


def unescape(source: str) -> str:
    """Return what the source between two quotes means.

    Raises `ValueError`, with a sentence, where Terraform would refuse it. A bare quote is refused too: it
    can only come from python-hcl2 reading `$${` up to a `}` beyond the end of its string.
    """
    if _PLAIN.match(source):
        return source
    return _ESCAPE.sub(_meaning, source)


def unescape_heredoc(source: str) -> str:
    """Return what a stretch of a heredoc's text means: only `$${` and `%%{` are escapes there."""
    return _INTRODUCER.sub(lambda found: found[0][1:], source)


def _introducer(text: str, i: int, last_brace: int, *, at_end: bool) -> str:
    """Write the `$` or `%` at `i`, which starts an interpolation unless it is escaped.

    The usual escape doubles it. python-hcl2 reads such a pair up to the next `}` even across the closing
    quote, so where none follows in the same literal the sign is written by its number instead. The same
    goes for one that would touch a real `${`.
    """
    if at_end:
        return _numeric(text[i])
    if not text.startswith("{", i + 1):
        return text[i]
    return text[i] * 2 if last_brace > i else _numeric(text[i])


def _numeric(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _meaning(found: re.Match[str]) -> str:
    escaped = found[0]
    if escaped in _MEANING:
        return _MEANING[escaped]
    if len(escaped) < 6:
        raise ValueError(_refusal(escaped))
    code = int(escaped[2:], 16)  # noqa: FURB166  # the prefix is not Python's
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise ValueError(f"`{escaped}` is not a character")
    return chr(code)


def _refusal(escaped: str) -> str:
    if escaped in "\n\r":
        return "a quoted string ends on the line it starts on; use \\n or a heredoc"
    if escaped == '"':
        return "an escaped introducer (`$${` or `%%{`) needs a `}` before the closing quote to be read; write \\u0024{"
    return f'`{escaped}` is not an escape; allowed are \\n \\r \\t \\" \\\\ \\uXXXX and \\UXXXXXXXX'
