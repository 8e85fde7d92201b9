"""The words of the sources, from `words.toml`, and which key of a posture a word of theirs means. Knows none itself."""

from __future__ import annotations

import pkgutil
import tomllib
from collections.abc import Iterable, Mapping
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
