"""From a tools manifest to a schema: the documented mapping, and what has no place in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgen.cedar import engine
from tfgen.cedar.arguments import Opaque, Record, Scalar, SetOf, in_request
from tfgen.cedar.facts import facts
from tfgen.cedar.invent import filler
from tfgen.cedar.policies import Gateway
from tfgen.cedar.schema import schema
from tfgen.cedar.tools import Manifest, manifest
from tfgen.diagnostics import Code

JWT = facts().principals[0]


def one(schema: object, **tool: object) -> Manifest:
    return manifest({"tools": [{"name": "look", "inputSchema": schema, **tool}]}, "Shop")


def argument(schema: object, **more: object) -> Any:
    found = one({"type": "object", "properties": {"it": schema}, **more})
    assert found.findings == ()
    return found.tools[0].arguments.fields[0].type


def test_the_schema_of_the_documented_example() -> None:
    found = manifest(
        {
            "tools": [
                {
                    "name": "process_refund",
                    "inputSchema": {
                        "type": "object",
                        "properties": {
                            "orderId": {"type": "string"},
                            "amount": {"type": "integer"},
                            "reason": {"type": "string"},
                        },
                        "required": ["orderId", "amount"],
                    },
                }
            ]
        },
        "RefundTool",
    )
    text = schema(found.tools, JWT).text
    for line in (
        'action "Mcp";',
        'action "CallTool" in [Action::"Mcp"];',
        'action "RefundTool" in [Action::"CallTool"];',
        'action "RefundTool___process_refund" in [Action::"RefundTool"] appliesTo {',
        "principal: [OAuthUser],",
        "resource: [Gateway],",
        "amount: __cedar::Long,",
        "orderId: __cedar::String,",
        "reason?: __cedar::String",
    ):
        assert line in text


@pytest.mark.parametrize(
    ("json_schema", "expected"),
    [
        ({"type": "string"}, Scalar.STRING),
        ({"type": "string", "format": "uuid"}, Scalar.STRING),
        ({"type": ["integer"]}, Scalar.INTEGER),
        ({"type": "boolean"}, Scalar.BOOLEAN),
        ({"type": "number"}, Scalar.NUMBER),
        ({"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}, SetOf(SetOf(Scalar.INTEGER))),
        ({"type": "array", "items": {"enum": ["a"]}}, SetOf(Opaque("one of a fixed list"))),
        ({"$ref": "#/$defs/word"}, Scalar.STRING),
    ],
)
def test_what_is_documented_has_a_type(json_schema: object, expected: object) -> None:
    assert argument(json_schema, **{"$defs": {"word": {"type": "string"}}}) == expected


@pytest.mark.parametrize(
    "json_schema",
    [
        True,
        {},
        {"type": "null"},
        {"type": "object"},
        {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "string"}},
        {"type": "array"},
        {"type": "array", "prefixItems": [{"type": "string"}]},
        {"type": ["string", "null"]},
        {"type": "string", "enum": ["web", "phone"]},
        {"const": "web"},
        {"type": "string", "format": "date-time"},
        {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        {"anyOf": [{"type": "string"}]},
        {"allOf": [{"type": "string"}]},
        {"$ref": "#"},
        {"$ref": "#/$defs/tree"},
    ],
)
def test_what_is_not_documented_is_opaque(json_schema: object) -> None:
    found = argument(json_schema, **{"$defs": {"tree": {"$ref": "#/$defs/tree"}}})
    assert isinstance(found, Opaque)
    assert found.why


def test_an_opaque_argument_can_be_asked_for_and_be_compared_with_nothing() -> None:
    found = one({"type": "object", "properties": {"channel": {"enum": ["web"]}}})
    loaded = schema(found.tools, JWT)
    scope = 'permit(principal, action, resource == AgentCore::Gateway::"x")'
    assert engine.type_errors(f"{scope} when {{ context.input has channel }};", loaded) == ()
    errors = engine.type_errors(
        f'{scope} when {{ context.input has channel && context.input.channel == "web" }};', loaded
    )
    assert errors == ("the types String and AgentCore::Undocumented are not compatible",)


@pytest.mark.parametrize(
    ("tool", "message", "route"),
    [
        ("look", "the tool number 1 of 'Shop' is no mapping", ()),
        ({}, "the tool number 1 of 'Shop' has no name", ()),
        ({"name": "a\ud800", "inputSchema": {"type": "object"}}, "has half of a surrogate pair", ("name",)),
        ({"name": "look"}, "the tool 'look' of 'Shop' has no 'inputSchema'", ()),
        ({"name": "look", "inputSchema": {"type": "string"}}, "takes no object with named arguments", ("inputSchema",)),
        (
            {"name": "look", "inputSchema": {"type": "object", "properties": []}},
            "has 'properties' that are no mapping",
            ("inputSchema", "properties"),
        ),
        (
            {"name": "look", "inputSchema": {"type": "object", "required": "a"}},
            "has a 'required' that is no list of names",
            ("inputSchema", "required"),
        ),
        (
            {"name": "look", "inputSchema": {"type": "object", "properties": {"__extn": {}}}},
            "has an argument named '__extn', which means something else in Cedar's JSON",
            ("inputSchema", "properties", "__extn"),
        ),
        (
            {"name": "look", "inputSchema": {"type": "object", "properties": {"a": {"type": "file"}}}},
            "has an argument of the unknown type 'file'",
            ("inputSchema", "properties", "a", "type"),
        ),
        (
            {"name": "look", "inputSchema": {"type": "object", "properties": {"a": {"$ref": "https://example.com/x"}}}},
            "refers to 'https://example.com/x', which is not in its schema",
            ("inputSchema", "properties", "a", "$ref"),
        ),
        (
            {"name": "look", "inputSchema": {"type": "object", "properties": {"a": {"$ref": "#/$defs/b"}}}},
            "refers to '#/$defs/b', which is not in its schema",
            ("inputSchema", "properties", "a", "$ref"),
        ),
        ({"name": "other", "inputSchema": {"type": "object"}}, "has the name of an earlier tool", ("name",)),
    ],
)
def test_a_tool_that_has_no_place_is_refused_alone(tool: object, message: str, route: tuple[str, ...]) -> None:
    good = {"name": "other", "inputSchema": {"type": "object"}}
    if isinstance(tool, dict) and tool.get("name") == "other":
        found = manifest({"tools": [good, tool]}, "Shop", "tools.json")
        at = 1
    else:
        found = manifest({"tools": [tool, good]}, "Shop", "tools.json")
        at = 0
    assert [tool.name for tool in found.tools] == ["other"]
    (finding,) = found.findings
    assert finding.code is Code.TOOL_REFUSED
    assert message in finding.message
    assert finding.route == ("tools", at, *route)
    assert finding.file == "tools.json"


@pytest.mark.parametrize("data", [None, [], {}, {"tools": {}}, {"result": {}}, {"result": {"tools": 1}}])
def test_what_is_no_manifest_is_refused(data: object) -> None:
    assert [finding.code for finding in manifest(data, "Shop").findings] == [Code.TOOL_REFUSED]


def test_the_envelope_of_json_rpc_is_taken_off() -> None:
    inner = {"tools": [{"name": "a", "inputSchema": {"type": "object"}}, {"name": "b"}]}
    found = manifest({"jsonrpc": "2.0", "id": 1, "result": inner}, "Shop")
    assert [tool.action for tool in found.tools] == ["Shop___a"]
    assert found.findings[0].route == ("result", "tools", 1)


NAMES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "if", "in", "__cedar", "__entity", "a b", 'q"u\\o', "ünï", "a.b", "*", "\u202e", "\ud83d\ude00", "\ud800"]
    ),
    st.text(st.characters(codec="utf-8"), max_size=8),
)
LEAVES = st.one_of(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["string", "integer", "boolean", "number", "null", "object", "array", "file"])},
        optional={
            "format": st.sampled_from(["date", "uuid", "ipv4"]),
            "enum": st.just(["a", "b"]),
            "description": st.text(),
        },
    ),
    st.sampled_from(
        [
            *(True, False, {}, 5),
            *({"$ref": name} for name in ("#/$defs/a", "#/$defs/nowhere", "#", "other.json")),
            *({"oneOf": [{"type": "string"}, {"type": "null"}]}, {"anyOf": []}),
            *({"const": 3}, {"type": ["string", "null"]}),
        ]
    ),
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda properties, required, free: {
            "type": "object",
            "properties": properties,
            "required": [name for name, needed in zip(properties, required, strict=False) if needed],
            **({"additionalProperties": free} if free is not None else {}),
        },
        st.dictionaries(NAMES, inner, max_size=4),
        st.lists(st.booleans(), max_size=4),
        st.sampled_from([None, None, True, False, {"type": "string"}]),
    )


SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(objects(inner), st.builds(lambda item: {"type": "array", "items": item}, inner)),
    max_leaves=12,
)
TOOLS = st.builds(
    lambda name, schema, defs: {"name": name, "inputSchema": {**schema, "$defs": defs}},
    NAMES,
    objects(SCHEMAS),
    st.fixed_dictionaries({}, optional={"a": SCHEMAS}),
)
MADE = {"accepted": 0, "refused": 0, "manifests": 0}


@settings(max_examples=500, derandomize=True, deadline=None, database=None)
@given(st.lists(TOOLS, min_size=1, max_size=4))
def test_any_manifest_gives_a_schema_that_the_engine_accepts_or_refuses_single_tools(
    tools: list[dict[str, Any]],
) -> None:
    found = manifest({"tools": tools}, "Shop")
    refused = {finding.route[1] for finding in found.findings if len(finding.route) > 1}
    MADE["accepted"] += len(found.tools)
    MADE["refused"] += len(refused)
    MADE["manifests"] += 1

    assert len(found.tools) + len(refused) == len(tools)
    assert all(finding.message.startswith("the tool ") for finding in found.findings)
    gateway = Gateway("shop", JWT, found.tools)
    assert gateway.schema.text
    for tool in found.tools:
        assert isinstance(tool.arguments, Record)
        call = {
            "principal": {"type": "AgentCore::OAuthUser", "id": "u"},
            "action": {"type": "AgentCore::Action", "id": tool.action},
            "resource": {"type": "AgentCore::Gateway", "id": "shop"},
            "context": {"input": json.loads(json.dumps(_request(tool.arguments)))},
        }
        (verdict,) = engine.decide(["permit(principal, action, resource);"], [call], [], gateway.schema)
        assert verdict.allowed, verdict.errors


def test_the_manifests_were_of_both_kinds() -> None:
    print(MADE)
    assert MADE["manifests"] >= 500
    assert MADE["accepted"] > 100
    assert MADE["refused"] > 100


def _request(arguments: Record) -> object:
    return in_request(arguments, filler(arguments))
