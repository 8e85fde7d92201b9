"""Existing roles beside derived ones: what is beyond need, what is lacking, and what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from roles_overgranted import SHAPES, overgrant, table

from tfgen.importing import import_source
from tfgen.imports.compare import Comparison, Numbers, expanded

README = Path(__file__).parent.parent.parent / "README.md"
AC = "arn:aws:bedrock-agentcore:eu-central-1:111122223333"
RUNTIMES = "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/bedrock-agentcore/runtimes"


def test_numbers_of_well_known_roles() -> None:
    assert {name: overgrant(name).numbers for name in SHAPES} == {
        "sample": Numbers(statements=11, actions=28, actions_beyond=13, resources=12, resources_beyond=8),
        "sample-in-use": Numbers(statements=11, actions=28, actions_beyond=0, resources=12, resources_beyond=8),
        "provider": Numbers(statements=1, actions=2, actions_beyond=0, resources=1, resources_beyond=1),
        "cdk-minimal": Numbers(statements=10, actions=27, actions_beyond=7, resources=12, resources_beyond=6),
        "cdk-full": Numbers(statements=28, actions=61, actions_beyond=13, resources=40, resources_beyond=24),
    }


def test_the_readme_shows_the_numbers() -> None:
    shown = (
        README.read_text("utf-8").partition("<!-- overgrant: begin -->\n")[2].partition("<!-- overgrant: end -->")[0]
    )
    assert shown == table()


def response(**harness: Any) -> str:
    model = {"bedrockModelConfig": {"modelId": "amazon.nova-lite-v1:0"}}
    return json.dumps({"harness": {"harnessName": "desk", "model": model, "memory": {"disabled": {}}, **harness}})


def compared(tmp_path: Path, *roles: Any, **harness: Any) -> Comparison:
    (tmp_path / "harness.json").write_text(response(**harness))
    names = []
    for number, role in enumerate(roles):
        path = tmp_path / f"role{number}.{'tf' if isinstance(role, str) else 'json'}"
        path.write_text(role if isinstance(role, str) else json.dumps(role))
        names.append(str(path))
    outcome = import_source(str(tmp_path / "harness.json"), roles=names)
    assert outcome.ok, outcome.diagnostics
    found = outcome.results[0].comparison
    assert found is not None
    return found


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any, resource: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


NEEDED = allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{RUNTIMES}/harness_desk-*:log-stream:*", Sid="Fits")
METRICS = allow(
    "cloudwatch:PutMetricData", "*", Condition={"StringEquals": {"cloudwatch:namespace": "bedrock-agentcore"}}
)


def test_what_is_needed_is_not_beyond_need(tmp_path: Path) -> None:
    found = compared(tmp_path, policy(NEEDED, METRICS))
    assert found.beyond == ()
    assert found.numbers == Numbers(2, 3, 0, 2, 0)
    lacking = {lack.grant.statement.sid for lack in found.lacks}
    assert "LogStreams" not in lacking
    assert {"LogGroups", "Traces", "WorkloadIdentity"} <= lacking


def test_a_wider_resource_an_action_too_much_and_a_missing_condition(tmp_path: Path) -> None:
    found = compared(
        tmp_path,
        policy(
            allow(["logs:PutLogEvents", "logs:DeleteLogStream"], f"{RUNTIMES}/*:log-stream:*", Sid="Wide"),
            allow("cloudwatch:PutMetricData", "*", Sid="Unbound"),
            allow("s3:*", "*", Sid="Other"),
            allow("bedrock:InvokeModelAndMore", "*", Sid="NoSuch"),
        ),
    )
    by_sid = {one.found.statement.sid: one for one in found.beyond}
    assert by_sid["Wide"].not_needed == ("logs:DeleteLogStream",)
    assert by_sid["Wide"].wider == (f"{RUNTIMES}/*:log-stream:*",)
    assert (by_sid["Unbound"].wider, by_sid["Unbound"].unbound) == ((), ("cloudwatch:namespace",))
    assert by_sid["Other"].not_needed == ("s3:*",)
    assert found.unknown_actions == ("bedrock:InvokeModelAndMore",)
    assert found.numbers.actions_beyond == found.numbers.actions - 2


MEMORIES = "arn:aws:bedrock-agentcore:eu-central-1:111122223333:memory"
REMEMBERS = ["CreateEvent", "DeleteEvent", "GetEvent", "ListEvents", "RetrieveMemoryRecords"]


def _remembering(tmp_path: Path, *named: str) -> tuple[tuple[str, ...], list[tuple[bool, set[str]]]]:
    """What a role that may use memories of these names is granted too widely, and what it lacks of its memory."""
    resources = [f"{MEMORIES}/{name}" for name in named]
    role = policy(NEEDED, allow([f"bedrock-agentcore:{one}" for one in REMEMBERS], resources, Sid="Remembers"))
    found = compared(tmp_path, role, memory={"managedMemoryConfiguration": {}})
    lacks = [lack for lack in found.lacks if lack.grant.statement.sid.startswith("ManagedMemory")]
    return (
        tuple(wide for one in found.beyond for wide in one.wider),
        [(lack.sure, {resource.rpartition("/")[2] for _, resource in lack.missing}) for lack in lacks],
    )


def test_a_role_that_reaches_the_memory_by_its_new_name_lacks_nothing(tmp_path: Path) -> None:
    assert _remembering(tmp_path, "desk-*") == ((), [])


def test_a_role_that_reaches_the_memory_by_its_old_name_alone_may_lack_the_new(tmp_path: Path) -> None:
    assert _remembering(tmp_path, "harness_desk_????-??????????") == ((), [(False, {"desk-*"})])


def test_a_role_for_the_documented_name_reaches_other_harnesses_too(tmp_path: Path) -> None:
    wider, lacks = _remembering(tmp_path, "harness_desk_*")
    assert wider == (f"{MEMORIES}/harness_desk_*",)
    assert lacks == [(False, {"desk-*"})]


def test_a_role_that_reaches_another_memory_lacks_both_names(tmp_path: Path) -> None:
    _, lacks = _remembering(tmp_path, "shop-*")
    assert lacks == [(True, {"desk-*"}), (True, {"harness_desk_????-??????????"})]


def test_a_denial_makes_a_grant_lacking(tmp_path: Path) -> None:
    denied = {"Effect": "Deny", "Action": "logs:Put*", "Resource": "*"}
    found = compared(tmp_path, policy(NEEDED, denied))
    (lack,) = [one for one in found.lacks if one.grant.statement.sid == "LogStreams"]
    assert lack.sure
    assert [action for action, _ in lack.missing] == ["logs:PutLogEvents"]


def test_everything_is_told_as_such(tmp_path: Path) -> None:
    found = compared(tmp_path, policy(allow("*", "*")))
    assert found.beyond[0].not_needed == ("*",)
    assert found.lacks == ()
    assert expanded("*") == ("*",)
    assert expanded("sts:Get*Token") == (
        "sts:GetFederationToken", "sts:GetServiceBearerToken", "sts:GetSessionToken",
        "sts:GetDelegatedAccessToken", "sts:GetWebIdentityToken",
    ) or set(expanded("sts:Get*Token")) >= {"sts:GetServiceBearerToken"}  # fmt: skip


def test_all_but_some_is_all(tmp_path: Path) -> None:
    found = compared(tmp_path, policy({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*", "Sid": "AllBut"}))
    assert found.beyond[0].found.excepted == ("iam:*",)
    assert found.beyond[0].found.statement.actions == ("*",)


TRUST = policy(
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "bedrock-agentcore.amazonaws.com"}}
)
BOUND = {
    **TRUST["Statement"][0],
    "Condition": {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": f"{AC}:*"},
    },
}


@pytest.mark.parametrize("encoded", [False, True])
def test_what_the_aws_cli_prints_of_a_role(tmp_path: Path, encoded: bool) -> None:
    trust = quote(json.dumps(TRUST)) if encoded else TRUST
    role = {
        "Role": {"RoleName": "desk", "Arn": "arn:aws:iam::111122223333:role/desk", "AssumeRolePolicyDocument": trust}
    }
    inline = {"RoleName": "desk", "PolicyName": "all", "PolicyDocument": policy(NEEDED)}
    managed = {"PolicyVersion": {"Document": policy(METRICS), "VersionId": "v1", "IsDefaultVersion": True}}
    found = compared(tmp_path, role, inline, managed)
    assert found.open_trust == ("aws:SourceAccount", "aws:SourceArn")
    assert found.numbers.statements == 2
    assert found.beyond == ()
    bound = {"Role": {**role["Role"], "AssumeRolePolicyDocument": policy(BOUND)}}
    assert compared(tmp_path, bound, inline).open_trust == ()


def test_policies_of_terraform(tmp_path: Path) -> None:
    found = compared(
        tmp_path,
        """
locals {
  runtimes = "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/bedrock-agentcore/runtimes"
}
data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.runtimes}/harness_desk-*:log-stream:*"]
  }
  statement {
    sid       = "Metrics"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "cloudwatch:namespace"
      values   = ["bedrock-agentcore"]
    }
  }
}
resource "aws_iam_policy" "logs" {
  policy = data.aws_iam_policy_document.logs.json
}
resource "aws_iam_role_policy" "late" {
  role   = "desk"
  policy = templatefile("policy.json.tftpl", {})
}
""",
    )
    assert found.numbers == Numbers(2, 3, 0, 2, 0)
    assert [one.why for one in found.unread] == ['`templatefile("policy.json.tftpl", {})` is not known']


def test_expressions_of_the_source_are_the_same_on_both_sides(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("""
locals {
  call     = "bedrock-agentcore:InvokeGateway"
  gateways = { one = aws_bedrockagentcore_gateway.one, two = aws_bedrockagentcore_gateway.two }
}
resource "aws_iam_role" "desk" {
  assume_role_policy = "{}"
}
resource "aws_iam_role_policy" "desk" {
  role = aws_iam_role.desk.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "One", Effect = "Allow", Action = local.call, Resource = local.gateways.one.gateway_arn },
      { Sid = "Two", Effect = "Allow", Action = local.call, Resource = local.gateways.two.gateway_arn },
    ]
  })
}
resource "aws_bedrockagentcore_harness" "desk" {
  harness_name       = "desk"
  execution_role_arn = aws_iam_role.desk.arn
  model {
    bedrock_model_config {
      model_id = "amazon.nova-lite-v1:0"
    }
  }
  tool {
    type = "agentcore_gateway"
    name = "one"
    config {
      agentcore_gateway {
        gateway_arn = aws_bedrockagentcore_gateway.one.gateway_arn
      }
    }
  }
}
""")
    outcome = import_source(str(tmp_path))
    found = outcome.results[0].comparison
    assert found is not None
    assert [one.found.statement.sid for one in found.beyond] == ["Two"]
    assert "Gateway" not in {lack.grant.statement.sid for lack in found.lacks}


UNREAD = {
    "no mapping": (["x"], "a statement is a mapping"),
    "no effect": ({"Effect": "Maybe", "Action": "s3:GetObject", "Resource": "*"}, "'Maybe' is no effect"),
    "actions that are none": (allow([1], "*"), "an action is text"),
    "resources that are none": (allow("s3:GetObject", [{}]), "text is needed here"),
    "conditions without keys": (allow("s3:GetObject", "*", Condition={"Bool": 1}), "the condition Bool has no keys"),
}


@pytest.mark.parametrize("case", UNREAD)
def test_what_is_no_statement_is_told(case: str, tmp_path: Path) -> None:
    statement, why = UNREAD[case]
    found = compared(
        tmp_path,
        {"Statement": [statement, NEEDED]} if isinstance(statement, dict) else {"Statement": [*statement, NEEDED]},
    )
    assert [one.why for one in found.unread] == [why]
    assert found.numbers.statements == 1
