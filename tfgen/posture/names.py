"""Which key was meant by one that does not exist, and which keys are refused with a reason. Knows no value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

_WORDS: Final = (
    ("agent_core", "agentcore"),
    ("lite_llm", "litellm"),
    ("open_ai", "openai"),
    ("o_auth", "oauth"),
    ("event_bridge_target", "event_bridge"),
)
_OTHER: Final[Mapping[str, str]] = {
    "mcp_servers": "tools",
    "instructions": "system_prompt",
    "prompt": "system_prompt",
    "env": "environment_variables",
    "container": "environment_artifact",
    "authorizer": "authorizer_configuration",
    "eventbridge": "event_bridge",
    "claims": "custom_claims",
    "permission_boundary": "permissions_boundary",
}

_BEGINNING: Final = 3
"""So many characters are enough to tell a name by its beginning."""

REFUSED: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("Harness", "execution_role_arn"): (
        "the execution role is made from this file, so its ARN is no key of it",
        "leave it out; `role` at the top says how the role is made",
    ),
    ("Harness", "client_token"): ("a client token belongs to one call of the API, not to a posture", "leave it out"),
    ("Harness", "role"): ("`role` is a key of the top level", "move it to the top"),
    ("VpcConfig", "require_service_s3_endpoint"): (
        "the service refuses this key when a harness is created",
        "leave it out; give the VPC a gateway endpoint for S3",
    ),
    ("ManagedMemory", "arn"): (
        "the service makes a managed memory, so its ARN cannot be given",
        "leave it out, or name your own memory under `agentcore_memory_configuration`",
    ),
    ("InputDeclaration", "sensitive"): (
        "no input is secret: roles and policies can be read by many",
        "leave it out; keep secrets in a credential provider and name its ARN",
    ),
}
"""What is wrong with a key, and what to do, by the class of its mapping and its name in snake case."""


def snake(key: str) -> str:
    """Spell a key as the posture file spells its keys."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", key)
    plain = re.sub(r"[-_ ]+", "_", spaced).strip("_").lower()
    for before, after in _WORDS:
        plain = plain.replace(before, after)
    return plain


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Give the known name that is spelled most like another, if any is, or the one that it is the beginning of."""
    from difflib import get_close_matches  # most runs have no use for it

    names = sorted(known)
    found = get_close_matches(name, names, n=1, cutoff=0.7)
    longer = [one for one in names if one.startswith(name)] if len(name) >= _BEGINNING else []
    return found[0] if found else longer[0] if len(longer) == 1 else None


def meant(key: str, known: Iterable[str], above: str = "") -> str | None:
    """Give the known key that an unknown one stands for: another spelling, number or name of it, or a slip.

    `above` is the key of the mapping that it stands in: `name` under `harness` is `harness_name`.
    """
    names = sorted(known)
    return respelled(key, names, above) or nearest(snake(key), names)


def respelled(key: str, known: Iterable[str], above: str = "") -> str | None:
    """Give the known key that an unknown one is another spelling, number or name of."""
    names = frozenset(known)
    plain = snake(key)
    stem = plain.removesuffix("s")
    bare = re.sub(r"_(configuration|config)s?$", "", plain)
    guesses = (plain, f"{plain}s", stem, f"{stem}_configuration", f"{bare}_config", f"{bare}_configuration",
               f"{bare}_configurations", bare, _OTHER.get(plain, ""), f"{above}_{plain}",
               f"{above.removesuffix('s')}_{plain}", plain.removeprefix(f"{above}_"))  # fmt: skip
    return next((guess for guess in guesses if guess in names), None)
