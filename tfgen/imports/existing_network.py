"""What a source has around a harness in a VPC, as plain values: endpoints, security groups, rules. Knows no source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tfgen.imports.policies import Document
from tfgen.plan.network.model import Direction
from tfgen.posture.names import snake
from tfgen.terraform.values import Listed, Mapped, Node, Place, Symbol

_VPC_KEYS: Final = frozenset({"subnets", "security_groups"})


class Side(StrEnum):
    """What is on the other side of a rule; the value is that of the words."""

    ADDRESS = "address"
    GROUP = "group"
    PREFIX_LIST = "prefix-list"
    ITSELF = "itself"


@dataclass(frozen=True, slots=True)
class Peer:
    """One thing that a rule lets through to or from."""

    side: Side
    said: Node
    address: str = ""
    """The security group, or the endpoint with the prefix list, if it stands in the source; else empty."""
    in_vpc: bool = False
    """Whether it is all addresses of a VPC."""
    in_subnet: bool = False
    """Whether it is those of a subnet."""
    origin: Symbol | None = None
    """The variable or parameter whose default it is one value of."""
    service: str = ""
    """The service whose addresses a prefix list of AWS holds."""
    is_ipv6: bool = False
    """Whether it is IPv6 addresses."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a security group; what is not known is None."""

    address: str
    place: Place
    direction: Direction
    protocol: str | None
    first: int | None
    last: int | None
    peers: tuple[Peer, ...]
    is_unread: bool = False
    """Whether it stands for rules of which nothing is known, not even whether there are any."""
    name: str = ""
    """What its source calls it, when it has a name of its own."""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A security group with all its rules; of one that the source does not make, with those that the source adds."""

    address: str
    place: Place
    rules: tuple[Rule, ...]
    id: Node
    """Its id."""

    def with_rules(self, more: tuple[Rule, ...]) -> Group:
        """The same with further rules."""
        return replace(self, rules=(*self.rules, *(rule for rule in more if rule not in self.rules)))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A VPC endpoint."""

    address: str
    place: Place
    service: str | None
    """As its name says it after the region; None when that is not known."""
    said: str
    """The name of its service as the source writes it."""
    is_interface: bool | None
    policy: Document | None
    """None when it has none."""
    private_dns: bool | None
    groups: tuple[str, ...]
    """Its security groups; empty text for one that is not in the source."""
    foreign_groups: tuple[Node, ...] = ()
    """The ids of its security groups that are not in the source."""
    is_looked_up: bool = False
    """Whether it is there without the source, which tells its service and nothing else of it."""


@dataclass(frozen=True, slots=True)
class Untold:
    """Something that the source does not tell, and why."""

    subject: str
    place: Place
    why: str
    is_inwards: bool = False
    """Whether it is a rule that lets in."""


@dataclass(frozen=True, slots=True)
class Around:
    """All that a source has around one harness."""

    place: Place
    """Where the harness says in which network it is."""
    endpoints: tuple[Endpoint, ...]
    groups: Mapping[str, Group]
    """By their addresses; those that the source does not make, by their ids as messages have them."""
    sessions: tuple[str, ...]
    """The security groups of the harness's sessions; empty text for one that is not in the source."""
    untold: tuple[Untold, ...]
    elsewhere: tuple[str, ...]
    """Why there may be endpoints that the source does not show; empty when it has all of them."""
    has_loose_rules: bool
    """Whether there are rules of which it is not known whose they are."""
    has_loose_policies: bool
    """Whether there are endpoint policies of which it is not known whose they are."""
    vpc: Node | None
    """The id of the sessions' VPC, by their security groups."""
    subnets: Node | None
    """The ids of the sessions' subnets, as the harness has them."""
    route_tables: tuple[Node, ...]
    """The ids of the subnets' route tables; empty when the source does not tell all of them."""
    assumed: tuple[Untold, ...]
    """What is there, or is not, as long as something is left at its default."""
    uncounted: tuple[str, ...]
    """Why what the source itself has of endpoints is not known; empty when it is."""


@dataclass(frozen=True, slots=True)
class Vpc:
    """A VPC as something in it names it."""

    said: str
    is_made: bool
    """Whether it is one of the source."""
    is_literal: bool = False

    def differs(self, other: Vpc) -> bool | None:
        """Whether it is another one; None when that is not known."""
        if self.said == other.said:
            return False
        both_known = (self.is_made and other.is_made) or (self.is_literal and other.is_literal)
        return True if both_known else None


UNCOUNTED: Final = "of some here the service, the number or the VPC is not known"


def vpc_config(node: Node) -> Mapped | None:
    """The mapping that says in which subnets and with which security groups sessions run, its keys in snake case."""
    match node:
        case Mapped(items):
            if {snake(key) for key in items} >= _VPC_KEYS:
                return Mapped({snake(key): value for key, value in items.items()}, node.place)
            return next((found for value in items.values() if (found := vpc_config(value)) is not None), None)
        case Listed(elements):
            return next((found for value in elements if (found := vpc_config(value)) is not None), None)
        case _:
            return None
