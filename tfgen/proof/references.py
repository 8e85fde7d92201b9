"""Whether everything that a module refers to is declared. Must not know how text is rendered."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache
from typing import Final

from tfgen.catalog import provider
from tfgen.hcl.tree import Attribute, Block, Body, ForObject, ForTuple, Item, Literal, Object, Reference

_OF_THE_LANGUAGE: Final = frozenset({"path", "terraform"})
_INSTANCES: Final[Mapping[str, str]] = {"count": "count", "each": "for_each"}
"""By the name that stands for the instance, the argument that makes instances."""


@dataclass(slots=True)
class Module:
    """The blocks of one directory."""

    folder: str
    blocks: list[Block] = field(default_factory=list)

    def add(self, body: Body) -> None:
        """Take in a file."""
        self.blocks += (node for node in body if isinstance(node, Block))

    def named(self, kind: str) -> dict[str, Block]:
        """Blocks of a kind with one label, by that."""
        return {block.labels[0]: block for block in self.blocks if block.type == kind}

    @property
    def made(self) -> dict[tuple[str, ...], Block]:
        """Resources and data sources by what refers to them."""
        resources = {block.labels: block for block in self.blocks if block.type == "resource"}
        return resources | {("data", *block.labels): block for block in self.blocks if block.type == "data"}

    @property
    def local(self) -> frozenset[str]:
        """The names of local values."""
        blocks = (block for block in self.blocks if block.type == "locals")
        return frozenset(node.name for block in blocks for node in block.body if isinstance(node, Attribute))

    @property
    def providers(self) -> dict[str, tuple[int, ...]]:
        """The oldest versions of providers that the module takes."""
        found: dict[str, tuple[int, ...]] = {}
        for block in self.blocks:
            if block.type == "terraform":
                inner = (node for node in block.body if isinstance(node, Block) and node.type == "required_providers")
                for node in (node for one in inner for node in one.body if isinstance(node, Attribute)):
                    found[node.name] = _at_least(node.value)
        return found


def undeclared(module: Module, modules: Mapping[str, Module]) -> Iterator[str]:
    """References of a module to what is not there, and calls that give too much or too little."""
    variables, made, local = module.named("variable"), module.made, module.local
    for block in module.blocks:
        if block.type == "variable":
            continue  # its words are types, and its conditions are tested where variables are
        references, bound = _names_in(_now(block))
        for path in dict.fromkeys(reference.path for reference in references):
            if path[0] in _OF_THE_LANGUAGE or path[0] in bound or _INSTANCES.get(path[0]) in _names(block):
                continue
            if path[0] == "self" and len(path) == 2 and _attribute(block, path[1], of_instance=True):
                continue
            if not _declared(path, variables, local, made) and not _output(path, module, modules):
                yield f"{'.'.join(path)} is not declared"
    for name, call in module.named("module").items():
        yield from _call(name, call, modules.get(_source(call)), variables.keys())


def _now(block: Block) -> Block:
    """A block without what it says of the past: `moved` names a resource that is there no more."""
    if block.type != "moved":
        return block
    return replace(block, body=tuple(one for one in block.body if not isinstance(one, Attribute) or one.name != "from"))


def _declared(
    path: tuple[str, ...], variables: Mapping[str, Block], local: frozenset[str], made: Mapping[tuple[str, ...], Block]
) -> bool:
    if path[0] in {"var", "local"}:
        return len(path) > 1 and path[1] in (variables if path[0] == "var" else local)
    length = 3 if path[0] == "data" else 2
    block = made.get(path[:length])
    return block is not None and (len(path) == length or _attribute(block, path[length]))


def _attribute(block: Block, name: str, *, of_instance: bool = False) -> bool:
    """Whether a resource has an attribute of that name; with instances, what follows is a key of them."""
    if not of_instance and not _names(block).isdisjoint(_INSTANCES.values()):
        return False
    schema = provider.body(block.type, block.labels[0])
    return schema is None or name in schema.attributes or name in schema.blocks


def _names(block: Block) -> frozenset[str]:
    return frozenset(node.name for node in block.body if isinstance(node, Attribute))


def _output(path: tuple[str, ...], module: Module, modules: Mapping[str, Module]) -> bool:
    if path[0] != "module" or len(path) < 3 or (call := module.named("module").get(path[1])) is None:
        return False
    called = modules.get(_source(call))
    return called is not None and path[2] in called.named("output")


def _source(call: Block) -> str:
    for node in call.body:
        if isinstance(node, Attribute) and node.name == "source" and isinstance(node.value, Literal):
            return node.value.value.removeprefix("./")
    return ""


def _call(name: str, call: Block, called: Module | None, own: Container[str]) -> Iterator[str]:
    """What is wrong with a call by a module with variables of its `own`, each of which it hands on."""
    if called is None:
        yield f"module.{name} calls what is not there"
        return
    given = _names(call) - {"source"}
    variables = called.named("variable")
    for extra in sorted(given - variables.keys()):
        yield f"module.{name} is given {extra}, which it does not take"
    for variable, block in variables.items():
        if variable not in given and (variable in own or "default" not in _names(block)):
            yield f"module.{name} is not given {variable}"


@cache
def _parts(kind: type) -> tuple[str, ...]:
    return tuple(entry.name for entry in fields(kind))


def _names_in(block: Block) -> tuple[list[Reference], set[str]]:
    """The references in a block, and the names that its loops bind."""
    references: list[Reference] = []
    bound: set[str] = set()
    stack: list[object] = [block]
    while stack:
        node = stack.pop()
        if isinstance(node, str | Literal):
            continue
        if isinstance(node, Reference):
            references.append(node)
        elif isinstance(node, tuple):
            stack.extend(node)
        elif is_dataclass(node) and not isinstance(node, type):
            if isinstance(node, ForTuple | ForObject):
                bound |= set(node.names)
            elif isinstance(node, Block) and node.type == "dynamic":
                bound |= set(node.labels)
            stack.extend(getattr(node, name) for name in _parts(type(node)))
    return references, bound


def _at_least(value: object) -> tuple[int, ...]:
    """The lower bound of a provider's version; () when there is none."""
    items = value.items if isinstance(value, Object) else ()
    for item in items:
        if isinstance(item, Item) and item.key == "version" and isinstance(item.value, Literal):
            return tuple(int(part) for part in item.value.value.removeprefix(">= ").split("."))
    return ()
