"""One harness that a source holds, whatever the source, with its role and its network. Knows no source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tfgen.imports.existing_network import Around
from tfgen.imports.policies import Document
from tfgen.imports.report import Record
from tfgen.terraform.values import Mapped, Node, Place


@dataclass
class DiscoveredHarness:
    """A harness that can be imported."""

    address: str
    """How its source calls it."""
    kind: str
    """What the source is, in words that follow "imported from"."""
    body: Mapped
    """All that is said of it, in some spelling of the API's keys."""
    place: Place
    record: Record = field(default_factory=Record)
    role: tuple[Document, ...] = ()
    """The policies of its execution role, as far as they stand in the same source."""
    role_keys: Mapping[str, Node] = field(default_factory=dict)
    """What its execution role is made with: keys of a posture's `role`."""
    partial: bool = False
    """Whether it names only what changes, as a request to update a harness does."""
    around: Around | None = None
    """The network around it, as far as it stands in the same source; None outside a VPC."""
    network: Mapped | None = None
    """The same as keys of a posture's `network`, when it can be written like that."""
