"""The types of a tool's arguments, as the schema has them, and values of them. Knows no JSON Schema.

What AWS documents no Cedar type for is `Opaque`: it can be asked for, and be compared with nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from enum import StrEnum
from typing import Final, assert_never

from tfgen.cedar.facts import facts

_LONG: Final = 2**63
_DECIMAL_PLACES: Final = Decimal("0.0001")
_LARGEST_DECIMAL: Final = Decimal(_LONG) * _DECIMAL_PLACES


class Scalar(StrEnum):
    """A type with one value; each is named as JSON Schema names it."""

    STRING = "string"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Opaque:
    """A type whose form AWS does not document."""

    why: str
    """What it is, in words."""


@dataclass(frozen=True, slots=True)
class SetOf:
    """A list of values, of which Cedar knows neither order nor number."""

    element: Type


@dataclass(frozen=True, slots=True)
class Field:
    """A named value of a record."""

    name: str
    type: Type
    required: bool


@dataclass(frozen=True, slots=True)
class Record:
    """Named values."""

    fields: tuple[Field, ...] = ()

    def field(self, name: str) -> Field | None:
        """The field of that name."""
        return next((found for found in self.fields if found.name == name), None)


Type = Scalar | Opaque | SetOf | Record


class ValueFaultError(ValueError):
    """A value is not of a type: where in it, and why not."""

    def __init__(self, steps: tuple[str | int, ...], message: str) -> None:
        """Keep the steps to the part that is wrong."""
        super().__init__(message)
        self.steps = steps
        self.message = message


def in_schema(type: Type) -> dict[str, object]:
    """Write a type in Cedar's JSON form of schemas (https://docs.cedarpolicy.com/schema/json-schema.html)."""
    match type:
        case Scalar.NUMBER:
            return {"type": "Extension", "name": facts().types[type.value]}
        case Scalar():
            return {"type": facts().types[type.value].replace("Bool", "Boolean")}
        case Opaque():
            return {"type": "Entity", "name": facts().opaque}
        case SetOf(element):
            return {"type": "Set", "element": in_schema(element)}
        case Record(fields):
            return {
                "type": "Record",
                "attributes": {f.name: {**in_schema(f.type), "required": f.required} for f in fields},
            }
        case _:
            assert_never(type)


def in_request(type: Type, value: object) -> object:
    """Write a value in Cedar's JSON form of requests, as AgentCore's gateway does with a call's arguments.

    Raises `ValueFaultError` when it is not of the type.
    """
    match type:
        case Scalar():
            return _scalar(type, value)
        case Opaque():
            written = json.dumps(value, sort_keys=True, ensure_ascii=False)
            return {"__entity": {"type": facts().entity(facts().opaque), "id": written}}
        case SetOf(element):
            if not isinstance(value, list | tuple):
                raise ValueFaultError((), "is not a list")
            return [_inside(place, element, item) for place, item in enumerate(value)]
        case Record():
            return _record(type, value)
        case _:
            assert_never(type)


def _record(type: Record, value: object) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise ValueFaultError((), "is not a mapping")
    for name in value:
        if type.field(name) is None:
            raise ValueFaultError((name,), "is no argument of the tool")
    missing = next((field.name for field in type.fields if field.required and field.name not in value), None)
    if missing is not None:
        raise ValueFaultError((), f"lacks {missing!r}, which is required")
    return {
        field.name: _inside(field.name, field.type, value[field.name]) for field in type.fields if field.name in value
    }


def _inside(step: str | int, type: Type, value: object) -> object:
    try:
        return in_request(type, value)
    except ValueFaultError as fault:
        raise ValueFaultError((step, *fault.steps), fault.message) from None


def _scalar(type: Scalar, value: object) -> object:
    match type:
        case Scalar.STRING if isinstance(value, str):
            return value
        case Scalar.BOOLEAN if isinstance(value, bool):
            return value
        case Scalar.INTEGER if isinstance(value, int) and not isinstance(value, bool):
            if not -_LONG <= value < _LONG:
                raise ValueFaultError((), "is larger than Cedar's whole numbers")
            return value
        case Scalar.NUMBER if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return {"__extn": {"fn": facts().types[type.value], "arg": decimal_text(value)}}
        case _:
            article = "an" if type.value[0] in "aeiou" else "a"
            raise ValueFaultError((), f"is not {article} {type.value}")


def decimal_text(value: float | Decimal) -> str:
    """Write a number as Cedar's decimals are: with one to four decimal places, the rest cut off as AgentCore does.

    Raises `ValueFaultError` for a number outside Cedar's range.
    """
    try:
        number = Decimal(str(value))
        if not abs(number) < _LARGEST_DECIMAL:
            raise ValueFaultError((), "is larger than Cedar's decimals")
        cut = number.quantize(_DECIMAL_PLACES, rounding=ROUND_DOWN)
    except InvalidOperation:
        raise ValueFaultError((), "is not a number") from None
    whole, _, rest = f"{cut + 0:f}".partition(".")
    return f"{whole}.{rest.rstrip('0') or '0'}"
