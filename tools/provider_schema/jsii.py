"""What a package of cdktf's kind says of a resource: compiled from the provider's own schema, and read as text.

Two texts describe a resource: `index.js` has a class for it and for each thing nested in it, with a getter for all that
it has and a setter for all that it takes; comments in `index.d.ts` say what is a block. The schema of a newer resource
does not say how many blocks there may be, so neither do these. Must not know where the texts are from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from shape import COMPUTED, OPTIONAL, REQUIRED, Block

_CLASS = re.compile(r"^class (\w+) extends \w+\.(\w+) \{$(.*?)^\}$", re.MULTILINE | re.DOTALL)
_INTERFACE = re.compile(r"^export interface (\w+).*?\{$(.*?)^\}$", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^    \* (\w+) block$", re.MULTILINE)
_WRITER = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{$(.*?)^\}$", re.MULTILINE | re.DOTALL)
_OWN_WRITER = re.compile(r"^    synthesizeHclAttributes\(\) \{$(.*?)^    \}$", re.MULTILINE | re.DOTALL)
_WRITTEN = re.compile(r"^ +(\w+): \{\s+value: .*,\s+isBlock: (?:true|false),\s+type: \"(\w+)\",", re.MULTILINE)
_PLAIN = re.compile(
    r"^    get (\w+)\(\) \{\s+return (?:\w+\.Token\.asNumberList\()?(\w+\.Fn\.tolist\()?"
    r"this\.get(String|Number|Boolean|)(List|Map|)Attribute\('(\w+)'\)",
    re.MULTILINE,
)
_COMPUTED_MAP = re.compile(r"_(\w+) = new \w+\.(String|Number|Boolean)Map\(this, \"(\w+)\"\);")
_NESTED = re.compile(r"_(\w+) = new (\w+?)(List|Map|OutputReference)\(this, \"(\w+)\"(?:, (true|false))?\);")
_SET = re.compile(r"^    (set |put)(\w+)\(value\) \{$", re.MULTILINE)
_RESET = re.compile(r"^    reset(\w+)\(\) \{$", re.MULTILINE)
_ROOTS = {"TerraformResource", "TerraformDataSource"}
_SIMPLE = {"String": "string", "Number": "number", "Boolean": "bool", "": "string"}
_NESTING = {"List": "list", "Map": "map", "OutputReference": "single"}


def resource(code: str, types: str, *, nested: bool) -> Block:
    """A resource by the texts of `index.js` and `index.d.ts`.

    `nested`: attributes of the provider may have attributes of their own, as protocol 6 allows and protocol 5 does not.
    """
    return _Reader(code, types, nested=nested).resource()


class _Reader:
    """The texts of one resource, taken apart."""

    def __init__(self, code: str, types: str, *, nested: bool) -> None:
        classes = [found.groups() for found in _CLASS.finditer(code)]
        self.nested = nested
        self.classes = {name: body for name, _, body in classes}
        (self.own,) = (name for name, base, _ in classes if base in _ROOTS)
        self.blocks = {name: frozenset(_BLOCK.findall(body)) for name, body in _INTERFACE.findall(types)}
        self.written = {name.lower(): dict(_WRITTEN.findall(body)) for name, body in _WRITER.findall(code)}

    def resource(self) -> Block:
        text = self.classes[self.own]
        (own,) = _OWN_WRITER.findall(text)
        return self.block(text, dict(_WRITTEN.findall(own)), f"{self.own}Config")

    def block(self, text: str, written: Mapping[str, str], interface: str) -> Block:
        """What a class holds; `written` says as what each argument is written, the interface which are blocks."""
        mode = _modes(text)
        attributes: dict[str, Any] = {}
        blocks: dict[str, Any] = {}
        for member, as_list, simple, collection, name in _PLAIN.findall(text):
            attributes[name] = {"type": _type(simple, collection, as_list, written.get(name)), "mode": mode(member)}
        for member, simple, name in _COMPUTED_MAP.findall(text):
            attributes[name] = {"type": ["map", _SIMPLE[simple]], "mode": mode(member)}
        for member, struct, kind, name, wraps_set in _NESTED.findall(text):
            inner = self.inside(struct, "set" if wraps_set == "true" else _NESTING[kind], written.get(name, ""))
            if name in self.blocks.get(interface, ()):
                blocks[name] = {**({"min": 1} if mode(member) == REQUIRED else {}), **inner}
            else:
                attributes[name] = {**(_as_nested(inner) if self.nested else _as_type(inner)), "mode": mode(member)}
        if missing := written.keys() - attributes.keys() - blocks.keys():
            raise SystemExit(f"{interface}: nothing is read of {sorted(missing)}")
        return {"attributes": attributes, "blocks": blocks}

    def inside(self, struct: str, nesting: str, written: str) -> Block:
        """What is nested in a member, with how often it may be there."""
        # A list that may have one element has no class for the list.
        bounds = {"nesting": written, "max": 1} if nesting == "single" and written in {"list", "set"} else {}
        inner = self.block(self.classes[f"{struct}OutputReference"], self.written.get(struct.lower(), {}), struct)
        return {"nesting": nesting, **bounds, **inner}


def _modes(text: str) -> Callable[[str], str]:
    """Who sets a member of a class: whatever can be set can be reset too, unless it is required."""
    settable = {name.lower() for _, name in _SET.findall(text)}
    optional = {name.lower() for name in _RESET.findall(text)}

    def mode(member: str) -> str:
        name = member.lower()
        return OPTIONAL if name in optional else REQUIRED if name in settable else COMPUTED

    return mode


def _type(simple: str, collection: str, as_list: str, written: str | None) -> Any:
    """The type of a plain value."""
    if not collection:
        return _SIMPLE[simple]
    return ["set" if as_list or written == "set" else collection.lower(), _SIMPLE[simple]]


def _as_nested(inner: Block) -> dict[str, Any]:
    """Something nested that is no block, as an attribute with attributes."""
    if inner["blocks"]:
        raise SystemExit(f"blocks in an attribute: {sorted(inner['blocks'])}")
    return {"nested": inner["nesting"], "attributes": inner["attributes"]}


def _as_type(inner: Block) -> dict[str, Any]:
    """Something nested that is no block, as an attribute whose type is an object, or a list of objects."""
    fields = {name: attribute["type"] for name, attribute in inner["attributes"].items()}
    return {"type": fields if inner["nesting"] == "single" else [inner["nesting"], fields]}
