"""The module `execution-role`: the role, its trust policy and its permissions. Knows no other module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.hcl.tree import Attribute, Block, Expr, Item, Literal, Number, Object, Reference, reference
from tfgen.plan.lengths import Lengths
from tfgen.plan.model import NamedPolicy, PartName, Plan, PolicyPlan, Role, context_of
from tfgen.render import role_readme, tftest
from tfgen.render.expressions import text_expression, unless_given
from tfgen.render.layout import block, context_blocks
from tfgen.render.part import Output, Part
from tfgen.render.policy import document, guard, statements, vanishing

_ROLE: Final = "aws_iam_role.execution"
_POLICY: Final = "aws_iam_role_policy.execution"
_BOUNDARY: Final = "aws_iam_policy.boundary"


def label(part: NamedPolicy) -> str:
    """The name in Terraform of a managed policy that is a part of the role's."""
    return f"execution_{part.key.replace('-', '_')}"


def part(plan: Plan) -> Part:
    """The module, as a part of the root."""
    role, lengths = plan.role, Lengths(plan.inputs)
    main = [*context_blocks(context_of(role.texts()), _local(role)), _role(role)]
    if role.boundary is not None:
        main.append(_managed(role, role.boundary, "boundary", lengths))
    main += [made for one in role.parts for made in _attached(role, one, lengths)]
    main += [] if role.parts else [_inline_policy(role, lengths)]
    inputs = plan.part_inputs(PartName.EXECUTION_ROLE)
    return Part(
        name=PartName.EXECUTION_ROLE,
        summary="The role that AgentCore runs the harness as.",
        inputs=inputs,
        main=tuple(main),
        outputs=tuple(_outputs(role)),
        readme=tuple(role_readme.own(role)),
        root_readme=tuple(role_readme.root(plan)),
        tests=tuple(tftest.grants_tests(inputs, _tested(role))),
        default_tests=tuple(tftest.defaults_tests(inputs, _tested(role))),
    )


def _tested(role: Role) -> Iterator[tuple[str, Expr, PolicyPlan]]:
    """Each policy of the module by a name, and where it stands."""
    yield "trust", reference(f"{_ROLE}.assume_role_policy"), role.trust
    for one in role.parts:
        yield label(one), Reference(("aws_iam_policy", label(one), "policy")), one.policy
    if not role.parts:
        yield "permissions", reference(f"{_POLICY}.policy"), role.policy
    if role.boundary is not None:
        yield "boundary", reference(f"{_BOUNDARY}.policy"), role.boundary.policy


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


def _inline_policy(role: Role, lengths: Lengths) -> Block:
    body = [
        Attribute("name", Literal(role.policy_name)),
        Attribute("role", reference(f"{_ROLE}.id")),
    ]
    policy = Attribute("policy", document(role.policy, "statements"))
    return block("resource", "aws_iam_role_policy", "execution", groups=[body, [policy], guard(role.policy, lengths)])


def _managed(role: Role, named: NamedPolicy, name: str, lengths: Lengths) -> Block:
    body = [
        Attribute("name", text_expression(named.name)),
        Attribute("path", Literal(role.path)),
        Attribute("description", Literal(named.description)),
    ]
    policy = Attribute("policy", document(named.policy, f"{name}_statements"))
    tags = Attribute("tags", reference("var.tags"))
    return block("resource", "aws_iam_policy", name, groups=[body, [policy], [tags], guard(named.policy, lengths)])


def _attached(role: Role, part: NamedPolicy, lengths: Lengths) -> Iterator[Block]:
    name = label(part)
    yield _managed(role, part, name, lengths)
    body = [
        Attribute("role", reference(f"{_ROLE}.name")),
        Attribute("policy_arn", Reference(("aws_iam_policy", name, "arn"))),
    ]
    yield block("resource", "aws_iam_role_policy_attachment", name, body=body)


def _outputs(role: Role) -> Iterator[Output]:
    after = tuple(f"aws_iam_role_policy_attachment.{label(one)}" for one in role.parts) or (_POLICY,)
    yield Output(
        "role_arn",
        "The ARN of the execution role, known once its permissions are attached.",
        reference(f"{_ROLE}.arn"),
        after,
        root_name="execution_role_arn",
        root_description="The ARN of the execution role, for the harness.",
    )
    name = "The name of the execution role."
    yield Output("role_name", name, reference(f"{_ROLE}.name"), (), "execution_role_name", name)
    yield Output("trust_policy", "The JSON of the role's trust policy.", reference(f"{_ROLE}.assume_role_policy"))
    if role.parts:
        parts = tuple(Item(one.key, Reference(("aws_iam_policy", label(one), "policy"))) for one in role.parts)
        yield Output("policies", "The JSON of the role's permissions, in its parts.", Object(parts))
    else:
        yield Output("policy", "The JSON of the role's permissions.", reference(f"{_POLICY}.policy"))
    if role.boundary is not None:
        arn = "The ARN of the permissions boundary made for the role."
        json = "The JSON of the permissions boundary made for the role."
        yield Output("boundary", json, reference(f"{_BOUNDARY}.policy"))
        yield Output("boundary_arn", arn, reference(f"{_BOUNDARY}.arn"), (), "boundary_arn", arn)
