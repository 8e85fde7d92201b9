"""What parsed Terraform files make, in plain values. Must not know how text is rendered.

The root's calls are followed, so a wrong wire between the root and a part shows in the part's resources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Final

from tfgen.diagnostics import InternalError
from tfgen.hcl.tree import (
    Attribute,
    Binary,
    Block,
    Body,
    Bool,
    Call,
    Conditional,
    Expr,
    ForTuple,
    Literal,
    Number,
    Reference,
)
from tfgen.iam.policy import VERSION, Condition, Effect, Policy, Principal, Statement
from tfgen.iam.text import Slot, Source, Text, join
from tfgen.proof.evaluate import Blocks, Json, Listed, Many, Mapped, Opaque, Scalar, Scope, Value, evaluate

Argument = Value | Policy
Made = dict[str, dict[str, Argument]]
"""For each thing made, by its address (`execution-role/aws_iam_role.execution`), its arguments."""

_KNOWN_BLOCKS: Final = frozenset({"terraform", "data", "locals", "resource", "variable", "output", "module", "moved"})


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

    def scope(self, variables: Mapping[str, Value]) -> Scope:
        local = {name: value for block in self.of("locals") for name, value in attributes(block).items()}
        return Scope(variables, local, frozenset(block.labels for block in self.of("data") if not block.body))


def attributes(block: Block) -> dict[str, Expr]:
    """The attributes of a block's body by name."""
    return {node.name: node.value for node in block.body if isinstance(node, Attribute)}


def _required(block: Block, name: str) -> Expr:
    found = attributes(block).get(name)
    if found is None:
        raise InternalError(f"{block.type} {'.'.join(block.labels)} has no {name}")
    return found


def rebuild(bodies: Mapping[str, Body]) -> Made:
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
    made: Made = {}
    called = _root(modules, made) if "" in modules else {name: _own_variables(modules[name]) for name in modules}
    for name, variables in called.items():
        _part(modules[name], variables, made)
    return made


def _root(modules: Mapping[str, _Module], made: Made) -> dict[str, dict[str, Value]]:
    root = modules[""]
    scope = root.scope(_own_variables(root))
    if any(True for kind in ("resource", "data") for _ in root.of(kind)):
        raise InternalError("the root module makes something itself")
    made.update(_variables(root, "root"))
    made.update(_versions(root, "root"))
    made.update(_outputs(root, "root", scope))
    called: dict[str, dict[str, Value]] = {}
    for call in root.of("module"):
        arguments = attributes(call)
        source = arguments.pop("source", None)
        if not isinstance(source, Literal) or source.value.removeprefix("./") not in modules:
            raise InternalError(f"module {call.labels} calls a source that was not rendered")
        made[f"root/module.{'.'.join(call.labels)}"] = {"source": evaluate(source, scope)}
        called[source.value.removeprefix("./")] = {name: evaluate(value, scope) for name, value in arguments.items()}
    if left := modules.keys() - called.keys() - {""}:
        raise InternalError(f"the root does not call {sorted(left)}")
    return called


def _own_variables(module: _Module) -> dict[str, Value]:
    """Each declared variable as what its user gives: a string or a list of strings; anything else as it stands."""
    found: dict[str, Value] = {}
    for block in module.of("variable"):
        name = block.labels[0]
        kind = attributes(block).get("type")
        if kind == Reference(("string",)):
            found[name] = join(Slot(Source.INPUT, name))
        elif kind == Call("list", (Reference(("string",)),)):
            found[name] = Many(name)
        else:
            found[name] = Opaque(Reference(("var", name)))
    return found


def _part(module: _Module, variables: Mapping[str, Value], made: Made) -> None:
    name = module.name.rpartition("/")[2]
    if undeclared := variables.keys() - _own_variables(module).keys():
        raise InternalError(f"{name} is given {sorted(undeclared)}, which it does not take")
    scope = module.scope(variables)
    made.update(_variables(module, name))
    made.update(_versions(module, name))
    for block in module.of("resource"):
        made[f"{name}/{'.'.join(block.labels)}"] = _arguments(block, scope)
    for block in module.of("moved"):
        before = _required(block, "from")
        if not isinstance(before, Reference):
            raise InternalError(f"{name} moves what is not a resource")
        made[f"{name}/moved.{'.'.join(before.path)}"] = _arguments(block, scope)
    for block in module.of("data"):
        if block.body:
            made[f"{name}/data.{'.'.join(block.labels)}"] = _arguments(block, scope)
    made.update(_outputs(module, name, scope))
    made.update(_locals(name, made, scope))


def _locals(name: str, made: Made, scope: Scope) -> Made:
    """The local values that stand inside expressions which are compared as they stand, and inside those values."""
    found: Made = {}
    pending: list[object] = [one for address, one in made.items() if address.startswith(f"{name}/")]
    while pending:
        for local in sorted(_local_names(pending.pop()) & scope.local.keys()):
            address = f"{name}/local.{local}"
            if address not in found:
                found[address] = {"value": _argument(evaluate(Reference(("local", local)), scope))}
                pending.append(found[address])
    return found


def _local_names(made: object) -> set[str]:
    """The names of local values anywhere in what was rebuilt."""
    found: set[str] = set()
    stack: list[object] = [made]
    while stack:
        one = stack.pop()
        if isinstance(one, Reference) and one.path[0] == "local" and len(one.path) > 1:
            found.add(one.path[1])
        elif isinstance(one, Mapping):
            stack.extend(one.values())
        elif isinstance(one, tuple):
            stack.extend(one)
        elif is_dataclass(one):
            stack.extend(getattr(one, entry.name) for entry in fields(one))
    return found


def _arguments(block: Block, scope: Scope) -> dict[str, Argument]:
    """What a block sets, nested blocks under their type."""
    found: dict[str, Argument] = {name: _argument(evaluate(value, scope)) for name, value in attributes(block).items()}
    for kind, nested in _nested(block, scope).items():
        if kind in found:
            raise InternalError(f"{'.'.join(block.labels)} has {kind!r} both as an attribute and as a block")
        found[kind] = nested
    return found


def _nested(block: Block, scope: Scope) -> dict[str, Blocks]:
    """The blocks inside a block by their type, in one order of what they set.

    Labels stand under a name that no argument can have. A dynamic block stands with those that it makes: what it
    repeats over under `for_each`, and its content as it is for each element.
    """
    found: dict[str, list[Mapped]] = {}
    for node in block.body:
        if isinstance(node, Block) and node.type == "dynamic":
            kind, inner = node.labels[0], _content(node)
            over = evaluate(_required(node, "for_each"), scope)
            each = join(Slot(Source.EACH, over.name)) if isinstance(over, Many) else Opaque(Reference((kind, "value")))
            made = _set(inner, scope.within(f"{kind}.value", each))
            found.setdefault(kind, []).append(_ordered([("for_each", over), *made]))
        elif isinstance(node, Block):
            labels: list[tuple[str, Value]] = [("", join(label)) for label in node.labels]
            found.setdefault(node.type, []).append(_ordered([*labels, *_set(node, scope)]))
    return {kind: Blocks(tuple(blocks)) for kind, blocks in found.items()}


def _set(block: Block, scope: Scope) -> list[tuple[str, Value]]:
    own: list[tuple[str, Value]] = [(name, evaluate(value, scope)) for name, value in attributes(block).items()]
    return [*own, *_nested(block, scope).items()]


def _ordered(items: list[tuple[str, Value]]) -> Mapped:
    return Mapped(tuple(sorted(items, key=lambda item: item[0])))


def _content(dynamic: Block) -> Block:
    inner = [node for node in dynamic.body if isinstance(node, Block)]
    if [node.type for node in inner] != ["content"] or len(attributes(dynamic)) != 1:
        raise InternalError(f"the dynamic block {dynamic.labels} is not one that tfgen makes")
    return inner[0]


def _versions(module: _Module, name: str) -> Made:
    """The versions of Terraform and of providers that a module takes."""
    found: Made = {}
    for block in module.of("terraform"):
        if f"{name}/terraform" in found:
            raise InternalError(f"{name} says twice which versions it takes")
        facts = _arguments(block, Scope({}, {}, frozenset()))
        providers = facts.get("required_providers")
        if isinstance(providers, Blocks) and len(providers.blocks) == 1:
            facts["required_providers"] = providers.blocks[0]
        found[f"{name}/terraform"] = facts
    return found


def _outputs(module: _Module, name: str, scope: Scope) -> Made:
    """Each output with its value; one that is a table of policies with these."""
    found: Made = {}
    for block in module.of("output"):
        value = evaluate(_required(block, "value"), scope)
        table = value.items if isinstance(value, Mapped) else (("value", value),)
        found[f"{name}/output.{block.labels[0]}"] = {key: _argument(entry) for key, entry in table}
    return found


def _variables(module: _Module, name: str) -> Made:
    scope = Scope({}, {}, frozenset())
    found: Made = {}
    for block in module.of("variable"):
        arguments = attributes(block)
        facts: dict[str, Argument] = {"type": Opaque(_required(block, "type"))}
        for fact in ("default", "nullable", "sensitive"):
            if fact in arguments:
                facts[fact] = evaluate(arguments[fact], scope)
        checks = [_required(node, "condition") for node in block.body if isinstance(node, Block)]
        facts["checks"] = Listed(tuple(_check(condition) for condition in checks))
        found[f"{name}/variable.{block.labels[0]}"] = facts
    return found


def _check(condition: Expr) -> Mapped:
    """What a validation's condition tests: patterns, bounds, how often which name stands in it, and null."""
    patterns, bounds, names = [], [], []
    for node in _nodes(condition):
        if (
            isinstance(node, Call)
            and node.name == "regex"
            and node.arguments
            and isinstance(node.arguments[0], Literal)
        ):
            patterns.append(node.arguments[0].value)
        elif isinstance(node, Binary) and isinstance(node.right, Number):
            bounds.append(f"{node.operator} {node.right.value}")
        elif isinstance(node, Reference):
            names.append(".".join(node.path))
        elif isinstance(node, ForTuple):
            names.append(f"for {', '.join(node.names)}")
    may_be_null = isinstance(condition, Conditional) and condition.then == Bool(True)
    facts = {"patterns": patterns, "bounds": sorted(bounds), "names": sorted(names)}
    listed = tuple((key, Listed(tuple(join(value) for value in values))) for key, values in facts.items())
    return Mapped((*listed, ("null", Scalar(may_be_null))))


def _nodes(expression: Expr) -> Iterator[object]:
    """An expression and everything in it."""
    stack: list[object] = [expression]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, tuple):
            stack.extend(node)
        elif is_dataclass(node):
            stack.extend(getattr(node, entry.name) for entry in fields(node))


def _argument(value: Value) -> Argument:
    return policy_of(value.value) if isinstance(value, Json) and not _is_template(value.value) else value


def _is_template(value: Value) -> bool:
    """Whether JSON is a template of CloudFormation, which no policy can be mistaken for."""
    return isinstance(value, Mapped) and value.get("AWSTemplateFormatVersion") is not None


def policy_of(value: Value) -> Policy:
    """A policy document as a policy; raises `InternalError` when it is anything else."""
    if not isinstance(value, Mapped) or [key for key, _ in value.items] != ["Version", "Statement"]:
        raise InternalError(f"not a policy document: {value!r}")
    if value.get("Version") != join(VERSION):
        raise InternalError(f"not the version of the policy language that tfgen writes: {value.get('Version')!r}")
    statements = value.get("Statement")
    if not isinstance(statements, Listed):
        raise InternalError(f"not a list of statements: {statements!r}")
    return Policy(tuple(_statement(statement) for statement in statements.elements))


def _statement(value: Value) -> Statement:
    keys = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
    if not isinstance(value, Mapped) or {key for key, _ in value.items} - keys:
        raise InternalError(f"not a statement: {value!r}")
    principal, condition = value.get("Principal"), value.get("Condition")
    return Statement(
        sid=_known(value.get("Sid")),
        effect=Effect(_known(value.get("Effect"))),
        actions=tuple(_known(action) for action in _texts(value.get("Action"))),
        resources=_texts(value.get("Resource")) if value.get("Resource") is not None else (),
        conditions=tuple(_conditions(condition)) if condition is not None else (),
        principals=tuple(_principals(principal)) if principal is not None else (),
    )


def _principals(value: Value) -> Iterator[Principal]:
    if value == join("*"):
        yield Principal("*", ())
        return
    for key, entry in _items(value):
        yield Principal(key, _texts(entry))


def _conditions(value: Value) -> Iterator[Condition]:
    for operator, block in _items(value):
        for key, values in _items(block):
            yield Condition(operator, key, _texts(values))


def _items(value: Value) -> tuple[tuple[str, Value], ...]:
    if not isinstance(value, Mapped):
        raise InternalError(f"not an object: {value!r}")
    return value.items


def _texts(value: Value | None) -> tuple[Text, ...]:
    if isinstance(value, Many):
        return (join(Slot(Source.EACH, value.name)),)
    if (wired := _wired(value)) is not None:
        return (join(Slot(Source.EACH, wired)),)
    if not isinstance(value, Listed):
        raise InternalError(f"not a list: {value!r}")
    return tuple(_text(element) for element in value.elements)


def _text(value: Value) -> Text:
    if (wired := _wired(value)) is not None:
        return join(Slot(Source.INPUT, wired))
    if not isinstance(value, Text):
        raise InternalError(f"not a string: {value!r}")
    return value


def _wired(value: Value | None) -> str | None:
    """The output of another module that a value is, in a dotted name."""
    expression = value.expression if isinstance(value, Opaque) else None
    is_output = isinstance(expression, Reference) and expression.path[0] == "module"
    return ".".join(expression.path) if is_output and isinstance(expression, Reference) else None


def _known(value: Value | None) -> str:
    known = value.known if isinstance(value, Text) else None
    if known is None:
        raise InternalError(f"not a string that is known beforehand: {value!r}")
    return known
