"""The first table of the root's README: how callers get in, and who decides. Knows no part."""

from __future__ import annotations

from tfgen.plan.model import Plan
from tfgen.plan.ways import Requirement, Way, ways
from tfgen.render.markdown import code, markdown


def ways_in(plan: Plan) -> list[str]:
    """Both ways, whether they are open, whom they let in, and what decides."""
    return [
        "## How callers get in",
        "",
        "| Way | Here | Who gets in | Who decides |",
        "| --- | --- | --- | --- |",
        *(_row(way) for way in ways(plan)),
        "",
        *_manage(plan),
    ]


def _row(way: Way) -> str:
    asked = "<br>".join(map(_asked, way.requirements))
    who = f"Whoever sends a token with all of these:<br>{asked}" if asked else markdown(way.who)
    because = f"{markdown(way.because.why)} ([source]({way.because.source}))"
    return f"| {markdown(way.what)} | {_open(way)} | {who} | {because} |"


def _open(way: Way) -> str:
    if not way.is_open:
        return "refused"
    return "accepted, where the harness has this one" if way.sometimes else "**accepted**"


def _asked(one: Requirement) -> str:
    values = ", ".join(code(str(value)) for value in one.values)
    return f"{markdown(one.name)} {markdown(one.how)} {values}".rstrip()


def _manage(plan: Plan) -> list[str]:
    if plan.inbound is None:
        return []
    return [
        "Reading, changing and deleting the harness is always signed: IAM policies decide about that.",
        "",
    ]
