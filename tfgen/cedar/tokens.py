"""Cedar text as tokens with places, and the policies in it. Must not judge a policy; the engine does.

The engine says what is wrong, not where; so the places come from here. The tokens are those of the grammar at
https://docs.cedarpolicy.com/policies/syntax-grammar.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+ | //[^\n\r]*)
    | (?P<string>"(?:[^"\\] | \\.)*")
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<number>[0-9]+)
    | (?P<sign>::|==|!=|<=|>=|&&|\|\||[@(){}\[\],;.<>=!+\-*/%:?|&])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
OPEN: Final = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of Cedar text: where it stands (characters from 0, `end` exclusive) and what it says."""

    start: int
    end: int
    text: str
    ok: bool = True
    """Whether Cedar has such a token."""


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """Yield the tokens of a text, without spaces and comments; what is none is the last one, and not ok."""
    end = len(text) if end is None else end
    while start < end:
        match = _TOKEN.match(text, start, end)
        if match is None:
            stop = text.find("\n", start, end) if text[start] == '"' else start + 1
            yield Token(start, end if stop < 0 else stop, text[start : end if stop < 0 else stop], ok=False)
            return
        if match.lastgroup != "space":
            yield Token(match.start(), match.end(), match[0])
        start = match.end()


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of one policy in a file: from the comment above it to its semicolon."""

    start: int
    end: int
    tokens: tuple[Token, ...]


def pieces(text: str) -> tuple[Piece, ...]:
    """Take a file apart into its policies; one that does not end with a semicolon goes to the end of the file."""
    found: list[Piece] = []
    start, held = 0, list[Token]()
    for token in tokens(text):
        held.append(token)
        if token.text == ";":
            found.append(Piece(start, token.end, tuple(held)))
            start, held = token.end, []
    if held:
        found.append(Piece(start, len(text), tuple(held)))
    return tuple(found)


def clauses(piece: Piece) -> Iterator[tuple[int, int]]:
    """Yield the bodies of the `when` and `unless` of a policy, as ranges of its tokens."""
    at = 0
    while at < len(piece.tokens):
        if (
            piece.tokens[at].text in {"when", "unless"}
            and at + 1 < len(piece.tokens)
            and piece.tokens[at + 1].text == "{"
        ):
            stop = closing(piece.tokens, at + 1)
            yield at + 2, stop
            at = stop
        else:
            at += 1


def closing(found: Sequence[Token], at: int) -> int:
    """The place of the bracket that closes the one at a place; the number of tokens when none does."""
    depth = 0
    for place in range(at, len(found)):
        depth += (found[place].text in OPEN) - (found[place].text in OPEN.values())
        if depth == 0:
            return place
    return len(found)


def leaves(found: Sequence[Token], start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a condition between its `&&`, `||`, `!` and parentheses, as ranges of tokens.

    An `if` is taken as one part, since its branches need not be true or false.
    """
    if start >= stop:
        return
    if found[start].text == "if":
        yield start, stop
        return
    cut, at = start, start
    ranges = list[tuple[int, int]]()
    while at < stop and found[at].text != "if":
        if found[at].text in {"&&", "||"}:
            ranges.append((cut, at))
            cut = at + 1
        at = closing(found, at) + 1 if found[at].text in OPEN else at + 1
    ranges.append((cut, stop))
    for first, last in ranges:
        yield from _operand(found, first, min(last, stop))


def _operand(found: Sequence[Token], first: int, last: int) -> Iterator[tuple[int, int]]:
    while first < last and found[first].text == "!":
        first += 1
    if first < last and found[first].text == "(" and closing(found, first) == last - 1:
        yield from leaves(found, first + 1, last - 1)
    elif first < last:
        yield first, last
