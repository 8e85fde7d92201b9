"""The execution role: its name, what it may do and never do, and what bounds it. Knows no caller and no Terraform."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Self

from tfgen.catalog import load
from tfgen.catalog.model import STAR
from tfgen.diagnostics import InternalError, Route
from tfgen.iam.policy import Effect, Kind, Statement
from tfgen.iam.text import Either, Text, join, text
from tfgen.plan.features.extra import extra_grants
from tfgen.plan.grants import AWS_CONTEXT, grants, trust
from tfgen.plan.lengths import Lengths
from tfgen.plan.model import Role
from tfgen.plan.split import split
from tfgen.plan.statements import FeatureUse, Grant, NamedPolicy, Origin, PolicyPlan
from tfgen.plan.values import Values
from tfgen.posture.document import Posture
from tfgen.posture.presets import Authorizer
from tfgen.posture.values import InputRef

HARNESS: Final[Route] = ("harness",)


@dataclass(frozen=True, slots=True)
class Naming:
    """What the role is called, as far as the posture says."""

    base: Text
    """What everything that has no name of its own begins with."""
    name: Text | None
    prefix: Text | None
    known: Text
    """The name in the role's ARN; with `by_prefix` only its beginning."""
    by_prefix: bool

    @classmethod
    def of(cls, posture: Posture, values: Values, base: Text) -> Self:
        """Read the names that a posture gives; an optional input that is null leaves them to what else there is."""
        wanted = posture.role
        name = values.text(wanted.name) if wanted.name is not None else None
        prefix = values.text(wanted.name_prefix) if wanted.name_prefix is not None else None
        name_left = optional_input(posture, wanted.name)
        otherwise = of_region(base, "role")
        called = name or otherwise
        if name_left is not None:
            called = join(Either(name_left, name, otherwise))
        if prefix is None:
            return cls(base, called, None, called, by_prefix=False)
        prefix_left = optional_input(posture, wanted.name_prefix)
        if prefix_left is None:
            return cls(base, None, prefix, prefix, by_prefix=True)
        # Both given at once is left to Terraform, which refuses it.
        either = join(Either(prefix_left, name, called))
        known = join(Either(prefix_left, join(prefix, STAR), called))
        return cls(base, either, prefix, known, by_prefix=False)


def of_region(base: Text, what: str) -> Text:
    """A name of IAM that no other region has: these are global to an account, and a harness's name is regional.

    The region is written out, and not left to Terraform as the end of a prefix: what names the role is then exact.
    """
    return join(base, f"-{what}-", AWS_CONTEXT["region"])


def optional_input(posture: Posture, value: str | InputRef | None) -> str | None:
    """The name of the input that a value is, when that input may be null."""
    if not isinstance(value, InputRef):
        return None
    declared = posture.inputs.get(value.name)
    return value.name if declared is not None and declared.optional else None


def role(
    posture: Posture, values: Values, naming: Naming, harness_name: Text, uses: tuple[FeatureUse, ...], lengths: Lengths
) -> Role:
    """Plan the execution role with the features that it is for."""
    wanted = posture.role
    shape = FeatureUse("trust", ("role", "trust") if "trust" in wanted.model_fields_set else (), wanted.trust)
    uses = (*uses, *_denials(posture, values))
    policy = PolicyPlan(Kind.INLINE, (*grants(uses, harness_name), *extra_grants(posture)))
    boundary = wanted.permissions_boundary
    return Role(
        name=naming.name,
        name_prefix=naming.prefix,
        path=wanted.path,
        description=wanted.description or f"What the AgentCore harness {posture.name} may do.",
        permissions_boundary=values.text(boundary) if boundary is not None else None,
        max_session_duration=wanted.max_session_duration,
        trust=PolicyPlan(Kind.TRUST, trust(shape, harness_name)),
        policy_name="execution",
        policy=policy,
        uses=(shape, *uses),
        parts=tuple(_part(posture, naming, key, part) for key, part in split(policy.grants, lengths)),
        boundary=_boundary(posture, naming, policy) if posture.guardrails.boundary else None,
    )


def _denials(posture: Posture, values: Values) -> Iterator[FeatureUse]:
    if posture.guardrails.deny_assume_role:
        yield FeatureUse("deny-role", said(posture, "deny_assume_role"), "assume-role")
    yield from no_delegation("deny-role", posture, values)


def no_delegation(sheet: str, posture: Posture, values: Values) -> Iterator[FeatureUse]:
    """Wherever users come with a token, nobody may act for one whose name nobody has checked."""
    if not posture.guardrails.deny_user_delegation:
        return
    also = ((("also", index), entry.authorizer_configuration) for index, entry in enumerate(posture.also))
    inbound: list[tuple[Route, Authorizer | None]] = [(HARNESS, posture.harness.authorizer_configuration), *also]
    for above, authorizer in inbound:
        jwt = authorizer.custom_jwt_authorizer if authorizer is not None else None
        if jwt is not None:
            route = said(posture, "deny_user_delegation") or (*above, "authorizer_configuration")
            yield FeatureUse(sheet, route, "user-id", values.while_any(jwt.discovery_url))


def said(posture: Posture, key: str) -> Route:
    """Where a guardrail stands in the posture; nowhere when it is there by default."""
    return ("guardrails", key) if key in posture.guardrails.model_fields_set else ()


def _part(posture: Posture, naming: Naming, key: str, part: tuple[Grant, ...]) -> NamedPolicy:
    description = f"A part of what the AgentCore harness {posture.name} may do: {key}."
    return NamedPolicy(key, of_region(naming.base, f"execution-{key}"), description, PolicyPlan(Kind.MANAGED, part))


def _boundary(posture: Posture, naming: Naming, policy: PolicyPlan) -> NamedPolicy:
    bounding = tuple(_bounds(policy.grants))
    denying = (grant for grant in policy.grants if grant.statement.effect is Effect.DENY)
    return NamedPolicy(
        key="boundary",
        name=of_region(naming.base, "boundary"),
        description=f"The most that the execution role of the AgentCore harness {posture.name} can be given.",
        policy=PolicyPlan(Kind.MANAGED, (*bounding, *denying)),
    )


def _bounds(granted: Iterable[Grant]) -> Iterator[Grant]:
    """For each service a statement with the actions that are granted, on anything and under no condition."""
    row = load.sheet("boundary").limit
    if row is None:
        raise InternalError("the sheet boundary says nothing about boundaries")
    services: dict[str, set[str]] = {}
    for grant in granted:
        if grant.statement.effect is Effect.ALLOW:
            for action in grant.statement.actions:
                services.setdefault(action.partition(":")[0], set()).add(action)
    for service, actions in sorted(services.items()):
        sid = row.sid + "".join(word.title() for word in service.split("-"))
        statement = Statement(sid, Effect.ALLOW, tuple(sorted(actions)), (text(STAR),))
        origin = Origin("boundary", row.sid, (("guardrails", "boundary"),))
        why = row.why.replace("{service}", service)
        yield Grant(statement, origin, why, row.source, row.unscoped, ((),), basis=row.basis, readings=row.readings)
