"""The resources that carry a harness, by provider: how they spell the posture's keys, and where they are known to fail.

Knows no posture and no rendered text.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tfgen.catalog.load import resource_bytes
from tfgen.catalog.provider import Body, body
from tfgen.diagnostics import InternalError


@dataclass(frozen=True, slots=True)
class Fault:
    """Something with which a provider is known to fail: a mapping of the harness without one of its keys."""

    at: tuple[str, ...]
    without: str
    what: str
    advice: str
    source: str


@dataclass(frozen=True, slots=True)
class Carrier:
    """One resource that can be a harness."""

    name: str
    """The provider's local name."""
    provider: str
    """Its address."""
    resource: str
    source: str
    names: Mapping[str, str]
    """Arguments by the posture's keys, where the two differ."""
    key: str
    """The argument that holds the key of a table's entry where that becomes a block."""
    faults: tuple[Fault, ...]
    note: str
    """What else it needs, in a sentence; empty when that is nothing."""

    @property
    def body(self) -> Body:
        """What the resource takes."""
        found = body("resource", self.resource)
        if found is None:
            raise InternalError(f"nothing is known of {self.resource}")
        return found

    def argument(self, key: str) -> str:
        """How the resource calls a key of the posture."""
        return self.names.get(key, key)

    def posture_key(self, argument: str) -> str:
        """How the posture calls an argument."""
        return next((key for key, name in self.names.items() if name == argument), argument)


@cache
def carrier(name: str) -> Carrier:
    """The carrier of that provider."""
    row: dict[str, Any] = tomllib.loads(resource_bytes("provider/harness.toml").decode())[name]
    faults = (
        Fault(tuple(one["at"]), one["without"], one["what"], one["advice"], one["source"]) for one in row["fault"]
    )
    names, key = row["names"], row["key"]
    return Carrier(name, row["provider"], row["resource"], row["source"], names, key, tuple(faults), row["note"])
