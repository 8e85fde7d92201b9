"""How callers get in: the README's first table, `explain` and its JSON, and policies that let nobody in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tfgen.app.check import check
from tfgen.app.render import render
from tfgen.catalog import load
from tfgen.catalog.ways import ways as facts
from tfgen.cli import main as cli
from tfgen.diagnostics import Code
from tfgen.posture.access import LIMITED

POOL = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE"
JWT = {
    "custom_jwt_authorizer": {
        "discovery_url": f"{POOL}/.well-known/openid-configuration",
        "allowed_clients": ["3example0client1id2"],
    }
}


def posture(folder: Path, **more: object) -> str:
    harness: dict[str, object] = {
        "harness_name": "shop",
        "model": {"bedrock_model_config": {"model_id": "amazon.nova-pro-v1:0"}},
        "memory": {"disabled": {}},
    }
    harness |= {key: value for key, value in more.items() if key == "authorizer_configuration"}
    rest = {key: value for key, value in more.items() if key != "authorizer_configuration"}
    path = folder / "posture.yaml"
    path.write_text(yaml.safe_dump({"tfgen": 1, "name": "shop", "harness": harness, **rest}, sort_keys=False))
    return str(path)


def first_table(name: str) -> list[list[str]]:
    """The cells of the first table of the root's README, without its head."""
    lines = dict(render(name).files)["README.md"].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("| "))
    end = next(number for number in range(start, len(lines)) if not lines[number])
    return [line.strip("| ").split(" | ") for line in lines[start + 2 : end]]


def idle(name: str) -> list[tuple[str, str]]:
    return [
        (found.message, f"{found.span.line}:{found.span.column}" if found.span else "")
        for found in check(name).diagnostics
        if found.code is Code.IDLE_POLICY
    ]


def test_a_token_is_the_way_in(tmp_path: Path) -> None:
    signed, token = first_table(posture(tmp_path, authorizer_configuration=JWT))
    assert signed[1] == "refused"
    assert signed[2].startswith("Nobody talks to the agent this way, whatever IAM policies allow.")
    assert token[1] == "**accepted**"
    assert f"issuer is `{POOL}`" in token[2]
    assert "client is `3example0client1id2`" in token[2]
    assert "IAM policies of callers let nobody in" in token[3]


def test_a_signature_is_the_way_in(tmp_path: Path) -> None:
    access = [{"name": "shop", "may": ["invoke"]}, {"name": "watch", "may": ["read"]}]
    signed, token = first_table(posture(tmp_path, access=access))
    assert (signed[1], token[1]) == ("**accepted**", "refused")
    assert "the policy of 'shop'," in signed[2]
    assert "takes no tokens" in token[2]


def test_every_condition_of_a_token_is_told(tmp_path: Path) -> None:
    match = {"claim_match_operator": "CONTAINS_ANY", "claim_match_value": {"match_value_string_list": ["a", "b"]}}
    jwt = {
        "discovery_url": "https://id.example.com/.well-known/openid-configuration",
        "allowed_audience": ["shop", "desk"],
        "allowed_scopes": ["orders.read"],
        "custom_claims": [
            {
                "inbound_token_claim_name": "groups",
                "inbound_token_claim_value_type": "STRING_ARRAY",
                "authorizing_claim_match_value": match,
            }
        ],
    }
    name = posture(tmp_path, authorizer_configuration={"custom_jwt_authorizer": jwt})
    _, token = first_table(name)
    assert token[2].split("<br>")[1:] == [
        "issuer is what this document says `https://id.example.com/.well-known/openid-configuration`",
        "audience holds one of `shop`, `desk`",
        "scope holds `orders.read`",
        "claim groups holds one of `a`, `b`",
    ]


def test_another_authorizer_is_another_way(tmp_path: Path) -> None:
    rows = first_table(posture(tmp_path, also=[{"authorizer_configuration": JWT}]))
    assert [row[1] for row in rows] == ["accepted, where the harness has this one"] * 2
    other = {"custom_jwt_authorizer": {**JWT["custom_jwt_authorizer"], "allowed_clients": ["another"]}}
    both = first_table(posture(tmp_path, authorizer_configuration=JWT, also=[{"authorizer_configuration": other}]))
    assert [row[1] for row in both] == ["refused", *["accepted, where the harness has this one"] * 2]


def test_explain_tells_it_in_both_forms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = posture(tmp_path, authorizer_configuration=JWT)
    assert cli.run(["explain", name, "token"]) == 0
    told = capsys.readouterr().out
    assert f"  must hold  issuer is {POOL}\n             client is 3example0client1id2\n" in told
    assert cli.run(["explain", name, "--format", "json"]) == 0
    signed, token = json.loads(capsys.readouterr().out)["targets"][0]["ways_in"]
    assert (signed["accepted"], token["accepted"]) == (False, True)
    assert token["token_must_hold"] == [
        {"what": "issuer", "how": "is", "values": [POOL]},
        {"what": "client", "how": "is", "values": ["3example0client1id2"]},
    ]


@pytest.mark.parametrize("persona", sorted(LIMITED))
def test_a_policy_that_lets_nobody_in_is_found(persona: str, tmp_path: Path) -> None:
    access = [{"name": "shop", "may": ["read", persona]}]
    (found,) = idle(posture(tmp_path, access=access, authorizer_configuration=JWT))
    row = next(row for row in facts().policy if row.sheet == f"caller-{persona}")
    assert found[0] == f"the policy of the callers 'shop' {row.effect}; {row.keeps}"
    assert found[1]
    assert idle(posture(tmp_path, access=access)) == []
    assert idle(posture(tmp_path, access=access, also=[{"authorizer_configuration": JWT}])) == []


def test_a_limit_to_endpoints_changes_nothing(tmp_path: Path) -> None:
    access = [{"name": "shop", "may": ["invoke"], "endpoints": ["LIVE", "TEST"]}]
    assert len(idle(posture(tmp_path, access=access, authorizer_configuration=JWT))) == 1


def test_those_who_manage_are_signed_in_any_case(tmp_path: Path) -> None:
    access = [{"name": "ops", "may": ["read", "operate", "deploy", "audit"]}]
    assert idle(posture(tmp_path, access=access, authorizer_configuration=JWT)) == []


def test_the_table_speaks_of_sheets_that_exist_and_decides_only_what_is_known() -> None:
    rows = facts().policy
    assert {row.sheet for row in rows} == {f"caller-{persona}" for persona in LIMITED}
    assert all(load.sheet(row.sheet) for row in rows)
    assert all("AWS does not say" in row.keeps for row in rows if not row.certain)
    assert all(row.basis != "inferred" for row in rows if row.certain)
