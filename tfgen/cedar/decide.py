"""What becomes of a call: by the engine, with a request made as AgentCore's gateway makes it. Knows no posture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tfgen.cedar import engine
from tfgen.cedar.arguments import in_request
from tfgen.cedar.facts import facts
from tfgen.cedar.policies import Gateway, Policy
from tfgen.cedar.tools import Tool


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the principal's id and the claims of its token."""

    id: str
    claims: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool."""

    caller: Caller
    tool: Tool
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a call, and why."""

    allowed: bool | None
    """None when it could not be evaluated."""
    policies: tuple[Policy, ...]
    """Those that decided; none where nothing permits the call."""
    errors: tuple[str, ...]
    """What went wrong in single policies, or why nothing could be evaluated."""


def decide(call: Call, policies: Sequence[Policy], gateway: Gateway) -> Decision:
    """Decide a call by all policies of a gateway; raises `ValueFaultError` when the arguments do not fit the tool."""
    (verdict,) = engine.decide(
        [policy.statement for policy in policies],
        [request(call, gateway)],
        [entity(call.caller, gateway)],
        gateway.schema,
    )
    return Decision(verdict.allowed, tuple(policies[place] for place in verdict.reasons), verdict.errors)


def request(call: Call, gateway: Gateway) -> dict[str, object]:
    """Write a call as a request to the engine; raises `ValueFaultError` when the arguments do not fit the tool."""
    known = facts()
    return {
        "principal": {"type": known.entity(gateway.principal.entity), "id": call.caller.id},
        "action": {"type": known.action, "id": call.tool.action},
        "resource": {"type": known.entity(known.resource), "id": gateway.name},
        "context": {known.argument_record: in_request(call.tool.arguments, call.arguments)},
    }


def entity(caller: Caller, gateway: Gateway) -> dict[str, object]:
    """Write a caller as an entity, its claims as tags."""
    return {
        "uid": {"type": facts().entity(gateway.principal.entity), "id": caller.id},
        "attrs": {"id": caller.id},
        "parents": [],
        **({"tags": dict(caller.claims)} if gateway.principal.claims else {}),
    }
