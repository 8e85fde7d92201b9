"""Texts and patterns held against each other, with wildcards and unknowns on either side. Knows no policy.

Three questions, one walk: whether a pattern matches a text *whatever* its unknowns are (`covers`), whether two
patterns match one text *for some* value of the unknowns (`meets`), and which text that is (`common`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from tfgen.iam.text import Capture, Cut, Either, Part, Presence, Slot, Source, Swapped, Text, join

FIELDS: Final = 5
"""Colons that divide an ARN into its fields; any further one belongs to the last."""

MOST_STEPS: Final = 50_000
"""How many pairs of places of two patterns are looked at: several times what the longest ARN and its pattern need."""

_PIECE: Final = re.compile(r"\$\{([^}]*)\}|((?:(?!\$\{[^}]*\}).)+)", re.DOTALL)
_HAS_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
_VARIABLE: Final = re.compile(r"([^,]+?)\s*(?:,\s*'([^']*)'\s*)?")
_FILLER: Final = "x"
_NOT_IN_CONTEXT: Final = ":/*?$"
"""What no account, region or partition holds."""


@dataclass(frozen=True, slots=True)
class Wild:
    """`*` (any text) or, not `many`, `?` (any character); none of the excluded characters."""

    many: bool
    excluded: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """A policy variable whose value the request does not state."""

    key: str

    def __str__(self) -> str:
        return f"${{{self.key}}}"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Text that is not known; equal ones stand for equal texts."""

    of: Slot | Cut | Capture | Swapped | Either | Variable | Wild
    place: int = 0
    """Tells apart unknowns that have no name."""

    def within(self, wild: Wild) -> bool:
        """Whether a wildcard matches it, whatever it is."""
        if isinstance(self.of, Wild):
            return (wild.many or not self.of.many) and set(wild.excluded) <= set(self.of.excluded)
        context = isinstance(self.of, Slot) and self.of.source is Source.CONTEXT
        return wild.many and (context or not wild.excluded) and set(wild.excluded) <= set(_NOT_IN_CONTEXT)

    def loose(self) -> tuple[Wild, ...]:
        """All that it may be, as wildcards."""
        if isinstance(self.of, Wild):
            return (self.of,)
        if isinstance(self.of, Slot) and self.of.source is Source.CONTEXT:
            return Wild(many=False, excluded=_NOT_IN_CONTEXT), Wild(many=True, excluded=_NOT_IN_CONTEXT)
        return (Wild(many=True),)


Token = str | Wild | Unknown
Tokens = tuple[Token, ...]
"""A text in the smallest pieces: single characters, wildcards, unknowns."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A policy variable that has no value in the request, and no default."""

    key: str


Lookup = Callable[[str], Text | Missing | None]
"""The value of a policy variable; None when the request does not say whether it has one."""


def literal(value: Text) -> Tokens:
    """The tokens of a text of a request, in which nothing is a wildcard or a variable."""
    return tuple(token for part in value.parts for token in _plain(part))


def pattern(value: Text, lookup: Lookup, *, wild: bool) -> Tokens | Missing:
    """The tokens of a text of a policy, in which `*` and `?` may be wildcards and variables are replaced.

    What stands in the place of a variable is no wildcard. `${*}`, `${?}` and `${$}` are those characters
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
    """
    tokens: list[Token] = []
    for part in value.parts:
        if not isinstance(part, str):
            tokens += _plain(part)
            continue
        known = _known(part, wild=wild)
        if known is not None:
            tokens += known
            continue
        for variable, characters in _PIECE.findall(part):
            found = _known(characters, wild=wild) if characters else _value(variable, lookup)
            if isinstance(found, Missing):
                return found
            tokens += found or ()
    return tuple(tokens)


@lru_cache(maxsize=4096)
def _known(part: str, *, wild: bool) -> Tokens | None:
    """The tokens of a string of a policy; None when there are variables in it."""
    if _HAS_VARIABLE.search(part):
        return None
    return tuple(Wild(character == "*") if wild and character in "*?" else character for character in part)


def _value(variable: str, lookup: Lookup) -> Tokens | Missing:
    if variable in {"*", "?", "$"}:
        return (variable,)
    parsed = _VARIABLE.fullmatch(variable)
    if parsed is None:
        return Missing(variable)
    key, default = parsed.groups()
    found = lookup(key)
    if found is None:
        return (Unknown(Variable(key.lower())),)
    if isinstance(found, Missing):
        return found if default is None else tuple(default)
    return literal(found)


def _plain(part: Part) -> Iterator[Token]:
    if isinstance(part, str):
        yield from part
    elif isinstance(part, Cut) and part.of.parts and isinstance(part.of.parts[0], str):
        # The known beginning of what is cut is known of the cut.
        known = part.of.parts[0][: part.length]
        yield from known
        if len(known) < part.length and part.of.parts[1:]:
            yield Unknown(Cut(join(*part.of.parts[1:]), part.length - len(known)))
    elif not isinstance(part, Presence):
        yield Unknown(part)


@lru_cache(maxsize=8192)
def in_arn(tokens: Tokens, *, strict: bool) -> Tokens:
    """The tokens of a `Resource`: a wildcard inside a field of an ARN does not match a colon.

    The last one of all does, and so does any in the last field. One that ends another field "can expand to match
    beyond the colon boundaries" (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html),
    which leaves open when it does; and behind an unknown that may hold colons it is not known which field it is. There
    `strict` takes a wildcard to match no colon, and otherwise it matches any.
    """
    made: list[Token] = []
    colons, sure = 0, True
    for place, token in enumerate(tokens):
        if isinstance(token, str):
            colons += token.count(":")
        elif isinstance(token, Unknown):
            sure = sure and token.within(Wild(many=True, excluded=":"))
        elif colons < FIELDS and (strict or (sure and not _ends_field(tokens, place))) and not _last(tokens, place):
            made.append(replace(token, excluded=":"))
            continue
        made.append(token)
    return tuple(made)


def _last(tokens: Tokens, place: int) -> bool:
    token = tokens[place]
    return isinstance(token, Wild) and token.many and place == len(tokens) - 1


def _ends_field(tokens: Tokens, place: int) -> bool:
    token = tokens[place]
    return isinstance(token, Wild) and token.many and tokens[place + 1 : place + 2] == (":",)


def opaque(tokens: Tokens) -> Tokens:
    """The tokens with each wildcard as an unknown: for what must hold of all texts that a pattern matches."""
    return tuple(Unknown(token, place + 1) if isinstance(token, Wild) else token for place, token in enumerate(tokens))


def loose(tokens: Tokens) -> Tokens:
    """The tokens with each unknown as wildcards: for what may hold for some value of the unknowns."""
    return tuple(found for token in tokens for found in (token.loose() if isinstance(token, Unknown) else (token,)))


@lru_cache(maxsize=8192)
def covers(one: Tokens, other: Tokens) -> bool:
    """Whether a pattern surely matches all texts that the other one matches, whatever the unknowns of both are."""
    return common(one, opaque(other)) is not None


@lru_cache(maxsize=8192)
def meets(one: Tokens, other: Tokens) -> bool:
    """Whether two patterns may match one text for some value of the unknowns; an unknown is taken for any text."""
    try:
        return _walk(loose(one), loose(other)) is not None
    except _TooLongError:
        return True


@lru_cache(maxsize=8192)
def common(one: Tokens, other: Tokens) -> Tokens | None:
    """A text that both patterns match whatever the unknowns are, or None when the walk finds none."""
    try:
        return _walk(one, other)
    except _TooLongError:
        return None


class _TooLongError(Exception):
    """Two patterns have so many wildcards that it is not found out what they have in common."""


def _walk(one: Tokens, other: Tokens) -> Tokens | None:
    """A text that both patterns match, or None when there is none. Raises `_TooLongError`.

    A walk over pairs of places. Two wildcards side by side need to agree on no character: one of them matches
    nothing; so no step is needed in which both take part, except for two that stand for one character.
    """
    end = (len(one), len(other))
    reached: dict[tuple[int, int], tuple[tuple[int, int], Token | None] | None] = {(0, 0): None}
    waiting = [(0, 0)]
    while waiting:
        here = waiting.pop()
        if here == end:
            return _path(reached, here)
        for there, token in _steps(one, other, *here):
            if there not in reached:
                if len(reached) >= MOST_STEPS:
                    raise _TooLongError
                reached[there] = (here, token)
                waiting.append(there)
    return None


def _path(reached: dict[tuple[int, int], tuple[tuple[int, int], Token | None] | None], here: tuple[int, int]) -> Tokens:
    found: list[Token] = []
    step = reached[here]
    while step is not None:
        before, token = step
        if token is not None:
            found.append(token)
        step = reached[before]
    return tuple(reversed(found))


def _steps(one: Tokens, other: Tokens, i: int, j: int) -> Iterator[tuple[tuple[int, int], Token | None]]:
    mine = one[i] if i < len(one) else None
    theirs = other[j] if j < len(other) else None
    if isinstance(mine, Wild) and mine.many:
        yield (i + 1, j), None
        if (token := _taken(mine, theirs)) is not None:
            yield (i, j + 1), token
    if isinstance(theirs, Wild) and theirs.many:
        yield (i, j + 1), None
        if (token := _taken(theirs, mine)) is not None:
            yield (i + 1, j), token
    if mine is None or theirs is None:
        return
    for wild, token in ((mine, theirs), (theirs, mine)):
        if isinstance(wild, Wild) and not wild.many and (taken := _taken(wild, token)) is not None:
            yield (i + 1, j + 1), taken
    if mine == theirs and not isinstance(mine, Wild):
        yield (i + 1, j + 1), mine


def _taken(wild: Wild, token: Token | None) -> Token | None:
    """What a wildcard makes of one token of the other side, or None when it does not match it."""
    if isinstance(token, str):
        return None if token in wild.excluded else token
    if isinstance(token, Unknown):
        return token if token.within(wild) else None
    if isinstance(token, Wild) and not token.many:
        return _FILLER
    return None


def cases(value: Text) -> tuple[Text | None, ...]:
    """What a text is when each optional input in it is given or not; None where that is nothing at all."""
    optional = next((part for part in value.parts if isinstance(part, Either)), None)
    if optional is None:
        return (value,)
    made: list[Text | None] = []
    for given in (True, False):
        parts: list[Part | Text | None] = [
            (part.present if given else part.otherwise)
            if isinstance(part, Either) and part.name == optional.name
            else part
            for part in value.parts
        ]
        there = [part for part in parts if part is not None]
        made += cases(join(*there)) if len(there) == len(parts) else (None,)
    return tuple(dict.fromkeys(made))


@lru_cache(maxsize=8192)
def lower(tokens: Tokens) -> Tokens:
    """The tokens with their known characters in lower case."""
    return tuple(token.lower() if isinstance(token, str) else token for token in tokens)


def filled(tokens: Tokens, many: str) -> Text | None:
    """One text of those that a pattern matches, with `many` for each `*`; None when a variable is left in it."""
    parts: list[Part] = []
    for token in tokens:
        if isinstance(token, Wild):
            parts.append(many if token.many else _FILLER)
        elif isinstance(token, str):
            parts.append(token)
        elif isinstance(token.of, (Variable, Wild)):
            return None
        else:
            parts.append(token.of)
    return join(*parts)
