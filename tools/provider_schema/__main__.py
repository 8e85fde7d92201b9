"""Write `tfgen/catalog/provider/*.json`: what the providers' resources take, from installed packages, offline.

    make provider-schema                       # in an environment of its own, with the packages of the group `schema`
    python tools/provider_schema [--check]     # --check writes nothing and fails when a file would change

`sources.toml` beside this file says which resource comes from where, which versions of the packages it was written for,
and what no package says. A newer package is refused until its version and date stand there. `terraform` is asked for
what its local provider knows; `TFGEN_TERRAFORM_MIRROR` names the folder of providers (`terraform init -plugin-dir`).
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import binary
import cdktf
import cloudformation
import pulumi
from shape import Block, merged, overridden

HERE = Path(__file__).parent
CATALOG = HERE.parent.parent / "tfgen" / "catalog" / "provider"


def main() -> int:
    """Write or check each file; the exit code is 1 when a check fails."""
    parser = argparse.ArgumentParser(description="Write tfgen/catalog/provider/*.json from installed packages.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file would change")
    check = parser.parse_args().check
    settings = tomllib.loads((HERE / "sources.toml").read_text(encoding="utf-8"))
    stale = False
    for name, text in files(settings):
        path = CATALOG / name
        changed = not path.exists() or path.read_text(encoding="utf-8") != text
        stale |= changed
        if changed and not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(CATALOG.parent)}: {'changed' if changed else 'as it was'}, {len(text):,} characters")
    return int(check and stale)


def files(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The files by name, with their texts."""
    sources = settings["source"]
    for name, source in sources.items():
        print(f"{name}: {source['what']} {source['version']} of {source['date']}")
    used = {"binary", "pulumi", "cdktf"}
    yield "aws.json", _text("hashicorp/aws", {name: sources[name] for name in sorted(used)}, _aws(settings))
    only = {"cloudformation": sources["cloudformation"]}
    yield "awscc.json", _text("hashicorp/awscc", only, _awscc(settings))
    yield "cloudformation.json", _text("CloudFormation", only, _templates(settings))


def _aws(settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    known = binary.read(settings["source"]["binary"], settings["binary"])
    found: dict[str, dict[str, Any]] = {
        kind: {name: {"sources": ["binary"], **block} for name, block in blocks.items()}
        for kind, blocks in known.items()
    }
    old = cdktf.read(settings["source"]["cdktf"], settings["cdktf"]["resources"])
    new = pulumi.read(settings["source"]["pulumi"], settings["pulumi"])
    for name, block in new.items():
        sources = ["pulumi", *(["cdktf"] if name in old else [])]
        whole = merged(block, old[name]) if name in old else block
        found["resource"][name] = {"sources": sources, **_mended(settings, name, whole)}
    return found


def _awscc(settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    types = settings["cloudformation"]["types"]
    read = cloudformation.read(settings["source"]["cloudformation"], types)
    return {
        "resource": {
            name: {"sources": ["cloudformation"], **_mended(settings, name, block)} for name, block in read.items()
        }
    }


def _templates(settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    read = cloudformation.templates(settings["source"]["cloudformation"], settings["template"]["types"])
    return {"type": {name: {"sources": ["cloudformation"], **block} for name, block in read.items()}}


def _mended(settings: Mapping[str, Any], resource: str, block: Block) -> Block:
    """A resource with what no package says of it."""
    rows = (row for row in settings["override"] if resource in row["resources"])
    return overridden(resource, block, rows)


def _text(provider: str, sources: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    facts = {name: {key: row[key] for key in ("what", "version", "date")} for name, row in sources.items()}
    return _dump({"provider": provider, "sources": facts, **found}) + "\n"


def _dump(value: Any, indent: str = "") -> str:
    """JSON in the order of the keys, where each thing without nested mappings of names stands on one line."""
    if not isinstance(value, dict) or not any(isinstance(part, dict) for part in value.values()):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    inner = f"{indent} "
    lines = (f"{inner}{json.dumps(key)}: {_dump(value[key], inner)}" for key in sorted(value))
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


if __name__ == "__main__":
    sys.exit(main())
