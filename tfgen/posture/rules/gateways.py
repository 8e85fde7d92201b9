"""Rules about gateways and their tests. Knows these keys and no policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.diagnostics import At, Code, Related, Route, Severity
from tfgen.diagnostics.rule import Rule, Violation, rule
from tfgen.posture.gateways import GATEWAYS, TESTS, Gateway
from tfgen.posture.names import nearest
from tfgen.posture.partial import Partial
from tfgen.posture.rules.tools import TOOLS
from tfgen.posture.values import InputRef

_SINGLE: Final = ("gateway_arn", "encryption_key_arn", "role")


@rule(Code.CONFLICT, "a gateway is named not at all, or twice")
def gateway_names(partial: Partial) -> Iterator[Violation]:
    for name, gateway in _whole(partial):
        if (gateway.gateway_arn is None) == (gateway.tool is None):
            message = "needs exactly one of gateway_arn, tool"
            both = tuple(Related((GATEWAYS, name, key), "named here", At.KEY) for key in ("gateway_arn", "tool"))
            help_ = "name the gateway by its ARN, or by the harness's tool"
            yield Violation(message, (GATEWAYS, name), help_, both, At.KEY)


@rule(Code.CONFLICT, "a gateway is named by a tool that is none")
def gateway_tools(partial: Partial) -> Iterator[Violation]:
    tools = partial.posture.harness.tools or ()
    known = {tool.name: tool for tool in tools if tool.type == "agentcore_gateway" and tool.name}
    for name, gateway in _whole(partial):
        if gateway.gateway_arn is None and gateway.tool is not None and gateway.tool not in known:
            near = nearest(gateway.tool, known)
            message = f"no tool of the type agentcore_gateway is called {gateway.tool!r}"
            help_ = f"write {near}" if near else "name a tool of the harness, or write gateway_arn"
            related = (Related(TOOLS, "the tools are these", At.KEY),)
            yield Violation(message, (GATEWAYS, name, "tool"), help_, related)


@rule(Code.CONFLICT, "two entries are about one gateway")
def shared_gateways(partial: Partial) -> Iterator[Violation]:
    seen: dict[object, str] = {}
    for name, gateway in _whole(partial):
        arn = arn_of(partial, gateway) if (gateway.gateway_arn is None) != (gateway.tool is None) else None
        if arn is not None and seen.setdefault(arn, name) != name:
            message = f"this is the gateway of {seen[arn]!r} too, and a gateway has one policy engine"
            related = (Related((GATEWAYS, seen[arn]), "the first is here", At.KEY),)
            yield Violation(message, (GATEWAYS, name), "join the two entries", related, At.KEY)


def _whole(partial: Partial) -> Iterator[tuple[str, Gateway]]:
    """The gateways of which it can be told how they are named."""
    for name, gateway in partial.posture.gateways.items():
        if partial.whole((GATEWAYS, name, "gateway_arn"), (GATEWAYS, name, "tool")):
            yield name, gateway


def arn_of(partial: Partial, gateway: Gateway) -> str | InputRef | None:
    """The gateway's ARN, as the entry or the harness's tool says it."""
    if gateway.gateway_arn is not None:
        return gateway.gateway_arn
    for tool in partial.posture.harness.tools or ():
        if tool.name == gateway.tool and tool.config is not None and tool.config.agentcore_gateway is not None:
            return tool.config.agentcore_gateway.gateway_arn
    return None


@rule(Code.INPUT_CONFLICT, "an input that is a list stands where a gateway has one value")
def single_values(partial: Partial) -> Iterator[Violation]:
    for route, value, each in _single_values(partial):
        declared = partial.posture.inputs.get(value.name) if isinstance(value, InputRef) else None
        if isinstance(value, InputRef) and declared is not None and declared.many:
            message = f"the input {value.name!r} is a list, and one value is needed here"
            related = (Related(("inputs", value.name, "type"), "its type is set here"),)
            yield Violation(message, route, f"declare an input for each {each}", related)


def _single_values(partial: Partial) -> Iterator[tuple[Route, object, str]]:
    """Where a gateway takes one value, what is given there, and what it is one of."""
    for name, gateway in partial.posture.gateways.items():
        for key in _SINGLE:
            yield (GATEWAYS, name, key), getattr(gateway, key), "gateway"
        if gateway.tool is not None:
            yield (GATEWAYS, name, "tool"), arn_of(partial, gateway), "gateway"
        for place, policy in enumerate(gateway.policies):
            for at, caller in enumerate((policy.who and policy.who.callers) or ()):
                yield (GATEWAYS, name, "policies", place, "who", "callers", at), caller, "caller"


@rule(Code.CONFLICT, "a policy waits for what is known from the start")
def waits(partial: Partial) -> Iterator[Violation]:
    for name, gateway in partial.posture.gateways.items():
        for place, text in enumerate(gateway.after):
            if isinstance(text, str):
                message = "a text is known from the start, so nothing waits for it; an input is needed"
                yield Violation(message, (GATEWAYS, name, "after", place), "write { input: name }")


@rule(Code.CONFLICT, "policies are written for a gateway that knows no caller")
def unknown_callers(partial: Partial) -> Iterator[Violation]:
    for name, gateway in partial.posture.gateways.items():
        if gateway.authorizer == "none":
            message = "a gateway without an authorizer knows no caller, and AWS does not document what its policies see"
            yield Violation(message, (GATEWAYS, name, "authorizer"), "let the gateway ask for a JWT or a signature")


@rule(Code.CONFLICT, "a policy names callers in a way that the gateway's authorizer does not know")
def authorizers(partial: Partial) -> Iterator[Violation]:
    for name, gateway in partial.posture.gateways.items():
        wrong = "subjects" if gateway.authorizer == "iam" else "callers"
        for place, policy in enumerate(gateway.policies):
            if policy.who is not None and policy.who.member[0] == wrong:
                message = f"the authorizer {gateway.authorizer!r} does not know callers by {wrong!r}"
                help_ = f"name them by {'callers' if wrong == 'subjects' else 'subjects'}"
                route: Route = (GATEWAYS, name, "policies", place, "who", wrong)
                yield Violation(message, route, help_, _authorizer(name), At.KEY)


def _authorizer(name: str) -> tuple[Related, ...]:
    return (Related((GATEWAYS, name, "authorizer"), "its authorizer is set here"),)


@rule(Code.CONFLICT, "a rollout is described where decisions are enforced")
def idle_rollouts(partial: Partial) -> Iterator[Violation]:
    for name, gateway in partial.posture.gateways.items():
        if gateway.mode == "ENFORCE" and gateway.rollout is not None:
            message = "decisions are enforced, so there is nothing to roll out"
            mode = (Related((GATEWAYS, name, "mode"), "the mode is set here"),)
            yield Violation(message, (GATEWAYS, name, "rollout"), "remove it", mode, At.KEY)


@rule(Code.NOT_ENFORCED, "policies are only logged at a gateway that accepts every token")
def open_gateways(partial: Partial) -> Iterator[Violation]:
    for name, gateway in partial.posture.gateways.items():
        if gateway.mode != "ENFORCE" and gateway.authorizer == "authenticate-only":
            message = "authenticate-only lets every token of the provider in, and these policies stop nobody"
            yield Violation(message, (GATEWAYS, name, "mode"), "write mode: ENFORCE", _authorizer(name))


@rule(Code.NOT_ENFORCED, "decisions are only logged, and nothing says why", severity=Severity.WARNING)
def logged_decisions(partial: Partial) -> Iterator[Violation]:
    for name, gateway in partial.posture.gateways.items():
        if gateway.mode != "ENFORCE" and gateway.authorizer != "authenticate-only" and gateway.rollout is None:
            message = "decisions are only logged, and every call goes through"
            help_ = "write mode: ENFORCE, or say under `rollout` why not yet"
            yield Violation(message, (GATEWAYS, name, "mode"), help_)


@rule(Code.CONFLICT, "a test is about a gateway that is not there")
def tested_gateways(partial: Partial) -> Iterator[Violation]:
    gateways = partial.posture.gateways
    for place, test in enumerate(partial.posture.tests):
        if test.gateway not in gateways and partial.whole((GATEWAYS,)):
            near = nearest(test.gateway, gateways)
            known = f"; known are {', '.join(sorted(gateways))}" if gateways else ""
            message = f"no gateway is called {test.gateway!r}{known}"
            related = (Related((GATEWAYS,), "the gateways are these", At.KEY),)
            yield Violation(message, (TESTS, place, "gateway"), f"write {near}" if near else "", related)


@rule(Code.CONFLICT, "a test has a caller that the gateway cannot have")
def tested_callers(partial: Partial) -> Iterator[Violation]:
    for place, test in enumerate(partial.posture.tests):
        route: Route = (TESTS, place)
        gateway = partial.posture.gateways.get(test.gateway)
        if gateway is None:
            continue
        iam, authorizer = gateway.authorizer == "iam", _authorizer(test.gateway)
        if iam and (test.by.subject is not None or test.by.claims):
            message = "callers of a gateway with IAM have an ARN, and no token"
            yield Violation(message, (*route, "by"), "write by: { arn: ... }", authorizer)
        elif iam and test.by.arn is None:
            yield Violation("the caller's ARN is needed", route, "write by: { arn: ... }", authorizer)
        elif not iam and test.by.arn is not None:
            message = "callers of this gateway have a token, and no ARN"
            help_ = "write by: { subject: ..., claims: ... }"
            yield Violation(message, (*route, "by", "arn"), help_, authorizer)


RULES: Final[tuple[Rule[Partial], ...]] = (
    gateway_names,
    gateway_tools,
    shared_gateways,
    single_values,
    waits,
    unknown_callers,
    authorizers,
    idle_rollouts,
    open_gateways,
    logged_decisions,
    tested_gateways,
    tested_callers,
)
