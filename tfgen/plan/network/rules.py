"""Rules of security groups: who may connect to whom, and why. Knows no endpoint policy and no Terraform."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tfgen.catalog.network import Described, EndpointKind, Port, facts
from tfgen.diagnostics import Route
from tfgen.iam.text import Text, text
from tfgen.plan.network.model import Direction, Endpoint, Peer, PeerKind, Present, Reason, Rule, made
from tfgen.plan.network.needs import Need, Needs, present, reasons
from tfgen.plan.values import Values
from tfgen.posture.network import Destination, Network, Proxy, SharedEndpoints, StoreDestination
from tfgen.posture.values import InputRef

SESSIONS: Final = "sessions"
ENDPOINTS: Final = "endpoints"
NETWORK: Final[Route] = ("network",)
_V6: Final = ":"


def rules(
    said: Network, values: Values, own: tuple[Endpoint, ...], shared: tuple[Endpoint, ...], found: Needs
) -> tuple[Rule, ...]:
    """All rules of one network."""
    made_here = _Rules(values)
    if any(one.kind is EndpointKind.INTERFACE for one in own):
        made_here.pair("endpoints", made(ENDPOINTS), _port("https"), "endpoints", _described("endpoints"))
    for one in (*own, *shared):
        if one.kind is EndpointKind.GATEWAY:
            peer = Peer(PeerKind.SERVICE, text(one.service))
            says = facts().rule["gateway-egress"]
            made_here.egress(one.service.replace(".", "-"), peer, _port("https"), says.text, one.reasons, one.present)
    if said.endpoints.shared is not None and any(one.kind is EndpointKind.INTERFACE for one in shared):
        _shared(made_here, said.endpoints.shared)
    _mounts(made_here, said, found.mounts)
    _posture(made_here, said)
    _internet(made_here, said, found)
    _dns(made_here, said)
    return tuple(made_here.rules)


def destination(to: Destination | StoreDestination, values: Values) -> Peer:
    """What a rule of the posture leads to."""
    kind, value = to.member
    return addresses(value, values) if kind == "cidr" else Peer(_KINDS[kind], values.text(value))


_KINDS: Final = {"security_group": PeerKind.GROUP, "prefix_list": PeerKind.PREFIX_LIST}


def addresses(block: str | InputRef, values: Values) -> Peer:
    """A block of addresses; an input is one of IPv4 addresses."""
    is_v6 = isinstance(block, str) and _V6 in block
    return Peer(PeerKind.IPV6 if is_v6 else PeerKind.IPV4, values.text(block))


class _Rules:
    """The rules so far; each key is used once in a direction."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.rules: list[Rule] = []
        self._keys: dict[tuple[Direction, str], int] = {}

    def egress(
        self, key: str, peer: Peer, port: Port, says: str, why: tuple[Reason, ...], when: Present = (), last: int = 0
    ) -> None:
        """Let sessions connect to a peer."""
        self._add(Direction.EGRESS, key, made(SESSIONS), peer, port, says, why, when, last)

    def ingress(
        self, key: str, group: Peer, port: Port, says: str, why: tuple[Reason, ...], when: Present = ()
    ) -> None:
        """Let a group be connected to by sessions."""
        self._add(Direction.INGRESS, key, group, made(SESSIONS), port, says, why, when, 0)

    def pair(self, key: str, peer: Peer, port: Port, row: str, why: tuple[Reason, ...], when: Present = ()) -> None:
        """Both: a rule on each side, where the other side's security group is known."""
        out, into = facts().rule[f"{row}-egress"], facts().rule[f"{row}-ingress"]
        self.egress(key, peer, port, out.text, why, when)
        if peer.kind in (PeerKind.MADE, PeerKind.GROUP):
            self.ingress(key, peer, port, into.text, why, when)

    def _add(
        self,
        direction: Direction,
        key: str,
        group: Peer,
        peer: Peer,
        port: Port,
        says: str,
        why: tuple[Reason, ...],
        when: Present,
        last: int,
    ) -> None:
        number = self._keys[direction, key] = self._keys.get((direction, key), 0) + 1
        name = key if number == 1 else f"{key}-{number}"
        rule = Rule(name, direction, group, peer, port.protocol, port.port, last or port.port, says, why, when)
        self.rules.append(rule)


def _port(name: str) -> Port:
    return facts().port[name]


def _described(row: str) -> tuple[Reason, ...]:
    says = facts().rule[f"{row}-egress"]
    return (_reason(says, NETWORK),)


def _reason(says: Described, route: Route) -> Reason:
    return Reason("network", (route,), says.why, says.source)


def _shared(rules_: _Rules, said: SharedEndpoints) -> None:
    """Rules to endpoints that are there already: to their groups and on them, or to their addresses."""
    https = _port("https")
    route: Route = (*NETWORK, "endpoints", "shared")
    for index, group in enumerate(said.security_groups or ()):
        why = (_reason(facts().rule["endpoints-egress"], (*route, "security_groups", index)),)
        rules_.pair("shared-endpoints", Peer(PeerKind.GROUP, rules_.values.text(group)), https, "endpoints", why)
    for index, block in enumerate(said.cidrs or ()):
        says = facts().rule["endpoints-egress"]
        why = (_reason(says, (*route, "cidrs", index)),)
        rules_.egress("shared-endpoints", addresses(block, rules_.values), https, says.text, why)


def _mounts(rules_: _Rules, said: Network, found: Iterable[Need]) -> None:
    found = tuple(found)
    if not found or said.mount_targets is None:
        return
    for group in said.mount_targets.security_groups:
        peer = Peer(PeerKind.GROUP, rules_.values.text(group))
        rules_.pair("mount-targets", peer, _port("nfs"), "mount", reasons(found), present(found))


def _posture(rules_: _Rules, said: Network) -> None:
    """The rules that the posture itself spells out."""
    for index, store in enumerate(said.data_stores):
        why = (_own(("data_stores", index), store.why),)
        port, peer = _tcp(store.port, store.why), destination(store.to, rules_.values)
        rules_.egress(store.name, peer, port, store.why, why)
        if peer.kind is PeerKind.GROUP:
            rules_.ingress(store.name, peer, port, store.why, why)
    for index, one in enumerate(said.egress):
        why = (_own(("egress", index), one.why),)
        port = _tcp(one.port, one.why).model_copy(update={"protocol": one.protocol})
        rules_.egress(one.name, destination(one.to, rules_.values), port, one.why, why, last=one.to_port or 0)


def _own(route: Route, why: str) -> Reason:
    return Reason("posture", ((*NETWORK, *route),), why, facts().source)


def _tcp(port: int, why: str) -> Port:
    return _port("https").model_copy(update={"port": port, "why": why})


def _internet(rules_: _Rules, said: Network, found: Needs) -> None:
    """A rule for the internet, only when a feature needs it, as narrow as the posture says."""
    wanted = internet_needs(said, found)
    if said.internet is None or not wanted:
        return
    says, why, when = facts().rule["internet"].text, reasons(wanted), present(wanted)
    if said.internet.proxy is not None:
        _proxy(rules_, said.internet.proxy, why, when)
        return
    nat = said.internet.nat
    blocks: Iterable[str | InputRef] = (nat.cidrs if nat is not None else None) or tuple(_anywhere(said))
    for block in blocks:
        rules_.egress("internet", addresses(block, rules_.values), _port("https"), says, why, when)


def internet_needs(said: Network, found: Needs) -> tuple[Need, ...]:
    """Everything that goes over the internet: with no endpoints, the services of AWS too."""
    if said.endpoints.none is None:
        return tuple(found.internet)
    return (*found.internet, *(need for needs in found.services.values() for need in needs))


def _anywhere(said: Network) -> Iterator[str]:
    yield facts().anywhere.ipv4
    if said.ip_address_type == "dualstack":
        yield facts().anywhere.ipv6


def _proxy(rules_: _Rules, proxy: Proxy, why: tuple[Reason, ...], when: Present) -> None:
    out, into = facts().rule["internet"].text, facts().rule["proxy-ingress"].text
    peer, port = destination(proxy.to, rules_.values), _tcp(proxy.port, out)
    rules_.egress("proxy", peer, port, out, why, when)
    if peer.kind is PeerKind.GROUP:
        rules_.ingress("proxy", peer, port, into, why, when)


def _dns(rules_: _Rules, said: Network) -> None:
    says = facts().rule["dns"]
    for index, server in enumerate(said.dns.servers if said.dns is not None else ()):
        why = (_reason(says, (*NETWORK, "dns", "servers", index)),)
        for name in ("dns", "dns-tcp"):
            rules_.egress(name, addresses(server, rules_.values), _port(name), says.text, why)


def plain(lookup: Iterable[str | InputRef] | None, values: Values) -> tuple[Text, ...]:
    """The texts of ids."""
    return tuple(values.text(one) for one in lookup or ())
