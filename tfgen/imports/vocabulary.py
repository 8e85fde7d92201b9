"""The words of the sources, from `words.toml`, and which key of a posture a word of theirs means. Knows none itself."""

from __future__ import annotations

import pkgutil
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from tfgen.diagnostics import InternalError
from tfgen.posture.names import snake


@dataclass(frozen=True, slots=True)
class TerraformWords:
    """What Terraform calls what an import looks for."""

    harness: frozenset[str]
    role: str
    document: str
    policy: str
    attachment: frozenset[str]
    inline: str
    meta: frozenset[str]
    context: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NetworkWords:
    """What Terraform calls what is around a harness in a VPC."""

    endpoint: str
    endpoint_policy: str
    endpoint_group: str
    endpoint_dns: str
    endpoint_service: str
    group: str
    vpc: str
    subnet: str
    route_table: str
    route_association: str
    prefix_lists: Sequence[str]
    told_where_named: Sequence[str]
    every_protocol: str
    ipv6: Sequence[str]
    rules: Mapping[str, str]
    """Resources that are one rule each, and its direction."""
    peers: Mapping[str, str]
    """What the other side of a rule is, by the argument that says it."""
    protocols: Mapping[str, str]
    """Protocols by their numbers."""


@dataclass(frozen=True, slots=True)
class StackNetworkWords:
    """What CloudFormation calls what is around a harness in a VPC."""

    endpoint: str
    endpoint_type: str
    endpoint_service: str
    endpoint_policy: str
    endpoint_dns: str
    endpoint_groups: str
    group: str
    group_id: str
    vpc: str
    vpc_id: str
    subnet: str
    subnet_id: str
    route_table_id: str
    route_association: str
    rule_group: str
    protocol: str
    first: str
    last: str
    description: str
    ipv6: Sequence[str]
    told_where_named: Sequence[str]
    rules: Mapping[str, str]
    """Resources that are one rule each, and its direction."""
    inline: Mapping[str, str]
    """The property of a security group that holds its rules, by their direction."""
    peers: Mapping[str, str]
    """What the other side of a rule is, by the property that says it."""


@dataclass(frozen=True, slots=True)
class CloudFormationWords:
    """What CloudFormation calls what an import looks for."""

    harness: frozenset[str]
    role: str
    inline: frozenset[str]
    managed: str
    context: Mapping[str, str]


def terraform() -> TerraformWords:
    """The words of Terraform."""
    row = _data()["terraform"]
    return TerraformWords(
        frozenset(row["harness"]),
        row["role"],
        row["document"],
        row["policy"],
        frozenset(row["attachment"]),
        row["inline"],
        frozenset(row["meta"]),
        row["context"],
    )


@cache
def network() -> NetworkWords:
    """The words of Terraform for networks."""
    return NetworkWords(**{key: value for key, value in _data()["network"].items() if key != "source"})


@cache
def stack_network() -> StackNetworkWords:
    """The words of CloudFormation for networks."""
    return StackNetworkWords(**{key: value for key, value in _data()["stack_network"].items() if key != "source"})


def cloudformation() -> CloudFormationWords:
    """The words of CloudFormation."""
    row = _data()["cloudformation"]
    return CloudFormationWords(
        frozenset(row["harness"]), row["role"], frozenset(row["inline"]), row["managed"], row["context"]
    )


@dataclass(frozen=True, slots=True)
class CliWords:
    """What the AgentCore CLI calls what the API calls otherwise."""

    providers: Mapping[str, str]
    grant_types: Mapping[str, str]


def agentcore_cli() -> CliWords:
    """The words of the AgentCore CLI."""
    row = _data()["agentcore_cli"]
    return CliWords(row["providers"], row["grant_types"])


@cache
def samples() -> Mapping[str, str]:
    """What an attribute of a resource looks like, by `TYPE.ATTRIBUTE` of either language (`data.TYPE.ATTRIBUTE`)."""
    rows = _data()["sample"]
    return {word: row["value"] for row in rows for key in ("terraform", "cloudformation") for word in row.get(key, ())}


def sample_context() -> Mapping[str, str]:
    """What the account, the partition and the region look like."""
    found: Mapping[str, str] = _data()["sample_context"]
    return found


@cache
def left_out() -> Mapping[tuple[str, str], str]:
    """Why a key is left out, by the class of its mapping in the posture and its name in snake case."""
    return {(row["model"], key): row["why"] for row in _data()["left_out"] for key in row["keys"]}


def meant(word: str, keys: Iterable[str]) -> str | None:
    """The key of a posture that a source's word is another spelling of: camel case, or one of several (`tool`)."""
    known = frozenset(keys)
    word = snake(word)
    return next((key for key in (word, f"{word}s") if key in known), None)


@cache
def _data() -> dict[str, Any]:
    data = pkgutil.get_data(__package__, "words.toml")
    if data is None:
        raise InternalError("the packaged file words.toml is missing")
    return tomllib.loads(data.decode())
