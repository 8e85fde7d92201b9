"""Proof 4, of sizes: policies fit into IAM; what is divided for it says the same; a boundary contains its role.

Must not know how a policy is divided or a boundary made. A policy that does not fit is a finding; the others are bugs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.catalog.model import STAR
from tfgen.diagnostics import Code, Finding, InternalError
from tfgen.iam.policy import Effect, Kind, Policy
from tfgen.iam.text import text
from tfgen.plan.lengths import Lengths
from tfgen.plan.model import Plan
from tfgen.plan.policies import policies
from tfgen.plan.statements import PolicyPlan

MOST_ATTACHED: Final = 10
"""Managed policies of one role (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""


def check(plan: Plan) -> Iterator[Finding]:
    """Findings for every document; raises `InternalError` when a division or a boundary is wrong."""
    lengths = Lengths(plan.inputs)
    for one in policies(plan):
        if one.rendered:
            yield from _size(one.name, one.policy, lengths)
    parts = [part.policy.policy for part in plan.role.parts]
    if len(parts) > MOST_ATTACHED:
        message = f"the execution role needs {len(parts)} managed policies, and IAM attaches {MOST_ATTACHED} to a role"
        yield Finding(Code.TOO_LONG, message, help="let one harness use fewer features, or name fewer resources")
    role = plan.role.policy.policy
    for part in plan.role.parts:
        resources = (one for statement in part.policy.policy.statements for one in statement.resources)
        if all(one.each() is not None for one in resources):
            message = (
                f"the part {part.key!r} of the execution role's policy is empty where its lists are: IAM refuses it"
            )
            yield Finding(Code.TOO_LONG, message, help="let one harness use fewer features, or name fewer resources")
    if parts and set(_meanings(*parts)) != set(_meanings(role)):
        raise InternalError("the parts of the execution role's policy do not say what the whole says")
    if plan.role.boundary is not None and (fault := outside(plan.role.boundary.policy.policy, role)):
        raise InternalError(f"the boundary of the execution role does not contain its policy: {fault}")


def _size(name: str, policy: PolicyPlan, lengths: Lengths) -> Iterator[Finding]:
    size = lengths.size(policy.policy)
    if size > policy.kind.limit:
        kind = f"a {policy.kind.value}" if policy.kind is Kind.ENDPOINT else f"an IAM {policy.kind.value}"
        message = f"{name} has up to {size:,} characters; {kind} holds {policy.kind.limit:,}"
        if assumptions := lengths.assumptions(policy.policy):
            message += f" (counted: {assumptions})"
        callers = "for callers, divide what they may do among several entries of `access`"
        yield Finding(Code.TOO_LONG, message, help=f"let one harness use fewer features or resources; {callers}")


def _meanings(*policies: Policy) -> Iterator[tuple[object, ...]]:
    """What policies say, resource by resource, whatever the Sids."""
    for policy in policies:
        for statement in policy.statements:
            for resource in statement.resources:
                yield statement.effect, statement.actions, statement.conditions, resource


def outside(boundary: Policy, policy: Policy) -> str:
    """The first allowed action of a policy that a boundary does not allow on anything and always; "" when none is.

    A denial of the boundary is one of the policy too, or it would take something from it.
    """
    allows = [statement for statement in boundary.statements if statement.effect is Effect.ALLOW]
    denies = set(boundary.statements) - set(allows)
    if foreign := denies - set(policy.statements):
        return f"it denies by {sorted(statement.sid for statement in foreign)} what the policy does not"
    contained = {a for s in allows if s.resources == (text(STAR),) and not s.conditions for a in s.actions}
    for statement in policy.statements:
        if statement.effect is Effect.ALLOW:
            for action in statement.actions:
                if action not in contained:
                    return f"{action} of {statement.sid}"
    return ""
