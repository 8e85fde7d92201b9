"""Sids of statements that a row gives several of: told apart by what they are about, never by their order.

A list of the posture whose elements change places renames no statement. Knows no sheet.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from tfgen.iam.policy import Condition

_WORD: Final = re.compile(r"[A-Za-z0-9]+")
_LONGEST: Final = 40
_DIGEST: Final = 6


def told_apart(sid: str, groups: Sequence[tuple[Condition, ...]]) -> tuple[str, ...]:
    """The Sids of statements of one row, which differ in their conditions: its own where there is one alone."""
    if len(groups) == 1:
        return (sid,)
    common = frozenset[Condition]().union(*groups).intersection(*groups)
    own = [tuple(one for one in group if one not in common) for group in groups]
    return unique([f"{sid}{_about(group)}" for group in own], [str(group) for group in own])


def unique(sids: Sequence[str], contents: Sequence[str]) -> tuple[str, ...]:
    """The same Sids; those that stand there more than once are told apart by a digest of what they are about."""
    counts = Counter(sids)
    return tuple(
        sid if counts[sid] == 1 else f"{sid}{_digest(content)}" for sid, content in zip(sids, contents, strict=True)
    )


def words(text: str) -> str:
    """A text as a part of a Sid, which takes letters and digits alone."""
    found = "".join(word[0].upper() + word[1:] for word in _WORD.findall(text))
    return found if len(found) <= _LONGEST else found[: _LONGEST - _DIGEST] + _digest(text)


def _about(own: tuple[Condition, ...]) -> str:
    """The end of the first value that no other statement has: an identifier, a model, a folder, an input."""
    return words(str(own[0].values[0]).rstrip("/").rpartition("/")[2]) if own and own[0].values else ""


def _digest(content: str) -> str:
    return sha256(content.encode()).hexdigest()[:_DIGEST].title()
