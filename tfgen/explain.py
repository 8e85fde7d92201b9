"""Why a statement is there: from a Sid, an action, a line of rendered HCL or a posture key to the reason, and back.

Reads the plan, the sheets and the rendered text. Knows no disk and no screen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tfgen.catalog import load
from tfgen.catalog.model import Decision, StatementRow
from tfgen.catalog.model import Grant as GrantRow
from tfgen.cedar.table import Row, rows
from tfgen.diagnostics import Route, Span
from tfgen.plan.model import Grant, Plan
from tfgen.render.layout import File

Place = tuple[str, Span | None]
"""A route as text (`harness.tools[0]`) and where it stands in the posture."""

_PARTS: Final = (
    ("the policy of the callers", "access"),
    ("the service control policy", "access"),
    ("the policy of the role of the gateway", "gateway-policy"),
)
"""In which part a policy is rendered, by the beginning of its name; all others are in the execution role's."""
_STEP: Final = re.compile(r"\[(\d+)\]|\.?([^.\[\]]+)")
_ACTION: Final = re.compile(r"[a-z0-9-]+:[A-Za-z*]+\Z")
_LINE: Final = re.compile(r"(?P<path>.+?):(?P<line>\d+)(?::\d+)?\Z")
_SID: Final = re.compile(r'^\s*Sid\s+= "(?P<sid>[^"]+)"')


@dataclass(frozen=True, slots=True)
class Explanation:
    """One statement with everything that led to it."""

    policy: str
    grant: Grant
    places: tuple[Place, ...]
    row: StatementRow | None
    """The sheet's row; None for a statement that the posture itself spells out."""
    reviewed: str
    """The day on which the sheet was last reviewed, as ISO 8601 has it."""
    rendered: tuple[str, ...]
    """Where it stands in the rendered tree, `path:line`."""

    @property
    def decision(self) -> Decision | None:
        """Both readings and the choice, where AWS's documentation and data disagree."""
        return self.row.decision if isinstance(self.row, GrantRow) else None


def explain(
    plan: Plan, files: Iterable[File], targets: Iterable[str], locate: Callable[[Route], Span | None], posture: str
) -> tuple[tuple[str, tuple[Explanation, ...]], ...]:
    """Explain each target: a Sid, an action, `path:line` of a rendered file or of the posture, or a posture key.

    `locate` gives the place of a route in the posture file, which is called `posture`. Gives for each target the
    statements that it means; none when it means nothing. Without any target, all statements stand under "".
    """
    every = tuple(_all(plan, tuple(files), locate))
    wanted = tuple(targets)
    if not wanted:
        return (("", every),)
    return tuple((target, _meant(target, every, posture)) for target in wanted)


@dataclass(frozen=True, slots=True)
class Decisions:
    """Who may call a tool, by the policies of its gateway."""

    gateway: str
    tool: str
    description: str
    rows: tuple[Row, ...]


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


def _all(plan: Plan, files: tuple[File, ...], locate: Callable[[Route], Span | None]) -> Iterator[Explanation]:
    lines = [line for file in files if file.body is not None for line in _statements(file)]
    for name, policy in plan.policies():
        part = next((part for start, part in _PARTS if name.startswith(start)), "execution-role")
        for grant in policy.grants:
            sheet = load.sheet(grant.origin.sheet)
            yield Explanation(
                policy=name,
                grant=grant,
                places=tuple((route_text(route), locate(route)) for route in grant.origin.routes),
                row=next((row for row in sheet.rows if row.sid == grant.origin.row), None),
                reviewed=sheet.reviewed.isoformat(),
                rendered=tuple(
                    f"{path}:{first}-{last}"
                    for path, sid, first, last in lines
                    if sid == grant.statement.sid and part in path.split("/")
                ),
            )


def _statements(file: File) -> Iterator[tuple[str, str, int, int]]:
    """Path, Sid, first and last line (from 1) of each statement in a rendered file, its comment included."""
    lines = file.text.splitlines()
    for index, line in enumerate(lines):
        match = _SID.match(line)
        if match is None:
            continue
        indent = lines[index - 1].removesuffix("{")
        end = next(number for number in range(index, len(lines)) if lines[number].startswith(f"{indent}}}"))
        first = index - 1 if lines[index - 2].startswith(f"{indent}#") else index
        yield file.path, match["sid"], first, end + 1


def _meant(target: str, every: tuple[Explanation, ...], posture: str) -> tuple[Explanation, ...]:
    by_sid = tuple(one for one in every if one.grant.statement.sid == target)
    if by_sid:
        return by_sid
    if _ACTION.match(target):
        pattern = re.compile(re.escape(target.lower()).replace(r"\*", ".*"))
        return tuple(
            one for one in every if any(pattern.fullmatch(action.lower()) for action in one.grant.statement.actions)
        )
    place = _LINE.match(target)
    if place is None:
        return _by_route(route_of(target), every)
    path, line = place["path"], int(place["line"])
    return _by_posture_line(line, every) if path == posture else _by_rendered_line(path, line, every)


def _by_route(route: Route, every: tuple[Explanation, ...]) -> tuple[Explanation, ...]:
    """Statements asked for by the key or something below it; if there are none, by the nearest key above."""
    below = tuple(one for one in every if any(own[: len(route)] == route for own in one.grant.origin.routes))
    above = [own for one in every for own in one.grant.origin.routes if own and route[: len(own)] == own]
    if below or not above:
        return below
    nearest = max(above, key=len)
    return tuple(one for one in every if nearest in one.grant.origin.routes)


def _by_posture_line(line: int, every: tuple[Explanation, ...]) -> tuple[Explanation, ...]:
    """Statements asked for by the smallest stretch of the posture that the line lies in."""

    def lines(one: Explanation) -> int:
        spans = [span for route, span in one.places if span is not None and route != "."]
        return min((span.end_line - span.line for span in spans if span.line <= line <= span.end_line), default=-1)

    least = min((count for one in every if (count := lines(one)) >= 0), default=-1)
    return tuple(one for one in every if least >= 0 and lines(one) == least)


def _by_rendered_line(path: str, line: int, every: tuple[Explanation, ...]) -> tuple[Explanation, ...]:
    def stands_there(place: str) -> bool:
        own, _, numbers = place.rpartition(":")
        first, _, last = numbers.partition("-")
        return (path == own or path.endswith(f"/{own}")) and int(first) <= line <= int(last)

    return tuple(one for one in every if any(map(stands_there, one.rendered)))
