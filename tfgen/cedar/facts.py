"""The words and limits that AgentCore adds to Cedar, from `agentcore.toml`. Must not state one itself."""

from __future__ import annotations

import pkgutil
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls a gateway of some authorizer."""

    authorizer: str
    entity: str
    claims: bool
    """Whether a token's claims are tags of it."""
    identity: str
    """What its id is, in words."""


@dataclass(frozen=True, slots=True)
class Extension:
    """Something that AgentCore adds to Cedar, and that only AgentCore can evaluate."""

    word: str
    decided_by: str
    """What decides it, in words."""
    alone: bool = False
    """Whether AgentCore takes no other condition beside it."""
    checks_content: bool = False
    """Whether the gateway has the content of calls checked for it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All of the table."""

    reviewed: date
    namespace: str
    resource: str
    groups: tuple[str, ...]
    separator: str
    argument_record: str
    most_characters: int
    opaque: str
    principals: tuple[Principal, ...]
    types: dict[str, str]
    formats: frozenset[str]
    name_pattern: str
    longest_name: int
    shortest_statement: int
    longest_statement: int
    most_policies: int
    longest_description: int
    extensions: tuple[Extension, ...]
    """Conditions: the words between `when` and its bracket."""
    withholding: Extension
    """The effect that withholds the answer of a call."""

    def principal(self, authorizer: str) -> Principal | None:
        """Who calls a gateway with that authorizer; None when AWS does not document it."""
        return next((found for found in self.principals if found.authorizer == authorizer), None)

    def entity(self, name: str) -> str:
        """An entity type of the schema with its namespace."""
        return f"{self.namespace}::{name}"

    @property
    def action(self) -> str:
        """The type of actions, which Cedar itself names, with its namespace."""
        return self.entity("Action")


@cache
def facts() -> Facts:
    """Read the packaged table."""
    data = tomllib.loads((pkgutil.get_data(__package__, "agentcore.toml") or b"").decode())
    schema, types, limits = (_facts_of(data[name]) for name in ("schema", "types", "limits"))
    formats = frozenset(types.pop("formats"))
    principals = tuple(Principal(**_facts_of(row)) for row in data["principal"])
    return Facts(
        data["reviewed"],
        principals=principals,
        types=types,
        formats=formats,
        groups=tuple(schema.pop("groups")),
        extensions=tuple(Extension(**_facts_of(row)) for row in data["extension"]),
        withholding=Extension(**_facts_of(data["withholding"])),
        **schema,
        **limits,
    )


def _facts_of(table: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != "source"}
