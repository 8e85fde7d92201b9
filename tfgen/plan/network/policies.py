"""Endpoint policies: what the execution role is granted, once more at the endpoint, and whom else it must let through.

Knows no security group. An endpoint's policy that let more pass than the role may do would let a stranger's credentials
pass too (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tfgen.catalog import load
from tfgen.catalog.model import ConditionRow, EndpointGrant
from tfgen.catalog.network import facts, services_of
from tfgen.iam.policy import EVERYBODY, Condition, Effect, Kind, Statement
from tfgen.iam.text import Text
from tfgen.plan.grants import fill, values_of
from tfgen.plan.network.needs import each
from tfgen.plan.sids import told_apart
from tfgen.plan.statements import FeatureUse, Grant, Origin, PolicyPlan


def policy(
    service: str, granted: Iterable[Grant], uses: Iterable[FeatureUse], role_arn: Text, name: Text
) -> PolicyPlan:
    """The policy of one service's endpoint."""
    of_role = (_of_role(grant, service, role_arn) for grant in granted)
    others = (grant for grant, _ in passages(service, uses, name))
    return PolicyPlan(Kind.ENDPOINT, (*(grant for grant in of_role if grant is not None), *others))


def _of_role(grant: Grant, service: str, role_arn: Text) -> Grant | None:
    """What a statement of the role's policy comes to at an endpoint: the same, for this role alone."""
    statement = grant.statement
    if statement.effect is not Effect.ALLOW:
        return None
    elsewhere = {action for row in load.sheet(grant.origin.sheet).elsewhere for action in row.actions}
    actions = tuple(
        action
        for action in statement.actions
        if action not in elsewhere and any(row.name == service for row in services_of(action))
    )
    if not actions:
        return None
    by_role = Condition("ArnLike", facts().role_key, (role_arn,))
    conditions = (*statement.conditions, by_role)
    here = replace(statement, actions=actions, conditions=conditions, principals=(EVERYBODY,))
    return replace(grant, statement=here)


def passages(service: str, uses: Iterable[FeatureUse], name: Text) -> Iterator[tuple[Grant, str]]:
    """The statements for others than the role, each with whom it lets through without IAM knowing them.

    Uses of one row share a statement where their conditions are the same; else their Sids say which is which.
    """
    rows: dict[
        tuple[str, str], tuple[EndpointGrant, dict[tuple[Condition, ...], list[tuple[FeatureUse, tuple[Text, ...]]]]]
    ] = {}
    for use in uses:
        sheet = load.sheet(use.sheet)
        for row in sheet.passage:
            if row.service != service or (row.when and use.variant not in row.when):
                continue
            values = values_of(use, sheet, name)
            lists = each(use)
            on = tuple(fill(arn, values) for arn in row.on)
            on = tuple(arn.while_any(lists[0]) for arn in on) if lists else on
            conditions = tuple(_condition(line, use, name) for line in row.conditions)
            _, groups = rows.setdefault((sheet.id, row.sid), (row, {}))
            groups.setdefault(conditions, []).append((use, on))
    for (sheet_id, sid), (row, groups) in rows.items():
        names = told_apart(sid, tuple(groups))
        for own, (conditions, found) in zip(names, groups.items(), strict=True):
            resources = tuple(dict.fromkeys(arn for _, on in found for arn in on))
            statement = Statement(
                sid=own,
                effect=Effect.ALLOW,
                actions=row.actions,
                resources=resources,
                conditions=conditions,
                principals=(EVERYBODY,),
            )
            origin = Origin(sheet_id, sid, tuple(dict.fromkeys(use.route for use, _ in found)))
            grant = Grant(statement, origin, row.why, row.source, basis=row.basis, readings=row.readings)
            yield grant, row.anonymous


def _condition(line: ConditionRow, use: FeatureUse, name: Text) -> Condition:
    values = values_of(use, load.sheet(use.sheet), name)
    return Condition(line.operator, line.key, tuple(fill(value, values) for value in line.values))
