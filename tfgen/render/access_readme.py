"""The README of the module `access`: who may make the agent do so. Knows no Terraform syntax."""

from __future__ import annotations

from typing import assert_never

from tfgen.plan.model import Attached, CallerPolicy, Plan
from tfgen.plan.ways import idle
from tfgen.render.markdown import code, grants_table, markdown


def root(plan: Plan) -> list[str]:
    """What the root's README says of it."""
    heading = ["## Who may make it do so", ""] if plan.callers else []
    return [*heading, *callers(plan), *controls(plan)]


def callers(plan: Plan) -> list[str]:
    """Each kind of caller with its policy."""
    lines: list[str] = []
    for caller in plan.callers:
        lines += [f"### {markdown(caller.key)}", "", markdown(caller.description), "", _attached(caller), ""]
        for one in idle(plan):
            if one.caller == caller.key:
                lines += [f"**{code(one.may)}**: this policy {markdown(f'{one.row.effect}; {one.row.keeps}.')}", ""]
        lines += grants_table(caller.policy)
    return lines


def controls(plan: Plan) -> list[str]:
    """The service control policies."""
    if not plan.controls:
        return []
    lines = [
        "## Service control policies",
        "",
        "JSON only, in the output `service_control_policies`. They hold for every runtime of the accounts that they",
        "are attached to, not for this harness alone.",
        "",
    ]
    for control in plan.controls:
        lines += [f"### {markdown(control.key)}", "", *grants_table(control.policy)]
    return lines


def _attached(caller: CallerPolicy) -> str:
    roles = ", ".join(code(str(role)) for role in caller.roles)
    match caller.attached:
        case Attached.MANAGED:
            said = f"A managed policy, {code(str(caller.name))}; its ARN is in the output `policy_arns`."
            return f"{said} It is attached to the roles {roles}." if roles else said
        case Attached.INLINE:
            return f"The policy {code(str(caller.name))} inside each of the roles {roles}."
        case Attached.JSON:
            return "JSON only, in the output `policies`."
        case _ as never:
            assert_never(never)
