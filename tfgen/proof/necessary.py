"""Proof 4: each statement is there for a feature that the posture uses, and `*` only where AWS offers no resource."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tfgen.catalog import authorization, load
from tfgen.catalog.model import ConditionRow, StatementRow
from tfgen.catalog.model import Grant as GrantRow
from tfgen.diagnostics import Code, Finding, Route
from tfgen.iam.policy import Effect, Kind
from tfgen.plan.model import Plan
from tfgen.plan.policies import granting
from tfgen.plan.statements import FeatureUse, Grant, PolicyPlan
from tfgen.proof.sufficient import is_star

EXTRA: Final = "extra"
"""The sheet of what the posture itself spells out."""
EXTRA_ROW: Final = "Extra"
"""Stands in the place of its row."""


def check(plan: Plan) -> Iterator[Finding]:
    """Findings for every policy of the plan."""
    for one in granting(plan):
        yield from _wanted(one.name, one.policy, one.uses)
        yield from _scoped(one.name, one.policy)


def needed(uses: Iterable[FeatureUse], *, trust: bool) -> frozenset[tuple[str, str]]:
    """The rows (sheet, Sid) that the uses ask for, read from the sheets anew."""
    found: set[tuple[str, str]] = set()
    for use in uses:
        sheet = load.sheet(use.sheet)
        if use.sheet == EXTRA and not trust:
            found.add((EXTRA, EXTRA_ROW))
        for row in sheet.trust if trust else sheet.grant:
            if not row.when or use.variant in row.when:
                found.add((sheet.id, row.sid))
    return frozenset(found)


def _wanted(name: str, policy: PolicyPlan, uses: Iterable[FeatureUse]) -> Iterator[Finding]:
    uses = tuple(uses)
    rows = needed(uses, trust=policy.kind is Kind.TRUST)
    there = {(grant.origin.sheet, grant.origin.row) for grant in policy.grants}
    places = {use.route for use in uses}
    by_place: dict[tuple[str, Route], list[FeatureUse]] = {}
    for use in uses:
        by_place.setdefault((use.sheet, use.route), []).append(use)
    for grant in policy.grants:
        routes = dict.fromkeys(grant.origin.routes)
        mine = [use for route in routes for use in by_place.get((grant.origin.sheet, route), ())]
        if (grant.origin.sheet, grant.origin.row) not in rows or not set(grant.origin.routes) <= places:
            message = f"{name} holds the statement {grant.statement.sid!r}, which nothing in the posture asks for"
            yield _finding(Code.NOT_NEEDED, grant, message)
        yield from _of_its_row(name, grant, mine)
        yield from _as_said(name, grant, mine)
    said = {grant.origin.routes for grant in policy.grants if grant.origin.sheet == EXTRA}
    for use in uses:
        if use.sheet == EXTRA and (use.route,) not in said and policy.kind is not Kind.TRUST:
            message = f"{name} lacks a statement that the posture spells out"
            yield Finding(Code.UNCOVERED_RESOURCE, message, use.route)
    for sheet, row in sorted(rows - there):
        message = f"{name} lacks the statement {row!r} of the sheet {sheet}, which the posture asks for"
        yield Finding(Code.UNCOVERED_RESOURCE, message)
    for sid, count in Counter(grant.statement.sid for grant in policy.grants).items():
        if count > 1:
            yield Finding(Code.NOT_NEEDED, f"{name} has {count} statements with the Sid {sid!r}")


def _of_its_row(name: str, grant: Grant, mine: Sequence[FeatureUse]) -> Iterator[Finding]:
    """A statement holds the actions of its row and no others, and no fewer conditions; `mine` are the uses it is of."""
    for row in load.sheet(grant.origin.sheet).rows:
        if row.sid != grant.origin.row:
            continue
        for action in sorted(set(grant.statement.actions) - set(row.actions)):
            yield _finding(Code.NOT_NEEDED, grant, f"{name} grants {action!r}, which the row {row.sid!r} does not")
        for action in sorted(set(row.actions) - set(grant.statement.actions)):
            yield _finding(Code.UNCOVERED_RESOURCE, grant, f"{name} lacks {action!r} of the row {row.sid!r}")
        yield from _of_its_resources(name, grant, row)
        keys = {pair for line in row.conditions for pair in _keys(line, row, mine)}
        if keys != {(condition.operator, condition.key) for condition in grant.statement.conditions}:
            yield _finding(Code.NOT_NEEDED, grant, f"{name} binds {row.sid!r} by other conditions than its row")


def _of_its_resources(name: str, grant: Grant, row: StatementRow) -> Iterator[Finding]:
    """A statement is granted on each of its row's resources, by what they are; proof 5 knows which."""
    wanted = row.resources if isinstance(row, GrantRow) else ()
    for resource in load.sheet(grant.origin.sheet).resource:
        if resource.name in wanted and resource.types not in grant.types:
            yield _finding(Code.UNCOVERED_RESOURCE, grant, f"{name} lacks {resource.name!r} of the row {row.sid!r}")


def _as_said(name: str, grant: Grant, mine: Sequence[FeatureUse]) -> Iterator[Finding]:
    """A statement that the posture itself spells out is what it says, no more and no less."""
    for use in mine:
        if use.sheet != EXTRA or grant.origin.routes != (use.route,):
            continue
        tables = dict(use.tables)
        actions = {str(value) for _, value in tables["actions"]}
        resources = {value for _, value in tables["on"]}
        statement = grant.statement
        if (set(statement.actions), set(statement.resources), statement.conditions) != (actions, resources, ()):
            yield _finding(Code.NOT_NEEDED, grant, f"{name} grants by {statement.sid!r} what its entry does not say")


def _keys(line: ConditionRow, row: StatementRow, uses: Iterable[FeatureUse]) -> Iterator[tuple[str, str]]:
    """Operator and key of a line; of one that repeats over a table, those of each entry that the uses bring."""
    if not line.each:
        yield line.operator, line.key
        return
    for use in uses:
        if not row.when or use.variant in row.when:
            for key, _ in dict(use.tables).get(line.each, ()):
                yield line.operator, line.key.replace("{key}", key)


def _scoped(name: str, policy: PolicyPlan) -> Iterator[Finding]:
    for grant in policy.grants:
        if not any(map(is_star, grant.statement.resources)) or grant.statement.effect is Effect.DENY:
            continue  # the wider a denial, the narrower the permissions
        for action in grant.statement.actions:
            facts = authorization.action(action)
            if facts is not None and (facts.required or (facts.scopable and not grant.unscoped)):
                kinds = ", ".join(sorted(facts.required | facts.optional))
                message = f"{name} grants {action!r} on '*', but AWS offers the resource types {kinds}"
                yield _finding(Code.BARE_STAR, grant, message)


def _finding(code: Code, grant: Grant, message: str) -> Finding:
    route = grant.origin.routes[0] if grant.origin.routes else ()
    return Finding(code, message, route, help=f"the sheet {grant.origin.sheet}, row {grant.origin.row}, is at fault")
