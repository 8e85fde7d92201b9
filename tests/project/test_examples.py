"""Every example, rendered and applied: terraform and a real AWS API (moto's) agree with the plan."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from caller_samples import gateways
from example_postures import EXAMPLES, PRIVATE, known, make_existing, plan_of, write
from expected import Given, iam_of
from moto_harness import ACCOUNT, Iam, Moto, Role
from terraform_harness import Applied, Terraform, TerraformError, write_batch

from tfgen.app.check import check
from tfgen.plan.model import PartName, Plan
from tfgen.render import files

NEWER = {"gateway"}
"""Examples with resources that the local provider does not know."""
NAMES = sorted({path.parent.name for path in EXAMPLES.glob("*/posture.yaml")} - NEWER - set(PRIVATE))

GIVEN: Mapping[str, Given] = {
    "generic": {
        "harness_name": "returns_helper",
        "gateway_arns": [
            f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:gateway/returns-abcde12345",
            f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:gateway/stock-12345abcde",
        ],
        "memory_arn": f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:memory/returns-AbCdE12345",
        "role_name": "returns-agent",
        "permissions_boundary": f"arn:aws:iam::{ACCOUNT}:policy/agents-boundary",
    },
    "platform-team": {"storefront_roles": ["shop-basket", "shop-orders"]},
}

EXISTING: Mapping[str, Sequence[str]] = {
    "platform-team": ("shop-basket", "shop-orders", "shop-front-end", "platform-on-call", "platform-pipeline"),
}
"""Roles that are there before an example is applied, since it gives them policies."""


def test_parts_do_not_depend_on_those_that_the_local_provider_does_not_know() -> None:
    checked = check(str(EXAMPLES / "complete" / "posture.yaml"))
    assert checked.plan is not None
    whole = {file.path: file.text for file in files.parts(checked.plan)}
    assert {path.partition("/")[0] for path in whole} == set(PartName)
    fewer = {file.path: file.text for file in files.parts(known(checked.plan))}
    assert fewer.items() <= whole.items()


def test_there_are_examples_of_different_kinds() -> None:
    assert {"minimal", "support-agent", "research-agent", "generic", "platform-team"} <= set(NAMES)


@pytest.mark.terraform
@pytest.mark.parametrize("name", NAMES)
def test_an_example_applies_as_a_root_module(name: str, terraform: Terraform, empty_moto: Moto, tmp_path: Path) -> None:
    plan, given = plan_of(name), GIVEN.get(name, {})
    root = write(plan, tmp_path)
    terraform.assert_formatted(root)
    before = make_existing(empty_moto, EXISTING.get(name, ()))
    with Applied(terraform, empty_moto, root, given) as applied:
        found = Iam.read(empty_moto)
        assert found == iam_of([(plan, given)], before.roles.values())
        _assert_outputs(plan, found, [role for key, role in found.roles.items() if key not in before.roles], applied)
    assert Iam.read(empty_moto) == before


def _assert_outputs(plan: Plan, found: Iam, made: Sequence[Role], applied: Applied) -> None:
    outputs = applied.outputs()
    (role,) = made
    assert outputs["execution_role_arn"] == role.arn
    assert outputs["execution_role_name"] == role.name
    arns = {policy.arn for policy in found.policies.values()}
    if plan.role.boundary is not None:
        assert outputs["boundary_arn"] in arns
        arns -= {outputs["boundary_arn"]}
    if plan.callers:
        assert set(outputs["caller_policy_arns"].values()) == arns
        assert set(outputs["caller_policies"]) == {caller.key for caller in plan.callers}
    if plan.controls:
        assert set(outputs["service_control_policies"]) == {control.key for control in plan.controls}


# Beside the examples as they are: the generic one with nothing optional, and whose list is empty, so that a statement
# must vanish.
CALLS: Mapping[str, tuple[str, Given]] = {
    **{name: (name, GIVEN.get(name, {})) for name in NAMES},
    "no_gateways": (
        "generic",
        {
            "harness_name": "no_gateways",
            "gateway_arns": [],
            "memory_arn": GIVEN["generic"]["memory_arn"],
            "role_name": None,
        },
    ),
    "long": ("long", {}),
}


@pytest.mark.terraform
def test_all_examples_apply_as_child_modules_of_one_root(
    terraform: Terraform, empty_moto: Moto, tmp_path: Path
) -> None:
    # One more that is no example: a role whose policy is too long for itself, so that managed policies hold it.
    plans = {**{name: plan_of(name) for name in NAMES}, "long": gateways(100, guardrails={"boundary": True})}
    trees = {name: write(plan, tmp_path / "trees" / name) for name, plan in plans.items()}
    called = {call: trees[name] for call, (name, _) in CALLS.items()}
    root = write_batch(tmp_path / "root", called, {call: given for call, (_, given) in CALLS.items()})
    before = make_existing(empty_moto, [role for roles in EXISTING.values() for role in roles])
    with Applied(terraform, empty_moto, root):
        found = Iam.read(empty_moto)
        assert found == iam_of(((plans[name], given) for name, given in CALLS.values()), before.roles.values())
        sids = [
            [statement["Sid"] for statement in found.roles[role].inline["execution"]["Statement"]]
            for role in ("returns-agent", "no_gateways-role-us-east-1")
        ]
        assert [sid for sid in sids[0] if sid not in sids[1]] == ["Gateway"]
    assert Iam.read(empty_moto) == before


WRONG: Mapping[str, tuple[Given, str]] = {
    "hyphen": ({"harness_name": "has-a-hyphen"}, "The value of harness_name must be a letter followed by"),
    "empty": ({"harness_name": ""}, "The value of harness_name must be a letter followed by"),
    "long": ({"harness_name": "a" * 41}, "The value of harness_name must be a letter followed by"),
    "profile": ({"model_id": "us.anthropic.claude-v1:0"}, "The value of model_id must be the id of a foundation model"),
    "wildcard": ({"model_id": "amazon.nova*"}, "The value of model_id must be the id or ARN of one model"),
    "gateway": (
        {"gateway_arns": [f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:gateway/*"]},
        "Each value of gateway_arns must be the ARN of a gateway",
    ),
    "role": ({"role_name": "has a space"}, "The value of role_name must be 1 to 64 letters"),
    "boundary": ({"permissions_boundary": ""}, "The value of permissions_boundary must be the ARN of a managed policy"),
    "memory": ({"memory_arn": "arn:aws:s3:::bucket"}, "The value of memory_arn must be the ARN of a memory"),
}


@pytest.mark.terraform
def test_inputs_are_checked_by_terraform(terraform: Terraform, empty_moto: Moto, tmp_path: Path) -> None:
    tree = write(plan_of("generic"), tmp_path / "tree")
    given = {name: {**GIVEN["generic"], **change} for name, (change, _) in WRONG.items()}
    root = write_batch(tmp_path / "root", dict.fromkeys(WRONG, tree), given)
    terraform.init(root)
    with pytest.raises(TerraformError) as caught:
        Applied(terraform, empty_moto, root).plan()
    messages = [json.loads(line) for line in str(caught.value).splitlines() if line.startswith("{")]
    found = [
        (message["diagnostic"]["range"]["start"]["line"], " ".join(message["diagnostic"]["detail"].split()))
        for message in messages
        if message.get("type") == "diagnostic"
    ]
    for _, said in WRONG.values():
        assert any(detail.startswith(said) for _, detail in found), said
    assert len(found) >= len(WRONG)
