"""`terraform test` for the module `network`: policies as planned, and each endpoint exactly while it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tfgen.catalog.network import facts
from tfgen.hcl.tree import (
    Attribute,
    Binary,
    Block,
    Bool,
    Call,
    Expr,
    Index,
    Literal,
    Number,
    Reference,
    Tuple,
    reference,
)
from tfgen.plan.model import Input, PolicyPlan
from tfgen.plan.network.model import Network
from tfgen.render.layout import block
from tfgen.render.network_endpoints import endpoint_address, label
from tfgen.render.network_groups import rule_address
from tfgen.render.tftest import (
    MOCKED,
    alternatives,
    assertion,
    defaults_tests,
    example,
    given_block,
    grants_tests,
    mock,
)

_VPC: Final = "vpc-0123456789abcdef0"
_SUBNET: Final = "subnet-0123456789abcdef0"


def tests(network: Network, inputs: tuple[Input, ...]) -> Iterator[Block]:
    """The blocks of the module's tests."""
    inputs = tuple(_apart(network, inputs))
    yield from grants_tests(inputs, _policies(network), _mocks(network, inputs))
    lists = tuple(dict.fromkeys(network.presences()))
    if not lists:
        return
    yield _appear(network, inputs, lists, (), "nothing_is_there_without_its_feature")
    for name in lists:
        yield _appear(network, inputs, lists, (name,), f"what_{name}_needs_is_there")


def default_tests(network: Network, inputs: tuple[Input, ...]) -> Iterator[Block]:
    """The blocks of the module's test of its defaults."""
    inputs = tuple(_apart(network, inputs))
    yield from defaults_tests(inputs, _policies(network), _mocks(network, inputs))


def _policies(network: Network) -> Iterator[tuple[str, Expr, PolicyPlan]]:
    """Each endpoint policy by a name, and where it stands."""
    documents = reference("output.endpoint_policies")
    return ((label(one.service), Index(documents, Literal(one.service)), one.policy) for one in network.endpoints)


def _apart(network: Network, inputs: tuple[Input, ...]) -> Iterator[Input]:
    """The inputs, with examples that differ from each other and from literals where a precondition asks for that."""
    peers = [rule.peer.value for same in network.distinct for rule in same.rules]
    names = {slot.name for peer in peers for slot in peer.slots()}
    defaults = (item.default for item in inputs if item.name in names and item.default)
    taken = {
        *(peer.known for peer in peers),
        *(one for value in defaults for one in ((value,) if isinstance(value, str) else value)),
    }
    for item in inputs:
        if item.name not in names or item.default:
            yield item
            continue
        first, *others = alternatives(item)
        chosen = next((one for one in (first, *others) if one not in taken), first)
        taken.add(chosen)
        yield replace(item, checks=tuple(replace(check, example=chosen) for check in item.checks))


def _mocks(network: Network, inputs: tuple[Input, ...]) -> tuple[Block, ...]:
    """What the VPC looks like: one that every precondition takes."""
    vpc, zone = Literal(_vpc(network, inputs)), Literal(facts().zones[MOCKED["region"]][0])
    return (
        mock("aws_vpc", id=vpc, enable_dns_support=Bool(True), enable_dns_hostnames=Bool(True)),
        mock("aws_subnet", availability_zone_id=zone, vpc_id=vpc),
        *([mock("aws_subnets", ids=Tuple((Literal(_SUBNET),)))] if network.subnets.tags else []),
    )


def _vpc(network: Network, inputs: tuple[Input, ...]) -> str:
    """The id of the VPC in the tests."""
    for slot in (slot for one in network.vpc.ids for slot in one.slots()):
        given = next(example(item) for item in inputs if item.name == slot.name)
        return given if isinstance(given, str) else _VPC
    return network.vpc.ids[0].known or _VPC if network.vpc.ids else _VPC


def _appear(
    network: Network, inputs: tuple[Input, ...], lists: tuple[str, ...], filled: tuple[str, ...], name: str
) -> Block:
    """With some of the lists filled and the others empty, exactly what these need is there."""
    given = {item.name: example(item) if item.name in filled else () for item in inputs if item.name in lists}
    body: list[Attribute | Block] = [Attribute("command", reference("plan")), given_block(given)]
    for endpoint in network.endpoints:
        if endpoint.present:
            at = Reference(endpoint_address(endpoint))
            body.append(_there(at, f"The endpoint for {endpoint.service}", set(endpoint.present) & set(filled)))
    for rule in network.rules:
        if rule.present:
            at = Reference(rule_address(rule))
            body.append(_there(at, f"The {rule.direction} rule {rule.key}", set(rule.present) & set(filled)))
    return block("run", name, body=body)


def _there(at: Reference, what: str, needed: set[str]) -> Block:
    condition = Binary(">" if needed else "==", Call("length", (at,)), Number(0))
    is_there = "needed by what is given here" if needed else "needed by nothing here"
    return assertion(condition, f"{what} must be there exactly while something needs it; it is {is_there}.")
