"""What a text may hold, as a value: checked here on literals and rendered as a variable's validation. Knows no key."""

from __future__ import annotations

import pkgutil
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tfgen.diagnostics import InternalError


@dataclass(frozen=True, slots=True)
class Shape:
    """The constraint on one kind of text. `pattern` must match the whole text and is read alike by Python and RE2."""

    name: str
    pattern: str | None
    min: int
    max: int | None
    """The longest accepted text in characters; None where the service sets no limit."""
    sentence: str
    """What is allowed, to complete "the value must be ..."."""
    example: str
    source: str
    api: str | None = None
    """What the service itself checks, where `pattern` is deliberately wider."""
    secret: bool = False
    """Whether a value must stay out of messages."""
    printable: bool = False
    """Whether every character must show as itself, as in a comment; no pattern can ask for that."""

    def accepts(self, text: str) -> bool:
        """Tell whether a literal has this shape."""
        if len(text) < self.min or (self.max is not None and len(text) > self.max):
            return False
        if self.printable and not text.isprintable():
            return False
        return self.pattern is None or compiled(self.pattern).fullmatch(text) is not None

    def accepted_by_api(self, text: str) -> bool:
        """Tell whether the service's own, narrower check passes too."""
        return self.api is None or compiled(self.api).fullmatch(text) is not None


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of a shape once, with ASCII classes as RE2 has them."""
    return re.compile(pattern, re.ASCII)


@cache
def shapes() -> Mapping[str, Shape]:
    """Every packaged shape by its name."""
    data = pkgutil.get_data(__package__, "shapes.toml")
    if data is None:
        raise InternalError("the packaged file shapes.toml is missing")
    rows = tomllib.loads(data.decode())["shape"]
    return {name: _shape(name, row) for name, row in rows.items()}


def shape(name: str) -> Shape:
    """Give the shape of that name."""
    try:
        return shapes()[name]
    except KeyError:
        raise InternalError(f"there is no shape {name!r}") from None


def _shape(name: str, row: Mapping[str, object]) -> Shape:
    try:
        return Shape(name=name, **{"pattern": None, "max": None, **row})  # type: ignore[arg-type]
    except TypeError as error:
        raise InternalError(f"the shape {name!r} is not well formed: {error}") from error
