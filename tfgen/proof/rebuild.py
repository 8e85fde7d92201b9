"""What parsed Terraform files make, in evaluated values. Must not know how text is rendered.

The root's calls are followed, so a wrong wire between the root and a part shows in the part's resources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from tfgen.diagnostics import InternalError
from tfgen.hcl.tree import Attribute, Block, Body, Call, Expr, Literal, Reference
from tfgen.iam.policy import Policy
from tfgen.iam.text import Text
from tfgen.proof.policy import policy_of
from tfgen.render.addresses import WIRES
from tfgen.terraform.declared import NOWHERE, Declared, declared_input
from tfgen.terraform.evaluate import evaluate
from tfgen.terraform.text import text_of
from tfgen.terraform.values import Encoded, Leaf, Listed, Made, Mapped, Node, Symbol

Argument = Node | Policy
Rebuilt = dict[str, dict[str, Argument]]
"""For each thing made, by its address (`execution-role/aws_iam_role.execution`), its arguments."""

_KNOWN_BLOCKS: Final = frozenset({"terraform", "data", "locals", "resource", "variable", "output", "module", "moved"})
_CONTEXT: Final[dict[tuple[str, ...], str]] = {
    ("data", "aws_caller_identity", "current", "account_id"): "account",
    ("data", "aws_partition", "current", "partition"): "partition",
    ("data", "aws_region", "current", "id"): "region",
}
"""What the data sources of a module give, by reference."""
_WIRES: Final[dict[tuple[str, ...], Node]] = {
    output: declared_input(item.name, many=item.many) for output, item in WIRES.items()
}
"""What parts give each other, each as the input that takes it."""


def text_in(value: Argument | None) -> Text | None:
    """The text that an argument is; None when it is another kind of value."""
    return None if value is None or isinstance(value, Policy) else text_of(value)


def referred(value: Argument | None) -> tuple[str, ...]:
    """The dotted name that an argument is, when only Terraform knows its value; else nothing."""
    written = value.written if isinstance(value, Symbol) and value.made is None else None
    return written.path if isinstance(written, Reference) else ()


class _Module:
    """The blocks of one directory by kind."""

    def __init__(self, name: str, blocks: list[Block]) -> None:
        self.name = name
        self.blocks = blocks
        for block in blocks:
            if block.type not in _KNOWN_BLOCKS:
                raise InternalError(f"{name or 'the root'} holds a block {block.type!r}, which tfgen never makes")

    def of(self, kind: str) -> Iterator[Block]:
        return (block for block in self.blocks if block.type == kind)

    def declared(self) -> dict[str, Expr]:
        """The variables with their types."""
        return {block.labels[0]: _required(block, "type") for block in self.of("variable")}

    def inputs(self) -> dict[str, Node]:
        """Each variable as what its user gives, where that is a string or a list of strings."""
        string = Reference(("string",))
        kinds = {string: False, Call("list", (string,)): True}
        return {name: declared_input(name, many=kinds[kind]) for name, kind in self.declared().items() if kind in kinds}

    def names(self, inputs: Mapping[str, Node]) -> Declared:
        local = {name: value for block in self.of("locals") for name, value in attributes(block).items()}
        data = {block.labels for block in self.of("data") if not block.body}
        context: dict[tuple[str, ...], Node] = {
            path: Symbol(".".join(path), NOWHERE, context=name) for path, name in _CONTEXT.items() if path[1:3] in data
        }
        return Declared(inputs, local, context | _WIRES)


def attributes(block: Block) -> dict[str, Expr]:
    """The attributes of a block's body by name."""
    return {node.name: node.value for node in block.body if isinstance(node, Attribute)}


def _required(block: Block, name: str) -> Expr:
    found = attributes(block).get(name)
    if found is None:
        raise InternalError(f"{block.type} {'.'.join(block.labels)} has no {name}")
    return found


def rebuild(bodies: Mapping[str, Body]) -> Rebuilt:
    """What the files (path -> parsed body) make. Raises `InternalError` where that cannot be told."""
    directories: dict[str, list[Block]] = {}
    for path, body in bodies.items():
        blocks = directories.setdefault(path.rpartition("/")[0], [])
        for node in body:
            if isinstance(node, Attribute):
                raise InternalError(f"{path} sets {node.name!r} outside any block")
            if isinstance(node, Block):
                blocks.append(node)
    modules = {name: _Module(name, blocks) for name, blocks in directories.items()}
    made: Rebuilt = {}
    called = _root(modules, made) if "" in modules else {name: modules[name].inputs() for name in modules}
    for name, inputs in called.items():
        _part(modules[name], inputs, made)
    return made


def _root(modules: Mapping[str, _Module], made: Rebuilt) -> dict[str, dict[str, Node]]:
    root = modules[""]
    names = root.names(root.inputs())
    if any(True for kind in ("resource", "data") for _ in root.of(kind)):
        raise InternalError("the root module makes something itself")
    made.update(_outputs(root, "root", names))
    called: dict[str, dict[str, Node]] = {}
    for call in root.of("module"):
        arguments = attributes(call)
        source = arguments.pop("source", None)
        if not isinstance(source, Literal) or source.value.removeprefix("./") not in modules:
            raise InternalError(f"module {call.labels} calls a source that was not rendered")
        given = {name: evaluate(value, names.scope()) for name, value in arguments.items()}
        made[f"root/module.{'.'.join(call.labels)}"] = dict(given)
        called[source.value.removeprefix("./")] = given
    if left := modules.keys() - called.keys() - {""}:
        raise InternalError(f"the root does not call {sorted(left)}")
    return called


def _part(module: _Module, inputs: Mapping[str, Node], made: Rebuilt) -> None:
    name = module.name.rpartition("/")[2]
    if undeclared := inputs.keys() - module.declared().keys():
        raise InternalError(f"{name} is given {sorted(undeclared)}, which it does not take")
    names = module.names(inputs)
    for block in module.of("resource"):
        made[f"{name}/{'.'.join(block.labels)}"] = _arguments(block, names)
    for block in module.of("data"):
        if block.body:
            made[f"{name}/data.{'.'.join(block.labels)}"] = _arguments(block, names)
    made.update(_outputs(module, name, names))


def _arguments(block: Block, names: Declared) -> dict[str, Argument]:
    """What a block sets, nested blocks under their type."""
    return {name: _argument(value) for name, value in _set(block, names, {}).items()}


def _argument(value: Node) -> Argument:
    """The value, or the policy that it encodes; no policy can be mistaken for a template of CloudFormation."""
    if not isinstance(value, Encoded):
        return value
    is_template = isinstance(value.of, Mapped) and "AWSTemplateFormatVersion" in value.of.items
    return value if is_template else policy_of(value.of)


def _nested(block: Block, names: Declared, loop: Mapping[str, Node]) -> dict[str, Node]:
    """The blocks inside a block by their type, in one order of what they set.

    Labels stand under a name that no argument can have. A dynamic block stands with those that it makes: what it
    repeats over under `for_each`, and its content as it is for each element.
    """
    found: dict[str, list[Node]] = {}
    for node in block.body:
        if isinstance(node, Block) and node.type == "dynamic":
            kind, inner = node.labels[0], _content(node)
            over = evaluate(_required(node, "for_each"), names.scope(loop))
            each = {kind: _each(over)} if isinstance(over, Symbol) and over.many else {}
            made = _set(inner, names, {**loop, **each})
            found.setdefault(kind, []).append(_ordered({"for_each": over, **made}))
        elif isinstance(node, Block):
            labels: dict[str, Node] = {"": Leaf(" ".join(node.labels), NOWHERE)} if node.labels else {}
            found.setdefault(node.type, []).append(_ordered({**labels, **_set(node, names, loop)}))
    return {kind: Listed(tuple(blocks), NOWHERE, blocks=True) for kind, blocks in found.items()}


def _each(over: Symbol) -> Node:
    """What stands for each element in the content of a dynamic block."""
    return Mapped({"value": replace(over, many=True, made=Made("each", (over,)))}, NOWHERE)


def _set(block: Block, names: Declared, loop: Mapping[str, Node]) -> dict[str, Node]:
    scope = names.scope(loop)
    own = {name: evaluate(value, scope) for name, value in attributes(block).items()}
    nested = _nested(block, names, loop)
    if twice := own.keys() & nested.keys():
        raise InternalError(f"{block.type} {'.'.join(block.labels)} has {sorted(twice)} as attributes and as blocks")
    return {**own, **nested}


def _ordered(items: Mapping[str, Node]) -> Mapped:
    return Mapped(dict(sorted(items.items())), NOWHERE)


def _content(dynamic: Block) -> Block:
    inner = [node for node in dynamic.body if isinstance(node, Block)]
    if [node.type for node in inner] != ["content"] or len(attributes(dynamic)) != 1:
        raise InternalError(f"the dynamic block {dynamic.labels} is not one that tfgen makes")
    return inner[0]


def _outputs(module: _Module, name: str, names: Declared) -> Rebuilt:
    """Each output with its value; one that is a table of policies with these."""
    found: Rebuilt = {}
    for block in module.of("output"):
        value = evaluate(_required(block, "value"), names.scope())
        table = value.items if isinstance(value, Mapped) else {"value": value}
        found[f"{name}/output.{block.labels[0]}"] = {key: _argument(entry) for key, entry in table.items()}
    return found
