"""Proof 3 and 4 once more, from the other side: each API call that a used feature makes is allowed, and nothing else.

The calls stand in the sheets, written from the documentation. Reads them, the uses and the statements; must not know
how statements are made of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from tfgen.catalog import authorization, load
from tfgen.catalog.model import STAR, Call, Sheet
from tfgen.diagnostics import Code, Finding, Route
from tfgen.iam import match
from tfgen.iam.policy import Condition, Effect, Statement
from tfgen.iam.text import Presence, Source, Text, join, text
from tfgen.plan.grants import fill, values_of
from tfgen.plan.model import Grant, Plan, Use
from tfgen.proof.necessary import EXTRA
from tfgen.proof.sufficient import needs


@dataclass(frozen=True, slots=True)
class Request:
    """One action on one resource, as a feature of the posture makes it."""

    sheet: str
    route: Route
    action: str
    resource: Text
    context: Mapping[str, Text] = field(default_factory=dict)
    """What the call itself is known to carry, by condition key in lower case."""
    carried: Mapping[str, Text] = field(default_factory=dict)
    """What other features add to it."""
    refused: bool = False


def check(plan: Plan) -> Iterator[Finding]:
    """Findings about the execution role's policy."""
    uses = plan.role.uses
    grants = plan.role.policy.grants
    asked = tuple(requests(uses, plan.harness_name))
    yield from _whole(uses)
    yield from _allowed(asked, grants)
    yield from _needed(asked, grants)


def requests(uses: Iterable[Use], harness_name: Text) -> Iterator[Request]:
    """Every request that the uses make or must have refused."""
    uses = tuple(uses)
    carried: dict[str, dict[str, Text]] = {}
    for action, key, value in _carried(uses, harness_name):
        carried.setdefault(action, {})[key] = value
    for use in uses:
        sheet = load.sheet(use.sheet)
        values = values_of(use, sheet, harness_name)
        for call in _calls(use, sheet):
            context = {key.lower(): fill(value, values) for key, value in call.context.items()}
            more = {} if call.refused else carried.get(call.action, {})
            for resource in _resources(call, sheet, use, values):
                yield Request(sheet.id, use.route, call.action, resource, context, more, call.refused)
        yield from _said(use)


def _calls(use: Use, sheet: Sheet) -> Iterator[Call]:
    return (call for call in sheet.call if not call.when or use.variant in call.when)


def _resources(call: Call, sheet: Sheet, use: Use, values: Mapping[str, Text]) -> Iterator[Text]:
    each = next((name for _, value in use.values if (name := value.each()) is not None), None)
    arns = {row.name: row.arn for row in sheet.resource}
    for name in call.on:
        resource = text(STAR) if name == STAR else fill(arns[name], values)
        yield resource if each is None else resource.while_any(each)


def _said(use: Use) -> Iterator[Request]:
    """The requests that an entry of the posture itself is there for."""
    if use.sheet == EXTRA:
        tables = dict(use.tables)
        for _, action in tables["actions"]:
            for _, resource in tables["on"]:
                yield Request(use.sheet, use.route, str(action), resource)


def _carried(uses: Iterable[Use], harness_name: Text) -> Iterator[tuple[str, str, Text]]:
    for use in uses:
        sheet = load.sheet(use.sheet)
        for row in sheet.carry:
            if not row.when or use.variant in row.when:
                value = fill(row.value, values_of(use, sheet, harness_name))
                yield from ((action, row.key.lower(), value) for action in row.actions)


def _whole(uses: Iterable[Use]) -> Iterator[Finding]:
    """A call names a resource of each type that AWS checks for it."""
    for name, variant in dict.fromkeys((use.sheet, use.variant) for use in uses):
        sheet = load.sheet(name)
        types = {row.name: {kind.lower() for kind in row.types} for row in sheet.resource}
        for call in _calls(Use(name, (), variant), sheet):
            facts = authorization.action(call.action)
            if facts is None:
                yield Finding(Code.UNKNOWN_ACTION, f"the sheet {name} calls {call.action!r}, which AWS does not know")
                continue
            reached = {kind for one in call.on if one != STAR for kind in types[one]}
            for required in needs(call.action, facts.required):
                if not required & reached and not call.refused:
                    wanted = " or ".join(sorted(required))
                    message = f"the sheet {name} calls {call.action!r} on nothing of the type {wanted}"
                    yield Finding(Code.UNCOVERED_RESOURCE, message)


def _allowed(asked: Iterable[Request], grants: Iterable[Grant]) -> Iterator[Finding]:
    by_action = _by_action(grants)
    for request in asked:
        matching = (granted.statement for granted in by_action.get(request.action, ()) if _matches(granted, request))
        effects = {statement.effect for statement in matching}
        if request.refused:
            if Effect.DENY not in effects:
                yield _finding(request, f"{request.action!r} on {request.resource} must be refused, and is not")
        elif Effect.DENY in effects:
            yield _finding(request, f"{request.action!r} on {request.resource} is called, and a statement denies it")
        elif not effects:
            yield _finding(request, f"{request.action!r} on {request.resource} is called, and no statement allows it")


def _needed(asked: tuple[Request, ...], grants: Iterable[Grant]) -> Iterator[Finding]:
    """Each action on each resource of a statement is what some call asks for, and no other row's statement says it."""
    requests_for: dict[tuple[str, Text], list[tuple[int, Request]]] = {}
    for number, request in enumerate(asked):
        requests_for.setdefault((request.action, _plain(request.resource)), []).append((number, request))
    served: dict[int, tuple[str, str]] = {}
    refusing = {request.sheet for request in asked if request.refused}
    for grant in grants:
        statement = grant.statement
        if statement.effect is Effect.DENY and grant.origin.sheet not in refusing:
            continue  # a denial that answers no call of a feature stands there for what callers may try
        for action in statement.actions:
            for resource in statement.resources:
                on_it = requests_for.get((action, _plain(resource)), ())
                mine = [number for number, request in on_it if _is_for(statement, request)]
                row = (grant.origin.sheet, grant.origin.row)
                first = [served.setdefault(number, row) for number in mine]
                if not mine:
                    message = f"{statement.sid!r} grants {action!r} on {resource}, which no used feature calls"
                    yield _unneeded(grant, message)
                elif row not in first:
                    message = f"{statement.sid!r} grants {action!r} on {resource} again, after {first[0][1]!r}"
                    yield _unneeded(grant, message)


@dataclass(frozen=True, slots=True)
class _Granted:
    """A statement, and its resources so that those that may match a request are soon found."""

    statement: Statement
    alone: dict[match.Tokens, list[Text]]
    """Resources without a wildcard, by what each matches: nothing but itself."""
    others: list[Text]


def _by_action(grants: Iterable[Grant]) -> dict[str, list[_Granted]]:
    found: dict[str, list[_Granted]] = {}
    for grant in grants:
        granted = _Granted(grant.statement, {}, [])
        for resource in grant.statement.resources:
            tokens = _tokens(_plain(resource))
            if isinstance(tokens, match.Missing) or any(isinstance(token, match.Wild) for token in tokens):
                granted.others.append(resource)
            else:
                granted.alone.setdefault(tokens, []).append(resource)
        for action in grant.statement.actions:
            found.setdefault(action, []).append(granted)
    return found


def _matches(granted: _Granted, request: Request) -> bool:
    """Whether a statement that names the request's action applies to it, whatever the unknowns of both are."""
    tokens = _tokens(_plain(request.resource))
    equal = () if isinstance(tokens, match.Missing) else granted.alone.get(tokens, ())
    covered = any(_covers(resource, request.resource) for resource in chain(equal, granted.others))
    return covered and _hold(granted.statement, request)


def _is_for(statement: Statement, request: Request) -> bool:
    """Whether a statement on the very resource of a request grants it and nothing wider: it is bound by all of it."""
    if (statement.effect is Effect.DENY) != request.refused:
        return False
    bound = {condition.key.lower() for condition in statement.conditions}
    return _hold(statement, request) and (request.refused or set(request.context) <= bound)


def _hold(statement: Statement, request: Request) -> bool:
    context = {**request.context, **request.carried}
    return all(_holds(condition, context.get(condition.key.lower())) for condition in statement.conditions)


def _holds(condition: Condition, value: Text | None) -> bool:
    """One line of a condition block; a key that the request does not carry satisfies only a negated operator."""
    negated = "Not" in condition.operator
    if value is None:
        return negated
    wild = "Like" in condition.operator or condition.operator.startswith("Arn")
    met = any(one == value or (wild and _pattern_covers(one, value)) for one in condition.values)
    return met != negated


def _covers(resource: Text, wanted: Text) -> bool:
    """Whether a resource of a statement matches all that is wanted, and is there whenever that is."""
    lists = {slot.name for slot in wanted.slots() if slot.source is Source.EACH}
    if not {part.name for part in resource.parts if isinstance(part, Presence)} <= lists:
        return False
    one, other = _plain(resource), _plain(wanted)
    return one == other or _pattern_covers(one, other)


@lru_cache(maxsize=4096)
def _plain(value: Text) -> Text:
    return join(*(part for part in value.parts if not isinstance(part, Presence)))


@lru_cache(maxsize=4096)
def _tokens(value: Text) -> match.Tokens | match.Missing:
    return match.pattern(value, lambda _: None, wild=True)


@lru_cache(maxsize=4096)
def _pattern_covers(one: Text, other: Text) -> bool:
    pattern, wanted = _tokens(one), _tokens(other)
    if isinstance(pattern, match.Missing) or isinstance(wanted, match.Missing):
        return False
    return match.covers(match.in_arn(pattern, strict=True), wanted)


def _finding(request: Request, message: str) -> Finding:
    advice = f"a statement for a call of the sheet {request.sheet} is at fault"
    return Finding(Code.UNCOVERED_RESOURCE, message, request.route, help=advice)


def _unneeded(grant: Grant, message: str) -> Finding:
    route = grant.origin.routes[0] if grant.origin.routes else ()
    by_hand = grant.origin.sheet == EXTRA
    advice = "leave it out of `extra`" if by_hand else f"row {grant.origin.row} of the sheet {grant.origin.sheet}"
    return Finding(Code.NOT_NEEDED, message, route, help=advice)
