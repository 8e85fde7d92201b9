"""The module `access`: what each kind of caller may do with the harness. Knows no other module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tfgen.hcl.tree import Attribute, Block, Call, Expr, Index, Item, Literal, Object, Reference, reference
from tfgen.plan.lengths import Lengths
from tfgen.plan.model import Attached, CallerPolicy, PartName, Plan, context_of
from tfgen.plan.statements import PolicyPlan
from tfgen.render import access_readme, tftest
from tfgen.render.addresses import label
from tfgen.render.expressions import list_expression, text_expression
from tfgen.render.layout import block, context_blocks
from tfgen.render.part import Output, Part
from tfgen.render.policy import document, guard, statements, vanishing
from tfgen.render.tftest import KEY, Made, Subject, arn_of, exactly, of

_EACH: Final = reference("each.value")


def part(plan: Plan) -> Part:
    """The module, as a part of the root."""
    context, lengths = context_of(plan.texts(PartName.ACCESS)), Lengths(plan.inputs)
    local = [attribute for caller in plan.callers for attribute in _local(label(caller.key), caller.policy)]
    inputs = plan.part_inputs(PartName.ACCESS)
    made = (node for caller in plan.callers for node in _resources(caller, lengths))
    main, outputs = (*context_blocks(context, local), *made), tuple(_outputs(plan))
    expected_outputs = {one.name: exactly(one.value) for one in outputs}
    subject = Subject(inputs, main, tuple(_policies(plan)), tuple(_made(plan)), expected_outputs)
    return Part(
        name=PartName.ACCESS,
        summary="What each kind of caller may do with the harness.",
        inputs=inputs,
        main=main,
        outputs=outputs,
        readme=(*access_readme.callers(plan), *access_readme.controls(plan)),
        root_readme=tuple(access_readme.root(plan)),
        tests=tuple(tftest.grants_tests(subject)),
        default_tests=tuple(tftest.defaults_tests(subject)),
    )


def _local(name: str, policy: PolicyPlan) -> Iterator[Attribute]:
    if vanishing(policy):
        yield Attribute(f"{name}_statements", statements(policy.grants))
    yield Attribute(f"{name}_policy", document(policy, f"{name}_statements"))


def _document(name: str) -> Expr:
    return Reference(("local", f"{name}_policy"))


def _resources(caller: CallerPolicy, lengths: Lengths) -> Iterator[Block]:
    if caller.attached is Attached.MANAGED:
        yield _managed(caller, lengths)
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
        made = guard(caller.policy, lengths)
        yield block("resource", "aws_iam_role_policy", name, groups=[[roles], body, made])


def _managed(caller: CallerPolicy, lengths: Lengths) -> Block:
    body = [
        Attribute("name", text_expression(caller.name)),
        Attribute("path", Literal(caller.path)),
        Attribute("description", Literal(caller.description)),
        Attribute("policy", _document(label(caller.key))),
        Attribute("tags", reference("var.tags")),
    ]
    return block("resource", "aws_iam_policy", label(caller.key), groups=[body, guard(caller.policy, lengths)])


def _outputs(plan: Plan) -> Iterator[Output]:
    if plan.callers:
        arns = (
            (caller.key, Reference(("aws_iam_policy", label(caller.key), "arn")))
            for caller in plan.callers
            if caller.attached is Attached.MANAGED
        )
        documents = ((caller.key, _document(label(caller.key))) for caller in plan.callers)
        yield Output(
            "policies",
            "The JSON of each caller policy, by its name in the posture.",
            _table(documents),
            root_name="caller_policies",
            root_description="The JSON of each caller policy, by name.",
        )
        yield Output(
            "policy_arns",
            "The ARN of each managed caller policy, by its name in the posture.",
            _table(arns),
            root_name="caller_policy_arns",
            root_description="The ARN of each managed caller policy, by name.",
        )
    if plan.controls:
        yield Output(
            "service_control_policies",
            "The JSON of each service control policy, to be attached in the organization, by its name.",
            _table((control.key, document(control.policy, "")) for control in plan.controls),
            root_name="service_control_policies",
            root_description="The JSON of each service control policy, for an organization's root, by name.",
        )


def _table(values: Iterable[tuple[str, Expr]]) -> Object:
    return Object(tuple(Item(key, value) for key, value in values))


# --- What the tests expect ------------------------------------------------------------------------------------------


def _policies(plan: Plan) -> Iterator[tftest.Policy]:
    """The policy documents, each where the module outputs it."""
    for caller in plan.callers:
        yield tftest.Policy(label(caller.key), _output_of(caller), caller.policy)
    for control in plan.controls:
        at = Index(reference("output.service_control_policies"), Literal(control.key))
        yield tftest.Policy(f"control_{label(control.key)}", at, control.policy)


def _output_of(caller: CallerPolicy) -> Expr:
    return Index(reference("output.policies"), Literal(caller.key))


def _made(plan: Plan) -> Iterator[Made]:
    for caller in plan.callers:
        name, document = label(caller.key), ("policy", exactly(_output_of(caller)))
        named, role = ("name", of(caller.name)), ("role", of(KEY))
        keys = caller.roles or None
        if caller.attached is Attached.MANAGED:
            path = ("path", exactly(Literal(caller.path)))
            yield Made(("aws_iam_policy", name), (named, path, document), becomes=arn_of("aws_iam_policy", name))
            if keys is not None:
                arn = ("policy_arn", exactly(Reference(("aws_iam_policy", name, "arn"))))
                yield Made(("aws_iam_role_policy_attachment", name), (role, arn), keys=keys)
        elif keys is not None:
            yield Made(("aws_iam_role_policy", name), (named, role, document), keys=keys)
