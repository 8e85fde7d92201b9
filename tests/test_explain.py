"""`tfgen explain`: from every kind of target to the statement, and from the statement to all that led to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tfgen import app, cli, explain

ROOT = Path(__file__).parent.parent
RESEARCH = "examples/research-agent/posture.yaml"


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def sids(*targets: str) -> list[str]:
    found = app.explained(RESEARCH, targets)
    assert not isinstance(found, app.Rendered)
    return [one.grant.statement.sid for _, statements in found for one in statements]


def line_of(path: str, text: str) -> int:
    rendered = dict(app.render(RESEARCH).files)
    lines = (Path(RESEARCH).read_text() if path == RESEARCH else rendered[path]).splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def test_by_sid_and_by_action() -> None:
    assert sids("BrowserStreams") == ["BrowserStreams"]
    assert sids("secretsmanager:GetSecretValue") == ["ApiKeySecret"]
    assert sids("SecretsManager:getsecretvalue") == []  # a service's name is lower case
    assert sids("secretsmanager:getsecretvalue") == ["ApiKeySecret"]
    assert sids("logs:*") == ["LogGroups", "LogStreams", "LogGroupsList", "LogResourcePolicy"]


def test_by_posture_key_and_line() -> None:
    assert sids("harness.tools[0]") == ["Browser", "BrowserStreams"]
    assert sids("harness.tools") == ["Browser", "BrowserStreams", "CodeInterpreter"]
    assert sids("harness.tools[1].name") == ["CodeInterpreter"]
    key = line_of(RESEARCH, "api_key_arn")
    assert sids(f"{RESEARCH}:{key}") == ["ApiKey", "ApiKeySecret"]
    assert sids(f"{RESEARCH}:9999") == []


def test_by_line_of_the_rendered_tree() -> None:
    path = "modules/execution-role/main.tf"
    line = line_of(path, '"CodeInterpreter"')
    assert sids(f"{path}:{line}", f"anywhere/out/{path}:{line}:7") == ["CodeInterpreter", "CodeInterpreter"]
    assert sids(f"modules/access/main.tf:{line_of('modules/access/main.tf', 'ListHarnesses')}") == ["ListHarnesses"]
    assert sids("modules/access/main.tf:1") == []


def test_every_statement_leads_to_its_line_and_back() -> None:
    found = app.explained(RESEARCH, ())
    assert not isinstance(found, app.Rendered)
    ((_, every),) = found
    assert len(every) > 15
    for one in every:
        if one.policy.endswith("trust policy"):
            continue
        assert one.rendered, one.grant.statement.sid
        for place in one.rendered:
            path, _, lines = place.rpartition(":")
            assert one.grant.statement.sid in sids(f"{path}:{lines.partition('-')[0]}")
        assert one.places
        assert one.row is not None
        assert one.row.source == one.grant.source


def test_a_decision_is_told_with_both_readings(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", RESEARCH, "BrowserStreams"]) == 0
    out = capsys.readouterr().out
    for part in (
        "documented ",
        "data       ",
        "chosen     ",
        "because    ",
        "asked by   ",
        "rendered   ",
        "source     ",
    ):
        assert f"\n  {part}" in out
    assert f"{RESEARCH}:12:7: harness.tools[0]" in out


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", RESEARCH, "ApiKey", "nosuch", "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert [len(target["statements"]) for target in data["targets"]] == [1, 0]
    (statement,) = data["targets"][0]["statements"]
    assert statement["statement"]["Action"] == ["bedrock-agentcore:GetResourceApiKey"]
    assert statement["asked_by"][0]["route"] == "harness.model.openai_model_config.api_key_arn"
    assert statement["sheet"] == "api-key"
    assert statement["reviewed"] == "2026-11-24"


def test_a_posture_with_mistakes_is_reported_not_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", "tests/cases/bad/unions.yaml"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "3 errors" in captured.err


@pytest.mark.parametrize(
    ("written", "route"),
    [
        ("harness.tools[0].name", ("harness", "tools", 0, "name")),
        ("access[2]", ("access", 2)),
        ("harness", ("harness",)),
    ],
)
def test_routes_as_they_are_written(written: str, route: tuple[str | int, ...]) -> None:
    assert explain.route_of(written) == route
    assert explain.route_text(route) == written
