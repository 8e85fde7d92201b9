"""What a tree of Terraform modules makes of a network, and what its expressions name of that. Reads no file itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tfgen.hcl.foreign import ForeignBlock
from tfgen.imports import vocabulary
from tfgen.imports.existing_network import Untold
from tfgen.imports.terraform.harnesses import Found, Undecided, body, decided
from tfgen.terraform.module import Module
from tfgen.terraform.values import Leaf, Listed, Mapped, Node, Symbol, assuming

_DEEPEST: Final = 16
_INSTANCE: Final = re.compile(r"\[[^\]]*\]$")
DATA: Final = "data"


@dataclass(frozen=True, slots=True)
class Made:
    """One instance of a resource or of a data source."""

    address: str
    type: str
    """With `data.` before it for a data source."""
    name: str
    suffix: str
    module: Module
    body: Mapped


@dataclass
class Networks:
    """What a tree of modules has of networks."""

    modules: Sequence[Module]
    not_followed: tuple[str, ...]
    """Calls of modules that were not looked into."""
    made: dict[str, list[Made]] = field(default_factory=dict)
    """Every instance, by its type."""
    named: dict[tuple[str, str], list[Made]] = field(default_factory=dict)
    """Every instance, by its type and its name."""
    beside: dict[tuple[str, str], list[Made]] = field(default_factory=dict)
    """What is said of an endpoint in a resource of its own, by the type of that and the address of the endpoint."""
    untold: list[Untold] = field(default_factory=list)
    assumed: list[Untold] = field(default_factory=list)
    """What is made as often as it is by something that is left at its default."""


def networks(found: Found) -> Networks:
    """Read all endpoints, security groups, rules and routes of the modules that a search went through."""
    calls = (address for address, *_ in found.not_followed if address.rpartition(".")[0].endswith("module"))
    tree = Networks(found.modules, tuple(calls))
    known = vocabulary.network()
    types = (
        known.endpoint,
        known.endpoint_policy,
        known.endpoint_group,
        known.endpoint_dns,
        known.group,
        known.vpc,
        known.subnet,
        known.route_table,
        known.route_association,
        *known.rules,
    )
    for module in found.modules:
        for block, path in module.resources(*types):
            _read(module, block.labels[0], block, path, tree)
        for block, path in module.blocks(DATA, known.endpoint):
            if len(block.labels) > 1:
                _read(module, f"{DATA}.{known.endpoint}", block, path, tree)
    for kind in (known.endpoint_policy, known.endpoint_group, known.endpoint_dns):
        for one in tree.made.get(kind, ()):
            tree.beside.setdefault((kind, owner_of(one, "vpc_endpoint_id", known.endpoint, tree)), []).append(one)
    return tree


def _read(module: Module, kind: str, block: ForeignBlock, path: str, tree: Networks) -> None:
    known, name = vocabulary.network(), block.labels[1]
    address = f"{module.address}{'.' if module.address else ''}{kind}.{name}"
    instances = decided(module, block, path)
    if isinstance(instances, Undecided):
        why = f"how many there are is decided by `{instances.said}`, which only Terraform knows"
        if kind not in known.told_where_named:
            tree.untold.append(Untold(address, instances.place, why))
        return
    for word in ("for_each", "count"):
        attribute = block.attributes.get(word)
        names = module.assumptions(attribute, path) if attribute is not None else ()
        if names:
            why = f"there are {len(instances)} of it as long as {' and '.join(names)} is left at the default"
            tree.assumed.append(Untold(address, module.place(path, block), why))
    for suffix, scope in instances:
        one = Made(f"{address}{suffix}", kind, name, suffix, module, body(module, block, path, scope))
        tree.made.setdefault(kind, []).append(one)
        tree.named.setdefault((kind, name), []).append(one)


@dataclass(frozen=True, slots=True)
class Element:
    """One value of a list, or the one value that stands in its place."""

    node: Node
    module: Module
    """Whose it is."""
    origin: Symbol | None = None
    """The variable whose default it was found in."""


def elements(
    node: Node | None, module: Module, tree: Networks, depth: int = 0, origin: Symbol | None = None
) -> Iterator[Element]:
    """The elements of a list, or the one value; through defaults and outputs of modules."""
    match node:
        case None | Leaf(None):
            return
        case Listed(inner):
            for element in inner:
                yield from elements(element, module, tree, depth, origin)
        case Symbol(default=default) if default is not None and depth < _DEEPEST:
            for one in elements(default, module, tree, depth + 1, origin or qualified(node, module, tree)):
                yield replace(one, node=assuming(one.node, (node.source,)))
        case Symbol(path=("module", name, output, *_)) if depth < _DEEPEST:
            value, child = _output(name, output, tree) or (None, module)
            if value is None:
                yield Element(node, module, origin)
            else:
                yield from elements(value, child, tree, depth + 1, origin)
        case _:
            yield Element(node, module, origin)


def _output(name: str, output: str, tree: Networks) -> tuple[Node, Module] | None:
    ending = f"module.{name}"
    children = [one for one in tree.modules if f".{_INSTANCE.sub('', one.address)}".endswith(f".{ending}")]
    if len(children) != 1:
        return None
    for block, path in children[0].blocks("output", output):
        if "value" in block.attributes:
            return children[0].value(block.attributes["value"], path), children[0]
    return None


def references(node: Node | None, kind: str, module: Module, tree: Networks) -> Iterator[tuple[Node, str]]:
    """Each resource of a type that a value names, with its address; empty when it is not in the tree."""
    for one in elements(node, module, tree):
        yield one.node, address_of(one.node, kind, one.module, tree)


def address_of(node: Node, kind: str, module: Module, tree: Networks) -> str:
    """The address of the resource of a type that a value is an attribute of; empty when it is not in the tree."""
    own, name = _type_and_name(node)
    if not isinstance(node, Symbol) or own != kind:
        return ""
    found = tree.named.get((kind, name), [])
    if len(found) > 1:
        found = [one for one in found if node.source.startswith(f"{kind}.{one.name}{one.suffix}.")]
    if len(found) > 1 and not module.address:
        found = [one for one in found if not one.module.address]
    return found[0].address if len(found) == 1 else ""


def _type_and_name(node: Node) -> tuple[str, str]:
    match node:
        case Symbol(path=("data", kind, name, *_)):
            return f"{DATA}.{kind}", name
        case Symbol(path=(kind, name, *_)):
            return kind, name
        case _:
            return "", ""


def owner_of(one: Made, word: str, kind: str, tree: Networks) -> str:
    """The address of the resource of a type that an argument of another one names; empty when it is not in the tree."""
    return next((address for _, address in references(one.body.items.get(word), kind, one.module, tree)), "")


def id_of(one: Made) -> Symbol:
    """The id of a resource, by a name that no other module's has."""
    return Symbol(f"{one.address}.id", one.body.place, label=one.name, path=(one.type, one.name, "id"))


def qualified(symbol: Symbol, module: Module, tree: Networks) -> Symbol:
    """A symbol by a name that tells its module, as another module may have the same."""
    address = address_of(symbol, _type_and_name(symbol)[0], module, tree)
    if address and symbol.source.endswith(f".{symbol.path[-1]}"):
        return replace(symbol, of=f"{address}.{symbol.path[-1]}")
    handed = {one.source for argument in module.arguments.values() for one in _symbols(argument)}
    if not module.address or symbol.source in handed:
        return symbol
    return replace(symbol, of=f"{symbol.source} in {module.address}")


def _symbols(node: Node) -> Iterator[Symbol]:
    match node:
        case Symbol():
            yield node
        case Mapped(items):
            for part in items.values():
                yield from _symbols(part)
        case Listed(inner):
            for part in inner:
                yield from _symbols(part)
        case _:
            return


def resolved(node: Node | None, module: Module, tree: Networks) -> Node | None:
    """A value for a posture: through outputs of modules, and each symbol by a name that tells its module."""
    match node:
        case Symbol(path=("module", name, output, *_)) if (found := _output(name, output, tree)) is not None:
            return resolved(*found, tree)
        case Symbol():
            return qualified(node, module, tree)
        case Listed(inner):
            kept = tuple(one for part in inner if (one := resolved(part, module, tree)) is not None)
            return replace(node, elements=kept)
        case _:
            return node
