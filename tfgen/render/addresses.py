"""Where the policies of a plan stand in the rendered text. Knows no statement and no syntax.

Whoever reads the text back, to prove or to explain it, looks for a policy here: a wrong address finds none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tfgen.plan.gateway_model import GatewayPlan, PolicyText
from tfgen.plan.model import WIRED, Attached, CallerPolicy, PartName, Plan

POLICY: Final = "policy"
TRUST: Final = "assume_role_policy"
ENGINE: Final = "aws_bedrockagentcore_policy_engine"
CEDAR: Final = "aws_bedrockagentcore_policy"
EXTENDED_CEDAR: Final = "awscc_bedrockagentcore_policy"
"""Takes what the other has no argument for: https://github.com/hashicorp/terraform-provider-aws/issues/48648"""


@dataclass(frozen=True, slots=True)
class Place:
    """One place in the text of a part."""

    part: PartName
    address: str
    """A resource or an output: `aws_iam_role.execution`, `output.policies`."""
    argument: str
    """The argument of a resource, or the key in the value of an output."""


def label(key: str) -> str:
    """A name of the posture as Terraform takes it in an address."""
    return key.replace("-", "_").replace(".", "_")


WIRES: Final = {("module", label(item.wire.part), item.wire.output): item for item in WIRED if item.wire is not None}
"""The inputs that take what other parts give, by how the root refers to that."""


def places(plan: Plan) -> dict[str, tuple[Place, ...]]:
    """By the ids of policies (see `tfgen.plan.policies`), each place with that policy; what AWS gets comes first."""
    found: dict[str, tuple[Place, ...]] = {}
    for part, id, address, argument in (*_role(plan), *_access(plan), *_gateways(plan), *_network(plan)):
        found[id] = (*found.get(id, ()), Place(part, address, argument))
    return found


_Row = tuple[PartName, str, str, str]


def _role(plan: Plan) -> Iterator[_Row]:
    part, role = PartName.EXECUTION_ROLE, plan.role
    yield part, "trust", "aws_iam_role.execution", TRUST
    if not role.parts:
        yield part, "permissions", "aws_iam_role_policy.execution", POLICY
    for one in role.parts:
        yield part, f"permissions/{one.key}", f"aws_iam_policy.execution_{label(one.key)}", POLICY
    if role.boundary is not None:
        yield part, "boundary", "aws_iam_policy.boundary", POLICY


def _access(plan: Plan) -> Iterator[_Row]:
    part = PartName.ACCESS
    for caller in plan.callers:
        if (resource := caller_resource(caller)) is not None:
            yield part, f"callers/{caller.key}", resource, POLICY
        yield part, f"callers/{caller.key}", "output.policies", caller.key
    for control in plan.controls:
        yield part, f"controls/{control.key}", "output.service_control_policies", control.key


def caller_resource(caller: CallerPolicy) -> str | None:
    """The resource with a caller's policy; None where that is only put out."""
    if caller.attached is Attached.MANAGED:
        return f"aws_iam_policy.{label(caller.key)}"
    return f"aws_iam_role_policy.{label(caller.key)}" if caller.roles else None


def _gateways(plan: Plan) -> Iterator[_Row]:
    part = PartName.GATEWAY_POLICY
    for gateway in plan.gateways:
        if gateway.role is not None:
            yield part, f"gateways/{gateway.key}", f"aws_iam_role_policy.{label(gateway.key)}", POLICY
        yield part, f"gateways/{gateway.key}", "output.gateway_role_policies", gateway.key


def cedar_address(gateway: GatewayPlan, policy: PolicyText) -> tuple[str, str]:
    """The resource with a Cedar policy of a gateway."""
    kind = EXTENDED_CEDAR if policy.extended else CEDAR
    return kind, f"{label(gateway.key)}__{policy.key}"


def _network(plan: Plan) -> Iterator[_Row]:
    if plan.network is None:
        return
    part = PartName.NETWORK
    if plan.network.flow_logs is not None:
        yield part, "flow-logs/trust", "aws_iam_role.flow_logs", TRUST
        yield part, "flow-logs/policy", "aws_iam_role_policy.flow_logs", POLICY
    for endpoint in plan.network.endpoints:
        yield part, f"endpoints/{endpoint.service}", f"aws_vpc_endpoint.{label(endpoint.service)}", POLICY
        yield part, f"endpoints/{endpoint.service}", "output.endpoint_policies", endpoint.service
