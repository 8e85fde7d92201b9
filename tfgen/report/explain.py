"""Explanations as text and as data for JSON. Knows no plan stage and no disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from tfgen.catalog.model import Basis, Reading
from tfgen.diagnostics import Code, Span
from tfgen.diagnostics.visible import told, visible_lines
from tfgen.explain.reasons import Because, Decisions, Entry, Explanation, Fact, Meaning, Opening, Place, WayIn
from tfgen.plan.ways import Requirement
from tfgen.rules.registry import AnyRule, of_code


def render_text(explained: Iterable[Meaning], posture: str) -> str:
    """Explanations for people, a paragraph each."""
    paragraphs: list[str] = []
    for answer in explained:
        if not answer.entries:
            nothing = f"{answer.target}: no statement, endpoint or rule of this posture has to do with it"
            paragraphs.append(_paragraph([nothing, *_listed("near", answer.near)]))
        paragraphs += [_paragraph(_told(one, posture)) for one in answer.entries]
    return visible_lines("\n".join(paragraphs))


def _told(one: Entry, posture: str) -> Iterator[str]:
    match one:
        case Explanation():
            return _lines(one, posture)
        case Opening():
            return _opening(one, posture)
        case WayIn():
            return _way(one, posture)
        case _ as never:
            assert_never(never)


def _paragraph(lines: Iterable[str]) -> str:
    return "".join(f"{told(line)}\n" for line in lines)


def _lines(one: Explanation, posture: str) -> Iterator[str]:
    statement = one.grant.statement
    yield f"{statement.sid}, in {one.policy}"
    yield f"  why        {one.grant.why}"
    if one.grant.unscoped:
        yield f"  on '*'     {one.grant.unscoped}"
    yield from _listed(statement.effect.value.lower(), statement.actions)
    yield from _listed("on", map(str, statement.resources))
    conditions = (f"{c.key} {c.operator} {', '.join(map(str, c.values))}" for c in statement.conditions)
    yield from _listed("if", conditions)
    yield from _asked(one.places, posture)
    yield f"  sheet      {one.grant.origin.sheet}, row {one.grant.origin.row}, reviewed {one.reviewed}"
    yield f"  source     {one.grant.source}"
    yield from _evidence(one.grant.basis, one.grant.readings)
    yield from _listed("rests on", _facts(one.facts, told=one.grant.readings))
    if one.decision is not None:
        yield f"  documented {one.decision.documented}"
        yield f"  data       {one.decision.data}"
        yield f"  chosen     {one.decision.chosen}"
        yield f"  because    {one.decision.reason}"
    yield from _listed("rendered", one.rendered)


def codes_text(codes: Iterable[Code]) -> str:
    """Codes for people, a paragraph each: why it is there, how to fix what it finds, and the rules that find it."""
    return "\n".join(_paragraph(_code(code)) for code in codes)


def _code(code: Code) -> Iterator[str]:
    about = code.about
    yield f"{code.value}: {about.title}"
    yield f"  severity   {about.severity.value}"
    yield f"  why        {about.why}"
    yield f"  fix        {about.fix}"
    if about.source:
        yield f"  source     {about.source}"
    yield from _listed("rules", (_rule(rule) for rule in of_code(code) if rule.title != about.title))


def _rule(rule: AnyRule) -> str:
    """A rule in a line: what differs from its code."""
    weight = "" if rule.severity is rule.code.about.severity else f" ({rule.severity.value})"
    return f"{rule.title}{weight}" + (f": {rule.own_why}" if rule.own_why else "")


def codes_data(codes: Iterable[Code]) -> dict[str, object]:
    """Codes for programs."""
    return {
        "codes": [
            {
                "code": code.value,
                "title": code.about.title,
                "severity": code.about.severity.value,
                "why": code.about.why,
                "fix": code.about.fix,
                "source": code.about.source or None,
                "rules": [
                    {
                        "title": rule.title,
                        "severity": rule.severity.value,
                        "why": rule.why,
                        "fix": rule.help,
                        "source": rule.source or None,
                    }
                    for rule in of_code(code)
                ],
            }
            for code in codes
        ]
    }


def _way(one: WayIn, posture: str) -> Iterator[str]:
    way = one.way
    yield f"{way.name}, how callers get in: {way.what}"
    accepted = "accepted, where the harness has this one" if way.sometimes else "accepted"
    yield f"  here       {accepted if way.is_open else 'refused'}"
    if way.who:
        yield f"  who        {way.who}"
    yield from _listed("must hold", map(_requirement, way.requirements))
    yield f"  why        {way.because.why}"
    yield from _asked(one.places, posture)
    yield f"  source     {way.because.source}, reviewed {one.reviewed}"
    yield from _listed("seen", (f"{seen.saw} ({seen.source}, {seen.seen})" for seen in way.because.readings))


def _requirement(one: Requirement) -> str:
    return f"{one.name} {one.how} {', '.join(map(str, one.values))}".rstrip()


def _opening(one: Opening, posture: str) -> Iterator[str]:
    if one.kind == "endpoint":
        yield f"{one.name}, {one.what}"
    else:
        yield f"{one.name}, a rule of the network"
        yield f"  allow      {one.what}"
    for because in one.because:
        yield from _why(because, posture)
    yield from _listed("while", (f"{name} has an element" for name in one.present))
    yield from _listed("lets pass", one.sids)
    yield from _listed("rendered", one.rendered)


def _why(because: Because, posture: str) -> Iterator[str]:
    reason = because.reason
    yield f"  why        {reason.why}"
    yield from _asked(because.places, posture)
    if because.reviewed:
        yield f"  sheet      {reason.sheet}, reviewed {because.reviewed}"
    yield f"  source     {reason.source}"
    yield from _evidence(reason.basis, reason.readings)


def _evidence(basis: Basis | None, readings: Iterable[Reading]) -> Iterator[str]:
    if basis is not None:
        yield f"  basis      {basis}"
    yield from _listed("seen", map(_seen, readings))


def _seen(reading: Reading) -> str:
    return f"{reading.seen.isoformat()}: {reading.saw} ({reading.source})"


def _facts(found: Iterable[Fact], told: Iterable[Reading]) -> Iterator[str]:
    """A line for rows of a kind with the same evidence, and one for each reading that is not told yet."""
    known = set(told)
    alike: dict[tuple[str, Basis, str, tuple[Reading, ...]], dict[str, None]] = {}
    for one in found:
        alike.setdefault((one.kind, one.basis, one.source, one.readings), {})[one.name] = None
    for (kind, basis, source, readings), names in alike.items():
        yield f"{kind} {', '.join(names)}: {basis}, {source}"
        for reading in (one for one in readings if one not in known):
            known.add(reading)
            yield f"  seen {_seen(reading)}"


def _asked(places: Iterable[Place], posture: str) -> Iterator[str]:
    return _listed("asked by", (f"{_at(span, posture)}: {route}" for route, span in places))


def _listed(label: str, values: Iterable[str]) -> Iterator[str]:
    for number, value in enumerate(values):
        yield f"  {label if number == 0 else '':<10} {value}"


def _at(span: Span | None, posture: str) -> str:
    return posture if span is None else f"{posture}:{span.line}:{span.column}"


def data(explained: Iterable[Meaning], posture: str) -> dict[str, object]:
    """Explanations for programs: a list of targets with their statements, endpoints and rules."""
    targets = [
        {
            "target": answer.target,
            "near": list(answer.near),
            "statements": [_data(one) for one in answer.entries if isinstance(one, Explanation)],
            "network": [_opening_data(one) for one in answer.entries if isinstance(one, Opening)],
            "ways_in": [_way_data(one) for one in answer.entries if isinstance(one, WayIn)],
        }
        for answer in explained
    ]
    return {"posture": posture, "targets": targets}


def _data(one: Explanation) -> dict[str, object]:
    return {
        "policy": one.policy,
        "statement": one.grant.statement.document(),
        "why": one.grant.why,
        "unscoped": one.grant.unscoped or None,
        "source": one.grant.source,
        "basis": one.grant.basis,
        "readings": _readings_data(one.grant.readings),
        "rests_on": [
            {
                "kind": fact.kind,
                "name": fact.name,
                "why": fact.why,
                "source": fact.source,
                "basis": fact.basis,
                "readings": _readings_data(fact.readings),
            }
            for fact in one.facts
        ],
        "sheet": one.grant.origin.sheet,
        "row": one.grant.origin.row,
        "reviewed": one.reviewed,
        "decision": one.decision.model_dump() if one.decision is not None else None,
        "asked_by": _asked_data(one.places),
        "rendered": list(one.rendered),
    }


def _way_data(one: WayIn) -> dict[str, object]:
    way = one.way
    return {
        "name": way.name,
        "what": way.what,
        "accepted": way.is_open,
        "only_some_harnesses": way.sometimes,
        "who": way.who or None,
        "token_must_hold": [
            {"what": each.name, "how": each.how, "values": [str(value) for value in each.values]}
            for each in way.requirements
        ],
        "why": way.because.why,
        "source": way.because.source,
        "reviewed": one.reviewed,
        "asked_by": _asked_data(one.places),
    }


def _opening_data(one: Opening) -> dict[str, object]:
    return {
        "kind": one.kind,
        "name": one.name,
        "what": one.what,
        "reasons": [
            {
                "why": because.reason.why,
                "source": because.reason.source,
                "basis": because.reason.basis,
                "readings": _readings_data(because.reason.readings),
                "sheet": because.reason.sheet if because.reviewed else None,
                "reviewed": because.reviewed or None,
                "asked_by": _asked_data(because.places),
            }
            for because in one.because
        ],
        "while_any_of": list(one.present),
        "lets_pass": list(one.sids),
        "rendered": list(one.rendered),
    }


def _readings_data(readings: Iterable[Reading]) -> list[dict[str, object]]:
    return [{"saw": one.saw, "source": one.source, "seen": one.seen.isoformat()} for one in readings]


def _asked_data(places: Iterable[Place]) -> list[dict[str, object]]:
    return [
        {"route": route, "line": span.line if span else None, "column": span.column if span else None}
        for route, span in places
    ]


def decisions_text(found: Iterable[tuple[str, tuple[Decisions, ...]]]) -> str:
    """Who may call tools, for people: a paragraph for each."""
    paragraphs: list[str] = []
    for wanted, tools in found:
        if not tools:
            paragraphs.append(_paragraph([f"{wanted}: no gateway of this posture has such a tool"]))
        paragraphs += [_paragraph(_decisions(one)) for one in tools]
    return visible_lines("\n".join(paragraphs))


def _decisions(one: Decisions) -> Iterator[str]:
    yield f"{one.tool}, at the gateway {one.gateway}"
    if one.description:
        yield f"  does       {' '.join(one.description.split())}"
    if not any(row.permits for row in one.rows):
        yield "  nobody     no policy permits it"
    for row in one.rows:
        yield f"  {'permits' if row.permits else 'withholds' if row.withholds else 'forbids':<10} {row.who}"
        yield from _listed("", row.conditions)
        yield f"  {'':<10} policy {row.policy}"


def decisions_data(found: Iterable[tuple[str, tuple[Decisions, ...]]]) -> dict[str, object]:
    """Who may call tools, for programs: a list of what was asked for with its tools."""
    return {"tools": [{"asked": wanted, "found": [_decided(one) for one in tools]} for wanted, tools in found]}


def _decided(one: Decisions) -> dict[str, object]:
    rows = [
        {
            "effect": "permit" if row.permits else "withhold" if row.withholds else "forbid",
            "who": row.who,
            "conditions": list(row.conditions),
            "policy": row.policy,
        }
        for row in one.rows
    ]
    return {"gateway": one.gateway, "tool": one.tool, "policies": rows}
