"""`tfgen explain`: from every kind of target to what it means, and from that to all that led to it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tfgen.app.explain import explained as explain_posture
from tfgen.app.render import render
from tfgen.app.stages import Refused
from tfgen.catalog.model import STAR, Grant
from tfgen.cli import main as cli
from tfgen.explain import reasons as explained
from tfgen.explain import targets as explain
from tfgen.iam.policy import Effect

ROOT = Path(__file__).parents[2]
RESEARCH = "examples/research-agent/posture.yaml"
PRIVATE = "examples/private-agent/posture.yaml"
HUB = "examples/hub-endpoints/posture.yaml"
IN_A_VPC = [PRIVATE, HUB, "examples/shared-files/posture.yaml", "modules/vpc/posture.yaml"]
NETWORK = "modules/network/main.tf"


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def entries(posture: str, *targets: str) -> list[explained.Entry]:
    found = explain_posture(posture, targets)
    assert not isinstance(found, Refused)
    return [one for meaning in found for one in meaning.entries]


def sids(*targets: str) -> list[str]:
    return [one.name for one in entries(RESEARCH, *targets)]


def told(*targets: str) -> list[tuple[str, str]]:
    """What targets mean in a private network: each name, with its policy or what it is."""
    return [
        (one.name, one.policy if isinstance(one, explained.Explanation) else one.kind)
        for one in entries(PRIVATE, *targets)
        if not isinstance(one, explained.WayIn)
    ]


def line_of(path: str, text: str, posture: str = RESEARCH) -> int:
    rendered = dict(render(posture).files)
    lines = (Path(path).read_text() if path == posture else rendered[path]).splitlines()
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
    every = entries(RESEARCH)
    assert len(every) > 15
    for one in every:
        if isinstance(one, explained.WayIn):
            continue
        assert isinstance(one, explained.Explanation)
        if one.policy.endswith("trust policy"):
            continue
        assert one.rendered, one.grant.statement.sid
        for place in one.rendered:
            path, _, lines = place.rpartition(":")
            assert one.grant.statement.sid in sids(f"{path}:{lines.partition('-')[0]}")
        assert one.places
        assert one.row is not None
        assert one.row.source == one.grant.source


def test_a_statement_says_on_what_it_and_its_rows_rest(capsys: pytest.CaptureFixture[str]) -> None:
    (told,) = entries(RESEARCH, "ApiKey")
    assert isinstance(told, explained.Explanation)
    assert told.grant.basis == "documented"
    assert [(one.kind, one.name) for one in told.facts] == [
        ("value", "vault_name"),
        *(("resource", name) for name in ("provider", "vault", "directory", "identity")),
        ("call", "bedrock-agentcore:GetResourceApiKey"),
    ]
    assert cli.run(["explain", RESEARCH, "ApiKeySecret"]) == 0
    out = capsys.readouterr().out
    assert "\n  basis      documented\n  rests on   value provider_name: documented, https://" in out
    assert "\n             call secretsmanager:GetSecretValue: documented, https://" in out


def test_a_reading_is_told_with_its_thread_and_its_day(capsys: pytest.CaptureFixture[str]) -> None:
    posture = "examples/platform-team/posture.yaml"
    assert cli.run(["explain", posture, "InvokeHarnessRuntime"]) == 0
    told = capsys.readouterr().out.split("\n\n")[0]
    assert re.search(r"\n  basis      documented\n  seen       2026-\d\d-\d\d: .+ \(https://github\.com/\S+\)\n", told)
    assert re.search(r"resource runtime: observed, .+\n {15}seen 2026-\d\d-\d\d: .+ \(https://", told)
    readings = re.findall(r"seen +(2026-.+)\n", told)
    assert len(readings) == len(set(readings)) == 2  # the call rests on what was told of the statement
    assert cli.run(["explain", posture, "InvokeHarnessRuntime", "--format", "json"]) == 0
    statement = json.loads(capsys.readouterr().out)["targets"][0]["statements"][0]
    (reading,) = statement["readings"]
    assert reading["seen"] == "2026-09-21"
    by_name = {one["name"]: one for one in statement["rests_on"]}
    assert by_name["runtime"]["basis"] == "observed"
    assert by_name["bedrock-agentcore:InvokeAgentRuntime"]["readings"] == [reading]
    assert statement["basis"] == by_name["harness"]["basis"] == "documented"


@pytest.mark.parametrize("posture", [RESEARCH, PRIVATE, "examples/complete/posture.yaml"])
def test_behind_each_grant_there_are_its_resources_and_its_calls(posture: str) -> None:
    grants = [one for one in entries(posture) if isinstance(one, explained.Explanation) and isinstance(one.row, Grant)]
    assert len(grants) > 15
    for one in grants:
        named = {fact.name for fact in one.facts if fact.kind == "resource"}
        assert isinstance(one.row, Grant)
        assert named == set(one.row.resources) - {STAR}
        calls = {fact.name for fact in one.facts if fact.kind == "call"}
        if one.grant.statement.effect is Effect.ALLOW:
            assert calls == set(one.grant.statement.actions), one.name
        assert all(fact.source.startswith("https://") for fact in one.facts)
        assert one.grant.basis == one.row.basis


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


def test_an_endpoint_and_a_rule_by_name() -> None:
    assert told("bedrock-runtime", "ecr.api", "s3") == [
        (name, "endpoint") for name in ("bedrock-runtime", "ecr.api", "s3")
    ]
    assert told("egress endpoints", "ingress claims") == [("egress endpoints", "rule"), ("ingress claims", "rule")]
    assert told("endpoints", "sqs") == []


def test_statements_of_endpoint_policies_say_whose_they_are() -> None:
    found = entries(PRIVATE, "EcrToken")
    assert [one.policy for one in found if isinstance(one, explained.Explanation)] == [
        "the execution role's policy",
        "the policy of the endpoint for 'ecr.api'",
        "the policy of the endpoint for 'ecr.dkr'",
    ]
    assert len({one.rendered for one in found}) == 3
    assert told("EcrLayers") == [("EcrLayers", "the policy of the endpoint for 's3'")]
    assert told("FlowLogGroup") == [("FlowLogGroup", "the flow logs' policy")]


def test_what_a_posture_key_brings_to_the_network() -> None:
    brought = [
        ("Gateway", "the execution role's policy"),
        ("Gateway", "the policy of the endpoint for 'bedrock-agentcore.gateway'"),
        ("bedrock-agentcore.gateway", "endpoint"),
    ]
    assert told("harness.tools[0]") == brought
    assert told(f"{PRIVATE}:{line_of(PRIVATE, 'gateway_arn', PRIVATE)}") == brought
    store = [("egress claims", "rule"), ("ingress claims", "rule")]
    assert told("network.data_stores[0].port") == store
    assert told(f"{PRIVATE}:{line_of(PRIVATE, 'port: 5432', PRIVATE)}") == store


@pytest.mark.parametrize("posture", IN_A_VPC)
def test_all_of_the_network_leads_to_its_lines_and_back(posture: str) -> None:
    every = entries(posture)
    rendered = dict(render(posture).files)[NETWORK].splitlines()
    there: dict[str, explained.Entry] = {}
    reached: set[int] = set()
    for one in every:
        for place in (place for place in one.rendered if place.startswith(NETWORK)):
            first, _, last = place.rpartition(":")[2].partition("-")
            assert not reached & {*range(int(first), int(last) + 1)}, one.name
            reached |= {*range(int(first), int(last) + 1)}
            there |= {f"{NETWORK}:{first}": one, f"{NETWORK}:{last}": one}
    assert explain_posture(posture, [*there]) == tuple(
        explained.Meaning(target, (one,)) for target, one in there.items()
    )
    marked = ("Sid ", 'resource "aws_vpc_endpoint"', 'resource "aws_vpc_security_group')
    wanted = {number for number, line in enumerate(rendered, start=1) if line.lstrip().startswith(marked)}
    assert wanted
    assert wanted <= reached


def test_every_reason_has_its_places_and_its_sheet() -> None:
    openings = [one for posture in IN_A_VPC for one in entries(posture) if isinstance(one, explained.Opening)]
    assert {one.kind for one in openings} == {"endpoint", "rule"}
    for statement in entries(PRIVATE):
        if isinstance(statement, explained.Explanation):
            assert statement.row is not None
            assert (statement.row.why, statement.row.source) == (statement.grant.why, statement.grant.source)
    for one in openings:
        assert one.because, one.name
        for because in one.because:
            assert because.places
            assert because.reason.source.startswith("https://")
            assert because.reviewed or because.reason.sheet == "posture"


def test_a_shared_endpoint_is_made_elsewhere() -> None:
    (one,) = entries(HUB, "logs")
    assert isinstance(one, explained.Opening)
    assert one.what == "an interface endpoint that is there already"
    assert not one.rendered


def test_the_network_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", PRIVATE, "monitoring", "egress claims"]) == 0
    endpoint, rule = capsys.readouterr().out.split("\n\n")
    assert endpoint.startswith("monitoring, an interface endpoint\n  why        Metrics are published through this.\n")
    assert "\n  basis      inferred\n" in endpoint
    assert "\n  lets pass  Metrics\n" in endpoint
    assert "\n  allow      tcp 5432 from the security group of sessions to ${claims_database_group}\n" in rule
    assert "\n  sheet " not in rule  # the posture gives the reason itself
    assert "\n  basis " not in rule


def test_the_network_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", PRIVATE, "monitoring", "Metrics", "--format", "json"]) == 0
    endpoint, statements = json.loads(capsys.readouterr().out)["targets"]
    assert endpoint["statements"] == statements["network"] == []
    assert len(statements["statements"]) == 2
    (found,) = endpoint["network"]
    assert (found["kind"], found["name"], found["lets_pass"]) == ("endpoint", "monitoring", ["Metrics"])
    (reason,) = found["reasons"]
    assert (reason["basis"], reason["readings"]) == ("inferred", [])
    assert (reason["sheet"], reason["asked_by"][0]["route"]) == ("metrics", "harness")


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
