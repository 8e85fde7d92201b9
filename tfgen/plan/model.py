"""The plan: roles, policies and inputs as plain values, each with its origin. Knows no Terraform and reads nothing.

Everything that renders, proves, reports or explains reads the plan, so nothing that a user asked for can be in one of
them and not in another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tfgen.diagnostics import Route
from tfgen.iam.policy import Kind, Policy, Statement
from tfgen.iam.text import Slot, Source, Text


@dataclass(frozen=True, slots=True)
class Use:
    """One place in the posture that uses a feature: which sheet, which variant of it, with which values."""

    sheet: str
    route: Route
    variant: str = ""
    values: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a statement comes from: the sheet, its row, and every place in the posture that asks for it."""

    sheet: str
    row: str
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """One statement of a policy and why it is there."""

    statement: Statement
    origin: Origin
    why: str
    source: str
    unscoped: str = ""
    """The reason for `*` as the only resource; empty when there is another."""
    types: tuple[tuple[str, ...], ...] = ()
    """For each resource of the statement, in order, the resource types (`service:type`) that it covers."""


@dataclass(frozen=True, slots=True)
class Check:
    """What each value of an input must be, for one of the places that it is used in."""

    pattern: str | None
    """What it must match as a whole, in the common subset of Python's `re` and RE2; None for any text."""
    shortest: int
    longest: int | None
    allowed: str
    """What is allowed, in words that follow "must be"."""


@dataclass(frozen=True, slots=True)
class Input:
    """A variable of the rendered module."""

    name: str
    description: str
    many: bool = False
    default: str | tuple[str, ...] | None = None
    """None when the module's user must give it."""
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """A policy document and how it is attached."""

    kind: Kind
    grants: tuple[Grant, ...]

    @property
    def policy(self) -> Policy:
        """The document alone."""
        return Policy(tuple(grant.statement for grant in self.grants))


@dataclass(frozen=True, slots=True)
class Role:
    """The execution role. Exactly one of `name` and `name_prefix` is there."""

    name: Text | None
    name_prefix: Text | None
    path: str
    description: str
    permissions_boundary: Text | None
    max_session_duration: int
    trust: PolicyPlan
    policy_name: str
    policy: PolicyPlan
    uses: tuple[Use, ...]
    """The features that the posture uses, for which the statements are there."""

    def texts(self) -> Iterator[Text]:
        """Every text in it that may hold unknowns."""
        yield from (text for text in (self.name, self.name_prefix, self.permissions_boundary) if text is not None)
        for plan in (self.trust, self.policy):
            for grant in plan.grants:
                yield from grant.statement.texts()


@dataclass(frozen=True, slots=True)
class CallerPolicy:
    """What one kind of caller may do, as a managed policy or as JSON to attach elsewhere."""

    key: str
    """The entry's name in the posture, unique among them."""
    attached: bool
    """Whether a managed policy is made; otherwise only its JSON is an output."""
    name: Text
    path: str
    description: str
    policy: PolicyPlan
    uses: tuple[Use, ...]

    def texts(self) -> Iterator[Text]:
        """Every text in it that may hold unknowns."""
        yield self.name
        for grant in self.policy.grants:
            yield from grant.statement.texts()


@dataclass(frozen=True, slots=True)
class Plan:
    """All that one posture renders to."""

    name: str
    description: str
    harness_name: Text
    inputs: tuple[Input, ...]
    tags: tuple[tuple[str, str], ...]
    role: Role
    callers: tuple[CallerPolicy, ...]

    def policies(self) -> Iterator[tuple[str, PolicyPlan]]:
        """Every policy with a name for messages."""
        yield "the execution role's trust policy", self.role.trust
        yield "the execution role's policy", self.role.policy
        for caller in self.callers:
            yield f"the policy of the callers {caller.key!r}", caller.policy

    def inputs_of(self, texts: Iterator[Text]) -> tuple[Input, ...]:
        """The inputs that some texts use, in the order of `inputs`."""
        used = {slot.name for text in texts for slot in text.slots() if slot.source is not Source.CONTEXT}
        return tuple(item for item in self.inputs if item.name in used)


def context_of(texts: Iterator[Text]) -> frozenset[str]:
    """Names of the context values (account, region, partition) that some texts use."""
    return frozenset(slot.name for text in texts for slot in text.slots() if slot.source is Source.CONTEXT)


def slot_length(slot: Slot) -> int:
    """An upper bound for a context value's length, and a usual length for an input, for counting a policy's size.

    The longest partition is `aws-us-gov`, the longest region name has 14 characters, an account id has 12.
    """
    return {"partition": 10, "region": 14, "account": 12}.get(slot.name, 64)
