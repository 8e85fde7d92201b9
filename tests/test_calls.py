"""The proof from the calls: it misses no row, action, resource or condition that goes, and none that comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from feature_samples import MODELS, PARTS, posture

from tfgen.catalog import authorization, load
from tfgen.catalog.model import STAR, Grant, Sheet
from tfgen.diagnostics import Code
from tfgen.iam.text import text
from tfgen.plan.build import build
from tfgen.plan.model import Plan, PolicyPlan
from tfgen.posture import validate
from tfgen.proof import calls
from tfgen.proof.sufficient import needs

SHEETS = [load.sheet(name) for name in load.SHEETS if load.sheet(name).part == "execution-role"]
ROWS = [(sheet, row) for sheet in SHEETS for row in sheet.grant]
EACH_ROW = pytest.mark.parametrize(("sheet", "row"), ROWS, ids=[row.sid for _, row in ROWS])
FOREIGN = "iam:PassRole"


def _plan(data: dict[str, Any]) -> Plan:
    validation = validate(data)
    assert validation.posture is not None, validation.findings
    return build(validation.posture)[0]


@cache
def _samples() -> tuple[tuple[dict[str, Any], frozenset[tuple[str, str]]], ...]:
    """Postures, and the rows that they use."""
    made = [*(posture(name) for name in PARTS), *(posture(model=model) for model in MODELS)]
    return tuple(
        (data, frozenset((grant.origin.sheet, grant.origin.row) for grant in _plan(data).role.policy.grants))
        for data in made
    )


def _codes(plan: Plan) -> set[Code]:
    return {finding.code for finding in calls.check(plan)}


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Callable[[Sheet, Grant, Grant | None], set[Code]]:
    """What the proof says of a plan that is made from a catalog in which one row is another, or is not there."""
    original = load.sheet

    def run(sheet: Sheet, row: Grant, other: Grant | None) -> set[Code]:
        data = next(data for data, rows in _samples() if (sheet.id, row.sid) in rows)
        rows = tuple(one if one.sid != row.sid else other for one in sheet.grant)
        mutant = sheet.model_copy(update={"grant": tuple(one for one in rows if one is not None)})
        with monkeypatch.context() as patch:
            patch.setattr(load, "sheet", lambda name: mutant if name == sheet.id else original(name))
            return _codes(_plan(data))

    return run


Changed = Callable[[Sheet, Grant, Grant | None], set[Code]]


@EACH_ROW
class TestEachRow:
    def test_it_cannot_go(self, sheet: Sheet, row: Grant, changed: Changed) -> None:
        assert Code.UNCOVERED_RESOURCE in changed(sheet, row, None)

    def test_no_action_can_go(self, sheet: Sheet, row: Grant, changed: Changed) -> None:
        for action in row.actions if len(row.actions) > 1 else ():
            left = tuple(one for one in row.actions if one != action)
            assert Code.UNCOVERED_RESOURCE in changed(sheet, row, row.model_copy(update={"actions": left})), action

    def test_no_resource_can_go(self, sheet: Sheet, row: Grant, changed: Changed) -> None:
        for name in row.resources if len(row.resources) > 1 else ():
            left = tuple(one for one in row.resources if one != name)
            assert Code.UNCOVERED_RESOURCE in changed(sheet, row, row.model_copy(update={"resources": left})), name

    def test_no_condition_can_go(self, sheet: Sheet, row: Grant, changed: Changed) -> None:
        if (sheet.id, row.sid) == ("identity", "WorkloadIdentityForUserOfIssuer"):
            return  # it narrows what the token already says; `necessary` holds the statement to its row
        for line in row.conditions:
            left = tuple(one for one in row.conditions if one is not line)
            assert changed(sheet, row, row.model_copy(update={"conditions": left})), line.key

    def test_no_action_can_come(self, sheet: Sheet, row: Grant, changed: Changed) -> None:
        more = row.model_copy(update={"actions": (*row.actions, FOREIGN)})
        assert Code.NOT_NEEDED in changed(sheet, row, more)

    def test_no_resource_can_become_everything(self, sheet: Sheet, row: Grant, changed: Changed) -> None:
        if STAR not in row.resources:
            assert Code.NOT_NEEDED in changed(sheet, row, row.model_copy(update={"resources": (STAR,)}))

    def test_it_cannot_turn_into_its_opposite(self, sheet: Sheet, row: Grant, changed: Changed) -> None:
        other = "Deny" if row.effect == "Allow" else "Allow"
        assert changed(sheet, row, row.model_copy(update={"effect": other}))


def test_how_much_was_tried(capsys: pytest.CaptureFixture[str]) -> None:
    called = sum(len(sheet.call) for sheet in SHEETS)
    with capsys.disabled():
        print(
            f"\ncatalog of the execution role: {len(SHEETS)} sheets, {len(ROWS)} rows, "
            f"{sum(len(row.actions) for _, row in ROWS)} granted actions, {called} calls; every row, action and "
            f"resource was taken out and a foreign one put in",
            end="",
        )
    assert len(ROWS) >= 60
    assert called >= 100


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.id)
def test_a_sheet_that_grants_says_what_is_called(sheet: Sheet) -> None:
    assert bool(sheet.call) == bool(sheet.grant)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.id)
def test_a_call_names_all_that_aws_checks(sheet: Sheet) -> None:
    types = {row.name: {kind.lower() for kind in row.types} for row in sheet.resource}
    for call in sheet.call:
        facts = authorization.action(call.action)
        assert facts is not None, call.action
        for key in call.context:
            assert authorization.takes_condition(facts, key), (call.action, key)
        reached = {kind for name in call.on if name != STAR for kind in types[name]}
        for required in needs(call.action, facts.required):
            assert call.refused or required & reached, call.action


def _triples(plan: Plan) -> Iterator[tuple[str, Plan]]:
    """The plan without one action, or without one resource, of one of its statements."""
    policy = plan.role.policy
    for index, grant in enumerate(policy.grants):
        statement = grant.statement
        cut: list[tuple[str, Any]] = [
            (f"{statement.sid} {action}", {"actions": tuple(a for a in statement.actions if a != action)})
            for action in statement.actions
        ]
        cut += [
            (f"{statement.sid} {one}", {"resources": tuple(r for r in statement.resources if r != one)})
            for one in statement.resources
        ]
        for name, change in cut:
            less = replace(grant, statement=replace(statement, **change))
            grants = (*policy.grants[:index], less, *policy.grants[index + 1 :])
            yield name, replace(plan, role=replace(plan.role, policy=PolicyPlan(policy.kind, grants)))


def test_nothing_of_a_rich_plan_can_go() -> None:
    names = [
        n for n in PARTS if n not in {"exchange", "jwt", "skill-nested", "logs-only", "efs-inputs", "function-url"}
    ]
    plan = _plan(posture(*(n for n in names if not n.startswith(("image", "memory", "no-memory", "own-memory")))))
    assert _codes(plan) == set()
    tried = 0
    for name, less in _triples(plan):
        tried += 1
        assert Code.UNCOVERED_RESOURCE in _codes(less), name
    assert tried > 100


def test_a_resource_that_is_there_only_with_a_list_does_not_serve_without_it() -> None:
    plan = _plan(posture("browser"))
    policy = plan.role.policy
    grants = tuple(
        replace(
            g, statement=replace(g.statement, resources=tuple(r.while_any("others") for r in g.statement.resources))
        )
        if g.statement.sid == "Browser"
        else g
        for g in policy.grants
    )
    assert Code.UNCOVERED_RESOURCE in _codes(
        replace(plan, role=replace(plan.role, policy=PolicyPlan(policy.kind, grants)))
    )


def test_a_denial_of_what_is_called_is_found() -> None:
    plan = _plan(posture("gateway", model="forced-version"))
    policy = plan.role.policy
    grants = tuple(
        replace(
            g,
            statement=replace(
                g.statement,
                conditions=tuple(replace(line, values=(text("arn:other"),)) for line in g.statement.conditions),
            ),
        )
        if g.statement.sid == "DenyWithoutGuardrailVersion"
        else g
        for g in policy.grants
    )
    wrong = replace(plan, role=replace(plan.role, policy=PolicyPlan(policy.kind, grants)))
    assert Code.UNCOVERED_RESOURCE in _codes(wrong)
