"""What takes permissions away: denials, the role's own boundary, service control policies; and policies too long."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from caller_samples import JWT, VPC, gateways, plan_for
from expected import given_or_default, resolve

from tfgen.diagnostics import Code, InternalError
from tfgen.iam.policy import Effect, Kind, Policy
from tfgen.iam.text import text
from tfgen.plan.lengths import Lengths
from tfgen.plan.model import Plan
from tfgen.plan.statements import PolicyPlan
from tfgen.proof import limits
from tfgen.proof.prove import prove
from tfgen.render import files

ACCOUNT = "123456789012"


def denied(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {
        grant.statement.sid: grant.statement.actions
        for grant in plan.role.policy.grants
        if grant.statement.effect is Effect.DENY
    }


def main_of(plan: Plan, part: str = "execution-role") -> str:
    return next(file.text for file in files.tree(plan) if file.path == f"modules/{part}/main.tf")


# --- Denials -------------------------------------------------------------------------------------------------------

ASSUME = {"DenyAssumeRole": ("sts:AssumeRole",)}
BY_ID = {"DenyUserIdTokens": ("bedrock-agentcore:GetWorkloadAccessTokenForUserId",)}


@pytest.mark.parametrize(
    ("harness", "switches", "expected"),
    [
        ({}, {}, ASSUME),
        ({"authorizer_configuration": JWT}, {}, {**ASSUME, **BY_ID}),
        ({"authorizer_configuration": JWT}, {"deny_assume_role": False}, BY_ID),
        ({"authorizer_configuration": JWT}, {"deny_user_delegation": False}, ASSUME),
        ({}, {"deny_assume_role": False, "deny_user_delegation": False}, {}),
    ],
)
def test_what_the_documentation_advises_is_denied_unless_switched_off(
    harness: dict[str, Any], switches: dict[str, bool], expected: dict[str, tuple[str, ...]]
) -> None:
    assert denied(plan_for(harness=harness, guardrails=switches)) == expected


def test_nothing_that_the_role_is_granted_is_denied() -> None:
    plan = plan_for(harness={"authorizer_configuration": JWT, "environment": VPC})
    granted = {a for g in plan.role.policy.grants if g.statement.effect is Effect.ALLOW for a in g.statement.actions}
    assert granted.isdisjoint(action for actions in denied(plan).values() for action in actions)


# --- The boundary --------------------------------------------------------------------------------------------------


def bounded(**top: Any) -> Plan:
    return plan_for(guardrails={"boundary": True}, **top)


def test_a_boundary_is_the_roles_actions_service_by_service() -> None:
    plan = bounded(harness={"environment": VPC})
    assert plan.role.boundary is not None
    boundary = plan.role.boundary.policy.policy
    by_service: dict[str, set[str]] = {}
    for grant in plan.role.policy.grants:
        if grant.statement.effect is Effect.ALLOW:
            for action in grant.statement.actions:
                by_service.setdefault(action.split(":")[0], set()).add(action)
    found = [set(s.actions) for s in boundary.statements if s.effect is Effect.ALLOW]
    assert found == [actions for _, actions in sorted(by_service.items())]
    assert not any("*" in action for statement in boundary.statements for action in statement.actions)
    assert Lengths(plan.inputs).size(boundary) < Kind.MANAGED.limit


def test_without_being_asked_for_there_is_no_boundary() -> None:
    assert plan_for().role.boundary is None
    assert "permissions_boundary" not in main_of(plan_for())


def test_a_boundary_is_set_unless_the_modules_user_brings_one() -> None:
    assert "permissions_boundary = aws_iam_policy.boundary.arn\n" in main_of(bounded())
    inputs = {"b": {"description": "The boundary.", "optional": True}}
    either = "permissions_boundary = var.b == null ? aws_iam_policy.boundary.arn : var.b\n"
    assert either in main_of(bounded(inputs=inputs, role={"permissions_boundary": {"input": "b"}}))


def test_a_boundary_that_takes_something_from_the_role_is_a_bug() -> None:
    plan = bounded()
    boundary = plan.role.boundary
    assert boundary is not None
    policy = boundary.policy.policy
    assert limits.outside(policy, plan.role.policy.policy) == ""
    for place, statement in enumerate(policy.statements):
        rest = (*policy.statements[:place], *policy.statements[place + 1 :])
        narrower = [Policy((*rest, replace(statement, resources=(text("arn:aws:s3:::a"),))))]
        narrower += [Policy((*rest, replace(statement, actions=statement.actions[1:])))]
        if statement.effect is Effect.ALLOW:
            assert all(limits.outside(one, plan.role.policy.policy) for one in narrower)
            denying = Policy((*policy.statements, replace(statement, sid="No", effect=Effect.DENY)))
            assert "No" in limits.outside(denying, plan.role.policy.policy)
    grants = boundary.policy.grants[1:]
    broken = replace(boundary, policy=PolicyPlan(Kind.MANAGED, grants))
    with pytest.raises(InternalError, match="does not contain its policy"):
        list(limits.check(replace(plan, role=replace(plan.role, boundary=broken))))


# --- Service control policies --------------------------------------------------------------------------------------


def test_service_control_policies_are_put_out_and_made_by_nobody() -> None:
    harness = {"authorizer_configuration": JWT, "environment": VPC}
    plan = plan_for(harness=harness, guardrails={"service_control": ["vpc", "jwt"]})
    assert plan.callers == ()
    tree = {file.path: file.text for file in files.tree(plan)}
    assert "resource" not in tree["modules/access/main.tf"]
    assert "service_control_policies" in tree["outputs.tf"]
    vpc, jwt = (control.policy.policy.document()["Statement"] for control in plan.controls)
    assert isinstance(vpc, list)
    assert isinstance(jwt, list)
    assert {statement["Effect"] for statement in (*vpc, *jwt)} == {"Deny"}
    # Each key in a statement of its own: two keys in one condition deny only where both lack.
    assert [statement["Condition"] for statement in vpc] == [
        {"Null": {"bedrock-agentcore:subnets": ["true"]}},
        {"Null": {"bedrock-agentcore:securityGroups": ["true"]}},
        {"ForAnyValue:StringNotEquals": {"bedrock-agentcore:subnets": ["subnet-0123456789abcdef0"]}},
        {"ForAnyValue:StringNotEquals": {"bedrock-agentcore:securityGroups": ["sg-0123456789abcdef0"]}},
    ]
    authorizer = {"StringNotEquals": {"bedrock-agentcore:RuntimeAuthorizerType": ["CUSTOM_JWT"]}}
    assert [statement["Condition"] for statement in jwt] == [authorizer]


# --- The role's name -----------------------------------------------------------------------------------------------

INPUTS = {name: {"description": "A name.", "optional": True} for name in ("name", "prefix")}


@pytest.mark.parametrize(
    ("role", "given", "name", "prefix", "passed"),
    [
        ({}, {}, "desk-role-us-east-1", None, "desk-role-us-east-1"),
        ({"name": "name"}, {}, "desk-role-us-east-1", None, "desk-role-us-east-1"),
        ({"name": "name"}, {"name": "a"}, "a", None, "a"),
        ({"name_prefix": "prefix"}, {}, "desk-role-us-east-1", None, "desk-role-us-east-1"),
        ({"name_prefix": "prefix"}, {"prefix": "b-"}, None, "b-", "b-*"),
        ({"name": "name", "name_prefix": "prefix"}, {}, "desk-role-us-east-1", None, "desk-role-us-east-1"),
        ({"name": "name", "name_prefix": "prefix"}, {"name": "a"}, "a", None, "a"),
        ({"name": "name", "name_prefix": "prefix"}, {"prefix": "b-"}, None, "b-", "b-*"),
        # Both at once: the provider refuses it, so that neither is silently left out.
        ({"name": "name", "name_prefix": "prefix"}, {"name": "a", "prefix": "b-"}, "a", "b-", "b-*"),
    ],
)
def test_an_optional_name_is_left_out_or_taken(
    role: dict[str, str], given: dict[str, str], name: str | None, prefix: str | None, passed: str
) -> None:
    inputs = {key: value for key, value in INPUTS.items() if key in role.values()}
    plan = plan_for("deploy", role={key: {"input": value} for key, value in role.items()}, inputs=inputs)
    whole = given_or_default(plan, given)
    found = [resolve(value, whole) if value is not None else [] for value in (plan.role.name, plan.role.name_prefix)]
    assert found == [[name] if name else [], [prefix] if prefix else []]
    (grant,) = (g for g in plan.callers[0].policy.grants if g.statement.sid == "PassExecutionRole")
    assert resolve(grant.statement.resources[0], whole) == [f"arn:aws:iam::{ACCOUNT}:role/{passed}"]


# --- Policies that are too long ------------------------------------------------------------------------------------


def test_no_part_is_empty_when_lists_are() -> None:
    names = [f"skills_of_team_number_{number:03}" for number in range(45)]
    plan = plan_for(
        inputs={name: {"description": "Skills.", "type": "list(string)", "default": []} for name in names},
        harness={"skills": [{"s3": {"uri": {"input": name}}} for name in names]},
    )
    assert len(plan.role.parts) > 3
    for part in plan.role.parts:
        assert any(r.each() is None for grant in part.policy.grants for r in grant.statement.resources), part.key
        assert Lengths(plan.inputs).size(part.policy.policy) <= Kind.MANAGED.limit
    assert prove(plan, files.tree(plan)) == ()
    of_lists = (g for g in plan.role.policy.grants if all(r.each() for r in g.statement.resources))
    smallest = min(of_lists, key=lambda grant: len(grant.statement.resources))
    empty = replace(plan.role.parts[0], policy=PolicyPlan(Kind.MANAGED, (smallest,)))
    found = limits.check(replace(plan, role=replace(plan.role, parts=(empty,), policy=empty.policy)))
    assert [(finding.code, "empty" in finding.message) for finding in found] == [(Code.TOO_LONG, True)]


def test_what_fits_is_one_inline_policy() -> None:
    plan = gateways(60)
    assert plan.role.parts == ()
    assert Lengths(plan.inputs).size(plan.role.policy.policy) <= Kind.INLINE.limit


@pytest.mark.parametrize("count", [100, 200])
def test_a_long_policy_is_divided_by_sheet_and_says_the_same(count: int) -> None:
    plan = gateways(count, guardrails={"boundary": True})
    parts = plan.role.parts
    assert 1 < len(parts) <= limits.MOST_ATTACHED
    assert all(Lengths(plan.inputs).size(part.policy.policy) <= Kind.MANAGED.limit for part in parts)
    keys = [part.key for part in parts]
    assert len(set(keys)) == len(keys)
    statements = [grant.statement for part in parts for grant in part.policy.grants]
    sids = [statement.sid for statement in statements]
    assert len(set(sids)) == len(sids)
    divided = [str(r) for s in statements if "bedrock-agentcore:InvokeGateway" in s.actions for r in s.resources]
    assert len(divided) == len(set(divided)) == count
    assert not any("*" in resource for resource in divided)
    main = main_of(plan)
    assert 'aws_iam_role_policy"' not in main
    assert main.count('resource "aws_iam_role_policy_attachment"') == len(parts)


def test_neighbours_keep_their_policy_when_another_grows() -> None:
    few, more = (gateways(count).role.parts[0].policy.grants for count in (100, 200))
    assert [g.statement.sid for g in few if g.origin.sheet != "gateway"] == [
        g.statement.sid for g in more if g.origin.sheet != "gateway"
    ]


def test_too_many_parts_are_a_finding() -> None:
    plan = gateways(100)
    many = tuple(replace(plan.role.parts[0], key=f"p{number}") for number in range(limits.MOST_ATTACHED + 1))
    whole = replace(plan, role=replace(plan.role, policy=many[0].policy, parts=many))
    (finding,) = limits.check(whole)
    assert finding.code is Code.TOO_LONG
    assert "needs 11 managed policies, and IAM attaches 10 to a role" in finding.message


def test_a_part_that_is_lost_is_a_bug() -> None:
    plan = gateways(200)
    for place in range(len(plan.role.parts)):
        parts = (*plan.role.parts[:place], *plan.role.parts[place + 1 :])
        with pytest.raises(InternalError, match="do not say what the whole says"):
            list(limits.check(replace(plan, role=replace(plan.role, parts=parts))))
        with pytest.raises(InternalError):
            prove(replace(plan, role=replace(plan.role, parts=parts)), files.tree(plan))
