"""Whether an expression can be of the type that an argument has, as far as its text tells. Knows no module.

What only Terraform can evaluate fits everything. An object is held against the attributes that it must have.
"""

from __future__ import annotations

import re
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
            yield from _limits(name, value, attribute)


def _limits(name: str, value: Expr, attribute: Attribute) -> Iterator[str]:
    """What is wrong with a value of the right type: its form and size, and in a list or map those of each value."""
    limits, kind = attribute.limits, attribute.kind
    match value:
        case Literal(text) if isinstance(kind, Simple | Many) and (fault := limits.fault(text)):
            yield f"{name} is {text!r}, and {fault}"
        case Number(number) if fault := limits.fault(number):
            yield f"{name} is {number}, and {fault}"
        case Tuple(elements) if isinstance(kind, Many):
            parts = [part for part in elements if not isinstance(part, Comment)]
            if len(parts) < limits.least or (attribute.most is not None and len(parts) > attribute.most):
                yield f"{name} has {len(parts)} elements, which is too few or too many"
            for number, part in enumerate(parts):
                one = Attribute(kind.of, attribute.mode, attribute.values, limits=limits)
                yield from _one(f"{name}[{number}]", part, one)
        case Object(items) if isinstance(kind, Many):
            for item in (item for item in items if isinstance(item, Item)):
                if isinstance(item.key, str) and limits.keys and re.search(limits.keys, item.key, re.ASCII) is None:
                    yield f"{name} has the key {item.key!r}, which must match {limits.keys}"
                yield from _one(f"{name}[{item.key!r}]", item.value, Attribute(kind.of, attribute.mode, limits=limits))
        case _:
            return


def _one(name: str, value: Expr, attribute: Attribute) -> Iterator[str]:
    """What is wrong with one text or number of a list or map."""
    if isinstance(value, Literal) and attribute.values and value.value not in attribute.values:
        yield f"{name} is {value.value!r}, and is one of {', '.join(attribute.values)}"
    elif isinstance(value, Literal | Number):
        yield from _limits(name, value, attribute)


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
