"""Text that differs from other text by names alone is parsed once for both. Knows no AWS word, and not whose names.

The files of a fleet are the same but for the name of each posture. With a stand-in at the place of the name they are
equal, and python-hcl2, which takes most of a fleet's time, reads them once. That is sound since a name and its stand-in
are both made of what an identifier may hold: the one takes the other's place inside an identifier, a string or a
comment, and every token stays what it is. Whatever does not come out equal is left to a parse of the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Final

from tfgen.hcl.read import ReadError, read
from tfgen.hcl.tree import Body

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{2,}")
_STAND_INS: Final = ("Zname0", "Zname1", "Zname2", "Zname3")
"""None begins as it ends, so none can arise from the half of another. `\\Z` is no escape, so one that comes to stand
behind a backslash is refused."""
_WORDS: Final = ("true", "false", "null", "for_each", "if", "in", "else", "endif", "endfor")
"""The words of the language: a name that is part of one would take it away."""
_KEPT: Final = 128
"""Texts whose trees are kept: several postures' worth of files, some ten megabytes."""


def reads_as(text: str, body: Body, names: Collection[str]) -> bool:
    """Whether the text is read as `body`, told from a text that has stand-ins for the names.

    False also where that cannot be told in this way.
    """
    stand_ins = dict(zip(sorted({name for name in names if _fits(name)}), _STAND_INS, strict=False))
    if any(stand_in in text for stand_in in _STAND_INS):
        return False
    if stand_ins:
        longest_first = sorted(stand_ins, key=len, reverse=True)
        text = re.sub("|".join(map(re.escape, longest_first)), lambda found: stand_ins[found[0]], text)
    try:
        found = parsed(text)
    except ReadError:
        return False
    return _same(found, body, {stand_in: name for name, stand_in in stand_ins.items()})


@lru_cache(maxsize=_KEPT)
def parsed(text: str) -> Body:
    """The tree of a text, kept for the next that is equal."""
    return read(text)


def _fits(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and not any(name in word for word in (*_WORDS, *_STAND_INS))


def _same(found: object, meant: object, names: Mapping[str, str]) -> bool:
    """Whether a tree is another one, once the names are back in the place of their stand-ins."""
    if isinstance(found, str):
        for stand_in, name in names.items():
            if stand_in in found:
                found = found.replace(stand_in, name)
        return found == meant
    if type(found) is not type(meant):
        return False
    if isinstance(found, tuple) and isinstance(meant, tuple):
        return len(found) == len(meant) and all(
            _same(one, other, names) for one, other in zip(found, meant, strict=True)
        )
    attributes: tuple[str, ...] = getattr(found, "__match_args__", ())  # of a node of the tree, a dataclass
    if not attributes:
        return found == meant
    return all(_same(getattr(found, name), getattr(meant, name), names) for name in attributes)
