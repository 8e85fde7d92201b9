"""What CloudFormation says of a type, as the provider awscc turns it into a resource. Reads the schemas of `cfn-lint`.

The rules are those of https://github.com/hashicorp/terraform-provider-awscc (internal/naming, internal/provider): names
in snake case, no blocks, an object with properties as nested attributes, one with any keys as a map, and one without
any as JSON in a string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import metadata, util
from pathlib import Path
from typing import Any

from shape import COMPUTED, OPTIONAL, REQUIRED, Block

_SIMPLE = {"string": "string", "integer": "number", "number": "number", "boolean": "bool"}


def snake(name: str) -> str:
    """A CloudFormation name as awscc spells it: `CustomJWTAuthorizer` is `custom_jwt_authorizer`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return spaced.lower()


def read(source: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, Block]:
    """The types that `sources.toml` names, by the resource's name."""
    if (found := metadata.version("cfn-lint")) != source["version"]:
        raise SystemExit(f"cfn-lint {found} is installed, and sources.toml speaks of {source['version']}")
    spec = util.find_spec("cfnlint")
    folder = Path(str(spec.origin)).parent / "data" / "schemas" if spec else Path()
    index = json.loads((folder / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    resources: dict[str, Block] = {}
    for name, kind in types.items():
        path = folder / "resources" / f"{index[kind]}.json"
        resources[name] = _Reader(json.loads(path.read_text(encoding="utf-8"))).resource()
    return resources


class _Reader:
    """One type's schema."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema
        self.read_only = {path.removeprefix("/properties/") for path in schema.get("readOnlyProperties", [])}

    def resource(self) -> Block:
        attributes = self.attributes(self.schema, "")
        attributes["id"] = {"type": "string", "mode": COMPUTED}
        return {"attributes": attributes, "blocks": {}}

    def attributes(self, schema: Mapping[str, Any], above: str) -> dict[str, Any]:
        required = frozenset(schema.get("required", []))
        found: dict[str, Any] = {}
        for name, part in _properties(schema).items():
            path = f"{above}{name}"
            mode = COMPUTED if path in self.read_only else REQUIRED if name in required else OPTIONAL
            found[snake(name)] = {**self.attribute(part, path), "mode": mode}
        return found

    def attribute(self, part: Mapping[str, Any], path: str) -> dict[str, Any]:
        part = self.resolved(part)
        if part.get("type") == "array":
            return self.plural("set" if part.get("uniqueItems") else "list", part["items"], f"{path}/*")
        if _properties(part):
            return {"nested": "single", "attributes": self.attributes(part, f"{path}/")}
        if patterns := part.get("patternProperties"):
            (values,) = patterns.values()
            return self.plural("map", values, f"{path}/*")
        if part.get("type", "object") == "object":
            return {"type": "string", "json": True}
        enum = {"enum": sorted(part["enum"])} if "enum" in part else {}
        return {"type": _SIMPLE[part["type"]], **enum}

    def plural(self, kind: str, values: Mapping[str, Any], path: str) -> dict[str, Any]:
        inner = self.attribute(values, path)
        if "nested" in inner:
            return {"nested": kind, "attributes": inner["attributes"]}
        return {"type": [kind, inner["type"]], **({"enum": inner["enum"]} if "enum" in inner else {})}

    def resolved(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in part:
            part = self.schema["definitions"][part["$ref"].rpartition("/")[2]]
        return part


def _properties(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of an object; one that has alternatives has those of each."""
    found = dict(schema.get("properties", {}))
    for other in schema.get("oneOf", []):
        found |= other.get("properties", {})
    return found
