"""Postures with callers of every persona, and a plan with all parts, for tests of the policies beside the role's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

from example_postures import EXAMPLES

from tfgen.app.check import check
from tfgen.diagnostics import Severity
from tfgen.plan.build import build
from tfgen.plan.model import Plan
from tfgen.plan.siblings import SiblingFiles
from tfgen.posture import validate
from tfgen.posture.access import LIMITED, Persona
from tfgen.proof.prove import prove
from tfgen.render import files

VPC: Final = {
    "agentcore_runtime_environment": {
        "network_configuration": {
            "network_mode": "VPC",
            "network_mode_config": {
                "subnets": ["subnet-0123456789abcdef0"],
                "security_groups": ["sg-0123456789abcdef0"],
            },
        }
    }
}
JWT: Final = {
    "custom_jwt_authorizer": {
        "discovery_url": "https://idp.example.com/.well-known/openid-configuration",
        "allowed_clients": ["shop"],
    }
}
KEY: Final = "arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"


def _posture(role: dict[str, Any], **access: Any) -> dict[str, Any]:
    """Each persona as callers of their own, and both control policies."""
    personas = [persona for persona in get_args(Persona) if not access or persona in LIMITED]
    return {
        "tfgen": 1,
        "name": "desk",
        "harness": {
            "harness_name": "desk",
            "model": {"bedrock_model_config": {"model_id": "amazon.nova-pro-v1:0"}},
            "environment": VPC,
            "memory": {"managed_memory_configuration": {"encryption_key_arn": KEY}},
            "authorizer_configuration": JWT,
        },
        "role": role,
        "guardrails": {"service_control": ["vpc", "jwt"]},
        "access": [{"name": persona, "may": [persona], **access} for persona in personas],
        "tags": {"team": "x"},
    }


POSTURES: Final = (
    _posture({"permissions_boundary": "arn:aws:iam::123456789012:policy/agents", "trust": "harness"}),
    {**_posture({}), "provision": "cloudformation"},
    _posture({"name_prefix": "desk"}),
    _posture({}, endpoints=["prod"]),
)


def plan_of(data: dict[str, Any]) -> Plan:
    """The plan of a posture that has nothing to find fault with."""
    validation = validate(data)
    assert validation.posture is not None, validation.findings
    plan, findings = build(validation.posture)
    assert findings == ()
    return plan


def plan_for(*may: str, harness: Mapping[str, Any] | None = None, access: Any = None, **top: Any) -> Plan:
    """The plan of a posture with one kind of callers, proven."""
    base = {"harness_name": "agent", "model": {"bedrock_model_config": {"model_id": "amazon.nova-pro-v1:0"}}}
    data = {"tfgen": 1, "name": "desk", "harness": {**base, **(harness or {})}, **top}
    entry = {"name": "them", "may": list(may)}
    validation = validate({**data, "access": [{**entry, **access} if access else entry] if may else []})
    assert validation.posture is not None, validation.findings
    plan, findings = build(validation.posture)
    assert [f for f in (*findings, *prove(plan, files.tree(plan))) if f.severity is Severity.ERROR] == []
    return plan


def gateways(count: int, **top: Any) -> Plan:
    """The plan of a posture with so many gateways as tools, proven."""
    arn = "arn:aws:bedrock-agentcore:eu-west-1:123456789012:gateway/shop-"
    tools = [
        {
            "type": "agentcore_gateway",
            "name": f"g{number}",
            "config": {"agentcore_gateway": {"gateway_arn": f"{arn}{number:04}-abcdefghij"}},
        }
        for number in range(count)
    ]
    return plan_for(harness={"tools": tools}, **top)


def example() -> Plan:
    """One with flow logs, and with a gateway whose policy engine is encrypted with a key."""
    checked = check(str(EXAMPLES / "complete" / "posture.yaml"))
    assert checked.plan is not None, checked.diagnostics
    return checked.plan


def checking() -> Plan:
    """One with a gateway that has the content of calls checked, its policy engine encrypted with a key or not."""
    forbid = "forbid(principal, action, resource is AgentCore::Gateway) when guardrails { true };"
    gateway = {"authorizer": "jwt", "tools": {"Shop": "tools.json"}, "policy_files": ["checks.cedar"]}
    arn = "arn:aws:bedrock-agentcore:us-west-2:123456789012:gateway/"
    gateways = {
        "plain": {"gateway_arn": f"{arn}plain-abcde12345", **gateway},
        "locked": {"gateway_arn": f"{arn}locked-abcde12345", "encryption_key_arn": KEY, **gateway},
    }
    posture = validate(_posture({}) | {"gateways": gateways}).posture
    assert posture is not None
    tools = {"tools": [{"name": "pay", "inputSchema": {"type": "object"}}]}
    matched = {"checks.cedar": ("checks.cedar",)}
    plan, findings = build(posture, SiblingFiles({"checks.cedar": forbid}, {"tools.json": tools}, matched))
    assert {finding.severity for finding in findings} == {Severity.WARNING}
    return plan


def _made(data: dict[str, Any]) -> Callable[[], Plan]:
    return lambda: plan_of(data)


MADE: Final = (example, checking, *(_made(data) for data in POSTURES))
"""What makes each plan anew, from the catalog as it is then."""
