"""A changed statement of the callers, the trust or a control policy is caught by a proof, one change at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from caller_samples import MADE

from tfgen.catalog import load
from tfgen.diagnostics import Code
from tfgen.plan.model import Plan
from tfgen.plan.statements import Grant, PolicyPlan
from tfgen.proof import necessary, sufficient

FOREIGN = "s3:DeleteBucket"


PLANS = tuple(make() for make in MADE)


def _policies(plan: Plan) -> Iterator[tuple[PolicyPlan, Any]]:
    """Each policy, and what makes the plan with another in its place."""
    yield plan.role.trust, lambda other: replace(plan, role=replace(plan.role, trust=other))
    for index, caller in enumerate(plan.callers):
        before, after = plan.callers[:index], plan.callers[index + 1 :]
        yield (
            caller.policy,
            lambda other, a=before, b=caller, c=after: replace(plan, callers=(*a, replace(b, policy=other), *c)),
        )
    for index, gateway in enumerate(plan.gateways):
        before__, after__ = plan.gateways[:index], plan.gateways[index + 1 :]
        yield (
            gateway.policy,
            lambda other, a=before__, b=gateway, c=after__: replace(plan, gateways=(*a, replace(b, policy=other), *c)),
        )
    if plan.network is not None and (logs := plan.network.flow_logs) is not None:
        around = plan.network
        yield logs.trust, lambda one: replace(plan, network=replace(around, flow_logs=replace(logs, trust=one)))
        yield logs.policy, lambda one: replace(plan, network=replace(around, flow_logs=replace(logs, policy=one)))
    for index, control in enumerate(plan.controls):
        before_, after_ = plan.controls[:index], plan.controls[index + 1 :]
        yield (
            control.policy,
            lambda other, a=before_, b=control, c=after_: replace(plan, controls=(*a, replace(b, policy=other), *c)),
        )


def _changes(policy: PolicyPlan) -> Iterator[tuple[str, Code, tuple[Grant, ...]]]:
    """What is done to a statement, the code that must say so, and the statements that are left."""
    for index, grant in enumerate(policy.grants):
        statement, (before, after) = grant.statement, (policy.grants[:index], policy.grants[index + 1 :])

        def changed(*actions: str, one: Grant = grant, rest: Any = (before, after)) -> tuple[Grant, ...]:
            return (*rest[0], replace(one, statement=replace(one.statement, actions=actions)), *rest[1])

        yield f"{statement.sid} goes", Code.UNCOVERED_RESOURCE, (*before, *after)
        yield f"{statement.sid} gains", Code.NOT_NEEDED, changed(*statement.actions, FOREIGN)
        for action in statement.actions:
            left = (other for other in statement.actions if other != action)
            yield f"{statement.sid} loses {action}", Code.UNCOVERED_RESOURCE, changed(*left)


def _codes(plan: Plan) -> set[Code]:
    return {finding.code for finding in (*sufficient.check(plan), *necessary.check(plan))}


def test_every_change_is_caught(capsys: pytest.CaptureFixture[str]) -> None:
    rows, tried = set(), 0
    for plan in PLANS:
        assert _codes(plan) == set()
        for policy, with_ in _policies(plan):
            rows |= {(grant.origin.sheet, grant.origin.row) for grant in policy.grants}
            for what, code, left in _changes(policy):
                assert code in _codes(with_(replace(policy, grants=left))), what
                tried += 1
    wanted = {(name, row.sid) for name in load.SHEETS for row in load.sheet(name).rows}
    wanted = {(name, sid) for name, sid in wanted if load.sheet(name).part != "execution-role" or name == "trust"}
    with capsys.disabled():
        print(f"\nchanges of callers', trust and control policies caught: {tried}, over {len(rows)} rows", end="")
    assert wanted - rows == set()
