"""The door to the Cedar engine: text in, answers out. Only this module imports `cedarpy`; it knows no AgentCore.

It takes longer to load than all else together, so it is loaded when the first gateway asks for it.

The engine recurses and ends the process where brackets stand too deep, and takes minutes over some short texts, so
whoever calls this has asked `tfgen.cedar.bounds` about the text before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from tfgen.diagnostics import InternalError

if TYPE_CHECKING:
    import cedarpy

ENDS_TOO_SOON: Final = "unexpected end of input"
"""What the engine says of a text that could go on."""
_PREFIXES: Final = re.compile(r"^(?:Policy parse error: |for policy `policy\d+`, )+")
_WIDTH: Final = 80


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema as the engine holds it."""

    handle: cedarpy.Schema
    text: str
    """In Cedar's own syntax."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the engine decides of one request."""

    allowed: bool | None
    """None when the request could not be evaluated at all."""
    reasons: tuple[int, ...]
    """The policies that decided, by their place in the set."""
    errors: tuple[str, ...]
    """What went wrong: with the request when it was not evaluated, with single policies otherwise."""


class SchemaError(ValueError):
    """The engine does not accept a schema."""


def schema(source: Mapping[str, object]) -> Schema:
    """Load a schema in Cedar's JSON form; raises `SchemaError` with what the engine says against it."""
    import cedarpy

    try:
        handle = cedarpy.Schema.from_json_str(json.dumps(source))
        return Schema(handle, str(handle))
    except ValueError as error:
        raise SchemaError(str(error)) from error


def parse_error(text: str) -> str | None:
    """Say what keeps a text from being Cedar policies; None when nothing does."""
    import cedarpy

    try:
        cedarpy.PolicySet.from_str(text)
    except ValueError as error:
        return str(error)
    return None


def type_errors(text: str, against: Schema) -> tuple[str, ...]:
    """Say what is wrong with policies that parse, by the engine's strict validation; sorted, since its order varies."""
    import cedarpy

    result = cedarpy.validate_policies(text, against.handle)
    return tuple(sorted(_PREFIXES.sub("", error.error) for error in result.errors))


def formatted(text: str) -> str:
    """Lay policies that parse out as the engine's formatter does, with a line end at the end; comments stay."""
    import cedarpy

    return cedarpy.format_policies(text, _WIDTH, 2).strip() + "\n"


@lru_cache(maxsize=1024)
def as_json(text: str) -> Mapping[str, Any]:
    """Give the first policy of a text that parses in Cedar's JSON form, the same object each time.

    https://docs.cedarpolicy.com/policies/json-format.html; raises `InternalError` where the text holds no policy.
    """
    import cedarpy

    found: dict[str, Any] = json.loads(cedarpy.policies_to_json_str(text))
    policies = found["staticPolicies"] or found["templates"]
    if not policies:
        raise InternalError(f"there is no Cedar policy in {text!r}")
    return dict(policies["policy0"])


def is_template(text: str) -> bool:
    """Whether a policy that parses has a `?principal` or `?resource` to be filled in."""
    import cedarpy

    return bool(json.loads(cedarpy.policies_to_json_str(text))["templates"])


def decide(
    policies: Sequence[str],
    requests: Sequence[Mapping[str, object]],
    entities: Sequence[Mapping[str, object]],
    against: Schema,
) -> tuple[Verdict, ...]:
    """Decide requests by policies, each of which parses; `entities` are those of all requests."""
    import cedarpy

    results = cedarpy.is_authorized_batch(
        [dict(request) for request in requests],
        _policy_set("\n".join(policies)),
        [dict(entity) for entity in entities],
        against.handle,
    )
    return tuple(_verdict(result) for result in results)


@lru_cache(maxsize=64)
def _policy_set(text: str) -> cedarpy.PolicySet:
    import cedarpy

    return cedarpy.PolicySet.from_str(text)


def _verdict(result: cedarpy.AuthzResult) -> Verdict:
    decided = result.decision.name != "NoDecision"
    reasons = tuple(sorted(int(reason.removeprefix("policy")) for reason in result.diagnostics.reasons))
    return Verdict(result.allowed if decided else None, reasons, tuple(result.diagnostics.errors))
