"""Proof 8: calls that the posture names get the decision that it expects, by the engine; also from the parsed text.

Reads the plan and what was rebuilt of the files; must not know how a statement is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tfgen.cedar import engine
from tfgen.cedar.arguments import ValueFaultError
from tfgen.cedar.decide import Decision, decide
from tfgen.cedar.extension import extended
from tfgen.cedar.policies import Policy, named
from tfgen.diagnostics import Code, Finding, InternalError, Related
from tfgen.plan.gateway_model import GatewayPlan, GatewayTest
from tfgen.plan.model import PartName, Plan
from tfgen.proof.rebuild import Argument, Rebuilt, text_in
from tfgen.render.addresses import cedar_address
from tfgen.terraform.values import Listed, Mapped


def check(plan: Plan) -> Iterator[Finding]:
    """Findings about every test that gets another decision, or none."""
    for gateway in plan.gateways:
        for test in gateway.tests:
            try:
                yield from _judged(test, decide(test.call, gateway.cedar, gateway.judged))
            except ValueFaultError as fault:
                where = "".join(f".{step}" if isinstance(step, str) else f"[{step}]" for step in fault.steps)
                named = f"the argument {where[1:]!r}" if where else "the call"
                message = f"{named} {fault.message}, so AgentCore would not ask the policies"
                yield Finding(Code.DECISION, message, (*test.route, "arguments", *fault.steps))


def _judged(test: GatewayTest, decision: Decision) -> Iterator[Finding]:
    for error in decision.errors:
        message = f"the engine could not evaluate everything: {error}"
        yield Finding(Code.CAN_FAIL, message, test.route, "a policy that fails neither permits nor forbids")
    if decision.depends_on:
        named = ", ".join(repr(policy.key) for policy in decision.policies)
        message = f"whether the call is allowed cannot be decided: {named} may apply, which depends on "
        message += " and on ".join(decision.depends_on)
        help = "test a call that another policy decides, and this one on a gateway"
        yield Finding(Code.DECISION_UNDECIDED, message, (*test.route, "expect"), help, related=_policies(decision))
    if decision.allowed is None or decision.allowed == test.allow:
        return
    by = ", ".join(repr(policy.key) for policy in decision.policies)
    became = f"allowed by {by}" if decision.allowed else f"denied by {by}" if by else "denied, as no policy permits it"
    message = f"the call is {became}; expected: {'allow' if test.allow else 'deny'}"
    help = "change a policy, or what is expected"
    yield Finding(Code.DECISION, message, (*test.route, "expect"), help, related=_policies(decision))


def _policies(decision: Decision) -> tuple[Related, ...]:
    return tuple(policy.place.related(f"the policy {policy.key!r}") for policy in decision.policies)


def again(plan: Plan, made: Rebuilt) -> None:
    """Decide every test by the statements in the parsed files; raises `InternalError` where that differs."""
    for gateway in plan.gateways:
        found = tuple(
            replace(planned, statement=_known(gateway, _arguments(made, *cedar_address(gateway, policy))))
            for planned, policy in zip(gateway.cedar, gateway.policies, strict=True)
        )
        for planned, there in zip(gateway.cedar, found, strict=True):
            _same(gateway, planned, there)
        for test in gateway.tests:
            try:
                first, second = (decide(test.call, policies, gateway.judged) for policies in (gateway.cedar, found))
            except ValueFaultError:
                continue  # the call itself is at fault, and `check` says so
            if (first.allowed, first.errors) != (second.allowed, second.errors):
                raise InternalError(f"the rendered policies of {gateway.key} decide {test.name!r} otherwise")


def _same(gateway: GatewayPlan, planned: Policy, there: Policy) -> None:
    error = engine.parse_error(there.cedar)
    if error is not None:
        raise InternalError(f"the rendered policy {planned.key} of {gateway.key} is not Cedar: {error}")
    if wrong := engine.type_errors(there.cedar, gateway.judged.schema):
        raise InternalError(f"the rendered policy {planned.key} of {gateway.key} does not fit the tools: {wrong[0]}")
    if there.form != planned.form or _extensions(there) != _extensions(planned):
        raise InternalError(f"the rendered policy {planned.key} of {gateway.key} says something else")


def _extensions(policy: Policy) -> tuple[str, ...]:
    return tuple(policy.statement[found.start : found.end] for found in extended(policy.statement))


def _arguments(made: Rebuilt, kind: str, name: str) -> Mapping[str, Argument]:
    return made.get(f"{PartName.GATEWAY_POLICY}/{kind}.{name}", {})


def _statement(arguments: Mapping[str, Argument]) -> Argument | None:
    """The statement of a policy that was found, wherever it is nested."""
    found: Argument | None = arguments.get("definition")
    for keys in (("cedar", "policy"), ("statement",)):
        if isinstance(found, Listed) and found.blocks and len(found.elements) == 1:
            (found,) = found.elements
        if not isinstance(found, Mapped):
            return None
        items = found.items
        found = next((items[key] for key in keys if key in items), None)
    return found


def _known(gateway: GatewayPlan, arguments: Mapping[str, Argument]) -> str:
    """The statement of a policy with the gateway's name in the place of its ARN, as it was judged."""
    statement = text_in(_statement(arguments))
    if statement is None:
        raise InternalError(f"a policy of {gateway.key} has no statement that can be read")
    if gateway.arn.known is not None:
        return named(str(statement), gateway.judged)
    # An input for a caller stands there as `Text` shows it, and was judged so.
    arns = gateway.arn.parts
    return "".join(
        part if isinstance(part, str) else gateway.key if part in arns else str(part) for part in statement.parts
    )
