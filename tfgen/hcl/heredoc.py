"""The text of a heredoc, taken apart as Terraform does. Knows no tree and no parser.

python-hcl2 hands a heredoc over as one token; what it holds is found here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tfgen.hcl.strings import unescape_heredoc

_SIGNS: Final = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
_INSIDE: Final = re.compile(r'\\.|\$\$\{|\$\{|[{}"]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Source:
    """The source of an interpolated expression, without its `${` and `}`."""

    text: str


def parts(token: str) -> list[str | Source]:
    """Return what a heredoc token (from `<<` to its end marker) means: texts and sources of expressions in turn.

    Raises `ValueError`, with a sentence, for template directives and strip markers, which the tree cannot say.
    """
    first, _, rest = token.partition("\n")
    body = rest[: rest.rstrip().rfind("\n") + 1]
    pieces = _split(body)
    return _join(_flush(pieces) if first.startswith("<<-") else pieces)


def _split(body: str) -> list[str | Source]:
    """Return the pieces of a body: each line, or part of a line, of text and each expression."""
    pieces: list[str | Source] = []
    start = at = 0
    while found := _SIGNS.search(body, at):
        sign, at = found[0], found.end()
        if sign in ("$${", "%%{"):
            continue
        if sign == "%{":
            raise ValueError("template directives (`%{`) are not supported; use a `for` expression or a conditional")
        end = _end_of_interpolation(body, at)
        source = body[at:end]
        if source.startswith("~") or source.endswith("~"):
            raise ValueError("the strip marker `~` is not supported")
        pieces += _lines(body[start : found.start()])
        pieces.append(Source(source))
        start = at = end + 1
    pieces += _lines(body[start:])
    return pieces


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _end_of_interpolation(body: str, start: int) -> int:
    """Return where the `}` stands that closes the `${` before `start`."""
    stack = ["{"]
    at = start
    while found := _INSIDE.search(body, at):
        sign, at = found[0], found.end()
        in_string = stack[-1] == '"'
        if sign == '"':
            if in_string:
                stack.pop()
            else:
                stack.append(sign)
        elif sign == "${" or (sign == "{" and not in_string):
            stack.append("{")
        elif sign == "}" and not in_string:
            stack.pop()
            if not stack:
                return found.start()
    raise ValueError("an interpolation in a heredoc is not closed")


def _flush(pieces: list[str | Source]) -> list[str | Source]:
    """Take the common indentation off each line, as `<<-` does; lines of white space alone neither count nor change."""
    starts: list[int] = []
    widths: list[int] = []
    fresh = True
    for i, piece in enumerate(pieces):
        if fresh and isinstance(piece, Source):
            widths.append(0)
        elif fresh and isinstance(piece, str) and (piece.strip() or not piece.endswith("\n")):
            starts.append(i)
            widths.append(len(piece) - len(piece.lstrip()))
        fresh = isinstance(piece, str) and piece.endswith("\n")
    common = min(widths, default=0)
    first = set(starts)
    return [piece[common:] if i in first and isinstance(piece, str) else piece for i, piece in enumerate(pieces)]


def _join(pieces: list[str | Source]) -> list[str | Source]:
    joined: list[str | Source] = []
    run: list[str] = []
    for piece in [*pieces, None]:
        if isinstance(piece, str):
            run.append(piece)
            continue
        if run:
            joined.append(unescape_heredoc("".join(run)))
            run = []
        if piece is not None:
            joined.append(piece)
    return joined
