"""Why a statement, endpoint or rule is there: from its name, a line of rendered HCL or a posture key to the reason.

Reads the plan, the sheets and the rendered text. Knows no disk and no screen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import Final, Literal

from tfgen.catalog import load
from tfgen.catalog.model import PLACEHOLDER, Call, Carry, EndpointGrant, Row, Sheet, StatementRow
from tfgen.catalog.model import Grant as GrantRow
from tfgen.catalog.network import EndpointKind, facts
from tfgen.catalog.ways import ways as ways_facts
from tfgen.cedar.table import rows
from tfgen.diagnostics import Route, Span
from tfgen.explain.reasons import Because, Decisions, Entry, Explanation, Fact, Meaning, Opening, Place, WayIn
from tfgen.plan.model import Plan
from tfgen.plan.network.model import Direction, Endpoint, Network, Peer, PeerKind, Rule
from tfgen.plan.policies import policies
from tfgen.plan.ways import ways
from tfgen.posture.walk import slot_at
from tfgen.render.layout import File
from tfgen.render.network_endpoints import endpoint_address, policy_local
from tfgen.render.network_groups import rule_address

_FEW: Final = 3
"""Up to so many names are told that are near."""
_STEP: Final = re.compile(r"\[(\d+)\]|\.?([^.\[\]]+)")
_ACTION: Final = re.compile(r"[a-z0-9-]+:[A-Za-z*]+\Z")
_LINE: Final = re.compile(r"(?P<path>.+?):(?P<line>\d+)(?::\d+)?\Z")
_KINDS: Final = {EndpointKind.GATEWAY: "a gateway endpoint", EndpointKind.INTERFACE: "an interface endpoint"}
_NAMED: Final = re.compile(r"^  (?P<name>\w+)\s+= ")
_RESOURCE: Final = re.compile(r'^resource "(?P<type>\w+)" "(?P<name>\w+)" \{')
_SID: Final = re.compile(r'^\s*Sid\s+= "(?P<sid>[^"]+)"')


def explain(
    plan: Plan, files: Iterable[File], targets: Iterable[str], locate: Callable[[Route], Span | None], posture: str
) -> tuple[Meaning, ...]:
    """Explain each target: a name, an action, `path:line` of a rendered file or of the posture, or a posture key.

    Names are Sids, endpoints' services, rules as the README of their module has them, such as `egress s3`, and the
    ways in which callers get in, `signed` and `token`. `locate` gives the place of a route in the posture file, which
    is called `posture`. Gives for each target the statements,
    endpoints and rules that it means; none when it means nothing. Without any target, all stand under "".
    """
    read = tuple(files)
    openings = _openings(plan.network, read, locate) if plan.network is not None else ()
    reviewed = ways_facts().reviewed.isoformat()
    callers = (WayIn(way, _places(way.routes, locate), reviewed) for way in ways(plan))
    every = (*callers, *_statements(plan, read, locate), *openings)
    wanted = tuple(targets)
    if not wanted:
        return (Meaning("", every),)
    return tuple(_answer(target, every, posture) for target in wanted)


def _answer(target: str, every: tuple[Entry, ...], posture: str) -> Meaning:
    found = _meant(target, every, posture)
    return Meaning(target, found, () if found else _near(target, every))


def _near(target: str, every: tuple[Entry, ...]) -> tuple[str, ...]:
    """The names, actions and keys that a target was probably to be: in another case, misspelled or cut short."""
    names = {one.name for one in every}
    names |= {action for one in every if isinstance(one, Explanation) for action in one.grant.statement.actions}
    names |= {route_text(own[: end + 1]) for one in every for own in one.routes for end in range(len(own))}
    by_lower = {name.lower(): name for name in sorted(names)}
    close = get_close_matches(target.lower(), by_lower, n=_FEW, cutoff=0.75)
    return tuple(by_lower[name] for name in close)


def decisions(plan: Plan, wanted: Iterable[str]) -> tuple[tuple[str, tuple[Decisions, ...]], ...]:
    """Say for each wanted tool, by its whole name or by its name at its target, who may call it; `*` are all tools."""
    every = tuple(
        (tool, Decisions(gateway.key, tool.action, tool.description, rows(tool, gateway.cedar, gateway.judged)))
        for gateway in plan.gateways
        for tool in gateway.judged.tools
    )
    return tuple((one, tuple(found for tool, found in every if one in {tool.action, tool.name, "*"})) for one in wanted)


def route_text(route: Route) -> str:
    """A route as a user writes it: `harness.tools[0].name`; the whole posture is `.`."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in route)
    return steps.removeprefix(".") or "."


def route_of(written: str) -> Route:
    """The route that a user wrote."""
    return tuple(int(found[1]) if found[1] else found[2] for found in _STEP.finditer(written.strip(".")))


def _locals(plan: Plan) -> dict[str, frozenset[str]]:
    """By the id of an endpoint's policy, the local values that it is rendered as: others have Sids of their own."""
    endpoints = plan.network.endpoints if plan.network is not None else ()
    return {
        f"endpoints/{one.service}": frozenset({policy_local(one), f"{policy_local(one)}_statements"})
        for one in endpoints
    }


def _statements(plan: Plan, files: tuple[File, ...], locate: Callable[[Route], Span | None]) -> Iterator[Explanation]:
    lines = [line for file in files if file.path.endswith(".tf") for line in _sids(file)]
    locals_of = _locals(plan)
    # The parts of a divided policy and a boundary say what the whole says.
    for one in (one for one in policies(plan) if not one.derived or one.id in locals_of):
        holders = locals_of.get(one.id, frozenset())
        for grant in one.policy.grants:
            sheet = load.sheet(grant.origin.sheet)
            table: tuple[StatementRow | EndpointGrant, ...] = (*sheet.rows, *sheet.passage)
            row = next((row for row in table if row.sid == grant.origin.row), None)
            yield Explanation(
                policy=one.name,
                grant=grant,
                places=_places(grant.origin.routes, locate),
                row=row,
                facts=tuple(_facts(sheet, row, frozenset(grant.statement.actions)))
                if isinstance(row, GrantRow)
                else (),
                reviewed=sheet.reviewed.isoformat(),
                rendered=tuple(
                    f"{path}:{first}-{last}"
                    for path, holder, sid, first, last in lines
                    if sid == grant.statement.sid and one.part in path.split("/") and (not holders or holder in holders)
                ),
            )


def _facts(sheet: Sheet, grant: GrantRow, actions: frozenset[str]) -> Iterator[Fact]:
    """The rows behind a grant: of its resources with the values in their ARNs, its calls, and what those carry."""
    resources = [row for row in sheet.resource if row.name in grant.resources]
    used = {name for row in resources for name in PLACEHOLDER.findall(row.arn)}
    for derive in (row for row in sheet.derive if row.name in used):
        yield _fact("value", derive.name, derive)
    for resource in resources:
        yield _fact("resource", resource.name, resource)
    for call in (row for row in sheet.call if _meets(row, grant)):
        if call.action in actions and call.refused == (grant.effect == "Deny") and set(call.on) & set(grant.resources):
            yield _fact("call", call.action, call)
    keys = {line.key for line in grant.conditions}
    for carry in (row for row in sheet.carry if _meets(row, grant)):
        if carry.key in keys and not actions.isdisjoint(carry.actions):
            yield _fact("carry", carry.key, carry)


def _meets(asked: Call | Carry, grant: GrantRow) -> bool:
    """Whether a variant has both rows."""
    return not asked.when or not grant.when or not set(asked.when).isdisjoint(grant.when)


def _fact(kind: Literal["value", "resource", "call", "carry"], name: str, row: Row) -> Fact:
    return Fact(kind, name, row.why, row.source, row.basis, row.readings)


def _places(routes: Iterable[Route], locate: Callable[[Route], Span | None]) -> tuple[Place, ...]:
    return tuple((route_text(route), locate(route)) for route in routes)


def _sids(file: File) -> Iterator[tuple[str, str, str, int, int]]:
    """Path, attribute, Sid, first and last line (from 1) of each statement in a rendered file, its comment included."""
    lines = file.text.splitlines()
    holder = ""
    for index, line in enumerate(lines):
        named = _NAMED.match(line)
        holder = named["name"] if named is not None else holder
        match = _SID.match(line)
        if match is None:
            continue
        indent = lines[index - 1].removesuffix("{")
        end = next(number for number in range(index, len(lines)) if lines[number].startswith(f"{indent}}}"))
        first = index - 1 if lines[index - 2].startswith(f"{indent}#") else index
        yield file.path, holder, match["sid"], first, end + 1


def _openings(network: Network, files: tuple[File, ...], locate: Callable[[Route], Span | None]) -> Iterator[Opening]:
    blocks = dict(block for file in files if file.path.endswith("network/main.tf") for block in _resources(file))
    for endpoint in (*network.endpoints, *network.shared):
        is_shared = endpoint in network.shared
        yield Opening(
            kind="endpoint",
            name=endpoint.service,
            what=f"{_KINDS[endpoint.kind]}{' that is there already' if is_shared else ''}",
            because=_because(endpoint, locate),
            present=endpoint.present,
            sids=tuple(grant.statement.sid for grant in endpoint.policy.grants),
            rendered=() if is_shared else (blocks[endpoint_address(endpoint)],),
        )
    for rule in network.rules:
        yield Opening(
            kind="rule",
            name=f"{rule.direction} {rule.key}",
            what=_allowed(rule),
            because=_because(rule, locate),
            present=rule.present,
            sids=(),
            rendered=(blocks[rule_address(rule)],),
        )


def _because(of: Endpoint | Rule, locate: Callable[[Route], Span | None]) -> tuple[Because, ...]:
    return tuple(Because(one, _places(one.routes, locate), _reviewed(one.sheet)) for one in of.reasons)


def _reviewed(sheet: str) -> str:
    match sheet:
        case "posture":
            return ""
        case "network":
            return str(facts().reviewed)
        case _:
            return load.sheet(sheet).reviewed.isoformat()


def _allowed(rule: Rule) -> str:
    ends = (_side(rule.group), _side(rule.peer))
    source, target = ends if rule.direction is Direction.EGRESS else reversed(ends)
    ports = f"{rule.first}" if rule.first == rule.last else f"{rule.first}-{rule.last}"
    return f"{rule.protocol} {ports} from {source} to {target}"


def _side(peer: Peer) -> str:
    match peer.kind:
        case PeerKind.MADE:
            return f"the security group of {peer.value}"
        case PeerKind.SERVICE:
            return f"the addresses of {peer.value}"
        case _:
            return str(peer.value)


def _resources(file: File) -> Iterator[tuple[tuple[str, str], str]]:
    """The place of each resource of a file, by its type and name."""
    lines = file.text.splitlines()
    for first, line in enumerate(lines):
        if (match := _RESOURCE.match(line)) is not None:
            yield (match["type"], match["name"]), f"{file.path}:{first + 1}-{lines.index('}', first) + 1}"


def _meant(target: str, every: tuple[Entry, ...], posture: str) -> tuple[Entry, ...]:
    by_name = tuple(one for one in every if one.name == target)
    if by_name:
        return by_name
    if _ACTION.match(target):
        pattern = re.compile(re.escape(target.lower()).replace(r"\*", ".*"))
        statements = (one for one in every if isinstance(one, Explanation))
        return tuple(
            one for one in statements if any(map(pattern.fullmatch, map(str.lower, one.grant.statement.actions)))
        )
    place = _LINE.match(target)
    if place is None:
        return _by_route(route_of(target), every)
    path, line = place["path"], int(place["line"])
    return _by_posture_line(line, every) if path == posture else _by_rendered_line(path, line, every)


def _by_route(route: Route, every: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """What is asked for by the key or something below it; if there are none, by the nearest key above.

    A key that a posture cannot have means nothing.
    """
    below = tuple(one for one in every if any(own[: len(route)] == route for own in one.routes))
    above = [own for one in every for own in one.routes if own and route[: len(own)] == own]
    if below or not above or slot_at(route) is None:
        return below
    nearest = max(above, key=len)
    return tuple(one for one in every if nearest in one.routes)


def _by_posture_line(line: int, every: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """What is asked for by the smallest stretch of the posture that the line lies in."""

    def lines(one: Entry) -> int:
        spans = [span for route, span in one.places if span is not None and route != "."]
        return min((span.end_line - span.line for span in spans if span.line <= line <= span.end_line), default=-1)

    least = min((count for one in every if (count := lines(one)) >= 0), default=-1)
    return tuple(one for one in every if least >= 0 and lines(one) == least)


def _by_rendered_line(path: str, line: int, every: tuple[Entry, ...]) -> tuple[Entry, ...]:
    def stands_there(place: str) -> bool:
        own, _, numbers = place.rpartition(":")
        first, _, last = numbers.partition("-")
        return (path == own or path.endswith(f"/{own}")) and int(first) <= line <= int(last)

    return tuple(one for one in every if any(map(stands_there, one.rendered)))
