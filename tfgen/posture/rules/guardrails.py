"""Rules about how the role is made and what bounds it. Knows the keys `role` and `guardrails`, and no permission."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.diagnostics import At, Code, Finding
from tfgen.posture.partial import Partial
from tfgen.posture.values import InputRef


def role_name(partial: Partial) -> Iterator[Finding]:
    """Find a role with a name and the beginning of one, unless the module's user decides which."""
    role = partial.posture.role
    if role.name is None or role.name_prefix is None:
        return
    if not (_may_be_left_out(partial, role.name) and _may_be_left_out(partial, role.name_prefix)):
        message = "a role takes 'name' or 'name_prefix', not both, unless both are optional inputs"
        yield Finding(Code.CONFLICT, message, ("role", "name_prefix"), "keep one of them", at=At.KEY)


def boundaries(partial: Partial) -> Iterator[Finding]:
    """Find a role that would have two permissions boundaries."""
    given = partial.posture.role.permissions_boundary
    if partial.posture.guardrails.boundary and given is not None and not _may_be_left_out(partial, given):
        message = "the role has a boundary already: 'role.permissions_boundary' names it"
        help_ = "keep one of them, or make role.permissions_boundary an optional input"
        yield Finding(Code.CONFLICT, message, ("guardrails", "boundary"), help_)


def service_control(partial: Partial) -> Iterator[Finding]:
    """Find service control policies that stand twice, or for which the harness says nothing to demand."""
    harness = partial.posture.harness
    network = harness.runtime.network_configuration if harness.runtime is not None else None
    runtime = ("harness", "environment", "agentcore_runtime_environment", "network_configuration")
    authorizer = ("harness", "authorizer_configuration")
    lacks = {
        "vpc": (network is None or network.network_mode != "VPC") and partial.whole(runtime),
        "jwt": harness.authorizer_configuration is None and partial.whole(authorizer),
    }
    why = {
        "vpc": "this harness does not run in a VPC, so there are no subnets to demand",
        "jwt": "this harness checks no JWT, so its own creation would be denied",
    }
    wanted = partial.posture.guardrails.service_control
    for position, kind in enumerate(wanted):
        route = ("guardrails", "service_control", position)
        if kind in wanted[:position]:
            yield Finding(Code.CONFLICT, f"{kind!r} stands here twice", route, "remove one of them")
        elif lacks[kind]:
            yield Finding(Code.CONFLICT, why[kind], route, f"remove {kind}, or change the harness")


def _may_be_left_out(partial: Partial, value: str | InputRef) -> bool:
    declared = partial.posture.inputs.get(value.name) if isinstance(value, InputRef) else None
    return declared is not None and declared.optional


RULES: Final = (role_name, boundaries, service_control)
