"""Existing roles beside derived ones: what is beyond need, what is lacking, and what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from roles_overgranted import SHAPES, overgrant

from tfgen.app.import_ import import_source
from tfgen.imports.compare import Comparison, Numbers, expanded
from tfgen.report.imports import comparison_data, comparison_text

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
    assert found.numbers is not None
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
    assert found.beyond[0].found.statement.but_actions == ("iam:*",)
    assert found.beyond[0].not_needed == ("*",)
    assert found.lacks == ()
    assert "  all but      iam:*" in "\n".join(comparison_text(found))


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
    assert found.trust.open == ("aws:SourceAccount", "aws:SourceArn")
    assert found.numbers is not None
    assert found.numbers.statements == 2
    assert found.beyond == ()
    bound = {"Role": {**role["Role"], "AssumeRolePolicyDocument": policy(BOUND)}}
    assert compared(tmp_path, bound, inline).trust.open == ()


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
    assert (found.numbers, found.beyond, found.lacks) == (None, (), ())
    assert [one.why for one in found.unread] == [f"there is no file {str(tmp_path / 'policy.json.tftpl')!r}"]


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
    "no effect": ({"Effect": "Maybe", "Action": "s3:GetObject", "Resource": "*"}, '"Maybe" is no effect'),
    "a list of effects": ({"Effect": ["Allow"], "Action": "s3:GetObject", "Resource": "*"}, '["Allow"] is no effect'),
    "no action": ({"Effect": "Allow", "Resource": "*"}, "a statement has Action or NotAction"),
    "both": (allow("s3:GetObject", "*", NotAction="s3:*"), "a statement has Action or NotAction, not both"),
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
    assert found.numbers is None


def lacking(found: Comparison) -> set[str]:
    return {action for lack in found.lacks for action, _ in lack.missing}


def test_a_denial_of_all_but_some_takes_only_the_rest_away(tmp_path: Path) -> None:
    """`Allow *` with `Deny NotAction` is how a boundary is often written: what it leaves is granted."""
    kept = {"Effect": "Deny", "NotAction": ["logs:*", "xray:*"], "Resource": "*"}
    found = compared(tmp_path, policy(allow("*", "*"), kept))
    assert {action.partition(":")[0] for action in lacking(found)} & {"logs", "xray"} == set()
    assert "bedrock:InvokeModel" in lacking(found)
    assert all(lack.sure for lack in found.lacks)


def test_a_denial_of_all_resources_but_some(tmp_path: Path) -> None:
    kept = {"Effect": "Deny", "Action": "logs:*", "NotResource": [f"{RUNTIMES}/harness_desk-*"]}
    found = compared(tmp_path, policy(allow("logs:*", "*"), kept))
    assert not {"logs:PutLogEvents", "logs:CreateLogStream"} & lacking(found)
    elsewhere = {**kept, "NotResource": [f"{RUNTIMES}/harness_other-*"]}
    found = compared(tmp_path, policy(allow("logs:*", "*"), elsewhere))
    assert {"logs:PutLogEvents", "logs:CreateLogStream"} <= lacking(found)


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {"cloudwatch:namespace": "*"}},
        {"StringEqualsIfExists": {"cloudwatch:namespace": "bedrock-agentcore"}},
        {"StringNotEquals": {"cloudwatch:namespace": "AWS/EC2"}},
        {"ForAllValues:StringEquals": {"cloudwatch:namespace": "bedrock-agentcore"}},
        {"StringEquals": {"cloudwatch:namespace": ["bedrock-agentcore", "another"]}},
        {"Null": {"cloudwatch:namespace": "false"}},
    ],
)
def test_a_condition_that_does_not_bind_is_none(condition: dict[str, Any], tmp_path: Path) -> None:
    (beyond,) = compared(tmp_path, policy(allow("cloudwatch:PutMetricData", "*", Condition=condition))).beyond
    assert (beyond.wider, beyond.unbound) == ((), ("cloudwatch:namespace",))


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {"cloudwatch:namespace": "bedrock-agentcore"}},
        {"StringEquals": {"cloudwatch:Namespace": ["bedrock-agentcore"]}, "Bool": {"aws:SecureTransport": "true"}},
    ],
)
def test_a_condition_that_binds_as_much(condition: dict[str, Any], tmp_path: Path) -> None:
    assert compared(tmp_path, policy(allow("cloudwatch:PutMetricData", "*", Condition=condition))).beyond == ()


def test_what_another_statement_denies_is_not_granted(tmp_path: Path) -> None:
    found = compared(tmp_path, policy(allow(["s3:GetObject", "sqs:SendMessage"], "*"), DENY_S3))
    assert [one.not_needed for one in found.beyond] == [("sqs:SendMessage",)]
    assert found.denials == ()


DENY_S3 = {"Sid": "NoS3", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}


def test_denials_that_the_derived_role_lacks(tmp_path: Path) -> None:
    guarded = {
        "Sid": "OnlyGuarded", "Effect": "Deny", "Action": ["bedrock:InvokeModel"], "Resource": "*",
        "Condition": {"StringNotEquals": {"bedrock:GuardrailIdentifier": "arn:aws:bedrock:us-east-1:1:guardrail/a"}},
    }  # fmt: skip
    hours = {
        "Sid": "Hours", "Effect": "Deny", "Action": "bedrock:Invoke*", "Resource": "*",
        "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-12-24T00:00:00Z"}},
    }  # fmt: skip
    assume = {"Sid": "Assume", "Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"}
    found = compared(tmp_path, policy(allow("*", "*"), guarded, hours, assume, DENY_S3))
    told = {one.found.statement.sid: (one.actions, one.sure, one.key) for one in found.denials}
    assert told == {
        "OnlyGuarded": (("bedrock:InvokeModel",), True, "role.force_guardrail"),
        "Hours": (("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"), True, ""),
    }
    assert "role.force_guardrail" in "\n".join(comparison_text(found))


def trusting(tmp_path: Path, *statements: dict[str, Any]) -> Comparison:
    role = {"Role": {"RoleName": "desk", "AssumeRolePolicyDocument": policy(*statements)}}
    return compared(tmp_path, role, {"PolicyName": "all", "PolicyDocument": policy(NEEDED)})


OPEN = TRUST["Statement"][0]
KEYS = ("aws:SourceAccount", "aws:SourceArn")


def test_every_statement_of_a_trust_policy_counts(tmp_path: Path) -> None:
    assert trusting(tmp_path, BOUND, OPEN).trust.open == KEYS
    account = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}}
    found = trusting(tmp_path, BOUND, account).trust
    assert (found.open, found.others) == ((), ("arn:aws:iam::444455556666:root",))
    lambda_ = {**OPEN, "Principal": {"Service": "lambda.amazonaws.com"}}
    assert trusting(tmp_path, lambda_).trust.missing == ("bedrock-agentcore.amazonaws.com",)


@pytest.mark.parametrize(
    ("operator", "value", "is_open"),
    [
        ("StringEquals", "111122223333", False),
        ("StringLike", "*", True),
        ("StringLike", "1111*", False),
        ("StringEqualsIfExists", "111122223333", True),
        ("StringNotEquals", "444455556666", True),
        ("ForAllValues:StringEquals", "111122223333", True),
    ],
)
def test_a_trust_policy_is_bound_by_what_its_operators_mean(
    operator: str, value: str, is_open: bool, tmp_path: Path
) -> None:
    arn = {"ArnLike": {"aws:SourceArn": f"{AC}:*"}}
    bound = {**OPEN, "Condition": {operator: {"aws:SourceAccount": value}, **arn}}
    assert ("aws:SourceAccount" in trusting(tmp_path, bound).trust.open) is is_open


def test_a_denial_binds_a_trust_policy_too(tmp_path: Path) -> None:
    others = {
        **OPEN, "Effect": "Deny",
        "Condition": {"StringNotEquals": {"aws:SourceAccount": "111122223333"}},
    }  # fmt: skip
    strangers = {
        **OPEN, "Effect": "Deny",
        "Condition": {"ArnNotLike": {"aws:SourceArn": f"{AC}:*"}},
    }  # fmt: skip
    assert trusting(tmp_path, OPEN, others, strangers).trust.open == ()
    assert trusting(tmp_path, OPEN, others).trust.open == ("aws:SourceArn",)
    everybody = {"Effect": "Allow", "Action": "sts:AssumeRole", "NotPrincipal": {"AWS": "111122223333"}}
    assert trusting(tmp_path, BOUND, everybody).trust.open == KEYS


def test_nothing_is_counted_where_a_policy_could_not_be_read(tmp_path: Path) -> None:
    found = compared(tmp_path, policy(allow("s3:*", "*"), {"Effect": "Maybe", "Action": "*", "Resource": "*"}))
    told = "\n".join(comparison_text(found))
    assert not any(word in told for word in ("beyond need", "not needed", "too wide", "lacks"))
    assert told.startswith("the existing role: undecided")
    data = comparison_data(found)
    assert data["decided"] is False
    assert "actions" not in data


def test_a_role_with_its_policies_in_one_document(tmp_path: Path) -> None:
    role = {"RoleName": "desk", "AssumeRolePolicyDocument": policy(BOUND)}
    listed = [{"PolicyName": "p", "PolicyDocument": policy(NEEDED)}]
    arn = "arn:aws:iam::111122223333:policy/metrics"
    for name in ("Policies", "RolePolicyList"):
        found = compared(tmp_path, {**role, name: listed})
        assert (found.numbers, found.trust.open) == (Numbers(1, 2, 0, 1, 0), ())
    versions = [
        {"Document": policy(allow("*", "*")), "VersionId": "v1", "IsDefaultVersion": False},
        {"Document": policy(METRICS), "VersionId": "v2", "IsDefaultVersion": True},
    ]
    details = {
        "RoleDetailList": [{**role, "RolePolicyList": listed, "AttachedManagedPolicies": [{"PolicyArn": arn}]}],
        "Policies": [{"PolicyName": "metrics", "Arn": arn, "PolicyVersionList": versions}],
    }
    assert compared(tmp_path, details).numbers == Numbers(2, 3, 0, 2, 0)
    found = compared(tmp_path, {**details, "Policies": []})
    assert [(one.document, one.why) for one in found.unread] == [(arn, "its policy document is not in the source")]
    assert found.numbers is None


TWO_ON_ONE_ROLE = """
resource "aws_iam_role" "desk" {
  assume_role_policy = "{\\"Version\\": \\"2012-10-17\\", \\"Statement\\": []}"
}
resource "aws_iam_role_policy" "desk" {
  role   = aws_iam_role.desk.id
  policy = jsonencode({
    Statement = [{ Sid = "Both", Effect = "Allow", Action = "bedrock:InvokeModel", Resource = [
      "arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-lite-v1:0",
      "arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-pro-v1:0",
    ] }]
  })
}
"""


def test_two_harnesses_on_one_role_are_compared_together(tmp_path: Path) -> None:
    harness = """
resource "aws_bedrockagentcore_harness" "%s" {
  harness_name       = "%s"
  execution_role_arn = aws_iam_role.desk.arn
  model {
    bedrock_model_config {
      model_id = "amazon.nova-%s-v1:0"
    }
  }
  memory {
    disabled {}
  }
}
"""
    (tmp_path / "main.tf").write_text(TWO_ON_ONE_ROLE + harness % ("a", "a", "lite"))
    (alone,) = import_source(str(tmp_path)).results
    assert alone.comparison is not None
    assert [len(one.wider) for one in alone.comparison.beyond] == [1]
    (tmp_path / "main.tf").write_text(TWO_ON_ONE_ROLE + harness % ("a", "a", "lite") + harness % ("b", "b", "pro"))
    both = [one.comparison for one in import_source(str(tmp_path)).results]
    assert [one.beyond for one in both if one is not None] == [(), ()]
