"""IAM policies as values: statements in one normal order, and how IAM counts their size. Knows no Terraform.

The grammar is https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from tfgen.iam.text import Capture, Cut, Either, Presence, Slot, Source, Swapped, Text

VERSION: Final = "2012-10-17"
"""The version of the policy language, the only one with policy variables."""


class Effect(StrEnum):
    """What a statement does to the requests it matches."""

    ALLOW = "Allow"
    DENY = "Deny"


class Kind(StrEnum):
    """What a policy is attached to; the value is IAM's limit of characters, white space not counted."""

    limit: int

    def __new__(cls, value: str, limit: int) -> Self:
        """Make a member that carries its limit (quotas of IAM, STS, Organizations and VPC in their user guides)."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.limit = limit
        return member

    INLINE = "inline policy", 10_240
    MANAGED = "managed policy", 6_144
    TRUST = "trust policy", 2_048
    SERVICE_CONTROL = "service control policy", 5_120
    ENDPOINT = "VPC endpoint policy", 20_480


@dataclass(frozen=True, slots=True)
class Condition:
    """`operator: {key: values}`: one line of a condition block; all lines must hold, any value satisfies a line."""

    operator: str
    key: str
    values: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a trust policy or an endpoint's policy speaks of: `{kind: values}`, or `EVERYBODY`."""

    kind: str
    values: tuple[Text, ...]


EVERYBODY: Final = Principal("*", ())
"""Whoever asks, also who is anonymous to IAM."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `resources` is empty in a trust policy, `principals` in an identity policy.

    `but_actions`, `but_resources` and `but_principals` are IAM's `NotAction`, `NotResource` and `NotPrincipal`: the
    statement is for all but these. Policies of others have them; what tfgen plans never does.
    """

    sid: str
    effect: Effect
    actions: tuple[str, ...]
    resources: tuple[Text, ...] = ()
    conditions: tuple[Condition, ...] = ()
    principals: tuple[Principal, ...] = ()
    but_actions: tuple[str, ...] = ()
    but_resources: tuple[Text, ...] = ()
    but_principals: tuple[Principal, ...] = ()

    def texts(self) -> Iterator[Text]:
        """Every text in it that may hold unknowns."""
        yield from self.resources
        yield from self.but_resources
        for condition in self.conditions:
            yield from condition.values
        for principal in (*self.principals, *self.but_principals):
            yield from principal.values

    def document(self, value: Callable[[Text], str] = str) -> dict[str, object]:
        """The statement as JSON-like data in IAM's usual order of keys; `value` says what a text is printed as."""
        data: dict[str, object] = {"Sid": self.sid, "Effect": self.effect.value}
        if self.principals == (EVERYBODY,):
            data["Principal"] = EVERYBODY.kind
        elif self.principals:
            data["Principal"] = {p.kind: [value(v) for v in p.values] for p in self.principals}
        if self.but_principals:
            data["NotPrincipal"] = {p.kind: [value(v) for v in p.values] for p in self.but_principals}
        if self.actions or not self.but_actions:
            data["Action"] = list(self.actions)
        else:
            data["NotAction"] = list(self.but_actions)
        if self.resources:
            data["Resource"] = [value(resource) for resource in self.resources]
        elif self.but_resources:
            data["NotResource"] = [value(resource) for resource in self.but_resources]
        if self.conditions:
            block: dict[str, dict[str, list[str]]] = {}
            for condition in self.conditions:
                block.setdefault(condition.operator, {})[condition.key] = [value(v) for v in condition.values]
            data["Condition"] = block
        return data

    def size(self, length: Callable[[Slot], int], times: Callable[[str], int] = lambda _: 1) -> int:
        """Characters as IAM counts them (white space is not counted), with `length` for the unknowns.

        A text that repeats over a list counts `times` that list's name.
        """

        def filled(value: Text) -> str:
            known = "".join(part for part in value.parts if isinstance(part, str))
            return known + "x" * _unknown(value, length)

        once = json.dumps(self.document(filled), separators=(",", ":"), ensure_ascii=False)
        more = sum(
            (times(slot.name) - 1) * len(f'"{filled(text)}",')
            for text in self.texts()
            for slot in set(text.filled())
            if slot.source is Source.EACH
        )
        return len("".join(once.split())) + more


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document."""

    statements: tuple[Statement, ...]

    def document(self, value: Callable[[Text], str] = str) -> dict[str, object]:
        """The policy as JSON-like data."""
        return {"Version": VERSION, "Statement": [statement.document(value) for statement in self.statements]}

    def size(self, of: Callable[[Statement], int]) -> int:
        """Characters as IAM counts them (white space is not counted), with `of` for those of a statement."""
        frame = len(json.dumps(Policy(()).document(), separators=(",", ":")))
        return frame + sum(map(of, self.statements)) + max(0, len(self.statements) - 1)


def _unknown(value: Text, length: Callable[[Slot], int]) -> int:
    """An upper bound for the characters that are not known.

    What is captured from one text are different pieces of it, which together are no longer than that text.
    """
    captured = {part.of for part in value.parts if isinstance(part, Capture)}
    rest = (part for part in value.parts if not isinstance(part, str | Capture))
    return sum(_whole(of, length) for of in captured) + sum(_length(part, length) for part in rest)


def _whole(value: Text, length: Callable[[Slot], int]) -> int:
    return sum(len(part) for part in value.parts if isinstance(part, str)) + _unknown(value, length)


def _length(part: Slot | Cut | Swapped | Presence | Either, length: Callable[[Slot], int]) -> int:
    match part:
        case Slot():
            return length(part)
        case Presence():
            return 0
        case Either():
            return max(_whole(case, length) for case in part.cases() if case is not None)
        case Swapped(of):
            return _whole(of, length)
        case Cut(of, most):
            return min(most, _whole(of, length))
