"""Whether an ARN, with unknowns and wildcards, can be of a resource type, whose ARN pattern has variables."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from tfgen.iam.text import Text

_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
_FIELDS: Final = 5
"""Colons that divide an ARN into its fields; any further one belongs to the last."""


def overlaps(resource: Text, pattern: str) -> bool:
    """Whether some ARN matches both: the resource (`*` and `?` as in IAM, unknowns for any text) and the pattern.

    ARNs are held against each other field by field: a wildcard does not reach over a colon of the first five
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
    """
    one = resource.pattern().split(":", _FIELDS)
    other = _VARIABLE.sub("*", pattern).split(":", _FIELDS)
    if len(one) != len(other):
        return one == ["*"]
    return all(_meet(mine, theirs) for mine, theirs in zip(one, other, strict=True))


@lru_cache(maxsize=4096)
def _meet(one: str, other: str) -> bool:
    """Whether two patterns of `*` (any text) and `?` (any character) have a string in common.

    A walk through `one` with the set of places in `other` reached so far, held as the bits of an integer.
    """
    star = _mask(other, "*")
    anything = (1 << len(other)) - 1
    places = _closure(1, star)
    for character in one:
        if character == "*":
            low = places & -places
            places = ((anything << 1) | 1) & ~(low - 1)
            continue
        steps = anything if character == "?" else _mask(other, character) | _mask(other, "?")
        places = _closure(((places & steps & ~star) << 1) | (places & star), star)
        if not places:
            return False
    return bool(places >> len(other) & 1)


def _mask(pattern: str, character: str) -> int:
    return sum(1 << index for index, found in enumerate(pattern) if found == character)


def _closure(places: int, star: int) -> int:
    """A `*` may match nothing: who stands before it stands behind it too."""
    while (more := places | (places & star) << 1) != places:
        places = more
    return places
