"""From a mapping of a posture to the tree of what it says. Knows no key of it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tfgen.diagnostics import Route
from tfgen.iam.text import Text
from tfgen.plan.settings import Document, Exact, Fields, Items, Marker, Setting, Table, TextValue
from tfgen.plan.values import Values
from tfgen.posture.base import Empty, Model
from tfgen.posture.values import InputRef, Json


def fields(model: Model, values: Values, route: Route) -> Fields:
    """What a mapping of the posture says."""
    items: list[tuple[str, Setting]] = []
    for name, field in type(model).model_fields.items():
        key, value = field.alias or name, getattr(model, name)
        if value is not None:
            items.append((key, _setting(value, values, (*route, key))))
    return Fields(tuple(items), route)


def _setting(value: object, values: Values, route: Route) -> Setting:
    match value:
        case Text():
            return TextValue(value, route)
        case str() | InputRef():
            return TextValue(values.text(value), route)
        case bool() | int():
            return Exact(value, route)
        case float():
            return Exact(exact(Decimal(repr(value))), route)
        case Json():
            return Document(value.text, route)
        case Empty():
            return Marker(route)
        case Model():
            return fields(value, values, route)
        case tuple():
            found = (_setting(part, values, (*route, index)) for index, part in enumerate(value))
            return Items(tuple(found), route)
        case Mapping():
            items = ((str(key), _setting(part, values, (*route, str(key)))) for key, part in value.items())
            return Table(tuple(items), route)
        case _:
            raise TypeError(f"a posture holds no {type(value).__name__}")


def exact(value: Decimal) -> int | Decimal:
    """A number in one form: whole where it is whole."""
    whole = value.to_integral_value()
    return int(whole) if whole == value else value
