"""What CloudFormation says of a type, as a template spells it: the schemas of `cfn-lint`, read as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib import metadata, util
from pathlib import Path
from typing import Any

from shape import COMPUTED, OPTIONAL, REQUIRED, Block

_SIMPLE = {"string": "string", "integer": "number", "number": "number", "boolean": "bool"}


def templates(source: Mapping[str, Any], types: Iterable[str]) -> dict[str, Block]:
    """The types that `sources.toml` names, by their own names, with the properties that a template writes."""
    return {kind: _Template(_schema(source, kind)).resource() for kind in types}


def _schema(source: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    if (found := metadata.version("cfn-lint")) != source["version"]:
        raise SystemExit(f"cfn-lint {found} is installed, and sources.toml speaks of {source['version']}")
    spec = util.find_spec("cfnlint")
    folder = Path(str(spec.origin)).parent / "data" / "schemas" if spec else Path()
    index = json.loads((folder / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    path = folder / "resources" / f"{index[kind]}.json"
    schema: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


class _Template:
    """One type's schema as a template spells it, with what each value must be."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema
        self.read_only = {path.removeprefix("/properties/") for path in schema.get("readOnlyProperties", [])}

    def resource(self) -> Block:
        return {"attributes": self.properties(self.schema, ""), "blocks": {}}

    def properties(self, schema: Mapping[str, Any], above: str) -> dict[str, Any]:
        required = frozenset(schema.get("required", []))
        found: dict[str, Any] = {}
        for name, part in _properties(schema).items():
            path = f"{above}{name}"
            mode = COMPUTED if path in self.read_only else REQUIRED if name in required else OPTIONAL
            found[name] = {**self.value(part, path), "mode": mode}
        return found

    def value(self, part: Mapping[str, Any], path: str) -> dict[str, Any]:
        while "$ref" in part:
            part = self.schema["definitions"][part["$ref"].rpartition("/")[2]]
        if part.get("type") == "array":
            return _many("list", self.value(part["items"], f"{path}/*"), part, "Items")
        if patterns := part.get("patternProperties"):
            ((keys, values),) = patterns.items()
            found = _many("map", self.value(values, f"{path}/*"), part, "Properties")
            return found if keys == _ANY_KEY else {**found, "keys": keys}
        if _properties(part) or part.get("additionalProperties") is False:
            return {"nested": "single", "attributes": self.properties(part, f"{path}/")}
        if part.get("type", "object") == "object":
            return {"type": ["map", "any"]}  # free JSON
        enum = {"enum": sorted(part["enum"])} if "enum" in part else {}
        bounds = {ours: part[theirs] for ours, theirs in _BOUNDS.items() if theirs in part}
        return {"type": _SIMPLE[part["type"]], **enum, **bounds}


_BOUNDS = {
    "pattern": "pattern",
    "shortest": "minLength",
    "longest": "maxLength",
    "smallest": "minimum",
    "largest": "maximum",
}
"""What is kept of what a value must be, by our names."""

_ANY_KEY = r"^[\s\S]*$"


def _many(kind: str, inner: dict[str, Any], part: Mapping[str, Any], counted: str) -> dict[str, Any]:
    """A list or a map of values; what each of them must be stands beside how many there may be."""
    named = (("least", f"min{counted}"), ("max", f"max{counted}"))
    counts = {ours: part[theirs] for ours, theirs in named if part.get(theirs)}
    if "nested" in inner:
        return {"nested": kind, "attributes": inner["attributes"], **counts}
    return {**inner, "type": [kind, inner["type"]], **counts}


def _properties(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of an object; one that has alternatives has those of each."""
    found = dict(schema.get("properties", {}))
    for other in schema.get("oneOf", []):
        found |= other.get("properties", {})
    return found
