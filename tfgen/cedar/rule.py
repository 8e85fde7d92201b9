"""The typed form of a policy, and the way from it to Cedar: who, which tools, under which conditions. Knows no YAML.

What may be missing is asked for before it is read, by construction; every value of a user is an escaped literal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tfgen.cedar.arguments import Opaque, Record, Scalar, SetOf, Type, ValueFaultError, decimal_text, in_request
from tfgen.cedar.facts import facts
from tfgen.cedar.policies import Gateway
from tfgen.cedar.tools import Tool

_IDENTIFIER: Final = re.compile(r"(?!(?:true|false|if|then|else|in|is|like|has|__cedar)\Z)[A-Za-z_][A-Za-z0-9_]*")
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


class Effect(StrEnum):
    """What a policy does where it applies."""

    PERMIT = "permit"
    FORBID = "forbid"


class Operator(StrEnum):
    """How a value is tested."""

    EQUALS = "equals"
    ONE_OF = "one_of"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    HAS_WORD = "has_word"
    """One of the words of a text, as of a token's scopes (RFC 6749 section 3.3), is the value."""
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"
    MORE_THAN = "more_than"
    CONTAINS = "contains"
    CONTAINS_ANY = "contains_any"
    CONTAINS_ALL = "contains_all"
    PRESENT = "present"


_TEXT: Final = (Operator.EQUALS, Operator.ONE_OF, Operator.STARTS_WITH, Operator.ENDS_WITH, Operator.HAS_WORD)
_SIGNS: Final = {
    Operator.AT_MOST: ("<=", "lessThanOrEqual"),
    Operator.AT_LEAST: (">=", "greaterThanOrEqual"),
    Operator.LESS_THAN: ("<", "lessThan"),
    Operator.MORE_THAN: (">", "greaterThan"),
}
_NUMERIC: Final = (Operator.EQUALS, Operator.ONE_OF, *_SIGNS)
_METHODS: Final = {
    Operator.CONTAINS: "contains",
    Operator.CONTAINS_ANY: "containsAny",
    Operator.CONTAINS_ALL: "containsAll",
}

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """A test of a value. Operators that take one value have it as the only one."""

    operator: Operator
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A test of a claim of the caller's token."""

    name: str
    test: Comparison
    steps: tuple[str | int, ...] = ()
    """The way to it in the rule, for messages."""


@dataclass(frozen=True, slots=True)
class Argument:
    """A test of an argument of the call, or of a part of one."""

    path: tuple[str, ...]
    test: Comparison
    steps: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy in its typed form."""

    effect: Effect
    who: tuple[str, ...]
    """Ids of principals; none for everybody."""
    tools: tuple[str, ...]
    """Actions of tools, and names of targets for all of their tools."""
    when: tuple[Claim | Argument, ...] = ()
    unless: tuple[Claim | Argument, ...] = ()


class RuleFaultError(ValueError):
    """A rule has no form in Cedar: where in it, and why not."""

    def __init__(self, steps: tuple[str | int, ...], message: str, help: str = "") -> None:
        """Keep the steps to the part that is wrong."""
        super().__init__(message)
        self.steps = steps
        self.message = message
        self.help = help


def compiled(rule: Rule, gateway: Gateway) -> str:
    """Write a rule in Cedar; raises `RuleFaultError` when a part of it does not fit the gateway."""
    tools = _tools(rule, gateway)
    scope = ",\n".join(f"  {part}" for part in (_principal(rule, gateway), _action(rule, gateway), _resource(gateway)))
    made = f"{rule.effect.value}(\n{scope}\n)"
    conditions = [_among(rule.who, gateway)] if len(rule.who) > 1 else []
    conditions += [part for found in rule.when for part in _condition(found, gateway, tools)]
    if conditions:
        made += f"\nwhen {{ {' && '.join(conditions)} }}"
    if rule.unless:
        made += (
            f"\nunless {{ {' && '.join(part for found in rule.unless for part in _condition(found, gateway, tools))} }}"
        )
    return made + ";"


def literal(value: str) -> str:
    """Write a text as a string literal of Cedar."""
    return '"' + "".join(_escaped(character) for character in value) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else f"\\u{{{ord(character):x}}}"


def _tools(rule: Rule, gateway: Gateway) -> tuple[Tool, ...]:
    found = [tool for tool in gateway.tools if tool.action in rule.tools or tool.target in rule.tools]
    for place, name in enumerate(rule.tools):
        if not any(name in {tool.action, tool.target} for tool in gateway.tools):
            names = sorted({tool.action for tool in gateway.tools} | {tool.target for tool in gateway.tools})
            raise RuleFaultError(
                ("tools", place), f"{name!r} is no tool and no target of this gateway", f"allowed: {', '.join(names)}"
            )
    return tuple(found)


def _principal(rule: Rule, gateway: Gateway) -> str:
    entity = facts().entity(gateway.principal.entity)
    return f"principal == {entity}::{literal(rule.who[0])}" if len(rule.who) == 1 else f"principal is {entity}"


def _among(ids: Sequence[str], gateway: Gateway) -> str:
    entity = facts().entity(gateway.principal.entity)
    return f"[{', '.join(f'{entity}::{literal(found)}' for found in ids)}].contains(principal)"


def _action(rule: Rule, gateway: Gateway) -> str:
    actions = {tool.action for tool in gateway.tools}
    names = [f"{facts().action}::{literal(name)}" for name in rule.tools]
    if len(names) > 1:
        return f"action in [{', '.join(names)}]"
    return f"action {'==' if rule.tools[0] in actions else 'in'} {names[0]}"


def _resource(gateway: Gateway) -> str:
    return f"resource == {facts().entity(facts().resource)}::{literal(gateway.name)}"


def _condition(found: Claim | Argument, gateway: Gateway, tools: Sequence[Tool]) -> Iterator[str]:
    if isinstance(found, Claim):
        yield from _claim(found, gateway)
    else:
        yield from _argument(found, tools)


def _claim(claim: Claim, gateway: Gateway) -> Iterator[str]:
    if not gateway.principal.claims:
        message = "a principal of IAM has no claims"
        raise RuleFaultError(
            claim.steps, message, "tell callers apart by their ARN, or use a gateway with a JWT authorizer"
        )
    name = literal(claim.name)
    if claim.test.operator is Operator.PRESENT:
        yield f"{'' if claim.test.values[0] else '!'}principal.hasTag({name})"
        return
    yield f"principal.hasTag({name})"
    yield _test(f"principal.getTag({name})", Scalar.STRING, claim.test, claim.steps)


def _argument(argument: Argument, tools: Sequence[Tool]) -> Iterator[str]:
    paths = {tuple(_typed(argument, tool)) for tool in tools}
    if len(paths) > 1:
        message = f"the argument {'.'.join(argument.path)!r} differs between the tools"
        raise RuleFaultError(argument.steps, message, "write a policy for each tool")
    steps = next(iter(paths))
    at, guards = f"context.{facts().argument_record}", list[str]()
    for place, (name, _, required) in enumerate(steps):
        asked = argument.test.operator is Operator.PRESENT and place == len(steps) - 1
        if asked or not required:
            guards.append(f"{at} has {_attribute(name)}")
        at = _inside(at, name)
    if argument.test.operator is not Operator.PRESENT:
        yield from (*guards, _test(at, steps[-1][1], argument.test, argument.steps))
    elif argument.test.values[0]:
        yield from guards
    else:
        yield f"!({' && '.join(guards)})"


def _typed(argument: Argument, tool: Tool) -> Iterator[tuple[str, Type, bool]]:
    """The steps of a path in a tool's arguments, with their types and whether each must be there."""
    record: Type = tool.arguments
    for place, name in enumerate(argument.path):
        field = record.field(name) if isinstance(record, Record) else None
        if field is None:
            path = ".".join(argument.path[: place + 1])
            names = ", ".join(found.name for found in record.fields) if isinstance(record, Record) else ""
            message = f"the tool {tool.action!r} has no argument {path!r}"
            raise RuleFaultError(argument.steps, message, f"allowed: {names}" if names else "")
        yield name, field.type, field.required
        record = field.type


def _attribute(name: str) -> str:
    return name if _IDENTIFIER.fullmatch(name) else literal(name)


def _inside(at: str, name: str) -> str:
    return f"{at}.{name}" if _IDENTIFIER.fullmatch(name) else f"{at}[{literal(name)}]"


def _test(at: str, type: Type, test: Comparison, steps: tuple[str | int, ...]) -> str:
    allowed = _allowed(type)
    if test.operator not in allowed:
        kind = (
            type.why
            if isinstance(type, Opaque)
            else type.value
            if isinstance(type, Scalar)
            else "a list"
            if isinstance(type, SetOf)
            else "an object"
        )
        message = f"{test.operator.value!r} cannot be asked of {kind}"
        raise RuleFaultError(
            steps, message, f"allowed: {', '.join(found.value for found in (*allowed, Operator.PRESENT))}"
        )
    values = [_literal(type.element if isinstance(type, SetOf) else type, value, steps) for value in test.values]
    match test.operator:
        case Operator.EQUALS:
            return f"{at} == {values[0]}"
        case Operator.ONE_OF:
            return f"[{', '.join(values)}].contains({at})"
        case Operator.STARTS_WITH:
            return f"{at} like {_pattern(test.values[0], after='*')}"
        case Operator.ENDS_WITH:
            return f"{at} like {_pattern(test.values[0], before='*')}"
        case Operator.HAS_WORD:
            ways = [_pattern(test.values[0], *around) for around in (("", " *"), ("* ", ""), ("* ", " *"))]
            return f"({' || '.join([f'{at} == {values[0]}', *(f'{at} like {way}' for way in ways)])})"
        case Operator.CONTAINS:
            return f"{at}.contains({values[0]})"
        case Operator.CONTAINS_ANY | Operator.CONTAINS_ALL:
            return f"{at}.{_METHODS[test.operator]}([{', '.join(values)}])"
        case _:
            sign, method = _SIGNS[test.operator]
            return f"{at}.{method}({values[0]})" if type is Scalar.NUMBER else f"{at} {sign} {values[0]}"


def _allowed(type: Type) -> tuple[Operator, ...]:
    match type:
        case Scalar.STRING:
            return _TEXT
        case Scalar.INTEGER | Scalar.NUMBER:
            return _NUMERIC
        case Scalar.BOOLEAN:
            return (Operator.EQUALS,)
        case SetOf(Scalar()):
            return tuple(_METHODS)
        case _:
            return ()


def _literal(type: Type, value: Value, steps: tuple[str | int, ...]) -> str:
    try:
        in_request(type, value)
    except ValueFaultError as fault:
        raise RuleFaultError(steps, f"{value!r} {fault.message}") from None
    match value:
        case bool():
            return str(value).lower()
        case str():
            return literal(value)
        case _ if type is Scalar.NUMBER:
            if float(decimal_text(value)) != value:
                raise RuleFaultError(steps, f"{value!r} has more than four decimal places, which Cedar cuts off")
            return f'{facts().types["number"]}("{decimal_text(value)}")'
        case _:
            return str(value)


def _pattern(value: Value, before: str = "", after: str = "") -> str:
    """A pattern of `like`: the value between two others, its own stars escaped."""
    inner = literal(str(value))[1:-1].replace("*", "\\*")
    return f'"{before}{inner}{after}"'
