"""Values of a configuration with their places, known or symbolic, whatever its language. Knows no posture."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tfgen.hcl.bare import bare
from tfgen.hcl.printer import print_expression
from tfgen.hcl.tree import Expr, Reference, TreeError

_ESCAPED = frozenset("<>&\u2028\u2029")

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file as it was named, line and column from 1, and the text of the line."""

    file: str
    line: int = 1
    column: int = 1
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that is known."""

    value: Scalar
    place: Place
    assumed: tuple[str, ...] = ()
    """What may be set otherwise by whoever runs the source, and was taken at its default to know it."""


@dataclass(frozen=True, slots=True)
class Made:
    """How an unknown value is computed from others: an operation and what it is applied to.

    Operations are named as in Terraform: a function by its name, `==`, `?:`, `[]`. Loops have three more: `each` is an
    element of a list, `for` a list with one result for each element, `if` a list with a condition beside each element.
    """

    operation: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, match_args=False)
class Symbol:
    """A value that only the tool knows which the source is written for: what becomes an input."""

    of: str | Expr
    """What `source` is the text of; printed only when somebody asks."""
    place: Place
    name: str = ""
    """What an input that stands for it is called; empty when the place where it stands must say."""
    label: str = ""
    """A part of the name, where the place says the rest: `orders` in `orders_gateway_arn`."""
    default: Node | None = None
    """What it is when nobody says otherwise."""
    description: str = ""
    many: bool = False
    """Whether it is known to be a list, or stands for each element of one."""
    path: tuple[str, ...] = ()
    """The dotted name that it is, if it is one."""
    context: str = ""
    """`account`, `region` or `partition`, when it is that of whoever runs the source."""
    parts: tuple[str | Symbol, ...] = ()
    """The texts and symbols that it is made of, in order, when it is a text with symbols in it."""
    why: str = ""
    """Why it is not known, where that is not because it is only known when the source is run."""
    kind: str = ""
    """The resource's attribute that it is, as `words.toml` writes it, where the dotted name does not tell."""
    made: Made | None = None
    """How it is computed, where that is known."""
    refused: bool = False
    """Whether Terraform ends with an error where it computes this."""
    written: Expr | None = field(default=None, compare=False)
    """The expression that it came from, before any name in it was looked up."""

    __match_args__ = ("source", "place")

    @property
    def source(self) -> str:
        """The expression, on one line."""
        match self.of:
            case str(text):
                return text
            case Reference(path):
                return ".".join(path)
            case expression:
                try:
                    return " ".join(print_expression(bare(expression)).split())
                except (TreeError, RecursionError):
                    return "an expression that is nested too deep"

    def step(self, suffix: str, *, many: bool = False) -> Symbol:
        """The symbol for a part of it."""
        name = suffix.lstrip(".") if suffix.startswith(".") else ""
        path = (*self.path, name) if self.path and name else ()
        words = f"{self.name}_{name}" if self.name and name else self.name
        return Symbol(f"{self.source}{suffix}", self.place, words, self.label, many=self.many or many, path=path)


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping; the place of a value in it is that of its key."""

    items: Mapping[str, Node]
    place: Place
    size: int = field(init=False, compare=False)
    """How many values it holds."""

    def __post_init__(self) -> None:
        """Count, while what is inside is counted already."""
        object.__setattr__(self, "size", 1 + sum(size_of(part) for part in self.items.values()))


@dataclass(frozen=True, slots=True)
class Listed:
    """A list; `blocks` of Terraform are one even where only one is allowed."""

    elements: tuple[Node, ...]
    place: Place
    blocks: bool = False
    is_set: bool = False
    """Whether the order of its elements says nothing."""
    size: int = field(init=False, compare=False)
    """How many values it holds."""

    def __post_init__(self) -> None:
        """Count, while what is inside is counted already."""
        object.__setattr__(self, "size", 1 + sum(size_of(part) for part in self.elements))


@dataclass(frozen=True, slots=True)
class Encoded:
    """The JSON text of a value."""

    of: Node
    place: Place


Node = Leaf | Symbol | Mapped | Listed | Encoded


def size_of(node: Node) -> int:
    """How many values a node holds, itself counted; one that stands in several places counts in each."""
    if isinstance(node, Encoded):
        return size_of(node.of)
    return node.size if isinstance(node, Mapped | Listed) else 1


class UnknownError(Exception):
    """A value is asked for that is not known; `symbol` is what keeps it from being."""

    def __init__(self, symbol: Symbol) -> None:
        super().__init__()
        self.symbol = symbol

    def __str__(self) -> str:
        return self.symbol.source


def moved(node: Node, place: Place) -> Node:
    """The same value at another place: where it is used rather than where it was made."""
    return node if node.place is place else replace(node, place=place)


def plain(node: Node) -> Any:  # noqa: ANN401 - plain data of any kind
    """The value as plain data; a symbol stands for its default. Raises `UnknownError`."""
    match node:
        case Leaf(value):
            return value
        case Mapped(items):
            return {key: plain(value) for key, value in items.items()}
        case Listed(elements):
            return [plain(element) for element in elements]
        case Encoded(of):
            return _json_text(plain(of))
        case Symbol(default=default):
            if default is None:
                raise UnknownError(node)
            return plain(default)


def _json_text(value: object) -> str:
    """JSON as Terraform's `jsonencode` writes it: keys sorted, and some characters always escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return "".join(f"\\u{ord(character):04x}" if character in _ESCAPED else character for character in text)


def node_of(value: object, place: Place) -> Node:
    """The tree of plain data, all at one place."""
    match value:
        case Mapping():
            return Mapped({str(key): node_of(part, place) for key, part in value.items()}, place)
        case list() | tuple():
            return Listed(tuple(node_of(part, place) for part in value), place)
        case str() | int() | float() | None:
            return Leaf(value, place)
        case _:
            raise TypeError(f"a {type(value).__name__} is no plain data")


def assuming(node: Node, names: Iterable[str]) -> Node:
    """The same value, known only because some things were taken at their default."""
    more = tuple(names)
    match node:
        case Leaf(assumed=already) if more:
            return replace(node, assumed=tuple(dict.fromkeys((*already, *more))))
        case Mapped(items) if more:
            return replace(node, items={key: assuming(part, more) for key, part in items.items()})
        case Listed(elements) if more:
            return replace(node, elements=tuple(assuming(part, more) for part in elements))
        case Encoded(of) if more:
            return replace(node, of=assuming(of, more))
        case _:
            return node


def assumed_of(node: Node) -> Iterator[str]:
    """What was taken at its default to know a value."""
    match node:
        case Leaf(assumed=names):
            yield from names
        case Mapped(items):
            for part in items.values():
                yield from assumed_of(part)
        case Listed(elements):
            for part in elements:
                yield from assumed_of(part)
        case Encoded(of):
            yield from assumed_of(of)
        case Symbol():
            return
