"""The operators of Terraform on values. Knows no expression and no name."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Final, TypeGuard

from tfgen.terraform.functions import CannotError, at_least
from tfgen.terraform.values import Leaf, Node, Place, Scalar, plain

_COMPUTED: Final[dict[str, Callable[[int | float, int | float], Scalar]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def unary(sign: str, of: Node, place: Place) -> Node:
    """The value of `-x` or `!x`. Raises `CannotError` or `UnknownError`."""
    operand = plain(of)
    if isinstance(operand, bool) and sign == "!":
        return Leaf(not operand, place)
    if _is_number(operand) and sign == "-":
        return Leaf(-operand, place)
    raise CannotError(sign)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def binary(sign: str, one: Node, other: Node, place: Place) -> Node:
    """The value of an operation on two. Raises `CannotError` or `UnknownError`."""
    least = at_least(one)
    if least is not None and other == Leaf(0, other.place) and least > 0 and sign in (">", "!="):
        return Leaf(True, place)
    left, right = plain(one), plain(other)
    if sign in ("==", "!="):
        return Leaf((_typed(left) == _typed(right)) is (sign == "=="), place)
    if isinstance(left, bool) and isinstance(right, bool) and sign in ("&&", "||"):
        return Leaf(left and right if sign == "&&" else left or right, place)
    if _is_number(left) and _is_number(right) and sign in _COMPUTED:
        return Leaf(_COMPUTED[sign](left, right), place)
    raise CannotError(sign)


def _typed(value: object) -> object:
    """A value that equals another only where Terraform says so: `true` is not 1."""
    match value:
        case bool():
            return ("bool", value)
        case list():
            return [_typed(part) for part in value]
        case dict():
            return {key: _typed(part) for key, part in value.items()}
        case _:
            return value
