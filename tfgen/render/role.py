"""The module `execution-role`: the role, its trust policy and its permissions. Knows no other module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.hcl.tree import Attribute, Block, Expr, Item, Literal, Number, Object, Reference, reference
from tfgen.plan.model import NamedPolicy, Plan, Role, context_of
from tfgen.render.expressions import text_expression, unless_given
from tfgen.render.layout import File, block, context_blocks, output, terraform_file, versions_file
from tfgen.render.policy import document, statements, vanishing
from tfgen.render.variables import variables

NAME: Final = "execution-role"
"""The directory of the module."""

_ROLE: Final = "aws_iam_role.execution"
_POLICY: Final = "aws_iam_role_policy.execution"
_BOUNDARY: Final = "aws_iam_policy.boundary"


def label(part: NamedPolicy) -> str:
    """The name in Terraform of a managed policy that is a part of the role's."""
    return f"execution_{part.key.replace('-', '_')}"


def files(plan: Plan, folder: str) -> list[File]:
    """The Terraform files of the module, below `folder` (which ends in a slash)."""
    role = plan.role
    main = [*context_blocks(context_of(role.texts()), _local(role)), _role(role)]
    if role.boundary is not None:
        main.append(_managed(role, role.boundary, "boundary"))
    main += [made for part in role.parts for made in _attached(role, part)] or [_inline_policy(role)]
    return [
        terraform_file(f"{folder}main.tf", plan.name, main),
        terraform_file(f"{folder}variables.tf", plan.name, variables(plan.inputs_of(role.texts()))),
        terraform_file(f"{folder}outputs.tf", plan.name, _outputs(role)),
        versions_file(f"{folder}versions.tf", plan.name),
    ]


def _local(role: Role) -> list[Attribute]:
    """The statements of policies in which one may vanish."""
    if not role.parts:
        return [Attribute("statements", statements(role.policy.grants))] if vanishing(role.policy) else []
    return [
        Attribute(f"{label(part)}_statements", statements(part.policy.grants))
        for part in role.parts
        if vanishing(part.policy)
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
    if (boundary := _boundary(role)) is not None:
        body.append(Attribute("permissions_boundary", boundary))
    policy = Attribute("assume_role_policy", document(role.trust, "trust_statements"))
    tags = Attribute("tags", reference("var.tags"))
    return block("resource", "aws_iam_role", "execution", groups=[body, [policy], [tags]])


def _boundary(role: Role) -> Expr | None:
    given = text_expression(role.permissions_boundary) if role.permissions_boundary is not None else None
    if role.boundary is None:
        return given
    own = reference(f"{_BOUNDARY}.arn")
    return unless_given(given.path[-1], own, given) if isinstance(given, Reference) else own


def _inline_policy(role: Role) -> Block:
    body = [
        Attribute("name", Literal(role.policy_name)),
        Attribute("role", reference(f"{_ROLE}.id")),
    ]
    policy = Attribute("policy", document(role.policy, "statements"))
    return block("resource", "aws_iam_role_policy", "execution", groups=[body, [policy]])


def _managed(role: Role, named: NamedPolicy, name: str) -> Block:
    body = [
        Attribute("name", text_expression(named.name)),
        Attribute("path", Literal(role.path)),
        Attribute("description", Literal(named.description)),
    ]
    policy = Attribute("policy", document(named.policy, f"{name}_statements"))
    tags = Attribute("tags", reference("var.tags"))
    return block("resource", "aws_iam_policy", name, groups=[body, [policy], [tags]])


def _attached(role: Role, part: NamedPolicy) -> Iterator[Block]:
    name = label(part)
    yield _managed(role, part, name)
    body = [
        Attribute("role", reference(f"{_ROLE}.name")),
        Attribute("policy_arn", Reference(("aws_iam_policy", name, "arn"))),
    ]
    yield block("resource", "aws_iam_role_policy_attachment", name, body=body)


def _outputs(role: Role) -> list[Block]:
    after = [f"aws_iam_role_policy_attachment.{label(part)}" for part in role.parts] or [_POLICY]
    found = [
        output(
            "role_arn",
            "The ARN of the execution role, known once its permissions are attached.",
            reference(f"{_ROLE}.arn"),
            *after,
        ),
        output("role_name", "The name of the execution role.", reference(f"{_ROLE}.name")),
        output("trust_policy", "The JSON of the role's trust policy.", reference(f"{_ROLE}.assume_role_policy")),
    ]
    if role.parts:
        parts = tuple(Item(part.key, Reference(("aws_iam_policy", label(part), "policy"))) for part in role.parts)
        found.append(output("policies", "The JSON of the role's permissions, in its parts.", Object(parts)))
    else:
        found.append(output("policy", "The JSON of the role's permissions.", reference(f"{_POLICY}.policy")))
    if role.boundary is not None:
        boundary = "The JSON of the permissions boundary made for the role."
        arn = "The ARN of the permissions boundary made for the role."
        found.append(output("boundary", boundary, reference(f"{_BOUNDARY}.policy")))
        found.append(output("boundary_arn", arn, reference(f"{_BOUNDARY}.arn")))
    return sorted(found, key=lambda made: made.labels)
