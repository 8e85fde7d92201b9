"""What the package `pulumi-aws` says of resources of hashicorp/aws, read from its source without importing it.

Pulumi calls lists by plural names, says not whether a nested thing is a block or an attribute, makes one object of a
block that can stand once, and never requires `name`. `sources.toml` turns these back.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from importlib import metadata, util
from pathlib import Path
from typing import Any

from shape import COMPUTED, OPTIONAL, REQUIRED, Block

_PREFIX = "aws_bedrock"
_SIMPLE = {"str": "string", "int": "number", "float": "number", "bool": "bool"}
_SINGLE = {"timeouts"}
"""Blocks of the nesting mode `single`: the framework's own."""

Arguments = dict[str, tuple[str, bool]]
"""By name: the annotation, and whether it is required."""


def read(source: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Block]:
    """The resources that `sources.toml` names, by name."""
    if (found := metadata.version("pulumi-aws")) != source["version"]:
        raise SystemExit(f"pulumi-aws {found} is installed, and sources.toml speaks of {source['version']}")
    spec = util.find_spec("pulumi_aws")
    folder = Path(str(spec.origin)).parent / "bedrock" if spec else Path()
    nested = _classes(folder / "_inputs.py")
    reader = _Reader(nested, settings["singular"], frozenset(settings["plural"]))
    return {name: reader.resource(folder, name) for name in settings["resources"]}


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


class _Reader:
    """Turns pulumi's classes back into blocks."""

    def __init__(self, nested: Mapping[str, Arguments], singular: Mapping[str, str], plural: frozenset[str]) -> None:
        self.nested = nested
        self.singular = singular
        self.plural = plural

    def resource(self, folder: Path, name: str) -> Block:
        local = name.removeprefix(f"{_PREFIX}")
        module = _classes(folder / f"{local}.py")
        title = "".join(part.title() for part in local.split("_"))
        taken = module[f"{title}Args"]
        block = self.block(taken)
        for given, (annotation, _) in module[f"_{title}State"].items():
            if given not in taken:
                nested = "Args'" in annotation
                computed = {"type": "any" if nested else _type(_plain(annotation)), "mode": COMPUTED}
                block["attributes"][self.name(given, many="Sequence" in annotation)] = computed
        return block

    def block(self, arguments: Arguments) -> Block:
        attributes: dict[str, Any] = {}
        blocks: dict[str, Any] = {}
        for given, (annotation, required) in arguments.items():
            plain = _plain(annotation)
            inner = re.search(r"'(\w+Args)'", plain)
            name = self.name(given.removesuffix("_"), many="Sequence" in plain)
            if inner is None:
                attributes[name] = {"type": _type(plain), "mode": REQUIRED if required else OPTIONAL}
            else:
                blocks[name] = self.block_of(inner[1], name, required=required, many="Sequence" in plain)
        return {"attributes": attributes, "blocks": blocks}

    def block_of(self, kind: str, name: str, *, required: bool, many: bool) -> Block:
        bounds: dict[str, Any] = {"nesting": "single" if name in _SINGLE else "list"}
        if required:
            bounds["min"] = 1
        if not many and name not in _SINGLE:
            bounds["max"] = 1
        return {**bounds, **self.block(self.nested[kind])}

    def name(self, given: str, *, many: bool) -> str:
        if not many or given in self.plural:
            return given
        if given not in self.singular:
            raise SystemExit(f"sources.toml does not say what pulumi's list {given!r} is called in Terraform")
        return self.singular[given]


def _plain(annotation: str) -> str:
    return annotation.replace("pulumi.Input", "").replace("_builtins.", "")


def _type(annotation: str) -> Any:
    values = annotation.split("Mapping[str,")[-1]
    (simple,) = {_SIMPLE[word] for word in re.findall(r"\b(str|int|float|bool)\b", values)}
    return ["list", simple] if "Sequence" in annotation else ["map", simple] if "Mapping" in annotation else simple
