"""Proof 2, of validations: what the rendered text gives a variable, its validations accept. Must not know the plan.

That is each default, and each value that a call of a module writes out. The conditions are evaluated as Terraform does.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from posixpath import normpath
from typing import Final, TypeGuard

from tfgen.diagnostics import InternalError
from tfgen.hcl.tree import (
    Attribute,
    Binary,
    Block,
    Body,
    Bool,
    Call,
    Comment,
    Conditional,
    Expr,
    ForTuple,
    Literal,
    Null,
    Number,
    Reference,
    Tuple,
)

Value = str | bool | int | tuple["Value", ...] | None
Names = Mapping[str, Value]


class UnknownError(ValueError):
    """An expression has no value that is known from its text."""


def check(bodies: Mapping[str, Body]) -> None:
    """Raise `InternalError` with the first value in the files (path -> parsed body) that a validation refuses."""
    blocks = [(path.rpartition("/")[0], node) for path, body in bodies.items() for node in body]
    variables = {(folder, node.labels[0]): node for folder, node in blocks if _is(node, "variable")}
    for (folder, name), variable in variables.items():
        if (default := _attributes(variable).get("default")) is not None:
            _accepted(f"{folder or 'the root'} has a default", name, default, variable)
    for folder, node in blocks:
        if _is(node, "module"):
            source = _attributes(node).get("source")
            called = normpath(f"{folder}/{source.value}").lstrip("/") if isinstance(source, Literal) else ""
            for name, value in _attributes(node).items():
                if (called, name) in variables:
                    _accepted(f"{folder or 'the root'} gives {called} a value", name, value, variables[called, name])


def _accepted(what: str, name: str, value: Expr, variable: Block) -> None:
    try:
        given = evaluate(value, {})
    except UnknownError:
        return  # known when Terraform runs, which then asks the validation
    for node in variable.body:
        if _is(node, "validation"):
            condition = _attributes(node).get("condition")
            try:
                holds = condition is not None and evaluate(condition, {f"var.{name}": given}) is True
            except UnknownError as error:
                raise InternalError(f"a validation of {name!r} cannot be evaluated: {error}") from error
            if not holds:
                raise InternalError(f"{what} for {name!r} that its validation refuses: {given!r}")


def _is(node: object, kind: str) -> TypeGuard[Block]:
    return isinstance(node, Block) and node.type == kind


def _attributes(block: Block) -> dict[str, Expr]:
    return {node.name: node.value for node in block.body if isinstance(node, Attribute)}


_COMPARED: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def evaluate(expression: Expr, names: Names) -> Value:
    """The value of an expression of the few kinds that validations are made of. Raises `UnknownError` for others."""
    match expression:
        case Literal(value) | Bool(value) | Number(int(value)):
            return value
        case Null():
            return None
        case Tuple(elements):
            return tuple(evaluate(one, names) for one in elements if not isinstance(one, Comment))
        case Reference(path) if (name := ".".join(path)) in names:
            return names[name]
        case Conditional(condition, then, otherwise):
            return evaluate(then if evaluate(condition, names) is True else otherwise, names)
        case Binary():
            return _binary(expression, names)
        case ForTuple((name,), collection, result, None):
            return tuple(evaluate(result, {**names, name: one}) for one in _listed(collection, names))
        case Call():
            return _call(expression, names)
        case _:
            raise UnknownError(f"{type(expression).__name__} is not understood")


def _binary(expression: Binary, names: Names) -> bool:
    left = evaluate(expression.left, names)
    if expression.operator in ("&&", "||"):
        decided = left is (expression.operator == "||")
        return left is True if decided else evaluate(expression.right, names) is True
    right = evaluate(expression.right, names)
    if expression.operator in ("==", "!="):
        return (left == right) is (expression.operator == "==")
    if expression.operator in _COMPARED and isinstance(left, int) and isinstance(right, int):
        return _COMPARED[expression.operator](left, right)
    raise UnknownError(f"{expression.operator} is not understood")


def _call(call: Call, names: Names) -> Value:
    match call:
        case Call("can", (Call("regex", (Literal(pattern), of)),)):
            value = evaluate(of, names)
            return isinstance(value, str) and _matches(pattern, value)
        case Call("length", (of,)):
            value = evaluate(of, names)
            if isinstance(value, str | tuple):
                return len(value)
        case Call("alltrue", (of,)):
            return all(one is True for one in _listed(of, names))
        case _:
            pass
    raise UnknownError(f"{call.name} is not understood")


def _listed(expression: Expr, names: Names) -> Iterator[Value]:
    value = evaluate(expression, names)
    if not isinstance(value, tuple):
        raise UnknownError("a list is needed")
    return iter(value)


def _matches(pattern: str, value: str) -> bool:
    """Whether RE2 finds the pattern; its `$` is the end of the text, where Python's may be before a last line feed."""
    return re.search(re.sub(r"\$$", r"\\Z", pattern), value, re.ASCII) is not None
