"""The published modules are what tfgen renders from the posture beside them, and Terraform takes them alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from expected import Given, iam_of
from moto_harness import ACCOUNT, Iam, Moto
from terraform_harness import Applied, Terraform, write_batch

from tfgen import disk, source
from tfgen.app import render
from tfgen.commands import MODULES_LAYOUT
from tfgen.plan.build import build
from tfgen.plan.model import PartName
from tfgen.posture import validate

MODULES = Path(__file__).parent.parent / "modules"
POSTURE = MODULES / "posture.yaml"


@pytest.mark.parametrize("folder", [MODULES, MODULES / "vpc"], ids=lambda folder: folder.name)
def test_they_are_what_would_be_rendered(folder: Path) -> None:
    rendered = render(str(folder / "posture.yaml"), parts_only=True)
    assert rendered.diagnostics == ()
    changes = disk.compare(dict(rendered.files), folder, MODULES_LAYOUT)
    assert disk.unified_diff(changes) == "", "run `make modules`, and say in the commit why they changed"
    assert changes.clean


@pytest.mark.terraform
def test_they_apply_by_themselves(terraform: Terraform, empty_moto: Moto, tmp_path: Path) -> None:
    terraform.assert_formatted(MODULES)
    for part in ("execution-role", "access"):
        shutil.copytree(MODULES / part, tmp_path / part)
    document = source.read(str(POSTURE))
    assert isinstance(document, source.Document)
    posture = validate(document.data).posture
    assert posture is not None
    plan, _ = build(posture)
    provider = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:token-vault/default/apikeycredentialprovider"
    given: Given = {
        "harness_name": "published",
        "model_id": "amazon.nova-pro-v1:0",
        "gateway_arns": [],
        "api_key_provider_arns": [f"{provider}/git", f"{provider}/search"],
    }
    role_inputs = {item.name for item in plan.part_inputs(PartName.EXECUTION_ROLE)}
    variables: dict[str, dict[str, object]] = {
        "execution_role": {name: value for name, value in given.items() if name in role_inputs},
        "access": {"harness_name": "published"},
    }
    trees = {name: tmp_path / name.replace("_", "-") for name in variables}
    with Applied(terraform, empty_moto, write_batch(tmp_path / "root", trees, variables)):
        assert Iam.read(empty_moto) == iam_of([(plan, given)])
