"""The form in which a resource's arguments are kept, and how two sources add to what a schema says. Knows no package.

A block is `{"attributes": {name: attribute}, "blocks": {name: nested}}`, a nested one has `nesting` (list, set, single)
and `min` and `max` beside these. An attribute has a `type` as Terraform writes types, with a mapping for an object, or
`nested` (single, list, set, map) with `attributes`; and a `mode`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]
REQUIRED, OPTIONAL, COMPUTED = "required", "optional", "computed"


@dataclass(frozen=True)
class Count:
    """How often something nested is there, and the same of what is in it, by names of another package."""

    required: bool
    many: bool
    inner: Mapping[str, Count]


def counted(block: Block, counts: Mapping[str, Count], where: str) -> Block:
    """The block with how often each nested one may be there, which the schema of a newer resource does not say."""
    return {
        "attributes": {name: _counted(name, one, counts, where) for name, one in block["attributes"].items()},
        "blocks": {name: _nested(name, one, counts, where) for name, one in block["blocks"].items()},
    }


def _nested(name: str, nested: Block, counts: Mapping[str, Count], where: str) -> Block:
    count = _found(name, counts, f"{where}.{name}")
    bounds = {"min": 1} if count.required else {}
    if not count.many and nested["nesting"] != "single":
        bounds["max"] = 1
    return {**nested, **bounds, **counted(nested, count.inner, f"{where}.{name}")}


def _counted(name: str, attribute: Block, counts: Mapping[str, Count], where: str) -> Block:
    kind = attribute.get("type")
    if attribute["mode"] == COMPUTED or not isinstance(kind, list) or not isinstance(kind[1], dict):
        return attribute
    return attribute if _found(name, counts, f"{where}.{name}").many else {**attribute, "max": 1}


def _found(name: str, counts: Mapping[str, Count], where: str) -> Count:
    """The count of a name, which the other package may have in the plural."""
    found = [counts[one] for one in _forms(name) if one in counts]
    if len(found) != 1:
        raise SystemExit(f"how often {where} may be there is not known")
    return found[0]


def _forms(name: str) -> Iterator[str]:
    yield name
    yield f"{name}_"  # a word of Python
    yield f"{name}s"
    yield f"{name.removesuffix('y')}ies"


def overridden(resource: str, block: Block, rows: Iterable[Mapping[str, Any]]) -> Block:
    """The block with what rows of `sources.toml` say of paths in it; a row for what is not there is a mistake."""
    for row in rows:
        for path in row["paths"]:
            found = _at(block, path)
            if found is None:
                raise SystemExit(f"sources.toml says something of {resource}: {path}, which is not there")
            found |= {key: row[key] for key in ("mode", "max", "min", "enum") if key in row}
    return block


def _at(block: Block, path: str) -> Block | None:
    """What is at a path."""
    found: Block | None = block
    for step in path.split("."):
        if found is not None:
            found = found.get("blocks", {}).get(step) or found.get("attributes", {}).get(step)
    return found
