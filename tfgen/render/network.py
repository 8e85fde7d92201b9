"""The module `network`: endpoints, security groups and their rules around the sessions. Knows no other module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tfgen.catalog.network import facts
from tfgen.diagnostics import InternalError
from tfgen.hcl.tree import (
    Attribute,
    Block,
    Call,
    Comment,
    Expr,
    Index,
    Item,
    Literal,
    Number,
    Object,
    Reference,
    Splat,
    reference,
)
from tfgen.plan.model import PartName, Plan, context_of
from tfgen.plan.network.model import Endpoint, FlowLogs, Network
from tfgen.render import network_readme, network_tests, tftest
from tfgen.render.expressions import text_expression
from tfgen.render.layout import block, context_blocks
from tfgen.render.network_endpoints import endpoint_address, endpoint_block, policy_local
from tfgen.render.network_groups import group_block, moved_blocks, rule_address, rule_block
from tfgen.render.network_lookups import lookups, places
from tfgen.render.part import Output, Part
from tfgen.render.policy import document, statements, vanishing

_ROLE: Final = "aws_iam_role.flow_logs"


def part(plan: Plan) -> Part:
    """The module, as a part of the root."""
    network = plan.network
    if network is None:
        raise InternalError("a part is rendered for a network that was not planned")
    inputs = plan.part_inputs(PartName.NETWORK)
    context = context_of(plan.texts(PartName.NETWORK)) | {"region"}
    *data, local = context_blocks(context, [*places(network), *_policies(network)])
    main, outputs = (*data, *lookups(network), local, *_resources(network)), tuple(_outputs(network))
    subject = network_tests.subject(network, inputs, main, {one.name: one.value for one in outputs})
    return Part(
        name=PartName.NETWORK,
        summary="The network around the sessions: what they can reach, and through which endpoints.",
        inputs=inputs,
        main=main,
        outputs=outputs,
        readme=tuple(network_readme.part(network)),
        root_readme=tuple(network_readme.root(network)),
        tests=tuple(network_tests.tests(network, subject)),
        default_tests=tuple(tftest.defaults_tests(subject)),
    )


def _policies(network: Network) -> Iterator[Attribute]:
    """The endpoint policies by the names of local values, so that they can be put out too."""
    for one in network.endpoints:
        name = policy_local(one)
        if vanishing(one.policy):
            yield Attribute(f"{name}_statements", statements(one.policy.grants))
        yield Attribute(name, document(one.policy, f"{name}_statements"))


def _resources(network: Network) -> Iterator[Block]:
    yield from (group_block(network, one) for one in network.groups)
    yield from (endpoint_block(network, one) for one in network.endpoints)
    yield from (rule_block(one) for one in network.rules)
    yield from moved_blocks(network)
    if network.flow_logs is not None:
        yield from _flow_logs(network.flow_logs)
    if network.linked_role:
        row = facts().service_linked_role
        service = Attribute("aws_service_name", Literal(network.linked_role))
        yield block("resource", "aws_iam_service_linked_role", "agentcore", body=[Comment(row.why), service])


def _flow_logs(logs: FlowLogs) -> Iterator[Block]:
    tags = Attribute("tags", reference("var.tags"))
    group = [
        Attribute("name", text_expression(logs.group)),
        Attribute("retention_in_days", Number(logs.retention_days)),
    ]
    yield block("resource", "aws_cloudwatch_log_group", "flow_logs", groups=[group, [tags]])
    name = [Attribute("name", text_expression(logs.role_name))]
    trust = Attribute("assume_role_policy", document(logs.trust, ""))
    yield block("resource", "aws_iam_role", "flow_logs", groups=[name, [trust], [tags]])
    inline = [Attribute("name", Literal("delivery")), Attribute("role", reference(f"{_ROLE}.id"))]
    policy = Attribute("policy", document(logs.policy, ""))
    yield block("resource", "aws_iam_role_policy", "flow_logs", groups=[inline, [policy]])
    body = [
        Attribute("subnet_id", Index(reference("local.subnet_ids"), reference("count.index"))),
        Attribute("traffic_type", Literal(logs.traffic)),
        Attribute("log_destination", reference("aws_cloudwatch_log_group.flow_logs.arn")),
        Attribute("iam_role_arn", reference(f"{_ROLE}.arn")),
    ]
    count = Attribute("count", Call("length", (reference("local.subnet_ids"),)))
    yield block("resource", "aws_flow_log", "sessions", groups=[[Comment(logs.reason.why), count], body, [tags]])


def _outputs(network: Network) -> Iterator[Output]:
    yield Output(
        "security_group_id",
        "The id of the sessions' security group, for the harness.",
        reference("aws_security_group.sessions.id"),
        after=tuple(sorted(".".join(rule_address(one)) for one in network.rules)),
        root_name="session_security_group_id",
        root_description="The id of the sessions' security group, known once its rules are there.",
    )
    yield Output(
        "subnet_ids",
        "The ids of the sessions' subnets, for the harness.",
        reference("local.subnet_ids"),
        root_name="session_subnet_ids",
        root_description="The ids of the sessions' subnets.",
    )
    if network.endpoints:
        yield Output(
            "endpoint_ids",
            "The id of each VPC endpoint by its service; null where none of its features is used.",
            _table((one.service, _id(one)) for one in network.endpoints),
            root_name="vpc_endpoint_ids",
            root_description="The id of each VPC endpoint by its service.",
        )
        policies = ((one.service, Reference(("local", policy_local(one)))) for one in network.endpoints)
        yield Output("endpoint_policies", "The JSON of each endpoint's policy by its service.", _table(policies))
    if network.flow_logs is not None:
        name = reference("aws_cloudwatch_log_group.flow_logs.name")
        yield Output("flow_log_group_name", "The name of the log group with the flow logs.", name)


def _id(endpoint: Endpoint) -> Expr:
    address = endpoint_address(endpoint)
    if not endpoint.present:
        return Reference((*address, "id"))
    return Call("one", (Splat(Reference(address), ("id",)),))


def _table(values: Iterable[tuple[str, Expr]]) -> Object:
    return Object(tuple(Item(key, value) for key, value in values))
