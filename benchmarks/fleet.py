"""Many different postures, and the stages of tfgen's work on them one by one. Made from a seed: the same everywhere."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import hcl2

from tfgen.hcl import read as hcl_read
from tfgen.plan.build import build
from tfgen.plan.model import Plan
from tfgen.posture import validate
from tfgen.render import files

_ACCOUNT = "123456789012"
_MODELS = (
    "amazon.nova-pro-v1:0",
    "us.anthropic.claude-haiku-4-5-20251001-v1:0",
    "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "mistral.mistral-large-2407-v1:0",
)


def posture(number: int) -> dict[str, Any]:
    """One posture of the fleet; each number gives another one."""
    chance = random.Random(number)
    name = f"agent{number}"
    gateway = f"arn:aws:bedrock-agentcore:us-east-1:{_ACCOUNT}:gateway/{name}-abcde12345"
    tools: list[dict[str, Any]] = [
        {"type": "agentcore_gateway", "name": "own", "config": {"agentcore_gateway": {"gateway_arn": gateway}}}
    ]
    if chance.random() < 0.5:
        tools.append({"type": "agentcore_browser", "name": "web"})
    if chance.random() < 0.5:
        tools.append({"type": "agentcore_code_interpreter", "name": "python"})
    harness: dict[str, Any] = {
        "harness_name": name,
        "model": {"bedrock_model_config": {"model_id": chance.choice(_MODELS)}},
        "system_prompt": [{"text": f"You are agent number {number}."}],
        "tools": tools,
        "memory": {"disabled": {}} if chance.random() < 0.5 else {"managed_memory_configuration": {}},
    }
    return {
        "tfgen": 1,
        "name": name,
        "description": f"Agent number {number} of the fleet.",
        "harness": harness,
        "access": [{"name": "callers", "may": ["invoke"]}, {"name": "readers", "may": ["read"]}],
        "tags": {"team": f"team{number % 17}"},
    }


def write(folder: Path, count: int) -> list[Path]:
    """Write postures as files (JSON is YAML)."""
    folder.mkdir(parents=True)
    paths = [folder / f"{number}.yaml" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(json.dumps(posture(number), indent=2), encoding="utf-8")
    return paths


def plans(count: int) -> list[Plan]:
    """The plans of the first postures of the fleet."""
    found = []
    for number in range(count):
        valid = validate(posture(number)).posture
        assert valid is not None
        found.append(build(valid)[0])
    return found


def texts(made: Iterable[Plan]) -> list[str]:
    """The Terraform files of some plans."""
    return [file.text for plan in made for file in files.tree(plan) if file.body is not None]


def read(written: Iterable[str]) -> None:
    """Parse files back, as the proof does."""
    for text in written:
        hcl_read.read(text)


def rewrite_with_hcl2(written: Iterable[str]) -> None:
    """Let python-hcl2 write what it has read; only its writing is of interest, its reading is in the time too."""
    for text in written:
        hcl2.dumps(hcl2.loads(text))
