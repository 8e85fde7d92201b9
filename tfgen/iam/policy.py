"""IAM policies as values: statements in one normal order, and how IAM counts their size. Knows no Terraform.

The grammar is https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from tfgen.iam.text import Cut, Either, Part, Presence, Slot, Text

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
    """One statement. `resources` is empty in a trust policy, `principals` in an identity policy."""

    sid: str
    effect: Effect
    actions: tuple[str, ...]
    resources: tuple[Text, ...] = ()
    conditions: tuple[Condition, ...] = ()
    principals: tuple[Principal, ...] = ()

    def texts(self) -> Iterator[Text]:
        """Every text in it that may hold unknowns."""
        yield from self.resources
        for condition in self.conditions:
            yield from condition.values
        for principal in self.principals:
            yield from principal.values

    def document(self, value: Callable[[Text], str] = str) -> dict[str, object]:
        """The statement as JSON-like data in IAM's usual order of keys; `value` says what a text is printed as."""
        data: dict[str, object] = {"Sid": self.sid, "Effect": self.effect.value}
        if self.principals == (EVERYBODY,):
            data["Principal"] = EVERYBODY.kind
        elif self.principals:
            data["Principal"] = {p.kind: [value(v) for v in p.values] for p in self.principals}
        data["Action"] = list(self.actions)
        if self.resources:
            data["Resource"] = [value(resource) for resource in self.resources]
        if self.conditions:
            block: dict[str, dict[str, list[str]]] = {}
            for condition in self.conditions:
                block.setdefault(condition.operator, {})[condition.key] = [value(v) for v in condition.values]
            data["Condition"] = block
        return data


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document."""

    statements: tuple[Statement, ...]

    def document(self, value: Callable[[Text], str] = str) -> dict[str, object]:
        """The policy as JSON-like data."""
        return {"Version": VERSION, "Statement": [statement.document(value) for statement in self.statements]}

    def size(self, length: Callable[[Slot], int]) -> int:
        """Characters as IAM counts them (white space is not counted), with `length` for the unknowns."""

        def filled(value: Text) -> str:
            return "".join(part if isinstance(part, str) else "x" * _length(part, length) for part in value.parts)

        return sum(
            not c.isspace() for c in json.dumps(self.document(filled), separators=(",", ":"), ensure_ascii=False)
        )


def _length(part: Part, length: Callable[[Slot], int]) -> int:
    """An upper bound: a cut's own length; for a capture or a swap, the length of what it is made from."""
    if isinstance(part, (str, Presence)):
        return len(str(part))
    if isinstance(part, Slot):
        return length(part)
    if isinstance(part, Either):
        return max(sum(_length(inner, length) for inner in case.parts) for case in part.cases() if case is not None)
    inside = sum(_length(inner, length) for inner in part.of.parts)
    return min(part.length, inside) if isinstance(part, Cut) else inside
