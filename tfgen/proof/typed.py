"""Whether an expression can be of the type that an argument has, as far as its text tells. Knows no module.

What only Terraform can evaluate fits everything. An object is held against the attributes that it must have.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from tfgen.catalog.provider import Attribute, Fields, Kind, Many, Mode, Simple
from tfgen.hcl.tree import Bool, Call, Comment, Conditional, Expr, ForTuple, Item, Literal, Null, Number, Object, Tuple


def faults(name: str, value: Expr, attribute: Attribute) -> Iterator[str]:
    """What is wrong with the value of an argument of that name."""
    match value:
        case Conditional(_, then, otherwise):
            for case in (then, otherwise):
                yield from faults(name, case, attribute)
        case Literal(text) if attribute.values and text not in attribute.values:
            yield f"{name} is {text!r}, and is one of {', '.join(attribute.values)}"
        case _:
            yield from _fits(name, value, attribute.kind)


def _fits(name: str, value: Expr, kind: Kind) -> Iterator[str]:
    match value:
        case Null():
            return
        case Object(items):
            yield from _object(name, tuple(item for item in items if isinstance(item, Item)), kind)
        case Tuple(elements):
            yield from _list(name, tuple(part for part in elements if not isinstance(part, Comment)), kind)
        case ForTuple():
            yield from _list(name, (value.result,), kind)
        case Call("concat", arguments):
            for argument in arguments:
                yield from _fits(name, argument, kind)
        case Literal() | Number() | Bool():
            yield from _scalar(name, value, kind)
        case _:
            return


def _object(name: str, items: tuple[Item, ...], kind: Kind) -> Iterator[str]:
    if isinstance(kind, Many) and kind.collection == "map":
        for item in items:
            yield from _fits(f"{name}[{item.key!r}]", item.value, kind.of)
    elif isinstance(kind, Fields):
        given = {item.key: item.value for item in items if isinstance(item.key, str)}
        for key, value in given.items():
            attribute = kind.attributes.get(key)
            if attribute is None:
                yield f"{name}.{key} is not known there"
            elif attribute.mode is Mode.COMPUTED:
                yield f"{name}.{key} cannot be set"
            else:
                yield from faults(f"{name}.{key}", value, attribute)
        for key, attribute in kind.attributes.items():
            if attribute.mode is Mode.REQUIRED and given.get(key, Null()) == Null():
                yield f"{name}.{key} is missing"
    elif kind != Simple("any"):
        yield f"{name} is an object, and is to be {_said(kind)}"


def _list(name: str, elements: tuple[Expr, ...], kind: Kind) -> Iterator[str]:
    if isinstance(kind, Many) and kind.collection != "map":
        for number, element in enumerate(elements):
            yield from _fits(f"{name}[{number}]", element, kind.of)
    elif kind != Simple("any"):
        yield f"{name} is a list, and is to be {_said(kind)}"


def _scalar(name: str, value: Literal | Number | Bool, kind: Kind) -> Iterator[str]:
    match kind, value:
        case (Simple("string" | "any"), _):
            return
        case (Simple("number"), Number()) | (Simple("bool"), Bool()):
            return
        case (Simple("number"), Literal(text)) if _is_number(text):
            return
        case (Simple("bool"), Literal("true" | "false")):
            return
        case _:
            yield f"{name} is a single value, and is to be {_said(kind)}"


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _said(kind: Kind) -> str:
    match kind:
        case Simple(name):
            return f"a {name}"
        case Many(collection):
            return f"a {collection}"
        case Fields():
            return "an object"
