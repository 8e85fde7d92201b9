"""How often something nested may be there, by the package `pulumi-aws`, read from its source without importing it.

A provider checks that by code of its own, of which its schema tells nothing. Pulumi's package has one object for what
may be there once, a list for what may be there often, and a default for what may be left out. It names lists in the
plural. Knows no other package.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from importlib import metadata, util
from pathlib import Path
from typing import Any

from shape import Count

_PREFIX = "aws_bedrock"

Arguments = dict[str, tuple[str, bool]]
"""By name: the annotation, and whether it is required."""


def read(source: Mapping[str, Any], resources: Iterable[str]) -> dict[str, dict[str, Count]]:
    """What is nested in the resources, by resource and name."""
    if (found := metadata.version("pulumi-aws")) != source["version"]:
        raise SystemExit(f"pulumi-aws {found} is installed, and sources.toml speaks of {source['version']}")
    spec = util.find_spec("pulumi_aws")
    folder = Path(str(spec.origin)).parent / "bedrock" if spec else Path()
    nested = _classes(folder / "_inputs.py")
    return {name: _counts(_taken(folder, name), nested) for name in resources}


def _taken(folder: Path, name: str) -> Arguments:
    """What a resource takes."""
    local = name.removeprefix(_PREFIX)
    title = "".join(part.title() for part in local.split("_"))
    return _classes(folder / f"{local}.py")[f"{title}Args"]


def _classes(path: Path) -> dict[str, Arguments]:
    """The classes of a file, with what their constructors take by name."""
    found: dict[str, Arguments] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and not node.name.endswith("Dict"):
            made = [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"]
            found[node.name] = _arguments(made[0].args) if made else {}
    return found


def _arguments(args: ast.arguments) -> Arguments:
    pairs = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    return {arg.arg: (ast.unparse(arg.annotation or arg), default is None) for arg, default in pairs}


def _counts(arguments: Arguments, nested: Mapping[str, Arguments]) -> dict[str, Count]:
    found: dict[str, Count] = {}
    for name, (annotation, required) in arguments.items():
        plain = annotation.replace("pulumi.Input", "")
        if inner := re.search(r"'(\w+Args)'", plain):
            found[name] = Count(required, "Sequence" in plain, _counts(nested[inner[1]], nested))
    return found
