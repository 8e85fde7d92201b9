"""What a user reads: every mistake once, in its place, in our own words, with a way to mend it."""

from __future__ import annotations

from typing import Any

import pytest
from posture_samples import GATEWAY_ARN, KEY_ARN, findings, gateway, jwt, leaves, only, runtime, small

from tfgen.diagnostics import At, Code, Route, Severity
from tfgen.diagnostics.values import shown
from tfgen.posture import validate
from tfgen.posture.names import meant, snake
from tfgen.posture.walk import keyed

TWELVE: dict[str, Any] = {
    "tfgen": 2,
    "name": "Order Support",
    "inputs": {"gateway_arn": {"description": "The gateway.", "type": "text"}},
    "harness": {
        "harness_name": "order-support",
        "model": {"bedrock_model_config": {"modelId": "m"}},
        "tools": [
            {"type": "agentcore_gateway", "config": {"agentcore_gateway": {"gateway_arn": {"input": "gatway_arn"}}}},
            {"type": "agentcore_gateway", "config": {"agentcore_gateway": {"gateway_arn": {"input": "gateway_arn"}}}},
            {"type": "shell"},
        ],
        "memory": {"disabled": None},
        "max_iterations": "5",
        "executionRoleArn": "arn:aws:iam::111122223333:role/x",
        "authorizer_configuration": {
            "custom_jwt_authorizer": {"discovery_url": "https://idp.example.com/.well-known/openid-configuration"}
        },
    },
    "role": {"max_session_duration": 60},
}

EXPECTED: list[tuple[Code, Route, At, str, str]] = [
    (Code.BAD_VALUE, ("tfgen",), At.VALUE, "2 is not a version of the posture file", "write 1"),
    (Code.BAD_VALUE, ("name",), At.VALUE, "'Order Support' is not a lower-case letter followed by", "for example"),
    (Code.BAD_VALUE, ("inputs", "gateway_arn", "type"), At.VALUE, "'text' is not one of list(string), string", ""),
    (Code.BAD_VALUE, ("harness", "harness_name"), At.VALUE, "'order-support' is not a letter followed by", "for ex"),
    (
        Code.UNKNOWN_KEY, ("harness", "model", "bedrock_model_config", "modelId"), At.KEY,
        "unknown key 'modelId'; allowed are additional_params, api_format", "write 'model_id'",
    ),
    (
        Code.UNDECLARED_INPUT,
        ("harness", "tools", 0, "config", "agentcore_gateway", "gateway_arn", "input"), At.VALUE,
        "the input 'gatway_arn' is not declared", "write gateway_arn",
    ),
    (Code.BAD_VALUE, ("harness", "tools", 2, "type"), At.VALUE, "'shell' is not one of agentcore_browser, ", ""),
    (Code.WRONG_TYPE, ("harness", "memory", "disabled"), At.VALUE, "no value is written here", "write {}"),
    (Code.WRONG_TYPE, ("harness", "max_iterations"), At.VALUE, "a whole number is needed, not '5'", "without quotes"),
    (Code.UNKNOWN_KEY, ("harness", "executionRoleArn"), At.KEY, "the execution role is made from this", "leave it out"),
    (
        Code.CONFLICT, ("harness", "authorizer_configuration", "custom_jwt_authorizer"), At.KEY,
        "at least one of allowed_audience, allowed_clients", "say for whom",
    ),
    (Code.BAD_VALUE, ("role", "max_session_duration"), At.VALUE, "60 is too small: the least is 3600", "write 3600"),
]  # fmt: skip


def test_twelve_mistakes_are_twelve_findings() -> None:
    found = validate(TWELVE).findings
    assert len(found) == len(EXPECTED) == 12
    for code, route, at, words, help in EXPECTED:
        (one,) = [finding for finding in found if finding.route == route]
        assert (one.code, one.at, one.severity) == (code, at, Severity.ERROR)
        assert words in one.message
        assert help in one.help
    assert validate(TWELVE).posture is None


def test_the_same_data_gives_the_same_findings() -> None:
    assert validate(TWELVE) == validate(TWELVE)


@pytest.mark.parametrize(
    ("mapping", "key", "known"),
    [
        ({}, "modelConfig", "model"),
        ({}, "tool", "tools"),
        ({}, "skill", "skills"),
        ({}, "hook", "hooks"),
        ({}, "mcpServers", "tools"),
        ({}, "systemPrompt", "system_prompt"),
        ({}, "allowedTool", "allowed_tools"),
        ({}, "authorizer", "authorizer_configuration"),
        ({}, "authorizerConfiguration", "authorizer_configuration"),
        ({}, "environmentVariables", "environment_variables"),
        ({}, "environment-artifact", "environment_artifact"),
        ({}, "harnesName", "harness_name"),
        ({}, "maxtokens", "max_tokens"),
    ],
)
def test_another_spelling_of_a_key(mapping: dict[str, Any], key: str, known: str) -> None:
    found = [f for f in validate(small(**{key: mapping})).findings if f.code is Code.UNKNOWN_KEY]
    assert [(f.route, f.at, f.help) for f in found] == [(("harness", key), At.KEY, f"write {known!r}")]


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("agent_core_gateway", "agentcore_gateway"),
        ("agentCoreGateway", "agentcore_gateway"),
        ("agentCoreCodeInterpreter", "agentcore_code_interpreter"),
        ("remoteMcp", "remote_mcp"),
        ("inlineFunction", "inline_function"),
        ("browser", "agentcore_browser"),
    ],
)
def test_the_spelling_of_the_api(key: str, known: str) -> None:
    data = small(tools=[{"type": "agentcore_browser", "config": {key: {}}}])
    found = only(data)
    assert (found.code, found.route) == (Code.UNKNOWN_KEY, ("harness", "tools", 0, "config", key))
    if key != "browser":
        assert found.help == f"write {known!r}"
    assert known in found.message


@pytest.mark.parametrize(
    ("api", "ours"),
    [
        ("customJWTAuthorizer", "custom_jwt_authorizer"),
        ("openAiModelConfig", "openai_model_config"),
        ("liteLlmModelConfig", "litellm_model_config"),
        ("s3FilesAccessPoint", "s3_files_access_point"),
        ("agentCoreMemoryConfiguration", "agentcore_memory_configuration"),
        ("topP", "top_p"),
        ("OAuth", "oauth"),
        ("apiKeyArn", "api_key_arn"),
    ],
)
def test_snake(api: str, ours: str) -> None:
    assert snake(api) == ours


def test_every_key_is_its_own_nearest() -> None:
    for _, slot in leaves():
        if slot.model is not None:
            for key, _ in keyed(slot.model):
                assert snake(key) == key
                assert meant(key, slot.model.keys()) == key


def test_nothing_is_suggested_for_what_is_like_nothing() -> None:
    found = only({**small(), "zzz": 1})
    assert (found.code, found.help) == (Code.UNKNOWN_KEY, "")
    assert found.message.endswith("allowed are access, also, description, expect, extra, gateways, guardrails, "
                                  "harness, inputs, name, network, provision, role, tags, tests, tfgen, "
                                  "token_vault")  # fmt: skip


REFUSED = {
    "role": (small(executionRoleArn="x"), ("harness", "executionRoleArn"), "`role` at the top"),
    "token": (small(client_token="x" * 33), ("harness", "client_token"), "leave it out"),
    "nested-role": (small(role={}), ("harness", "role"), "move it to the top"),
    "managed": (
        small(memory={"managed_memory_configuration": {"arn": "x"}}),
        ("harness", "memory", "managed_memory_configuration", "arn"),
        "agentcore_memory_configuration",
    ),
    "endpoint": (
        runtime(network_configuration={"network_mode": "VPC", "network_mode_config": {
            "subnets": ["subnet-0123456789abcdef0"], "security_groups": ["sg-0123456789abcdef0"],
            "require_service_s3_endpoint": False}}),
        ("harness", "environment", "agentcore_runtime_environment", "network_configuration", "network_mode_config",
         "require_service_s3_endpoint"),
        "give the VPC a gateway endpoint",
    ),
    "sensitive": (
        {**small(harness_name={"input": "a"}), "inputs": {"a": {"description": "x", "sensitive": True}}},
        ("inputs", "a", "sensitive"),
        "keep secrets in a credential provider",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "route", "help"), [pytest.param(*row, id=name) for name, row in REFUSED.items()])
def test_keys_that_are_refused_with_a_reason(data: dict[str, Any], route: Route, help: str) -> None:
    found = only(data)
    assert (found.code, found.route, found.at) == (Code.UNKNOWN_KEY, route, At.KEY)
    assert "is not accepted: " in found.message
    assert help in found.help


@pytest.mark.parametrize(
    ("data", "help"),
    [
        (small(memory="disabled"), "write { disabled: {} }"),
        (small(memory="off"), "its keys are agentcore_memory_configuration, disabled, managed_memory_configuration"),
        (small(memory={"disabled": True}), "write {}"),
        (small(memory={"disabled": None}), "write {}"),
        (small(memory={"managed_memory_configuration": None}), "write {} or its keys, or leave the key out"),
        (small(truncation=None), "write a value, or leave the key out"),
        (small(tools=None), "write a value, or leave the key out"),
        (small(tools=gateway()), "write it as a list of one: begin it with a dash"),
        (small(allowed_tools="*"), "write it as a list of one: [...]"),
        (small(max_tokens="5"), "write it without quotes"),
        (small(max_tokens=5.0), "write 5"),
        (small(max_tokens="many"), ""),
        (small(truncation={"strategy": "SUMMARIZATION"}), "write summarization"),
        (runtime(network_configuration={"network_mode": "Public"}), "write PUBLIC"),
        ({**small(), "tfgen": "1"}, "write 1"),
        ({**small(), "tfgen": True}, "write 1"),
        ({**small(), "tfgen": 1.0}, "write 1"),
        ({**small(), "name": 5}, 'put it in quotes: "5"'),
    ],
)  # fmt: skip
def test_help(data: dict[str, Any], help: str) -> None:
    assert only(data).help == help


def test_missing_keys_say_what_they_are_for() -> None:
    assert only({"tfgen": 1, "name": "a"}).help == "harness: The harness, key by key as CreateHarness takes it."
    data = small()
    del data["harness"]["model"]
    found = only(data)
    assert (found.code, found.route, found.at) == (Code.MISSING_KEY, ("harness",), At.KEY)
    assert "the one that the service picks" in found.help


@pytest.mark.parametrize("data", [None, [], "x", 5, True, {}, {1: 2}, [{}]])
def test_what_is_no_posture_at_all(data: object) -> None:
    result = validate(data)
    assert result.posture is None
    assert result.findings
    assert all(finding.message for finding in result.findings)


def test_secrets_stay_out_of_messages() -> None:
    secret = "hunter2" * 2000
    data = jwt()
    data["harness"] |= {
        "environment_variables": {"A": secret, "B": 31337},
        "system_prompt": [{"text": 31337}],
        "model": {"openai_model_config": {"model_id": "m", "api_key_arn": KEY_ARN, "api_base": 31337}},
        "tools": [{"type": "remote_mcp", "config": {"remote_mcp": {"url": secret * 2, "headers": {"a": 31337}}}}],
    }
    found = validate(data).findings
    assert len(found) == 6
    assert not any("hunter2" in f.message + f.help or "31337" in f.message + f.help for f in found)


def test_no_wording_of_pydantic_leaks() -> None:
    values: tuple[object, ...] = (True, -5, "", [None], {"x": None}, object())
    for route, _ in leaves():
        for value in values:
            data: Any = value
            for step in reversed(route):
                data = [data] if isinstance(step, int) else {step: data}
            for finding in validate(data).findings:
                assert "Input should" not in finding.message
                assert "pydantic" not in finding.message
                assert finding.message[0] == finding.message[0].lower()
                assert not finding.message.endswith(".")
                assert "[key]" not in finding.route


def test_long_values_are_cut() -> None:
    found = only({**small(), "name": "A" * 500})
    assert "AAA...'" in found.message
    assert len(found.message) < 200


VALUES: tuple[object, ...] = (None, True, 5, 1.5, "a'b", {}, [], (), b"x")


def test_shown() -> None:
    assert [shown(value) for value in VALUES] == [
        "nothing", "true", "5", "1.5", '"a\'b"', "a mapping", "a list", "a list", "a bytes",
    ]  # fmt: skip
    assert shown(10**5000) == "a huge number"


def test_text_is_normalised() -> None:
    posture = validate(small(system_prompt=[{"text": "cafe\u0301"}])).posture
    assert posture is not None
    assert posture.harness.system_prompt is not None
    assert posture.harness.system_prompt[0].text == "caf\u00e9"
    assert findings({**small(), "environment": 1, "harne\u0301ss": 2})[-1:] != []
    found = only(small(environment_variables={"e\u0301": "x"}))
    assert (found.code, found.at) == (Code.BAD_VALUE, At.KEY)


def test_text_that_no_file_can_hold() -> None:
    assert findings(small(system_prompt=[{"text": "a\ud800"}]))[0] == (
        "BAD_VALUE", ("harness", "system_prompt", 0, "text"),
    )  # fmt: skip
    assert findings({**small(), "\ud800": 1}) == [("BAD_VALUE", ("\ud800",))]


def test_depth_is_bounded() -> None:
    deep: Any = {}
    for _ in range(5000):
        deep = {"a": deep}
    found = [f for f in validate({**small(), "gateways": deep}).findings if f.code is Code.TOO_LARGE]
    assert len(found) == 1


def test_an_arn_of_another_service_is_refused() -> None:
    found = only(small(memory={"agentcore_memory_configuration": {"arn": GATEWAY_ARN}}))
    assert found.message == f"'{GATEWAY_ARN}' is not the ARN of a memory"
