"""The published modules are what tfgen renders from the posture beside them, and Terraform takes them alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from example_postures import make_existing
from expected import Given, examples, iam_of
from moto_harness import ACCOUNT, Iam, Moto
from terraform_harness import Applied, Terraform, write_batch

from tfgen import disk, source
from tfgen.app.render import render
from tfgen.cli.render import MODULES_LAYOUT
from tfgen.plan.build import build
from tfgen.posture import validate

MODULES = Path(__file__).parents[2] / "modules"
POSTURE = MODULES / "posture.yaml"


@pytest.mark.parametrize("folder", [MODULES, MODULES / "vpc"], ids=lambda folder: folder.name)
def test_they_are_what_would_be_rendered(folder: Path) -> None:
    rendered = render(str(folder / "posture.yaml"), parts_only=True)
    assert rendered.diagnostics == ()
    changes = disk.compare(dict(rendered.files), folder, MODULES_LAYOUT)
    assert disk.unified_diff(changes) == "", "run `make modules`, and say in the commit why they changed"
    assert changes.clean


@pytest.mark.terraform
def test_they_apply_by_themselves_with_nothing_and_with_everything(
    terraform: Terraform, empty_moto: Moto, tmp_path: Path
) -> None:
    terraform.assert_formatted(MODULES)
    for part in ("execution-role", "access"):
        shutil.copytree(MODULES / part, tmp_path / part)
    document = source.read(str(POSTURE))
    assert isinstance(document, source.Document)
    posture = validate(document.data).posture
    assert posture is not None
    plan, _ = build(posture)
    lists = [item for item in plan.inputs if item.many]
    roles = [f"team{number}" for number, item in enumerate(lists) if item.name.endswith("_role_names")]
    taken = iter(roles)
    everything: Given = {
        "harness_name": "published",
        "role_name": "published-agent",
        "permissions_boundary": f"arn:aws:iam::{ACCOUNT}:policy/agents-boundary",
        **{item.name: (next(taken),) if item.name.endswith("_role_names") else examples(item) for item in lists},
    }
    given: dict[str, Given] = {"nothing": {"harness_name": "bare"}, "everything": everything}
    assert len(lists) > 35
    variables: dict[str, dict[str, object]] = {}
    for call, values in given.items():
        for part in plan.parts:
            names = {item.name for item in plan.part_inputs(part)}
            variables[f"{call}_{part.replace('-', '_')}"] = {k: v for k, v in values.items() if k in names}
    trees = {name: tmp_path / name.partition("_")[2].replace("_", "-") for name in variables}
    before = make_existing(empty_moto, roles)
    with Applied(terraform, empty_moto, write_batch(tmp_path / "root", trees, variables)):
        found = Iam.read(empty_moto)
        assert found == iam_of([(plan, values) for values in given.values()], before.roles.values())
        statements = {
            call: sum(len(document["Statement"]) for document in found.roles[role].attached.values())
            for call, role in (("nothing", "bare-role-us-east-1"), ("everything", "published-agent"))
        }
    assert statements == {"nothing": 12, "everything": len(plan.role.policy.grants)}
