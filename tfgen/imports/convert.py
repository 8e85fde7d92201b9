"""From a source's tree to a posture's plain data, led by the posture's own model. Knows no source.

Keys are those of the model in any spelling; a value goes where the model has a place for it. What has no place, and
what is not known where no input may stand, is recorded with its place and said in a comment: nothing is dropped
in silence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, get_args, get_origin

from tfgen.diagnostics import Route
from tfgen.imports import vocabulary
from tfgen.imports.inputs import Inputs
from tfgen.imports.report import Handling, Record
from tfgen.posture.base import Empty, Model
from tfgen.posture.names import snake
from tfgen.posture.values import FreeJson, Table
from tfgen.posture.walk import Slot, keyed, unwrapped
from tfgen.terraform.values import Encoded, Leaf, Listed, Mapped, Node, Place, Symbol, UnknownError, plain

_MOST_VALUES: Final = 100_000
"""How many values one harness may have: local values of Terraform can repeat each other without end."""
WRAPPER: Final = "optional_value"
"""In which an update of the API puts what may be taken away."""
_TABLE_KEY: Final = "map_block_key"
_PAIR: Final = frozenset({"key", "value"})


class _Nothing:
    """Stands for a value that is not carried."""


NOTHING: Final = _Nothing()


class TooLargeError(Exception):
    """A source says more than anyone means."""


@dataclass
class Converter:
    """Carries one harness; what happens on the way is in `record` and `inputs`."""

    record: Record = field(default_factory=Record)
    inputs: Inputs = field(default_factory=Inputs)
    values: int = 0

    def carry(self, node: Node, slot: Slot, route: Route, said: str = "", about: str = "", called: str = "") -> Any:  # noqa: ANN401
        """The plain data for a node at a place of the posture, or `NOTHING`.

        `said` is the key in the source with those above it, `about` what the model says of the place, `called` what
        an input is named after where the place has no telling name. Raises `TooLargeError`.
        """
        self.values += 1
        if self.values > _MOST_VALUES:
            raise TooLargeError
        self.record.places[route] = node.place
        if isinstance(node, Leaf) and node.value is None:
            return NOTHING
        if isinstance(node, Symbol):
            return self._symbol(node, slot, route, said, about, called)
        if any(isinstance(mark, FreeJson) for mark in slot.marks):
            return self._json(node, route, said)
        if slot.model is not None:
            return self._model(_one_block(node), slot.model, route, said)
        if slot.is_list:
            return self._list(node, slot, route, said, about)
        if get_origin(slot.kind) is Table:
            return self._table(node, slot, route, said)
        return self._scalar(node, slot, route, said)

    def _symbol(self, symbol: Symbol, slot: Slot, route: Route, said: str, about: str, called: str) -> Any:  # noqa: ANN401
        if isinstance(symbol.default, Leaf) and symbol.default.value is None:
            self.record.note(
                Handling.ASSUMED, said, symbol.place, f"{symbol.source} is null by default, so it is left out"
            )
            return NOTHING
        in_list = any(isinstance(step, int) for step in route)
        if slot.takes_input and slot.shape is not None and (in_list or not symbol.many):
            made = self.inputs.of(symbol, slot.shape, about, many=symbol.many, called=called)
            self.record.note(Handling.INPUT, said, symbol.place, made.name)
            return {"input": made.name}
        element = slot.child(0) if slot.is_list else None
        if element is not None and element.takes_input and element.shape is not None:
            made = self.inputs.of(symbol, element.shape, about, many=True)
            self.record.note(Handling.INPUT, said, symbol.place, made.name)
            return [{"input": made.name}]
        if symbol.default is not None:
            why = f"the default of {symbol.source} is taken, as no input may stand here"
            self.record.note(Handling.ASSUMED, said, symbol.place, why)
            return self.carry(replace(symbol.default, place=symbol.place), slot, route, said, about)
        why = symbol.why or f"`{_short(symbol.source)}` is not known"
        self._lose(said, symbol.place, f"{why}; no input may stand here", route)
        return NOTHING

    def _model(self, node: Node, model: type[Model], route: Route, said: str) -> Any:  # noqa: ANN401
        if issubclass(model, Empty) and isinstance(node, Leaf) and isinstance(node.value, bool):
            return {} if node.value else NOTHING  # Terraform writes `disabled = true`
        if not isinstance(node, Mapped):
            return self._scalar(node, Slot(model), route, said)
        said_of_it = self._unwrapped(node, model, route, said)
        if said_of_it is None:
            return NOTHING
        fields = dict(keyed(model))
        found: dict[str, Any] = {}
        for word, inner in said_of_it.items.items():
            here = f"{said}.{word}" if said else word
            key = vocabulary.meant(word, fields)
            if key is None or key in found:
                self._no_key(model, word, inner, route, here, twice=key is not None)
                continue
            info = fields[key]
            slot = unwrapped(info.annotation, tuple(info.metadata))
            value = self.carry(inner, slot, (*route, key), here, info.description or "")
            if not isinstance(value, _Nothing):
                found[key] = value
        if not found and said_of_it.items and not issubclass(model, Empty):
            return NOTHING
        return {key: found[key] for key in fields if key in found}

    def _unwrapped(self, node: Mapped, model: type[Model], route: Route, said: str) -> Mapped | None:
        """Without the `optionalValue` in which an update wraps what may be taken away; None when it is taken away."""
        by_word = {snake(key): key for key in node.items}
        if WRAPPER not in by_word or WRAPPER in dict(keyed(model)):
            return node
        for key, beside in node.items.items():
            if key != by_word[WRAPPER]:
                self._lose(f"{said}.{key}", beside.place, "a posture has no such key", route)
        inner = node.items[by_word[WRAPPER]]
        return None if isinstance(inner, Leaf) else inner if isinstance(inner, Mapped) else node

    def _no_key(self, model: type[Model], word: str, node: Node, route: Route, said: str, *, twice: bool) -> None:
        why = vocabulary.left_out().get((model.__name__, snake(word)))
        if isinstance(node, Leaf) and node.value is None:
            return
        if why is not None:
            self.record.note(Handling.LEFT_OUT, said, node.place, why)
        else:
            why = "it stands here twice, in two spellings" if twice else "a posture has no such key"
            self._lose(said, node.place, why, route)

    def _list(self, node: Node, slot: Slot, route: Route, said: str, about: str) -> Any:  # noqa: ANN401
        if isinstance(node, Mapped):
            node = Listed((node,), node.place)
        if not isinstance(node, Listed):
            return self._scalar(node, slot, route, said)
        inner = slot.child(0)
        assert inner is not None  # noqa: S101  # a list has elements
        if not node.elements and inner.model is not None:
            return NOTHING
        found: list[Any] = []
        for index, element in enumerate(node.elements):
            value = self.carry(element, inner, (*route, len(found)), f"{said}[{index}]", about)
            if not isinstance(value, _Nothing):
                found.append(value)
        return found if found or not node.elements else NOTHING

    def _table(self, node: Node, slot: Slot, route: Route, said: str) -> Any:  # noqa: ANN401
        inner = slot.child("")
        assert inner is not None  # noqa: S101  # a table has values
        if not isinstance(node, Mapped | Listed):
            return self._scalar(node, slot, route, said)
        found: dict[str, Any] = {}
        for key, value_node, place in self._pairs(node, route, said):
            value = self.carry(value_node, inner, (*route, key), f"{said}.{key}", f"The value of {key}", key)
            if not isinstance(value, _Nothing):
                found[key] = value
                self.record.places[(*route, key)] = place
        return found or NOTHING

    def _pairs(self, node: Mapped | Listed, route: Route, said: str) -> Iterator[tuple[str, Node, Place]]:
        """The keys and values of a table: a mapping, or a list of pairs or of blocks that hold their key."""
        if isinstance(node, Mapped):
            yield from ((key, value, value.place) for key, value in node.items.items())
            return
        for index, element in enumerate(node.elements):
            items = {snake(key): value for key, value in element.items.items()} if isinstance(element, Mapped) else {}
            key = items.pop(_TABLE_KEY, None) or (items.pop("key") if set(items) == _PAIR else None)
            if isinstance(key, Leaf) and isinstance(key.value, str):
                rest = items.get("value") if set(items) == {"value"} else None
                yield key.value, rest or Mapped(items, element.place), element.place
            else:
                self._lose(f"{said}[{index}]", element.place, "it has no key that is known", route)

    def _json(self, node: Node, route: Route, said: str) -> Any:  # noqa: ANN401 - it is free JSON
        node = _one_block(node)
        if isinstance(node, Encoded):
            node = node.of
        if isinstance(node, Leaf) and isinstance(node.value, str):
            try:
                data = json.loads(node.value)
            except ValueError:
                data = node.value
            self.record.note(Handling.CARRIED, said, node.place)
            return data
        return self._json_part(node, route, route, said)

    def _json_part(self, node: Node, top: Route, route: Route, said: str) -> Any:  # noqa: ANN401 - it is free JSON
        self.values += 1
        if self.values > _MOST_VALUES:
            raise TooLargeError
        match node:
            case Mapped(items):
                made = {key: self._json_part(v, top, (*route, key), f"{said}.{key}") for key, v in items.items()}
                return {key: value for key, value in made.items() if not isinstance(value, _Nothing)}
            case Listed(elements):
                parts = [self._json_part(e, top, (*route, i), f"{said}[{i}]") for i, e in enumerate(elements)]
                return [part for part in parts if not isinstance(part, _Nothing)]
            case Leaf(value):
                self.record.places[route] = node.place
                self._carried(node, said)
                return value
            case _:
                try:
                    value = plain(node)
                except UnknownError as missing:
                    source = _short(missing.symbol.source)
                    self._lose(said, node.place, f"`{source}` is not known, and free JSON takes no input", top)
                    return NOTHING
                self.record.note(Handling.ASSUMED, said, node.place, "a default is taken, as free JSON takes no input")
                return value

    def _scalar(self, node: Node, slot: Slot, route: Route, said: str) -> Any:  # noqa: ANN401
        """A single value, or what stands in the place of one: validation says what is wrong with it."""
        if isinstance(node, Encoded):
            try:
                node = Leaf(plain(node), node.place)
            except UnknownError as missing:
                self._lose(said, node.place, f"`{_short(missing.symbol.source)}` is not known", route)
                return NOTHING
        if not isinstance(node, Leaf):
            return self._misplaced(node, route, said)
        self._carried(node, said)
        return _fitting(node.value, slot)

    def _carried(self, leaf: Leaf, said: str) -> None:
        if leaf.assumed:
            why = f"it is so as long as {' and '.join(leaf.assumed)} is left at the default"
            self.record.note(Handling.ASSUMED, said, leaf.place, why)
        else:
            self.record.note(Handling.CARRIED, said, leaf.place)

    def _misplaced(self, node: Node, route: Route, said: str) -> Any:  # noqa: ANN401
        """A mapping or list where there should be none."""
        try:
            value = plain(node)
        except UnknownError:
            self._lose(said, node.place, "it is not known, and has not the form that is needed here", route)
            return NOTHING
        self.record.note(Handling.CARRIED, said, node.place)
        return value

    def _lose(self, said: str, place: Place, why: str, route: Route) -> None:
        self.record.lose(said, place, why, route)


def _one_block(node: Node) -> Node:
    """What Terraform writes as a block that may stand once."""
    return node.elements[0] if isinstance(node, Listed) and node.blocks and len(node.elements) == 1 else node


def _fitting(value: object, slot: Slot) -> object:
    """A value as the place needs it, where Terraform and CloudFormation turn one type into another themselves."""
    wants_text = slot.shape is not None or get_origin(slot.kind) is Literal
    if wants_text and isinstance(value, bool | int | float):
        choices = get_args(slot.kind) if get_origin(slot.kind) is Literal else ()
        return value if value in choices else json.dumps(value)
    if slot.kind in (int, float) and isinstance(value, str):
        try:
            number = json.loads(value)
        except ValueError:
            return value
        return number if isinstance(number, int | float) else value
    if slot.kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _short(source: str) -> str:
    return source if len(source) <= 80 else f"{source[:77]}..."


def at_keys_that_exist(comments: Mapping[Route, list[str]], data: object) -> dict[Route, list[str]]:
    """Comments at the nearest key that is there, as what they are about may not be."""
    found: dict[Route, list[str]] = {}
    for route, lines in comments.items():
        kept: list[str | int] = []
        inner: Any = data
        for step in route:
            try:
                inner = inner[step]
            except (KeyError, IndexError, TypeError):
                break
            kept.append(step)
        found.setdefault(tuple(kept), []).extend(lines)
    return found
