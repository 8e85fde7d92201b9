"""How long a policy can become: inputs counted with the longest value that they take, or with an estimate.

A value's length is bounded where the validation of its input bounds it to what the thing itself can have. Where the
validation only has the limit of a field, as for most ARNs, the shape says what a service makes at most, and that is an
estimate: a longer value passes the validation. A list counts with as many elements as its default has, at least one.
Where an estimate or a list is part of a policy, its module counts again when Terraform knows the values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tfgen.iam.policy import Policy, Statement
from tfgen.iam.text import Slot, Source
from tfgen.plan.model import SECURITY_GROUP, SUBNETS, WIRED, Input
from tfgen.posture.shape import shape

_CONTEXT: Final[Mapping[str, int]] = {"partition": 10, "region": 14, "account": 12}
"""The longest partition is `aws-us-gov`, the longest name of a region has 14 characters, an account id has 12."""
_WIRED: Final[Mapping[str, str]] = {SECURITY_GROUP: "security-group-id", SUBNETS: "subnet-id"}
"""The shapes of what other parts give, by the name of the input."""
_UNKNOWN: Final = 256
"""The estimate for a value of which nothing tells a length; ARNs are rarely longer."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What one input is counted with."""

    characters: int
    bounded: bool
    """Whether its validation lets nothing longer through."""
    elements: int = 1


class Lengths:
    """Counts policies in which some inputs stand."""

    def __init__(self, inputs: Iterable[Input]) -> None:
        self._counted = {item.name: _counted(item) for item in (*WIRED, *inputs)}
        self._sizes: dict[Statement, int] = {}

    def size(self, policy: Policy) -> int:
        """The characters of a policy as IAM counts them."""
        return policy.size(self._statement)

    def _statement(self, statement: Statement) -> int:
        if statement not in self._sizes:
            self._sizes[statement] = statement.size(self._of, self._times)
        return self._sizes[statement]

    def is_open(self, policy: Policy) -> bool:
        """Whether a policy may become longer than it is counted: by a list, or by a value that is only estimated."""
        return any(
            slot.source is Source.EACH or (slot.source is Source.INPUT and not self._input(slot.name).bounded)
            for slot in _slots(policy)
        )

    def assumptions(self, policy: Policy) -> str:
        """What a policy's inputs are counted with, in words; empty when it has none."""
        names = dict.fromkeys(slot.name for slot in _slots(policy) if slot.source is not Source.CONTEXT)
        lists = {slot.name for slot in _slots(policy) if slot.source is Source.EACH}
        return ", ".join(self._said(name, many=name in lists) for name in names)

    def _said(self, name: str, *, many: bool) -> str:
        found = self._input(name)
        times = f"{found.elements} x " if many else ""
        return f"{name} with {times}{found.characters:,} ({'at most' if found.bounded else 'an estimate'})"

    def _of(self, slot: Slot) -> int:
        return _CONTEXT[slot.name] if slot.source is Source.CONTEXT else self._input(slot.name).characters

    def _times(self, name: str) -> int:
        return self._input(name).elements

    def _input(self, name: str) -> Counted:
        return self._counted.get(name, Counted(_UNKNOWN, bounded=False))


def _slots(policy: Policy) -> Iterable[Slot]:
    return (slot for statement in policy.statements for text in statement.texts() for slot in text.filled())


def _counted(item: Input) -> Counted:
    if (wired := shape(_WIRED[item.name]).max if item.name in _WIRED else None) is not None:
        return Counted(wired, bounded=True)
    elements = max(1, len(item.default)) if isinstance(item.default, tuple) else 1
    bounds = [check.longest for check in item.checks if check.longest is not None and check.usual is None]
    if bounds:
        return Counted(min(bounds), bounded=True, elements=elements)
    estimates = [check.usual for check in item.checks if check.usual is not None]
    return Counted(min(estimates, default=_UNKNOWN), bounded=False, elements=elements)
