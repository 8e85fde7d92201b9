"""What parsed expressions come to, in the values that proofs compare. Knows no plan and no module layout.

`tfgen.terraform` evaluates them. Strings come out as `Text` with slots for what only Terraform knows; what is not
understood comes out as `Opaque` and so never equals anything by accident.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from tfgen.hcl.tree import Binary, Call, Conditional, Expr, Number, Reference, Unary
from tfgen.iam.text import Slot, Source, Text, join, text
from tfgen.terraform import values
from tfgen.terraform.declared import NOWHERE, Declared, declared_input
from tfgen.terraform.evaluate import evaluate as evaluated
from tfgen.terraform.text import optional, text_of, texts_of
from tfgen.terraform.values import Encoded, Leaf, Made, Node, Symbol


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
    """What `toset` makes of a list: its elements in whatever order."""

    elements: tuple[Value, ...]

    def __post_init__(self) -> None:
        """Give the elements an order of their own."""
        object.__setattr__(self, "elements", tuple(sorted(set(self.elements), key=repr)))


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
_COMPARED: Final = frozenset({"concat", "distinct", "join", "jsonencode", "merge", "replace", "substr", "toset"})
"""The functions whose values are compared; a call of any other is compared as it stands."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What names stand for: variables with their values, locals and data sources as the module declares them."""

    variables: Mapping[str, Value]
    local: Mapping[str, Expr]
    data: frozenset[tuple[str, ...]]
    loop: Mapping[str, Node] = field(default_factory=dict)
    names: Declared = field(init=False, compare=False)
    known: dict[str, Value] = field(default_factory=dict, compare=False)
    """Local values in the form that is compared: most are referred to many times."""

    def __post_init__(self) -> None:
        """Declare the names to the evaluator, each variable as an input; what it is given takes its place later."""
        inputs = {name: declared_input(name, many=isinstance(one, Many)) for name, one in self.variables.items()}
        data = {
            path: Symbol(".".join(path), NOWHERE, context=context)
            for path, context in CONTEXT.items()
            if path[1:3] in self.data
        }
        object.__setattr__(self, "names", Declared(inputs, self.local, data))

    def within(self, name: str, value: Value) -> Scope:
        """The scope inside a dynamic block: `name` is that of the block and `.value`."""
        item = values.Mapped({"value": declared_input(name)}, NOWHERE)
        loop = {**self.loop, name.partition(".")[0]: item}
        return Scope({**self.variables, name: value}, self.local, self.data, loop, self.known)

    def given(self, name: str, many: bool) -> Text | None:  # noqa: FBT001 - as `text.Input` has it
        """The text that a variable is given, or each of its elements."""
        found = self.variables[name]
        if isinstance(found, Many) and many:
            return join(Slot(Source.EACH, found.name))
        return found if isinstance(found, Text) else None


def evaluate(expression: Expr, scope: Scope) -> Value:
    """Evaluate an expression as far as possible."""
    match expression:
        case Binary() | Conditional(Binary(">")):
            return Opaque(expression)
        case Unary(_, operand) if not isinstance(operand, Number):
            return Opaque(expression)
        case Call(name) if name not in _COMPARED:
            return Opaque(expression)
        case Reference(("local", name)):
            if name not in scope.known:
                scope.known[name] = _evaluated(expression, scope)
            return scope.known[name]
        case _:
            return _evaluated(expression, scope)


def _evaluated(expression: Expr, scope: Scope) -> Value:
    return _value(evaluated(expression, scope.names.scope(scope.loop)), scope)


def _value(node: Node, scope: Scope) -> Value:
    match node:
        case Leaf(str(value)):
            return text(value)
        case Leaf(int() | None as value):
            return Scalar(value)
        case Leaf(value):
            return Scalar(Decimal(str(value)))
        case Encoded(of):
            return Json(_value(of, scope))
        case values.Listed(elements, is_set=is_set):
            found = tuple(_value(one, scope) for one in elements)
            return Distinct(found) if is_set else Listed(found)
        case values.Mapped(items):
            return Mapped(tuple((key, _value(one, scope)) for key, one in items.items()))
        case Symbol():
            return _unknown(node, scope)


def _unknown(symbol: Symbol, scope: Scope) -> Value:
    """What a value is that only Terraform knows: a text with slots or a list of such texts, where it can be one."""
    if symbol.made is None and symbol.path[:1] == ("var",) and len(symbol.path) == 2:
        return scope.variables[symbol.path[1]]
    found = text_of(symbol, scope.given)
    if found is not None:
        return found
    opaque = Opaque(symbol.written or Reference(symbol.path))
    return opaque if symbol.made is None else _made(symbol, symbol.made, opaque, scope)


def _made(symbol: Symbol, made: Made, opaque: Opaque, scope: Scope) -> Value:
    match made:
        case Made("for", (over, values.Mapped(items))) if len(items) == 2:
            (key, first), (value, second) = items.items()
            parts = [one.made and one.made.operation for one in (first, second) if isinstance(one, Symbol)]
            return Pairs(_value(over, scope), key, value) if parts == ["key", "each"] else opaque
        case Made("if", (values.Listed(elements), values.Listed(conditions))):
            is_known = all(map(_has_resources, elements, conditions))
            return Listed(tuple(_value(one, scope) for one in elements)) if is_known else opaque
        case Made("merge", maps):
            return Merge(tuple(_value(one, scope) for one in maps))
        case Made("?:", (condition, otherwise, present)) if (name := optional(condition, scope.given)) is not None:
            return Unless(name, _value(otherwise, scope), _value(present, scope))
        case _:
            found = _elements(symbol, scope)
            is_set = made.operation == "toset"
            return opaque if found is None else Distinct(found) if is_set else Listed(found)


def _elements(node: Node, scope: Scope) -> tuple[Value, ...] | None:
    """What is in a list; of list inputs, what stands for each of their elements."""
    match node:
        case values.Listed(elements):
            return tuple(_value(one, scope) for one in elements)
        case Symbol(made=Made("concat", lists)):
            parts = [_elements(one, scope) for one in lists]
            return None if None in parts else tuple(one for part in parts for one in part or ())
        case Symbol(made=Made("for", (over, values.Mapped() as result))):
            return (_value(result, scope),) if texts_of(over, scope.given) is not None else None
        case _:
            return texts_of(node, scope.given)


def _has_resources(element: Node, condition: Node) -> bool:
    """Whether a condition asks if a statement has resources: the one filter whose meaning a plan shares.

    A statement whose resources are all from list inputs vanishes where these are empty.
    """
    match element, condition:
        case _, Leaf(True):
            return True
        case values.Mapped({"Resource": of}), Symbol(
            made=Made(">", (Symbol(made=Made("length", (measured,))), Leaf(0)))
        ):
            return values.moved(of, NOWHERE) == values.moved(measured, NOWHERE)
        case _:
            return False
