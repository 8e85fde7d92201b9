"""The network as plain values: endpoints, security groups and rules, each with its reasons. Knows no Terraform."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tfgen.catalog.model import Basis, Reading
from tfgen.catalog.network import EndpointKind
from tfgen.diagnostics import Route
from tfgen.iam.text import Presence, Text, text
from tfgen.plan.statements import FeatureUse, Grant, PolicyPlan


@dataclass(frozen=True, slots=True)
class Lookup:
    """Things that are there already: by their ids, or by tags when Terraform is to find them."""

    ids: tuple[Text, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is there: the sheet, the places in the posture that ask for it, and the page that says so."""

    sheet: str
    routes: tuple[Route, ...]
    why: str
    source: str
    basis: Basis | None = None
    """On what the row rests; None where the posture itself gives the reason."""
    readings: tuple[Reading, ...] = ()


Present = tuple[str, ...]
"""List inputs: something is there while one of them has an element; always when there are none."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint for one service, made here or shared by somebody."""

    service: str
    kind: EndpointKind
    name: Text
    """The name of the endpoint's service, in which the region stands."""
    reasons: tuple[Reason, ...]
    policy: PolicyPlan
    """Of a shared endpoint, empty: it has its own."""
    present: Present = ()
    private_dns: bool = False
    """Whether the service's own name leads to it."""
    group: str = ""
    """The key of the security group on its interfaces."""
    routed: bool = False
    """Whether it is in the route tables of the sessions' subnets."""


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """A security group that is made here."""

    key: str
    name: Text
    description: str


class Direction(StrEnum):
    """Which connections a rule allows; the value is Terraform's."""

    INGRESS = "ingress"
    EGRESS = "egress"


class PeerKind(StrEnum):
    """What stands on one side of a rule."""

    MADE = "made"
    """A security group that is made here, by its key."""
    GROUP = "group"
    """A security group that is there already, by its id."""
    IPV4 = "ipv4"
    IPV6 = "ipv6"
    PREFIX_LIST = "prefix-list"
    """A prefix list, by its id."""
    SERVICE = "service"
    """The prefix list that AWS keeps for a service with a gateway endpoint, by the service."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One side of a rule."""

    kind: PeerKind
    value: Text


def made(key: str) -> Peer:
    """The security group of that key."""
    return Peer(PeerKind.MADE, text(key))


class Aim(StrEnum):
    """What sessions connect to, as far as features are concerned."""

    ENDPOINTS = "endpoints"
    """The interface endpoints that are made here."""
    SHARED = "shared endpoints"
    """Interface endpoints that are there already."""
    GATEWAY = "gateway endpoint"
    MOUNT_TARGETS = "mount targets"
    INTERNET = "internet"
    DNS = "DNS servers"
    POSTURE = "what the posture names"
    """A data store, or another place that the posture opens."""


@dataclass(frozen=True, slots=True)
class Target:
    """One place that sessions must be able to connect to: what rules are made for, and held against."""

    aim: Aim
    key: str
    """What its rules are called after."""
    peer: Peer
    protocol: str
    first: int
    last: int
    says: str
    """What the sessions' rule says of itself."""
    says_back: str
    """What the rule of the other side says of itself; empty where that is no rule of ours."""
    reasons: tuple[Reason, ...]
    present: Present = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a security group."""

    key: str
    """Unique among those of its direction."""
    direction: Direction
    group: Peer
    """Whose rule it is: a security group, made here or there already."""
    peer: Peer
    protocol: str
    first: int
    last: int
    description: str
    reasons: tuple[Reason, ...]
    present: Present = ()
    replaces: tuple[str, ...] = ()
    """The keys that further asks for the same rule would have had on their own."""


@dataclass(frozen=True, slots=True)
class Distinct:
    """Rules that are the same but for their peers, which Terraform must see to differ: some are known only to it."""

    rules: tuple[Rule, ...]


class Way(StrEnum):
    """How sessions reach the internet."""

    NAT = "nat"
    PROXY = "proxy"


@dataclass(frozen=True, slots=True)
class FlowLogs:
    """The log of what flows through the sessions' subnets, and the role that writes it."""

    group: Text
    traffic: str
    retention_days: int
    role_name: Text
    trust: PolicyPlan
    policy: PolicyPlan
    reason: Reason
    use: FeatureUse


@dataclass(frozen=True, slots=True)
class Network:
    """All that surrounds one harness in its VPC."""

    base: Text
    """What names begin with."""
    vpc: Lookup
    subnets: Lookup
    route_tables: Lookup | None
    mount_subnets: Lookup | None
    """The subnets of the mount targets, when something is mounted."""
    mount_present: Present
    dualstack: bool
    without_endpoints: bool
    """Whether services of AWS are called over the internet."""
    endpoints: tuple[Endpoint, ...]
    """Those that are made here."""
    shared: tuple[Endpoint, ...]
    """Those that are there already and that something needs."""
    idle: tuple[tuple[str, Route], ...]
    """Services of shared endpoints that nothing needs, and ways out for nothing, with their places."""
    groups: tuple[SecurityGroup, ...]
    targets: tuple[Target, ...]
    rules: tuple[Rule, ...]
    distinct: tuple[Distinct, ...]
    internet: Way | None
    role_arn: Text
    """The execution role as endpoints' policies name it."""
    uses: tuple[FeatureUse, ...]
    """All features that need anything of the network, those of the execution role included."""
    flow_logs: FlowLogs | None = None
    linked_role: str = ""
    """The service whose linked role is made; empty when none is."""
    anonymous: tuple[tuple[str, Grant, str], ...] = ()
    """Statements that let everybody through: the service, the statement, and whom that lets through."""

    @property
    def interfaces(self) -> tuple[Endpoint, ...]:
        """The interface endpoints that are made here."""
        return tuple(one for one in self.endpoints if one.kind is EndpointKind.INTERFACE)

    @property
    def prefix_lists(self) -> tuple[str, ...]:
        """The services whose prefix lists are looked up."""
        found = {str(rule.peer.value) for rule in self.rules if rule.peer.kind is PeerKind.SERVICE}
        return tuple(sorted(found))

    def texts(self) -> Iterator[Text]:
        """Every text in it that may hold unknowns."""
        yield self.base
        for lookup in (self.vpc, self.subnets, self.route_tables, self.mount_subnets):
            yield from lookup.ids if lookup is not None else ()
        for endpoint in self.endpoints:
            yield endpoint.name
            yield from endpoint.policy.texts()
        for rule in self.rules:
            yield rule.group.value
            yield rule.peer.value
        for name in self.presences():
            yield Text((Presence(name),))
        if self.flow_logs is not None:
            yield self.flow_logs.group
            yield self.flow_logs.role_name
            yield from self.flow_logs.trust.texts()
            yield from self.flow_logs.policy.texts()

    def presences(self) -> Iterator[str]:
        """The list inputs that decide what is there."""
        yield from self.mount_present
        for endpoint in self.endpoints:
            yield from endpoint.present
        for rule in self.rules:
            yield from rule.present
