"""IAM's names are global to an account: by default two regions take different ones, and IAM takes the longest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from feature_samples import posture
from moto_harness import Iam, Moto
from network_samples import sample
from terraform_harness import Applied, Terraform

from tfgen.catalog.network import facts
from tfgen.iam.text import Source, Text, text
from tfgen.plan.build import build
from tfgen.plan.model import Plan
from tfgen.posture import validate
from tfgen.posture.shape import shape
from tfgen.render import files

ROLE_LIMIT: Final = 64
POLICY_LIMIT: Final = 128
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
CALLERS: Final = [
    {"name": "operators", "may": ["operate", "deploy", "audit"]},
    {"name": "shops", "may": ["invoke"], "as": "inline-policy", "roles": ["shop"]},
    {"name": "others", "may": ["invoke"], "as": "json"},
]
LONG: Final = "a" * (shape("posture-name").max or 0)


def planned(data: Any) -> Plan:
    validation = validate(data)
    assert validation.posture is not None, validation.findings
    plan, _ = build(validation.posture)
    return plan


def full(**more: Any) -> dict[str, Any]:
    data = sample(flow_logs=True)
    return {**data, "access": CALLERS, "guardrails": {"boundary": True}, **more}


def roles(plan: Plan) -> Iterator[Text]:
    assert plan.network is not None and plan.network.flow_logs is not None
    yield from (name for name in (plan.role.name, plan.network.flow_logs.role_name) if name is not None)


def policies(plan: Plan) -> Iterator[Text]:
    yield from (one.name for one in plan.role.parts)
    yield from ([plan.role.boundary.name] if plan.role.boundary is not None else [])
    yield from (caller.name for caller in plan.callers)


def resolved(name: Text, region: str, harness_name: str = "") -> str:
    """The name in a region; there is no other unknown in it than the harness's own name."""
    known = name.replace(lambda slot: text(region if slot.source is Source.CONTEXT else harness_name)).known
    assert known is not None
    return known


def test_no_two_regions_take_the_same_name() -> None:
    plan = planned(full())
    taken = [resolved(name, region) for region in facts().zones for name in (*roles(plan), *policies(plan))]
    assert len(set(taken)) == len(taken) == len(facts().zones) * 6


@pytest.mark.parametrize("by_input", [False, True])
def test_the_longest_names_fit(by_input: bool) -> None:
    data = full(name=LONG, access=[{"name": "b" * (shape("access-name").max or 0), "may": ["invoke"]}])
    if by_input:
        data["inputs"] = {"harness_name": {"description": "The name."}}
        data["harness"]["harness_name"] = {"input": "harness_name"}
    plan, longest = planned(data), "h" * (shape("harness-name").max or 0)
    for region in facts().zones:
        for name in roles(plan):
            assert len(resolved(name, region, longest)) <= ROLE_LIMIT
        for name in policies(plan):
            assert len(resolved(name, region, longest)) <= POLICY_LIMIT


def long() -> dict[str, Any]:
    """A posture whose role needs more than one policy holds."""
    extra = [
        {
            "actions": ["dynamodb:GetItem"],
            "on": [
                f"arn:aws:dynamodb:us-east-1:123456789012:table/{number}-{part:03}-{'x' * 50}" for part in range(40)
            ],
            "why": f"The tables of team {number}.",
        }
        for number in range(4)
    ]
    return {**posture(), "extra": extra}


def test_the_parts_of_a_long_policy_have_names_that_fit() -> None:
    plan = planned({**long(), "name": LONG})
    assert plan.role.parts
    assert all(len(resolved(one.name, region)) <= POLICY_LIMIT for one in plan.role.parts for region in facts().zones)


def test_a_name_that_the_posture_chooses_stays() -> None:
    assert planned(full(role={"name": "chosen"})).role.name == text("chosen")
    prefixed = planned(full(role={"name_prefix": "chosen-"})).role
    assert (prefixed.name, prefixed.name_prefix) == (None, text("chosen-"))


def readme(data: Any, path: str = "README.md") -> str:
    return next(file.text for file in files.tree(planned(data)) if file.path == path)


def test_the_readme_says_which_names_are_global() -> None:
    whole = readme(full())
    section = whole.partition("## Names that are global to the account")[2].partition("## Inputs")[0]
    assert re.findall(r"^\| `(.+?)` \|", section, re.MULTILINE) == [
        "sample-role-${region}",
        "sample-boundary-${region}",
        "sample-operators-${region}",
        "sample-flows-${region}",
    ]
    assert "make `harness.harness_name` an input" in section
    assert "| `sample-flows-${region}` |" in readme(full(), "modules/network/README.md")
    assert "| `sample-role-${region}` |" not in readme(full(), "modules/network/README.md")
    assert "give every region one of its own" not in section
    assert "give every region one of its own" in readme(full(role={"name": "chosen"}))
    linked = sample(service_linked_role=True)
    assert "let only one region make it" in readme(linked)


def test_the_harness_waits_for_every_policy_of_its_role() -> None:
    for data in (posture(), long()):
        data["harness"]["system_prompt"] = [{"text": "You help."}]
        texts = {file.path: file.text for file in files.tree(planned({**data, "provision": "aws"}))}
        made = re.findall(
            r'^resource "(aws_iam_role_policy(?:_attachment)?)" "(\w+)"',
            texts["modules/execution-role/main.tf"],
            re.MULTILINE,
        )
        output = texts["modules/execution-role/outputs.tf"].partition('output "role_arn"')[2].partition("\n}")[0]
        waits = output.partition("depends_on")[2]
        assert made
        assert all(f"{kind}.{name}" in waits for kind, name in made)
        call = texts["main.tf"].partition('module "harness"')[2].partition("\n}")[0]
        assert "execution_role_arn = module.execution_role.role_arn" in " ".join(call.split())
        assert "role_arn` waits for them" in texts["README.md"]


@pytest.mark.terraform
def test_one_tree_is_applied_in_two_regions_of_one_account(terraform: Terraform, moto: Moto, tmp_path: Path) -> None:
    data = {**posture(), "access": CALLERS[::2], "guardrails": {"boundary": True}}
    roots = [tmp_path / name for name in ("one", "two")]
    for root in roots:
        for file in files.tree(planned(data)):
            (root / file.path).parent.mkdir(parents=True, exist_ok=True)
            (root / file.path).write_text(file.text, encoding="utf-8")
    regions = ("us-east-1", "eu-west-1")
    with (
        Applied(terraform, moto, roots[0], region=regions[0]),
        Applied(terraform, moto, roots[1], region=regions[1]),
    ):
        found = Iam.read(moto)
    assert set(found.roles) == {f"sample-role-{region}" for region in regions}
    assert set(found.policies) == {f"sample-{one}-{region}" for region in regions for one in ("operators", "boundary")}
