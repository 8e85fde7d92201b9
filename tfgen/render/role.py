"""The module `execution-role`: the role, its trust policy and its permissions. Knows no other module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.hcl.tree import (
    Attribute,
    Block,
    Expr,
    Index,
    Item,
    Literal,
    Null,
    Number,
    Object,
    Reference,
    Tuple,
    reference,
)
from tfgen.plan.lengths import Lengths
from tfgen.plan.model import PartName, Plan, Role, context_of
from tfgen.plan.statements import NamedPolicy
from tfgen.render import role_readme, tftest
from tfgen.render.addresses import label as label_of
from tfgen.render.expressions import text_expression, unless_given
from tfgen.render.layout import block, context_blocks
from tfgen.render.part import Output, Part
from tfgen.render.policy import document, guard, statements, vanishing
from tfgen.render.tftest import Made, Subject, arn_of, exactly, given, of

_ROLE: Final = "aws_iam_role.execution"
_POLICY: Final = "aws_iam_role_policy.execution"
_BOUNDARY: Final = "aws_iam_policy.boundary"
_OWN_BOUNDARY: Final = reference(f"{_BOUNDARY}.arn")


def label(part: NamedPolicy) -> str:
    """The name in Terraform of a managed policy that is a part of the role's."""
    return f"execution_{label_of(part.key)}"


def part(plan: Plan) -> Part:
    """The module, as a part of the root."""
    role, lengths = plan.role, Lengths(plan.inputs)
    main = [*context_blocks(context_of(role.texts()), _local(role)), _role(role)]
    if role.boundary is not None:
        main.append(_managed(role, role.boundary, "boundary", lengths))
    main += [made for one in role.parts for made in _attached(role, one, lengths)]
    main += [] if role.parts else [_inline_policy(role, lengths)]
    inputs, outputs = plan.part_inputs(PartName.EXECUTION_ROLE), tuple(_outputs(role))
    expected_outputs = {one.name: exactly(one.value) for one in outputs}
    subject = Subject(inputs, tuple(main), tuple(_policies(role)), tuple(_made(role)), expected_outputs)
    return Part(
        name=PartName.EXECUTION_ROLE,
        summary="The role that AgentCore runs the harness as.",
        inputs=inputs,
        main=tuple(main),
        outputs=outputs,
        readme=tuple(role_readme.own(role)),
        root_readme=tuple(role_readme.root(plan)),
        tests=tuple(tftest.grants_tests(subject)),
        default_tests=tuple(tftest.defaults_tests(subject)),
    )


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
    named = text_expression(role.permissions_boundary) if role.permissions_boundary is not None else None
    if role.boundary is None:
        return named
    return unless_given(named.path[-1], _OWN_BOUNDARY, named) if isinstance(named, Reference) else _OWN_BOUNDARY


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


# --- What the tests expect ------------------------------------------------------------------------------------------


def _policies(role: Role) -> Iterator[tftest.Policy]:
    """The policy documents, each where the module outputs it."""
    yield tftest.Policy("trust", reference("output.trust_policy"), role.trust)
    for one in role.parts:
        yield tftest.Policy(label(one), _part_output(one), one.policy)
    if not role.parts:
        yield tftest.Policy("permissions", reference("output.policy"), role.policy)
    if role.boundary is not None:
        yield tftest.Policy("boundary", reference("output.boundary"), role.boundary.policy)


def _part_output(one: NamedPolicy) -> Expr:
    return Index(reference("output.policies"), Literal(one.key))


def _made(role: Role) -> Iterator[Made]:
    nothing, boundary = exactly(Tuple()), Null() if role.boundary is None else _OWN_BOUNDARY
    names = {"name": role.name, "name_prefix": role.name_prefix}
    yield Made(
        tuple(_ROLE.split(".")),
        (
            *((argument, given(name, None)) for argument, name in names.items() if name is not None),
            ("path", exactly(Literal(role.path))),
            ("max_session_duration", exactly(Number(role.max_session_duration))),
            ("permissions_boundary", given(role.permissions_boundary, boundary)),
            ("assume_role_policy", exactly(reference("output.trust_policy"))),
            ("inline_policy", nothing),
            ("managed_policy_arns", nothing),
        ),
    )
    if role.boundary is not None:
        yield _made_policy(role, role.boundary, "boundary", reference("output.boundary"))
    for one in role.parts:
        yield _made_policy(role, one, label(one), _part_output(one))
        yield Made(
            ("aws_iam_role_policy_attachment", label(one)),
            (
                ("role", exactly(reference(f"{_ROLE}.name"))),
                ("policy_arn", exactly(Reference(("aws_iam_policy", label(one), "arn")))),
            ),
        )
    if not role.parts:
        yield Made(
            tuple(_POLICY.split(".")),
            (
                ("name", exactly(Literal(role.policy_name))),
                ("role", exactly(reference(f"{_ROLE}.id"))),
                ("policy", exactly(reference("output.policy"))),
            ),
        )


def _made_policy(role: Role, named: NamedPolicy, name: str, document: Expr) -> Made:
    arguments = (("name", of(named.name)), ("path", exactly(Literal(role.path))), ("policy", exactly(document)))
    return Made(("aws_iam_policy", name), arguments, becomes=arn_of("aws_iam_policy", name))
