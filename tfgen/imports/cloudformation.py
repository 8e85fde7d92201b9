"""A CloudFormation template: its resources, with intrinsic functions evaluated as far as can be. Reads no file.

The short forms of YAML (`!Sub x`) come as `{"!Sub": "x"}`.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tfgen.imports import vocabulary
from tfgen.terraform.values import Leaf, Listed, Mapped, Node, Place, Symbol, UnknownError, assuming, plain

_DEEPEST: Final = 64
_VARIABLE: Final = re.compile(r"\$\{(!?)([A-Za-z0-9_.:]+)\}")
_SHORT: Final = frozenset({"Ref", "Condition"})
"""The functions that have no `Fn::` in their long form."""
_LISTS: Final = ("List<", "CommaDelimitedList")


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a template, with its properties evaluated."""

    name: str
    type: str
    properties: Mapped
    place: Place
    condition: str = ""
    """The condition under which it is made; empty when it is made in any case."""
    stands: bool | None = True
    """Whether it is made, by its condition; None when that is not known."""
    assumed: tuple[str, ...] = ()
    """The parameters whose defaults decide that."""


class Template:
    """A template and what its names stand for."""

    def __init__(self, root: Mapped) -> None:
        self._root = root.items
        self._evaluating: set[str] = set()
        # Of conditions, which may ask each other many times, each with the parameters whose default it looked at.
        self._decisions: dict[str, tuple[bool | None, tuple[str, ...]]] = {}
        self._assumed: dict[str, None] = {}  # parameters whose default has been looked at

    def resources(self, *types: str) -> Iterator[Resource]:
        """Every resource of some types, in order."""
        for name, node in self._section("Resources").items():
            if not isinstance(node, Mapped):
                continue
            kind, said = node.items.get("Type"), node.items.get("Properties")
            if isinstance(kind, Leaf) and kind.value in types:
                made = self.evaluate(said) if said is not None else Mapped({}, node.place)
                condition = node.items.get("Condition")
                named = str(condition.value) if isinstance(condition, Leaf) else ""
                stands = self._holds(named, 0) if condition is not None else True
                assumed = self._decisions[named][1] if named in self._decisions else ()
                made = _mapping(made, node.place)
                yield Resource(name, str(kind.value), made, node.place, named, stands, assumed)

    def _section(self, name: str) -> Mapping[str, Node]:
        found = self._root.get(name)
        return found.items if isinstance(found, Mapped) else {}

    def evaluate(self, node: Node, depth: int = 0) -> Node:
        """A value without intrinsic functions: known, or symbolic."""
        if depth > _DEEPEST:
            return Symbol(_written(node), node.place)
        match node:
            case Mapped(items) if len(items) == 1 and (rule := self._rule(next(iter(items)))):
                (argument,) = items.values()
                before, self._assumed = self._assumed, {}
                try:
                    made = replace(rule(self, argument, depth + 1), place=node.place)
                    return assuming(made, self._assumed) if rule is not Template.ref else made
                except UnknownError as missing:
                    return Symbol(_written(node), node.place, label=missing.symbol.label)
                except (AttributeError, KeyError, IndexError, TypeError, ValueError):
                    return Symbol(_written(node), node.place)
                finally:
                    self._assumed = {**before, **self._assumed}
            case Mapped(items):
                inside = {key: self.evaluate(value, depth + 1) for key, value in items.items()}
                return Mapped({key: value for key, value in inside.items() if not _is_no_value(value)}, node.place)
            case Listed(elements):
                found = (self.evaluate(element, depth + 1) for element in elements)
                return Listed(tuple(element for element in found if not _is_no_value(element)), node.place)
            case _:
                return node

    @staticmethod
    def _rule(name: str) -> _Rule | None:
        return _RULES.get(_long(name))

    def ref(self, argument: Node, _depth: int) -> Node:
        """What a name stands for: a parameter, a pseudo parameter or a resource."""
        name = _text(argument)
        if name == "AWS::NoValue":
            return Leaf(None, argument.place)
        context = vocabulary.cloudformation().context.get(name)
        if context is not None:
            return Symbol(f"!Ref {name}", argument.place, name=context, context=context)
        parameter = self._section("Parameters").get(name)
        if isinstance(parameter, Mapped):
            found = self._parameter(name, parameter, argument.place)
            if found.default is not None:
                self._assumed[found.source] = None
            return found
        return Symbol(f"!Ref {name}", argument.place, label=name, path=(name,), kind=self._type(name))

    def _type(self, name: str) -> str:
        """The type of a resource; empty when the template has none of that name."""
        made = self._section("Resources").get(name)
        kind = made.items.get("Type") if isinstance(made, Mapped) else None
        return str(kind.value) if isinstance(kind, Leaf) else ""

    @staticmethod
    def _parameter(name: str, said: Mapped, place: Place) -> Symbol:
        kind, default = said.items.get("Type"), said.items.get("Default")
        description = said.items.get("Description")
        many = isinstance(kind, Leaf) and str(kind.value).startswith(_LISTS)
        if many and isinstance(default, Leaf) and isinstance(default.value, str):
            parts = (Leaf(part.strip(), default.place) for part in default.value.split(","))
            default = Listed(tuple(parts), default.place)
        text = description.value if isinstance(description, Leaf) and isinstance(description.value, str) else ""
        return Symbol(f"!Ref {name}", place, name=name, default=default, description=text, many=many, path=(name,))

    def get_att(self, argument: Node, _depth: int) -> Node:
        """An attribute of a resource."""
        if isinstance(argument, Listed):
            name = ".".join(_text(element) for element in argument.elements)
        else:
            name = _text(argument)
        resource, _, attribute = name.partition(".")
        kind = f"{self._type(resource)}.{attribute}"
        return Symbol(f"!GetAtt {name}", argument.place, label=resource, path=tuple(name.split(".")), kind=kind)

    def sub(self, argument: Node, depth: int) -> Node:
        """A text with names in it."""
        own: Mapping[str, Node] = {}
        if isinstance(argument, Listed):
            text, given = _text(argument.elements[0]), self.evaluate(argument.elements[1], depth)
            own = given.items if isinstance(given, Mapped) else {}
        else:
            text = _text(argument)
        pieces: list[str | Symbol] = []
        at = 0
        for found in _VARIABLE.finditer(text):
            pieces.append(text[at : found.start()])
            at = found.end()
            name = Leaf(found[2], argument.place)
            if found[1]:
                pieces.append(f"${{{found[2]}}}")
            elif found[2] in own:
                pieces.append(_piece(own[found[2]]))
            else:
                pieces.append(_piece(self.get_att(name, depth) if "." in found[2] else self.ref(name, depth)))
        return _whole([*pieces, text[at:]], f"!Sub {text}", argument.place)

    def join(self, argument: Node, depth: int) -> Node:
        """Texts with a separator between them."""
        separator, listed = _elements(argument)
        values = self.evaluate(listed, depth)
        pieces: list[str | Symbol] = []
        for index, value in enumerate(_elements(values)):
            pieces += [_text(separator)] if index else []
            pieces.append(_piece(value))
        return _whole(pieces, _written(argument), argument.place)

    def select(self, argument: Node, depth: int) -> Node:
        """One element of a list."""
        index, listed = _elements(argument)
        values = self.evaluate(listed, depth)
        if isinstance(values, Symbol) and values.default is None:
            return Symbol(_written(argument), argument.place, label=values.label or values.name)
        return _elements(values)[int(_text(index))]

    def split(self, argument: Node, depth: int) -> Node:
        """A text taken apart."""
        separator, whole = _elements(argument)
        text = plain(self.evaluate(whole, depth))
        return Listed(tuple(Leaf(part, argument.place) for part in text.split(_text(separator))), argument.place)

    def find(self, argument: Node, depth: int) -> Node:
        """A value of a mapping."""
        found: Node = Mapped(self._section("Mappings"), argument.place)
        for step in _elements(argument)[:3]:
            key = plain(self.evaluate(step, depth))
            if not isinstance(found, Mapped):
                raise KeyError(key)
            found = found.items[str(key)]
        return found

    def when(self, argument: Node, depth: int) -> Node:
        """One of two values."""
        name, then, otherwise = _elements(argument)
        holds = self._holds(_text(name), depth)
        if holds is None:
            return Symbol(_written(argument), argument.place, label=_text(name))
        return self.evaluate(then if holds else otherwise, depth)

    def _holds(self, name: str, depth: int) -> bool | None:
        condition = self._section("Conditions").get(name)
        if condition is None or name in self._evaluating or depth > _DEEPEST:
            return None
        if name not in self._decisions:
            self._evaluating.add(name)
            before, self._assumed = self._assumed, {}
            try:
                decided = self._decided(condition, depth + 1)
                self._decisions[name] = decided, tuple(self._assumed)
            finally:
                self._assumed = before
                self._evaluating.discard(name)
        decision, assumed = self._decisions[name]
        self._assumed.update(dict.fromkeys(assumed))
        return decision

    def _decided(self, node: Node, depth: int) -> bool | None:
        if not isinstance(node, Mapped) or len(node.items) != 1:
            return None
        ((name, argument),) = node.items.items()
        name = _long(name)
        if name == "Condition":
            return self._holds(_text(argument), depth)
        if name == "Fn::Equals":
            try:
                one, other = (plain(self.evaluate(side, depth)) for side in _elements(argument))
            except UnknownError:
                return None
            return bool(str(one) == str(other))
        inner = [self._decided(part, depth) for part in _elements(argument)]
        if None in inner:
            return None
        decide: Mapping[str, Callable[[list[bool | None]], bool]] = {
            "Fn::And": all, "Fn::Or": any, "Fn::Not": lambda values: not values[0],
        }  # fmt: skip
        return decide[name](inner) if name in decide else None

    def outside(self, argument: Node, depth: int) -> Node:
        """What another stack puts out."""
        name = self.evaluate(argument, depth)
        said = name.value if isinstance(name, Leaf) else ""
        return Symbol(f"!ImportValue {said or _written(argument)}", argument.place, name=str(said))


_Rule = Callable[[Template, Node, int], Node]

_RULES: Final[Mapping[str, _Rule]] = {
    "Ref": Template.ref,
    "Fn::GetAtt": Template.get_att,
    "Fn::Sub": Template.sub,
    "Fn::Join": Template.join,
    "Fn::Select": Template.select,
    "Fn::Split": Template.split,
    "Fn::FindInMap": Template.find,
    "Fn::If": Template.when,
    "Fn::ImportValue": Template.outside,
}


def _long(name: str) -> str:
    """The long form of a function's name."""
    if not name.startswith("!"):
        return name
    return name[1:] if name[1:] in _SHORT else f"Fn::{name[1:]}"


def _text(node: Node) -> str:
    if isinstance(node, Leaf) and isinstance(node.value, str | int):
        return str(node.value)
    raise TypeError("text is needed")


def _elements(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Listed):
        return node.elements
    if isinstance(node, Symbol):
        if node.default is None:
            raise UnknownError(node)
        return _elements(node.default)
    raise TypeError("a list is needed")


def _mapping(node: Node, place: Place) -> Mapped:
    return node if isinstance(node, Mapped) else Mapped({}, place)


def _is_no_value(node: Node) -> bool:
    return isinstance(node, Leaf) and node.value is None


def _piece(node: Node) -> str | Symbol:
    """A part of a text; the default of what has one, as the whole can then be known."""
    if isinstance(node, Symbol) and node.default is None:
        return node
    value = plain(node)
    if not isinstance(value, str | int | float):
        raise TypeError("text is needed")
    return str(value)


def _whole(pieces: list[str | Symbol], source: str, place: Place) -> Node:
    symbols = [piece for piece in pieces if isinstance(piece, Symbol)]
    if not symbols:
        return Leaf("".join(str(piece) for piece in pieces), place)
    kept = tuple(piece for piece in pieces if piece != "")
    if len(kept) == 1:
        return symbols[0]
    label = next((one.label or one.name for one in symbols if not one.context), "")
    return Symbol(" ".join(source.split()), place, label=label, parts=kept)


def _written(node: Node) -> str:
    """A value as it stands in JSON, cut when it is long."""

    def shown(value: Node) -> str:
        match value:
            case Mapped(items):
                return "{" + ", ".join(f"{key}: {shown(part)}" for key, part in items.items()) + "}"
            case Listed(elements):
                return "[" + ", ".join(shown(element) for element in elements) + "]"
            case Leaf(scalar):
                return str(scalar)
            case Symbol(source):
                return source
            case _:
                return ""

    text = shown(node)
    return text if len(text) <= 200 else f"{text[:197]}..."
