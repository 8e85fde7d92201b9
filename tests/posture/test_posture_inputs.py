"""Inputs: declared, used, listed with their shapes, and fit for every place they stand in."""

from __future__ import annotations

from typing import Any

import pytest
from posture_samples import GATEWAY_ARN, VPC, accepted, document, findings, gateway, leaves, only, runtime, small

from tfgen.diagnostics import At, Code, Severity
from tfgen.posture import InputRef, input_uses, shape, validate
from tfgen.posture.field_types import RESERVED

GATEWAY = ("harness", "tools", 0, "config", "agentcore_gateway", "gateway_arn")
RUNTIME = ("harness", "environment", "agentcore_runtime_environment")
SUBNETS = (*RUNTIME, "network_configuration", "network_mode_config", "subnets")
SUBNET = "subnet-0123456789abcdef0"


def declared(data: dict[str, Any], **inputs: Any) -> dict[str, Any]:
    return {**data, "inputs": {name: {"description": "A thing.", **more} for name, more in inputs.items()}}


def with_gateway(value: object = None) -> dict[str, Any]:
    return small(tools=[gateway(gateway_arn=value or {"input": "gateway_arn"})])


def with_subnets(*subnets: object) -> dict[str, Any]:
    network = {"network_mode": "VPC", "network_mode_config": {**VPC["network_mode_config"], "subnets": list(subnets)}}  # type: ignore[dict-item]
    return runtime(network_configuration=network)


def test_an_input_is_found_where_it_stands() -> None:
    posture = accepted(declared(with_gateway(), gateway_arn={}))
    (use,) = input_uses(posture)
    assert (use.name, use.route, use.shape, use.in_list) == ("gateway_arn", GATEWAY, shape("gateway-arn"), True)
    assert posture.harness.tools is not None
    assert posture.harness.tools[0].settings.gateway_arn == InputRef("gateway_arn")


@pytest.mark.parametrize("name", ["string", "list(string)"])
def test_an_element_of_a_list_is_an_input_of_any_type(name: str) -> None:
    posture = accepted(declared(with_subnets(SUBNET, {"input": "subnets"}), subnets={"type": name}))
    (use,) = input_uses(posture)
    assert (use.route, use.in_list) == ((*SUBNETS, 1), True)


def test_inputs_come_in_the_order_of_the_model() -> None:
    data = with_gateway()
    data["role"] = {"permissions_boundary": {"input": "boundary"}, "name": {"input": "role_name"}}
    data["harness"]["harness_name"] = {"input": "harness_name"}
    data["harness"]["environment_variables"] = {"A": {"input": "a"}}
    data["expect"] = [{"deny": "s3:*", "on": {"input": "bucket"}, "when": {"aws:x": {"input": "x"}}}]
    posture = accepted(
        declared(data, **{n: {} for n in ("gateway_arn", "boundary", "role_name", "harness_name", "a", "bucket", "x")})
    )
    assert [use.name for use in input_uses(posture)] == [
        "harness_name", "gateway_arn", "a", "role_name", "boundary", "bucket", "x",
    ]  # fmt: skip


def test_every_place_that_takes_an_input_is_listed_with_its_shape() -> None:
    for route, slot in leaves():
        if slot.takes_input:
            data = document(route, {"input": "thing"})
            data["inputs"] = {"thing": {"description": "A thing."}}
            posture = validate(data).posture
            if posture is not None:  # most samples are whole
                assert [(use.route, use.shape) for use in input_uses(posture)] == [(route, slot.shape)]


def test_undeclared() -> None:
    found = only(with_gateway())
    assert (found.code, found.route) == (Code.UNDECLARED_INPUT, (*GATEWAY, "input"))
    assert "'gateway_arn' is not declared" in found.message
    assert found.help == "add gateway_arn: { description: ... } under `inputs`"


def test_undeclared_names_the_nearest() -> None:
    found = validate(declared(with_gateway(), gatway_arn={})).findings
    # The declared one counts as used: it is what the misspelt name stands for.
    assert [f.code for f in found] == [Code.UNDECLARED_INPUT]
    assert found[0].help == "write gatway_arn"


def test_unused() -> None:
    found = only(declared(small(), spare={}))
    assert (found.code, found.route, found.at) == (Code.UNUSED_INPUT, ("inputs", "spare"), At.KEY)
    assert found.severity is Severity.WARNING


def test_a_use_in_a_part_that_is_wrong_is_a_use() -> None:
    data = declared(with_gateway(), gateway_arn={})
    data["harness"]["tools"][0]["nonsense"] = 1
    assert findings(data) == [("UNKNOWN_KEY", ("harness", "tools", 0, "nonsense"))]
    data = declared(small(), gateway_arn={})
    data["gateways"] = {"orders": {"gateway_arn": {"input": "gateway_arn"}, "nonsense": 1}}
    assert "UNUSED_INPUT" not in {code for code, _ in findings(data)}


def test_a_wrong_declaration_is_a_declaration() -> None:
    data = {**with_gateway(), "inputs": {"gateway_arn": {"type": "number"}}}
    assert sorted(findings(data)) == [
        ("BAD_VALUE", ("inputs", "gateway_arn", "type")),
        ("MISSING_KEY", ("inputs", "gateway_arn")),
    ]
    assert findings({**with_gateway(), "inputs": ["gateway_arn"]}) == [("WRONG_TYPE", ("inputs",))]


def test_a_list_where_one_text_is_needed() -> None:
    found = only(declared(small(harness_name={"input": "names"}), names={"type": "list(string)"}))
    assert (found.code, found.route) == (Code.INPUT_CONFLICT, ("harness", "harness_name", "input"))
    assert "is a list, and one text is needed here" in found.message


def test_a_list_inside_an_element_stands_for_several_such_elements() -> None:
    posture = accepted(declared(with_gateway(), gateway_arn={"type": "list(string)"}))
    assert [use.in_list for use in input_uses(posture)] == [True]
    posture = accepted(declared(small(harness_name={"input": "name"}), name={}))
    assert [use.in_list for use in input_uses(posture)] == [False]


def test_a_whole_list_is_written_as_a_list_of_one() -> None:
    data = declared(with_subnets(), subnets={"type": "list(string)"})
    data["harness"]["environment"]["agentcore_runtime_environment"]["network_configuration"]["network_mode_config"][
        "subnets"
    ] = {"input": "subnets"}
    found = only(data)
    assert (found.code, found.route, found.help) == (Code.WRONG_TYPE, SUBNETS, "write [{ input: subnets }]")


def test_defaults_that_fit() -> None:
    accepted(declared(with_gateway(), gateway_arn={"default": GATEWAY_ARN}))
    accepted(declared(with_subnets({"input": "s"}), s={"type": "list(string)", "default": [SUBNET]}))
    accepted(declared(with_subnets(SUBNET, {"input": "s"}), s={"type": "list(string)", "default": []}))


NOT_FITTING: dict[str, tuple[dict[str, Any], tuple[str | int, ...], str]] = {
    "text": (
        declared(with_gateway(), gateway_arn={"default": "x"}),
        ("inputs", "gateway_arn", "default"),
        "'x' is not the ARN of a gateway",
    ),
    "empty": (
        declared(with_gateway(), gateway_arn={"default": ""}),
        ("inputs", "gateway_arn", "default"),
        "'' is not the ARN of a gateway",
    ),
    "list-for-text": (
        declared(with_gateway(), gateway_arn={"default": ["x"]}),
        ("inputs", "gateway_arn", "default"),
        "its default is one text, not a list",
    ),
    "text-for-list": (
        declared(with_subnets({"input": "s"}), s={"type": "list(string)", "default": "x"}),
        ("inputs", "s", "default"),
        "its default is a list of texts, not 'x'",
    ),
    "element": (
        declared(with_subnets({"input": "s"}), s={"type": "list(string)", "default": [SUBNET, "x"]}),
        ("inputs", "s", "default", 1),
        "'x' is not the id of a subnet",
    ),
}


@pytest.mark.parametrize(
    ("data", "route", "words"), [pytest.param(*case, id=name) for name, case in NOT_FITTING.items()]
)
def test_defaults_that_do_not_fit(data: dict[str, Any], route: tuple[str | int, ...], words: str) -> None:
    found = only(data)
    assert (found.code, found.route) == (Code.INPUT_CONFLICT, route)
    assert words in found.message


def test_a_default_is_text_or_a_list_of_texts() -> None:
    for value, route in ((5, ()), ({"a": 1}, ()), ([5], (0,)), (None, ())):
        found = findings(declared(with_gateway(), gateway_arn={"default": value}))
        assert found == [("WRONG_TYPE", ("inputs", "gateway_arn", "default", *route))]


def test_one_input_for_two_kinds_of_things() -> None:
    data = declared(with_gateway({"input": "arn"}), arn={})
    data["role"] = {"permissions_boundary": {"input": "arn"}}
    found = only(data)
    assert (found.code, found.route) == (Code.INPUT_CONFLICT, ("role", "permissions_boundary", "input"))
    assert found.severity is Severity.WARNING
    assert found.message == "the input 'arn' is the ARN of a gateway elsewhere and the ARN of a managed policy here"


def test_one_input_for_things_of_one_kind() -> None:
    data = declared(with_gateway({"input": "arn"}), arn={})
    data["expect"] = [{"allow": "s3:GetObject", "on": {"input": "arn"}}]
    accepted(data)


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_names_that_are_taken(name: str) -> None:
    found = [f for f in validate(declared(small(), **{name: {}})).findings if f.code is Code.BAD_VALUE]
    assert [(f.route, f.at) for f in found] == [(("inputs", name), At.KEY)]


@pytest.mark.parametrize(
    ("value", "code", "steps"),
    [
        ({"input": 5}, Code.WRONG_TYPE, ("input",)),
        ({"input": None}, Code.WRONG_TYPE, ("input",)),
        ({"input": "A-b"}, Code.BAD_VALUE, ("input",)),
        ({"input": "a", "default": "b"}, Code.UNKNOWN_KEY, ("default",)),
        ({"inputs": "a"}, Code.WRONG_TYPE, ()),
        ({}, Code.WRONG_TYPE, ()),
    ],
)
def test_what_is_not_an_input(value: object, code: Code, steps: tuple[str, ...]) -> None:
    data = small(tools=[gateway(gateway_arn=value)])
    assert findings(data) == [(code.name, (*GATEWAY, *steps))]


@pytest.mark.parametrize(
    "text", ["var.gateway_arn", "${var.gateway_arn}", "${input.gateway_arn}", "inputs.gateway_arn"]
)
def test_text_that_looks_like_an_input(text: str) -> None:
    found = only(with_gateway(text))
    assert (found.code, found.route, found.help) == (Code.BAD_VALUE, GATEWAY, "write { input: gateway_arn }")
