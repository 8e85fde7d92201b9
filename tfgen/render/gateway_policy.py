"""The module `gateway-policy`: policy engines, their policies, and what gateways' roles need. Knows no other module.

The gateway itself belongs to whoever made it: its `policy_engine_configuration` is put out, to be set there.
https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/policy.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tfgen.cedar.facts import facts
from tfgen.hcl.tree import (
    Access,
    Attribute,
    Binary,
    Block,
    Call,
    Expr,
    Index,
    Item,
    Literal,
    Number,
    Object,
    Reference,
    Tuple,
    reference,
)
from tfgen.iam.text import Text, join
from tfgen.plan.gateway_model import GatewayPlan, PolicyText
from tfgen.plan.lengths import Lengths
from tfgen.plan.model import PartName, Plan, context_of
from tfgen.render import gateway_policy_readme, tftest
from tfgen.render.addresses import ENGINE, cedar_address, label
from tfgen.render.expressions import text_expression
from tfgen.render.layout import Provider, block, context_blocks
from tfgen.render.part import Output, Part
from tfgen.render.policy import document, guard
from tfgen.render.sample import Values, filled
from tfgen.render.tftest import TAGS, Made, Subject, exactly, mocked_arn, of

PROVIDER: Final = Provider("aws", "hashicorp/aws", (6, 50))
"""The first version that knows policies."""
EXTENDED: Final = Provider("awscc", "hashicorp/awscc", (1, 106))
"""Makes the policies with extensions of AgentCore, which the other has no argument for.

https://github.com/hashicorp/terraform-provider-aws/issues/48648
"""
_DOCUMENTS: Final = "gateway_role_policies"


def part(plan: Plan) -> Part:
    """The module, as a part of the root."""
    context = context_of(plan.texts(PartName.GATEWAY_POLICY))
    local = [Attribute(_local(gateway), document(gateway.policy, "")) for gateway in plan.gateways]
    lengths = Lengths(plan.inputs)
    made = (node for gateway in plan.gateways for node in _resources(gateway, lengths))
    inputs, outputs = plan.part_inputs(PartName.GATEWAY_POLICY), tuple(_outputs(plan.gateways))
    main = (*context_blocks(context, local), *made)
    expected = {one.name: exactly(one.value) for one in outputs}
    policies = (_document(gateway) for gateway in plan.gateways)
    resources = (one for gateway in plan.gateways for one in _made(gateway))
    subject = Subject(inputs, main, tuple(policies), tuple(resources), expected, tags=TAGS, whole=True)
    return Part(
        name=PartName.GATEWAY_POLICY,
        summary="What gateways let through: who may call which tool under which conditions.",
        inputs=inputs,
        main=main,
        outputs=outputs,
        readme=tuple(gateway_policy_readme.part(plan)),
        root_readme=tuple(gateway_policy_readme.root(plan)),
        tests=tuple(tftest.grants_tests(subject)),
        providers=providers(plan),
    )


def providers(plan: Plan) -> tuple[Provider, ...]:
    """What makes the policies."""
    extended = any(policy.extended for gateway in plan.gateways for policy in gateway.policies)
    return (PROVIDER, EXTENDED) if extended else (PROVIDER,)


def _local(gateway: GatewayPlan) -> str:
    return f"{label(gateway.key)}_role_policy"


def _resources(gateway: GatewayPlan, lengths: Lengths) -> Iterator[Block]:
    yield _engine(gateway)
    for policy in gateway.policies:
        yield _policy(gateway, policy)
    if gateway.role is not None:
        body = [
            Attribute("name", text_expression(gateway.policy_name)),
            Attribute("role", text_expression(gateway.role)),
            Attribute("policy", Reference(("local", _local(gateway)))),
        ]
        check = guard(gateway.policy, lengths)
        yield block("resource", "aws_iam_role_policy", label(gateway.key), groups=[body, check])


def _engine(gateway: GatewayPlan) -> Block:
    body = [
        Attribute("name", text_expression(gateway.engine_name)),
        Attribute("description", Literal(gateway.description)),
    ]
    if gateway.encryption_key is not None:
        body.append(Attribute("encryption_key_arn", text_expression(gateway.encryption_key)))
    body.append(Attribute("tags", reference("var.tags")))
    return block("resource", ENGINE, label(gateway.key), body=body)


def _policy(gateway: GatewayPlan, policy: PolicyText) -> Block:
    statement = _lines(policy.statement)
    definition = (
        Attribute("definition", Object((Item("policy", Object((Item("statement", statement),))),)))
        if policy.extended
        else block("definition", body=[block("cedar", body=[Attribute("statement", statement)])])
    )
    body: list[Attribute | Block] = [
        Attribute("name", text_expression(policy.name)),
        Attribute("policy_engine_id", Reference((ENGINE, label(gateway.key), "policy_engine_id"))),
        Attribute("description", Literal(policy.description)),
        definition,
    ]
    after = Tuple(tuple(Reference(("var", slot.name)) for slot in gateway.after))
    waits: list[Attribute | Block] = [Attribute("depends_on", after)] if gateway.after else []
    return block("resource", *cedar_address(gateway, policy), groups=(body, waits))


def _lines(statement: Text) -> Expr:
    """A text of several lines, each of them an element, so that a diff shows which of them changed."""
    lines: list[list[str | Text]] = [[]]
    for part in statement.parts:
        if not isinstance(part, str):
            lines[-1].append(Text((part,)))
            continue
        first, *more = part.split("\n")
        lines[-1].append(first)
        lines += [[line] for line in more]
    if len(lines) == 1:
        return text_expression(statement)
    return Call("join", (Literal("\n"), Tuple(tuple(text_expression(join(*line)) for line in lines))))


def _outputs(gateways: Iterable[GatewayPlan]) -> Iterator[Output]:
    gateways = tuple(gateways)
    engines = ((gateway.key, _attachment(gateway)) for gateway in gateways)
    documents = ((gateway.key, Reference(("local", _local(gateway)))) for gateway in gateways)
    waits = (f"aws_iam_role_policy.{label(gateway.key)}" for gateway in gateways if gateway.role is not None)
    yield Output(
        "policy_engines",
        "For each gateway, by its name in the posture, what its policy_engine_configuration must be.",
        _table(engines),
        after=tuple(waits),
        root_name="policy_engines",
        root_description="For each gateway, by its name in the posture, what its policy_engine_configuration must be.",
    )
    yield Output(
        _DOCUMENTS,
        "The JSON of what each gateway's role needs to ask its policies, by the gateway's name in the posture.",
        _table(documents),
        root_name="gateway_role_policies",
        root_description="The JSON of what each gateway's role needs to ask its policies, by the gateway's name.",
    )


def _attachment(gateway: GatewayPlan) -> Object:
    return Object(
        (
            Item("arn", Reference((ENGINE, label(gateway.key), "policy_engine_arn"))),
            Item("mode", Literal(gateway.mode)),
        )
    )


def _table(values: Iterable[tuple[str, Expr]]) -> Object:
    return Object(tuple(Item(key, value) for key, value in values))


# --- What the tests expect ------------------------------------------------------------------------------------------


def _document(gateway: GatewayPlan) -> tftest.Policy:
    at = Index(Reference(("output", _DOCUMENTS)), Literal(gateway.key))
    return tftest.Policy(f"{label(gateway.key)}_role", at, gateway.policy)


def _made(gateway: GatewayPlan) -> Iterator[Made]:
    engine, tags = (ENGINE, label(gateway.key)), Object(tuple(Item(key, Literal(value)) for key, value in TAGS))
    key = () if gateway.encryption_key is None else (("encryption_key_arn", of(gateway.encryption_key)),)
    described = ("description", exactly(Literal(gateway.description)))
    own = (("name", of(gateway.engine_name)), described, *key, ("tags", exactly(tags)))
    known = (
        ("policy_engine_arn", mocked_arn(*engine)),
        ("policy_engine_id", f"{engine[1][: facts().longest_name]}-0123456789"),
    )
    yield Made(engine, own, becomes=tuple((name, Literal(value)) for name, value in known))
    yield from (_made_policy(gateway, policy, engine) for policy in gateway.policies)
    if gateway.role is not None:
        document = exactly(_document(gateway).at)
        arguments = (("name", of(gateway.policy_name)), ("role", of(gateway.role)), ("policy", document))
        yield Made(("aws_iam_role_policy", label(gateway.key)), arguments)


def _made_policy(gateway: GatewayPlan, policy: PolicyText, engine: tuple[str, str]) -> Made:
    address = cedar_address(gateway, policy)
    cedar = Access(Index(Reference((*address, "definition")), Number(0)), "cedar")
    statement = (
        Reference((*address, "definition", "policy", "statement"))
        if policy.extended
        else Access(Index(cedar, Number(0)), "statement")
    )
    arguments = (
        ("name", of(policy.name)),
        ("policy_engine_id", exactly(Reference((*engine, "policy_engine_id")))),
        ("description", exactly(Literal(policy.description))),
    )

    def within(values: Values) -> Iterator[tuple[str, Expr]]:
        yield "definition", Binary("==", statement, _lines(filled(policy.statement, values)))

    return Made(address, arguments, within=within)
