"""A policy's JSON form, read: what it covers, what it asks for, which values it names. Must not decide anything.

https://docs.cedarpolicy.com/policies/json-format.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tfgen.cedar.facts import facts
from tfgen.cedar.tools import Tool

_ARITHMETIC: Final = frozenset({"+", "-", "*", "neg"})
_RELATIONS: Final = frozenset(
    {"==", "!=", "<", "<=", ">", ">=", "in", "like", "contains", "containsAll", "containsAny"}
    | {"lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual", "has", "hasTag", "isEmpty"}
)
WILDCARD: Final = "Wildcard"

Form = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ClaimOf:
    """A claim of the caller's token."""

    name: str


@dataclass(frozen=True, slots=True)
class IdOf:
    """The caller's id."""


@dataclass(frozen=True, slots=True)
class ArgumentOf:
    """An argument of the call, or a part of one."""

    path: tuple[str, ...]


Spot = ClaimOf | IdOf | ArgumentOf
"""What a policy can look at."""


def covers(form: Form, tool: Tool) -> bool:
    """Whether the scope of a policy takes in the calls of a tool."""
    action = form["action"]
    if action["op"] == "All":
        return True
    named = {entity["id"] for entity in action.get("entities", [action.get("entity")]) if entity is not None}
    if action["op"] == "==":
        return tool.action in named
    return bool(named & {tool.action, tool.target, *facts().groups})


def nodes(value: object) -> Iterator[tuple[str, Any]]:
    """Yield every expression in some part of a form, outer ones first: its operator and its operands."""
    left: list[object] = [value]  # chained operators nest deeper than Python recurses
    while left:
        found = left.pop()
        if isinstance(found, tuple):  # a key with its value, and no JSON
            yield found
            if found[0] != "Value":
                left.append(found[1])
        elif isinstance(found, Mapping):
            left += reversed(list(found.items()))
        elif isinstance(found, list):
            left += found[::-1]


def conditions(form: Form) -> Iterator[tuple[str, Any]]:
    """Yield every expression of the `when` and `unless` of a policy."""
    for condition in form["conditions"]:
        yield from nodes(condition["body"])


def can_fail(form: Form) -> bool:
    """Whether a sum, difference or product of what a call says may be too large, which ends the evaluation."""
    return any(
        operator in _ARITHMETIC and any(inner == "Var" for inner, _ in nodes(operands))
        for operator, operands in conditions(form)
    )


def asks_claims(form: Form) -> bool:
    """Whether a policy looks at the claims of its caller."""
    return any(operator in {"hasTag", "getTag"} for operator, _ in conditions(form))


def substrings(form: Form) -> Iterator[str]:
    """Yield the claims that a policy compares with a pattern that is open at both ends, and not at spaces."""
    for operator, operands in conditions(form):
        if operator == "like" and len(operands["pattern"]) > 1:
            first, *inner, last = operands["pattern"]
            text = "".join("*" if piece == WILDCARD else piece["Literal"] for piece in inner)
            spot = _spot(operands["left"])
            if first == last == WILDCARD and isinstance(spot, ClaimOf) and text.strip(" ") == text:
                yield spot.name


def named(form: Form) -> dict[Spot, list[object]]:
    """What a policy looks at, each with the values that the policy names beside it."""
    found: dict[Spot, list[object]] = {}
    scope = form["principal"]
    if scope["op"] in {"==", "in"}:
        found[IdOf()] = [scope["entity"]["id"]]
    for operator, operands in conditions(form):
        if operator in _RELATIONS:
            values = list(_values(operator, operands))
            for spot in _spots(operator, operands):
                known = found.setdefault(spot, [])
                known += [
                    value
                    for value in values
                    if not any(value is k or (type(value), value) == (type(k), k) for k in known)
                ]
    return found


def _spots(operator: str, operands: Any) -> Iterator[Spot]:  # noqa: ANN401 - it is JSON
    if operator == "has":
        inner = _spot({".": operands})
        if inner is not None:
            yield inner
    if operator == "hasTag":
        yield from (ClaimOf(operands["right"]["Value"]),) if "Value" in operands["right"] else ()
        return
    for part in _parts(operands):
        spot = _spot(part)
        if spot is not None:
            yield spot


def _parts(value: object) -> Iterator[object]:
    """Every expression in an operand, but not those inside what is one spot as a whole."""
    left: list[object] = [value]
    while left:
        found = left.pop()
        if isinstance(found, Mapping):
            yield found
            if _spot(found) is None:
                left += reversed(list(found.values()))
        elif isinstance(found, list):
            left += found[::-1]


def _spot(value: object) -> Spot | None:
    match value:
        case {"Var": "principal"}:
            return IdOf()
        case {".": {"left": {"Var": "principal"}, "attr": "id"}}:
            return IdOf()
        case {"getTag": {"left": {"Var": "principal"}, "right": {"Value": str(name)}}}:
            return ClaimOf(name)
        case {".": _}:
            path = _path(value)
            return ArgumentOf(path[1:]) if path[1:] and path[0] == facts().argument_record else None
        case _:
            return None


def _path(value: object) -> tuple[str, ...]:
    """The attributes that lead from the context to a value; empty when it comes from elsewhere."""
    steps: list[str] = []
    while isinstance(value, Mapping) and "." in value:
        steps.append(value["."]["attr"])
        value = value["."]["left"]
    return tuple(reversed(steps)) if value == {"Var": "context"} else ()


def _values(operator: str, operands: Any) -> Iterator[object]:  # noqa: ANN401 - it is JSON
    if operator == "like":
        yield "".join("" if piece == WILDCARD else piece["Literal"] for piece in operands["pattern"])
        return
    if operator == "hasTag":
        return
    for part in _parts(operands):
        if isinstance(part, Mapping) and "Value" in part:
            value = part["Value"]
            yield value["__entity"]["id"] if isinstance(value, Mapping) and "__entity" in value else value
