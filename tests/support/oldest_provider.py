"""Rendered text, held against the schema of the oldest version of a provider that its module takes."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import history

from tfgen.catalog import provider
from tfgen.hcl.tree import Block, Body
from tfgen.proof import schema
from tfgen.proof.references import Module

TOOL = Path(__file__).parents[2] / "tools" / "provider_schema"
SETTINGS: dict[str, Any] = tomllib.loads((TOOL / "sources.toml").read_text(encoding="utf-8"))
RELEASES: dict[str, Any] = json.loads((TOOL / "releases.json").read_text(encoding="utf-8"))


def releases(local: str) -> list[str]:
    """The versions of a provider that were read, the oldest first."""
    return sorted(RELEASES[local]["releases"], key=history.version)


def of_oldest(body: Body) -> Iterator[str]:
    """What is wrong with a module's resources, by the oldest version of each provider that the module takes."""
    module = Module("")
    module.add(body)
    for block in body:
        if isinstance(block, Block) and block.type == "resource" and "bedrockagentcore" in block.labels[0]:
            resource = block.labels[0]
            local = resource.partition("_")[0]
            floor = ".".join(map(str, (*module.providers[local], 0)[:3]))
            found = _body(local, resource, floor)
            if found is None:
                yield f"{resource} is not in {local} {floor}"
            else:
                yield from (f"{local} {floor}: {fault}" for fault in schema.held(block, found))


@cache
def _body(local: str, resource: str, floor: str) -> provider.Body | None:
    """What a resource takes in a version, or in the nearest older one that was read."""
    kept = {row["version"] for row in SETTINGS["since"] if row["resource"] == resource and not row.get("paths")}
    # A resource that is older than all that was read has a row by hand, which says that it has not changed since.
    release = releases(local)[0] if floor in kept else floor
    raw = history.at(RELEASES[local]["resource"][resource], release)
    return provider._body(raw) if raw is not None else None
