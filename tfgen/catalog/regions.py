"""Where the harness is, and what it lacks there, from `regions.toml`. Knows no posture."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from tfgen.catalog.load import resource_bytes


@dataclass(frozen=True, slots=True)
class Lack:
    """A variant of a sheet that some regions do not have."""

    sheet: str
    variant: str
    regions: frozenset[str]
    what: str


@dataclass(frozen=True, slots=True)
class Regions:
    """Regions and partitions of the harness, the service whose ARNs tell its region, and what is missing where."""

    service: str
    regions: tuple[str, ...]
    partitions: tuple[str, ...]
    lacks: tuple[Lack, ...]


@cache
def regions() -> Regions:
    """Read the packaged table."""
    data = tomllib.loads(resource_bytes("regions.toml").decode())
    lacks = (Lack(row["sheet"], row["variant"], frozenset(row["regions"]), row["what"]) for row in data["lack"])
    return Regions(data["service"], tuple(data["regions"]), tuple(data["partitions"]), tuple(lacks))
