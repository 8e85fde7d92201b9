"""What `terraform validate` would say of the rendered text, told without terraform. Must not know how text is made.

Blocks and arguments are held against the schemas of their providers, references against what the module declares, and
the versions that a module takes against those that know all it uses. No posture can cause a fault: each is our bug.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tfgen.catalog import provider
from tfgen.catalog.provider import Mode, Nested
from tfgen.diagnostics import InternalError
from tfgen.hcl.tree import Attribute, Block, Body, Call, ForTuple, Item, Literal, Null, Object, Tuple
from tfgen.proof.references import Module, undeclared
from tfgen.proof.template import faults as template_faults
from tfgen.proof.typed import faults as value_faults

META: Final = frozenset({"count", "depends_on", "for_each", "provider"})
"""Arguments that every resource takes (https://developer.hashicorp.com/terraform/language/meta-arguments)."""

TEMPLATE: Final = ("aws_cloudformation_stack", "template_body")
"""The argument that is a template of CloudFormation, by its resource."""

META_BLOCKS: Final = frozenset({"lifecycle"})


def check(bodies: Mapping[str, Body]) -> None:
    """Hold all files (path -> parsed body) to it. Raises `InternalError` with every fault."""
    if found := list(faults(bodies)):
        raise InternalError("the rendered text is not valid: " + "; ".join(found))


def faults(bodies: Mapping[str, Body]) -> Iterator[str]:
    """Everything that is wrong, in sentences that name the place."""
    modules: dict[str, Module] = {}
    for path, body in bodies.items():
        folder = path.rpartition("/")[0]
        modules.setdefault(folder, Module(folder)).add(body)
    for module in modules.values():
        where = module.folder or "the root"
        for block in module.blocks:
            if block.type in {"resource", "data"}:
                yield from (f"{where}: {fault}" for fault in _resource(block))
        yield from (f"{where}: {fault}" for fault in undeclared(module, modules))
        yield from (f"{where}: {fault}" for fault in _versions(module))


def _resource(block: Block) -> Iterator[str]:
    """What is wrong with a resource or data source."""
    schema = provider.body(block.type, block.labels[0])
    if schema is None:
        yield f"no provider has the {block.type} {block.labels[0]}"
    else:
        yield from held(block, schema)


def held(block: Block, schema: provider.Body) -> Iterator[str]:
    """What is wrong with a resource or data source that takes what `schema` says."""
    address = ".".join(block.labels)
    kept = tuple(
        node
        for node in block.body
        if not (isinstance(node, Attribute) and node.name in META)
        and not (isinstance(node, Block) and node.type in META_BLOCKS)
    )
    for node in block.body:
        if isinstance(node, Attribute) and node.name == "for_each" and isinstance(node.value, Literal | Tuple):
            yield f"{address}: for_each is no map and no set of strings"
    yield from _body(address, kept, schema)
    for node in kept:
        if isinstance(node, Attribute) and (block.labels[0], node.name) == TEMPLATE:
            yield from (f"{address}: {fault}" for fault in template_faults(node.value))


def _body(where: str, body: Body, schema: provider.Body) -> Iterator[str]:
    """What is wrong with the arguments and blocks of one body."""
    written = {node.name: node.value for node in body if isinstance(node, Attribute)}
    for name, value in written.items():
        attribute = schema.attributes.get(name)
        if attribute is None:
            kind = "is a block there, and is written as an argument" if name in schema.blocks else "is not known there"
            yield f"{where}: {name} {kind}"
        elif attribute.mode is Mode.COMPUTED:
            yield f"{where}: {name} cannot be set"
        else:
            yield from (f"{where}: {fault}" for fault in value_faults(name, value, attribute))
    grouped = dict(_grouped(body))
    for name, blocks in grouped.items():
        yield from _blocks(where, name, blocks, schema)
    for name, attribute in schema.attributes.items():
        if attribute.mode is Mode.REQUIRED and written.get(name, Null()) == Null() and name not in grouped:
            yield f"{where}: {name} is missing"
    for name, nested in schema.blocks.items():
        if nested.least and name not in grouped:
            yield f"{where}: the block {name} is missing"


def _grouped(body: Body) -> Iterator[tuple[str, list[Block]]]:
    """The nested blocks by what they are; a `dynamic` one stands with those that it makes."""
    found: dict[str, list[Block]] = {}
    for node in body:
        if isinstance(node, Block):
            found.setdefault(node.labels[0] if node.type == "dynamic" else node.type, []).append(node)
    yield from found.items()


def _blocks(where: str, name: str, blocks: list[Block], schema: provider.Body) -> Iterator[str]:
    nested = schema.member(name)
    if not isinstance(nested, Nested):
        kind = "is an argument there, and is written as a block" if name in schema.attributes else "is not known there"
        yield f"{where}: {name} {kind}"
        return
    plain = sum(block.type != "dynamic" for block in blocks)
    if nested.most is not None and plain > nested.most:
        yield f"{where}: {plain} blocks {name}, and {nested.most} may be there"
    for number, block in enumerate(blocks):
        inner = f"{where}.{name}[{number}]" if len(blocks) > 1 else f"{where}.{name}"
        if block.type == "dynamic":
            yield from _dynamic(inner, block)
        elif block.labels:
            yield f"{inner} has labels"
        yield from _body(inner, _content(block), nested.body)


def _dynamic(where: str, block: Block) -> Iterator[str]:
    """What is wrong with a block that makes others, apart from these."""
    each = [node.value for node in block.body if isinstance(node, Attribute) and node.name == "for_each"]
    contents = [node for node in block.body if isinstance(node, Block)]
    if not each:
        yield f"{where}: for_each of the dynamic block is missing"
    elif isinstance(each[0], Literal):
        yield f"{where}: for_each of the dynamic block is a single value"
    if [(node.type, node.labels) for node in contents] != [("content", ())]:
        yield f"{where}: a dynamic block has one block, content"
    for node in block.body:
        if isinstance(node, Attribute) and node.name not in {"for_each", "iterator"}:
            yield f"{where}: {node.name} is not known in a dynamic block"


def _content(block: Block) -> Body:
    """The body that a block gives to what it makes: its own, or that of `content` in a dynamic one."""
    if block.type != "dynamic":
        return block.body
    return next((node.body for node in block.body if isinstance(node, Block) and node.type == "content"), ())


def _versions(module: Module) -> Iterator[str]:
    """Whether the module takes no version of a provider that lacks what it uses."""
    for block in module.blocks:
        if block.type not in {"resource", "data"} or provider.body(block.type, block.labels[0]) is None:
            continue
        kind = block.labels[0]
        name = kind.partition("_")[0]
        needed = provider.needed(block.type, kind, used(block.body))
        taken = module.providers.get(name)
        if taken is None:
            yield f"{kind} needs the provider {name}, which is not required"
        elif taken < needed[: max(len(taken), 2)]:
            yield f"{kind} needs version {_dotted(needed)} of {name}, and {_dotted(taken)} is taken too"


def _dotted(version: Iterable[int]) -> str:
    return ".".join(map(str, version))


def used(body: Body, above: str = "") -> frozenset[str]:
    """The dotted paths of all arguments and blocks of a body."""
    found: set[str] = set()
    for node in body:
        if isinstance(node, Attribute):
            found |= {f"{above}{node.name}", *_used_in(node.value, f"{above}{node.name}.")}
        elif isinstance(node, Block):
            name = node.labels[0] if node.type == "dynamic" else node.type
            found |= {f"{above}{name}", *used(_content(node), f"{above}{name}.")}
    return frozenset(found)


def _used_in(value: object, above: str) -> Iterator[str]:
    """The dotted paths in an object, or in the objects of a list."""
    match value:
        case Object(items):
            for item in items:
                if isinstance(item, Item) and isinstance(item.key, str):
                    yield f"{above}{item.key}"
                    yield from _used_in(item.value, f"{above}{item.key}.")
        case Tuple(parts) | Call("concat", parts):
            for part in parts:
                yield from _used_in(part, above)
        case ForTuple():
            yield from _used_in(value.result, above)
        case _:
            return
