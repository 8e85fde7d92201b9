"""Whether security groups let sessions reach an endpoint: yes, no, or not to be told. Knows no source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from typing import Final

from tfgen.catalog.network import facts
from tfgen.imports import vocabulary
from tfgen.imports.existing_network import Around, Endpoint, Peer, Rule, Side
from tfgen.plan.network.model import Direction
from tfgen.terraform.values import Leaf, Symbol

_SECURE: Final = "https"


def is_anywhere(peer: Peer) -> bool:
    """Whether a rule's other side is all addresses there are."""
    return peer.side is Side.ADDRESS and isinstance(peer.said, Leaf) and _is_all(str(peer.said.value))


def _is_all(block: str) -> bool:
    try:
        return ip_network(block, strict=False).prefixlen == 0
    except ValueError:
        return False


def says(peer: Peer) -> str:
    """A rule's other side as a message names it."""
    if peer.side is Side.ITSELF:
        return "the group itself"
    if peer.address:
        return peer.address
    match peer.said:
        case Symbol(source=source):
            return source
        case Leaf(value, assumed=assumed):
            return f"{value} (by default of {', '.join(assumed)})" if assumed else str(value)
        case _:
            return "something"


def ports_said(rule: Rule) -> str:
    """The ports of a rule as a message names them."""
    match rule:
        case Rule(protocol=None) | Rule(first=None) | Rule(last=None):
            return "ports that are not known"
        case Rule(first=0, last=65_535):
            return (
                f"all ports of {rule.protocol} protocols" if rule.protocol == "all" else f"all ports of {rule.protocol}"
            )
        case Rule(first=first, last=last) if first == last:
            return f"{rule.protocol} {first}"
        case _:
            return f"{rule.protocol} {rule.first} to {rule.last}"


def way(around: Around, endpoint: Endpoint) -> tuple[bool | None, str]:
    """Whether sessions reach an endpoint, and if not, why; None when that cannot be told."""
    port = facts().port[_SECURE]
    said = f"{port.protocol} {port.port}"
    out = _any(_outwards(around, endpoint))
    is_gateway = endpoint.is_interface is False
    if out is False:
        whose = "its prefix list" if is_gateway else "its own"
        return False, f"no rule of the sessions' security groups leads to {whose} on {said}"
    if not is_gateway and not endpoint.groups:
        return None, "whether it lets sessions in: the rules of the VPC's default security group are not in the source"
    into = True if is_gateway else _any(_inwards(around, endpoint))
    if into is False:
        return False, f"its security groups do not let sessions in on {said}"
    if out and into:
        return True, ""
    return None, "whether sessions reach it: rules name addresses or groups that are not known"


def _outwards(around: Around, endpoint: Endpoint) -> Iterator[bool | None]:
    """Whether each rule of the sessions leads to an endpoint."""
    if around.has_loose_rules or "" in around.sessions:
        yield None
    for rule in _rules(around, around.sessions, Direction.EGRESS):
        for peer in rule.peers:
            yield _all((covers(rule), _leads_to(peer, endpoint)))


def _leads_to(peer: Peer, endpoint: Endpoint) -> bool | None:
    is_gateway = endpoint.is_interface is False
    match peer.side:
        case Side.ADDRESS if is_anywhere(peer):
            return True
        case Side.ADDRESS if peer.in_vpc or (peer.in_subnet and is_gateway):
            return not is_gateway  # that is a route to public addresses
        case Side.PREFIX_LIST if peer.address:
            return peer.address == endpoint.address
        case Side.GROUP | Side.ITSELF if is_gateway:
            return False
        case Side.GROUP | Side.ITSELF if peer.address in endpoint.groups and peer.address:
            return True
        case Side.GROUP | Side.ITSELF:
            return False if peer.address and "" not in endpoint.groups else None
        case _:
            return None


def _inwards(around: Around, endpoint: Endpoint) -> Iterator[bool | None]:
    """Whether each rule of an endpoint's security groups lets sessions in."""
    if around.has_loose_rules or "" in endpoint.groups:
        yield None
    port = facts().port[_SECURE]
    for group in endpoint.groups:
        yield from _entries(around, group, port.protocol, port.port)


def _entries(around: Around, group: str, protocol: str, port: int) -> Iterator[bool | None]:
    for rule in _rules(around, (group,), Direction.INGRESS):
        for peer in rule.peers:
            yield _all((_opens(rule, protocol, port), _is_sessions(peer, around)))


def enters(around: Around, group: str, protocol: str, port: int) -> bool | None:
    """Whether a security group of the source lets sessions in at a port; None when that cannot be told."""
    return _any(_entries(around, group, protocol, port))


def enters_for_calls(around: Around, group: str) -> bool | None:
    """Whether a security group of the source lets sessions in for calls of services."""
    port = facts().port[_SECURE]
    return enters(around, group, port.protocol, port.port)


def _is_sessions(peer: Peer, around: Around) -> bool | None:
    match peer.side:
        case Side.ADDRESS if is_anywhere(peer) or peer.in_vpc:
            return True
        case Side.GROUP | Side.ITSELF if peer.address:
            return True if peer.address in around.sessions else None if "" in around.sessions else False
        case _:
            return None


def _rules(around: Around, groups: Iterable[str], direction: Direction) -> Iterator[Rule]:
    for group in groups:
        for rule in around.groups[group].rules if group else ():
            if rule.direction is direction:
                yield rule


def covers(rule: Rule) -> bool | None:
    """Whether a rule is for calls of services."""
    port = facts().port[_SECURE]
    return _opens(rule, port.protocol, port.port)


def _opens(rule: Rule, protocol: str, port: int) -> bool | None:
    if rule.protocol not in (None, protocol, vocabulary.network().every_protocol):
        return False
    if rule.protocol is None or rule.first is None or rule.last is None:
        return None
    return rule.first <= port <= rule.last


def _any(found: Iterable[bool | None]) -> bool | None:
    answers = set(found)
    return True if True in answers else None if None in answers else False


def _all(found: Iterable[bool | None]) -> bool | None:
    answers = set(found)
    return False if False in answers else None if None in answers else True
