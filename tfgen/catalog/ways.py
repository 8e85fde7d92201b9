"""How callers get in, from `ways.toml`: by signed requests, or by tokens. Knows no posture."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache

from pydantic import BaseModel, ConfigDict, ValidationError

from tfgen.catalog.load import resource_bytes
from tfgen.catalog.model import Name, Row, Sentence
from tfgen.diagnostics import InternalError


class PolicyRow(Row):
    """What the statements of a caller's sheet do on a harness that takes tokens."""

    sheet: Name
    effect: Sentence
    """What the policy does not do, after the words "the policy of these callers"."""
    keeps: Sentence
    """What it still does, or may do."""
    certain: bool
    """Whether AWS's pages or a live account decide it."""


class WayFacts(BaseModel):
    """The whole table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reviewed: date
    signed: Row
    token: Row
    refused: Row
    """Why the signed way is closed where there is an authorizer."""
    undecided: Row
    """What is not known about that."""
    policy: tuple[PolicyRow, ...]


@cache
def ways() -> WayFacts:
    """Read the packaged table; raises `InternalError` when it is not well formed."""
    try:
        return WayFacts.model_validate(tomllib.loads(resource_bytes("ways.toml").decode()))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise InternalError(f"ways.toml is not well formed: {error}") from error
