"""Explanations as text and as data for JSON. Knows no plan stage and no disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tfgen.catalog.model import Basis, Reading
from tfgen.diagnostics import Span
from tfgen.explain import Because, Decisions, Entry, Explanation, Fact, Opening, Place
from tfgen.visible import told, visible_lines


def render_text(explained: Iterable[tuple[str, tuple[Entry, ...]]], posture: str) -> str:
    """Explanations for people, a paragraph each."""
    paragraphs: list[str] = []
    for target, found in explained:
        if not found:
            paragraphs.append(
                _paragraph([f"{target}: no statement, endpoint or rule of this posture has to do with it"])
            )
        for one in found:
            lines = _lines(one, posture) if isinstance(one, Explanation) else _opening(one, posture)
            paragraphs.append(_paragraph(lines))
    return visible_lines("\n".join(paragraphs))


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


def data(explained: Iterable[tuple[str, tuple[Entry, ...]]], posture: str) -> dict[str, object]:
    """Explanations for programs: a list of targets with their statements, endpoints and rules."""
    targets = [
        {
            "target": target,
            "statements": [_data(one) for one in found if isinstance(one, Explanation)],
            "network": [_opening_data(one) for one in found if isinstance(one, Opening)],
        }
        for target, found in explained
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
