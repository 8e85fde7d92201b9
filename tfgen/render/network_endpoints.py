"""VPC endpoints as resources, each under the reason why it is there. Knows no rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tfgen.catalog.network import EndpointKind
from tfgen.hcl.tree import (
    Attribute,
    Binary,
    Block,
    Bool,
    Call,
    Comment,
    Conditional,
    Expr,
    Item,
    Literal,
    Number,
    Object,
    Reference,
    Tuple,
    reference,
)
from tfgen.iam.text import Text, join
from tfgen.plan.network.model import Endpoint, Network, Reason
from tfgen.render.addresses import label
from tfgen.render.expressions import text_expression
from tfgen.render.layout import block
from tfgen.render.network_lookups import VPC

NOTHING: Final = Number(0)


def endpoint_address(endpoint: Endpoint) -> tuple[str, str]:
    """The type and the name of an endpoint's resource."""
    return "aws_vpc_endpoint", label(endpoint.service)


def policy_local(endpoint: Endpoint) -> str:
    """The local value that holds an endpoint's policy."""
    return f"{label(endpoint.service)}_policy"


def comments(reasons: Iterable[Reason]) -> list[Comment]:
    """Why something is there, one line a reason."""
    lines = (f"{one.why} (inferred)" if one.basis == "inferred" else one.why for one in reasons)
    return [Comment(line) for line in dict.fromkeys(lines)]


def while_any(present: tuple[str, ...], then: Expr, otherwise: Expr = NOTHING) -> Expr:
    """A count, or another value: `then` while one of the list inputs has an element, else 0 or what that is."""
    lists = tuple(Reference(("var", name)) for name in present)
    listed = lists[0] if len(lists) == 1 else Call("concat", lists)
    return Conditional(Binary(">", Call("length", (listed,)), Number(0)), then, otherwise)


def named(name: Text) -> Attribute:
    """Tags with a name, by which the thing is found in the console."""
    own = Object((Item("Name", text_expression(name)),))
    return Attribute("tags", Call("merge", (own, reference("var.tags"))))


def endpoint_block(network: Network, endpoint: Endpoint) -> Block:
    """The resource."""
    head: list[Comment | Attribute] = list(comments(endpoint.reasons))
    if endpoint.present:
        head.append(Attribute("count", while_any(endpoint.present, Number(1))))
    body = [
        Attribute("vpc_id", VPC),
        Attribute("service_name", text_expression(endpoint.name)),
        Attribute("vpc_endpoint_type", Literal(endpoint.kind.value)),
    ]
    nested: list[Block] = []
    if endpoint.routed:
        body.append(Attribute("route_table_ids", reference("local.route_table_ids")))
    if endpoint.kind is EndpointKind.INTERFACE:
        body += [
            Attribute("subnet_ids", reference("local.endpoint_subnet_ids")),
            Attribute("security_group_ids", Tuple((Reference(("aws_security_group", endpoint.group, "id")),))),
            Attribute("private_dns_enabled", Bool(endpoint.private_dns)),
        ]
        if network.dualstack:
            body.append(Attribute("ip_address_type", Literal("dualstack")))
            nested.append(block("dns_options", body=[Attribute("dns_record_ip_type", Literal("dualstack"))]))
    policy = [Attribute("policy", Reference(("local", policy_local(endpoint))))]
    tags = [named(join(network.base, f"-{endpoint.service}"))]
    return block("resource", *endpoint_address(endpoint), groups=[head, body, policy, tags, nested])
