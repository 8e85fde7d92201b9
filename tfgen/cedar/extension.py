"""What AgentCore adds to Cedar, found in the text of policies. Must not judge it: only AgentCore can.

The engine is given the same text without it, each character at its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tfgen.cedar.facts import Extension, facts
from tfgen.cedar.tokens import OPEN, Token, closing, tokens


@dataclass(frozen=True, slots=True)
class Extended:
    """An extension in a text: its characters from 0, the end exclusive."""

    start: int
    end: int
    of: Extension


@lru_cache(maxsize=1024)
def extended(text: str) -> tuple[Extended, ...]:
    """Every extension in a text of policies, in its order; one that does not end is none."""
    words = {found.word: found for found in facts().extensions}
    withholding = facts().withholding
    if not any(word in text for word in (*words, withholding.word)):
        return ()
    return tuple(_found(tuple(tokens(text)), words, withholding))


def _found(found: tuple[Token, ...], words: dict[str, Extension], withholding: Extension) -> Iterator[Extended]:
    depth = at = 0
    while at < len(found):
        texts = [token.text for token in found[at : at + 3]]
        if depth == 0 and texts[:2] == [withholding.word, "("]:
            yield Extended(found[at].start, found[at].end, withholding)
        if texts[0] in {"when", "unless"} and len(texts) == 3 and texts[1] in words and texts[2] == "{":
            stop = closing(found, at + 2)
            if stop < len(found):
                yield Extended(found[at].start, found[stop].end, words[texts[1]])
                at = stop + 1
                continue
        depth += (texts[0] in OPEN) - (texts[0] in OPEN.values())
        at += 1


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """The text in plain Cedar, as long as before: conditions that are extensions are blank, and so apply always."""
    for one in extended(text):
        blank = "forbid" if one.of is facts().withholding else ""
        text = text[: one.start] + blank.ljust(one.end - one.start) + text[one.end :]
    return text
