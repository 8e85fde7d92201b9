"""Proof 2, of validations: what the rendered text gives a variable, its validations accept. Must not know the plan.

That is each default, and each value that a call of a module writes out. The conditions are evaluated as Terraform does.
"""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import normpath
from typing import TypeGuard

from tfgen.diagnostics import InternalError
from tfgen.hcl.tree import Attribute, Block, Body, Expr, Literal
from tfgen.terraform.declared import Declared
from tfgen.terraform.evaluate import evaluate
from tfgen.terraform.values import Leaf, UnknownError, plain


def check(bodies: Mapping[str, Body]) -> None:
    """Raise `InternalError` with the first value in the files (path -> parsed body) that a validation refuses."""
    blocks = [(path.rpartition("/")[0], node) for path, body in bodies.items() for node in body]
    variables = {(folder, node.labels[0]): node for folder, node in blocks if _is(node, "variable")}
    conditions = {at: _conditions(node) for at, node in variables.items()}
    for (folder, name), variable in variables.items():
        if (default := _attributes(variable).get("default")) is not None:
            _accepted(f"{folder or 'the root'} has a default", name, default, conditions[folder, name])
    for folder, node in blocks:
        if _is(node, "module"):
            source = _attributes(node).get("source")
            called = normpath(f"{folder}/{source.value}").lstrip("/") if isinstance(source, Literal) else ""
            for name, value in _attributes(node).items():
                if found := conditions.get((called, name)):
                    _accepted(f"{folder or 'the root'} gives {called} a value", name, value, found)


def _conditions(variable: Block) -> tuple[Expr, ...]:
    found = [_attributes(node).get("condition") for node in variable.body if _is(node, "validation")]
    if None in found:
        raise InternalError(f"a validation of {variable.labels[0]!r} has no condition")
    return tuple(one for one in found if one is not None)


def _accepted(what: str, name: str, value: Expr, conditions: tuple[Expr, ...]) -> None:
    given = evaluate(value, Declared().scope())
    try:
        plain(given)
    except UnknownError:
        return  # known when Terraform runs, which then asks the validation
    for condition in conditions:
        holds = evaluate(condition, Declared({name: given}).scope())
        if not isinstance(holds, Leaf):
            raise InternalError(f"a validation of {name!r} cannot be evaluated: {condition!r}")
        if holds.value is not True:
            raise InternalError(f"{what} for {name!r} that its validation refuses: {plain(given)!r}")


def _is(node: object, kind: str) -> TypeGuard[Block]:
    return isinstance(node, Block) and node.type == kind


def _attributes(block: Block) -> dict[str, Expr]:
    return {node.name: node.value for node in block.body if isinstance(node, Attribute)}
