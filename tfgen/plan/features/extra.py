"""What the author grants beside the features, held against AWS's service authorization data. Knows no action or ARN."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.catalog import authorization, load
from tfgen.catalog.model import STAR
from tfgen.diagnostics import Code, Finding, Related, Route
from tfgen.iam.policy import Effect, Statement
from tfgen.iam.text import Text, text
from tfgen.plan.features.result import Found, Narrowed
from tfgen.plan.model import Check
from tfgen.plan.sids import unique, words
from tfgen.plan.statements import FeatureUse, Grant, Origin
from tfgen.plan.values import Values
from tfgen.posture.document import Posture
from tfgen.posture.extra import Extra
from tfgen.posture.values import InputRef

Tables = tuple[tuple[str, tuple[tuple[str, Text], ...]], ...]

SHEET: Final = "extra"
EXTRA_ROW: Final = "Extra"
"""Stands in the place of a sheet's row, and Sids begin with it."""
_ALL: Final = "AWS offers no resource type for this, and the posture's author grants it."
_ONE: Final = Check("arn:[^*?{}]+", 0, None, "the ARN of one resource, without wildcards")


def extras(posture: Posture) -> Found:
    """Each entry as a use and what its inputs must be, or what is wrong with it."""
    values = Values(posture)
    first_of: dict[Extra, int] = {}
    for index, extra in enumerate(posture.extra):
        route: Route = ("extra", index)
        faults = tuple(_faults(extra, route))
        if (before := first_of.setdefault(extra, index)) != index:
            first = (Related(("extra", before), "the first is here"),)
            message = "this entry is the same as an earlier one"
            yield Finding(Code.CONFLICT, message, route, "remove one of them", related=first)
        yield from faults
        if not faults:
            yield FeatureUse(SHEET, route, tables=_said(extra, values))
        for value in extra.on:
            if isinstance(value, InputRef):
                yield Narrowed(value.name, _ONE)


def _faults(extra: Extra, route: Route = ()) -> Iterator[Finding]:
    for position, action in enumerate(extra.actions):
        place: Route = (*route, "actions", position)
        facts = authorization.action(action)
        star = STAR in extra.on
        if facts is None:
            message = f"AWS has no action {action!r}"
            near = authorization.like(action)
            advice = f"write {near}" if near else "look it up in the Service Authorization Reference"
            yield Finding(Code.UNKNOWN_ACTION, message, place, advice)
        elif star and facts.scopable:
            kinds = ", ".join(sorted(facts.required | facts.optional))
            message = f"{action!r} is granted on '*', but AWS offers the resource types {kinds}"
            help_ = "name the resources by their ARNs, or by an input"
            yield Finding(Code.BARE_STAR, message, (*route, "on"), help_, related=_of_action(place))
        elif not star and not facts.scopable:
            message = f"AWS has no resource type for {action!r}: a grant on single resources has no effect"
            help_ = "write it in an entry of its own, on '*'"
            yield Finding(Code.UNCOVERED_RESOURCE, message, (*route, "on"), help_, related=_of_action(place))


def _of_action(place: Route) -> tuple[Related, ...]:
    return (Related(place, "this action"),)


def extra_grants(posture: Posture) -> tuple[Grant, ...]:
    """One statement for each entry with which nothing is wrong."""
    values = Values(posture)
    entries = [(index, extra) for index, extra in enumerate(posture.extra) if not any(_faults(extra))]
    contents = [str((sorted(extra.actions), sorted(map(str, extra.on)), extra.why)) for _, extra in entries]
    sids = unique([_named(extra) for _, extra in entries], contents)
    return tuple(_grant(extra, sid, index, values) for sid, (index, extra) in zip(sids, entries, strict=True))


def _named(extra: Extra) -> str:
    """The Sid: what it grants first by name, and how much more."""
    first, *more = sorted(set(extra.actions))
    return f"{EXTRA_ROW}{words(first)}{f'And{len(more)}More' if more else ''}"


def _grant(extra: Extra, sid: str, index: int, values: Values) -> Grant:
    resources = tuple(dict.fromkeys(values.text(value) for value in extra.on))
    kinds = tuple(kind for action in extra.actions for kind in _kinds(action))
    return Grant(
        statement=Statement(sid, Effect.ALLOW, tuple(sorted(set(extra.actions))), resources),
        origin=Origin(SHEET, EXTRA_ROW, (("extra", index),)),
        why=extra.why,
        source=load.sheet(SHEET).source,
        unscoped=_ALL if text(STAR) in resources else "",
        types=tuple(() if resource == text(STAR) else kinds for resource in resources),
    )


def _said(extra: Extra, values: Values) -> Tables:
    """The entry as a use carries it, so that a proof can hold the statement against it."""
    actions = tuple(("", text(action)) for action in extra.actions)
    return ("actions", actions), ("on", tuple(("", values.text(value)) for value in extra.on))


def _kinds(action: str) -> Iterator[str]:
    """Every resource type (`service:type`) of an action; which one a resource is of, its ARN tells."""
    facts = authorization.action(action)
    for kind in sorted(facts.required | facts.optional) if facts is not None else ():
        yield f"{action.partition(':')[0]}:{kind}"
