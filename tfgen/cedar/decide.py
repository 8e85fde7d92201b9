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
    """None when it could not be evaluated, or depends on what only AgentCore can evaluate."""
    policies: tuple[Policy, ...]
    """Those that decided, or on which it depends; none where nothing permits the call."""
    errors: tuple[str, ...]
    """What went wrong in single policies, or why nothing could be evaluated."""
    depends_on: tuple[str, ...] = ()
    """What would decide it, in words; empty where it is decided."""


def decide(call: Call, policies: Sequence[Policy], gateway: Gateway) -> Decision:
    """Decide a call by all policies of a gateway; raises `ValueFaultError` when the arguments do not fit the tool.

    Whether a policy with extensions applies is not known where its plain part does: a call that is allowed at best, and
    to which one may apply, is undecided.
    """
    best = _decide(call, [policy for policy in policies if policy.permits or not policy.extensions], gateway)
    if not best.allowed:  # whatever the extensions say
        return best
    open_ = tuple(policy for policy in policies if policy.extensions and _decide(call, [policy], gateway).policies)
    if not open_:
        return best
    decided_by = dict.fromkeys(extension.decided_by for policy in open_ for extension in policy.extensions)
    return Decision(None, open_, best.errors, tuple(decided_by))


def _decide(call: Call, policies: Sequence[Policy], gateway: Gateway) -> Decision:
    """Decide by the plain parts of some policies."""
    (verdict,) = engine.decide(
        [policy.cedar for policy in policies],
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
