"""What a planned network comes to when its unknowns are known: the endpoints, groups and rules that must stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from expected import Given, document, given_or_default, resolve
from moto_network import Endpoint, Network, Rule

from tfgen.catalog.network import EndpointKind
from tfgen.plan.model import Plan
from tfgen.plan.network.model import Peer, PeerKind
from tfgen.plan.network.model import Rule as Planned


def is_there(present: tuple[str, ...], given: Given) -> bool:
    """Whether one of the lists that decide it has an element."""
    return not present or any(given[name] for name in present)


def network_of(plan: Plan, own: Given, place: Mapping[str, frozenset[str]], names: Mapping[str, str]) -> Network:
    """What must stand in the VPC: `place` has its subnets and route tables, `names` those of existing groups."""
    network, given = plan.network, given_or_default(plan, own)
    assert network is not None
    (base,) = resolve(network.base, given)
    endpoints = {
        resolve(one.name, given)[0]: Endpoint(
            kind=one.kind.value,
            private_dns=one.kind is EndpointKind.INTERFACE,
            subnets=place["subnets"] if one.kind is EndpointKind.INTERFACE else frozenset(),
            route_tables=place["route_tables"] if one.kind is EndpointKind.GATEWAY else frozenset(),
            groups=frozenset({f"{base}-endpoints"} if one.kind is EndpointKind.INTERFACE else ()),
            policy=document(one.policy.policy, given),
            tags={**dict(plan.tags), "Name": f"{base}-{one.service}"},
        )
        for one in network.endpoints
        if is_there(one.present, given)
    }
    groups = {resolve(one.name, given)[0]: one.description for one in network.groups}
    made = {one.key: resolve(one.name, given)[0] for one in network.groups}
    rules = [rule for one in network.rules if is_there(one.present, given) for rule in _rules(one, given, made, names)]
    logs = network.flow_logs
    return Network(
        endpoints=endpoints,
        groups=groups,
        rules=tuple(sorted(rules)),
        flow_logs={
            subnet: (logs.traffic, resolve(logs.group, given)[0]) for subnet in place["subnets"] if logs is not None
        },
    )


def _rules(rule: Planned, given: Given, made: Mapping[str, str], names: Mapping[str, str]) -> Iterator[Rule]:
    for group in _peers(rule.group, given, made, names):
        for peer in _peers(rule.peer, given, made, names):
            # moto keeps a description only where the other side is a block of addresses.
            description = rule.description if rule.peer.kind in (PeerKind.IPV4, PeerKind.IPV6) else ""
            yield Rule(rule.direction, group, rule.protocol, rule.first, rule.last, peer, description)


def _peers(peer: Peer, given: Given, made: Mapping[str, str], names: Mapping[str, str]) -> list[str]:
    if peer.kind is PeerKind.MADE:
        return [made[str(peer.value)]]
    if peer.kind is PeerKind.SERVICE:
        return [f"com.amazonaws.us-east-1.{peer.value}"]
    return [names.get(value, value) for value in resolve(peer.value, given)]
