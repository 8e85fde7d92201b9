"""Evaluated values in the form in which they are compared. Knows no plan and no module layout.

Two values of one form say the same. What is not understood is compared as it is written, and so equals nothing by
accident.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

from tfgen.hcl.tree import Expr, Reference
from tfgen.iam.text import Text, text
from tfgen.terraform.text import text_of, texts_of
from tfgen.terraform.values import Encoded, Leaf, Listed, Made, Mapped, Node, Symbol


@dataclass(frozen=True, slots=True)
class Exact:
    """A number, a bool or null, as JSON writes it: `true` is not 1."""

    written: str


@dataclass(frozen=True, slots=True)
class Table:
    """An object, in the order in which it is written."""

    items: tuple[tuple[str, Form], ...]


@dataclass(frozen=True, slots=True)
class Of:
    """What an operation makes of forms: `jsonencode`, `merge`, `pairs` of a map, `blocks` inside a block."""

    operation: str
    operands: tuple[Form, ...]


Form = Text | Exact | Table | Of | Expr | tuple["Form", ...]
"""A tuple is a list; a text in it that has an EACH slot stands for one for each element of that input."""


def exact(value: float | Decimal | None) -> Exact:
    """The form of a number, a bool or null."""
    if value is None or isinstance(value, int):
        return Exact(json.dumps(value))
    return Exact(format(Decimal(str(value)).normalize(), "f"))


def form_of(node: Node) -> Form:
    """The form of a value."""
    match node:
        case Leaf(value):
            return text(value) if isinstance(value, str) else exact(value)
        case Encoded(of):
            return Of("jsonencode", (form_of(of),))
        case Mapped(items):
            return Table(tuple((key, form_of(one)) for key, one in items.items()))
        case Listed(elements, blocks=blocks, is_set=is_set):
            found = tuple(map(form_of, elements))
            return Of("toset" if is_set else "blocks", found) if is_set or blocks else found
        case Symbol():
            known = text_of(node)
            return known if known is not None else _computed(node)


def _computed(symbol: Symbol) -> Form:
    """The form of what only Terraform knows and is no text."""
    match symbol.made:
        case Made("each" | "key" | "merge" | "toset" as operation, operands):
            return Of(operation, tuple(map(form_of, operands)))
        case Made("for", (over, Mapped(items))) if [_operation(one) for one in items.values()] == ["key", "each"]:
            return Of("pairs", (form_of(over), *map(text, items)))
        case _:
            found = _elements(symbol)
            return (symbol.written or Reference(symbol.path)) if found is None else found


def _operation(node: Node) -> str:
    return node.made.operation if isinstance(node, Symbol) and node.made is not None else ""


def _elements(node: Node) -> tuple[Form, ...] | None:
    """What is in a list; of list inputs, what stands for each of their elements."""
    match node:
        case Listed(elements):
            return tuple(map(form_of, elements))
        case Symbol(made=Made("concat", lists)):
            parts = [_elements(one) for one in lists]
            return None if None in parts else tuple(one for part in parts for one in part or ())
        case Symbol(made=Made("for", (over, Mapped() as result))):
            return (form_of(result),) if texts_of(over) is not None else None
        case _:
            return texts_of(node)
