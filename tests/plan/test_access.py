"""Who may call what: each persona grants its operations on this harness alone, and every operation has a persona."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from caller_samples import JWT, KEY, VPC, plan_for

from tfgen.catalog import authorization, load
from tfgen.catalog.model import STAR
from tfgen.diagnostics import Code
from tfgen.iam.policy import Effect, Kind
from tfgen.plan.build import build
from tfgen.plan.model import CallerPolicy
from tfgen.plan.statements import Grant
from tfgen.posture import validate
from tfgen.proof.prove import prove
from tfgen.render import files

AC = "arn:${partition}:bedrock-agentcore:${region}:${account}:"
PERSONAS = ("invoke", "invoke-command", "shell", "invoke-for-user", "read", "operate", "deploy", "audit")


def caller(*may: str, **rest: Any) -> CallerPolicy:
    (found,) = plan_for(*may, **rest).callers
    return found


def allowed(policy: CallerPolicy) -> Iterator[Grant]:
    return (grant for grant in policy.policy.grants if grant.statement.effect is Effect.ALLOW)


def actions(policy: CallerPolicy, service: str = "bedrock-agentcore") -> set[str]:
    """What is allowed of a service, without the service."""
    named = [action.split(":") for grant in allowed(policy) for action in grant.statement.actions]
    return {action for prefix, action in named if prefix == service}


def grant_of(policy: CallerPolicy, sid: str) -> Grant:
    return next(grant for grant in policy.policy.grants if grant.statement.sid == sid)


# --- The operations ------------------------------------------------------------------------------------------------

# What AWS's harness page demands of the caller of each operation, and who may call it.
OPERATIONS = {
    "InvokeHarness": ({"InvokeHarness", "InvokeAgentRuntime"}, {"invoke"}),
    "InvokeAgentRuntimeCommand": ({"InvokeAgentRuntimeCommand", "InvokeAgentRuntime"}, {"invoke-command"}),
    "CreateHarness": ({"CreateHarness", "CreateAgentRuntime", "CreateMemory"}, {"deploy"}),
    "UpdateHarness": ({"UpdateHarness", "UpdateAgentRuntime", "UpdateMemory"}, {"operate", "deploy"}),
    "DeleteHarness": ({"DeleteHarness", "DeleteAgentRuntime", "DeleteMemory"}, {"deploy"}),
    "GetHarness": ({"GetHarness"}, {"read", "deploy", "audit"}),
    "ListHarnesses": ({"ListHarnesses"}, {"read", "audit"}),
    "CreateHarnessEndpoint": ({"CreateHarnessEndpoint", "CreateAgentRuntimeEndpoint"}, {"operate"}),
    "UpdateHarnessEndpoint": ({"UpdateHarnessEndpoint", "UpdateAgentRuntimeEndpoint"}, {"operate"}),
    "DeleteHarnessEndpoint": ({"DeleteHarnessEndpoint", "DeleteAgentRuntimeEndpoint"}, {"operate"}),
    "GetHarnessEndpoint": ({"GetHarnessEndpoint"}, {"read", "audit"}),
    "ListHarnessEndpoints": ({"ListHarnessEndpoints"}, {"read", "audit"}),
    "ListHarnessVersions": ({"ListHarnessVersions"}, {"read", "audit"}),
    # Beside the page's table: the shell's own page, the header that names a user, and ending a session.
    "InvokeAgentRuntimeCommandShell": ({"InvokeAgentRuntimeCommandShell"}, {"shell"}),
    "X-Amzn-Bedrock-AgentCore-Runtime-User-Id": ({"InvokeAgentRuntimeForUser"}, {"invoke-for-user"}),
    "StopRuntimeSession": ({"StopRuntimeSession"}, {"operate"}),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_is_open_to_its_personas_and_to_no_other(operation: str) -> None:
    needed, personas = OPERATIONS[operation]
    assert {persona for persona in PERSONAS if needed <= actions(caller(persona))} == personas


def test_every_operation_of_a_harness_has_a_persona() -> None:
    named = {action.split(":")[1] for action in authorization.actions_of("bedrock-agentcore")}
    granted = {action for persona in PERSONAS for action in actions(caller(persona))}
    assert {action for action in named if "Harness" in action} <= granted


# Everything that a persona is granted, and no more: a change here is a change of access.
GRANTED = {
    "invoke": {"InvokeHarness", "InvokeAgentRuntime"},
    "invoke-command": {"InvokeAgentRuntime", "InvokeAgentRuntimeCommand"},
    "shell": {"InvokeAgentRuntimeCommandShell"},
    "invoke-for-user": {"InvokeAgentRuntimeForUser", "InvokeAgentRuntimeWithWebSocketStreamForUser"},
    "read": {"GetHarness", "GetHarnessEndpoint", "ListHarnesses", "ListHarnessEndpoints", "ListHarnessVersions"},
    "operate": {
        "UpdateHarness", "UpdateAgentRuntime", "UpdateMemory", "StopRuntimeSession",
        "CreateHarnessEndpoint", "UpdateHarnessEndpoint", "DeleteHarnessEndpoint",
        "CreateAgentRuntimeEndpoint", "UpdateAgentRuntimeEndpoint", "DeleteAgentRuntimeEndpoint",
        "iam:PassRole",
    },
    "deploy": {
        "CreateHarness", "GetHarness", "UpdateHarness", "DeleteHarness",
        "CreateAgentRuntime", "GetAgentRuntime", "UpdateAgentRuntime", "DeleteAgentRuntime",
        "CreateAgentRuntimeEndpoint", "GetAgentRuntimeEndpoint", "UpdateAgentRuntimeEndpoint",
        "DeleteAgentRuntimeEndpoint", "CreateMemory", "GetMemory", "UpdateMemory", "DeleteMemory",
        "CreateWorkloadIdentity", "DeleteWorkloadIdentity", "TagResource", "UntagResource", "ListTagsForResource",
        "iam:PassRole", "iam:CreateServiceLinkedRole",
    },
    "audit": {
        "GetHarness", "GetHarnessEndpoint", "ListHarnesses", "ListHarnessEndpoints", "ListHarnessVersions",
        "GetResourcePolicy", "iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies",
        "iam:ListAttachedRolePolicies", "iam:ListRoleTags", "iam:GetPolicy", "iam:GetPolicyVersion",
        "iam:ListPolicyVersions", "logs:DescribeLogGroups",
    },
}  # fmt: skip


@pytest.mark.parametrize("persona", PERSONAS)
class TestPersona:
    def test_it_is_granted_this_and_no_more(self, persona: str) -> None:
        found = {action for grant in allowed(caller(persona)) for action in grant.statement.actions}
        assert {action.removeprefix("bedrock-agentcore:") for action in found} == GRANTED[persona]

    def test_a_bare_star_stands_only_where_aws_has_no_resource(self, persona: str) -> None:
        for grant in allowed(caller(persona, harness={"environment": VPC})):
            for action in grant.statement.actions:
                facts = authorization.action(action)
                assert facts is not None
                assert (str(grant.statement.resources[0]) == STAR) == (not facts.required and not facts.optional)

    def test_every_resource_names_this_harness_or_its_role(self, persona: str) -> None:
        plan = plan_for(persona, harness={"environment": VPC})
        for grant in allowed(plan.callers[0]):
            for resource in map(str, grant.statement.resources):
                own = "agent" in resource or "desk" in resource or resource == STAR
                shared = resource.endswith("/default") or "/aws-service-role/" in resource
                assert own or shared, resource

    def test_only_who_audits_or_reads_is_harmless(self, persona: str) -> None:
        levels = {
            facts.access_level
            for grant in allowed(caller(persona))
            for action in grant.statement.actions
            if (facts := authorization.action(action)) is not None
        }
        assert (levels <= {"Read", "List"}) == (persona in {"read", "audit"})


# --- Creating and changing it --------------------------------------------------------------------------------------


def conditions(grant: Grant) -> dict[str, dict[str, list[str]]]:
    return grant.statement.document().get("Condition", {})  # type: ignore[return-value]


@pytest.mark.parametrize("persona", ["operate", "deploy"])
@pytest.mark.parametrize(
    ("role", "sid", "arn"),
    [
        ({}, "PassExecutionRole", "role/desk-role-${region}"),
        ({"name": "agent-role", "path": "/agents/"}, "PassExecutionRole", "role/agents/agent-role"),
        ({"name_prefix": "agents-"}, "PassExecutionRoleByPrefix", "role/agents-*"),
    ],
)
def test_the_one_role_is_passed_to_agentcore_only(persona: str, role: dict[str, str], sid: str, arn: str) -> None:
    policy = caller(persona, role=role)
    grant = grant_of(policy, sid)
    assert [str(resource) for resource in grant.statement.resources] == [f"arn:${{partition}}:iam::${{account}}:{arn}"]
    assert conditions(grant) == {"StringEquals": {"iam:PassedToService": ["bedrock-agentcore.amazonaws.com"]}}
    passing = [found for found in allowed(policy) if "iam:PassRole" in found.statement.actions]
    assert passing == [grant]


def test_creating_is_bound_by_what_the_posture_says() -> None:
    harness = {
        "environment": VPC,
        "tags": {"cost": "7"},
        "memory": {"managed_memory_configuration": {"encryption_key_arn": KEY}},
    }
    policy = caller("deploy", harness=harness, tags={"team": "shop", "cost": "1"})
    network = {
        "ForAllValues:StringEquals": {
            "bedrock-agentcore:subnets": ["subnet-0123456789abcdef0"],
            "bedrock-agentcore:securityGroups": ["sg-0123456789abcdef0"],
        }
    }
    tags = {"StringEquals": {"aws:RequestTag/team": ["shop"], "aws:RequestTag/cost": ["7"]}}
    assert conditions(grant_of(policy, "DeployHarness")) == tags
    assert conditions(grant_of(policy, "DeployRuntime")) == network
    assert conditions(grant_of(policy, "DeployRuntimeUpdate")) == network
    assert conditions(grant_of(caller("operate", harness=harness), "OperateRuntime")) == network
    key = {"StringEqualsIfExists": {"bedrock-agentcore:KmsKeyArn": [KEY]}}
    assert conditions(grant_of(policy, "DeployMemory")) == key


def test_creating_is_free_where_the_posture_says_nothing() -> None:
    policy = caller("deploy")
    for sid in ("DeployHarness", "DeployRuntime", "DeployMemory", "DeployRuntimeUpdate"):
        assert conditions(grant_of(policy, sid)) == {}


@pytest.mark.parametrize("persona", ["operate", "deploy"])
def test_a_memory_that_is_not_managed_is_left_alone(persona: str) -> None:
    own = {
        "agentcore_memory_configuration": {
            "arn": "arn:aws:bedrock-agentcore:eu-west-1:123456789012:memory/a-AbCdE12345"
        }
    }
    choices: tuple[dict[str, Any], ...] = (own, {"disabled": {}})
    for memory in choices:
        assert not {action for action in actions(caller(persona, harness={"memory": memory})) if "Memory" in action}


@pytest.mark.parametrize(("persona", "sids"), [("operate", 1), ("deploy", 2)])
def test_the_managed_memory_is_named_both_ways(persona: str, sids: int) -> None:
    named = [
        {str(resource) for resource in grant.statement.resources if ":memory/" in str(resource)}
        for grant in allowed(caller(persona))
    ]
    assert [one for one in named if one] == [
        {f"{AC}memory/agent-*", f"{AC}memory/harness_agent_????-??????????"}
    ] * sids


def test_who_deploys_a_memory_with_a_key_uses_the_key_through_the_service_alone() -> None:
    encrypted = {"memory": {"managed_memory_configuration": {"encryption_key_arn": KEY}}}
    found = {
        action: (tuple(map(str, grant.statement.resources)), conditions(grant))
        for grant in allowed(caller("deploy", harness=encrypted))
        for action in grant.statement.actions
        if action.startswith("kms:")
    }
    via = {"StringEquals": {"kms:ViaService": ["bedrock-agentcore.${region}.amazonaws.com"]}}
    reads = ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
    assert found == {
        **dict.fromkeys(reads, ((KEY,), via)),
        "kms:CreateGrant": ((KEY,), {**via, "Bool": {"kms:GrantIsForAWSResource": ["true"]}}),
    }
    assert not {action for action in actions(caller("deploy")) if action.startswith("kms:")}


def test_service_linked_roles_are_bound_to_their_services() -> None:
    def made(**harness: Any) -> dict[str, Any]:
        found = (
            g for g in allowed(caller("deploy", **harness)) if "iam:CreateServiceLinkedRole" in g.statement.actions
        )
        return {str(g.statement.resources[0]).rpartition("/")[2]: conditions(g)["StringEquals"] for g in found}

    name = "AWSServiceRoleForBedrockAgentCore"
    identity = {"iam:AWSServiceName": ["runtime-identity.bedrock-agentcore.amazonaws.com"]}
    assert made() == {f"{name}RuntimeIdentity": identity}
    assert made(harness={"environment": VPC}) == {
        f"{name}RuntimeIdentity": identity,
        f"{name}Network": {"iam:AWSServiceName": ["network.bedrock-agentcore.amazonaws.com"]},
    }


def test_who_deploys_and_operates_passes_the_role_in_one_statement() -> None:
    sids = [grant.statement.sid for grant in caller("deploy", "operate").policy.grants]
    assert sids.count("PassExecutionRole") == 1


# --- Endpoints, users, attachment ----------------------------------------------------------------------------------


@pytest.mark.parametrize("persona", ["invoke", "invoke-command", "shell", "invoke-for-user"])
def test_a_limit_to_endpoints_leaves_no_other(persona: str) -> None:
    policy = caller(persona, access={"endpoints": ["live", "next"]})
    for grant in allowed(policy):
        resources = [str(resource) for resource in grant.statement.resources]
        ends = [resource.rpartition("/")[2] for resource in resources if "endpoint/" in resource]
        assert set(ends) == {"live", "next"}
        assert not [resource for resource in resources if resource.endswith("-*")]


@pytest.mark.parametrize(
    ("may", "jwt", "switch", "denied"),
    [
        (["invoke"], True, {}, True),
        (["read"], True, {}, True),
        (["invoke", "invoke-for-user"], True, {}, False),
        (["invoke"], False, {}, False),
        (["invoke"], True, {"deny_user_delegation": False}, False),
    ],
)
def test_naming_a_user_is_denied_where_users_come_with_a_token(
    may: list[str], *, jwt: bool, switch: dict[str, bool], denied: bool
) -> None:
    harness = {"authorizer_configuration": JWT} if jwt else {}
    policy = caller(*may, harness=harness, guardrails=switch)
    found = [grant for grant in policy.policy.grants if grant.statement.effect is Effect.DENY]
    both = tuple(f"bedrock-agentcore:InvokeAgentRuntime{over}ForUser" for over in ("", "WithWebSocketStream"))
    assert [grant.statement.actions for grant in found] == [both] * denied
    for grant in found:
        assert [str(r) for r in grant.statement.resources] == [f"{AC}harness/agent-*", f"{AC}runtime/harness_agent-*"]


@pytest.mark.parametrize(("how", "kind"), [("managed-policy", Kind.MANAGED), ("inline-policy", Kind.INLINE)])
def test_roles_are_given_the_policy_by_name(how: str, kind: Kind) -> None:
    inputs = {"shops": {"description": "The shops.", "type": "list(string)"}}
    plan = plan_for("invoke", access={"as": how, "roles": ["till", {"input": "shops"}]}, inputs=inputs)
    assert plan.callers[0].policy.kind is kind
    main = next(file.text for file in files.tree(plan) if file.path == "modules/access/main.tf")
    assert 'for_each = toset(concat(["till"], var.shops))' in main
    made = {"managed-policy": "aws_iam_role_policy_attachment", "inline-policy": "aws_iam_role_policy"}
    assert f'resource "{made[how]}" "them"' in main
    assert ('resource "aws_iam_policy" "them"' in main) == (how == "managed-policy")


def test_callers_whose_policy_outgrows_iam_are_a_finding() -> None:
    posture = validate(
        {
            "tfgen": 1,
            "name": "desk",
            "harness": {
                "harness_name": "agent",
                "model": {"bedrock_model_config": {"model_id": "amazon.nova-pro-v1:0"}},
            },
            "access": [{"name": "all", "may": list(PERSONAS)}],
        }
    ).posture
    assert posture is not None
    plan, _ = build(posture)
    (finding,) = prove(plan, files.tree(plan))
    assert finding.code is Code.TOO_LONG
    assert "divide what they may do among several entries of `access`" in finding.help


def test_every_caller_sheet_is_reached_by_a_persona() -> None:
    used: set[str] = set()
    for role in ({}, {"name_prefix": "a-"}, {"permissions_boundary": "arn:aws:iam::123456789012:policy/b"}):
        for access in ({}, {"endpoints": ["live"]}):
            for persona in PERSONAS:
                if access and not persona.startswith(("invoke", "shell")):
                    continue
                encrypted = {"managed_memory_configuration": {"encryption_key_arn": KEY}}
                harness = {"environment": VPC, "authorizer_configuration": JWT, "memory": encrypted}
                policy = caller(persona, harness=harness, role=role, access=access)
                used |= {grant.origin.row for grant in policy.policy.grants}
    stack = caller("deploy", provision="cloudformation")
    used |= {grant.origin.row for grant in stack.policy.grants}
    rows = {row.sid for name in load.SHEETS if load.sheet(name).part == "access" for row in load.sheet(name).grant}
    assert rows == used
