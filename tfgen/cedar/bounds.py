"""How much a policy asks of the Cedar engine, by its tokens alone. Must not ask the engine.

The engine recurses, so deep brackets end the process; the time of some short texts grows with the square of their
length; and its JSON form nests as deep as operators are chained.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tfgen.cedar.tokens import OPEN, Piece

DEEPEST: Final = 64
"""How many brackets may be nested, and how many `if`s a policy may have: the engine ends the process at some 500."""
LONGEST_CHAIN: Final = 250
"""How many operators may apply to each other's results: in `a && b && c` they are two."""
LONGEST_PATH: Final = 32
"""How many attributes `has` may ask for in one path, as deep as a tool's arguments may be."""
MOST_ASKED: Final = 4 * LONGEST_PATH**2
"""Of all `has` together: `has a.b.c` asks for a, for a.b and for a.b.c, so a path counts by its square."""

_CLOSE: Final = frozenset(OPEN.values())
_LOGICAL: Final = frozenset({"&&", "||"})
_RELATIONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "!", "in", "has", "like", "is"})
_ENDS: Final = frozenset({",", "when", "unless", "if", "then", "else"})


def beyond(piece: Piece) -> str:
    """Say why a policy must not be given to the engine; empty when it may be."""
    if _depth(piece) > DEEPEST:
        return f"more than {DEEPEST} brackets or conditions are nested"
    paths = _paths(piece)
    if max(paths, default=0) > LONGEST_PATH:
        return f"`has` asks for a path of more than {LONGEST_PATH} attributes"
    if sum(length**2 for length in paths) > MOST_ASKED:
        return "`has` asks for too many long paths"
    if _chain(piece) > LONGEST_CHAIN:
        return f"more than {LONGEST_CHAIN} operators are chained"
    return ""


def _depth(piece: Piece) -> int:
    """How many brackets are nested, or how many `if`s there are, whichever is more."""
    depth = deepest = 0
    for token in piece.tokens:
        depth = max(0, depth + (token.text in OPEN) - (token.text in _CLOSE))
        deepest = max(deepest, depth)
    return max(deepest, sum(token.text == "if" for token in piece.tokens))


def _paths(piece: Piece) -> list[int]:
    """How many attributes the path after each `has` names."""
    lengths: list[int] = []
    open_ = False
    for token in piece.tokens:
        if token.text == "has":
            lengths.append(1)
            open_ = True
        elif open_ and token.text == ".":
            lengths[-1] += 1
        elif not (token.text[0].isalnum() or token.text[0] in '_"'):
            open_ = False
    return lengths


@dataclass(slots=True)
class _Level:
    """What stands between two brackets so far: how deep the results of its operators nest."""

    logical: int = 0
    operand: int = 0
    """The deepest operand of `&&` and `||`."""
    relations: int = 0
    part: int = 0
    """The deepest operand of the relations in the operand that is being read."""
    steps: int = 0
    """Attributes, indices and calls in the part that is being read."""
    inside: int = 0
    """The deepest bracket in it."""
    most: int = 0

    def end_part(self) -> None:
        self.part = max(self.part, self.steps + self.inside)
        self.steps = self.inside = 0

    def end_operand(self) -> None:
        self.end_part()
        self.operand = max(self.operand, self.relations + self.part)
        self.relations = self.part = 0

    def end(self) -> int:
        self.end_operand()
        self.most = max(self.most, self.logical + self.operand)
        self.logical = self.operand = 0
        return self.most


def _chain(piece: Piece) -> int:
    """How many operators apply to each other's results at most."""
    levels = [_Level()]
    for token in piece.tokens:
        level = levels[-1]
        if token.text in OPEN:
            levels.append(_Level())
        elif token.text in _CLOSE and len(levels) > 1:
            most = levels.pop().end()
            levels[-1].inside = max(levels[-1].inside, most)
            levels[-1].steps += 1
        elif token.text == ".":
            level.steps += 1
        elif token.text in _RELATIONS:
            level.end_part()
            level.relations += 1
        elif token.text in _LOGICAL:
            level.end_operand()
            level.logical += 1
        elif token.text in _ENDS:
            level.end()
    return max(level.end() for level in levels)
