"""The README of the module `gateway-policy`: who may call which tool. Knows no Terraform syntax."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tfgen.plan.gateway_model import GatewayPlan
from tfgen.plan.model import Plan
from tfgen.render.markdown import code, grants_table, markdown

if TYPE_CHECKING:
    from tfgen.cedar.table import Row


def root(plan: Plan) -> Iterator[str]:
    """What the root's README says of it."""
    yield from ("## Who may call which tool", "")
    for gateway in plan.gateways:
        yield from (f"### {markdown(gateway.key)}", "", *_attached(gateway), *_decisions(gateway))


def part(plan: Plan) -> Iterator[str]:
    """The lines of its own README."""
    for gateway in plan.gateways:
        yield from (f"## {markdown(gateway.key)}", "", markdown(gateway.description), "", *_attached(gateway))
        yield from ("### Decisions", "", *_decisions(gateway), *_tested(gateway))
        yield from ("### What the gateway's role is given", "", *_role(gateway), *grants_table(gateway.policy))
    yield from _order()


def _attached(gateway: GatewayPlan) -> Iterator[str]:
    does = "enforces its policies" if gateway.mode == "ENFORCE" else "**only logs** what its policies decide"
    yield f"The gateway {code(str(gateway.arn))} {does} once its `policy_engine_configuration` is what the output"
    yield f"`policy_engines` has under {code(gateway.key)}. What no policy permits is denied."
    yield ""


def _decisions(gateway: GatewayPlan) -> Iterator[str]:
    from tfgen.cedar.table import rows  # what has no gateways needs no Cedar, and loads none

    yield from ("| Tool | | Who | Under | Policy |", "| --- | --- | --- | --- | --- |")
    for tool in gateway.judged.tools:
        found = rows(tool, gateway.cedar, gateway.judged)
        if not any(row.permits for row in found):
            yield f"| {code(tool.action)} | | **nobody** | | |"
        yield from (_row(tool.action, row) for row in found)
    yield ""


def _row(tool: str, row: Row) -> str:
    effect = "may" if row.permits else "**gets no answer**" if row.withholds else "**may not**"
    under = "<br>".join(map(code, row.conditions))
    return f"| {code(tool)} | {effect} | {markdown(row.who)} | {under} | {code(row.policy)} |"


def _tested(gateway: GatewayPlan) -> Iterable[str]:
    if not gateway.tests:
        return
    yield from ("These calls were decided when this was rendered:", "")
    for test in gateway.tests:
        yield f"- {markdown(test.name)}: {code(test.call.tool.action)} is {'allowed' if test.allow else 'denied'}."
    yield ""


def _role(gateway: GatewayPlan) -> Iterator[str]:
    if gateway.role is None:
        yield "JSON only, in the output `gateway_role_policies`: attach it to the role of the gateway."
    else:
        yield f"The policy {code(str(gateway.engine_name))} inside the role {code(str(gateway.role))}."
    yield ""


def _order() -> Iterator[str]:
    yield from ("## The order of creation", "")
    yield "AWS checks a policy against the tools of the gateway, so the targets must be there before the policies:"
    yield "first the engine, then the gateway with the output `policy_engines`, its targets, and the policies last."
    yield "Whoever makes policies needs `InvokeGateway` and `ManageResourceScopedPolicy` on the gateway as well."
    yield ""
