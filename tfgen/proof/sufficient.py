"""Proof 3: each granted action exists, is granted on all that AWS checks for it, under conditions that it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tfgen.catalog import authorization
from tfgen.catalog.model import STAR
from tfgen.diagnostics import Code, Finding
from tfgen.iam.policy import Effect, Kind
from tfgen.iam.text import Presence, Text
from tfgen.plan.model import Plan
from tfgen.plan.policies import granting
from tfgen.plan.statements import Grant, PolicyPlan
from tfgen.proof.overlap import overlaps


def check(plan: Plan) -> Iterator[Finding]:
    """Findings for every policy of the plan."""
    for one in granting(plan):
        yield from _exists(one.name, one.policy)
        if one.policy.kind is not Kind.TRUST:
            yield from _covered(one.name, one.policy)


def _exists(name: str, policy: PolicyPlan) -> Iterator[Finding]:
    for grant in policy.grants:
        for action in grant.statement.actions:
            facts = authorization.action(action)
            if facts is None:
                yield _finding(Code.UNKNOWN_ACTION, grant, f"{name} grants {action!r}, which AWS does not know")
                continue
            for condition in grant.statement.conditions:
                if not authorization.takes_condition(facts, condition.key):
                    message = f"{name} binds {action!r} by {condition.key!r}, which that action does not take"
                    yield _finding(Code.UNKNOWN_CONDITION, grant, message)


def _covered(name: str, policy: PolicyPlan) -> Iterator[Finding]:
    allowed = [grant for grant in policy.grants if grant.statement.effect is Effect.ALLOW]
    by_action: dict[str, list[Grant]] = {}
    for grant in allowed:
        yield from _of_some_type(name, grant)
        for action in grant.statement.actions:
            by_action.setdefault(action, []).append(grant)
    for action, grants in by_action.items():
        facts = authorization.action(action)
        if facts is None or any(map(is_star, (one for grant in grants for one in grant.statement.resources))):
            continue
        covered = {kind for grant in grants for kind in _types(grant)}
        for required in needs(action, facts.required):
            if not required & covered:
                wanted = " or ".join(sorted(required))
                message = f"{name} grants {action!r} on nothing of the type {wanted}, which AWS checks"
                yield _finding(Code.UNCOVERED_RESOURCE, grants[0], message)
        if not facts.required and not facts.optional:
            message = f"{name} grants {action!r} on single resources, but AWS has none for it: the grant has no effect"
            yield _finding(Code.UNCOVERED_RESOURCE, grants[0], message)


def needs(action: str, required: Iterable[str]) -> Iterator[frozenset[str]]:
    """The resource types (`service:type`) that a call is checked on: sets of which one must be covered."""
    service = action.partition(":")[0]
    left = {f"{service}:{kind}" for kind in required}
    for actions, any_of in authorization.alternatives():
        if action in actions and left & any_of:
            yield frozenset(left & any_of)
            left -= any_of
    yield from (frozenset({kind}) for kind in sorted(left))


def is_star(resource: Text) -> bool:
    """Whether a resource is `*` alone, also where it is there only while some list has elements."""
    return [part for part in resource.parts if not isinstance(part, Presence)] == [STAR]


def _of_some_type(name: str, grant: Grant) -> Iterator[Finding]:
    """A resource that no action of its statement acts on is a slip: the grant has no effect."""
    for resource, kinds in zip(grant.statement.resources, grant.types, strict=True):
        if not is_star(resource) and not any(_reached(resource, kind) for kind in kinds):
            message = f"{name} grants something on {resource}, which is of no type that the granted actions act on"
            yield _finding(Code.UNCOVERED_RESOURCE, grant, message)


def _types(grant: Grant) -> Iterator[str]:
    """The resource types that a statement's resources really reach, by AWS's own ARN patterns."""
    for resource, kinds in zip(grant.statement.resources, grant.types, strict=True):
        yield from (kind.lower() for kind in kinds if _reached(resource, kind))


def _reached(resource: Text, kind: str) -> bool:
    pattern = authorization.type_pattern(kind)
    return pattern is not None and overlaps(resource, pattern)


def _finding(code: Code, grant: Grant, message: str) -> Finding:
    route = grant.origin.routes[0] if grant.origin.routes else ()
    return Finding(code, message, route, help=f"the sheet {grant.origin.sheet}, row {grant.origin.row}, is at fault")
