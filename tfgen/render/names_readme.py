"""Which names a tree takes from the whole account, in its README. Knows no Terraform syntax."""

from __future__ import annotations

from collections.abc import Iterator

from tfgen.iam.text import Text
from tfgen.plan.model import Attached, PartName, Plan
from tfgen.render.markdown import code

Row = tuple[PartName, Text, str]
"""The part that takes a name, the name, and of what it is."""


def names(plan: Plan, *parts: PartName) -> list[str]:
    """The names that some parts take from the whole account, and what keeps them apart."""
    rows = [(name, what) for part, name, what in _rows(plan) if part in parts]
    linked = plan.network.linked_role if plan.network is not None and PartName.NETWORK in parts else ""
    if not rows and not linked:
        return []
    lines = ["## Names that are global to the account", ""]
    if rows:
        lines += [*_why(plan), "", "| Name | Of |", "| --- | --- |"]
        lines += [*(f"| {code(str(name))} | {what} |" for name, what in rows), ""]
    if linked:
        lines += [f"An account has the service-linked role of {code(linked)} once: let only one region make it.", ""]
    return lines


def _why(plan: Plan) -> Iterator[str]:
    yield "IAM holds these names for all regions of an account. A name that ends in the region is free in the others."
    if plan.harness_name.known is not None:
        yield (
            "A region has one harness of a name: to apply this twice in one region, make `harness.harness_name` an "
            "input, and the names begin with it."
        )
    else:
        yield "They begin with the harness's name, of which a region has one: two workspaces in it need two names."
    if plan.role.name is not None and _chosen(plan):
        yield "The posture chooses the role's name: give every region one of its own."


def _chosen(plan: Plan) -> bool:
    """Whether the whole name of the role comes from the posture or from an input."""
    return all(slot.name != "region" for slot in (plan.role.name or Text(())).slots())


def _rows(plan: Plan) -> Iterator[Row]:
    role = plan.role
    if role.name is not None:
        yield PartName.EXECUTION_ROLE, role.name, "The execution role"
    if role.name_prefix is not None:
        yield PartName.EXECUTION_ROLE, role.name_prefix, "The execution role, begun like this: Terraform ends it"
    for one in role.parts:
        yield PartName.EXECUTION_ROLE, one.name, "A policy of the execution role"
    if role.boundary is not None:
        yield PartName.EXECUTION_ROLE, role.boundary.name, "The execution role's permissions boundary"
    for caller in plan.callers:
        if caller.attached is Attached.MANAGED:
            yield PartName.ACCESS, caller.name, f"The policy of the callers {code(caller.key)}"
    if plan.network is not None and plan.network.flow_logs is not None:
        yield PartName.NETWORK, plan.network.flow_logs.role_name, "The role that writes flow logs"
