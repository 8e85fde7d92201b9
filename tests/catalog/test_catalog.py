"""The sheets, held against AWS's service authorization data: a fact that AWS does not know must not be granted."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from every import every
from pydantic import ValidationError

import tfgen.catalog
from tfgen.catalog import authorization, load
from tfgen.catalog.model import CONTEXT, PLACEHOLDER, STAR, Grant, Sheet
from tfgen.diagnostics import InternalError
from tfgen.iam.text import Slot, Source, join
from tfgen.plan.grants import fill
from tfgen.proof.overlap import overlaps

FOLDER = Path(tfgen.catalog.__file__).parent
ALL = [load.sheet(name) for name in load.SHEETS]


def rows() -> Iterator[tuple[Sheet, Grant]]:
    for sheet in ALL:
        for grant in sheet.grant:
            yield sheet, grant


def test_every_sheet_on_disk_is_listed_and_only_those() -> None:
    assert {path.stem for path in (FOLDER / "sheets").glob("*.toml")} == set(load.SHEETS)


@pytest.mark.parametrize("sheet", ALL, ids=lambda sheet: sheet.id)
def test_a_sheet_as_it_is_loaded_is_what_validation_makes_of_it(sheet: Sheet) -> None:
    data = tomllib.loads(load.resource_bytes(f"sheets/{sheet.id}.toml").decode())
    validated = Sheet.model_validate(data)
    assert sheet == validated
    assert repr(sheet) == repr(validated)  # to the type of each value


def test_a_sheet_with_an_unknown_key_is_not_even_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    load.sheet.cache_clear()
    data = load.resource_bytes("sheets/gateway.toml") + b"\n[[grnat]]\n"
    monkeypatch.setattr(load, "resource_bytes", lambda _: data)
    with pytest.raises(InternalError, match="not well formed: 'grnat'"):
        load.sheet("gateway")


@pytest.mark.parametrize("sheet", ALL, ids=lambda sheet: sheet.id)
def test_a_sheet_has_a_review_date(sheet: Sheet) -> None:
    assert sheet.reviewed > datetime.date(2026, 1, 1)


EVERY_GRANT = every(("sheet", "grant"), ((f"{sheet.id}-{grant.sid}", (sheet, grant)) for sheet, grant in rows()))


@EVERY_GRANT
def test_actions_exist(sheet: Sheet, grant: Grant) -> None:
    assert [action for action in grant.actions if authorization.action(action) is None] == []


@EVERY_GRANT
def test_conditions_are_taken_by_every_action(sheet: Sheet, grant: Grant) -> None:
    for action in grant.actions:
        facts = authorization.action(action)
        assert facts is not None
        assert [line.key for line in grant.conditions if not authorization.takes_condition(facts, line.key)] == []


@EVERY_GRANT
def test_star_only_where_no_resource_type_is_required(sheet: Sheet, grant: Grant) -> None:
    if STAR in grant.resources and grant.effect == "Allow":
        needing = [a for a in grant.actions if (facts := authorization.action(a)) is not None and facts.required]
        assert needing == []


@EVERY_GRANT
def test_resources_are_of_a_type_that_some_action_takes(sheet: Sheet, grant: Grant) -> None:
    named = {row.name: row for row in sheet.resource}
    facts = [authorization.action(action) for action in grant.actions]
    taken = {kind for fact in facts if fact is not None for kind in fact.required | fact.optional}
    for name in grant.resources:
        if name != STAR and grant.decision is None:
            assert {kind.partition(":")[2].lower() for kind in named[name].types} <= taken, name


@EVERY_GRANT
def test_a_disagreement_in_the_sources_has_a_decision(sheet: Sheet, grant: Grant) -> None:
    """A bare star on an action of AgentCore or Logs is where documentation and data disagree: both are told."""
    if (
        grant.effect == "Allow"
        and STAR in grant.resources
        and grant.actions[0].startswith(("bedrock-agentcore:", "logs:"))
    ):
        assert grant.decision is not None


@pytest.mark.parametrize("sheet", ALL, ids=lambda sheet: sheet.id)
def test_arns_have_the_form_of_their_types(sheet: Sheet) -> None:
    names = CONTEXT | set(sheet.values) | {row.name for row in sheet.derive}
    values = {name: join(Slot(Source.CONTEXT, name)) for name in names}
    for row in sheet.resource:
        for kind in row.types:
            pattern = authorization.type_pattern(kind)
            assert pattern is not None, kind
            assert overlaps(fill(row.arn, values), pattern), (row.name, kind)


@pytest.mark.parametrize("sheet", ALL, ids=lambda sheet: sheet.id)
def test_a_wildcard_in_an_arn_has_a_reason(sheet: Sheet) -> None:
    for row in sheet.resource:
        literal = PLACEHOLDER.sub("", row.arn)
        wild = "*" in literal or "?" in literal or "profile_regions" in row.arn
        assert bool(row.broad) == wild, row.name


def test_no_arn_names_a_partition_region_or_account() -> None:
    """What differs between accounts comes from Terraform, so one module works in every partition and region."""
    for sheet in ALL:
        for row in sheet.resource:
            if row.arn.startswith("arn:"):
                fields = row.arn.split(":")
                assert fields[1] == "{partition}", row.name
                assert re.fullmatch(r"\{([a-z]+_)?regions?\}|\*|", fields[3]), row.name
                assert re.fullmatch(r"\{([a-z]+_)?account\}|aws|\*|", fields[4]), row.name


def test_sids_are_unique_within_a_part() -> None:
    for part in ("execution-role", "access", "guardrails"):
        sids = [grant.sid for sheet, grant in rows() if sheet.part == part]
        assert len(sids) == len(set(sids))


def test_the_curated_alternatives_hold_in_the_data() -> None:
    for actions, any_of in authorization.alternatives():
        for action in actions:
            facts = authorization.action(action)
            assert facts is not None, action
            required = {f"{action.partition(':')[0]}:{kind}" for kind in facts.required}
            assert required, action
            assert required <= any_of, action


def test_an_action_in_the_wrong_case_is_unknown() -> None:
    assert authorization.action("s3:GetObject") is not None
    assert authorization.action("s3:getobject") is None
    assert authorization.action("nosuchservice:GetObject") is None
    assert authorization.action("../s3:GetObject") is None
    assert authorization.action("s3") is None


def test_condition_keys_with_a_variable_part() -> None:
    facts = authorization.action("bedrock-agentcore:CreateEvent")
    assert facts is not None
    assert authorization.takes_condition(facts, "bedrock-agentcore:namespaceVariable/tenant")
    assert authorization.takes_condition(facts, "aws:SourceVpc")
    assert authorization.takes_condition(facts, "aws:PrincipalTag/team")
    assert not authorization.takes_condition(facts, "aws:SourceVpcc")
    assert not authorization.takes_condition(facts, "bedrock-agentcore:nosuch")
    facts = authorization.action("kms:Decrypt")
    assert facts is not None
    assert authorization.takes_condition(facts, "kms:EncryptionContext:aws:bedrock-agentcore:vault")
    assert not authorization.takes_condition(facts, "kms:EncryptionContextOf")


def _data() -> dict[str, object]:
    return tomllib.loads(load.resource_bytes("sheets/gateway.toml").decode())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"resources": ["*"]}, "needs `unscoped`"),
        ({"unscoped": "no reason to be here"}, r"goes with '\*' only"),
        ({"when": ["nosuch"]}, "variants that the sheet lacks"),
        ({"resources": ["nosuch"]}, "used and declared differ"),
        ({"actions": []}, "at least 1 item"),
        ({"actions": ["bedrock-agentcore:*"]}, "should match pattern"),
        ({"why": ""}, "at least 10"),
        ({"source": "the docs"}, "should match pattern"),
        ({"extra": 1}, "Extra inputs"),
        ({"conditions": [{"operator": "StringEquals", "key": "aws:PrincipalArn", "values": ["{nosuch}"]}]}, "nosuch"),
    ],
)
def test_a_sheet_that_does_not_fit_is_refused(change: dict[str, object], said: str) -> None:
    data = _data()
    grants = data["grant"]
    assert isinstance(grants, list)
    grants[0].update(change)
    with pytest.raises(ValidationError, match=said):
        Sheet.model_validate(data)


def test_a_resource_takes_the_place_of_one_that_is_there() -> None:
    data = _data()
    resources = data["resource"]
    assert isinstance(resources, list)
    resources[0]["instead_of"] = "nosuch"
    with pytest.raises(ValidationError, match="takes the place of what the sheet lacks"):
        Sheet.model_validate(data)


def test_a_sheet_needs_its_sources() -> None:
    for key in ("source", "reviewed", "title", "id", "part"):
        data = _data()
        del data[key]
        with pytest.raises(ValidationError, match=key):
            Sheet.model_validate(data)


def test_a_form_that_can_be_an_input_has_an_example_that_fits() -> None:
    forms = [form for sheet in ALL for form in sheet.form if form.input]
    assert forms
    for form in forms:
        assert re.fullmatch(form.input, form.example), form.input
