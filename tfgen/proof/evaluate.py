"""Terraform expressions evaluated as far as they can be without Terraform. Knows no plan and no module layout.

Strings come out as `Text` with slots for what only Terraform knows; what is not understood comes out as `Opaque`
and so never equals anything by accident.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from tfgen.hcl.tree import (
    Binary,
    Bool,
    Call,
    Comment,
    Conditional,
    Expr,
    ForTuple,
    Index,
    Item,
    Literal,
    Null,
    Number,
    Object,
    Reference,
    Template,
    Tuple,
    Unary,
)
from tfgen.iam.text import Either, Slot, Source, Text, capture, cut, join, swap, text


@dataclass(frozen=True, slots=True)
class Opaque:
    """An expression that is compared as it stands."""

    expression: Expr


@dataclass(frozen=True, slots=True)
class Many:
    """A list input as a whole."""

    name: str


@dataclass(frozen=True, slots=True)
class Json:
    """What `jsonencode` made of a value."""

    value: Value


@dataclass(frozen=True, slots=True)
class Listed:
    """A list; an element with an EACH slot stands for one for each element of that input."""

    elements: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Mapped:
    """An object, in the order in which it is written."""

    items: tuple[tuple[str, Value], ...]

    def get(self, key: str) -> Value | None:
        """The value of a key, or None."""
        return dict(self.items).get(key)


@dataclass(frozen=True, slots=True)
class Blocks:
    """Nested blocks of one type, in their order."""

    blocks: tuple[Mapped, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """What `merge` makes of maps: a later one wins."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A number, a bool or null; `true` is not 1."""

    value: int | Decimal | bool | None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scalar) and type(self.value) is type(other.value) and self.value == other.value

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True, slots=True)
class Distinct:
    """What `toset` makes of a list."""

    elements: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Unless:
    """`otherwise` where the optional input of that name is null, else `present`; not both are texts."""

    name: str
    otherwise: Value
    present: Value


@dataclass(frozen=True, slots=True)
class Pairs:
    """A map as a list of objects, and what its key and its value are named in them."""

    of: Value
    key: str
    value: str


Value = Text | Opaque | Many | Json | Listed | Mapped | Blocks | Merge | Scalar | Distinct | Unless | Pairs

CONTEXT: Final[dict[tuple[str, ...], str]] = {
    ("data", "aws_caller_identity", "current", "account_id"): "account",
    ("data", "aws_partition", "current", "partition"): "partition",
    ("data", "aws_region", "current", "id"): "region",
}
"""What the data sources of a module give, by reference."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What names stand for: variables with their values, locals and data sources as the module declares them."""

    variables: Mapping[str, Value]
    local: Mapping[str, Expr]
    data: frozenset[tuple[str, ...]]
    loop: Mapping[str, Value] = field(default_factory=dict)
    depth: int = 0
    known: dict[tuple[str, int], Value] = field(default_factory=dict, compare=False)
    """Local values that have been evaluated, by name and depth: most are referred to many times."""

    def within(self, name: str, value: Value) -> Scope:
        """The scope inside a `for`."""
        return Scope(self.variables, self.local, self.data, {**self.loop, name: value}, self.depth, self.known)

    def deeper(self) -> Scope:
        """The scope inside a local value; locals that refer to each other in a ring stay opaque."""
        return Scope(self.variables, self.local, self.data, {}, self.depth + 1, self.known)


_DEEPEST: Final = 16


def evaluate(expression: Expr, scope: Scope) -> Value:
    """Evaluate an expression as far as possible."""
    match expression:
        case Literal(value):
            return text(value)
        case Number() | Bool() | Null() | Unary():
            return _scalar(expression)
        case Reference():
            return _reference(expression, scope)
        case Template(parts):
            return _template(expression, parts, scope)
        case Object(items):
            return _object(expression, items, scope)
        case Tuple():
            return _tuple(expression, scope)
        case ForTuple():
            return _for(expression, scope)
        case Call():
            return _call(expression, scope)
        case Index():
            return _index(expression, scope)
        case Conditional(Binary("==", Reference() as tested, Null()), otherwise, present):
            return _unless(expression, tested, (otherwise, present), scope)
        case _:
            return Opaque(expression)


def _index(expression: Index, scope: Scope) -> Value:
    """What a pattern's one group finds, or the element of a list input that a counted resource stands for."""
    match expression:
        case Index(Call("regex", (Literal(pattern), of)), Number(0)):
            found = evaluate(of, scope)
            return capture(found, pattern) if isinstance(found, Text) else Opaque(expression)
        case Index(of, Reference(("count", "index"))):
            whole = evaluate(of, scope)
            return join(Slot(Source.EACH, whole.name)) if isinstance(whole, Many) else Opaque(expression)
        case _:
            return Opaque(expression)


def _scalar(expression: Expr) -> Value:
    match expression:
        case Number(value) | Bool(value):
            return Scalar(value)
        case Unary("-", Number(value)):
            return Scalar(-value)
        case Null():
            return Scalar(None)
        case _:
            return Opaque(expression)


def _unless(expression: Expr, tested: Reference, cases: tuple[Expr, Expr], scope: Scope) -> Value:
    given = evaluate(tested, scope)
    if not isinstance(given, Text) or len(given.parts) != 1:
        return Opaque(expression)
    slot = given.parts[0]
    if not isinstance(slot, Slot) or slot.source is not Source.INPUT:
        return Opaque(expression)
    otherwise, present = (evaluate(case, scope) for case in cases)
    texts = tuple(None if value == Scalar(None) else value for value in (present, otherwise))
    if isinstance(texts[0], Text | None) and isinstance(texts[1], Text | None):
        return join(Either(slot.name, texts[0], texts[1]))
    return Unless(slot.name, otherwise, present)


def _reference(expression: Reference, scope: Scope) -> Value:
    path = expression.path
    if (name := ".".join(path)) in scope.loop:
        return scope.loop[name]
    if path[0] == "var" and len(path) == 2 and path[1] in scope.variables:
        return scope.variables[path[1]]
    if path[0] == "local" and len(path) == 2 and path[1] in scope.local and scope.depth < _DEEPEST:
        place = (path[1], scope.depth)
        if place not in scope.known:
            scope.known[place] = evaluate(scope.local[path[1]], scope.deeper())
        return scope.known[place]
    if path in CONTEXT and path[1:3] in scope.data:
        return join(Slot(Source.CONTEXT, CONTEXT[path]))
    return Opaque(expression)


def _template(expression: Template, parts: tuple[str | Expr, ...], scope: Scope) -> Value:
    pieces: list[str | Text] = []
    for part in parts:
        value = text(part) if isinstance(part, str) else evaluate(part, scope)
        if not isinstance(value, Text):
            return Opaque(expression)
        pieces.append(value)
    return join(*pieces)


def _object(expression: Object, items: tuple[Item | Comment, ...], scope: Scope) -> Value:
    found: list[tuple[str, Value]] = []
    for item in items:
        if isinstance(item, Item):
            if not isinstance(item.key, str):
                return Opaque(expression)
            found.append((item.key, evaluate(item.value, scope)))
    return Mapped(tuple(found))


def _tuple(expression: Tuple, scope: Scope) -> Value:
    return Listed(tuple(evaluate(item, scope) for item in expression.elements if not isinstance(item, Comment)))


def _elements(value: Value) -> tuple[Value, ...] | None:
    if isinstance(value, Many):
        return (join(Slot(Source.EACH, value.name)),)
    return value.elements if isinstance(value, Listed) else None


_PAIRS: Final = {
    Object((Item(key, Reference(("key",))), Item(value, Reference(("value",))))): (key, value)
    for key, value in (("key", "value"), ("Key", "Value"))
}
"""The objects that a map becomes, and what key and value are named in them."""


def _for(expression: ForTuple, scope: Scope) -> Value:
    if expression.names == ("key", "value") and expression.result in _PAIRS and expression.condition is None:
        return Pairs(evaluate(expression.collection, scope), *_PAIRS[expression.result])
    elements = _elements(evaluate(expression.collection, scope))
    if elements is None or len(expression.names) != 1:
        return Opaque(expression)
    name = expression.names[0]
    if expression.condition is not None:
        # The one filter that is understood: a statement without resources vanishes, which is what a plan means by a
        # statement whose resources are all from list inputs.
        loop = Reference((name,))
        keeps = Binary(">", Call("length", (Reference((name, "Resource")),)), Number(0))
        if expression.condition != keeps or expression.result != loop:
            return Opaque(expression)
        return Listed(elements)
    results = tuple(evaluate(expression.result, scope.within(name, element)) for element in elements)
    over = elements[0].each() if len(elements) == 1 and isinstance(elements[0], Text) else None
    return Listed(results if over is None else tuple(_while_any(result, over) for result in results))


def _while_any(value: Value, name: str) -> Value:
    """A value that a loop over a list input makes, whatever the element is: nothing when there is none."""
    if isinstance(value, Text):
        return value.while_any(name)
    return (
        Listed(tuple(_while_any(element, name) for element in value.elements)) if isinstance(value, Listed) else value
    )


def _flat(value: Value) -> tuple[Value, ...]:
    return (
        tuple(found for element in value.elements for found in _flat(element))
        if isinstance(value, Listed)
        else (value,)
    )


def _joined(expression: Expr, separator: str, value: Value) -> Value:
    if not isinstance(value, Listed) or not all(isinstance(element, Text) for element in value.elements):
        return Opaque(expression)
    pieces = [piece for element in value.elements for piece in (separator, element)]
    return join(*(piece for piece in pieces[1:] if isinstance(piece, str | Text)))


def _call(expression: Call, scope: Scope) -> Value:
    match expression:
        case Call("jsonencode", (argument,), False):
            return Json(evaluate(argument, scope))
        case Call("join", (Literal(separator), listed), False):
            return _joined(expression, separator, evaluate(listed, scope))
        case Call("substr", (of, Number(0), Number(int(length))), False):
            found = evaluate(of, scope)
            return cut(found, length) if isinstance(found, Text) else Opaque(expression)
        case Call("replace", (of, Literal(old), Literal(new)), False):
            found = evaluate(of, scope)
            # Between slashes Terraform takes what is replaced for a pattern.
            is_text = isinstance(found, Text) and len(old) == 1
            return swap(found, old, new) if isinstance(found, Text) and is_text else Opaque(expression)
        case Call("concat", arguments, False):
            lists = [_elements(evaluate(argument, scope)) for argument in arguments]
            if any(elements is None for elements in lists):
                return Opaque(expression)
            return Listed(tuple(element for elements in lists for element in elements or ()))
        case Call("toset", (argument,), False):
            elements = _elements(evaluate(argument, scope))
            return Opaque(expression) if elements is None else Distinct(elements)
        case Call("distinct", (Call("flatten", (argument,), False),), False):
            return Listed(_flat(evaluate(argument, scope)))
        case Call("distinct", (Call("concat", _, False) as joined,), False):
            return evaluate(joined, scope)
        case Call("merge", arguments, False):
            return Merge(tuple(evaluate(argument, scope) for argument in arguments))
        case _:
            return Opaque(expression)
