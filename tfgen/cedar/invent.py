"""Calls to which a policy may apply: guesses, to be tried by the engine. Must not decide anything itself."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, assert_never

from tfgen.cedar import engine
from tfgen.cedar.arguments import Opaque, Record, Scalar, SetOf, Type
from tfgen.cedar.decide import Call, Caller, entity, request
from tfgen.cedar.form import ArgumentOf, ClaimOf, Form, IdOf, Spot, named
from tfgen.cedar.policies import Gateway, Policy
from tfgen.cedar.tools import Tool

EXAMPLE: Final = "example"
"""What stands in a guess where any text would do."""
MOST: Final = 256
"""How many combinations of values are tried: enough for a dozen spots, few enough to be quick."""

_NEAR_LARGEST: Final = 2**63 // 10**4 - 1
"""What Cedar's decimals hold with one to spare."""

_MOST_OF_ONE: Final = 12
"""How many of the values that policies name are tried in one spot."""

Choice = tuple[tuple[Spot, object], ...]
"""A value for each spot; `ABSENT` for one that is left out."""


class Absent:
    """The type of `ABSENT`."""


ABSENT: Final = Absent()


def choices(tool: Tool, forms: Iterable[Form], fixed: Caller | None = None) -> Iterator[Choice]:
    """Yield combinations of values for all that some policies look at in calls of a tool; values they name come first.

    With a `fixed` caller only the arguments vary.
    """
    spots: dict[Spot, list[object]] = {}
    for form in forms:
        for spot, values in named(form).items():
            spots.setdefault(spot, []).extend(values[:_MOST_OF_ONE])
    options: list[list[tuple[Spot, object]]] = []
    for spot, values in spots.items():
        if isinstance(spot, ArgumentOf) or fixed is None:
            found = list(_options(spot, values, tool))
            if found:
                options.append([(spot, value) for value in found])
    yield from itertools.islice(_combined(options), MOST)


def _combined(options: Sequence[Sequence[tuple[Spot, object]]]) -> Iterator[Choice]:
    """Yield combinations, those first that differ least from the one of all first values."""
    for count in range(len(options) + 1):
        for places in itertools.combinations(range(len(options)), count):
            each = (found[1:] if place in places else found[:1] for place, found in enumerate(options))
            yield from itertools.product(*each)


def call(choice: Choice, tool: Tool, fixed: Caller | None = None) -> Call:
    """Make the call that a combination of values stands for."""
    id, claims, arguments = EXAMPLE, list[tuple[str, str]](), filler(tool.arguments)
    assert isinstance(arguments, dict)  # noqa: S101  # arguments are a record
    for spot, value in sorted(choice, key=lambda item: len(item[0].path) if isinstance(item[0], ArgumentOf) else 0):
        match spot:
            case IdOf():
                id = str(value)
            case ClaimOf(name):
                claims += [] if value is ABSENT else [(name, str(value))]
            case ArgumentOf(path):
                _put(arguments, tool.arguments, path, value)
            case _:
                assert_never(spot)
    return Call(fixed or Caller(id, tuple(claims)), tool, arguments)


def applied(
    calls: Iterable[Call], policies: Sequence[Policy], gateway: Gateway
) -> Iterator[tuple[Call, engine.Verdict]]:
    """Yield what the engine decides of each call, by the plain parts of the policies."""
    statements = [policy.cedar for policy in policies]
    for caller, group in itertools.groupby(calls, key=lambda found: found.caller):
        held = list(group)
        requests = [request(found, gateway) for found in held]
        yield from zip(
            held, engine.decide(statements, requests, [entity(caller, gateway)], gateway.schema), strict=True
        )


def filler(type: Type) -> object:
    """A value of a type, as small as it may be."""
    match type:
        case Scalar.STRING:
            return EXAMPLE
        case Scalar.INTEGER | Scalar.NUMBER:
            return 0
        case Scalar.BOOLEAN:
            return False
        case Opaque():
            return EXAMPLE
        case SetOf():
            return []
        case Record(fields):
            return {field.name: filler(field.type) for field in fields if field.required}
        case _:
            assert_never(type)


def argument_type(tool: Tool, path: Sequence[str]) -> tuple[Type, bool] | None:
    """The type of an argument, and whether it may be missing; None when the tool has no such argument."""
    type: Type = tool.arguments
    optional = False
    for name in path:
        field = type.field(name) if isinstance(type, Record) else None
        if field is None:
            return None
        type, optional = field.type, optional or not field.required
    return type, optional


def _options(spot: Spot, values: Iterable[object], tool: Tool) -> Iterator[object]:
    match spot:
        case IdOf():
            yield from dict.fromkeys([*(str(value) for value in values), EXAMPLE])
        case ClaimOf():
            yield from dict.fromkeys([*(str(value) for value in values), EXAMPLE])
            yield ABSENT
        case ArgumentOf(path):
            found = argument_type(tool, path)
            if found is not None:
                type, optional = found
                yield from _unique([*_of_type(type, list(values)), filler(type)])
                yield from (ABSENT,) if optional else ()
        case _:
            assert_never(spot)


def _of_type(type: Type, values: list[object]) -> Iterator[object]:
    match type:
        case Scalar.STRING:
            yield from (value for value in values if isinstance(value, str))
        case Scalar.BOOLEAN:
            yield from (True, False)
        case Scalar.INTEGER:
            for value in values:
                if isinstance(value, int) and not isinstance(value, bool):
                    yield from (near for near in (value, value - 1, value + 1) if -(2**63) <= near < 2**63)
        case Scalar.NUMBER:
            for value in values:
                yield from _decimals(value)
        case SetOf(element):
            members = list(_unique(_of_type(element, values)))
            yield members
            yield from ([member] for member in members)
        case Opaque() | Record():
            return
        case _:
            assert_never(type)


def _decimals(value: object) -> Iterator[Decimal]:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return
    if abs(number) < _NEAR_LARGEST:
        yield from (number, number - 1, number + 1)


def _unique(values: Iterable[object]) -> Iterator[object]:
    seen: list[object] = []
    for value in values:
        if not any(type(value) is type(other) and value == other for other in seen):
            seen.append(value)
            yield value


def _put(arguments: dict[str, object], type: Record, path: Sequence[str], value: object) -> None:
    """Put a value at a path; the records on the way are made where they are missing, but not for a value left out."""
    *outer, last = path
    for name in outer:
        field = type.field(name)
        if field is None or not isinstance(field.type, Record):
            return
        inner = arguments.get(name)
        if not isinstance(inner, dict):
            if value is ABSENT:
                return
            made = filler(field.type)
            inner = made if isinstance(made, dict) else {}
            arguments[name] = inner
        arguments, type = inner, field.type
    field = type.field(last)
    if value is ABSENT:
        if field is not None and not field.required:
            arguments.pop(last, None)
    else:
        arguments[last] = value


def shown(call: Call) -> str:
    """The arguments of a call in words, for messages."""
    if not call.arguments:
        return "no arguments"
    return ", ".join(
        f"{name}: {value if isinstance(value, Decimal) else repr(value)}" for name, value in call.arguments.items()
    )
