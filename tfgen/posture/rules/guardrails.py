"""Rules about how the role is made and what bounds it. Knows the keys `role` and `guardrails`, and no permission."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.diagnostics import At, Code, Related, Route
from tfgen.diagnostics.rule import Rule, Violation, rule
from tfgen.posture.partial import Partial
from tfgen.posture.rules.environment import MODE, NETWORK
from tfgen.posture.rules.repeated import repeated
from tfgen.posture.values import InputRef


@rule(Code.CONFLICT, "a role has a name and the beginning of another")
def role_name(partial: Partial) -> Iterator[Violation]:
    role = partial.posture.role
    if role.name is None or role.name_prefix is None:
        return
    if not (_may_be_left_out(partial, role.name) and _may_be_left_out(partial, role.name_prefix)):
        message = "a role takes 'name' or 'name_prefix', not both, unless both are optional inputs"
        name = (Related(("role", "name"), "the name is here", At.KEY),)
        yield Violation(message, ("role", "name_prefix"), "keep one of them", name, At.KEY)


@rule(Code.CONFLICT, "a role would have two permissions boundaries")
def boundaries(partial: Partial) -> Iterator[Violation]:
    given = partial.posture.role.permissions_boundary
    if partial.posture.guardrails.boundary and given is not None and not _may_be_left_out(partial, given):
        message = "the role has a boundary already: 'role.permissions_boundary' names it"
        help_ = "keep one of them, or make role.permissions_boundary an optional input"
        other = (Related(("role", "permissions_boundary"), "the other boundary", At.KEY),)
        yield Violation(message, ("guardrails", "boundary"), help_, other)


@rule(Code.CONFLICT, "a service control policy is listed twice")
def repeated_service_control(partial: Partial) -> Iterator[Violation]:
    for route, kind, first in repeated(_service_control(partial)):
        yield Violation(f"{kind!r} stands here twice", route, "remove one of them", first)


@rule(Code.CONFLICT, "a service control policy demands what this harness does not have")
def service_control(partial: Partial) -> Iterator[Violation]:
    harness = partial.posture.harness
    network = harness.runtime.network_configuration if harness.runtime is not None else None
    authorizer = ("harness", "authorizer_configuration")
    lacks = {
        "vpc": (network is None or network.network_mode != "VPC") and partial.whole(NETWORK),
        "jwt": harness.authorizer_configuration is None and partial.whole(authorizer),
    }
    why = {
        "vpc": "this harness does not run in a VPC, so there are no subnets to demand",
        "jwt": "this harness checks no JWT, so its own creation would be denied",
    }
    related = {"vpc": (Related(MODE, "the mode is set here"),), "jwt": ()}
    for kind, route in {kind: route for route, kind in reversed([*_service_control(partial)])}.items():
        if lacks[kind]:
            yield Violation(why[kind], route, f"remove {kind}, or change the harness", related[kind])


def _service_control(partial: Partial) -> Iterator[tuple[Route, str]]:
    for position, kind in enumerate(partial.posture.guardrails.service_control):
        yield ("guardrails", "service_control", position), kind


def _may_be_left_out(partial: Partial, value: str | InputRef) -> bool:
    declared = partial.posture.inputs.get(value.name) if isinstance(value, InputRef) else None
    return declared is not None and declared.optional


RULES: Final[tuple[Rule[Partial], ...]] = (role_name, boundaries, repeated_service_control, service_control)
