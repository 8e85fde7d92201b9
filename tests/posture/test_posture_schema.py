"""The JSON Schema of the posture file: valid, complete, the same each time, and of one mind with the model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from every import every
from jsonschema import Draft202012Validator
from posture_samples import document, edges, errors_of_form, example, gateway, jwt, leaves, runtime, small

from tfgen.diagnostics import Route
from tfgen.posture import schema, validate
from tfgen.posture.base import OneOf
from tfgen.posture.values import INPUT_MARK
from tfgen.posture.walk import Slot, keyed

SCHEMA = schema()
CHECKER = Draft202012Validator(SCHEMA)


def _parts(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _parts(inner)


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$id"] == "urn:tfgen:posture:1"


def test_it_is_the_same_each_time() -> None:
    assert json.dumps(schema()) == json.dumps(SCHEMA)


def test_every_property_is_described() -> None:
    for part in _parts(SCHEMA):
        for name, described in part.get("properties", {}).items():
            assert described.get("title"), name
            assert described.get("description", "").endswith("."), name


def test_every_mapping_is_closed_and_no_null_is_offered() -> None:
    for part in _parts(SCHEMA):
        if "properties" in part:
            assert part["additionalProperties"] is False
        assert part.get("type") != "null"
        assert INPUT_MARK not in part
        assert part.get("default", 0) is not None


def test_unions_take_exactly_one_key() -> None:
    unions = {
        slot.model: (route, {key: example(child) for key, _ in keyed(slot.model) if (child := slot.child(key))})
        for route, slot in leaves()
        if slot.model is not None and issubclass(slot.model, OneOf)
    }
    assert len(unions) > 20
    for union, (route, members) in unions.items():
        assert list(members) == list(union.keys())
        alone = [dict([member]) for member in members.items()]
        pairs = [dict(pair) for pair in combinations(members.items(), 2)]
        for value in alone:
            assert list(CHECKER.iter_errors(document(route, value))) == [], route
        for value in (*pairs, *({**one, "nosuch": 1} for one in alone), *(dict.fromkeys(one) for one in alone), {}):
            assert not CHECKER.is_valid(document(route, value)), (route, value)


GOOD: list[Any] = [
    small(),
    small(tools=[gateway()], memory={"disabled": {}}, allowed_tools=["*"]),
    small(harness_name={"input": "a"}),
    runtime(lifecycle_configuration={"max_lifetime": 60}),
    jwt(),
    {**small(), "expect": [{"deny": "s3:*"}], "access": [{"name": "a", "may": ["read"], "as": "json"}]},
    {**small(), "inputs": {"a": {"description": "A.", "type": "list(string)", "default": ["x"]}}},
    {**small(), "tags": {"a": ""}, "role": {"name_prefix": "a"}},
]
BAD: list[Any] = [
    {},
    [],
    {**small(), "tfgen": 2},
    {**small(), "tfgen": "1"},
    {**small(), "name": "A"},
    {**small(), "x": 1},
    {**small(), "inputs": {"tags": {"description": "A."}}},
    {**small(), "inputs": {"a": {"description": "A.", "default": None}}},
    {**small(), "tags": {"aws:a": ""}},
    {**small(), "tags": {"a": 1}},
    {**small(), "role": {"name_prefix": "a", "name": "b"}},
    {**small(), "expect": [{"on": "*"}]},
    {**small(), "expect": [{"allow": "s3:GetObject", "deny": "s3:*"}]},
    small(harness_name="a-b"),
    small(harness_name={"input": "A"}),
    small(harness_name={"input": "a", "x": 1}),
    small(memory={}),
    small(memory=None),
    small(memory={"disabled": None}),
    small(memory={"disabled": {}, "managed_memory_configuration": {}}),
    small(max_tokens=0),
    small(max_tokens="5"),
    small(tools={}),
    small(environment_variables={"": "x"}),
    small(executionRoleArn="x"),
    runtime(lifecycle_configuration={"max_lifetime": 59}),
    jwt(allowed_clients=[]),
]


@pytest.mark.parametrize("data", GOOD)
def test_it_accepts_what_the_model_accepts(data: Any) -> None:
    assert list(CHECKER.iter_errors(data)) == []
    assert {finding.code.name for finding in validate(data).findings} <= {"UNUSED_INPUT", "UNDECLARED_INPUT"}


@pytest.mark.parametrize("data", BAD)
def test_it_refuses_what_the_model_refuses(data: Any) -> None:
    assert list(CHECKER.iter_errors(data)) != []
    assert validate(data).posture is None


VALUES: tuple[object, ...] = (None, True, -1, 5, 10**9, "", "a b", [], {}, [{}])
EVERYWHERE = [(".".join(map(str, route)), (route, slot)) for route, slot in leaves()]
PLACES = [(".".join(map(str, route)), (route, slot)) for route, slot in edges()]


@every(("route", "slot"), EVERYWHERE)
def test_it_accepts_what_is_right_everywhere(route: Route, slot: Slot) -> None:
    assert CHECKER.is_valid(document(route, example(slot)))


@every(("route", "slot"), PLACES)
def test_it_is_of_one_mind_with_the_model_everywhere(route: Route, slot: Slot) -> None:
    for value in (*VALUES, example(slot), {"input": "a"}):
        data = document(route, value)
        by_model = [e for e in errors_of_form(data) if e[0].name not in ("UNDECLARED_INPUT", "INPUT_CONFLICT")]
        assert CHECKER.is_valid(data) == (not by_model), value


def test_every_text_has_an_example_that_fits_and_a_sentence_for_its_pattern() -> None:
    defined: Any = SCHEMA["$defs"]
    free = defined["InputDeclaration"]["properties"]["default"]["anyOf"]  # has the shape of where it is used
    anything = [free[0], free[1]["items"]]
    texts = [
        part
        for part in _parts(SCHEMA)
        if part.get("type") == "string" and not {"enum", "const"} & set(part) and part not in anything
    ]
    patterns = [part for part in texts if "pattern" in part]
    assert len(patterns) > 50
    for part in texts:
        assert part["examples"], part
        for one in part["examples"]:
            Draft202012Validator(part).validate(one)
    for part in patterns:
        assert part["patternErrorMessage"].startswith("needed: "), part
        assert part["pattern"] not in part["patternErrorMessage"]
