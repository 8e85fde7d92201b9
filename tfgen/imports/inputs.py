"""Inputs for what only a source's own tool knows: telling names, one for each expression. Knows no source."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from tfgen.imports import vocabulary
from tfgen.posture.field_types import RESERVED
from tfgen.posture.names import snake
from tfgen.posture.shape import Shape, shape
from tfgen.terraform.values import Leaf, Listed, Place, Symbol

_SAYS_NOTHING: Final = frozenset({"this", "main", "default", "example", "self", "current", "it"})
"""Labels that name nothing."""


@dataclass
class Input:
    """One input that an import declares."""

    name: str
    source: str
    place: Place
    description: str
    many: bool
    default: str | list[str] | None
    sample: str = ""
    """What its value looks like, where the resource that it comes from tells."""
    form: str = ""
    """The form of its values, where they could have several."""

    def values(self) -> tuple[str, ...]:
        """What tells its form: the default, or else the sample."""
        if self.default is not None:
            return (self.default,) if isinstance(self.default, str) else tuple(self.default)
        return (self.sample,) if self.sample else ()

    def declaration(self) -> dict[str, Any]:
        """Its entry under `inputs`."""
        data: dict[str, Any] = {"description": self.description}
        if self.many:
            data["type"] = "list(string)"
        if self.default is not None:
            data["default"] = self.default
        if self.form:
            data["form"] = self.form
        return data


@dataclass
class Inputs:
    """The inputs of one posture, in the order in which they are asked for."""

    made: dict[str, Input] = field(default_factory=dict)

    def of(self, symbol: Symbol, needed: Shape, about: str, *, many: bool, called: str = "") -> Input:
        """The input that stands for a symbol where a value of some shape is needed; `about` says what the value is.

        It is `called` after the symbol and its place, or after what the caller says.
        """
        for known in self.made.values():
            if known.source == symbol.source and known.many == many:
                return known
        name = self._free(_name(symbol, called or needed.name, many=many))
        description = symbol.description if shape("sentence").accepts(symbol.description) else _sentence(about, needed)
        default = _default(symbol, needed, many=many)
        self.made[name] = Input(name, symbol.source, symbol.place, description, many, default, _sample(symbol))
        return self.made[name]

    def declarations(self) -> dict[str, Any]:
        """The mapping under `inputs`."""
        return {name: made.declaration() for name, made in self.made.items()}

    def _free(self, wanted: str) -> str:
        longest = shape("input-name").max or len(wanted)
        name, number = wanted[:longest], 1
        while name in self.made or name in RESERVED:
            number += 1
            name = f"{wanted[: longest - 4]}_{number}"
        return name


def _name(symbol: Symbol, called: str, *, many: bool) -> str:
    what = _words(called)
    own = _words(symbol.name)
    if own:
        named = own
    else:
        label = _words(symbol.label)
        if len(label) == 1 and label[0] in _SAYS_NOTHING:
            label = []
        named = _joined(label, what)
        if many and not named[-1].endswith("s"):
            named[-1] += "s"
    name = "_".join(named)
    return name if re.match(r"[a-z]", name) else f"input_{name}".rstrip("_")


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", snake(text)) if word]


def _joined(label: list[str], what: list[str]) -> list[str]:
    """Both, with what ends the one and begins the other said once: `orders_gateway` and `gateway_arn`."""
    for length in range(min(len(label), len(what)), 0, -1):
        if label[-length:] == what[:length]:
            return label + what[length:]
    return label + what


def _sentence(about: str, needed: Shape) -> str:
    """The first part of what the model says of a key; it tells what the value is, and then what follows from it."""
    first = re.split(r"[;,:.](?:\s|$)", about, maxsplit=1)[0].strip()
    return f"{first}." if first else f"{needed.sentence[0].upper()}{needed.sentence[1:]}."


def _sample(symbol: Symbol) -> str:
    """What a symbol's value looks like: by the type of the resource that it belongs to; empty when that is not known.

    A text with symbols in it looks like something when each of them does.
    """
    if symbol.context:
        return vocabulary.sample_context()[symbol.context]
    if symbol.parts:
        pieces = [part if isinstance(part, str) else _sample(part) for part in symbol.parts]
        return "".join(pieces) if all(pieces) else ""
    return vocabulary.samples().get(symbol.kind or _attribute(symbol.path), "")


def _attribute(path: tuple[str, ...]) -> str:
    """The type and the attribute of a resource or data source in a dotted name of Terraform."""
    match path:
        case ("data", kind, _, attribute):
            return f"data.{kind}.{attribute}"
        case (kind, _, attribute):
            return f"{kind}.{attribute}"
        case _:
            return ""


def _default(symbol: Symbol, needed: Shape, *, many: bool) -> str | list[str] | None:
    found = symbol.default
    if many and isinstance(found, Listed):
        texts = [element.value for element in found.elements if isinstance(element, Leaf)]
        kept = [text for text in texts if isinstance(text, str) and needed.accepts(text)]
        return kept if len(kept) == len(found.elements) else None
    if not many and isinstance(found, Leaf) and isinstance(found.value, str) and needed.accepts(found.value):
        return found.value
    return None
