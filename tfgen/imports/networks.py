"""The network that is around a harness beside what the harness needs: endpoints, their policies, security groups.

What cannot be decided is said to be so, with what would decide it. Knows no source, no service and no port.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tfgen.catalog.network import facts
from tfgen.iam.policy import Effect, Statement
from tfgen.imports.existing_network import Around, Endpoint, Rule, Side
from tfgen.imports.policies import Found, Unread, read
from tfgen.imports.reach import covers, is_anywhere, ports_said, says, way
from tfgen.imports.report import dotted
from tfgen.plan.build import build
from tfgen.plan.network.model import Direction
from tfgen.plan.network.needs import Needs, needs, reasons
from tfgen.plan.network.outside import outside
from tfgen.plan.values import Values
from tfgen.posture.document import Posture
from tfgen.terraform.values import Place, Symbol

_EVERY: Final = "*"
_IN_VPC: Final = "VPC"


class About(StrEnum):
    """What a remark is about; the value heads its line."""

    NO_ENDPOINT = "no endpoint"
    MAY_LACK = "may lack"
    """The source has no endpoint, and another may."""
    NOT_NEEDED = "not needed"
    OPEN_POLICY = "open policy"
    PRIVATE_DNS = "no private DNS"
    LETS_IN = "lets in"
    TOO_WIDE = "too wide"
    INTERNET = "internet"
    """Open to the internet, and something needs that."""
    PORTS = "ports"
    NO_WAY = "no way"
    UNDECIDED = "cannot tell"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about the existing network."""

    about: About
    place: Place
    subject: str
    why: str


@dataclass(frozen=True, slots=True)
class NetworkNumbers:
    """What is counted; rules are those of the sessions' security groups."""

    services: int
    without_endpoint: int
    endpoints: int
    not_needed: int
    open_policies: int
    rules: int
    rules_beyond: int
    undecided: int


@dataclass(frozen=True, slots=True)
class NetworkComparison:
    """An existing network beside what a harness needs of one."""

    remarks: tuple[Remark, ...]
    numbers: NetworkNumbers


def compare_network(around: Around, posture: Posture) -> NetworkComparison | None:
    """Compare; None when the harness is in no VPC."""
    runtime = posture.harness.runtime
    network = runtime.network_configuration if runtime is not None else None
    if network is None or network.network_mode != _IN_VPC:
        return None
    wanted = needs_of(posture, around)
    endpoints = [remark for one in around.endpoints for remark in _endpoint(one, wanted, around)]
    own = [(group, rule) for group in around.sessions if group for rule in around.groups[group].rules]
    shared = {group for one in around.endpoints for group in one.groups}
    judged = [tuple(_rule(rule, wanted, shares=group in shared)) for group, rule in own]
    remarks = (
        *_missing(around, wanted),
        *endpoints,
        *(remark for found in judged for remark in found),
        *_ways(around, wanted),
        *(Remark(About.UNDECIDED, one.place, one.subject, one.why) for one in around.untold),
    )

    def count(*about: About) -> int:
        return sum(remark.about in about for remark in remarks)

    beyond = {About.LETS_IN, About.TOO_WIDE, About.PORTS}
    numbers = NetworkNumbers(
        services=len(wanted.services),
        without_endpoint=count(About.NO_ENDPOINT, About.MAY_LACK),
        endpoints=len(around.endpoints),
        not_needed=count(About.NOT_NEEDED),
        open_policies=count(About.OPEN_POLICY),
        rules=len(own),
        rules_beyond=sum(any(remark.about in beyond for remark in found) for found in judged),
        undecided=count(About.UNDECIDED),
    )
    return NetworkComparison(remarks, numbers)


def needs_of(posture: Posture, around: Around) -> Needs:
    """What the harness needs of its network, as a network for it would be planned."""
    plan, _ = build(posture)
    uses = plan.role.uses
    there = frozenset(one.service for one in around.endpoints if one.service is not None)
    return needs((*uses, *outside(posture, Values(posture), uses)), there)


def _missing(around: Around, wanted: Needs) -> Iterator[Remark]:
    there = {one.service for one in around.endpoints}
    missing = [row.name for row in facts().service if row.name in wanted.services and row.name not in there]
    for name in missing:
        about = About.MAY_LACK if around.elsewhere else About.NO_ENDPOINT
        yield Remark(about, around.place, name, reasons(wanted.services[name])[0].why)
    if missing and around.elsewhere:
        why = f"whether it has those endpoints: {'; '.join(around.elsewhere)}"
        yield Remark(About.UNDECIDED, around.place, "the VPC", why)


def _endpoint(one: Endpoint, wanted: Needs, around: Around) -> Iterator[Remark]:
    if one.service is not None and one.service not in wanted.services:
        why = f"nothing that the harness uses calls {one.service}; something else in the VPC may"
        yield Remark(About.NOT_NEEDED, one.place, one.address, why)
    if one.is_looked_up:
        why = "its policy and its private DNS: it is looked up, and not made in the source"
        yield Remark(About.UNDECIDED, one.place, one.address, why)
        return
    yield from _policy(one, around)
    if one.service in wanted.services and one.is_interface and not one.private_dns:
        if any(other.service == one.service and other.is_interface is False for other in around.endpoints):
            return  # the gateway endpoint takes the service's own name
        if one.private_dns is None:
            yield Remark(About.UNDECIDED, one.place, one.address, "whether private DNS is on is not known")
        else:
            why = f"calls of {one.service} by its own name do not go through it: turn its private DNS on"
            yield Remark(About.PRIVATE_DNS, one.place, one.address, why)


def _policy(one: Endpoint, around: Around) -> Iterator[Remark]:
    if one.policy is None:
        if around.has_loose_policies:
            why = "whether one of the endpoint policies in the source is its own is not known"
            yield Remark(About.UNDECIDED, one.place, one.address, why)
        else:
            why = "it has no policy, and the default one lets everybody do everything with the service"
            yield Remark(About.OPEN_POLICY, one.place, one.address, why)
        return
    statements = read(one.policy)
    found = [item for item in statements if isinstance(item, Found)]
    wide = [item for item in found if item.statement.effect is Effect.ALLOW and _is_for_everybody(item.statement)]
    denied = any(item.statement.effect is Effect.DENY for item in found)
    for item in wide:
        called = item.statement.sid or "a statement without a Sid"
        actions = ", ".join(item.statement.actions)
        if denied:
            why = f"{called} lets everybody do {actions} on everything, and what another statement denies may bound it"
            yield Remark(About.UNDECIDED, item.place, one.address, why)
        else:
            why = f"{called} lets everybody do {actions} on everything"
            yield Remark(About.OPEN_POLICY, item.place, one.address, why)
            return  # counted by endpoints
    for unread in statements:
        if isinstance(unread, Unread):
            why = f"whom its policy lets through: {unread.why}"
            yield Remark(About.UNDECIDED, unread.place, one.address, why)


def _is_for_everybody(statement: Statement) -> bool:
    """Whether a statement lets everybody through, to everything, under no condition."""
    everybody = any(_EVERY in map(str, principal.values) for principal in statement.principals)
    return everybody and not statement.conditions and _EVERY in map(str, statement.resources)


def _rule(rule: Rule, wanted: Needs, *, shares: bool) -> Iterator[Remark]:
    """What of one rule of the sessions' security groups is beyond need; `shares` when endpoints have that group too."""
    if not rule.peers:
        return
    if rule.is_unread:
        why = f"which rules `{says(rule.peers[0])}` stands for is not known"
        yield Remark(About.UNDECIDED, rule.place, rule.address, why)
        return
    if rule.direction is Direction.INGRESS:
        peers = ", ".join(dict.fromkeys(says(peer) for peer in rule.peers))
        advice = "; give endpoints, which have this group too, one of their own" if shares and covers(rule) else ""
        why = f"{peers} may connect to sessions on {ports_said(rule)}, and nothing has to{advice}"
        yield Remark(About.LETS_IN, rule.place, rule.address, why)
        return
    wide = [says(peer) for peer in rule.peers if is_anywhere(peer)]
    if wide and not wanted.internet:
        why = f"{' and '.join(wide)}, and nothing that the harness uses needs the internet"
        yield Remark(About.TOO_WIDE, rule.place, rule.address, why)
    elif wide:
        why = f"{' and '.join(wide)}, which is needed for {_internet(wanted)}"
        yield Remark(About.INTERNET, rule.place, rule.address, why)
    for peer in rule.peers:
        if peer.side is Side.ADDRESS and isinstance(peer.said, Symbol) and not (peer.in_vpc or peer.in_subnet):
            why = f"whether `{peer.said.source}` is more than is needed is not known"
            yield Remark(About.UNDECIDED, rule.place, rule.address, why)
    yield from _beyond_ports(rule, wanted)


def _internet(wanted: Needs) -> str:
    what = dict.fromkeys(
        f"{need.what} ({', '.join(dotted(route) for route in need.reason.routes)})" for need in wanted.internet
    )
    return " and ".join(what)


def _beyond_ports(rule: Rule, wanted: Needs) -> Iterator[Remark]:
    ports = facts().port
    needed = [ports["https"], *([ports["nfs"]] if wanted.mounts else [])]
    allowed = {(one.protocol, one.port) for one in (*needed, ports["dns"], ports["dns-tcp"])}
    if rule.protocol is None or rule.first is None or rule.last is None:
        why = "whether its ports are more than is needed: they are not known"
        yield Remark(About.UNDECIDED, rule.place, rule.address, why)
    elif rule.first != rule.last or (rule.protocol, rule.first) not in allowed:
        said = " and ".join(f"{one.protocol} {one.port}" for one in needed)
        advice = "what else it is for belongs under network.data_stores or network.egress"
        why = f"{ports_said(rule)}, where {said} is needed; {advice}"
        yield Remark(About.PORTS, rule.place, rule.address, why)


def _ways(around: Around, wanted: Needs) -> Iterator[Remark]:
    """The needed endpoints that sessions cannot reach, or may not be able to."""
    if not any(around.sessions):
        return  # that their rules are not in the source is said already
    for one in around.endpoints:
        if one.service in wanted.services:
            found, why = way(around, one)
            if not found:
                about = About.UNDECIDED if found is None else About.NO_WAY
                yield Remark(about, one.place, one.address, why)
