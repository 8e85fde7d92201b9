"""Well-known execution roles beside the ones that are derived for the same features: what is beyond need in numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from roles_compared import FOLDER, SAME

from tfgen.iam.policy import Effect, Statement
from tfgen.iam.text import text
from tfgen.imports.compare import Comparison, compare
from tfgen.imports.policies import Found
from tfgen.plan.build import build
from tfgen.posture import validate
from tfgen.terraform.values import Place

_MODEL = {"model": {"bedrock_model_config": {"model_id": "anthropic.claude-sonnet-4-20250514-v1:0"}}}

SHAPES: Mapping[str, tuple[str, str, Mapping[str, Any]]] = {
    "sample": ("documentation", "a model alone", _MODEL),
    "sample-in-use": ("documentation", "a model, browser, code interpreter, JWT callers", SAME["documentation"]),
    "provider": ("provider-documentation", "a model alone", _MODEL),
    "cdk-minimal": ("cdk-minimal", "a model and managed memory", SAME["cdk-minimal"]),
    "cdk-full": ("cdk-full", "all that the CDK knows", SAME["cdk-full"]),
}
"""Each role with the features of a harness that is given it, in words and as a posture's `harness:`."""


def _role(file: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((FOLDER / f"{file}.json").read_text(encoding="utf-8"))
    return data


def overgrant(name: str) -> Comparison:
    """A well-known role beside the derived one."""
    file, _, harness = SHAPES[name]
    data = _role(file)
    place = Place(f"{file}.json")
    found = [
        Found(
            data["title"],
            place,
            Statement(f"{number}", Effect.ALLOW, tuple(one["actions"]), tuple(map(text, one["resources"]))),
            trust=False,
        )
        for number, one in enumerate(data["statements"], 1)
    ]
    validation = validate({"tfgen": 1, "name": "bot", "harness": {"harness_name": "proj_bot", **harness}})
    assert validation.posture is not None, validation.findings
    plan, findings = build(validation.posture)
    assert findings == ()
    return compare(found, plan, {})


def table() -> str:
    """The table for the documentation."""
    lines = [
        "| role | for a harness with | actions beyond need | resources beyond need | needed actions that it lacks |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, (file, features, _) in SHAPES.items():
        data = _role(file)
        found = overgrant(name)
        numbers = found.numbers
        assert numbers is not None
        lacking = {action for lack in found.lacks if lack.sure for action, _ in lack.missing}
        lines.append(
            f"| [{data['title']}]({data['source']}) | {features} | {numbers.actions_beyond} of {numbers.actions} "
            f"| {numbers.resources_beyond} of {numbers.resources} | {len(lacking)} |"
        )
    return "\n".join(lines) + "\n"
