"""Proof 5, which is 3 and 4 from the other side: each API call of a used feature is allowed, and nothing else.

Features are the execution role's, and also what callers, gateways and flow logs do.

The calls stand in the sheets, written from the documentation. Reads them, the uses and the statements; must not know
how statements are made of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self

from tfgen.catalog import authorization, load
from tfgen.catalog.model import STAR, Call, Sheet
from tfgen.diagnostics import Code, Finding, Route
from tfgen.iam import match
from tfgen.iam.policy import Condition, Effect, Kind, Statement
from tfgen.iam.text import Presence, Slot, Source, Text, join, text
from tfgen.plan.grants import fill, values_of
from tfgen.plan.model import PartName, Plan
from tfgen.plan.policies import granting
from tfgen.plan.statements import FeatureUse, Grant
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
    held: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)
    """Values of the posture that the call holds, by condition key in lower case; a key may hold several."""


def check(plan: Plan) -> Iterator[Finding]:
    """Findings about each policy that features, callers, gateways or flow logs have for their calls."""
    answering = [one for one in granting(plan) if one.policy.kind not in (Kind.TRUST, Kind.SERVICE_CONTROL)]
    yield from _whole(use for one in answering for use in one.uses)
    for one in answering:
        asked, grants = tuple(requests(one.uses, plan.harness_name)), one.policy.grants
        yield from _allowed(one.name, asked, grants)
        # Callers are given each of their sheets also alone, so two of them may grant the same.
        for mine, its in _by_sheet(asked, grants) if one.part is PartName.ACCESS else ((asked, grants),):
            yield from _needed(one.name, mine, its)


_Group = tuple[tuple[Request, ...], tuple[Grant, ...]]


def _by_sheet(asked: tuple[Request, ...], grants: tuple[Grant, ...]) -> Iterator[_Group]:
    """The requests and the statements of each sheet."""
    for sheet in dict.fromkeys(grant.origin.sheet for grant in grants):
        yield (
            tuple(request for request in asked if request.sheet == sheet),
            tuple(grant for grant in grants if grant.origin.sheet == sheet),
        )


def requests(uses: Iterable[FeatureUse], harness_name: Text) -> Iterator[Request]:
    """Every request that the uses make or must have refused."""
    uses = tuple(uses)
    carriers = _carriers(uses, harness_name)
    for use in uses:
        sheet = load.sheet(use.sheet)
        values = values_of(use, sheet, harness_name)
        for call in _calls(use, sheet):
            context = {key.lower(): fill(value, values) for key, value in call.context.items()}
            held = _held(call, use)
            own = _carry(use, sheet, values).get(call.action, {})
            cases = [_Case()] if call.refused else _cases(call.action, sheet.id, carriers)
            for resource in _resources(call, sheet, use, values):
                for case in cases:
                    tied = resource if case.list_input is None else resource.while_any(case.list_input)
                    more = {} if call.refused else {**case.carried, **own}
                    yield Request(sheet.id, use.route, call.action, tied, context, more, call.refused, held)
        yield from _said(use)


def _calls(use: FeatureUse, sheet: Sheet) -> Iterator[Call]:
    return (call for call in sheet.call if not call.when or use.variant in call.when)


def _held(call: Call, use: FeatureUse) -> dict[str, tuple[Text, ...]]:
    """The values of the use's tables that a call holds, by condition key."""
    found: dict[str, tuple[Text, ...]] = {}
    for pattern, table in call.each.items():
        for inside, value in dict(use.tables).get(table, ()):
            key = pattern.replace("{key}", inside).lower()
            found[key] = (*found.get(key, ()), value)
    return found


def _resources(call: Call, sheet: Sheet, use: FeatureUse, values: Mapping[str, Text]) -> Iterator[Text]:
    each = _each(use)
    arns = {row.name: row.arn for row in sheet.resource}
    for name in call.on:
        resource = text(STAR) if name == STAR else fill(arns[name], values)
        yield resource if each is None else resource.while_any(each)


def _said(use: FeatureUse) -> Iterator[Request]:
    """The requests that an entry of the posture itself is there for."""
    if use.sheet == EXTRA:
        tables = dict(use.tables)
        for _, action in tables["actions"]:
            for _, resource in tables["on"]:
                yield Request(use.sheet, use.route, str(action), resource)


@dataclass(frozen=True, slots=True)
class _Case:
    """One way in which other features add to a request, and the list input that it is there with."""

    carried: Mapping[str, Text] = field(default_factory=dict)
    list_input: str | None = None


_Carriers = Mapping[str, Mapping[str, tuple[_Case, ...]]]
"""By action, the cases of each sheet that adds to its requests."""


def _carriers(uses: Iterable[FeatureUse], harness_name: Text) -> _Carriers:
    """Where some uses of a sheet add to an action's requests, those that make such requests and add nothing count too.

    A token is of one of several issuers, of which some may not be known: requests come with each, and with none.
    """
    found: dict[str, dict[str, list[_Case]]] = {}
    adding = {sheet for sheet in {use.sheet for use in uses} if load.sheet(sheet).carry}
    for use in (use for use in uses if use.sheet in adding):
        sheet = load.sheet(use.sheet)
        carried = _carry(use, sheet, values_of(use, sheet, harness_name))
        for action in {row for one in sheet.carry for row in one.actions}:
            if action in carried or any(call.action == action and not call.refused for call in _calls(use, sheet)):
                case = _Case(carried.get(action, {}), _each(use))
                found.setdefault(action, {}).setdefault(sheet.id, []).append(case)
    return {action: {name: tuple(cases) for name, cases in sheets.items()} for action, sheets in found.items()}


def _carry(use: FeatureUse, sheet: Sheet, values: Mapping[str, Text]) -> dict[str, dict[str, Text]]:
    """What one use adds to requests, by action and condition key."""
    found: dict[str, dict[str, Text]] = {}
    for row in sheet.carry:
        if not row.when or use.variant in row.when:
            for action in row.actions:
                found.setdefault(action, {})[row.key.lower()] = fill(row.value, values)
    return found


def _cases(action: str, own: str, carriers: _Carriers) -> list[_Case]:
    """Each combination of what the other sheets add to a request of one sheet."""
    found = [_Case()]
    for sheet, cases in carriers.get(action, {}).items():
        if sheet != own:
            found = [
                _Case({**before.carried, **case.carried}, before.list_input or case.list_input)
                for before in found
                for case in cases
            ]
    return found


def _each(use: FeatureUse) -> str | None:
    """The list input that a use is there for each element of."""
    return next((name for _, value in use.values if (name := value.each()) is not None), None)


def _whole(uses: Iterable[FeatureUse]) -> Iterator[Finding]:
    """A call names a resource of each type that AWS checks for it."""
    for name, variant in dict.fromkeys((use.sheet, use.variant) for use in uses):
        sheet = load.sheet(name)
        types = {row.name: {kind.lower() for kind in row.types} for row in sheet.resource}
        for call in _calls(FeatureUse(name, (), variant), sheet):
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


def _allowed(name: str, asked: Iterable[Request], grants: Iterable[Grant]) -> Iterator[Finding]:
    by_resource: dict[tuple[str, Text], list[_Spoken]] = {}
    wild: dict[str, list[_Spoken]] = {}
    for grant in grants:
        spoken = _Spoken.of(grant.statement)
        for action in grant.statement.actions:
            for resource in spoken.single:
                by_resource.setdefault((action, resource), []).append(spoken)
            if spoken.others:
                wild.setdefault(action, []).append(spoken)
    for request in asked:
        named = by_resource.get((request.action, _plain(request.resource)), ())
        candidates = (*named, *wild.get(request.action, ()))
        matching = (one.statement for one in candidates if one.matches(request))
        effects = {statement.effect for statement in matching}
        if request.refused and Effect.DENY not in effects:
            yield _finding(name, "does not deny", request, "must be refused")
        elif not request.refused and Effect.DENY in effects:
            yield _finding(name, "denies", request, "is called")
        elif not effects:
            yield _finding(name, "does not allow", request, "is called")


def _needed(name: str, asked: tuple[Request, ...], grants: Iterable[Grant]) -> Iterator[Finding]:
    """Each action on each resource of a statement is what some call asks for, and no other row's statement says it."""
    by_place: dict[tuple[str, Text], list[tuple[int, Request]]] = {}
    for number, request in enumerate(asked):
        by_place.setdefault((request.action, _plain(request.resource)), []).append((number, request))
    served: dict[int, tuple[str, str]] = {}
    refusing = {request.sheet for request in asked if request.refused}
    for grant in grants:
        statement = grant.statement
        if statement.effect is Effect.DENY and grant.origin.sheet not in refusing:
            continue  # a denial that answers no call of a feature stands there for what callers may try
        for action in statement.actions:
            for resource in statement.resources:
                there = by_place.get((action, _plain(resource)), ())
                mine = [number for number, request in there if _is_for(statement, resource, request)]
                by_hand = grant.origin.sheet == EXTRA  # where each statement stands for itself
                row = (grant.origin.sheet, statement.sid if by_hand else grant.origin.row)
                first = [served.setdefault(number, row) for number in mine]
                if not mine:
                    yield _unneeded(name, grant, f"{action!r} on {resource}, which no used feature calls")
                elif row not in first:
                    yield _unneeded(name, grant, f"{action!r} on {resource} again, after {first[0][1]!r}")


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A statement with its resources in two parts: those that are one text each, to be found at once, and the rest."""

    statement: Statement
    single: Mapping[Text, tuple[Text, ...]]
    """Resources that match nothing but themselves, by what they are without their ties to lists."""
    others: tuple[Text, ...]

    @classmethod
    def of(cls, statement: Statement) -> Self:
        """Sort the resources of a statement."""
        single: dict[Text, tuple[Text, ...]] = {}
        for resource in statement.resources:
            single[_plain(resource)] = (*single.get(_plain(resource), ()), resource)
        return cls(statement, single, tuple(one for one in statement.resources if _may_match_others(one)))

    def matches(self, request: Request) -> bool:
        """Whether it applies to a request of one of its actions, whatever the unknowns of both are."""
        wanted = request.resource
        reached = any(_there_with(one, wanted) for one in self.single.get(_plain(wanted), ())) or any(
            _there_with(one, wanted) and _pattern_covers(_plain(one), _plain(wanted), arn=True) for one in self.others
        )
        return reached and _hold(self.statement, request)


def _may_match_others(resource: Text) -> bool:
    """Whether a resource can match a text that is not its own: by a wildcard, or by an unknown that is part of one."""
    return any("*" in part or "?" in part if isinstance(part, str) else not isinstance(part, Slot | Presence)
               for part in resource.parts)  # fmt: skip


def matches(statement: Statement, request: Request) -> bool:
    """Whether a statement that names the request's action applies to it, whatever the unknowns of both are."""
    return _Spoken.of(statement).matches(request)


def is_for(statement: Statement, resource: Text, request: Request) -> bool:
    """Whether a statement grants a request and nothing wider: its very resource, bound by all that it carries."""
    return _plain(resource) == _plain(request.resource) and _is_for(statement, resource, request)


def _is_for(statement: Statement, resource: Text, request: Request) -> bool:
    """Whether a statement grants a request on its very resource and nothing wider: bound by all that it carries."""
    if (statement.effect is Effect.DENY) != request.refused or not _there_with(resource, request.resource):
        return False
    if not _hold(statement, request):
        return False
    bound = {condition.key.lower(): set(condition.values) for condition in statement.conditions}
    no_wider = all(bound.get(key) == set(values) for key, values in request.held.items())
    return request.refused or (set(request.context) <= bound.keys() and no_wider)


def _hold(statement: Statement, request: Request) -> bool:
    single = {key: (value,) for key, value in {**request.context, **request.carried}.items()}
    context = {**request.held, **single}
    return all(_holds(condition, context.get(condition.key.lower())) for condition in statement.conditions)


def _holds(condition: Condition, values: tuple[Text, ...] | None) -> bool:
    """One line of a condition block; a key that the request does not carry satisfies only a negated operator."""
    negated = "Not" in condition.operator
    if values is None:
        return negated
    arn = condition.operator.startswith("Arn")
    wild = arn or "Like" in condition.operator
    met = (
        any(one == value or (wild and _pattern_covers(one, value, arn=arn)) for one in condition.values)
        for value in values
    )
    quantified = any if condition.operator.startswith("ForAnyValue") else all
    return quantified(one != negated for one in met)


def _there_with(resource: Text, wanted: Text) -> bool:
    """Whether a resource that may be there only while some list has elements is there whenever another one is."""
    ties = {part.name for part in resource.parts if isinstance(part, Presence)}
    return ties <= {slot.name for slot in wanted.slots() if slot.source is Source.EACH}


@lru_cache(maxsize=4096)
def _plain(value: Text) -> Text:
    return join(*(part for part in value.parts if not isinstance(part, Presence)))


@lru_cache(maxsize=4096)
def _pattern_covers(one: Text, other: Text, *, arn: bool) -> bool:
    """Whether a pattern matches all that another one does; in that of an ARN a wildcard keeps to its field."""
    pattern, wanted = (match.pattern(value, lambda _: None, wild=True) for value in (one, other))
    if isinstance(pattern, match.Missing) or isinstance(wanted, match.Missing):
        return False
    return match.covers(match.in_arn(pattern, strict=True) if arn else pattern, wanted)


def _finding(name: str, does: str, request: Request, but: str) -> Finding:
    message = f"{name} {does} {request.action!r} on {request.resource}, which {but}"
    advice = f"a statement for a call of the sheet {request.sheet} is at fault"
    return Finding(Code.UNCOVERED_RESOURCE, message, request.route, help=advice)


def _unneeded(name: str, grant: Grant, what: str) -> Finding:
    route = grant.origin.routes[0] if grant.origin.routes else ()
    by_hand = grant.origin.sheet == EXTRA
    advice = "leave it out of `extra`" if by_hand else f"row {grant.origin.row} of the sheet {grant.origin.sheet}"
    return Finding(Code.NOT_NEEDED, f"{name} grants by {grant.statement.sid!r} {what}", route, help=advice)
