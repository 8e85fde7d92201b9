"""What is looked up of the VPC that is there already, and what follows from it. Knows no endpoint and no rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.catalog.network import facts
from tfgen.hcl.tree import (
    Attribute,
    Block,
    Call,
    Expr,
    ForObject,
    ForTuple,
    Index,
    Item,
    Literal,
    Number,
    Object,
    Reference,
    Tuple,
    reference,
)
from tfgen.iam.text import text
from tfgen.plan.grants import AWS_CONTEXT, fill
from tfgen.plan.network.model import Lookup, Network
from tfgen.render.expressions import list_expression, text_expression
from tfgen.render.layout import block

SUBNETS: Final = reference("local.subnet_ids")
VPC: Final = reference("data.aws_vpc.this.id")
_INDEX: Final = reference("count.index")


def lookups(network: Network) -> Iterator[Block]:
    """The data sources."""
    yield block("data", "aws_vpc", "this", body=[_vpc(network.vpc)])
    if network.subnets.tags:
        yield _by_tags("aws_subnets", "sessions", network.subnets)
    yield _each_subnet("sessions", "subnet_ids")
    if network.route_tables is not None and network.route_tables.tags:
        yield _by_tags("aws_route_tables", "sessions", network.route_tables)
    if network.mount_subnets is not None:
        if network.mount_subnets.tags:
            yield _by_tags("aws_subnets", "mount_targets", network.mount_subnets)
        yield _each_subnet("mount_targets", "mount_target_subnet_ids")
    for service in network.prefix_lists:
        values = {"region": AWS_CONTEXT["region"], "service": text(service)}
        name = Attribute("name", text_expression(fill(facts().endpoint_name, values)))
        yield block("data", "aws_ec2_managed_prefix_list", service, body=[name])


def places(network: Network) -> Iterator[Attribute]:
    """The local values: which subnets and route tables, one subnet a zone, and the zones that AgentCore takes."""
    yield Attribute("subnet_ids", _ids(network.subnets, "data.aws_subnets.sessions.ids"))
    if network.route_tables is not None:
        yield Attribute("route_table_ids", _ids(network.route_tables, "data.aws_route_tables.sessions.ids"))
    if network.mount_subnets is not None:
        ids = _ids(network.mount_subnets, "data.aws_subnets.mount_targets.ids")
        yield Attribute("mount_target_subnet_ids", ids)
    if network.interfaces:
        yield Attribute("endpoint_subnet_ids", _one_a_zone())
    yield Attribute("zone_ids", _zones())


def _vpc(vpc: Lookup) -> Attribute:
    return Attribute("tags", _tags(vpc)) if vpc.tags else Attribute("id", text_expression(vpc.ids[0]))


def _tags(lookup: Lookup) -> Object:
    return Object(tuple(Item(key, Literal(value)) for key, value in lookup.tags))


def _by_tags(kind: str, name: str, lookup: Lookup) -> Block:
    in_vpc = block("filter", body=[Attribute("name", Literal("vpc-id")), Attribute("values", Tuple((VPC,)))])
    return block("data", kind, name, body=[Attribute("tags", _tags(lookup)), in_vpc])


def _each_subnet(name: str, local: str) -> Block:
    """Each subnet by itself. Counted and not keyed by id: ids of subnets made in the same run are known too late."""
    ids = Reference(("local", local))
    count = [Attribute("count", Call("length", (ids,)))]
    return block("data", "aws_subnet", name, groups=[count, [Attribute("id", Index(ids, _INDEX))]])


def _ids(lookup: Lookup, found: str) -> Expr:
    return reference(found) if lookup.tags else list_expression(lookup.ids)


def _one_a_zone() -> Expr:
    """An interface endpoint takes one subnet of a zone; which one does not matter, so it is the first by its id."""
    subnets = reference("data.aws_subnet.sessions")
    by_zone = ForObject(
        ("subnet",), subnets, reference("subnet.availability_zone_id"), reference("subnet.id"), group=True
    )
    first = Index(Call("sort", (Reference(("ids",)),)), Number(0))
    return ForTuple(("ids",), Call("values", (by_zone,)), first)


def _zones() -> Object:
    """By region, the ids with spaces between them, which take a line a region."""
    return Object(tuple(Item(region, Literal(" ".join(zones))) for region, zones in facts().zones.items()))
