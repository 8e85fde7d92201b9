"""Both sides of a contradiction: which other place a finding marks, and that there is one in the text."""

from __future__ import annotations

from typing import Any

import pytest
from posture_samples import VPC, gateway, jwt, runtime, small

from tfgen import source
from tfgen.diagnostics import At, Route
from tfgen.posture import validate
from tfgen.posture.write import write_data

RUNTIME = "harness.environment.agentcore_runtime_environment"
MODE = f"{RUNTIME}.network_configuration.network_mode"
JWT = "harness.authorizer_configuration.custom_jwt_authorizer"
PUBLIC = {"network_mode": "PUBLIC"}
NAMED = {"description": "A value."}


def top(**keys: Any) -> dict[str, Any]:
    return {**small(), **keys}


def claim(**keys: Any) -> dict[str, Any]:
    given = {"inbound_token_claim_name": "groups", "inbound_token_claim_value_type": "STRING", **keys}
    return jwt(custom_claims=[given], allowed_audience=["shop"])


def match(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {"claim_match_operator": operator, "claim_match_value": {key: value}}


def tools(*names: str, **keys: Any) -> dict[str, Any]:
    return small(tools=[{"type": "agentcore_browser", "name": name} for name in names], **keys)


def role_input(name: str, **declared: Any) -> dict[str, Any]:
    inputs = {name: {**NAMED, **declared}}
    return {**small(model={"bedrock_model_config": {"model_id": {"input": name}}}), "inputs": inputs}


CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "public-with-details": (runtime(network_configuration={**VPC, **PUBLIC}), [MODE]),
    "lifetimes": (
        runtime(lifecycle_configuration={"idle_runtime_session_timeout": 900, "max_lifetime": 600}),
        [f"{RUNTIME}.lifecycle_configuration.max_lifetime"],
    ),
    "tool-type": (
        small(tools=[{**gateway(), "name": "g", "type": "remote_mcp"}]), ["harness.tools.0.type"]
    ),
    "tool-names": (tools("a", "b", "a"), ["harness.tools.0.name"]),
    "allowed-tools": (tools("a", allowed_tools=["@b"]), ["harness.tools"]),
    "truncation": (
        small(truncation={"strategy": "none", "config": {"sliding_window": {"messages_count": 3}}}),
        ["harness.truncation.strategy"],
    ),
    "claim-operator": (
        claim(authorizing_claim_match_value=match("CONTAINS", "match_value_string", "a")),
        [f"{JWT}.custom_claims.0.inbound_token_claim_value_type"],
    ),
    "claim-key": (
        claim(authorizing_claim_match_value=match("EQUALS", "match_value_string_list", ["a"])),
        [f"{JWT}.custom_claims.0.authorizing_claim_match_value.claim_match_operator"],
    ),
    "claim-with-a-key": (
        claim(
            inbound_token_claim_name="aud",
            authorizing_claim_match_value=match("EQUALS", "match_value_string", "a"),
        ),
        [f"{JWT}.allowed_audience"],
    ),
    "caller-names": (
        top(access=[{"name": "a", "may": ["read"]}, {"name": "a", "may": ["read"]}]), ["access.0.name"]
    ),
    "rights": (top(access=[{"name": "a", "may": ["read", "audit", "read"]}]), ["access.0.may.0"]),
    "json-with-roles": (top(access=[{"name": "a", "may": ["read"], "as": "json", "roles": ["r"]}]), ["access.0.as"]),
    "endpoints": (top(access=[{"name": "a", "may": ["read"], "endpoints": ["e"]}]), ["access.0.may"]),
    "claimed-callers": (
        top(access=[{"name": "a", "may": ["read"]}], expect=[{"deny": "s3:*", "by": "b"}]), ["access"]
    ),
    "assumption": (top(expect=[{"deny": "s3:*", "assuming": "boundary"}]), ["expect.0.deny"]),
    "two-kinds-of-claim": (
        top(expect=[{"deny": "s3:*", "allow": "s3:GetObject"}]), ["expect.0.allow", "expect.0.deny"]
    ),
    "union": (
        small(memory={"disabled": {}, "managed_memory_configuration": {}}),
        ["harness.memory.managed_memory_configuration", "harness.memory.disabled"],
    ),
    "role-names": (top(role={"name": "a", "name_prefix": "b"}), ["role.name"]),
    "service-control": (
        {**runtime(network_configuration=PUBLIC), "guardrails": {"service_control": ["vpc"]}}, [MODE]
    ),
    "default-type": (role_input("m", default=["a"], type="string"), ["inputs.m.type"]),
    "default-of-no-type": (role_input("m", default=["a"]), []),  # the type is not in the text
    "default-value": (
        role_input("m", default=" "), ["harness.model.bedrock_model_config.model_id.input"]
    ),
    "optional": (
        role_input("m", optional=True), ["inputs.m.optional"]
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "sides"), [pytest.param(*case, id=name) for name, case in CASES.items()])
def test_the_other_side_is_marked(data: dict[str, Any], sides: list[str]) -> None:
    text = write_data(data)
    document = source.parse(text.encode(), "posture.yaml")
    assert isinstance(document, source.Document)
    (finding,) = validate(document.data).findings
    diagnostic = document.diagnostic(finding)
    places = [document.locate(route_of(document.data, side), At.KEY) for side in sides]
    shown = {place.span.line for place in diagnostic.related}
    assert shown == {place.line for place in places}
    assert all(place.label and place.source_line for place in diagnostic.related)


def route_of(data: Any, written: str) -> Route:
    """A route of the text, each of whose steps is there."""
    found: list[str | int] = []
    for step in written.split("."):
        found.append(int(step) if isinstance(data, list) else step)
        data = data[found[-1]]
    return tuple(found)
