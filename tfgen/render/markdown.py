"""Texts, policies and inputs as Markdown. Knows no part and no file.

Everything that comes from a posture is escaped: it is text, never markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tfgen.catalog.model import Basis, Reading
from tfgen.diagnostics.visible import visible
from tfgen.iam.policy import Condition, Effect
from tfgen.iam.text import Text
from tfgen.plan.model import Input
from tfgen.plan.statements import Grant, PolicyPlan

_MARKUP: Final = re.compile(r"([\\`*_\[\]<>|~&])")


def markdown(value: str) -> str:
    """Text as Markdown that shows exactly it, on one line."""
    flat = _MARKUP.sub(r"\\\1", visible(" ".join(value.split())))
    flat = re.sub(r"^([#+=-])", r"\\\1", flat)
    return re.sub(r"^([0-9]+)([.)])", r"\1\\\2", flat)


def code(value: str) -> str:
    """Text as Markdown code in a table cell: backticks fenced, pipes escaped, on one line."""
    flat = visible(" ".join(value.split())).replace("|", "\\|")
    longest = max((len(run) for run in re.findall(r"`+", flat)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def grants_table(plan: PolicyPlan) -> list[str]:
    """A policy, statement by statement."""
    lines = ["| Sid | Actions | On | Why |", "| --- | --- | --- | --- |"]
    for grant in plan.grants:
        statement = grant.statement
        on = "<br>".join([*dict.fromkeys(map(_resource, statement.resources)), *map(_condition, statement.conditions)])
        actions = "<br>".join(code(action) for action in statement.actions)
        lines.append(f"| {code(statement.sid)} | {actions} | {on} | {_why(grant)} |")
    return [*lines, ""]


def trust_table(plan: PolicyPlan) -> list[str]:
    """A trust policy, statement by statement."""
    lines = ["| Sid | Who | When | Why |", "| --- | --- | --- | --- |"]
    for grant in plan.grants:
        statement = grant.statement
        who = "<br>".join(code(str(value)) for principal in statement.principals for value in principal.values)
        when = "<br>".join(map(_condition, statement.conditions))
        lines.append(f"| {code(statement.sid)} | {who} | {when} | {_why(grant)} |")
    return [*lines, ""]


def _why(grant: Grant) -> str:
    denied = "**Denied.** " if grant.statement.effect is Effect.DENY else ""
    reason = f"{grant.why} {grant.unscoped}".strip()
    return f"{denied}{evident(reason, grant.source, grant.basis, grant.readings)}"


def evident(why: str, source: str, basis: Basis | None, readings: Iterable[Reading]) -> str:
    """A reason with its page, with what live accounts showed, and with its basis where that is not the page."""
    weaker = f" *{basis.capitalize()}.*" if basis is not None and basis != "documented" else ""
    seen = (f"[seen {one.seen.isoformat()}]({one.source})" for one in readings)
    return f"{markdown(why)}{weaker} ({', '.join([f'[source]({source})', *dict.fromkeys(seen)])})"


def _resource(value: Text) -> str:
    return code(str(value))


def _condition(condition: Condition) -> str:
    values = ", ".join(str(value) for value in condition.values)
    return f"if {code(f'{condition.key} {condition.operator} {values}')}"


def inputs_table(inputs: Iterable[Input]) -> list[str]:
    """The variables of a module."""
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
