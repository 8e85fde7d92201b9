"""What sessions connect to, and the rules of security groups for that. Knows no endpoint policy and no Terraform."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import Final

from tfgen.catalog.network import Described, EndpointKind, Port, facts
from tfgen.diagnostics import Route
from tfgen.iam.text import text
from tfgen.plan.network.model import Aim, Direction, Distinct, Endpoint, Peer, PeerKind, Reason, Rule, Target, made
from tfgen.plan.network.needs import Need, Needs, any_present, merged, present, reasons
from tfgen.plan.values import Values
from tfgen.posture.network import Destination, Network, Proxy, SharedEndpoints, StoreDestination
from tfgen.posture.shape import shape
from tfgen.posture.values import InputRef

SESSIONS: Final = "sessions"
ENDPOINTS: Final = "endpoints"
NETWORK: Final[Route] = ("network",)

_KINDS: Final = {"security_group": PeerKind.GROUP, "prefix_list": PeerKind.PREFIX_LIST}
_V6: Final = ":"


def targets(
    said: Network, values: Values, own: tuple[Endpoint, ...], shared: tuple[Endpoint, ...], found: Needs
) -> tuple[Target, ...]:
    """Everything that sessions connect to."""
    return (
        *_endpoints(own, shared),
        *(_shared(said.endpoints.shared, values, shared) if said.endpoints.shared is not None else ()),
        *_mounts(said, values, found.mounts),
        *_posture(said, values),
        *_internet(said, values, found),
        *_dns(said, values),
    )


@dataclass(frozen=True, slots=True)
class _Ask:
    """One target as a reason for one rule."""

    direction: Direction
    group: Peer
    peer: Peer
    target: Target
    says: str

    @property
    def identity(self) -> tuple[object, ...]:
        """What EC2 tells rules apart by; a second rule with the same is refused, whatever its description."""
        one = self.target
        return self.direction, self.group, self.peer, one.protocol, one.first, one.last


def rules(found: Iterable[Target]) -> Iterator[Rule]:
    """A rule of the sessions' group for each target and, where the other side's group is known, one of that.

    Targets that ask for the same rule share it. It is named after a feature before an entry of the posture, and after
    the first of several. Each name is used once in a direction: further ones are numbered from 2.
    """
    shared: dict[tuple[object, ...], list[_Ask]] = {}
    for one in found:
        for ask in _asks(one):
            shared.setdefault(ask.identity, []).append(ask)
    numbers: dict[tuple[Direction, str], int] = {}
    for asks in shared.values():
        first = min(asks, key=lambda ask: ask.target.aim is Aim.POSTURE)
        direction, key = first.direction, first.target.key
        number = numbers[direction, key] = numbers.get((direction, key), 0) + 1
        yield _rule(key if number == 1 else f"{key}-{number}", first, asks)


def _asks(one: Target) -> Iterator[_Ask]:
    yield _Ask(Direction.EGRESS, made(SESSIONS), one.peer, one, one.says)
    if one.says_back:
        yield _Ask(Direction.INGRESS, one.peer, made(SESSIONS), one, one.says_back)


def _rule(key: str, first: _Ask, asks: list[_Ask]) -> Rule:
    one, own = first.target, {ask.target.key: ask.target for ask in asks}
    return Rule(
        key=key,
        direction=first.direction,
        group=first.group,
        peer=first.peer,
        protocol=one.protocol,
        first=one.first,
        last=one.last,
        description=_described(list(dict.fromkeys(ask.says for ask in (first, *asks)))),
        reasons=merged(reason for ask in asks for reason in ask.target.reasons),
        present=any_present(ask.target.present for ask in asks),
        replaces=tuple(name for name in own if name != one.key),
    )


def _described(says: list[str]) -> str:
    """All that several asks say, as far as a description holds it."""
    most = shape("rule-description").max or 0
    for kept in range(len(says), 0, -1):
        left = f" (and {len(says) - kept} more)" if kept < len(says) else ""
        said = " ".join(says[:kept]) + left
        if len(said) <= most:
            return said
    return says[0]


def distinct(planned: Iterable[Rule]) -> Iterator[Distinct]:
    """Rules that end up the same if values that only Terraform knows are equal.

    For each rule of the other side there is one of the sessions' own with the same peers, so those are enough. A group
    that is made here is the peer of nobody else: nothing outside knows its id before.
    """
    alike: dict[tuple[object, ...], list[Rule]] = {}
    for rule in planned:
        kind = PeerKind.PREFIX_LIST if rule.peer.kind is PeerKind.SERVICE else rule.peer.kind
        if rule.direction is Direction.EGRESS and kind is not PeerKind.MADE:
            alike.setdefault((kind, rule.protocol, rule.first, rule.last), []).append(rule)
    for same in alike.values():
        others = [rule for rule in same if rule.peer.kind is not PeerKind.SERVICE]
        unknown = [rule for rule in same if rule.peer.kind is PeerKind.SERVICE or rule.peer.value.known is None]
        listed = any(rule.peer.value.each() is not None for rule in same)
        # Prefix lists of two services differ in any case.
        if listed or (others and unknown and len(same) > 1):
            yield Distinct(tuple(same))


def _endpoints(own: tuple[Endpoint, ...], shared: tuple[Endpoint, ...]) -> Iterator[Target]:
    https = _port("https")
    if any(one.kind is EndpointKind.INTERFACE for one in own):
        why = (_reason(facts().rule["endpoints-egress"], NETWORK),)
        yield _target(Aim.ENDPOINTS, ENDPOINTS, made(ENDPOINTS), https, "endpoints", why)
    for one in (*own, *shared):
        if one.kind is EndpointKind.GATEWAY:
            says, peer = facts().rule["gateway-egress"].text, Peer(PeerKind.SERVICE, text(one.service))
            key, port = one.service.replace(".", "-"), https.port
            yield Target(Aim.GATEWAY, key, peer, https.protocol, port, port, says, "", one.reasons, one.present)


def _shared(said: SharedEndpoints, values: Values, shared: tuple[Endpoint, ...]) -> Iterator[Target]:
    """Endpoints that are there already: by their groups, or by their addresses."""
    if not any(one.kind is EndpointKind.INTERFACE for one in shared):
        return
    route: Route = (*NETWORK, "endpoints", "shared")
    row = facts().rule["endpoints-egress"]
    for index, group in enumerate(said.security_groups or ()):
        peer, why = Peer(PeerKind.GROUP, values.text(group)), (_reason(row, (*route, "security_groups", index)),)
        yield _target(Aim.SHARED, "shared-endpoints", peer, _port("https"), "endpoints", why)
    for index, block in enumerate(said.cidrs or ()):
        peer, why = addresses(block, values), (_reason(row, (*route, "cidrs", index)),)
        yield _target(Aim.SHARED, "shared-endpoints", peer, _port("https"), "endpoints", why)


def _mounts(said: Network, values: Values, found: Iterable[Need]) -> Iterator[Target]:
    found = tuple(found)
    if not found or said.mount_targets is None:
        return
    for group in said.mount_targets.security_groups:
        peer = Peer(PeerKind.GROUP, values.text(group))
        one = _target(Aim.MOUNT_TARGETS, "mount-targets", peer, _port("nfs"), "mount", reasons(found))
        yield _while(one, found)


def _posture(said: Network, values: Values) -> Iterator[Target]:
    """What the posture itself spells out."""
    protocol = _port("https").protocol
    for index, store in enumerate(said.data_stores):
        peer, why = destination(store.to, values), (_own(("data_stores", index), store.why),)
        back = store.why if peer.kind is PeerKind.GROUP else ""
        yield Target(Aim.POSTURE, store.name, peer, protocol, store.port, store.port, store.why, back, why)
    for index, one in enumerate(said.egress):
        peer, why = destination(one.to, values), (_own(("egress", index), one.why),)
        last = one.to_port or one.port
        yield Target(Aim.POSTURE, one.name, peer, one.protocol, one.port, last, one.why, "", why)


def _internet(said: Network, values: Values, found: Needs) -> Iterator[Target]:
    """The internet, only when a feature needs it, and as narrow as the posture says."""
    wanted = internet_needs(said, found)
    if said.internet is None or not wanted:
        return
    says, https = facts().rule["internet"].text, _port("https")
    if said.internet.proxy is not None:
        yield _while(_proxy(said.internet.proxy, values, says, wanted), wanted)
        return
    nat = said.internet.nat
    blocks: Iterable[str | InputRef] = (nat.cidrs if nat is not None else None) or tuple(_anywhere(said))
    for block in blocks:
        peer = addresses(block, values)
        one = Target(Aim.INTERNET, "internet", peer, https.protocol, https.port, https.port, says, "", reasons(wanted))
        yield _while(one, wanted)


def internet_needs(said: Network, found: Needs) -> tuple[Need, ...]:
    """Everything that goes over the internet: with no endpoints, the services of AWS too."""
    if said.endpoints.none is None:
        return tuple(found.internet)
    return (*found.internet, *(need for needs in found.services.values() for need in needs))


def _anywhere(said: Network) -> Iterator[str]:
    yield facts().anywhere.ipv4
    if said.ip_address_type == "dualstack":
        yield facts().anywhere.ipv6


def _proxy(proxy: Proxy, values: Values, says: str, wanted: tuple[Need, ...]) -> Target:
    peer, protocol = destination(proxy.to, values), _port("https").protocol
    back = facts().rule["proxy-ingress"].text if peer.kind is PeerKind.GROUP else ""
    return Target(Aim.INTERNET, "proxy", peer, protocol, proxy.port, proxy.port, says, back, reasons(wanted))


def _dns(said: Network, values: Values) -> Iterator[Target]:
    row = facts().rule["dns"]
    for index, server in enumerate(said.dns.servers if said.dns is not None else ()):
        why = (_reason(row, (*NETWORK, "dns", "servers", index)),)
        for name in ("dns", "dns-tcp"):
            peer, port = addresses(server, values), _port(name)
            yield Target(Aim.DNS, name, peer, port.protocol, port.port, port.port, row.text, "", why)


def destination(to: Destination | StoreDestination, values: Values) -> Peer:
    """What a rule of the posture leads to."""
    kind, value = to.member
    return addresses(value, values) if kind == "cidr" else Peer(_KINDS[kind], values.text(value))


def addresses(block: str | InputRef, values: Values) -> Peer:
    """A block of addresses, in the spelling that EC2 keeps; an input is one of IPv4 addresses."""
    if not isinstance(block, str):
        return Peer(PeerKind.IPV4, values.text(block))
    return Peer(PeerKind.IPV6 if _V6 in block else PeerKind.IPV4, text(str(ip_network(block))))


def _target(aim: Aim, key: str, peer: Peer, port: Port, row: str, why: tuple[Reason, ...]) -> Target:
    """A target whose two sides the catalog describes."""
    out, back = facts().rule[f"{row}-egress"].text, facts().rule[f"{row}-ingress"].text
    has_group = peer.kind in (PeerKind.MADE, PeerKind.GROUP)
    return Target(aim, key, peer, port.protocol, port.port, port.port, out, back if has_group else "", why)


def _while(one: Target, found: Iterable[Need]) -> Target:
    return replace(one, present=present(found))


def _port(name: str) -> Port:
    return facts().port[name]


def _reason(says: Described, route: Route) -> Reason:
    return Reason("network", (route,), says.why, says.source, says.basis, says.readings)


def _own(route: Route, why: str) -> Reason:
    return Reason("posture", ((*NETWORK, *route),), why, facts().source)
