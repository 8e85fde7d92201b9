"""The functions of Terraform that configurations are made of; what is not here stays symbolic. Knows no resource type.

https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from tfgen.terraform.values import (
    Encoded,
    Leaf,
    Listed,
    Made,
    Mapped,
    Node,
    Place,
    Symbol,
    UnknownError,
    moved,
    node_of,
    plain,
)

LONGEST: Final = 1_000_000
"""How many characters a computed text, and how many elements a computed list may have."""


class CannotError(Exception):
    """A function cannot be computed here."""


class RefusedError(CannotError):
    """Terraform itself ends with an error where it computes the function."""


def call(name: str, arguments: Sequence[Node], place: Place) -> Node:
    """The value of a call. Raises `CannotError` or `UnknownError` when it is not known."""
    try:
        if name in _OF_NODES:
            return _OF_NODES[name](list(arguments), place)
        if name in _OF_VALUES:
            return node_of(_OF_VALUES[name](*(plain(argument) for argument in arguments)), place)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, re.error) as wrong:
        raise CannotError(name) from wrong
    raise CannotError(name)


def joined(values: Iterable[object]) -> str:
    """What a template makes of values."""
    text = "".join(_as_text(value) for value in values)
    if len(text) > LONGEST:
        raise CannotError("too long")
    return text


def elements(node: Node) -> list[Node]:
    """The elements of a list or a set. Raises `UnknownError` or `CannotError`."""
    known = _given(node)
    if isinstance(known, Listed):
        return list(known.elements)
    raise CannotError("no list")


def _given(node: Node) -> Node:
    """The value, or its default. Raises `UnknownError` when it has none."""
    while isinstance(node, Symbol):
        if node.default is None:
            raise UnknownError(node)
        node = node.default
    return node


def _as_text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int():
            return str(value)
        case float():
            return json.dumps(value)
        case _:
            raise CannotError("no text")


def _items(node: Node) -> Mapping[str, Node]:
    known = _given(node)
    if isinstance(known, Mapped):
        return known.items
    raise CannotError("no mapping")


def _listed(found: Iterable[Node], place: Place) -> Listed:
    kept = tuple(found)
    if len(kept) > LONGEST:
        raise CannotError("too long")
    return Listed(kept, place)


def _parts(node: Node) -> list[Node]:
    """The elements of a list; a list that is not known is one part, which stands for each of them."""
    return [_each(node)] if isinstance(node, Symbol) and node.many and node.default is None else elements(node)


def _each(symbol: Symbol) -> Symbol:
    """What stands for each element of a list that is not known."""
    return symbol if _is_each(symbol) else replace(symbol, made=Made("each", (symbol,)))


def _is_each(node: Node) -> bool:
    return isinstance(node, Symbol) and node.made is not None and node.made.operation == "each"


def _concat(arguments: list[Node], place: Place) -> Node:
    return _listed((element for argument in arguments for element in _parts(argument)), place)


def _flatten(arguments: list[Node], place: Place) -> Node:
    def flat(node: Node) -> Iterable[Node]:
        if isinstance(node, Listed):
            for element in node.elements:
                yield from flat(element)
        else:
            yield _each(node) if isinstance(node, Symbol) and node.many else node

    return _listed((found for element in _parts(arguments[0]) for found in flat(element)), place)


def _merge(arguments: list[Node], place: Place) -> Node:
    return Mapped({key: value for argument in arguments for key, value in _items(argument).items()}, place)


def _distinct(arguments: list[Node], place: Place) -> Node:
    found: list[str | Node] = []
    kept: list[Node] = []
    for element in _parts(arguments[0]):
        same = _whatever_place(element, place)
        if same not in found:
            found.append(same)
            kept.append(element)
    return _listed(kept, place)


def _whatever_place(element: Node, place: Place) -> str | Node:
    """What equals that of another value when Terraform says that the two are equal."""
    try:
        return moved(element, place) if isinstance(element, Symbol) else json.dumps(plain(element), sort_keys=True)
    except UnknownError:
        return moved(element, place)


def _set(arguments: list[Node], place: Place) -> Node:
    if isinstance(arguments[0], Symbol) and arguments[0].default is None:
        return replace(arguments[0], made=Made("toset", (arguments[0],)))
    found = {json.dumps(plain(element), sort_keys=True): element for element in elements(arguments[0])}
    return replace(_listed((found[key] for key in sorted(found)), place), is_set=True)


def _same(arguments: list[Node], _: Place) -> Node:
    return arguments[0]


def _lookup(arguments: list[Node], _: Place) -> Node:
    found = _items(arguments[0]).get(plain(arguments[1]))
    return found if found is not None else arguments[2]


def _element(arguments: list[Node], _: Place) -> Node:
    found = elements(arguments[0])
    return found[int(plain(arguments[1])) % len(found)]


def _one(arguments: list[Node], place: Place) -> Node:
    found = elements(arguments[0])
    return found[0] if found else Leaf(None, place)


def _coalesce(arguments: list[Node], _: Place) -> Node:
    for argument in arguments:
        if plain(argument) not in (None, ""):
            return argument
    raise CannotError("coalesce")


def _keys(arguments: list[Node], place: Place) -> Node:
    return _listed((Leaf(key, place) for key in sorted(_items(arguments[0]))), place)


def _values(arguments: list[Node], place: Place) -> Node:
    return _listed((value for _, value in sorted(_items(arguments[0]).items())), place)


def _encode(arguments: list[Node], place: Place) -> Node:
    return Encoded(arguments[0], place)


def _decode(arguments: list[Node], place: Place) -> Node:
    if isinstance(arguments[0], Encoded):
        return arguments[0].of
    return node_of(json.loads(plain(arguments[0])), place)


def _length(arguments: list[Node], place: Place) -> Node:
    value = arguments[0]
    if isinstance(value, Mapped):
        return Leaf(len(value.items), place)
    if not isinstance(value, Listed):
        return Leaf(len(plain(value)), place)
    for element in value.elements:
        if isinstance(element, Symbol) and _is_each(element):
            raise UnknownError(element)
    return Leaf(len(value.elements), place)


def at_least(node: Node) -> int | None:
    """How much the length of a list is at least, where only a part of its elements is known."""
    match node:
        case Symbol(made=Made("length", (Listed(elements),))):
            return sum(not _is_each(element) for element in elements)
        case _:
            return None


def _regex(arguments: list[Node], place: Place) -> Node:
    pattern, text = (plain(argument) for argument in arguments)
    # RE2's `$` is the end of the text, where Python's may be before a last line feed.
    match = re.search(re.sub(r"\$$", r"\\Z", pattern), text, re.ASCII)
    if match is None:
        raise RefusedError("regex")
    return node_of(match.groupdict() or match.groups() or match.group(), place)


_OF_NODES: Final[Mapping[str, Callable[[list[Node], Place], Node]]] = {
    "coalesce": _coalesce,
    "compact": lambda arguments, place: _listed((e for e in _parts(arguments[0]) if plain(e) not in (None, "")), place),
    "concat": _concat,
    "distinct": _distinct,
    "element": _element,
    "flatten": _flatten,
    "jsondecode": _decode,
    "jsonencode": _encode,
    "keys": _keys,
    "length": _length,
    "lookup": _lookup,
    "merge": _merge,
    "nonsensitive": _same,
    "one": _one,
    "regex": _regex,
    "sensitive": _same,
    "tolist": _same,
    "tomap": _same,
    "toset": _set,
    "values": _values,
}


def _format(spec: str, *values: object) -> str:
    pieces = spec.split("%")
    made = [pieces[0]]
    left = list(values)
    for piece in pieces[1:]:
        if piece[:1] not in ("s", "d", "v") or not left:
            raise CannotError("format")
        made += [_as_text(left.pop(0)), piece[1:]]
    return joined(made)


def _replace(text: str, old: str, new: str) -> str:
    if old.startswith("/") and old.endswith("/") and len(old) > 1:
        raise CannotError("regular expressions")
    if len(text) * max(len(new), 1) > LONGEST:
        raise CannotError("too long")
    return text.replace(old, new)


def _join(separator: str, *lists: Sequence[object]) -> str:
    return joined([separator.join(_as_text(value) for values in lists for value in values)])


def _substr(text: str, start: int, length: int) -> str:
    if not text.isascii() or start < 0 or length < 0:
        raise CannotError("substr")
    return text[start : start + length]


_OF_VALUES: Final[Mapping[str, Callable[..., Any]]] = {
    "alltrue": lambda values: all(value is True for value in values),
    "anytrue": lambda values: any(value is True for value in values),
    "contains": lambda values, value: value in values,
    "format": _format,
    "join": _join,
    "lower": lambda text: text.lower(),
    "replace": _replace,
    "split": lambda separator, text: text.split(separator),
    "startswith": lambda text, start: text.startswith(start),
    "endswith": lambda text, end: text.endswith(end),
    "substr": _substr,
    "title": lambda text: text.title(),
    "tobool": lambda value: {"true": True, "false": False}.get(value, value),
    "tonumber": lambda value: json.loads(value) if isinstance(value, str) else value,
    "tostring": lambda value: None if value is None else _as_text(value),
    "trimprefix": lambda text, start: text.removeprefix(start),
    "trimspace": lambda text: text.strip(),
    "trimsuffix": lambda text, end: text.removesuffix(end),
    "upper": lambda text: text.upper(),
}
