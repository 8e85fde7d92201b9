"""The part `harness`: all that the API takes is rendered or refused, in blocks or objects as the provider takes it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, get_origin

import pytest
from posture_samples import at, document, example, leaves
from test_coverage_fields import leaves as api_leaves

from tfgen.catalog import provider
from tfgen.catalog.carrier import carrier
from tfgen.diagnostics import Code, Finding, Route, Severity
from tfgen.hcl.printer import print_file
from tfgen.hcl.read import read
from tfgen.hcl.tree import Block, Body
from tfgen.plan.build import build
from tfgen.plan.model import Plan
from tfgen.plan.provision import provisioned
from tfgen.plan.values import Values
from tfgen.posture import Posture, Table, validate
from tfgen.posture.validate import _prepared
from tfgen.proof import meaning, schema
from tfgen.proof.prove import prove
from tfgen.render import files

PROVIDERS = provider.PROVIDERS
VPC = {
    "network_mode": "VPC",
    "network_mode_config": {"subnets": ["subnet-0123456789abcdef0"], "security_groups": ["sg-0123456789abcdef0"]},
}


def planned(data: dict[str, Any]) -> tuple[Plan, tuple[Finding, ...]]:
    validation = validate(data)
    assert validation.posture is not None, validation.findings
    plan, findings = build(validation.posture)
    return plan, (*validation.findings, *findings)


def parts_of(data: dict[str, Any]) -> tuple[Plan, dict[str, Body]]:
    """The plan and the parsed Terraform files of a posture that renders without a word."""
    plan, findings = planned(data)
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []
    made = files.tree(plan)
    assert prove(plan, made) == ()
    return plan, {file.path: read(file.text) for file in made if file.path.endswith(".tf")}


def resource(bodies: dict[str, Body]) -> Block:
    (found,) = (node for node in bodies["modules/harness/main.tf"] if isinstance(node, Block))
    return found


def text_of(data: dict[str, Any]) -> str:
    return print_file((resource(parts_of(data)[1]),))


# --- Every key of the model ------------------------------------------------------------------------------------------

ALL = [route for route, _ in leaves() if route[0] == "harness" and len(route) > 1]
ENDS = [route for route in ALL if not any(other[: len(route)] == route and other != route for other in ALL)]
"""Every place below `harness` that has none below it, steps of lists as 0."""
IDS = [".".join(map(str, route[1:])) for route in ENDS]
BASE = {
    "tfgen": 1,
    "name": "order-support",
    "harness": {
        "harness_name": "order_support",
        "model": {"bedrock_model_config": {"model_id": "amazon.nova-pro-v1:0"}},
        "system_prompt": [{"text": "You help."}],
        "memory": {"disabled": {}},
    },
}
PLAN, _ = planned({**BASE, "provision": "aws"})


def smallest(route: Route, name: str) -> Posture:
    """The smallest posture with a value at a route, and what the provider needs besides; not checked as a whole."""
    data = document(route, example(at(route)))
    data["harness"].setdefault("system_prompt", [{"text": "You help."}])
    found = _prepared({**data, "provision": name}, (), [])
    return Posture.model_validate(found)


def sentence(route: Route, name: str) -> Finding | None:
    """What is said of a place that the provider cannot carry; None where it is carried, which is proven."""
    posture = smallest(route, name)
    made, findings = provisioned(posture, Values(posture))
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        assert made is None
        (error,) = errors
        assert error.code is Code.NOT_CARRIED
        assert error.route == route[: len(error.route)]
        assert error.message
        assert error.help
        return error
    assert made is not None
    plan = replace(PLAN, provisioned=made, inputs=())
    bodies = {file.path: read(file.text) for file in files.tree(plan) if file.path.endswith(".tf")}
    schema.check(bodies)
    meaning.check(plan, bodies)
    words = [str(step) for step in route if isinstance(step, str)]
    written = schema.used(resource(bodies).body)
    argument = carrier(name).argument(words[-1])
    key = at(route[:-1]).kind if len(route) > 1 else None
    if get_origin(key) is not Table:
        assert any(path.rpartition(".")[2] == argument for path in written), written
    return None


VOLUME = "environment.agentcore_runtime_environment.filesystem_configurations.0.capacity_provider_volume"
JWT = "authorizer_configuration.custom_jwt_authorizer"
MCP_AUTH = "tools.0.config.remote_mcp.outbound_auth"
CERTIFICATES = f"{JWT}.certificate_configurations"
REFUSED = {
    "aws": (
        "hooks",
        MCP_AUTH,
        "model.openai_model_config.api_base",
        f"{JWT}.advertised_scope_mapping",
        CERTIFICATES,
        VOLUME,
    ),
    "awscc": (MCP_AUTH, CERTIFICATES, VOLUME, f"{JWT}.allowed_workload_configuration"),
}
"""What each provider cannot carry, with all below it."""


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("route", ENDS, ids=IDS)
def test_every_key_is_rendered_or_refused(route: Route, name: str) -> None:
    said = sentence(route, name)
    key = ".".join(map(str, route[1:]))
    wanted = next((path for path in REFUSED[name] if key == path or key.startswith(f"{path}.")), None)
    if key == "tags.team" or route[1] == "tags":
        wanted = None
    assert (said is None) == (wanted is None), said
    if said is not None and wanted is not None:
        other = "awscc" if name == "aws" else "aws"
        assert ".".join(map(str, said.route[1:])) == wanted
        assert (f"provision: {other}" in said.help) == (wanted not in REFUSED[other])


NOT_MODELLED = {
    "client_token",
    "execution_role_arn",
    "memory.managed_memory_configuration.arn",
    "environment.agentcore_runtime_environment.network_configuration.network_mode_config.require_service_s3_endpoint",
}
"""Members of the API that no posture says: see the tests of the posture."""


def test_every_member_of_the_api_is_among_them(capsys: pytest.CaptureFixture[str]) -> None:
    ours = {re.sub(r"\.0(?=\.|$)", "[]", key) for key in IDS}
    ours |= {key.rpartition(".")[0] for key in ours}
    members = [path.removesuffix("[]") for path in api_leaves()]
    missing = [path for path in members if path not in NOT_MODELLED and not _there(path, ours)]
    with capsys.disabled():
        refused = {name: sum(any(k.startswith(p) for p in REFUSED[name]) for k in IDS) for name in PROVIDERS}
        print(f"\nmembers of CreateHarness: {len(members)}; keys: {len(IDS)}, refused {refused}", end="")
    assert missing == []


def _there(path: str, ours: set[str]) -> bool:
    """Whether a member is a key, or a table or free JSON that has no members in the API's model."""
    return path in ours or f"{path}[]" in ours or any(key.startswith(f"{path}.") for key in ours)
