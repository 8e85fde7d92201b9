"""Every example, rendered and applied: terraform and a real AWS API (moto's) agree with the plan."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from expected import Given, iam_of
from moto_harness import ACCOUNT, Iam, Moto
from terraform_harness import Applied, Terraform, write_batch

from tfgen import source
from tfgen.plan.build import build
from tfgen.plan.model import Plan
from tfgen.posture import validate
from tfgen.render import files

EXAMPLES = Path(__file__).parent.parent / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/posture.yaml"))

GIVEN: Mapping[str, Given] = {
    "generic": {
        "harness_name": "returns_helper",
        "gateway_arns": [
            f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:gateway/returns-abcde12345",
            f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:gateway/stock-12345abcde",
        ],
        "memory_arn": f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:memory/returns-AbCdE12345",
        "permissions_boundary": f"arn:aws:iam::{ACCOUNT}:policy/agents-boundary",
    }
}


def plan_of(name: str) -> Plan:
    document = source.read(str(EXAMPLES / name / "posture.yaml"))
    assert isinstance(document, source.Document)
    validation = validate(document.data)
    assert validation.posture is not None, validation.findings
    plan, findings = build(validation.posture)
    assert (*validation.findings, *findings) == ()
    return plan


def write(plan: Plan, folder: Path) -> Path:
    for file in files.tree(plan):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return folder


def test_there_are_examples_of_different_kinds() -> None:
    assert {"minimal", "support-agent", "research-agent", "generic"} <= set(NAMES)


@pytest.mark.terraform
@pytest.mark.parametrize("name", NAMES)
def test_an_example_applies_as_a_root_module(name: str, terraform: Terraform, empty_moto: Moto, tmp_path: Path) -> None:
    plan, given = plan_of(name), GIVEN.get(name, {})
    root = write(plan, tmp_path)
    terraform.assert_formatted(root)
    with Applied(terraform, empty_moto, root, given) as applied:
        found = Iam.read(empty_moto)
        assert found == iam_of([(plan, given)])
        outputs = applied.outputs()
        (role,) = found.roles.values()
        assert outputs["execution_role_arn"] == role.arn
        assert outputs["execution_role_name"] == role.name
        if plan.callers:
            arns = {policy.arn for policy in found.policies.values()}
            assert set(outputs["caller_policy_arns"].values()) == arns
            assert set(outputs["caller_policies"]) == {caller.key for caller in plan.callers}
    assert Iam.read(empty_moto) == Iam({}, {})


@pytest.mark.terraform
def test_all_examples_apply_as_child_modules_of_one_root(
    terraform: Terraform, empty_moto: Moto, tmp_path: Path
) -> None:
    plans = {name: plan_of(name) for name in NAMES}
    trees = {name: write(plan, tmp_path / "trees" / name) for name, plan in plans.items()}
    root = write_batch(tmp_path / "root", trees, GIVEN)
    with Applied(terraform, empty_moto, root):
        assert Iam.read(empty_moto) == iam_of((plan, GIVEN.get(name, {})) for name, plan in plans.items())
    assert Iam.read(empty_moto) == Iam({}, {})


@pytest.mark.terraform
def test_statements_vanish_when_their_list_is_empty(terraform: Terraform, empty_moto: Moto, tmp_path: Path) -> None:
    plan, given = plan_of("generic"), {**GIVEN["generic"], "gateway_arns": []}
    with Applied(terraform, empty_moto, write(plan, tmp_path), given):
        found = Iam.read(empty_moto)
        assert found == iam_of([(plan, given)])
        (role,) = found.roles.values()
        sids = [statement["Sid"] for statement in role.inline["execution"]["Statement"]]
        assert "Gateway" not in sids
        assert "Memory" in sids


@pytest.mark.terraform
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"harness_name": "has-a-hyphen"}, "a letter followed by"),
        ({"harness_name": ""}, "a letter followed by"),
        ({"harness_name": "a" * 41}, "a letter followed by"),
        ({"model_id": "us.anthropic.claude-haiku-4-5-20251001-v1:0"}, "the id of a foundation model"),
        ({"model_id": "amazon.nova*"}, "the id or ARN of one model"),
        ({"gateway_arns": ["arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/*"]}, "the ARN of a gateway"),
        ({"memory_arn": "arn:aws:s3:::bucket"}, "the ARN of a memory"),
    ],
)
def test_inputs_are_checked_by_terraform(
    change: Given, said: str, terraform: Terraform, empty_moto: Moto, tmp_path: Path
) -> None:
    root = write(plan_of("generic"), tmp_path)
    given = {**GIVEN["generic"], **change}
    terraform.init(root)
    applied = Applied(terraform, empty_moto, root, given)
    with pytest.raises(AssertionError, match="plan ended with code 1") as caught:
        applied.plan()
    assert " ".join(str(caught.value).split()).replace("\\n", " ").find(said) >= 0
