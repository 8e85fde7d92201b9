"""The form in which a resource's arguments are kept, and what is done with two readings of one. Knows no package.

A block is `{"attributes": {name: attribute}, "blocks": {name: nested}}`, a nested one has `nesting` (list, set, single)
and `min` and `max` beside these. An attribute has a `type` as Terraform writes types, with a mapping for an object, or
`nested` (single, list, set, map) with `attributes`; and a `mode`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Block = dict[str, Any]
REQUIRED, OPTIONAL, COMPUTED = "required", "optional", "computed"


def merged(newer: Block, older: Block) -> Block:
    """Two readings of one resource: what both have is taken from the newer one, but blocks are what the older knows.

    The newer reading cannot tell a list from a set; an argument that only the older has is gone.
    """
    attributes = dict(newer["attributes"])
    for name, attribute in older["attributes"].items():
        if name in attributes and _is_plural(attribute) and _is_plural(attributes[name]):
            attributes[name] = {**attributes[name], "type": attribute["type"]}
    blocks = {
        name: {**nested, **merged(nested, older["blocks"][name]), "nesting": older["blocks"][name]["nesting"]}
        if name in older["blocks"]
        else nested
        for name, nested in newer["blocks"].items()
    }
    return {"attributes": attributes, "blocks": blocks}


def _is_plural(attribute: Mapping[str, Any]) -> bool:
    return isinstance(attribute.get("type"), list)


def overridden(resource: str, block: Block, rows: Iterable[Mapping[str, Any]]) -> Block:
    """The block with what rows of `sources.toml` say of paths in it; a row for what is not there is a mistake."""
    for row in rows:
        for path in row["paths"]:
            _override(resource, block, path, row)
    return block


def _override(resource: str, block: Block, path: str, row: Mapping[str, Any]) -> None:
    *above, name = path.split(".")
    for step in above:
        block = block["blocks"].get(step) or block["attributes"][step]
    found = block["blocks"].get(name) or block["attributes"].get(name)
    if found is None:
        raise SystemExit(f"sources.toml says something of {resource}: {path}, which is not there")
    for key in ("mode", "max", "min"):
        if key in row:
            found[key] = row[key]
    if row.get("attribute"):
        # Written as blocks, and kept by the provider as an attribute whose type is a list of objects.
        del block["blocks"][name]
        mode = row.get("mode", OPTIONAL)
        block["attributes"][name] = {"type": ["list", _object(found)], "mode": mode, "max": found.get("max", 0)}


def _object(block: Block) -> dict[str, Any]:
    """A block as the type of an object."""
    nested = {name: ["list", _object(inner)] for name, inner in block["blocks"].items()}
    return {**{name: attribute["type"] for name, attribute in block["attributes"].items()}, **nested}
