"""What one rule of an existing security group becomes under `network`, or why it becomes nothing. Knows no source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import Final

from tfgen.catalog.network import facts
from tfgen.imports.existing_network import Around, Group, Peer, Rule, Side
from tfgen.imports.network_vocabulary import LAST_PORT, written
from tfgen.imports.reach import covers, enters, is_anywhere, ports_said, says
from tfgen.imports.report import Handling
from tfgen.plan.network.needs import Needs
from tfgen.posture.shape import shape
from tfgen.terraform.values import Leaf, Listed, Mapped, Node

_PROTOCOLS: Final = ("tcp", "udp")
"""Those that a rule of a posture may have."""


@dataclass(frozen=True, slots=True)
class Written:
    """One rule of a security group as an entry of `network`."""

    key: str
    """`egress`, `data_stores` or `dns`."""
    rule: Rule
    kind: str
    """The key under `to`."""
    to: Node
    advice: str = ""
    """What else is to be done, as the source does not tell it."""

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells entries apart: two that lead to the same place on the same ports are one."""
        ports = () if self.key == "dns" else (self.rule.protocol, self.rule.first, self.rule.last)
        return self.key, self.kind, written(self.to), *ports

    def node(self, names: set[str]) -> Mapped:
        """The entry; `names` are those that are taken."""
        rule, place = self.rule, self.rule.place
        items: dict[str, Node] = {
            "name": Leaf(_name(rule, names), place),
            "to": Mapped({self.kind: self.to}, place),
            "port": Leaf(rule.first, place),
        }
        if self.key == "egress":
            if rule.last != rule.first:
                items["to_port"] = Leaf(rule.last, place)
            if rule.protocol != _PROTOCOLS[0]:
                items["protocol"] = Leaf(rule.protocol, place)
        return Mapped({**items, "why": Leaf(_why(rule), place)}, place)


@dataclass(frozen=True, slots=True)
class Not:
    """Why a rule, or one peer of it, is not written, or not all of it."""

    fate: Handling
    why: str


@dataclass(frozen=True, slots=True)
class Resolver:
    """What a rule is held against."""

    around: Around
    wanted: Needs
    chosen: frozenset[str]
    """The security groups of shared endpoints, to which sessions are given a rule in any case: by their addresses, or
    by their ids as messages have them."""
    services: Mapping[str, str]
    """The services of endpoints by their addresses."""
    endpoint_groups: frozenset[str]
    servers: frozenset[str]
    """The addresses to which rules lead for DNS over both protocols."""


def resolver(around: Around, wanted: Needs, chosen: frozenset[str]) -> Resolver:
    """Gather what rules are held against."""
    dns = [facts().port[name] for name in ("dns", "dns-tcp")]
    asked: list[set[str]] = [set() for _ in dns]
    for group in around.sessions:
        for rule in around.groups[group].rules:
            for index, port in enumerate(dns):
                if (rule.protocol, rule.first, rule.last) == (port.protocol, port.port, port.port):
                    asked[index].update(says(peer) for peer in rule.peers if peer.side is Side.ADDRESS)
    return Resolver(
        around,
        wanted,
        chosen,
        {one.address: one.service or "" for one in around.endpoints},
        frozenset(group for one in around.endpoints for group in one.groups if group),
        frozenset(set.intersection(*asked)),
    )


def one_rule(rule: Rule, resolve: Resolver) -> Iterator[Written | Not]:
    """What a rule of the sessions that leads outwards becomes."""
    if rule.is_unread:
        yield Not(Handling.LOST, f"which rules `{says(rule.peers[0])}` stands for is not known")
        return
    peers = tuple(_distinct(rule.peers))
    open_ = [says(peer) for peer in peers if is_anywhere(peer)]
    if open_ and not (resolve.wanted.internet and covers(rule)):  # or else it is written as the way to the internet
        need = "" if resolve.wanted.internet else ", and nothing that the harness uses needs the internet"
        why = (
            f"it opens {ports_said(rule)} to {' and '.join(open_)}{need}: name what sessions need under network.egress"
        )
        yield Not(Handling.LEFT_OUT, why)
    for peer in peers:
        if not is_anywhere(peer):
            yield from _peer(rule, peer, resolve)


def given(peer: Peer) -> Node:
    """The other side of a rule for a posture: the variable that it comes from, or else the value."""
    if peer.origin is None or (peer.is_ipv6 and is_anywhere(peer)):
        return peer.said
    return replace(peer.origin, many=peer.origin.many or isinstance(peer.origin.default, Listed))


def _distinct(peers: tuple[Peer, ...]) -> Iterator[Peer]:
    """The peers, with all values of one variable once: the one that opens everything, if there is such."""
    of_variables: dict[str, Peer] = {}
    for peer in peers:
        if peer.origin is None:
            yield peer
        elif peer.origin.source not in of_variables or is_anywhere(peer):
            of_variables[peer.origin.source] = peer
    yield from of_variables.values()


def _peer(rule: Rule, peer: Peer, resolve: Resolver) -> Iterator[Written | Not]:
    if (covered := _endpoint(rule, peer, resolve)) is not None:
        yield from covered
        return
    who = says(peer)
    if peer.side is Side.ITSELF or peer.address in resolve.around.sessions:
        yield Not(
            Handling.LEFT_OUT, "it lets sessions connect to each other, and with 'network' nothing connects to them"
        )
        return
    if rule.protocol is None or rule.first is None or rule.last is None:
        yield Not(Handling.LOST, f"the ports that it opens to {who} are not known")
        return
    if rule.protocol not in _PROTOCOLS or rule.first < 1 or (rule.first, rule.last) == (1, LAST_PORT):
        why = f"it opens {ports_said(rule)} to {who}, and an entry of network.egress names ports of tcp or udp"
        yield Not(Handling.LEFT_OUT, why)
        return
    yield _entry(rule, peer, resolve)


def _entry(rule: Rule, peer: Peer, resolve: Resolver) -> Written | Not:
    who = says(peer)
    match peer.side:
        case Side.ADDRESS:
            to = given(peer)
            if isinstance(to, Leaf):
                try:
                    to = replace(to, value=str(ip_network(str(to.value), strict=False)))
                except ValueError:
                    return Not(Handling.LOST, f"{who} is no block of addresses")
            elif peer.is_ipv6:
                why = f"it opens {ports_said(rule)} to {who}: an input takes IPv4 addresses, IPv6 ones are literal"
                return Not(Handling.LEFT_OUT, why)
            if who in resolve.servers and rule.first == rule.last == facts().port["dns"].port:
                return Written("dns", rule, "cidr", to)
            return Written("egress", rule, "cidr", to)
        case Side.PREFIX_LIST:
            return Written("egress", rule, "prefix_list", given(peer))
        case _:
            group = resolve.around.groups.get(peer.address or written(given(peer)))
            to = given(peer) if group is None else group.id
            is_store = rule.first == rule.last and rule.protocol == _PROTOCOLS[0]
            if group is not None and is_store and _lets_in(group, rule, resolve.around):
                return Written("data_stores", rule, "security_group", to)
            advice = (
                f"sessions get a new security group: let it in where {who} is made, or move this entry to "
                "network.data_stores, where tfgen makes that rule"
            )
            return Written("egress", rule, "security_group", to, advice)


def _lets_in(group: Group, rule: Rule, around: Around) -> bool:
    """Whether a group already lets sessions in at the port of a rule."""
    if rule.protocol is None or rule.first is None:
        return False
    return enters(around, group.address, rule.protocol, rule.first) is True


def _endpoint(rule: Rule, peer: Peer, resolve: Resolver) -> tuple[Not, ...] | None:
    """What is told of a rule to endpoints, to which sessions are given one in any case; None for any other rule."""
    services, wanted, port = resolve.services, resolve.wanted.services, facts().port["https"]
    service = peer.service or services.get(peer.address, "")
    says_so = (rule.protocol, rule.first, rule.last) == (port.protocol, port.port, port.port)
    if not covers(rule):
        return None
    if peer.side is Side.PREFIX_LIST and service:
        if service not in wanted:
            return (Not(Handling.LEFT_OUT, f"it leads to {service}, and nothing that the harness uses calls that"),)
    elif peer.side in (Side.GROUP, Side.ITSELF) and peer.address in resolve.endpoint_groups:
        if peer.address not in resolve.chosen and peer.address not in resolve.around.sessions:
            why = f"it leads to endpoints in {peer.address}, which the harness does not call, or reaches otherwise"
            return (Not(Handling.LEFT_OUT, why),)
        if peer.address not in resolve.chosen:
            return None
    elif peer.side is Side.GROUP and written(given(peer)) in resolve.chosen:
        pass
    elif peer.in_vpc or peer.in_subnet:
        why = (
            f"it opens {ports_said(rule)} to {says(peer)}; with 'network', sessions reach endpoints by security groups"
        )
        return (Not(Handling.LEFT_OUT, why),)
    else:
        return None
    if says_so:
        return ()
    why = f"it opens {ports_said(rule)} to {says(peer)}, and only {port.protocol} {port.port} to endpoints is written"
    return (Not(Handling.LEFT_OUT, why),)


def _name(rule: Rule, names: set[str]) -> str:
    longest = shape("access-name").max or 0
    said = rule.name or rule.description or rule.address.rpartition(".")[2]
    wanted = re.sub(r"[^a-z0-9]+", "-", re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", said).lower()).strip("-")
    wanted = re.sub(r"^[^a-z]+", "", wanted)[: longest - 3].rstrip("-") or "rule"
    name, number = wanted, 1
    while name in names:
        number += 1
        name = f"{wanted}-{number}"
    names.add(name)
    return name


def _why(rule: Rule) -> str:
    form = shape("rule-description")
    if form.accepts(rule.description):
        return rule.description
    said = re.sub(r'\["?([^"\]]*)"?\]', r".\1", f"Imported from {rule.address}.")
    return "".join(letter if form.accepts(letter) else " " for letter in said)[: form.max]
