"""What the resources of the Terraform providers take, and since which version; and what CloudFormation's types take.

Knows no posture and no rendered text.

The files are written by `tools/provider_schema` from packages that are generated from the providers.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Final, Literal

from tfgen.catalog.load import resource_bytes

Version = tuple[int, ...]


class Mode(StrEnum):
    """Who says what an attribute is."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    COMPUTED = "computed"
    """Only the provider."""


@dataclass(frozen=True, slots=True)
class Simple:
    """A string, a number or a bool; `any` where a package does not say, and within free JSON."""

    name: Literal["string", "number", "bool", "any"]


@dataclass(frozen=True, slots=True)
class Many:
    """A list, set or map of values of one kind."""

    collection: Literal["list", "set", "map"]
    of: Kind


@dataclass(frozen=True, slots=True)
class Fields:
    """An object. Where it is `legacy`, a list of such objects may be written as blocks, with attributes left out."""

    attributes: Mapping[str, Attribute]
    legacy: bool = False


Kind = Simple | Many | Fields

FREE_JSON: Final = Many("map", Simple("any"))
"""Free JSON in a template, which is an object there and no text."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a value must be, where a schema says so; in a list or a map, what each value in it must be."""

    pattern: str = ""
    """What a text must match; empty for any."""
    shortest: int = 0
    longest: int | None = None
    smallest: float | None = None
    largest: float | None = None
    keys: str = ""
    """What the keys of a map must match; empty for any."""
    least: int = 0
    """How many values a list or a map must have."""

    def fault(self, value: str | Decimal | int) -> str | None:
        """What is wrong with a text or a number, in words that follow "it"; None when it fits."""
        if isinstance(value, str):
            if self.pattern and re.search(self.pattern, value, re.ASCII) is None:
                return f"must match {self.pattern}"
            if len(value) < self.shortest:
                return f"must have {self.shortest} or more characters"
            if self.longest is not None and len(value) > self.longest:
                return f"must have {self.longest} or fewer characters"
            return None
        if self.smallest is not None and value < self.smallest:
            return f"must be {self.smallest} or more"
        if self.largest is not None and value > self.largest:
            return f"must be {self.largest} or less"
        return None


ANYTHING: Final = Limits()
_LIMITS: Final = tuple(entry.name for entry in fields(Limits))


@dataclass(frozen=True, slots=True)
class Attribute:
    """An argument that is written `name = value`, or a fact that can be referred to."""

    kind: Kind
    mode: Mode
    values: tuple[str, ...] = ()
    """What a text must be one of; empty for any."""
    most: int | None = None
    json: bool = False
    """Whether the text is JSON."""
    limits: Limits = ANYTHING

    @property
    def blocks(self) -> Nested | None:
        """The attribute as a kind of block, where it is written so: any of its fields may then be left out."""
        if not isinstance(self.kind, Many) or self.kind.collection == "map" or self.mode is Mode.COMPUTED:
            return None
        inner = self.kind.of
        if not isinstance(inner, Fields) or not inner.legacy:
            return None
        fields = {
            name: Attribute(one.kind, Mode.OPTIONAL, one.values, one.most) for name, one in inner.attributes.items()
        }
        return Nested(Body(fields, {}), most=self.most, nesting=self.kind.collection)


@dataclass(frozen=True, slots=True)
class Nested:
    """A kind of block inside another."""

    body: Body
    least: int = 0
    most: int | None = None
    nesting: Literal["single", "list", "set"] = "list"
    """What the provider keeps the blocks as."""


@dataclass(frozen=True, slots=True)
class Body:
    """What may stand in a block, or in an object that has no blocks."""

    attributes: Mapping[str, Attribute]
    blocks: Mapping[str, Nested]

    def member(self, name: str) -> Attribute | Nested | None:
        """What is written under a name: a kind of block or an attribute; None for what cannot be set."""
        found = self.blocks.get(name)
        if (
            found is None
            and (attribute := self.attributes.get(name)) is not None
            and attribute.mode is not Mode.COMPUTED
        ):
            return attribute.blocks or attribute
        return found

    @property
    def required(self) -> frozenset[str]:
        """The names that must be there."""
        attributes = {name for name, one in self.attributes.items() if one.mode is Mode.REQUIRED}
        return frozenset(attributes | {name for name, one in self.blocks.items() if one.least})


@dataclass(frozen=True, slots=True)
class Since:
    """From which version on a resource, or arguments of it, can be used."""

    resource: str
    paths: tuple[str, ...]
    version: Version
    absent: bool
    basis: str
    why: str
    source: str

    def applies(self, used: frozenset[str]) -> bool:
        """Whether a resource with these arguments, by their dotted paths, needs the version."""
        if self.absent:
            return any(path not in used and _has_parent(path, used) for path in self.paths)
        return not self.paths or not used.isdisjoint(self.paths)


def _has_parent(path: str, used: frozenset[str]) -> bool:
    """Whether what an argument belongs to is there."""
    above = path.rpartition(".")[0]
    return not above or above in used


PROVIDERS: Final = ("aws", "awscc")
"""The providers, by the first word of their resources' names; each has a file."""

CLOUDFORMATION: Final = "cloudformation"
"""The file of what CloudFormation's types take in a template."""


def template_type(name: str) -> Body | None:
    """What a type of CloudFormation takes in a template; None for one that the file does not know."""
    return _bodies(CLOUDFORMATION).get(("type", name))


def body(kind: str, name: str) -> Body | None:
    """What a resource (`resource`) or data source (`data`) takes; None for one that no file knows."""
    provider = name.partition("_")[0]
    return _bodies(provider).get((kind, name)) if provider in PROVIDERS else None


def names(kind: str) -> tuple[str, ...]:
    """All resources or data sources that are known."""
    return tuple(name for provider in PROVIDERS for found, name in _bodies(provider) if found == kind)


def sources(provider: str) -> Mapping[str, Mapping[str, str]]:
    """Where the facts of one provider come from: by a short name, what it is, its version and date."""
    found: Mapping[str, Mapping[str, str]] = _file(provider)["sources"]
    return found


def needed(kind: str, name: str, used: Iterable[str]) -> Version:
    """The oldest version of its provider that a resource with these arguments (dotted paths) works with."""
    there = frozenset(used)
    versions = (row.version for row in applied(name, there)) if kind == "resource" else ()
    return max(versions, default=tested(name.partition("_")[0]))


def applied(name: str, used: frozenset[str]) -> tuple[Since, ...]:
    """The rows that say from which version on a resource with these arguments works."""
    return tuple(row for row in since() if row.resource == name and row.applies(used))


def tested(provider: str) -> Version:
    """The oldest version of a provider that the tests run against; () for one that they do not run."""
    return _version(_since_file()["tested"].get(provider, ""))


@cache
def since() -> tuple[Since, ...]:
    """Every row of `since.toml`."""
    return tuple(
        Since(
            row["resource"],
            tuple(row.get("paths", ())),
            _version(row["version"]),
            row.get("absent", False),
            row["basis"],
            row["why"],
            row["source"],
        )
        for row in _since_file()["since"]
    )


def _version(text: str) -> Version:
    return tuple(int(part) for part in text.split(".") if part)


@cache
def _since_file() -> dict[str, Any]:
    return tomllib.loads(resource_bytes("provider/since.toml").decode())


@cache
def _file(provider: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(resource_bytes(f"provider/{provider}.json"))
    return loaded


@cache
def _bodies(provider: str) -> dict[tuple[str, str], Body]:
    found = _file(provider)
    return {
        (kind, name): _body(raw) for kind in ("resource", "data", "type") for name, raw in found.get(kind, {}).items()
    }


def _body(raw: Mapping[str, Any]) -> Body:
    return Body(dict(_attributes(raw["attributes"])), {name: _nested(part) for name, part in raw["blocks"].items()})


def _nested(raw: Mapping[str, Any]) -> Nested:
    nesting = raw["nesting"]
    return Nested(_body(raw), raw.get("min", 0), 1 if nesting == "single" else raw.get("max"), nesting)


def _attributes(raw: Mapping[str, Any]) -> Iterator[tuple[str, Attribute]]:
    for name, part in raw.items():
        kind = _nested_kind(part) if "nested" in part else _kind(part["type"])
        values = tuple(part.get("enum", ()))
        most, json_text = part.get("max") or None, part.get("json", False)
        yield name, Attribute(kind, Mode(part["mode"]), values, most, json_text, _limits(part))


def _limits(raw: Mapping[str, Any]) -> Limits:
    given = {name: raw[name] for name in _LIMITS if name in raw}
    return Limits(**given) if given else ANYTHING


def _nested_kind(raw: Mapping[str, Any]) -> Kind:
    fields = Fields(dict(_attributes(raw["attributes"])))
    return fields if raw["nested"] == "single" else Many(raw["nested"], fields)


def _kind(raw: object) -> Kind:
    if isinstance(raw, str):
        return Simple(raw)  # type: ignore[arg-type]  # the files hold no other word
    if isinstance(raw, list):
        return Many(raw[0], _kind(raw[1]))
    fields: Mapping[str, object] = raw  # type: ignore[assignment]  # the third thing that the files hold
    return Fields({name: Attribute(_kind(part), Mode.REQUIRED) for name, part in fields.items()}, legacy=True)
