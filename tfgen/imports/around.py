"""What a source has around a harness in a VPC, as plain values: endpoints, security groups, rules. Knows no source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tfgen.imports.policies import Document
from tfgen.plan.network.model import Direction
from tfgen.terraform.values import Node, Place


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


@dataclass(frozen=True, slots=True)
class Group:
    """A security group with all its rules."""

    address: str
    place: Place
    rules: tuple[Rule, ...]


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


@dataclass(frozen=True, slots=True)
class Untold:
    """Something that the source does not tell, and why."""

    subject: str
    place: Place
    why: str


@dataclass(frozen=True, slots=True)
class Around:
    """All that a source has around one harness."""

    place: Place
    """Where the harness says in which network it is."""
    endpoints: tuple[Endpoint, ...]
    groups: Mapping[str, Group]
    sessions: tuple[str, ...]
    """The security groups of the harness's sessions; empty text for one that is not in the source."""
    untold: tuple[Untold, ...]
    elsewhere: tuple[str, ...]
    """Why there may be endpoints that the source does not show; empty when it has all of them."""
    has_loose_rules: bool
    """Whether there are rules of which it is not known whose they are."""
    has_loose_policies: bool
    """Whether there are endpoint policies of which it is not known whose they are."""
