"""Steps through the model by a route, and through a posture to its inputs. Knows no key of the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Final, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from tfgen.diagnostics import Route
from tfgen.posture.base import Model
from tfgen.posture.document import Posture
from tfgen.posture.shape import Shape
from tfgen.posture.values import Given, InputRef, Literally, Table

KEY_STEP: Final = "[key]"
"""The last step of pydantic's route when a key of a table, not its value, is wrong."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What the model says about a place: its type without `None` and marks, and the marks."""

    kind: object
    marks: tuple[object, ...] = ()

    @property
    def model(self) -> type[Model] | None:
        """The class of the mapping that belongs here, when it is one with fixed keys."""
        return self.kind if isinstance(self.kind, type) and issubclass(self.kind, Model) else None

    @property
    def shape(self) -> Shape | None:
        """The shape of the text that belongs here, when it is text: of the value of an input, where one may stand."""
        return next((mark.shape for mark in self.marks if isinstance(mark, Literally)), None)

    @property
    def literal(self) -> Shape | None:
        """The shape of a text that stands in the posture itself."""
        return next((mark.literal for mark in self.marks if isinstance(mark, Literally)), None)

    @property
    def takes_input(self) -> bool:
        """Whether an input may stand here."""
        return any(isinstance(mark, Given) for mark in self.marks)

    @property
    def takes_several(self) -> bool:
        """Whether an input that is a list may stand here for several such values."""
        return any(isinstance(mark, Given) and mark.several for mark in self.marks)

    @property
    def is_list(self) -> bool:
        """Whether a list belongs here."""
        return get_origin(self.kind) is tuple

    def child(self, step: str | int) -> Slot | None:
        """Go one step further down; None when the model says nothing there."""
        if self.model is not None:
            field = next((field for key, field in keyed(self.model) if key == step), None)
            return None if field is None else unwrapped(field.annotation, tuple(field.metadata))
        if self.is_list or get_origin(self.kind) is Table:
            return unwrapped(get_args(self.kind)[0])
        return None


def keyed(model: type[Model]) -> Iterator[tuple[str, FieldInfo]]:
    """Give the keys of a mapping as they stand in the text, each with its field."""
    for name, field in model.model_fields.items():
        yield field.alias or name, field


def unwrapped(annotation: object, marks: tuple[object, ...] = ()) -> Slot:
    """Take `Annotated` and `None` off an annotation."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        return unwrapped(inner, (*more, *marks))
    if origin in (Union, UnionType):
        rest = [part for part in get_args(annotation) if part is not NoneType]
        if len(rest) == 1:
            return unwrapped(rest[0], marks)
    return Slot(annotation, marks)


def slot_at(route: Route) -> Slot | None:
    """Follow a route of a posture through the model; None when the model does not reach so far."""
    slot: Slot | None = Slot(Posture)
    for step in route:
        if slot is None:
            return None
        slot = slot.child(step)
    return slot


@cache
def places_of_keys() -> Mapping[str, tuple[Route, ...]]:
    """Where each key of the model may stand, the shortest routes first; elements of lists and tables are left out."""
    found: dict[str, dict[Route, None]] = {}
    pending: list[tuple[Slot | None, Route, frozenset[type[Model]]]] = [(Slot(Posture), (), frozenset())]
    for slot, route, inside in pending:  # grows while it is walked
        model = slot.model if slot is not None else None
        if slot is not None and (slot.is_list or get_origin(slot.kind) is Table):
            pending.append((unwrapped(get_args(slot.kind)[0]), route, inside))
        if model is None or model in inside:
            continue
        for key, _ in keyed(model):
            found.setdefault(key, {})[*route, key] = None
            pending.append((Slot(model).child(key), (*route, key), inside | {model}))
    return {key: tuple(sorted(routes, key=len)) for key, routes in found.items()}


@dataclass(frozen=True, slots=True)
class Text:
    """A text or an input somewhere in a posture."""

    value: str | InputRef
    route: Route
    shape: Shape
    in_list: bool
    """Whether it stands in an element of a list, or elsewhere where an input may stand for several such values."""


@dataclass(frozen=True, slots=True)
class InputUse:
    """A place in a posture where an input stands. `in_list`: an input that is a list stands for all its elements."""

    name: str
    route: Route
    shape: Shape
    in_list: bool


def texts(posture: Posture) -> Iterator[Text]:
    """Every text with a shape and every input, in the order of the model."""
    pending: list[tuple[object, Slot, Route]] = [(posture, Slot(Posture), ())]
    while pending:
        value, slot, route = pending.pop()
        if isinstance(value, str | InputRef):
            shape = slot.shape if isinstance(value, InputRef) else slot.literal
            if shape is not None:
                in_list = slot.takes_several or any(isinstance(step, int) for step in route)
                yield Text(value, route, shape, in_list)
            continue
        pending.extend(reversed([(part, down, (*route, step)) for step, part, down in _parts(value, slot)]))


def _parts(value: object, slot: Slot) -> Iterator[tuple[str | int, object, Slot]]:
    if isinstance(value, Model):
        yield from ((key, getattr(value, name), down) for key, name, down in _slots(type(value)))
    elif isinstance(value, Mapping) and get_origin(slot.kind) is Table:
        inner = unwrapped(get_args(slot.kind)[0])
        yield from ((key, part, inner) for key, part in value.items())
    elif isinstance(value, tuple) and slot.is_list:
        inner = unwrapped(get_args(slot.kind)[0])
        yield from ((index, part, inner) for index, part in enumerate(value))


@cache
def _slots(model: type[Model]) -> tuple[tuple[str, str, Slot], ...]:
    """Give each key of a mapping with the name of its field and what may stand there."""
    return tuple(
        (field.alias or name, name, unwrapped(field.annotation, tuple(field.metadata)))
        for name, field in model.model_fields.items()
    )


def input_uses(posture: Posture) -> tuple[InputUse, ...]:
    """Every place where an input stands, with the shape that its value must have there."""
    return tuple(
        InputUse(text.value.name, text.route, text.shape, text.in_list)
        for text in texts(posture)
        if isinstance(text.value, InputRef)
    )
