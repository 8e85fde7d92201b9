"""The network of every feature: planned, rendered, rebuilt, and everything in it both needed and enough."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
from feature_samples import MODELS, PARTS
from network_samples import MODELS_OUTSIDE, NEEDS_INTERNET, PLACE_BEYOND, STORE, planned, proven, sample

from tfgen.catalog import load, network
from tfgen.diagnostics import Code, Finding, InternalError
from tfgen.hcl.read import read
from tfgen.plan.build import build
from tfgen.plan.network.model import Direction, Network, PeerKind
from tfgen.posture import validate
from tfgen.proof.prove import prove, read_back, same
from tfgen.render import files

EACH = [*((name, "foundation") for name in PARTS if name != "extra-star"), *((None, model) for model in MODELS)]


def found(data: Any) -> tuple[Finding, ...]:
    validation = validate(data)
    assert validation.posture is not None, validation.findings
    plan, findings = build(validation.posture)
    return findings or prove(plan, files.tree(plan))


def services(around: Network) -> dict[str, tuple[str, ...]]:
    return {one.service: one.present for one in around.endpoints}


@pytest.mark.parametrize(("name", "model"), EACH, ids=[str(name or model) for name, model in EACH])
def test_a_feature_alone_is_proven(name: str | None, model: str) -> None:
    proven(sample(*([name] if name else []), model=model))


def test_features_together_are_proven() -> None:
    parts = [name for name in PARTS if name not in {"extra-star", "efs-inputs", "s3-files-inputs", "s3-mount-inputs"}]
    proven(sample(*parts, data_stores=[STORE], egress=[PLACE_BEYOND], flow_logs=True, service_linked_role=True))


@pytest.mark.parametrize("name", sorted(NEEDS_INTERNET))
def test_a_feature_without_its_way_to_the_internet_is_named(name: str) -> None:
    data = sample(name)
    del data["network"]["internet"]
    (finding,) = found(data)
    assert finding.code is Code.UNREACHABLE
    assert "no way leads to the internet (route)" in finding.message
    assert finding.route[0] == "harness"


@pytest.mark.parametrize("model", sorted(MODELS_OUTSIDE))
def test_a_model_outside_of_aws_needs_the_internet(model: str) -> None:
    data = sample(model=model)
    del data["network"]["internet"]
    (finding,) = found(data)
    assert finding.message.startswith("the model provider's API cannot be reached")


ALWAYS = {"s3", "ecr.api", "ecr.dkr", "logs", "monitoring", "xray", "bedrock-runtime", "bedrock-agentcore"}


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("gateway", {"bedrock-agentcore.gateway"}),
        ("gateway-url", {"bedrock-agentcore.gateway"}),
        ("oauth", {"bedrock-agentcore.gateway", "secretsmanager"}),
        ("header", {"secretsmanager"}),
        ("lambda", {"lambda"}),
        ("sns", {"sns"}),
        ("events", {"events"}),
        ("extra-input", {"dynamodb"}),
        ("interpreter", set()),
        ("efs", set()),
        ("memory-key", set()),
    ],
)
def test_a_feature_brings_its_endpoints_and_no_others(name: str, more: set[str]) -> None:
    assert services(proven(sample(name))).keys() == ALWAYS | more


def test_a_format_of_the_model_decides_the_host() -> None:
    assert "bedrock-mantle" in services(proven(sample(model="mantle")))
    assert "bedrock-runtime" not in services(proven(sample(model="mantle")))


def test_an_image_from_ecr_public_goes_over_the_internet() -> None:
    around = services(proven(sample("image-public", "logs-only")))
    assert around.keys() == {"logs", "sts", "bedrock-runtime", "bedrock-agentcore"}


def test_an_endpoint_is_there_while_a_list_has_an_element() -> None:
    around = proven(sample("gateway-inputs", "lambda-inputs"))
    assert {name: lists for name, lists in services(around).items() if lists} == {
        "bedrock-agentcore.gateway": ("gateways",),
        "lambda": ("functions",),
    }
    both = proven(sample("gateway", "gateway-inputs"))
    assert services(both)["bedrock-agentcore.gateway"] == ()


def test_rules_for_mounts_are_there_while_something_is_mounted() -> None:
    around = proven(sample("efs-inputs", "s3-files-inputs"))
    mounts = [one for one in around.rules if one.key == "mount-targets"]
    assert {one.direction for one in mounts} == set(Direction)
    assert {one.present for one in mounts} == {("efs", "s3_files")}
    assert {(one.first, one.last) for one in mounts} == {(2049, 2049)}


def test_nobody_may_connect_to_a_session() -> None:
    for names in chain(([name] for name in PARTS if name != "extra-star"), [["gateway", "efs", "browser"]]):
        _, around = planned(sample(*names))
        into = [one for one in around.rules if one.direction is Direction.INGRESS]
        assert not [one for one in into if one.group.kind is PeerKind.MADE and str(one.group.value) == "sessions"]


def test_a_host_that_the_posture_opens_a_rule_for_needs_no_internet() -> None:
    data = sample("header")
    del data["network"]["internet"]
    data["network"]["egress"] = [
        {
            "name": "tools",
            "to": {"security_group": "sg-0123456789abcdef2"},
            "port": 443,
            "hosts": ["mcp.example.com"],
            "why": "The MCP server of the tools team.",
        }
    ]
    assert found(data) == ()


def test_without_endpoints_everything_goes_over_the_internet() -> None:
    around = proven(sample(endpoints={"none": {}}, internet={"nat": {}}))
    assert around.endpoints == ()
    assert [(one.key, str(one.peer.value)) for one in around.rules] == [("internet", "0.0.0.0/0")]
    narrow = found(sample(endpoints={"none": {}}, internet={"nat": {"cidrs": ["203.0.113.0/24"]}}))
    assert {one.code for one in narrow} == {Code.NOT_DECIDABLE}
    nothing = found(sample(endpoints={"none": {}}))
    assert {one.code for one in nothing} == {Code.UNREACHABLE}
    assert all("no way leads there (name)" in one.message for one in nothing)


def test_with_both_kinds_of_addresses_the_internet_is_both() -> None:
    around = proven(sample("browser", internet={"nat": {}}, ip_address_type="dualstack"))
    found_ = [(one.peer.kind, str(one.peer.value)) for one in around.rules if one.key.startswith("internet")]
    assert found_ == [(PeerKind.IPV4, "0.0.0.0/0"), (PeerKind.IPV6, "::/0")]


def test_a_proxy_takes_the_place_of_the_internet() -> None:
    proxy = {"proxy": {"to": {"security_group": "sg-0123456789abcdef3"}, "port": 3128}}
    around = proven(sample("browser", internet=proxy))
    rules = [(one.direction.value, one.first) for one in around.rules if one.key == "proxy"]
    assert rules == [("egress", 3128), ("ingress", 3128)]
    assert not [one for one in around.rules if one.key == "internet"]


def test_shared_endpoints_are_used_and_the_others_made() -> None:
    shared = {"services": ["logs", "ecr.api", "ecr.dkr"], "security_groups": ["sg-0123456789abcdef4"]}
    around = proven(sample(endpoints={"shared": shared}))
    assert {one.service for one in around.shared} == {"logs", "ecr.api", "ecr.dkr"}
    assert not {one.service for one in around.endpoints} & {"logs", "ecr.api", "ecr.dkr"}
    rules = [(one.direction.value, one.key) for one in around.rules if one.key == "shared-endpoints"]
    assert rules == [("egress", "shared-endpoints"), ("ingress", "shared-endpoints")]


def test_a_shared_endpoint_of_api_gateway_takes_the_place_of_the_internet() -> None:
    shared = {"services": ["execute-api"], "cidrs": ["10.1.0.0/24"]}
    data = sample("api", endpoints={"shared": shared})
    del data["network"]["internet"]
    assert found(data) == ()


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (
            {"endpoints": {"shared": {"services": ["loggs"], "cidrs": ["10.0.0.0/8"]}}},
            "BAD_VALUE",
            "no service 'loggs'",
        ),
        ({"endpoints": {"shared": {"services": ["logs"]}}}, "CONFLICT", "where the shared endpoints are"),
        ({"route_tables": None}, "UNREACHABLE", "the gateway endpoint for 's3'"),
    ],
)
def test_what_is_wrong_with_a_network(change: dict[str, Any], code: str, said: str) -> None:
    data = sample()
    for key, value in change.items():
        data["network"][key] = value
        if value is None:
            del data["network"][key]
    (finding,) = found(data)
    assert finding.code is Code[code]
    assert finding.message.startswith(said)


def test_a_granted_service_without_a_known_endpoint_is_named() -> None:
    (finding,) = found(sample("extra-star"))
    assert finding.code is Code.UNREACHABLE
    assert "'pricing:GetProducts'" in finding.message


def test_each_call_of_each_sheet_has_its_endpoint_or_a_reason_for_none() -> None:
    for sheet in map(load.sheet, load.SHEETS):
        for call in sheet.call if sheet.part == "execution-role" else ():
            for variant in call.when or sheet.variants or ("",):
                needed = {row.name for row in network.services_of(call.action)}
                there = {row.service for row in sheet.endpoint if not row.when or variant in row.when}
                instead = {row.instead for row in sheet.egress if not row.when or variant in row.when}
                elsewhere = {
                    action for row in sheet.elsewhere if not row.when or variant in row.when for action in row.actions
                }
                assert call.refused or call.action in elsewhere or (needed and needed <= there | instead), call.action


def test_deployers_and_control_policies_are_bound_to_the_network_that_is_made() -> None:
    data = sample(subnets={"tags": {"tier": "private"}})
    data["access"] = [{"name": "pipeline", "may": ["deploy"]}]
    data["guardrails"] = {"service_control": ["vpc"]}
    plan, _ = planned(data)
    assert prove(plan, files.tree(plan)) == ()
    assert prove(plan, files.parts(plan)) == ()
    texts = {file.path: file.text for file in files.tree(plan)}
    assert "session_security_group_id = module.network.security_group_id" in texts["main.tf"]
    assert "session_subnet_ids        = module.network.subnet_ids" in texts["main.tf"]
    wrong = texts["main.tf"].replace("module.network.security_group_id", "module.network.subnet_ids")
    bodies = {path: read(text) for path, text in texts.items() if path.endswith(".tf")}
    with pytest.raises(InternalError, match=r"not a list of strings: .*session_subnet_ids"):
        same(plan, read_back(plan, {**bodies, "main.tf": read(wrong)})[0])


def test_an_endpoint_policy_that_is_too_long_is_said() -> None:
    data = sample("gateway")
    (tool,) = data["harness"]["tools"]
    arn = tool["config"]["agentcore_gateway"]["gateway_arn"]
    data["harness"]["tools"] = [
        {
            **tool,
            "name": f"tool{number}",
            "config": {"agentcore_gateway": {"gateway_arn": arn.replace("stock", f"stock{number:03}")}},
        }
        for number in range(280)
    ]
    messages = [one.message for one in found(data) if one.code is Code.TOO_LONG]
    assert any("'bedrock-agentcore.gateway'" in one and "a VPC endpoint policy holds 20,480" in one for one in messages)
