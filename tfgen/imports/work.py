"""What may be asked when roles are compared: a short policy can mean very many requests. Knows no source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tfgen.iam import inclusion
from tfgen.iam.inclusion import Inclusion, Part, Verdict
from tfgen.iam.policy import Policy, Statement
from tfgen.iam.text import Text

_MOST_WORK: Final = 1_500_000
"""How many parts of policies are looked at, over all questions: several times what a role of many wildcards takes."""


class TooMuchError(Exception):
    """A comparison would take too long."""


class Work:
    """Asks which requests are within others, and counts what that takes: a short policy can mean very many requests."""

    def __init__(self) -> None:
        """Begin with all that may be done for one comparison."""
        self._left = _MOST_WORK

    def included(self, part: Part, own: Sequence[Policy], others: Sequence[Policy]) -> Verdict:
        """What becomes of the requests of a part. Raises `TooMuchError`."""
        return self.inclusion(part, own, others).verdict

    def inclusion(self, part: Part, own: Sequence[Policy], others: Sequence[Policy]) -> Inclusion:
        """The same with what shows it. Raises `TooMuchError`."""
        found = inclusion.included(part, own, others)
        self._left -= (found.asked + 1) * sum(map(_size, (*own, *others)))
        if self._left < 0:
            raise TooMuchError
        return found


def _size(policy: Policy) -> int:
    """How much there is to look at in a policy, in about what ten characters take."""
    return sum(
        1 + len(one.actions) + len(one.but_actions) + 2 * len(one.conditions) + sum(map(_length, _texts(one))) // 10
        for one in policy.statements
    )


def _texts(statement: Statement) -> Iterator[Text | str]:
    yield from (*statement.actions, *statement.but_actions)
    yield from (*statement.resources, *statement.but_resources)
    yield from (value for condition in statement.conditions for value in condition.values)


def _length(one: Text | str) -> int:
    return len(one) if isinstance(one, str) else sum(len(part) if isinstance(part, str) else 1 for part in one.parts)
