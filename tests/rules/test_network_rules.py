"""Rules across layers: what the posture says of its network, held against what the harness uses."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from feature_samples import JWT
from network_samples import MOUNTS, NAT, STORE, planned, sample

from tfgen.diagnostics import Code, Finding, Severity
from tfgen.posture import validate
from tfgen.rules import run


def ruled(data: Any) -> list[Finding]:
    plan, _ = planned(data)
    return list(run(plan))


def only(data: Any) -> Finding:
    (finding,) = validate(data).findings
    return finding


def test_a_private_network_without_anonymous_callers_has_nothing_to_say() -> None:
    assert ruled(sample("gateway", "interpreter", "efs", data_stores=[STORE])) == []


def test_callers_with_a_token_pass_the_endpoint_and_it_is_said_what_that_means() -> None:
    (finding,) = ruled(sample("jwt"))
    assert (finding.code, finding.severity) == (Code.TOO_OPEN, Severity.WARNING)
    assert finding.message.startswith("the endpoint for 'bedrock-agentcore' lets through who calls this harness")
    _, network = planned(sample("jwt"))
    (data_plane,) = (one for one in network.endpoints if one.service == "bedrock-agentcore")
    statement = next(g.statement for g in data_plane.policy.grants if g.statement.sid == "OAuthCallers")
    assert statement.document()["Principal"] == "*"
    assert "bedrock-agentcore:GetRuntimeProtectedResourceMetadata" in statement.actions
    assert [str(one).rpartition(":")[2] for one in statement.resources] == [
        "harness/sample-*",
        "runtime/harness_sample-*",
    ]


@pytest.mark.parametrize("names", [("oauth",), ("exchange",)])
def test_a_gateway_called_with_a_token_passes_its_endpoint(names: tuple[str, ...]) -> None:
    messages = [finding.message for finding in ruled(sample(*names))]
    assert any("'bedrock-agentcore.gateway' lets through who calls this gateway" in one for one in messages)


def test_a_shared_endpoint_may_stop_callers_with_a_token() -> None:
    shared = {"shared": {"services": ["bedrock-agentcore"], "cidrs": ["10.1.0.0/24"]}}
    (finding,) = ruled(sample("jwt", endpoints=shared))
    assert (finding.code, finding.severity) == (Code.NOT_DECIDABLE, Severity.WARNING)


def test_the_whole_internet_is_said() -> None:
    (finding,) = ruled(sample("browser", internet={"nat": {}}))
    assert finding.code is Code.TOO_OPEN
    assert finding.message.startswith("sessions may connect to every address of the internet by tcp 443")
    assert ruled(sample("browser")) == []
    rule = {"name": "all", "to": {"cidr": "0.0.0.0/0"}, "port": 1, "to_port": 65535, "why": "Everything."}
    (finding,) = ruled(sample(egress=[rule]))
    assert finding.route == ("network", "egress", 0)


def test_what_is_for_nothing_is_said() -> None:
    (finding,) = ruled(sample(internet=NAT))
    assert finding.route == ("network", "internet")
    shared = {"shared": {"services": ["logs", "sqs"], "cidrs": ["10.1.0.0/24"]}}
    (finding,) = ruled(sample(endpoints=shared))
    assert finding.route == ("network", "endpoints", "shared", "services", 1)


def test_a_role_that_may_pull_no_image_is_said() -> None:
    plan, _ = planned(sample())
    kept = tuple(grant for grant in plan.role.policy.grants if grant.origin.sheet != "image")
    without = replace(plan, role=replace(plan.role, policy=replace(plan.role.policy, grants=kept)))
    assert [finding.code for finding in run(without)] == [Code.UNREACHABLE]


def test_a_network_around_sessions_in_the_public_network() -> None:
    data = sample(data_stores=[STORE])
    environment = data["harness"]["environment"]["agentcore_runtime_environment"]
    environment["network_configuration"] = {"network_mode": "PUBLIC"}
    assert "reaches nothing of a VPC, no data store" in only(data).message
    del environment["network_configuration"]
    assert "reaches nothing of a VPC, no data store" in only(data).message


def test_subnets_that_are_said_twice() -> None:
    data = sample()
    runtime = data["harness"]["environment"]["agentcore_runtime_environment"]
    runtime["network_configuration"]["network_mode_config"] = {
        "subnets": ["subnet-0123456789abcdef0"],
        "security_groups": ["sg-0123456789abcdef0"],
    }
    assert "stand here once more" in only(data).message


def test_a_file_system_without_mount_targets_and_mount_targets_for_nothing() -> None:
    data = sample("efs")
    del data["network"]["mount_targets"]
    assert "'network' names none" in only(data).message
    assert "no file system is mounted" in only(sample(mount_targets=deepcopy(MOUNTS))).message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"data_stores": [STORE, STORE]}, "another rule is called 'orders' already"),
        ({"egress": [{**STORE, "to_port": 80}]}, "the last port, 80, is before the first, 5432"),
        ({"egress": [{**STORE, "to": {"cidr": "10.0.0.1/8"}}]}, "no network is '10.0.0.1/8'"),
        (
            {"endpoints": {"shared": {"services": ["logs", "logs"], "cidrs": ["10.0.0.0/8"]}}},
            "'logs' stands here twice",
        ),
    ],
)
def test_what_contradicts_itself(change: dict[str, Any], said: str) -> None:
    assert only(sample(**change)).message.startswith(said)


def test_a_private_identity_provider_needs_a_private_endpoint() -> None:
    data = sample("jwt")
    jwt: dict[str, Any] = {**JWT, "discovery_url": "https://idp.corp.internal/.well-known/openid-configuration"}
    data["harness"]["authorizer_configuration"] = {"custom_jwt_authorizer": jwt}
    finding = only(data)
    assert (finding.code, finding.severity) == (Code.CONFLICT, Severity.WARNING)
    jwt["private_endpoint"] = {
        "self_managed_lattice_resource": {"resource_configuration_identifier": "rcfg-0123456789abcdefg"}
    }
    assert validate(data).findings == ()
