"""The module `access`: what each kind of caller may do with the harness. Knows no other module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tfgen.hcl.tree import Attribute, Block, Call, Expr, Item, Literal, Object, Reference, reference
from tfgen.plan.model import Attached, CallerPolicy, Plan, PolicyPlan, context_of
from tfgen.render.expressions import list_expression, text_expression
from tfgen.render.layout import File, block, context_blocks, output, terraform_file, versions_file
from tfgen.render.policy import document, statements, vanishing
from tfgen.render.variables import variables

NAME: Final = "access"
"""The directory of the module."""

_EACH: Final = reference("each.value")


def label(key: str) -> str:
    """The name of a caller's resource and local value in Terraform."""
    return key.replace("-", "_")


def files(plan: Plan, folder: str) -> list[File]:
    """The Terraform files of the module, below `folder` (which ends in a slash)."""
    local = [attribute for caller in plan.callers for attribute in _local(label(caller.key), caller.policy)]
    main = context_blocks(context_of(plan.access_texts()), local)
    main += [made for caller in plan.callers for made in _resources(caller)]
    return [
        terraform_file(f"{folder}main.tf", plan.name, main),
        terraform_file(f"{folder}variables.tf", plan.name, variables(plan.inputs_of(plan.access_texts()))),
        terraform_file(f"{folder}outputs.tf", plan.name, _outputs(plan)),
        versions_file(f"{folder}versions.tf", plan.name),
    ]


def _local(name: str, policy: PolicyPlan) -> Iterator[Attribute]:
    if vanishing(policy):
        yield Attribute(f"{name}_statements", statements(policy.grants))
    yield Attribute(f"{name}_policy", document(policy, f"{name}_statements"))


def _document(name: str) -> Expr:
    return Reference(("local", f"{name}_policy"))


def _resources(caller: CallerPolicy) -> Iterator[Block]:
    if caller.attached is Attached.MANAGED:
        yield _managed(caller)
    if not caller.roles:
        return
    name = label(caller.key)
    roles = Attribute("for_each", Call("toset", (list_expression(caller.roles),)))
    if caller.attached is Attached.MANAGED:
        body = [Attribute("role", _EACH), Attribute("policy_arn", Reference(("aws_iam_policy", name, "arn")))]
        yield block("resource", "aws_iam_role_policy_attachment", name, groups=[[roles], body])
    else:
        body = [
            Attribute("name", text_expression(caller.name)),
            Attribute("role", _EACH),
            Attribute("policy", _document(name)),
        ]
        yield block("resource", "aws_iam_role_policy", name, groups=[[roles], body])


def _managed(caller: CallerPolicy) -> Block:
    body = [
        Attribute("name", text_expression(caller.name)),
        Attribute("path", Literal(caller.path)),
        Attribute("description", Literal(caller.description)),
        Attribute("policy", _document(label(caller.key))),
        Attribute("tags", reference("var.tags")),
    ]
    return block("resource", "aws_iam_policy", label(caller.key), body=body)


def _outputs(plan: Plan) -> list[Block]:
    found: list[Block] = []
    if plan.callers:
        arns = (
            (caller.key, Reference(("aws_iam_policy", label(caller.key), "arn")))
            for caller in plan.callers
            if caller.attached is Attached.MANAGED
        )
        documents = ((caller.key, _document(label(caller.key))) for caller in plan.callers)
        found = [
            output("policies", "The JSON of each caller policy, by its name in the posture.", _table(documents)),
            output("policy_arns", "The ARN of each managed caller policy, by its name in the posture.", _table(arns)),
        ]
    if plan.controls:
        controls = ((control.key, document(control.policy, "")) for control in plan.controls)
        sentence = "The JSON of each service control policy, to be attached in the organization, by its name."
        found.append(output("service_control_policies", sentence, _table(controls)))
    return found


def _table(values: Iterable[tuple[str, Expr]]) -> Object:
    return Object(tuple(Item(key, value) for key, value in values))
