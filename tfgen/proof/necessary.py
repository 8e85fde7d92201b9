"""Proof 4: each statement is there for a feature that the posture uses, and `*` only where AWS offers no resource."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from tfgen.catalog import authorization, load
from tfgen.catalog.model import STAR
from tfgen.diagnostics import Code, Finding
from tfgen.iam.policy import Kind
from tfgen.iam.text import text
from tfgen.plan.model import Grant, Plan, PolicyPlan, Use, slot_length


def check(plan: Plan) -> Iterator[Finding]:
    """Findings for every policy of the plan."""
    yield from _wanted("the execution role's trust policy", plan.role.trust, plan.role.uses)
    yield from _wanted("the execution role's policy", plan.role.policy, plan.role.uses)
    for caller in plan.callers:
        yield from _wanted(f"the policy of the callers {caller.key!r}", caller.policy, caller.uses)
    for name, policy in plan.policies():
        yield from _scoped(name, policy)
        yield from _size(name, policy)


def needed(uses: Iterable[Use], *, trust: bool) -> frozenset[tuple[str, str]]:
    """The rows (sheet, Sid) that the uses ask for, read from the sheets anew."""
    found: set[tuple[str, str]] = set()
    for use in uses:
        sheet = load.sheet(use.sheet)
        for row in sheet.trust if trust else sheet.grant:
            if not row.when or use.variant in row.when:
                found.add((sheet.id, row.sid))
    return frozenset(found)


def _wanted(name: str, policy: PolicyPlan, uses: Iterable[Use]) -> Iterator[Finding]:
    uses = tuple(uses)
    rows = needed(uses, trust=policy.kind is Kind.TRUST)
    there = {(grant.origin.sheet, grant.origin.row) for grant in policy.grants}
    places = {use.route for use in uses}
    for grant in policy.grants:
        if (grant.origin.sheet, grant.origin.row) not in rows or not set(grant.origin.routes) <= places:
            message = f"{name} holds the statement {grant.statement.sid!r}, which nothing in the posture asks for"
            yield _finding(Code.NOT_NEEDED, grant, message)
        yield from _of_its_row(name, grant)
    for sheet, row in sorted(rows - there):
        message = f"{name} lacks the statement {row!r} of the sheet {sheet}, which the posture asks for"
        yield Finding(Code.UNCOVERED_RESOURCE, message)
    for sid, count in Counter(grant.statement.sid for grant in policy.grants).items():
        if count > 1:
            yield Finding(Code.NOT_NEEDED, f"{name} has {count} statements with the Sid {sid!r}")


def _of_its_row(name: str, grant: Grant) -> Iterator[Finding]:
    """A statement holds the actions of its row and no others, and no fewer conditions."""
    for row in load.sheet(grant.origin.sheet).rows:
        if row.sid != grant.origin.row:
            continue
        for action in sorted(set(grant.statement.actions) - set(row.actions)):
            yield _finding(Code.NOT_NEEDED, grant, f"{name} grants {action!r}, which the row {row.sid!r} does not")
        for action in sorted(set(row.actions) - set(grant.statement.actions)):
            yield _finding(Code.UNCOVERED_RESOURCE, grant, f"{name} lacks {action!r} of the row {row.sid!r}")
        keys = {(line.operator, line.key) for line in row.conditions}
        if keys != {(condition.operator, condition.key) for condition in grant.statement.conditions}:
            yield _finding(Code.NOT_NEEDED, grant, f"{name} binds {row.sid!r} by other conditions than its row")


def _scoped(name: str, policy: PolicyPlan) -> Iterator[Finding]:
    for grant in policy.grants:
        if text(STAR) not in grant.statement.resources:
            continue
        for action in grant.statement.actions:
            facts = authorization.action(action)
            if facts is not None and (facts.required or (facts.scopable and not grant.unscoped)):
                kinds = ", ".join(sorted(facts.required | facts.optional))
                message = f"{name} grants {action!r} on '*', but AWS offers the resource types {kinds}"
                yield _finding(Code.BARE_STAR, grant, message)


def _size(name: str, policy: PolicyPlan) -> Iterator[Finding]:
    size = policy.policy.size(slot_length)
    if size > policy.kind.limit:
        message = f"{name} has up to {size:,} characters; an IAM {policy.kind.value} holds {policy.kind.limit:,}"
        yield Finding(Code.TOO_LONG, message, help="let one harness use fewer features, or name fewer resources")


def _finding(code: Code, grant: Grant, message: str) -> Finding:
    route = grant.origin.routes[0] if grant.origin.routes else ()
    return Finding(code, message, route, help=f"the sheet {grant.origin.sheet}, row {grant.origin.row}, is at fault")
