"""The module `execution-role`: the role, its trust policy and its permissions. Knows no other module."""

from __future__ import annotations

from typing import Final

from tfgen.hcl.tree import Attribute, Block, Literal, Number, reference
from tfgen.plan.model import Plan, Role, context_of
from tfgen.render.expressions import text_expression
from tfgen.render.layout import File, block, context_blocks, output, terraform_file, versions_file
from tfgen.render.policy import document, statements, vanishing
from tfgen.render.variables import variables

NAME: Final = "execution-role"
"""The directory of the module."""

_ROLE: Final = "aws_iam_role.execution"
_POLICY: Final = "aws_iam_role_policy.execution"


def files(plan: Plan, folder: str) -> list[File]:
    """The Terraform files of the module, below `folder` (which ends in a slash)."""
    role = plan.role
    local = [Attribute("statements", statements(role.policy.grants))] if vanishing(role.policy) else []
    main = [*context_blocks(context_of(role.texts()), local), _role(role), _inline_policy(role)]
    return [
        terraform_file(f"{folder}main.tf", plan.name, main),
        terraform_file(f"{folder}variables.tf", plan.name, variables(plan.inputs_of(role.texts()))),
        terraform_file(f"{folder}outputs.tf", plan.name, _outputs()),
        versions_file(f"{folder}versions.tf", plan.name),
    ]


def _role(role: Role) -> Block:
    body: list[Attribute] = []
    if role.name is not None:
        body.append(Attribute("name", text_expression(role.name)))
    if role.name_prefix is not None:
        body.append(Attribute("name_prefix", text_expression(role.name_prefix)))
    body += [
        Attribute("path", Literal(role.path)),
        Attribute("description", Literal(role.description)),
        Attribute("max_session_duration", Number(role.max_session_duration)),
    ]
    if role.permissions_boundary is not None:
        body.append(Attribute("permissions_boundary", text_expression(role.permissions_boundary)))
    policy = Attribute("assume_role_policy", document(role.trust, "trust_statements"))
    tags = Attribute("tags", reference("var.tags"))
    return block("resource", "aws_iam_role", "execution", groups=[body, [policy], [tags]])


def _inline_policy(role: Role) -> Block:
    body = [
        Attribute("name", Literal(role.policy_name)),
        Attribute("role", reference(f"{_ROLE}.id")),
    ]
    policy = Attribute("policy", document(role.policy, "statements"))
    return block("resource", "aws_iam_role_policy", "execution", groups=[body, [policy]])


def _outputs() -> list[Block]:
    return [
        output("policy", "The JSON of the role's permissions.", reference(f"{_POLICY}.policy")),
        output(
            "role_arn",
            "The ARN of the execution role, known once its permissions are attached.",
            reference(f"{_ROLE}.arn"),
            _POLICY,
        ),
        output("role_name", "The name of the execution role.", reference(f"{_ROLE}.name")),
        output("trust_policy", "The JSON of the role's trust policy.", reference(f"{_ROLE}.assume_role_policy")),
    ]
