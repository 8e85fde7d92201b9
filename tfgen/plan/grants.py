"""From uses of features to statements: one row of a sheet, one statement, one Sid. Knows no posture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tfgen.catalog import load
from tfgen.catalog.model import CONTEXT, PLACEHOLDER, STAR, ConditionRow, Sheet, Trust
from tfgen.catalog.model import Grant as GrantRow
from tfgen.diagnostics import InternalError
from tfgen.iam.policy import Condition, Effect, Principal, Statement
from tfgen.iam.text import Part, Presence, Slot, Source, Text, capture, cut, join, text
from tfgen.plan.sids import told_apart
from tfgen.plan.statements import FeatureUse, Grant, Origin

AWS_CONTEXT: Final = {name: join(Slot(Source.CONTEXT, name)) for name in CONTEXT if name != "harness_name"}

Values = Mapping[str, Text]


def values_of(use: FeatureUse, sheet: Sheet, harness_name: Text) -> Values:
    """Everything that the sheet's placeholders may stand for in one use, derived values included."""
    values: dict[str, Text] = {**AWS_CONTEXT, "harness_name": harness_name, **dict(use.values)}
    for derive in sheet.derive:
        if set(PLACEHOLDER.findall(derive.of)) <= values.keys():
            of = fill(derive.of, values)
            derived = cut(of, derive.length) if derive.length is not None else capture(of, derive.pattern or "")
            values[derive.name] = derived
    return values


def fill(pattern: str, values: Values) -> Text:
    """Put values in the place of a sheet text's `{placeholders}`."""
    pieces: list[str | Text] = []
    end = 0
    for match in PLACEHOLDER.finditer(pattern):
        if match.group(1) not in values:
            raise InternalError(f"{pattern!r} needs {match.group(1)!r}, which this use does not bring")
        pieces += [pattern[end : match.start()], values[match.group(1)]]
        end = match.end()
    return join(*pieces, pattern[end:])


def grants(uses: Iterable[FeatureUse], harness_name: Text) -> tuple[Grant, ...]:
    """The statements for all uses, in the order of the sheets and their rows.

    Uses of one row share one statement, their resources side by side. Only where their conditions differ does a row
    give several, since a condition of one must not open the resources of the other; their Sids say which is which.
    """
    by_sheet: dict[str, list[FeatureUse]] = {}
    for use in uses:
        by_sheet.setdefault(use.sheet, []).append(use)
    return tuple(
        grant
        for name in sorted(by_sheet, key=load.position)
        for row in load.sheet(name).grant
        for grant in _row_grants(load.sheet(name), row, by_sheet[name], harness_name)
    )


def _row_grants(sheet: Sheet, row: GrantRow, uses: Iterable[FeatureUse], harness_name: Text) -> Iterator[Grant]:
    groups: dict[tuple[Condition, ...], tuple[dict[Text, tuple[str, ...]], list[FeatureUse]]] = {}
    resources = {resource.name: resource for resource in sheet.resource}
    instead: dict[Text, Text] = {}
    for use in uses:
        if row.when and use.variant not in row.when:
            continue
        values = values_of(use, sheet, harness_name)
        found, group = groups.setdefault(_conditions(row.conditions, values, use), ({}, []))
        each = next((name for _, value in use.values if (name := value.each()) is not None), None)
        for name in row.resources:
            resource = text(STAR) if name == STAR else fill(resources[name].arn, values)
            found[resource.while_any(each) if each else resource] = () if name == STAR else resources[name].types
            if name != STAR and (other := resources[name].instead_of):
                instead[resource] = fill(resources[other].arn, values)
        group.append(use)
    for sid, (conditions, (merged, group)) in zip(told_apart(row.sid, tuple(groups)), groups.items(), strict=True):
        # What is there in any case need not be there once more while some list has elements.
        found = {
            one: kinds for one, kinds in merged.items() if join(*_plain(one)) == one or join(*_plain(one)) not in merged
        }
        yield Grant(
            statement=Statement(
                sid=sid,
                effect=Effect(row.effect),
                actions=tuple(sorted(row.actions)),
                resources=tuple(found),
                conditions=conditions,
            ),
            origin=Origin(sheet.id, row.sid, tuple(use.route for use in group)),
            why=row.why,
            source=row.source,
            unscoped=row.unscoped,
            types=tuple(found.values()),
            instead=tuple((one, instead[one]) for one in found if one in instead),
            basis=row.basis,
            readings=row.readings,
        )


def _plain(value: Text) -> Iterator[Part]:
    return (part for part in value.parts if not isinstance(part, Presence))


def trust(use: FeatureUse, harness_name: Text) -> tuple[Grant, ...]:
    """The statements of the trust policy for the one use of the trust sheet."""
    sheet = load.sheet(use.sheet)
    values = values_of(use, sheet, harness_name)
    return tuple(_trust_grant(row, use, values) for row in sheet.trust if not row.when or use.variant in row.when)


def _trust_grant(row: Trust, use: FeatureUse, values: Values) -> Grant:
    principal = Principal(row.principal, tuple(fill(item, values) for item in row.identifiers))
    statement = Statement(
        sid=row.sid,
        effect=Effect.ALLOW,
        actions=row.actions,
        conditions=_conditions(row.conditions, values, use),
        principals=(principal,),
    )
    origin = Origin(use.sheet, row.sid, (use.route,))
    return Grant(statement, origin, row.why, row.source, basis=row.basis, readings=row.readings)


def _conditions(rows: Iterable[ConditionRow], values: Values, use: FeatureUse) -> tuple[Condition, ...]:
    """The condition lines of a row; those that repeat over a table of the use hold its values, key by key."""
    lines: dict[tuple[str, str], list[Text]] = {}
    for row in rows:
        for inside in _entries(row, use):
            known = {**values, **inside}
            line = lines.setdefault((row.operator, str(fill(row.key, known))), [])
            line += [fill(value, known) for value in row.values]
    return tuple(Condition(operator, key, tuple(found)) for (operator, key), found in lines.items())


def _entries(row: ConditionRow, use: FeatureUse) -> Iterator[Values]:
    if not row.each:
        yield {}
    for key, value in dict(use.tables).get(row.each, ()):
        yield {"key": text(key), "value": value}
