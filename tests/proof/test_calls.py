"""The proof from the calls: it misses no row, action, resource or condition that goes, and none that comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache, partial
from typing import Any

import pytest
from caller_samples import MADE, POSTURES, plan_of
from every import every
from feature_samples import MODELS, PARTS, posture

from tfgen.catalog import authorization, load
from tfgen.catalog.model import STAR, Call, Grant, Sheet
from tfgen.diagnostics import Code, Finding
from tfgen.iam.text import Text, text
from tfgen.plan.build import build
from tfgen.plan.model import CallerPolicy, Plan
from tfgen.plan.policies import policies
from tfgen.plan.statements import Grant as PlannedGrant
from tfgen.plan.statements import PolicyPlan
from tfgen.posture import Posture, validate
from tfgen.proof import calls
from tfgen.proof.sufficient import needs

SHEETS = [load.sheet(name) for name in load.SHEETS if load.sheet(name).part != "guardrails"]
"""All but those of control policies: these allow nothing, and deny what others might call."""
ROWS = [(sheet, row) for sheet in SHEETS for row in sheet.grant]
BESIDE = [(sheet, row) for sheet, row in ROWS if sheet.part != "execution-role"]
"""The rows of callers, gateways and flow logs."""
CALLS = [
    (sheet, call) for sheet in SHEETS for call in sheet.call if sheet.part != "execution-role" and not call.refused
]
"""Their calls; sheets of the execution role may share calls, and a denial may also stand for what no sheet calls."""
FOREIGN = "s3:DeleteBucket"


def _valid(data: dict[str, Any]) -> Posture:
    validation = validate(data)
    assert validation.posture is not None, validation.findings
    return validation.posture


def _built(posture: Posture) -> Plan:
    return build(posture)[0]


def _plan(data: dict[str, Any]) -> Plan:
    return _built(_valid(data))


@cache
def _samples() -> tuple[tuple[Callable[[], Plan], frozenset[tuple[str, str]]], ...]:
    """What makes plans, and the rows that they use; those with the fewest rows first, which are quickly made."""
    postures = [*(posture(name) for name in PARTS), *(posture(model=model) for model in MODELS)]
    postures += [{**data, "access": [caller]} for data in POSTURES for caller in data["access"]]
    made: list[Callable[[], Plan]] = [*(partial(_built, _valid(data)) for data in postures), *MADE]
    return tuple(sorted(((make, frozenset(_rows(make()))) for make in made), key=lambda sample: len(sample[1])))


def _rows(plan: Plan) -> Iterator[tuple[str, str]]:
    return ((grant.origin.sheet, grant.origin.row) for one in policies(plan) for grant in one.policy.grants)


def _codes(plan: Plan) -> set[Code]:
    return {finding.code for finding in calls.check(plan)}


Found = Callable[[Sheet, Grant, Sheet], list[Finding]]
Changed = Callable[[Sheet, Grant, Grant | None], set[Code]]


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Found:
    """What the proof says of a plan that uses a row and is made from a catalog in which one sheet is another."""
    original = load.sheet

    def run(sheet: Sheet, row: Grant, mutant: Sheet) -> list[Finding]:
        make = next(make for make, rows in _samples() if (sheet.id, row.sid) in rows)
        with monkeypatch.context() as patch:
            patch.setattr(load, "sheet", lambda name: mutant if name == sheet.id else original(name))
            return list(calls.check(make()))

    return run


def _with(sheet: Sheet, row: Grant, other: Grant | None) -> Sheet:
    """The sheet with another row in the place of one, or with none."""
    rows = (one if one.sid != row.sid else other for one in sheet.grant)
    return sheet.model_copy(update={"grant": tuple(one for one in rows if one is not None)})


@pytest.fixture
def changed(found: Found) -> Changed:
    """The codes of what the proof says when one row is another, or is not there."""
    return lambda sheet, row, other: {one.code for one in found(sheet, row, _with(sheet, row, other))}


def each(rows: Iterable[tuple[Sheet, Grant]]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make one test of a check of rows."""
    return every(("sheet", "row"), ((f"{sheet.id}-{row.sid}", (sheet, row)) for sheet, row in rows))


@each(ROWS)
def test_it_cannot_go(sheet: Sheet, row: Grant, changed: Changed) -> None:
    assert Code.UNCOVERED_RESOURCE in changed(sheet, row, None)


@each((sheet, row) for sheet, row in ROWS if len(row.actions) > 1)
def test_no_action_can_go(sheet: Sheet, row: Grant, changed: Changed) -> None:
    for action in row.actions:
        left = tuple(one for one in row.actions if one != action)
        assert Code.UNCOVERED_RESOURCE in changed(sheet, row, row.model_copy(update={"actions": left})), action


@each((sheet, row) for sheet, row in ROWS if len(row.resources) > 1)
def test_no_resource_can_go(sheet: Sheet, row: Grant, changed: Changed) -> None:
    for name in row.resources:
        left = tuple(one for one in row.resources if one != name)
        assert Code.UNCOVERED_RESOURCE in changed(sheet, row, row.model_copy(update={"resources": left})), name


# The one that is left out narrows what the token already says; `necessary` holds the statement to its row.
@each((sheet, row) for sheet, row in ROWS if row.conditions and row.sid != "WorkloadIdentityForUserOfIssuer")
def test_no_condition_can_go(sheet: Sheet, row: Grant, changed: Changed) -> None:
    for line in row.conditions:
        left = tuple(one for one in row.conditions if one is not line)
        assert changed(sheet, row, row.model_copy(update={"conditions": left})), line.key


@each(ROWS)
def test_no_action_can_come(sheet: Sheet, row: Grant, changed: Changed) -> None:
    more = row.model_copy(update={"actions": (*row.actions, FOREIGN)})
    assert Code.NOT_NEEDED in changed(sheet, row, more)


@each((sheet, row) for sheet, row in ROWS if STAR not in row.resources)
def test_no_resource_can_become_everything(sheet: Sheet, row: Grant, changed: Changed) -> None:
    assert Code.NOT_NEEDED in changed(sheet, row, row.model_copy(update={"resources": (STAR,)}))


@each(ROWS)
def test_it_cannot_turn_into_its_opposite(sheet: Sheet, row: Grant, changed: Changed) -> None:
    other = "Deny" if row.effect == "Allow" else "Allow"
    assert changed(sheet, row, row.model_copy(update={"effect": other}))


def _foreign(row: Grant) -> list[str]:
    """What other rows of callers, gateways and flow logs grant."""
    return sorted({action for _, other in BESIDE for action in other.actions} - set(row.actions))


@each(BESIDE)
def test_no_action_of_other_rows_can_come(sheet: Sheet, row: Grant, found: Found) -> None:
    foreign = _foreign(row)
    more = row.model_copy(update={"actions": (*row.actions, *foreign)})
    messages = [one.message for one in found(sheet, row, _with(sheet, row, more)) if one.code is Code.NOT_NEEDED]
    assert [action for action in foreign if not any(repr(action) in message for message in messages)] == []


@every(("sheet", "call"), ((f"{sheet.id}-{call.action}", (sheet, call)) for sheet, call in CALLS))
def test_no_call_can_go(sheet: Sheet, call: Call, found: Found) -> None:
    row = next(
        row
        for row in sheet.grant
        if call.action in row.actions
        and set(call.on) & set(row.resources)
        and (not call.when or not row.when or set(call.when) & set(row.when))
    )
    left = sheet.model_copy(update={"call": tuple(one for one in sheet.call if one is not call)})
    assert Code.NOT_NEEDED in {one.code for one in found(sheet, row, left)}


def test_how_much_was_tried(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        for part in dict.fromkeys(sheet.part for sheet in SHEETS):
            sheets = [sheet for sheet in SHEETS if sheet.part == part and sheet.grant]
            rows = [row for sheet in sheets for row in sheet.grant]
            print(
                f"\ncatalog, {part}: {len(sheets)} sheets, {len(rows)} rows, "
                f"{sum(len(row.actions) for row in rows)} granted actions, {sum(len(sheet.call) for sheet in sheets)} "
                f"calls; every row, action and resource was taken out and a foreign one put in",
                end="",
            )
        tried = sum(len(_foreign(row)) for _, row in BESIDE)
        print(f"\ncalls taken out: {len(CALLS)}; other rows' actions put in: {tried}", end="")
    assert len(ROWS) >= 60 + len(BESIDE)
    assert len(BESIDE) >= 45
    assert len(CALLS) >= 80


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
        for key in call.each:
            assert authorization.takes_condition(facts, key.replace("{key}", "team")), (call.action, key)
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
    mounts = {"efs-inputs", "s3-files-inputs", "s3-mount-inputs"}  # a harness takes five
    left = {"exchange", "jwt", "skill-nested", "logs-only", "function-url", *mounts}
    names = [n for n in PARTS if n not in left]
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


def _callers(plan: Plan, key: str, change: Callable[[PlannedGrant], tuple[PlannedGrant, ...]]) -> Plan:
    """The plan with other statements for some callers."""

    def made(caller: CallerPolicy) -> CallerPolicy:
        grants = tuple(other for grant in caller.policy.grants for other in change(grant))
        return replace(caller, policy=replace(caller.policy, grants=grants))

    return replace(plan, callers=tuple(made(one) if one.key == key else one for one in plan.callers))


def _values(grant: PlannedGrant, change: Callable[[tuple[Text, ...]], tuple[Text, ...]]) -> PlannedGrant:
    lines = tuple(replace(line, values=change(line.values)) for line in grant.statement.conditions)
    return replace(grant, statement=replace(grant.statement, conditions=lines))


@pytest.mark.parametrize("key", ["operate", "deploy"])
def test_callers_are_bound_to_the_values_of_the_posture_and_to_no_others(key: str) -> None:
    plan = plan_of(POSTURES[0])
    assert _codes(plan) == set()
    wider = _callers(plan, key, lambda grant: (_values(grant, lambda values: (*values, text("subnet-1"))),))
    assert _codes(wider) == {Code.NOT_NEEDED}
    others = _callers(plan, key, lambda grant: (_values(grant, lambda values: (text("subnet-1"),)),))
    assert Code.UNCOVERED_RESOURCE in _codes(others)


def test_a_finding_names_the_policy() -> None:
    plan = plan_of(POSTURES[0])
    nothing = calls.check(_callers(plan, "read", lambda grant: ()))
    whose = "the policy of the callers 'read' does not "
    assert [finding.message for finding in nothing if not finding.message.startswith(whose)] == []


def test_personas_may_be_given_the_same_but_none_of_them_twice() -> None:
    data = {**POSTURES[0], "access": [{"name": "all", "may": ["invoke", "invoke-command", "shell", "read", "audit"]}]}
    plan = plan_of(data)
    assert _codes(plan) == set()

    def again(grant: PlannedGrant) -> tuple[PlannedGrant, ...]:
        return grant, replace(grant, origin=replace(grant.origin, row="Again"))

    assert _codes(_callers(plan, "all", again)) == {Code.NOT_NEEDED}
