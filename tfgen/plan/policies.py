"""Every policy of a plan in one list, and the plan with others in their place. Knows no Terraform and no sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from tfgen.plan.gateway_model import GatewayPlan
from tfgen.plan.model import CallerPolicy, ControlPolicy, PartName, Plan, Role
from tfgen.plan.network.model import Network
from tfgen.plan.statements import FeatureUse, PolicyPlan


@dataclass(frozen=True, slots=True)
class Planned:
    """One policy document of a plan."""

    id: str
    """Unique in a plan, such as `callers/operators`; it stays the same while the posture's names do."""
    part: PartName
    """The part that it is rendered in."""
    name: str
    """What messages call it."""
    policy: PolicyPlan
    uses: tuple[FeatureUse, ...] = ()
    """The features for which its statements are there."""
    derived: bool = False
    """Whether it is made of another policy: a part of the role's, its boundary, or what endpoints let pass."""
    rendered: bool = True
    """Whether AWS gets it as it is: not so for the whole of what is divided among managed policies."""


_Holder = TypeVar("_Holder", CallerPolicy, ControlPolicy, GatewayPlan)

Change = Callable[[Planned], PolicyPlan]


def policies(plan: Plan) -> tuple[Planned, ...]:
    """Every policy of a plan, in the order in which its parts are rendered."""
    found: list[Planned] = []

    def listed(one: Planned) -> PolicyPlan:
        found.append(one)
        return one.policy

    changed(plan, listed)
    return tuple(found)


def changed(plan: Plan, change: Change) -> Plan:
    """The plan with what `change` gives for each policy in its place."""
    access, gateway = PartName.ACCESS, PartName.GATEWAY_POLICY

    def of(one: _Holder, kind: str, part: PartName, name: str) -> _Holder:
        return replace(
            one, policy=change(Planned(f"{kind}/{one.key}", part, f"{name} {one.key!r}", one.policy, one.uses))
        )

    return replace(
        plan,
        role=_role(plan.role, change),
        callers=tuple(of(one, "callers", access, "the policy of the callers") for one in plan.callers),
        controls=tuple(of(one, "controls", access, "the service control policy") for one in plan.controls),
        gateways=tuple(of(one, "gateways", gateway, "the policy of the role of the gateway") for one in plan.gateways),
        network=None if plan.network is None else _network(plan.network, change),
    )


def _role(role: Role, change: Change) -> Role:
    def of(id: str, name: str, policy: PolicyPlan, *, derived: bool = False, rendered: bool = True) -> PolicyPlan:
        uses = () if derived else role.uses
        return change(Planned(id, PartName.EXECUTION_ROLE, name, policy, uses, derived, rendered))

    trust = of("trust", "the execution role's trust policy", role.trust)
    whole = of("permissions", "the execution role's policy", role.policy, rendered=not role.parts)
    parts = tuple(
        replace(
            one,
            policy=of(
                f"permissions/{one.key}",
                f"the part {one.key!r} of the execution role's policy",
                one.policy,
                derived=True,
            ),
        )
        for one in role.parts
    )
    boundary = role.boundary
    if boundary is not None:
        name = "the execution role's permissions boundary"
        boundary = replace(boundary, policy=of("boundary", name, boundary.policy, derived=True))
    return replace(role, trust=trust, policy=whole, parts=parts, boundary=boundary)


def _network(network: Network, change: Change) -> Network:
    def of(id: str, name: str, policy: PolicyPlan, uses: tuple[FeatureUse, ...]) -> PolicyPlan:
        return change(Planned(id, PartName.NETWORK, name, policy, uses, derived=not uses))

    logs = network.flow_logs
    if logs is not None:
        trust = of("flow-logs/trust", "the flow logs' trust policy", logs.trust, (logs.use,))
        logs = replace(
            logs, trust=trust, policy=of("flow-logs/policy", "the flow logs' policy", logs.policy, (logs.use,))
        )
    endpoints = tuple(
        replace(
            one,
            policy=of(f"endpoints/{one.service}", f"the policy of the endpoint for {one.service!r}", one.policy, ()),
        )
        for one in network.endpoints
    )
    return replace(network, endpoints=endpoints, flow_logs=logs)


def granting(plan: Plan) -> tuple[Planned, ...]:
    """The policies that grant or deny something for a feature themselves."""
    return tuple(one for one in policies(plan) if not one.derived)
