"""What the package `cdktf-cdktf-provider-aws` says of resources: compiled from the provider's schema, read as text.

It tells blocks from attributes and lists from sets, which pulumi's does not, and ends with the provider's version 6.25.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterable, Mapping
from importlib import metadata, util
from pathlib import Path
from typing import Any

from shape import OPTIONAL, REQUIRED, Block

_FUNCTION = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{$(.*?)^\}$", re.MULTILINE | re.DOTALL)
_OWN = re.compile(r"^    synthesizeHclAttributes\(\) \{$(.*?)^    \}$", re.MULTILINE | re.DOTALL)
_ENTRY = re.compile(
    r'(\w+): \{\s+value: .*,\s+isBlock: (true|false),\s+type: "(\w+)",\s+storageClassType: "(\w+)",', re.MULTILINE
)
_INTERFACE = re.compile(r"^export interface (\w+).*?\{$(.*?)^\}$", re.MULTILINE | re.DOTALL)
_SIMPLE = {"string": "string", "number": "number", "boolean": "bool"}


def read(source: Mapping[str, Any], resources: Iterable[str]) -> dict[str, Block]:
    """The named resources, by name."""
    if (found := metadata.version("cdktf-cdktf-provider-aws")) != source["version"]:
        raise SystemExit(f"cdktf-cdktf-provider-aws {found} is installed, not {source['version']}")
    spec = util.find_spec("cdktf_cdktf_provider_aws")
    folder = Path(str(spec.origin)).parent if spec else Path()
    (archive,) = (folder / "_jsii").glob("*.jsii.tgz")
    with tarfile.open(archive) as tar:
        return {name: _resource(tar, name) for name in resources}


def _resource(tar: tarfile.TarFile, name: str) -> Block:
    folder = f"package/lib/{name.removeprefix('aws_').replace('_', '-')}"
    code, types = (_member(tar, f"{folder}/{file}") for file in ("index.js", "index.d.ts"))
    structs = {found[1].lower(): found[2] for found in _FUNCTION.finditer(code)}
    required = {found[1].lower(): _required(found[2]) for found in _INTERFACE.finditer(types)}
    (own,) = _OWN.findall(code)
    title = name.removeprefix("aws_").replace("_", "")
    return _block(own, f"{title}config", structs, required)


def _member(tar: tarfile.TarFile, name: str) -> str:
    found = tar.extractfile(name)
    return found.read().decode() if found else ""


def _required(interface: str) -> frozenset[str]:
    """The names of an interface, as Terraform spells them, that have no question mark."""
    names = re.findall(r"^    readonly (\w+)(\??):", interface, re.MULTILINE)
    return frozenset(re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower() for name, maybe in names if not maybe)


def _block(text: str, interface: str, structs: Mapping[str, str], required: Mapping[str, frozenset[str]]) -> Block:
    attributes: dict[str, Any] = {}
    blocks: dict[str, Any] = {}
    for name, is_block, kind, storage in _ENTRY.findall(text):
        needed = name in required.get(interface, frozenset())
        if is_block == "true":
            inner = storage.removesuffix("List").lower() if kind != "struct" else storage.lower()
            nesting = {"struct": "single"}.get(kind, kind)
            blocks[name] = {"nesting": nesting, **({"min": 1} if needed else {})}
            blocks[name] |= _block(structs[inner], inner, structs, required)
        else:
            attributes[name] = {"type": _type(kind, storage), "mode": REQUIRED if needed else OPTIONAL}
    return {"attributes": attributes, "blocks": blocks}


def _type(kind: str, storage: str) -> Any:
    if kind == "simple":
        return _SIMPLE[storage]
    simple = re.sub(r"(List|Map)$", "", storage)
    return [kind, _SIMPLE.get(simple, "string")]
