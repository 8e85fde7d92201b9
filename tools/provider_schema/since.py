"""From which version on a resource and its arguments can be used, computed from its history. Knows no package.

What a history cannot decide is told by rows kept by hand: which version repairs a fault, and where a resource is older
than the oldest release that was read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from history import Changes, at, version
from shape import COMPUTED, OPTIONAL, REQUIRED, Block

Row = dict[str, Any]

_KEYS = ("resource", "paths", "absent", "version", "basis", "why", "source")
_HEADER = """\
# From which version of a provider on an argument can be used: later rows add to earlier ones.
# Written by `make provider-schema`. A row that no schema decides is kept in tools/provider_schema/sources.toml.
#
# `paths` are arguments below a resource, and no path is the resource itself. With `absent`, the version is needed when
# the argument is left out of a block that is there. `basis` says how the version is known. `schema`: it is the first
# that has the argument, of those whose schemas were read; `documented`: the source says so; `observed`: somebody met
# it, as the source tells; `inferred`: from something else.
"""


@dataclass(frozen=True)
class Written:
    """How an argument is written."""

    block: bool
    required: bool


Reading = Mapping[str, Written]
"""All that a resource takes in one release, by path; nothing where it does not have the resource."""


def rows(
    address: str, resource: str, history: Mapping[str, Changes], releases: Sequence[str], kept: Sequence[Row]
) -> list[Row]:
    """All rows of one resource, by its history and the rows kept by hand; `releases` from old to new."""
    readings = [(release, dict(_reading(at(history, release)))) for release in reversed(releases)]
    own = [row for row in kept if row["resource"] == resource]
    found = [row for row in _computed(resource, readings, oldest=releases[0]) if not _is_kept(row, own)]
    if all(row.get("paths") for row in (*found, *own)):
        raise ValueError(f"{resource} is in the oldest release that was read, and no row says since when")
    page = f"https://registry.terraform.io/providers/{address}/{{}}/docs/resources/{resource.partition('_')[2]}"
    found = [{**row, "source": page.format(row["version"])} for row in _grouped(found)]
    return sorted([*found, *own], key=lambda row: (version(row["version"]), row.get("absent", False)))


def text(settings: Mapping[str, Any], table: Mapping[str, Any]) -> str:
    """The text of `since.toml`, by the releases that were read and the rows of `sources.toml`."""
    lines = [_HEADER, f"reviewed = {settings['reviewed']}", "", "[tested]"]
    lines += [f"{key} = {json.dumps(value)}" for key, value in settings["tested"].items()]
    for found in table.values():
        releases = sorted(found["releases"], key=version)
        for resource, changes in found["resource"].items():
            lines += ["", f"# --- {resource} ".ljust(119, "-")]
            for row in rows(found["provider"], resource, changes, releases, settings["since"]):
                lines += ["", "[[since]]"]
                lines += [f"{key} = {_value(row[key])}" for key in _KEYS if row.get(key)]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, list) and len(value) > 1:
        return "[\n" + "".join(f"  {json.dumps(part)},\n" for part in value) + "]"
    return "true" if value is True else json.dumps(value, ensure_ascii=False)


# --- What a release takes --------------------------------------------------------------------------------------------


def _reading(block: Block | None) -> Iterator[tuple[str, Written]]:
    if block is not None:
        yield "", Written(block=True, required=False)
        yield from _below(block, "")


def _below(block: Block, above: str) -> Iterator[tuple[str, Written]]:
    for name, attribute in block["attributes"].items():
        if attribute["mode"] != COMPUTED:
            yield from _attribute(attribute, f"{above}{name}")
    for name, nested in block.get("blocks", {}).items():
        yield f"{above}{name}", Written(block=True, required=bool(nested.get("min")))
        yield from _below(nested, f"{above}{name}.")


def _attribute(attribute: Mapping[str, Any], path: str) -> Iterator[tuple[str, Written]]:
    """An attribute with what is in it; a list of objects is written as blocks."""
    kind = attribute.get("type")
    fields = kind[1] if isinstance(kind, list) and isinstance(kind[1], dict) else {}
    yield path, Written(block=bool(fields), required=attribute["mode"] == REQUIRED)
    for name, inner in fields.items():
        yield from _attribute({"type": inner, "mode": OPTIONAL}, f"{path}.{name}")
    if "nested" in attribute:
        yield from _below({"attributes": attribute["attributes"]}, f"{path}.")


# --- What changed ----------------------------------------------------------------------------------------------------


def _computed(resource: str, readings: Sequence[tuple[str, Reading]], oldest: str) -> Iterator[Row]:
    """A row for each path that is younger than what it is in; `readings` from new to old."""
    newest = readings[0][1]
    first = {path: _first(path, readings) for path in newest}
    for path, since in first.items():
        why = f"the first version whose schema has {'it' if path else 'the resource'}"
        row = {"resource": resource, "paths": [path] if path else [], "version": since, "basis": "schema", "why": why}
        if since != (first[path.rpartition(".")[0]] if path else oldest):
            yield row
        optional = _optional(path, readings)
        if path and optional is not None and version(optional) > version(since):
            yield {**row, "absent": True, "version": optional, "why": "every version before requires it"}


def _first(path: str, readings: Sequence[tuple[str, Reading]]) -> str:
    """The release from which on a path is there without a break, written in the same way."""
    now, since = readings[0][1][path], readings[0][0]
    for release, reading in readings:
        if path not in reading or reading[path].block != now.block:
            break
        since = release
    return since


def _optional(path: str, readings: Sequence[tuple[str, Reading]]) -> str | None:
    """The release from which on a path may be left out; None where it may not."""
    since = None
    for release, reading in readings:
        if path in reading and reading[path].required:
            break
        since = release
    return since


def _is_kept(row: Row, own: Sequence[Row]) -> bool:
    """Whether a row by hand tells of the same path. It may know of a fault that was repaired later, and no less."""
    for kept in own:
        paths, absent = kept.get("paths", []), kept.get("absent", False)
        if absent != row.get("absent", False) or not (set(row["paths"]) <= set(paths) if row["paths"] else not paths):
            continue
        if version(kept["version"]) < version(row["version"]):
            raise ValueError(f"{row['resource']} {row['paths']}: {kept['version']} is said, and {row['version']} read")
        if kept["basis"] == "inferred" and kept["version"] == row["version"]:
            raise ValueError(f"{row['resource']} {row['paths']}: inferred, and the schemas decide it")
        return True
    return False


def _grouped(found: Sequence[Row]) -> Iterator[Row]:
    """One row for all arguments that came with one version; one for each that can be left out since."""
    together: dict[str, Row] = {}
    for row in found:
        if row.get("absent") or not row["paths"]:
            yield row
        elif (first := together.get(row["version"])) is None:
            together[row["version"]] = {**row, "paths": list(row["paths"])}
        else:
            first["paths"] += row["paths"]
    yield from ({**row, "paths": sorted(row["paths"])} for row in together.values())
