"""Random postures that are valid: the same ones at each run."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

from posture_samples import GATEWAY_ARN, JWT, KEY_ARN, VPC, document, example, leaves, small

from tfgen.posture import Posture, validate

_PLACES = list(leaves())
_ARN = "arn:aws:bedrock-agentcore:eu-central-1:111122223333:"


def postures(count: int, seed: int = 20261125) -> Iterator[Posture]:
    """So many valid postures, each with some of all keys at values that differ."""
    random = Random(seed)
    made = 0
    while made < count:
        data = some_posture(random)
        posture = validate(data).posture
        if posture is not None:
            made += 1
            yield posture


def some_posture(random: Random) -> dict[str, Any]:
    data: dict[str, Any] = small(harness_name=f"agent_{random.randrange(10**6)}")
    data["name"] = f"agent-{random.randrange(10**6)}"
    harness = data["harness"]
    for make in random.sample(_MAKERS, random.randint(1, 6)):
        make(random, data, harness)
    for route, slot in random.sample(_PLACES, 3):
        if len(route) == 2 and route[0] == "harness" and route[1] not in harness:
            harness[route[1]] = example(slot)
        elif len(route) == 1 and route[0] not in data:
            data = {**document(route, example(slot)), **data, "harness": harness}
    return data


def _tools(random: Random, data: dict[str, Any], harness: dict[str, Any]) -> None:
    tools = []
    for index in range(random.randint(1, 3)):
        kind = random.choice(
            ["agentcore_browser", "agentcore_code_interpreter", "agentcore_gateway", "inline_function"]
        )
        tool: dict[str, Any] = {"type": kind, "name": f"tool-{index}"}
        if kind == "agentcore_gateway":
            tool["config"] = {kind: {"gateway_arn": f"{_ARN}gateway/tools{index}-abcdefghij"}}
        if kind == "inline_function":
            schema = {"type": "object", "properties": {"x": {"enum": ["012", "yes", 1.5, None, True]}}}
            tool["config"] = {kind: {"description": _words(random), "input_schema": schema}}
        tools.append(tool)
    harness["tools"] = tools


def _words(random: Random) -> str:
    parts = [
        "plain",
        "a: b",
        "# no comment",
        "- item",
        "{x}",
        "'q'",
        '"q"',
        "ü",
        "日本",
        "\\n",
        "${x}",
        "%{y}",
        "yes",
        "012",
    ]
    return " ".join(random.sample(parts, random.randint(1, 5)))


def _prompt(random: Random, data: dict[str, Any], harness: dict[str, Any]) -> None:
    separator = random.choice([" ", "\n", "\n\n", "\n  "])
    harness["system_prompt"] = [{"text": separator.join(_words(random) for _ in range(3))}]


def _numbers(random: Random, data: dict[str, Any], harness: dict[str, Any]) -> None:
    harness["max_iterations"] = random.randint(1, 100)
    (settings,) = harness["model"].values()
    settings["temperature"] = random.choice([0.1, 0.25, 1.0, 2.0])


def _inputs(random: Random, data: dict[str, Any], harness: dict[str, Any]) -> None:
    name = f"gateway_arns_{random.randrange(100)}"
    data["inputs"] = {name: {"description": _words(random), "type": "list(string)", "default": [GATEWAY_ARN]}}
    config = {"agentcore_gateway": {"gateway_arn": {"input": name}}}
    harness["tools"] = [{"type": "agentcore_gateway", "name": "gateways", "config": config}]


def _jwt(random: Random, data: dict[str, Any], harness: dict[str, Any]) -> None:
    harness["authorizer_configuration"] = {"custom_jwt_authorizer": deepcopy(JWT)}


def _vpc(random: Random, data: dict[str, Any], harness: dict[str, Any]) -> None:
    harness["environment"] = {"agentcore_runtime_environment": {"network_configuration": deepcopy(VPC)}}


def _variables(random: Random, data: dict[str, Any], harness: dict[str, Any]) -> None:
    harness["environment_variables"] = {f"KEY_{index}": _words(random) for index in range(random.randint(1, 3))}


def _openai(random: Random, data: dict[str, Any], harness: dict[str, Any]) -> None:
    harness["model"] = {"openai_model_config": {"model_id": "gpt-5", "api_key_arn": KEY_ARN}}


def _around(random: Random, data: dict[str, Any], harness: dict[str, Any]) -> None:
    data["description"] = _words(random)
    data["access"] = [{"name": "callers", "may": ["invoke"]}]
    data["expect"] = [{"deny": "iam:*"}]
    data["role"] = {"path": "/agents/", "max_session_duration": random.choice([3600, 7200])}


_MAKERS = [_tools, _prompt, _numbers, _inputs, _jwt, _vpc, _variables, _around, _openai]
