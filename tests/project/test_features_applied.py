"""Every feature alone and 200 combinations, applied as Terraform to an AWS stand-in and read back: it is the plan."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from expected import Given, examples, iam_of
from feature_samples import MODELS, PARTS, posture
from moto_harness import Iam, Moto
from terraform_harness import AppliedInBulk, Terraform, write_batch

from tfgen.plan.build import build
from tfgen.plan.model import PartName, Plan
from tfgen.posture import validate
from tfgen.render import files

COMBINATIONS = 200
SEED = 1
BATCHES = 8
"""Roots that they are divided among: Terraform's time grows faster than the number of modules in one."""


def postures() -> Iterator[dict[str, Any]]:
    """Each feature with a plain model, each model without features, then combinations from a fixed seed."""
    yield from (posture(name) for name in PARTS)
    yield from (posture(model=model) for model in MODELS)
    chosen = random.Random(SEED)
    for _ in range(COMBINATIONS):
        names = chosen.sample(sorted(PARTS), chosen.randint(2, 8))
        mounts = [name for name in names if name.startswith(("efs", "s3-files"))]
        model = chosen.choice(sorted(MODELS))
        guarded = {"also-model", "also-guardrails"} if model.startswith("forced") else set()
        yield posture(*(name for name in names if name not in (*mounts[2:], *guarded)), model=model)


def plan_of(number: int, data: dict[str, Any]) -> Plan:
    data["name"] = f"sample-{number:03}"
    data["harness"]["harness_name"] = f"sample_{number:03}"
    validation = validate(data)
    assert validation.posture is not None, validation.findings
    plan, findings = build(validation.posture)
    assert findings == ()
    return plan


def given_for(plan: Plan) -> Given:
    """A value for each input of the module, two for a list where there are two examples."""
    inputs = plan.part_inputs(PartName.EXECUTION_ROLE)
    return {item.name: examples(item) if item.many else examples(item)[-1] for item in inputs}


def write(plan: Plan, folder: Path) -> Path:
    """The module `execution-role` alone: one module a posture, for there are hundreds."""
    for file in files.parts(plan):
        if file.body is not None and not file.path.endswith(".tftest.hcl"):
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
    return folder / "execution-role"


@pytest.mark.terraform
@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_feature_and_many_combinations_apply_as_planned(
    batch: int, terraform: Terraform, empty_moto: Moto, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    numbered = list(enumerate(postures()))
    assert len(numbered) == len(PARTS) + len(MODELS) + COMBINATIONS
    plans = {f"s{number:03}": plan_of(number, data) for number, data in numbered[batch::BATCHES]}
    given = {name: given_for(plan) for name, plan in plans.items()}
    trees = {name: write(plan, tmp_path / "trees" / name) for name, plan in plans.items()}
    wanted = iam_of((plans[name], given[name]) for name in plans)
    with AppliedInBulk(terraform, empty_moto, write_batch(tmp_path / "root", trees, given)):
        found = Iam.read(empty_moto)
    assert Iam.read(empty_moto) == Iam({}, {})
    for name, role in wanted.roles.items():
        assert found.roles[name] == role
    assert found == wanted
    documents = [document for role in found.roles.values() for document in role.inline.values()]
    documents += [policy.document for policy in found.policies.values()]
    with capsys.disabled():
        print(
            f"\nof {len(PARTS)} features alone, {len(MODELS)} models and {COMBINATIONS} combinations, part {batch + 1} "
            f"of {BATCHES}: {len(plans)} applied, {sum(len(d['Statement']) for d in documents)} statements read back "
            f"as planned, all destroyed",
            end="",
        )
