"""The README of the module `execution-role`: what the agent may do and who may be it. Knows no Terraform syntax."""

from __future__ import annotations

from tfgen.plan.model import Plan, Role
from tfgen.render.markdown import code, grants_table, trust_table


def own(role: Role) -> list[str]:
    """What the module's README says of it."""
    return [
        "## Permissions",
        "",
        *grants_table(role.policy),
        *_parts(role),
        *_boundary(role),
        "## Trust",
        "",
        *trust_table(role.trust),
    ]


def root(plan: Plan) -> list[str]:
    """What the root's README says of it."""
    return [
        "## What the agent may do",
        "",
        f"The execution role's permissions, from the posture `{plan.name}`:",
        "a session can do no more than this, whatever a caller overrides in a request.",
        "",
        *grants_table(plan.role.policy),
        *_boundary(plan.role),
        "## Who may be the agent",
        "",
        *trust_table(plan.role.trust),
    ]


def _parts(role: Role) -> list[str]:
    if not role.parts:
        return []
    names = ", ".join(code(str(part.name)) for part in role.parts)
    return [f"Too long for one policy inside the role, so these managed policies are attached to it: {names}.", ""]


def _boundary(role: Role) -> list[str]:
    boundary = role.boundary
    if boundary is None:
        return []
    said = f"The managed policy {code(str(boundary.name))} bounds the role:"
    if role.permissions_boundary is not None:
        said = f"Where {code(str(role.permissions_boundary))} is null, {said[0].lower()}{said[1:]}"
    lines = [
        "## What bounds it",
        "",
        said,
        "whatever else is attached to it, it can use no other action than these.",
        "",
    ]
    return [*lines, *grants_table(boundary.policy)]
