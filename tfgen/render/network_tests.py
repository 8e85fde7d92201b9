"""What the tests of the module `network` expect: policies, endpoints, groups and rules, each while it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tfgen.catalog.network import EndpointKind, facts
from tfgen.hcl.tree import Block, Bool, Expr, Index, Item, Literal, Number, Object, Reference, Tuple, reference
from tfgen.iam.text import text
from tfgen.plan.grants import AWS_CONTEXT, fill
from tfgen.plan.model import Input
from tfgen.plan.network.model import Endpoint, FlowLogs, Lookup, Network, Peer, PeerKind, Rule, SecurityGroup
from tfgen.render.addresses import label
from tfgen.render.assertions import strings
from tfgen.render.network_endpoints import endpoint_address
from tfgen.render.network_groups import peer_argument, rule_address
from tfgen.render.network_lookups import VPC
from tfgen.render.sample import MOCKED, Values, alternatives, example, resolved, samples
from tfgen.render.tftest import (
    KEY,
    Made,
    Policy,
    Subject,
    Wanted,
    arn_of,
    exactly,
    grants_tests,
    mock,
    of,
    varied,
)

_VPC: Final = "vpc-0123456789abcdef0"
_SUBNET: Final = "subnet-0123456789abcdef0"
_ROUTES: Final = "rtb-0123456789abcdef0"
_DOCUMENTS: Final = "endpoint_policies"
_FLOWS: Final = "aws_iam_role.flow_logs"


def subject(network: Network, inputs: tuple[Input, ...], main: tuple[Block, ...], outputs: dict[str, Expr]) -> Subject:
    """What the tests know of the module."""
    inputs = tuple(_apart(network, inputs))
    told = {name: exactly(value) for name, value in outputs.items()}
    told["subnet_ids"] = _listed(network.subnets, _SUBNET)
    return Subject(inputs, main, tuple(_policies(network)), tuple(_made(network)), told, _mocks(network, inputs))


def tests(network: Network, of_module: Subject) -> Iterator[Block]:
    """The blocks of the module's tests."""
    yield from grants_tests(of_module)
    lists = tuple(dict.fromkeys(network.presences()))
    if not lists:
        return
    values = samples(of_module.inputs)
    nothing: Values = {**values, **dict.fromkeys(lists, ())}
    for name in lists:
        only = {**nothing, name: values[name]}
        yield from varied(f"what_{name}_needs_is_there", of_module, only, nothing)


def _policies(network: Network) -> Iterator[Policy]:
    """The policy documents, each where the module outputs it or has it."""
    for one in network.endpoints:
        yield Policy(label(one.service), _document(one), one.policy)
    if network.flow_logs is not None:
        yield Policy("flow_logs_trust", reference(f"{_FLOWS}.assume_role_policy"), network.flow_logs.trust)
        yield Policy("flow_logs", reference("aws_iam_role_policy.flow_logs.policy"), network.flow_logs.policy)


def _document(endpoint: Endpoint) -> Expr:
    return Index(reference(f"output.{_DOCUMENTS}"), Literal(endpoint.service))


# --- What is there --------------------------------------------------------------------------------------------------


def _made(network: Network) -> Iterator[Made]:
    yield from _looked_up(network)
    yield from (_group(one) for one in network.groups)
    yield from (_endpoint(network, one) for one in network.endpoints)
    yield from (_rule(one) for one in network.rules)
    if network.flow_logs is not None:
        yield from _flow_logs(network, network.flow_logs)
    if network.linked_role:
        service = ("aws_service_name", exactly(Literal(network.linked_role)))
        yield Made(("aws_iam_service_linked_role", "agentcore"), (service,))


def _looked_up(network: Network) -> Iterator[Made]:
    own = ("id", of(network.vpc.ids[0])) if network.vpc.ids else ("tags", _tags(network.vpc))
    yield Made(("data", "aws_vpc", "this"), (own,))
    found = (
        ("aws_subnets", "sessions", network.subnets),
        ("aws_route_tables", "sessions", network.route_tables),
        ("aws_subnets", "mount_targets", network.mount_subnets),
    )
    for kind, name, lookup in found:
        if lookup is not None and lookup.tags:
            yield Made(("data", kind, name), (("tags", _tags(lookup)),))
    for service in network.prefix_lists:
        name_of = fill(facts().endpoint_name, {"region": AWS_CONTEXT["region"], "service": text(service)})
        yield Made(("data", "aws_ec2_managed_prefix_list", service), (("name", of(name_of)),))


def _tags(lookup: Lookup) -> Wanted:
    return exactly(Object(tuple(Item(key, Literal(value)) for key, value in lookup.tags)))


def _group(group: SecurityGroup) -> Made:
    nothing = exactly(Tuple())  # rules are resources of their own
    arguments = (("name", of(group.name)), ("vpc_id", exactly(VPC)), ("ingress", nothing), ("egress", nothing))
    return Made(("aws_security_group", group.key), arguments)


def _endpoint(network: Network, endpoint: Endpoint) -> Made:
    arguments: list[tuple[str, Wanted]] = [
        ("vpc_id", exactly(VPC)),
        ("service_name", of(endpoint.name)),
        ("vpc_endpoint_type", exactly(Literal(endpoint.kind.value))),
        ("policy", exactly(_document(endpoint))),
    ]
    if endpoint.routed and network.route_tables is not None:
        arguments.append(("route_table_ids", _listed(network.route_tables, _ROUTES)))
    if endpoint.kind is EndpointKind.INTERFACE:
        arguments += [
            ("subnet_ids", _one_a_zone(network)),
            ("security_group_ids", exactly(Tuple((Reference(("aws_security_group", endpoint.group, "id")),)))),
            ("private_dns_enabled", exactly(Bool(endpoint.private_dns))),
        ]
        if network.dualstack:
            arguments.append(("ip_address_type", exactly(Literal("dualstack"))))
    return Made(endpoint_address(endpoint), tuple(arguments), endpoint.present)


def _one_a_zone(network: Network) -> Wanted:
    """The mocked subnets are in one zone, so an interface takes the first of them."""
    listed = _listed(network.subnets, _SUBNET)

    def wanted(values: Values, element: str) -> Expr | None:
        found = listed(values, element)
        return Tuple(found.elements[:1]) if isinstance(found, Tuple) else found

    return wanted


def _listed(lookup: Lookup, mocked: str) -> Wanted:
    """The ids of what is there already, sorted as a set of them is."""
    if lookup.tags:
        return exactly(strings((mocked,)))
    return lambda values, _: strings(sorted(resolved(lookup.ids, values)))


def _rule(rule: Rule) -> Made:
    sides = (one.value for one in (rule.peer, rule.group))
    return Made(
        rule_address(rule),
        (
            ("security_group_id", _peer(rule.group)),
            (peer_argument(rule.peer), _peer(rule.peer)),
            ("ip_protocol", exactly(Literal(rule.protocol))),
            ("from_port", exactly(Number(rule.first))),
            ("to_port", exactly(Number(rule.last))),
        ),
        rule.present,
        each=tuple(one for one in sides if one.each()),
    )


def _peer(peer: Peer) -> Wanted:
    known = str(peer.value)
    if peer.kind is PeerKind.MADE:
        return exactly(Reference(("aws_security_group", known, "id")))
    if peer.kind is PeerKind.SERVICE:
        return exactly(Reference(("data", "aws_ec2_managed_prefix_list", known, "id")))
    return of(peer.value)


def _flow_logs(network: Network, logs: FlowLogs) -> Iterator[Made]:
    group, role = ("aws_cloudwatch_log_group", "flow_logs"), tuple(_FLOWS.split("."))
    kept = ("retention_in_days", exactly(Number(logs.retention_days)))
    yield Made(group, (("name", of(logs.group)), kept), becomes=arn_of(*group))
    nothing = exactly(Tuple())
    attached = (("inline_policy", nothing), ("managed_policy_arns", nothing))
    yield Made(role, (("name", of(logs.role_name)), *attached), becomes=arn_of(*role))
    yield Made(("aws_iam_role_policy", "flow_logs"), (("role", exactly(reference(f"{_FLOWS}.id"))),))
    yield Made(
        ("aws_flow_log", "sessions"),
        (
            ("subnet_id", of(KEY)),
            ("traffic_type", exactly(Literal(logs.traffic))),
            ("log_destination", exactly(Reference((*group, "arn")))),
            ("iam_role_arn", exactly(Reference((*role, "arn")))),
        ),
        each=network.subnets.ids or (text(_SUBNET),),
    )


# --- What is given --------------------------------------------------------------------------------------------------


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
    lookups = (network.subnets, network.mount_subnets)
    routed = network.route_tables is not None and network.route_tables.tags
    return (
        mock("aws_vpc", id=vpc, enable_dns_support=Bool(True), enable_dns_hostnames=Bool(True)),
        mock("aws_subnet", availability_zone_id=zone, vpc_id=vpc),
        *([mock("aws_subnets", ids=strings((_SUBNET,)))] if any(one and one.tags for one in lookups) else []),
        *([mock("aws_route_tables", ids=strings((_ROUTES,)))] if routed else []),
    )


def _vpc(network: Network, inputs: tuple[Input, ...]) -> str:
    """The id of the VPC in the tests."""
    for slot in (slot for one in network.vpc.ids for slot in one.slots()):
        given = next(example(item) for item in inputs if item.name == slot.name)
        return given if isinstance(given, str) else _VPC
    return network.vpc.ids[0].known or _VPC if network.vpc.ids else _VPC
