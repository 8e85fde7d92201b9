"""Keys of objects as `terraform fmt` counts and aligns them. Knows the tree, no layout."""

from __future__ import annotations

import functools
from typing import Final, assert_never

import regex

from tfgen.hcl.names import IDENTIFIER
from tfgen.hcl.strings import ascii_only, quote
from tfgen.hcl.tree import (
    Access,
    Binary,
    Bool,
    Call,
    Comment,
    Conditional,
    Expr,
    ForObject,
    ForTuple,
    Index,
    Item,
    Literal,
    Null,
    Number,
    Object,
    Reference,
    Splat,
    Template,
    Tuple,
    Unary,
)

_WORDS: Final = frozenset({"for", "if", "in", "else", "endif", "endfor", "null", "true", "false"})
"""Words that are keys as they stand in some places only; quoted they are keys everywhere."""


@functools.lru_cache(maxsize=4096)
def literal_key(key: str) -> str:
    """A key that is known text: bare where it may be, else quoted."""
    if IDENTIFIER.match(key) and key not in _WORDS:
        return key
    return countable(quote(key))


def countable(left: str) -> str:
    """Return a key whose width is its length.

    fmt aligns by grapheme clusters of the Unicode version it was built with. Where characters join into
    one, versions differ, so such a key is written in escapes.
    """
    if left.isascii() or len(regex.findall(r"\X", left)) == len(left):
        return left
    return ascii_only(left)


def assigns(expr: Expr | Comment | Item | str) -> bool:
    """Whether an expression holds `key = value`."""
    match expr:
        case Object(items):
            return bool(items)
        case Tuple(parts) | Template(parts) | Call(_, parts):
            return any(assigns(part) for part in parts)
        case Access(of) | Unary(_, of):
            return assigns(of)
        case Splat(of, path):
            keys = (step.key for step in path if not isinstance(step, str))
            return assigns(of) or any(assigns(key) for key in keys if key is not None)
        case Index(one, two) | Binary(_, one, two):
            return assigns(one) or assigns(two)
        case Conditional(one, two, three):
            return assigns(one) or assigns(two) or assigns(three)
        case ForTuple(_, one, two, condition):
            return any(assigns(part) for part in (one, two, condition) if part is not None)
        case ForObject(_, one, two, three, condition):
            return any(assigns(part) for part in (one, two, three, condition) if part is not None)
        case Literal() | Number() | Bool() | Null() | Reference() | Comment() | Item() | str():
            return False
        case _:
            assert_never(expr)
