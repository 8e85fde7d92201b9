"""Why each code is there and how to fix what it finds, from `codes.toml`. Knows no posture."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from tfgen.catalog.load import resource_bytes
from tfgen.catalog.model import Sentence, Url
from tfgen.diagnostics import Code, InternalError


class About(BaseModel):
    """What is known about a code beside its title."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    why: Sentence
    fix: Sentence
    source: Url | None = None
    """The page that decides, where a fact of somebody else's does."""


@cache
def about() -> Mapping[Code, About]:
    """Read the packaged table; raises `InternalError` when it is not well formed or a code is missing."""
    try:
        found = TypeAdapter(dict[Code, About]).validate_python(tomllib.loads(resource_bytes("codes.toml").decode()))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise InternalError(f"codes.toml is not well formed: {error}") from error
    missing = [code.value for code in Code if code not in found]
    if missing:
        raise InternalError(f"codes.toml says nothing of {', '.join(missing)}")
    return found
