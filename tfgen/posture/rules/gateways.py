"""Rules about gateways and their tests. Knows these keys and no policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.diagnostics import At, Code, Finding, Severity
from tfgen.posture.gateways import GATEWAYS, TESTS, Gateway
from tfgen.posture.names import nearest
from tfgen.posture.partial import Partial
from tfgen.posture.values import InputRef

_SINGLE: Final = ("gateway_arn", "encryption_key_arn", "role")


def gateway_named(partial: Partial) -> Iterator[Finding]:
    """Find gateways that are named not at all, twice, or by a tool that is none; and two entries for one gateway."""
    harness = partial.posture.harness
    known = {tool.name: tool for tool in harness.tools or () if tool.type == "agentcore_gateway" and tool.name}
    seen: dict[object, str] = {}
    for name, gateway in partial.posture.gateways.items():
        route = (GATEWAYS, name)
        if not partial.whole((*route, "gateway_arn"), (*route, "tool")):
            continue
        if (gateway.gateway_arn is None) == (gateway.tool is None):
            message = "needs exactly one of gateway_arn, tool"
            yield Finding(
                Code.CONFLICT, message, route, "name the gateway by its ARN, or by the harness's tool", at=At.KEY
            )
            continue
        if gateway.tool is not None and gateway.tool not in known:
            near = nearest(gateway.tool, known)
            message = f"no tool of the type agentcore_gateway is called {gateway.tool!r}"
            help = f"write {near}" if near else "name a tool of the harness, or write gateway_arn"
            yield Finding(Code.CONFLICT, message, (*route, "tool"), help)
            continue
        arn = arn_of(partial, gateway)
        if arn is not None and seen.setdefault(arn, name) != name:
            message = f"this is the gateway of {seen[arn]!r} too, and a gateway has one policy engine"
            yield Finding(Code.CONFLICT, message, route, "join the two entries", at=At.KEY)


def arn_of(partial: Partial, gateway: Gateway) -> str | InputRef | None:
    """The gateway's ARN, as the entry or the harness's tool says it."""
    if gateway.gateway_arn is not None:
        return gateway.gateway_arn
    for tool in partial.posture.harness.tools or ():
        if tool.name == gateway.tool and tool.config is not None and tool.config.agentcore_gateway is not None:
            return tool.config.agentcore_gateway.gateway_arn
    return None


def single_values(partial: Partial) -> Iterator[Finding]:
    """Find lists where one value is needed, and texts where an input is."""
    inputs = partial.posture.inputs
    for name, gateway in partial.posture.gateways.items():
        values = {key: getattr(gateway, key) for key in _SINGLE}
        if gateway.tool is not None:
            values["tool"] = arn_of(partial, gateway)
        for key, value in values.items():
            if isinstance(value, InputRef) and value.name in inputs and inputs[value.name].many:
                message = f"the input {value.name!r} is a list, and one value is needed here"
                yield Finding(Code.INPUT_CONFLICT, message, (GATEWAYS, name, key), "declare an input for each gateway")
        for place, policy in enumerate(gateway.policies):
            for at, caller in enumerate((policy.who and policy.who.callers) or ()):
                if isinstance(caller, InputRef) and caller.name in inputs and inputs[caller.name].many:
                    message = f"the input {caller.name!r} is a list, and one value is needed here"
                    route = (GATEWAYS, name, "policies", place, "who", "callers", at)
                    yield Finding(Code.INPUT_CONFLICT, message, route, "declare an input for each caller")
        for place, text in enumerate(gateway.after):
            if isinstance(text, str):
                message = "a text is known from the start, so nothing waits for it; an input is needed"
                yield Finding(Code.CONFLICT, message, (GATEWAYS, name, "after", place), "write { input: name }")


def authorizers(partial: Partial) -> Iterator[Finding]:
    """Find policies about callers that a gateway's authorizer does not tell apart."""
    for name, gateway in partial.posture.gateways.items():
        route = (GATEWAYS, name)
        if gateway.authorizer == "none":
            message = "a gateway without an authorizer knows no caller, and AWS does not document what its policies see"
            yield Finding(
                Code.CONFLICT, message, (*route, "authorizer"), "let the gateway ask for a JWT or a signature"
            )
        wrong = "subjects" if gateway.authorizer == "iam" else "callers"
        for place, policy in enumerate(gateway.policies):
            if policy.who is not None and policy.who.member[0] == wrong:
                message = f"the authorizer {gateway.authorizer!r} does not know callers by {wrong!r}"
                help = f"name them by {'callers' if wrong == 'subjects' else 'subjects'}"
                yield Finding(Code.CONFLICT, message, (*route, "policies", place, "who", wrong), help, at=At.KEY)


def enforcement(partial: Partial) -> Iterator[Finding]:
    """Find gateways that log decisions and let everything through."""
    for name, gateway in partial.posture.gateways.items():
        route = (GATEWAYS, name)
        if gateway.mode == "ENFORCE":
            if gateway.rollout is not None:
                message = "decisions are enforced, so there is nothing to roll out"
                yield Finding(Code.CONFLICT, message, (*route, "rollout"), "remove it", at=At.KEY)
        elif gateway.authorizer == "authenticate-only":
            message = "authenticate-only lets every token of the provider in, and these policies stop nobody"
            yield Finding(Code.NOT_ENFORCED, message, (*route, "mode"), "write mode: ENFORCE")
        elif gateway.rollout is None:
            message = "decisions are only logged, and every call goes through"
            help = "write mode: ENFORCE, or say under `rollout` why not yet"
            yield Finding(Code.NOT_ENFORCED, message, (*route, "mode"), help, Severity.WARNING)


def tests(partial: Partial) -> Iterator[Finding]:
    """Find tests of gateways that are not there, and callers that a gateway cannot have."""
    gateways = partial.posture.gateways
    for place, test in enumerate(partial.posture.tests):
        route = (TESTS, place)
        gateway = gateways.get(test.gateway)
        if gateway is None:
            if partial.whole((GATEWAYS,)):
                near = nearest(test.gateway, gateways)
                known = f"; known are {', '.join(sorted(gateways))}" if gateways else ""
                message = f"no gateway is called {test.gateway!r}{known}"
                yield Finding(Code.CONFLICT, message, (*route, "gateway"), f"write {near}" if near else "")
            continue
        iam = gateway.authorizer == "iam"
        if iam and (test.by.subject is not None or test.by.claims):
            message = "callers of a gateway with IAM have an ARN, and no token"
            yield Finding(Code.CONFLICT, message, (*route, "by"), "write by: { arn: ... }")
        elif iam and test.by.arn is None:
            yield Finding(Code.CONFLICT, "the caller's ARN is needed", route, "write by: { arn: ... }")
        elif not iam and test.by.arn is not None:
            message = "callers of this gateway have a token, and no ARN"
            yield Finding(Code.CONFLICT, message, (*route, "by", "arn"), "write by: { subject: ..., claims: ... }")


RULES: Final = (gateway_named, single_values, authorizers, enforcement, tests)
