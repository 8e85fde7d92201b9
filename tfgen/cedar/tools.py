"""A tools manifest as tools with typed arguments: what `tools/list` of a target answers. Knows no Cedar text.

https://modelcontextprotocol.io/specification/2025-06-18/server/tools for the manifest. Types follow AWS's table, see
`agentcore.toml`; a tool that cannot be mapped is refused alone, with a finding at its place in the manifest.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

from tfgen.cedar.arguments import Field, Opaque, Record, Scalar, SetOf, Type
from tfgen.cedar.facts import facts
from tfgen.diagnostics import Code, Finding, Route, Severity

_DEEPEST: Final = 32
_RESERVED: Final = frozenset({"__entity", "__extn", "__expr"})
"""Keys with a meaning of their own in Cedar's JSON form of values."""

_UNDOCUMENTED: Final = (
    ("enum", "one of a fixed list"),
    ("const", "one fixed value"),
    ("oneOf", "one of several types"),
    ("anyOf", "one of several types"),
    ("allOf", "several types at once"),
    ("not", "anything but a type"),
)
_KINDS: Final = {"object": "an object with free keys", "array": "a list of anything", "null": "null"}


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool of a gateway's target."""

    target: str
    name: str
    arguments: Record
    description: str = ""

    @property
    def action(self) -> str:
        """Its name among the schema's actions."""
        return f"{self.target}{facts().separator}{self.name}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The tools of one target that can be mapped, and what is wrong with the others."""

    tools: tuple[Tool, ...]
    findings: tuple[Finding, ...]


class _RefusedError(Exception):
    """A tool cannot be mapped."""

    def __init__(self, message: str, *steps: str | int, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.steps = steps
        self.help = help


def _refuse(message: str, *steps: str | int) -> NoReturn:
    raise _RefusedError(message, *steps)


def manifest(data: object, target: str, file: str = "") -> Manifest:
    """Read the answer to `tools/list`, alone or in its JSON-RPC envelope; findings lie in `file`."""
    base: Route = ()
    if isinstance(data, Mapping) and isinstance(data.get("result"), Mapping):
        base, data = ("result",), data["result"]
    listed = data.get("tools") if isinstance(data, Mapping) else None
    if not isinstance(listed, list):
        message = "this is no tools manifest: a list under 'tools' is needed"
        help = "write the answer of the target to `tools/list` into the file"
        return Manifest((), (Finding(Code.TOOL_REFUSED, message, base, help, file=file),))
    tools: dict[str, Tool] = {}
    findings: list[Finding] = []
    for place, found in enumerate(listed):
        try:
            tool = _tool(found, target)
            if tool.name in tools:
                _refuse("has the name of an earlier tool", "name")
            tools[tool.name] = tool
        except _RefusedError as refused:
            named = (
                repr(found["name"])
                if isinstance(found, Mapping) and isinstance(found.get("name"), str)
                else f"number {place + 1}"
            )
            message = f"the tool {named} of {target!r} {refused.message}"
            route = (*base, "tools", place, *refused.steps)
            help = refused.help or "it stays unchecked, while policies about all tools of its target hold for it too"
            findings.append(Finding(Code.TOOL_REFUSED, message, route, help, Severity.WARNING, file=file))
    return Manifest(tuple(tools.values()), tuple(findings))


def _tool(found: object, target: str) -> Tool:
    if not isinstance(found, Mapping):
        raise _RefusedError("is no mapping")
    name = found.get("name")
    if not isinstance(name, str) or not name:
        raise _RefusedError("has no name")
    _check_name(name, "name")
    schema = found.get("inputSchema")
    if not isinstance(schema, Mapping):
        raise _RefusedError("has no 'inputSchema'", help="its arguments must be known; write { type: object } for none")
    if schema.get("type") != "object":
        raise _RefusedError("takes no object with named arguments", "inputSchema", help="write type: object")
    description = found.get("description")
    arguments = _Mapping(schema).record(schema, ("inputSchema",), ())
    return Tool(target, name, arguments, description if isinstance(description, str) else "")


def _check_name(name: str, *steps: str | int) -> None:
    try:
        name.encode()
    except UnicodeEncodeError:
        raise _RefusedError("has half of a surrogate pair in a name, which is no character", *steps) from None
    if not unicodedata.is_normalized("NFC", name):
        message = f"has the name {name!r}, which is not in Unicode's normal form C, and Terraform would change it"
        raise _RefusedError(message, *steps)
    if name in _RESERVED:
        raise _RefusedError(f"has an argument named {name!r}, which means something else in Cedar's JSON", *steps)


class _Mapping:
    """The way from one tool's JSON Schema to types; `$ref` is looked up in `root`."""

    def __init__(self, root: Mapping[str, object]) -> None:
        self._root = root

    def record(self, schema: Mapping[str, object], steps: Route, seen: tuple[str, ...]) -> Record:
        """Map a schema of type `object`."""
        if len(steps) > _DEEPEST * 2:
            raise _RefusedError(f"has arguments more than {_DEEPEST} levels deep", *steps)
        properties = schema.get("properties", {})
        if not isinstance(properties, Mapping):
            raise _RefusedError("has 'properties' that are no mapping", *steps, "properties")
        required = schema.get("required", [])
        if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
            raise _RefusedError("has a 'required' that is no list of names", *steps, "required")
        return Record(tuple(self._fields(properties, frozenset(required), (*steps, "properties"), seen)))

    def _fields(
        self, properties: Mapping[str, object], required: frozenset[str], steps: Route, seen: tuple[str, ...]
    ) -> Iterator[Field]:
        for name, schema in properties.items():
            _check_name(name, *steps, name)
            yield Field(name, self.type(schema, (*steps, name), seen), name in required)

    def type(self, schema: object, steps: Route, seen: tuple[str, ...]) -> Type:
        """Map any schema."""
        if schema is True:
            return Opaque("any value")
        if not isinstance(schema, Mapping):
            raise _RefusedError("has an argument whose schema is no mapping", *steps)
        if "$ref" in schema:
            return self._reference(schema["$ref"], steps, seen)
        undocumented = next((why for key, why in _UNDOCUMENTED if key in schema), None)
        if undocumented is not None:
            return Opaque(undocumented)
        kind = schema.get("type")
        return self._of_kind(kind[0] if isinstance(kind, list) and len(kind) == 1 else kind, schema, steps, seen)

    def _of_kind(self, kind: object, schema: Mapping[str, object], steps: Route, seen: tuple[str, ...]) -> Type:
        match kind:
            case "string" if schema.get("format") in facts().formats:
                return Opaque(f"a text in the format {schema['format']!r}")
            case "string" | "integer" | "boolean" | "number":
                return Scalar(kind)
            case "object" if schema.get("properties") and not isinstance(schema.get("additionalProperties"), Mapping):
                return self.record(schema, steps, seen)
            case "array" if isinstance(schema.get("items"), Mapping):
                return SetOf(self.type(schema["items"], (*steps, "items"), seen))
            case None:
                return Opaque("any value")
            case list():
                return Opaque("one of several types")
            case "object" | "array" | "null":
                return Opaque(_KINDS[kind])
            case _:
                raise _RefusedError(f"has an argument of the unknown type {kind!r}", *steps, "type")

    def _reference(self, reference: object, steps: Route, seen: tuple[str, ...]) -> Type:
        """Follow a reference into the tool's own schema (RFC 6901); one that leads to itself is opaque."""
        if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
            help = "write the referenced schema into 'inputSchema'"
            raise _RefusedError(f"refers to {reference!r}, which is not in its schema", *steps, "$ref", help=help)
        if reference in seen or reference == "#":
            return Opaque("a type that contains itself")
        value: object = self._root
        for part in reference[2:].split("/"):
            value = _step(value, part.replace("~1", "/").replace("~0", "~"))
        if value is None:
            raise _RefusedError(f"refers to {reference!r}, which is not in its schema", *steps, "$ref")
        return self.type(value, steps, (*seen, reference))


def _step(value: object, step: str) -> object:
    match value:
        case Mapping():
            return value.get(step)
        case list() if step.isdecimal() and int(step) < len(value):
            return value[int(step)]
        case _:
            return None


def in_order(tools: Sequence[Tool]) -> tuple[Tool, ...]:
    """The tools by target and name."""
    return tuple(sorted(tools, key=lambda tool: (tool.target, tool.name)))
