"""Where in a policy the engine's errors stand. Knows the engine's sentences only by the names that they quote.

The engine tells no place. A token that does not belong is the first with which the text could not go on; an error of
a condition belongs to the part of it whose replacement makes the error go away. Both are asked of the engine itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from tfgen.cedar import engine
from tfgen.cedar.tokens import Piece, Token, clauses, leaves, tokens

_ANYTHING: Final = "(context == context)"
"""True or false as far as the engine's types go, and fit for any place in a condition."""
_MOST_READ: Final = 400_000
"""How many characters the engine reads again at most to place the errors of one policy."""
_QUOTED: Final = re.compile(r"`([^`]+)`")


def of_syntax(text: str, piece: Piece, message: str) -> tuple[int, int]:
    """Give the place of what keeps a policy from being parsed, where `message` is what the engine says."""
    found = piece.tokens
    if message == engine.ENDS_TOO_SOON:
        return found[-1].end - 1, found[-1].end
    stop = _first_wrong(text, piece)
    if stop is not None:
        return found[stop].start, found[stop].end
    for first, last in _leaves(piece):
        if engine.parse_error(_without(text, piece, first, last)) != message:
            return _named(found, message, first, last) or (found[first].start, found[last - 1].end)
    return _named(found, message, 0, len(found)) or (found[0].start, found[0].end)


def of_types(text: str, piece: Piece, messages: Sequence[str], schema: engine.Schema) -> Iterator[tuple[int, int]]:
    """Give, for each of the errors that the engine's validation finds in a policy, its place."""
    if not messages:
        return
    found, unplaced = piece.tokens, Counter(messages)
    places: dict[str, list[tuple[int, int]]] = {message: [] for message in messages}
    for first, last in _leaves(piece):
        without = Counter(engine.type_errors(_without(text, piece, first, last), schema))
        for message in list(unplaced):
            times = min(unplaced[message], max(0, Counter(messages)[message] - without[message]))
            if times:
                place = _named(found, message, first, last) or (found[first].start, found[last - 1].end)
                places[message] += [place] * times
                unplaced[message] -= times
    for message in messages:
        yield places[message].pop(0) if places[message] else _in_scope(found, message)


def _leaves(piece: Piece) -> Iterator[tuple[int, int]]:
    """The parts of its conditions, as many as may be tried."""
    found = (leaf for start, stop in clauses(piece) for leaf in leaves(piece.tokens, start, stop))
    yield from islice(found, _MOST_READ // max(1, piece.end - piece.start))


def _without(text: str, piece: Piece, first: int, last: int) -> str:
    """The policy with some of its tokens replaced by a condition that has no fault."""
    start, end = piece.tokens[first].start, piece.tokens[last - 1].end
    return text[piece.start : start] + _ANYTHING + text[end : piece.end]


def _first_wrong(text: str, piece: Piece) -> int | None:
    """The first token with which the engine cannot go on; None when all of them belong."""
    low, high = 0, len(piece.tokens)
    while low < high:
        middle = (low + high) // 2
        error = engine.parse_error(text[piece.start : piece.tokens[middle].end])
        if error is None or not error.startswith("unexpected token"):
            low = middle + 1
        else:
            high = middle
    return low if low < len(piece.tokens) else None


def _in_scope(found: Sequence[Token], message: str) -> tuple[int, int]:
    """The place of an error that no part of a condition has: what it names in the scope, or the scope."""
    head = next((place for place, token in enumerate(found) if token.text in {"when", "unless"}), len(found))
    place = _named(found, message, 0, head)
    if place is not None:
        return place
    action = next((token for token in found[:head] if token.text == "action"), found[0])
    return action.start, action.end


def _named(found: Sequence[Token], message: str, first: int, last: int) -> tuple[int, int] | None:
    """The place of the last thing that a message quotes and that stands among some tokens."""
    quotes = ([token.text for token in tokens(quoted)] for quoted in _QUOTED.findall(message))
    for wanted in sorted(quotes, key=len, reverse=True):  # the longest says most
        for at in range(last - len(wanted), first - 1, -1):
            if wanted and [token.text for token in found[at : at + len(wanted)]] == wanted:
                return found[at].start, found[at + len(wanted) - 1].end
    return None
