"""The module `access`: what each kind of caller may do with the harness. Knows no other module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.hcl.tree import Attribute, Block, Expr, Item, Literal, Object, Reference, reference
from tfgen.iam.text import Text
from tfgen.plan.model import CallerPolicy, Plan, context_of
from tfgen.render.expressions import text_expression
from tfgen.render.layout import File, block, context_blocks, output, terraform_file, versions_file
from tfgen.render.policy import document, statements, vanishing
from tfgen.render.variables import variables

NAME: Final = "access"
"""The directory of the module."""


def label(key: str) -> str:
    """The name of a caller's resource and local value in Terraform."""
    return key.replace("-", "_")


def texts(plan: Plan) -> Iterator[Text]:
    """Every text of the module that may hold unknowns."""
    for caller in plan.callers:
        yield from caller.texts()


def files(plan: Plan, folder: str) -> list[File]:
    """The Terraform files of the module, below `folder` (which ends in a slash)."""
    local: list[Attribute] = []
    for caller in plan.callers:
        if vanishing(caller.policy):
            local.append(Attribute(f"{label(caller.key)}_statements", statements(caller.policy.grants)))
        local.append(
            Attribute(f"{label(caller.key)}_policy", document(caller.policy, f"{label(caller.key)}_statements"))
        )
    main = context_blocks(context_of(texts(plan)), local)
    main += [_managed(caller) for caller in plan.callers if caller.attached]
    return [
        terraform_file(f"{folder}main.tf", plan.name, main),
        terraform_file(f"{folder}variables.tf", plan.name, variables(plan.inputs_of(texts(plan)))),
        terraform_file(f"{folder}outputs.tf", plan.name, _outputs(plan)),
        versions_file(f"{folder}versions.tf", plan.name),
    ]


def _managed(caller: CallerPolicy) -> Block:
    body = [
        Attribute("name", text_expression(caller.name)),
        Attribute("path", Literal(caller.path)),
        Attribute("description", Literal(caller.description)),
        Attribute("policy", Reference(("local", f"{label(caller.key)}_policy"))),
        Attribute("tags", reference("var.tags")),
    ]
    return block("resource", "aws_iam_policy", label(caller.key), body=body)


def _outputs(plan: Plan) -> list[Block]:
    def mapping(values: list[tuple[str, Expr]]) -> Object:
        return Object(tuple(Item(key, value) for key, value in values))

    arns: list[tuple[str, Expr]] = [
        (caller.key, Reference(("aws_iam_policy", label(caller.key), "arn")))
        for caller in plan.callers
        if caller.attached
    ]
    documents: list[tuple[str, Expr]] = [
        (caller.key, Reference(("local", f"{label(caller.key)}_policy"))) for caller in plan.callers
    ]
    return [
        output("policies", "The JSON of each caller policy, by its name in the posture.", mapping(documents)),
        output("policy_arns", "The ARN of each managed caller policy, by its name in the posture.", mapping(arns)),
    ]
