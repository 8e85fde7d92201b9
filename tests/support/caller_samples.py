"""Postures with callers of every persona, and a plan with all parts, for tests of the policies beside the role's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, get_args

from test_access import JWT, KEY, VPC
from test_examples import EXAMPLES

from tfgen.app.check import check
from tfgen.diagnostics import Severity
from tfgen.plan.attached import Attached
from tfgen.plan.build import build
from tfgen.plan.model import Plan
from tfgen.posture import validate
from tfgen.posture.access import LIMITED, Persona


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
    plan, findings = build(posture, Attached({"checks.cedar": forbid}, {"tools.json": tools}, matched))
    assert {finding.severity for finding in findings} == {Severity.WARNING}
    return plan


def _made(data: dict[str, Any]) -> Callable[[], Plan]:
    return lambda: plan_of(data)


MADE: Final = (example, checking, *(_made(data) for data in POSTURES))
"""What makes each plan anew, from the catalog as it is then."""
