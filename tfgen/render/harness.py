"""The module `harness`: the harness itself, a resource of the provider that the posture names. Knows no other module.

How an argument is written, as a block, an object or a value, is decided by what the provider's schema says of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from tfgen.catalog.carrier import Carrier, carrier
from tfgen.catalog.provider import Attribute as Argument
from tfgen.catalog.provider import Body as Place
from tfgen.catalog.provider import Fields as ObjectFields
from tfgen.catalog.provider import Many, Nested, Simple
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
    reference,
)
from tfgen.plan.model import PartName, Plan
from tfgen.plan.provisioned import Provisioned
from tfgen.plan.settings import Document, Exact, Fields, Items, Marker, Said, Setting, Table, lists
from tfgen.render import harness_readme
from tfgen.render.expressions import ELEMENT, list_expression, text_expression
from tfgen.render.layout import Provider, block
from tfgen.render.part import Output, Part

LABEL = "this"


def part(plan: Plan) -> Part:
    """The module, as a part of the root."""
    made = plan.provisioned
    if made is None:
        raise InternalError("the posture leaves the harness to somebody else")
    found = carrier(made.carrier)
    return Part(
        name=PartName.HARNESS,
        summary="The harness itself.",
        inputs=plan.part_inputs(PartName.HARNESS),
        main=(_resource(made, found),),
        outputs=tuple(_outputs(found)),
        readme=tuple(harness_readme.own(made, found)),
        root_readme=tuple(harness_readme.root(made, found)),
        providers=(Provider(found.name, found.provider, made.at_least),),
    )


def _outputs(found: Carrier) -> Iterator[Output]:
    for name, argument, said in (("harness_arn", "arn", "The ARN"), ("harness_id", "harness_id", "The id")):
        description = f"{said} of the harness."
        value = Reference((found.resource, LABEL, argument))
        yield Output(name, description, value, (), name, description)


def _resource(made: Provisioned, found: Carrier) -> Block:
    wired = Attribute("execution_role_arn", reference("var.execution_role_arn"))
    attributes, blocks = _body(made.settings, found.body, found, ELEMENT)
    first = [node for node in attributes if isinstance(node.value, Literal | Reference | Number)]
    rest = [node for node in attributes if node not in first]
    first.insert(1, wired)
    tags = Attribute("tags", _tags(made, found))
    nodes: list[Attribute | Block] = [*rest, *blocks]
    groups = [[node] for node in nodes]
    return block("resource", found.resource, LABEL, groups=[first, *groups, [tags]])


def _tags(made: Provisioned, found: Carrier) -> Expr:
    tags: Expr = reference("var.tags")
    if made.tags:
        tags = Call("merge", (tags, Object(tuple(Item(key, Literal(value)) for key, value in made.tags))))
    argument = found.body.attributes["tags"]
    if isinstance(argument.kind, Many) and argument.kind.collection == "map":
        return tags
    pair = Object((Item("key", Reference(("key",))), Item("value", Reference(("value",)))))
    return ForTuple(("key", "value"), tags, pair)


def _body(settings: Fields, place: Place, found: Carrier, element: Expr) -> tuple[list[Attribute], list[Block]]:
    """What is written in a block for a mapping: its attributes, and its blocks."""
    attributes: list[Attribute] = []
    blocks: list[Block] = []
    for key, inner in settings.items:
        name = found.argument(key)
        member = place.member(name)
        if isinstance(member, Nested):
            blocks += _blocks(name, inner, member.body, found, element)
        elif member is not None and (value := _value(inner, member, found, element)) is not None:
            attributes.append(Attribute(name, value))
    return attributes, blocks


# --- Blocks --------------------------------------------------------------------------------------------------------


def _blocks(name: str, setting: Setting, place: Place, found: Carrier, element: Expr) -> Iterator[Block]:
    match setting:
        case Items(elements):
            for inner in elements:
                yield _repeated(name, inner, place, found, element)
        case Table(items):
            for key, inner in items:
                yield _one(name, inner, place, found, element, Attribute(found.key, Literal(key)))
        case _:
            yield _one(name, setting, place, found, element)


def _one(name: str, setting: Setting, place: Place, found: Carrier, element: Expr, *own: Attribute) -> Block:
    attributes, blocks = _body(setting, place, found, element) if isinstance(setting, Fields) else ([], [])
    return block(name, body=(*own, *attributes, *blocks))


def _repeated(name: str, setting: Setting, place: Place, found: Carrier, element: Expr) -> Block:
    """A block for an element of a list; where a list input is in it, one for each of that one's elements."""
    over = lists(setting)
    if not over:
        return _one(name, setting, place, found, element)
    content = _one("content", setting, place, found, Reference((name, "value")))
    each = Attribute("for_each", Reference(("var", over[0])))
    return block("dynamic", name, groups=[[each], [content]])


# --- Values --------------------------------------------------------------------------------------------------------


def _value(setting: Setting, argument: Argument, found: Carrier, element: Expr) -> Expr | None:
    """What is written for an argument; None where it is left out."""
    match setting:
        case Said(value):
            return text_expression(value, element)
        case Exact(value):
            return Bool(value) if isinstance(value, bool) else Number(value)
        case Marker():
            return Bool(True) if argument.kind == Simple("bool") else Call("jsonencode", (Object(),))
        case Document():
            return Call("jsonencode", (_json(setting.value),))
        case Fields():
            return _object(setting, argument, found, element)
        case Table(items):
            # The provider reads an empty map back as none, and takes that for a fault of its own
            # (https://github.com/hashicorp/terraform-provider-aws/issues/45885).
            return _map(items, argument, found, element) if items else None
        case Items(elements):
            return _list(elements, argument, found, element)


def _inside(argument: Argument) -> Place:
    """What the objects may hold that stand in an argument."""
    kind = argument.kind.of if isinstance(argument.kind, Many) else argument.kind
    return Place(kind.attributes if isinstance(kind, ObjectFields) else {}, {})


def _object(settings: Fields, argument: Argument, found: Carrier, element: Expr) -> Object:
    attributes, _ = _body(settings, _inside(argument), found, element)
    return Object(tuple(Item(node.name, node.value) for node in attributes))


def _map(items: Sequence[tuple[str, Setting]], argument: Argument, found: Carrier, element: Expr) -> Object:
    values = ((key, _value(inner, argument, found, element)) for key, inner in items)
    return Object(tuple(Item(key, value) for key, value in values if value is not None))


def _list(elements: Sequence[Setting], argument: Argument, found: Carrier, element: Expr) -> Expr | None:
    texts = [part.value for part in elements if isinstance(part, Said)]
    if len(texts) == len(elements):
        return list_expression(texts)
    runs = [
        _run(over, tuple(run), argument, found, element)
        for over, run in groupby(elements, key=lambda part: lists(part)[:1])
    ]
    return runs[0] if len(runs) == 1 else Call("concat", tuple(runs))


def _run(over: tuple[str, ...], elements: Sequence[Setting], argument: Argument, found: Carrier, element: Expr) -> Expr:
    """Objects side by side that are there in any case, or one for each element of one list input."""
    own = ELEMENT if over else element
    objects = [_object(part, argument, found, own) for part in elements if isinstance(part, Fields)]
    if not over:
        return Tuple(tuple(objects))
    each = [ForTuple(("value",), Reference(("var", over[0])), one) for one in objects]
    return each[0] if len(each) == 1 else Call("concat", tuple(each))


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
