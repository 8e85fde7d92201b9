"""The root module: wires the parts below it, and has no resource of its own. Knows the parts by their names only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tfgen.hcl.tree import Attribute, Block, Call, Expr, Item, Literal, Object, Reference, reference
from tfgen.plan.model import Input, Plan
from tfgen.render import access, role
from tfgen.render.layout import File, block, output, terraform_file, versions_file
from tfgen.render.variables import variables

PARTS: Final = "modules/"
"""Where the parts lie below the root."""


def files(plan: Plan) -> list[File]:
    """The Terraform files of the root module."""
    calls = [_call(plan, role.NAME, plan.inputs_of(plan.role.texts()))]
    outputs = [
        output("execution_role_arn", "The ARN of the execution role, for the harness.", _of(role.NAME, "role_arn")),
        output("execution_role_name", "The name of the execution role.", _of(role.NAME, "role_name")),
    ]
    used = {item.name for item in plan.inputs_of(plan.role.texts())}
    if plan.role.boundary is not None:
        arn = _of(role.NAME, "boundary_arn")
        outputs.append(output("boundary_arn", "The ARN of the permissions boundary made for the role.", arn))
    if plan.has_access:
        own = plan.inputs_of(plan.access_texts())
        used |= {item.name for item in own}
        calls.append(_call(plan, access.NAME, own))
        outputs += _access_outputs(plan)
    outputs.sort(key=lambda block: block.labels)
    return [
        terraform_file("main.tf", plan.name, calls),
        terraform_file("variables.tf", plan.name, variables(item for item in plan.inputs if item.name in used)),
        terraform_file("outputs.tf", plan.name, outputs),
        versions_file("versions.tf", plan.name),
    ]


def _access_outputs(plan: Plan) -> list[Block]:
    said: list[tuple[str, str, str]] = []
    if plan.callers:
        said.append(("caller_policies", "policies", "The JSON of each caller policy, by name."))
        said.append(("caller_policy_arns", "policy_arns", "The ARN of each managed caller policy, by name."))
    if plan.controls:
        name = "service_control_policies"
        said.append((name, name, "The JSON of each service control policy, for an organization's root, by name."))
    return [output(name, sentence, _of(access.NAME, inner)) for name, inner, sentence in said]


def call_name(part: str) -> str:
    """The name by which the root calls a part."""
    return part.replace("-", "_")


def _of(part: str, name: str) -> Expr:
    return Reference(("module", call_name(part), name))


def _call(plan: Plan, part: str, inputs: Iterable[Input]) -> Block:
    source = Attribute("source", Literal(f"./{PARTS}{part}"))
    arguments = [
        *(Attribute(item.name, Reference(("var", item.name))) for item in inputs),
        Attribute("tags", _tags(plan)),
    ]
    arguments.sort(key=lambda attribute: attribute.name)
    return block("module", call_name(part), groups=[[source], arguments])


def _tags(plan: Plan) -> Expr:
    if not plan.tags:
        return reference("var.tags")
    own = Object(tuple(Item(key, Literal(value)) for key, value in plan.tags))
    return Call("merge", (own, reference("var.tags")))
