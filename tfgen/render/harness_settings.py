"""What a posture says of its harness as arguments, blocks and objects, spelled as its carrier does. Knows no module.

How each is written is decided by what the schema says of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from tfgen.catalog.provider import FREE_JSON, Many, Nested, Simple
from tfgen.catalog.provider import Attribute as Argument
from tfgen.catalog.provider import Body as Place
from tfgen.catalog.provider import Fields as ObjectFields
from tfgen.catalog.provider_resource import ProviderResource
from tfgen.diagnostics import InternalError
from tfgen.hcl.tree import (
    Attribute,
    Block,
    Bool,
    Call,
    Expr,
    ForTuple,
    Item,
    Literal,
    Null,
    Number,
    Object,
    Reference,
    Tuple,
    Unary,
)
from tfgen.iam.text import Part, Slot, Text, join
from tfgen.plan.settings import Document, Exact, Fields, Items, Marker, Setting, Table, TextValue, lists
from tfgen.render.expressions import ELEMENT, list_expression, text_expression
from tfgen.render.layout import block


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the carrier spells what is said."""

    carrier: ProviderResource
    parameters: Mapping[str, str] = field(default_factory=dict)
    """By the inputs that may hold secrets, the parameters of the template that take their values."""

    def hides(self, value: Text) -> bool:
        """Whether a text holds what may be a secret, and must be a parameter."""
        return any(isinstance(part, Slot) and part.name in self.parameters for part in value.parts)


def body_of(settings: Fields, place: Place, spelling: Spelling, element: Expr) -> tuple[list[Attribute], list[Block]]:
    """What is written in a block for a mapping: its attributes, and its blocks."""
    attributes: list[Attribute] = []
    blocks: list[Block] = []
    for key, inner in settings.items:
        name = spelling.carrier.argument(key)
        member = place.member(name)
        if isinstance(member, Nested):
            blocks += _blocks(name, inner, member.body, spelling, element)
        elif member is not None and (value := value_of(inner, member, spelling, element)) is not None:
            attributes.append(Attribute(name, value))
    return attributes, blocks


# --- Blocks --------------------------------------------------------------------------------------------------------


def _blocks(name: str, setting: Setting, place: Place, spelling: Spelling, element: Expr) -> Iterator[Block]:
    match setting:
        case Items(elements):
            for inner in elements:
                yield _repeated(name, inner, place, spelling, element)
        case Table(items):
            for key, inner in items:
                yield _one(name, inner, place, spelling, element, Attribute(spelling.carrier.key, Literal(key)))
        case _:
            yield _one(name, setting, place, spelling, element)


def _one(name: str, setting: Setting, place: Place, spelling: Spelling, element: Expr, *own: Attribute) -> Block:
    attributes, blocks = body_of(setting, place, spelling, element) if isinstance(setting, Fields) else ([], [])
    return block(name, body=(*own, *attributes, *blocks))


def _repeated(name: str, setting: Setting, place: Place, spelling: Spelling, element: Expr) -> Block:
    """A block for an element of a list; where a list input is in it, one for each of that one's elements."""
    over = lists(setting)
    if not over:
        return _one(name, setting, place, spelling, element)
    content = _one("content", setting, place, spelling, Reference((name, "value")))
    each = Attribute("for_each", Reference(("var", over[0])))
    return block("dynamic", name, groups=[[each], [content]])


# --- Values --------------------------------------------------------------------------------------------------------


def value_of(setting: Setting, argument: Argument, spelling: Spelling, element: Expr) -> Expr | None:
    """What is written for an argument; None where it is left out."""
    match setting:
        case TextValue(value):
            return _text(value, spelling, element)
        case Exact(value):
            return Bool(value) if isinstance(value, bool) else Number(value)
        case Marker():
            return _marker(argument)
        case Document():
            # In a template free JSON is no text.
            return _json(setting.value) if argument.kind == FREE_JSON else Call("jsonencode", (_json(setting.value),))
        case Fields():
            return object_of(setting, inside(argument), spelling, element)
        case Table(items):
            # The provider reads an empty map back as none, and takes that for a fault of its own
            # (https://github.com/hashicorp/terraform-provider-aws/issues/45885).
            return _map(items, argument, spelling, element) if items else None
        case Items(elements):
            return _list(elements, argument, spelling, element)


def inside(argument: Argument) -> Place:
    """What the objects may hold that stand in an argument."""
    kind = argument.kind.of if isinstance(argument.kind, Many) else argument.kind
    return Place(kind.attributes if isinstance(kind, ObjectFields) else {}, {})


def object_of(settings: Fields, place: Place, spelling: Spelling, element: Expr) -> Object:
    """What is written as an object for a mapping."""
    attributes, _ = body_of(settings, place, spelling, element)
    return Object(tuple(Item(node.name, node.value) for node in attributes))


def _map(items: Sequence[tuple[str, Setting]], argument: Argument, spelling: Spelling, element: Expr) -> Object:
    values = ((key, value_of(inner, argument, spelling, element)) for key, inner in items)
    return Object(tuple(Item(key, value) for key, value in values if value is not None))


def _list(elements: Sequence[Setting], argument: Argument, spelling: Spelling, element: Expr) -> Expr | None:
    texts = [part.value for part in elements if isinstance(part, TextValue)]
    if len(texts) == len(elements):
        return _texts(texts, spelling)
    runs = [
        _run(over, tuple(run), argument, spelling, element)
        for over, run in groupby(elements, key=lambda part: lists(part)[:1])
    ]
    return runs[0] if len(runs) == 1 else Call("concat", tuple(runs))


def _run(
    over: tuple[str, ...], elements: Sequence[Setting], argument: Argument, spelling: Spelling, element: Expr
) -> Expr:
    """Objects side by side that are there in any case, or one for each element of one list input."""
    own = ELEMENT if over else element
    objects = [object_of(part, inside(argument), spelling, own) for part in elements if isinstance(part, Fields)]
    if not over:
        return Tuple(tuple(objects))
    each = [ForTuple(("value",), Reference(("var", over[0])), one) for one in objects]
    return each[0] if len(each) == 1 else Call("concat", tuple(each))


# --- Texts ---------------------------------------------------------------------------------------------------------


def _text(value: Text, spelling: Spelling, element: Expr) -> Expr:
    """The expression for a text; in a template, what may be a secret is the parameter that takes its value."""
    if not spelling.hides(value):
        return text_expression(value, element)
    parts = [_piece(part, spelling, element) for part in value.parts]
    return parts[0] if len(parts) == 1 else Object((Item("Fn::Join", Tuple((Literal(""), Tuple(tuple(parts))))),))


def _piece(part: Part, spelling: Spelling, element: Expr) -> Expr:
    if isinstance(part, Slot) and part.name in spelling.parameters:
        return Object((Item("Ref", Literal(spelling.parameters[part.name])),))
    return text_expression(join(part), element)


def _texts(values: Sequence[Text], spelling: Spelling) -> Expr:
    """A list of texts, those that may be secrets as parameters."""
    runs = [
        Tuple(tuple(_text(value, spelling, ELEMENT) for value in run)) if hidden else list_expression(run)
        for hidden, run in groupby(values, key=spelling.hides)
    ]
    return Tuple() if not runs else runs[0] if len(runs) == 1 else Call("concat", tuple(runs))


def _marker(argument: Argument) -> Expr:
    """What says something by being there."""
    if argument.kind == Simple("bool"):
        return Bool(True)
    return Object() if isinstance(argument.kind, ObjectFields) else Call("jsonencode", (Object(),))


def _json(value: object) -> Expr:
    match value:
        case None:
            return Null()
        case bool():
            return Bool(value)
        case int() | Decimal():
            return Unary("-", Number(-value)) if value < 0 or str(value).startswith("-") else Number(value)
        case str():
            return Literal(value)
        case list():
            return Tuple(tuple(_json(part) for part in value))
        case dict():
            return Object(tuple(Item(str(key), _json(part)) for key, part in value.items()))
        case _:
            raise InternalError(f"JSON holds no {type(value).__name__}")
