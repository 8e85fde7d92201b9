"""The network as far as packets and requests are concerned, read from a plan. Must not know why anything is there."""

from __future__ import annotations

from dataclasses import dataclass

from tfgen.catalog.network import EndpointKind
from tfgen.iam.policy import Policy
from tfgen.plan.network.model import Direction, Network, Peer, Present, made


@dataclass(frozen=True, slots=True)
class EndpointView:
    """An endpoint for one service."""

    service: str
    kind: EndpointKind
    named: bool
    """Whether the service's own name leads to it."""
    routed: bool
    """Whether packets of the sessions' subnets find it: by interfaces in their zones, or by their route tables."""
    groups: frozenset[Peer]
    """The security groups on its interfaces."""
    policy: Policy
    present: Present


@dataclass(frozen=True, slots=True)
class OpenRule:
    """A rule of a security group."""

    key: str
    direction: Direction
    group: Peer
    peer: Peer
    protocol: str
    first: int
    last: int
    present: Present


@dataclass(frozen=True, slots=True)
class NetworkView:
    """Everything that decides what can be reached."""

    endpoints: tuple[EndpointView, ...]
    rules: tuple[OpenRule, ...]


def planned(network: Network) -> NetworkView:
    """The network that a plan describes."""
    endpoints = tuple(
        EndpointView(
            service=one.service,
            kind=one.kind,
            named=one.private_dns or one.kind is EndpointKind.GATEWAY,
            routed=one.routed or one.kind is EndpointKind.INTERFACE,
            groups=frozenset({made(one.group)} if one.group else ()),
            policy=one.policy.policy,
            present=one.present,
        )
        for one in network.endpoints
    )
    rules = tuple(
        OpenRule(one.key, one.direction, one.group, one.peer, one.protocol, one.first, one.last, one.present)
        for one in network.rules
    )
    return NetworkView(endpoints, rules)
