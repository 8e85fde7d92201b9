"""The harnesses of a Terraform module and of the local modules that it calls. Reads no file itself."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tfgen.diagnostics import Code
from tfgen.hcl.foreign import ForeignAttribute, ForeignBlock
from tfgen.imports import vocabulary
from tfgen.terraform.evaluate import pairs
from tfgen.terraform.module import Above, Module
from tfgen.terraform.scope import Scope
from tfgen.terraform.values import Leaf, Listed, Made, Mapped, Node, Place, Symbol, UnknownError, plain

_DEEPEST_CALLS: Final = 16
_MOST_INSTANCES: Final = 1000


@dataclass(frozen=True, slots=True)
class Resource:
    """One harness of a module, with all that is evaluated of it."""

    address: str
    body: Mapped
    module: Module
    scope: Scope


@dataclass
class Found:
    """What a search through modules comes to."""

    resources: list[Resource] = field(default_factory=list)
    modules: list[Module] = field(default_factory=list)
    """Every module that was looked through, the root first."""
    not_followed: list[tuple[str, Place, str]] = field(default_factory=list)
    """Calls of modules that were not looked into: their address, their place, and why."""


def search(root: Module) -> Found:
    """Find every harness below a root module; what is wrong stands in the modules' `problems`."""
    found = Found()
    _search(root, found, (root.directory.path,))
    return found


def _search(module: Module, found: Found, opened: tuple[str, ...]) -> None:
    module.budget.take()
    found.modules.append(module)
    for block, path in module.resources(*vocabulary.terraform().harness):
        address = f"{module.address}{'.' if module.address else ''}{'.'.join(block.labels)}"
        made = list(instances(module, block, path, address))
        if not made:
            found.not_followed.append((address, module.place(path, block), "there is none of it"))
        for suffix, scope in made:
            found.resources.append(Resource(f"{address}{suffix}", body(module, block, path, scope), module, scope))
    for block, path in module.blocks("module"):
        _call(module, block, path, found, opened)


def _call(module: Module, block: ForeignBlock, path: str, found: Found, opened: tuple[str, ...]) -> None:
    address = f"{module.address}{'.' if module.address else ''}module.{block.labels[0] if block.labels else ''}"
    place = module.place(path, block)
    attribute = block.attributes.get("source")
    source = module.value(attribute, path) if attribute is not None else None
    if not isinstance(source, Leaf) or not isinstance(source.value, str):
        found.not_followed.append((address, place, "its source is not known"))
        return
    if not source.value.startswith(("./", "../")):
        found.not_followed.append((address, place, f"its source is not local: {source.value}"))
        return
    directory = module.open(module.directory.path, source.value)
    if isinstance(directory, str):
        found.not_followed.append((address, place, directory))
        return
    if directory.path in opened or len(opened) > _DEEPEST_CALLS:
        module.fault(Code.NOT_READ, f"the module {address} calls itself, by its source {source.value!r}", place)
        return
    for suffix, scope in instances(module, block, path, address):
        arguments = {
            name: module.value(one, path, scope)
            for name, one in block.attributes.items()
            if name not in vocabulary.terraform().meta and name not in ("source", "version", "providers")
        }
        above = Above(module.root, posixpath.normpath(posixpath.join(module.inside, source.value)))
        child = module.called(directory, above, arguments, f"{address}{suffix}")
        _search(child, found, (*opened, directory.path))


def instances(module: Module, block: ForeignBlock, path: str, address: str) -> Iterator[tuple[str, Scope]]:
    """The suffix and the scope of each instance of a block; none, and a problem, when that is not known."""
    made = decided(module, block, path)
    if not isinstance(made, Undecided):
        yield from made
        return
    module.fault(
        Code.NOT_DECIDED,
        f"how many there are of {address} is decided by `{made.said}`, which only Terraform knows",
        made.place,
        "give the variables in it a default, or import a harness that exists from its get-harness response",
    )


@dataclass(frozen=True, slots=True)
class Undecided:
    """The argument by which only Terraform knows how many there are of a block."""

    said: str
    place: Place


def decided(module: Module, block: ForeignBlock, path: str) -> list[tuple[str, Scope]] | Undecided:
    """The suffix and the scope of each instance of a block, or what keeps them from being known."""
    scope = module.scope(module.place(path, block))
    for name, make in (("for_each", _each), ("count", _count)):
        attribute = block.attributes.get(name)
        if attribute is None:
            continue
        made = make(module.value(attribute, path))
        if made is None or len(made) > _MOST_INSTANCES:
            return Undecided(f"{name} = {' '.join(attribute.source.split())}", module.place(path, attribute))
        return [(suffix, scope.also(**loop)) for suffix, loop in made]
    return [("", scope)]


_Loops = list[tuple[str, Mapping[str, Node]]]


def _each(value: Node) -> _Loops | None:
    if isinstance(value, Symbol) and value.default is not None:
        value = value.default
    found = pairs(value)
    if found is None:
        return None
    made: _Loops = []
    for name, one in found:
        key = name
        if isinstance(value, Listed):  # a set: its elements are its keys
            if not isinstance(one, Leaf) or not isinstance(one.value, str):
                return None
            key = one.value
        each = Mapped({"key": Leaf(key, value.place), "value": one}, value.place)
        made.append((f'["{key}"]', {"each": each}))
    return made


def _count(value: Node) -> _Loops | None:
    try:
        number = plain(value)
    except UnknownError:
        return None
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= _MOST_INSTANCES:
        return None
    return [
        (f"[{index}]", {"count": Mapped({"index": Leaf(index, value.place)}, value.place)}) for index in range(number)
    ]


def body(module: Module, block: ForeignBlock, path: str, scope: Scope) -> Mapped:
    """All that a block says, evaluated; nested blocks of a type are a list. Raises `TfgenError` for too many blocks."""
    module.budget.take()
    items: dict[str, Node] = {
        name: module.value(attribute, path, scope)
        for name, attribute in block.attributes.items()
        if name not in vocabulary.terraform().meta
    }
    nested: dict[str, list[Node]] = {}
    for inner in block.blocks:
        if inner.type == "dynamic":
            nested.setdefault(inner.labels[0] if inner.labels else "dynamic", []).extend(
                _dynamic(module, inner, path, scope)
            )
        elif inner.type not in vocabulary.terraform().meta:
            nested.setdefault(inner.type, []).append(body(module, inner, path, scope))
    for name, found in nested.items():
        if found:
            items[name] = Listed(tuple(found), found[0].place, blocks=True)
    return Mapped(items, module.place(path, block))


def _dynamic(module: Module, block: ForeignBlock, path: str, scope: Scope) -> Iterator[Node]:
    """The blocks that a dynamic one makes; over a list that is not known, one that stands for each of its elements."""
    content = next((inner for inner in block.blocks if inner.type == "content"), None)
    over = block.attributes.get("for_each")
    if content is None or over is None or not block.labels:
        return
    name = _iterator(block.attributes.get("iterator")) or block.labels[0]
    value = module.value(over, path, scope)
    known = value.default if isinstance(value, Symbol) and value.default is not None else value
    found = pairs(known)
    if found is None and isinstance(known, Symbol):
        made = Made("each", (known,))
        each = Symbol(known.of, known.place, known.name, known.label, many=True, path=known.path, made=made)
        key = Symbol(f"{name}.key", known.place)
        found_nodes: list[tuple[Node, Node]] = [(key, each)]
    else:
        found_nodes = [(Leaf(key, known.place), one) for key, one in found or ()]
    for key_node, one in found_nodes:
        item = Mapped({"key": key_node, "value": one}, known.place)
        yield body(module, content, path, scope.also(**{name: item}))


def _iterator(attribute: ForeignAttribute | None) -> str:
    return "" if attribute is None else attribute.source.strip()
