"""The README of each module: what it may do and why, for someone who reads no HCL. Knows no Terraform syntax.

Everything that comes from a posture is escaped: it is text, never markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, assert_never

from tfgen.iam.policy import Condition, Effect
from tfgen.iam.text import Text
from tfgen.plan.model import Attached, CallerPolicy, Grant, Input, Plan, PolicyPlan
from tfgen.render import access, role
from tfgen.render.layout import MARKER, File

_MARKUP: Final = re.compile(r"([\\`*_\[\]<>|~&])")


def markdown(value: str) -> str:
    """Text as Markdown that shows exactly it, on one line."""
    flat = _MARKUP.sub(r"\\\1", " ".join(value.split()))
    flat = re.sub(r"^([#+=-])", r"\\\1", flat)
    return re.sub(r"^([0-9]+)([.)])", r"\1\\\2", flat)


def code(value: str) -> str:
    """Text as Markdown code in a table cell: backticks fenced, pipes escaped, on one line."""
    flat = " ".join(value.split()).replace("|", "\\|")
    longest = max((len(run) for run in re.findall(r"`+", flat)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def root_file(plan: Plan) -> File:
    """README.md of the root module."""
    lines = [
        *_head(plan, plan.name, plan.description or "What one AgentCore harness may do, and who may make it do so."),
        "## What the agent may do",
        "",
        f"The execution role's permissions, from the posture `{plan.name}`:",
        "a session can do no more than this, whatever a caller overrides in a request.",
        "",
        *_grants(plan.role.policy),
        *_boundary(plan),
        "## Who may be the agent",
        "",
        *_trust(plan.role.trust),
    ]
    if plan.callers:
        lines += ["## Who may make it do so", "", *_callers(plan)]
    lines += _controls(plan)
    lines += ["## Inputs", "", *_inputs(_used(plan))]
    return File("README.md", _text(lines))


def role_file(plan: Plan, folder: str) -> File:
    """README.md of the module `execution-role`."""
    lines = [
        *_head(plan, role.NAME, "The role that AgentCore runs the harness as."),
        "## Permissions",
        "",
        *_grants(plan.role.policy),
        *_parts(plan),
        *_boundary(plan),
        "## Trust",
        "",
        *_trust(plan.role.trust),
        "## Inputs",
        "",
        *_inputs(plan.inputs_of(plan.role.texts())),
    ]
    return File(f"{folder}README.md", _text(lines))


def access_file(plan: Plan, folder: str) -> File:
    """README.md of the module `access`."""
    lines = [
        *_head(plan, access.NAME, "What each kind of caller may do with the harness."),
        *_callers(plan),
        *_controls(plan),
        "## Inputs",
        "",
        *_inputs(plan.inputs_of(plan.access_texts())),
    ]
    return File(f"{folder}README.md", _text(lines))


def _head(plan: Plan, title: str, summary: str) -> list[str]:
    header = (
        f"<!-- {MARKER} from the posture {plan.name}. Do not edit: change the posture and run `tfgen render` again. -->"
    )
    return [header, "", f"# {markdown(title)}", "", markdown(summary), ""]


def _used(plan: Plan) -> tuple[Input, ...]:
    names = {item.name for item in (*plan.inputs_of(plan.role.texts()), *plan.inputs_of(plan.access_texts()))}
    return tuple(item for item in plan.inputs if item.name in names)


def _grants(plan: PolicyPlan) -> list[str]:
    lines = ["| Sid | Actions | On | Why |", "| --- | --- | --- | --- |"]
    for grant in plan.grants:
        statement = grant.statement
        on = "<br>".join([*map(_resource, statement.resources), *map(_condition, statement.conditions)])
        actions = "<br>".join(code(action) for action in statement.actions)
        lines.append(f"| {code(statement.sid)} | {actions} | {on} | {_why(grant)} |")
    return [*lines, ""]


def _trust(plan: PolicyPlan) -> list[str]:
    lines = ["| Sid | Who | When | Why |", "| --- | --- | --- | --- |"]
    for grant in plan.grants:
        statement = grant.statement
        who = "<br>".join(code(str(value)) for principal in statement.principals for value in principal.values)
        when = "<br>".join(map(_condition, statement.conditions))
        lines.append(f"| {code(statement.sid)} | {who} | {when} | {_why(grant)} |")
    return [*lines, ""]


def _callers(plan: Plan) -> list[str]:
    lines: list[str] = []
    for caller in plan.callers:
        lines += [f"### {markdown(caller.key)}", "", markdown(caller.description), "", _attached(caller), ""]
        lines += _grants(caller.policy)
    return lines


def _parts(plan: Plan) -> list[str]:
    if not plan.role.parts:
        return []
    names = ", ".join(code(str(part.name)) for part in plan.role.parts)
    return [f"Too long for one policy inside the role, so these managed policies are attached to it: {names}.", ""]


def _boundary(plan: Plan) -> list[str]:
    boundary = plan.role.boundary
    if boundary is None:
        return []
    said = f"The managed policy {code(str(boundary.name))} bounds the role:"
    if plan.role.permissions_boundary is not None:
        said = f"Where {code(str(plan.role.permissions_boundary))} is null, {said[0].lower()}{said[1:]}"
    lines = [
        "## What bounds it",
        "",
        said,
        "whatever else is attached to it, it can use no other action than these.",
        "",
    ]
    return [*lines, *_grants(boundary.policy)]


def _controls(plan: Plan) -> list[str]:
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
        lines += [f"### {markdown(control.key)}", "", *_grants(control.policy)]
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


def _why(grant: Grant) -> str:
    denied = "**Denied.** " if grant.statement.effect is Effect.DENY else ""
    reason = f"{grant.why} {grant.unscoped}".strip()
    return f"{denied}{markdown(reason)} ([source]({grant.source}))"


def _resource(value: Text) -> str:
    return code(str(value))


def _condition(condition: Condition) -> str:
    values = ", ".join(str(value) for value in condition.values)
    return f"if {code(f'{condition.key} {condition.operator} {values}')}"


def _inputs(inputs: Iterable[Input]) -> list[str]:
    lines = ["| Name | Type | Default | What it is |", "| --- | --- | --- | --- |"]
    ordered = sorted(inputs, key=lambda item: (not item.required, item.name))
    for item in ordered:
        kind = "list(string)" if item.many else "string"
        default = "optional" if item.optional else "required"
        if item.default is not None:
            default = code(_default(item.default))
        lines.append(f"| {code(item.name)} | {code(kind)} | {default} | {markdown(item.description)} |")
    lines.append("| `tags` | `map(string)` | `{}` | Tags for every resource. |")
    return [*lines, ""]


def _default(value: str | tuple[str, ...]) -> str:
    return f'"{value}"' if isinstance(value, str) else "[" + ", ".join(f'"{element}"' for element in value) + "]"


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"
