"""The README of each module: what it may do and why, for someone who reads no HCL. Knows no part by name."""

from __future__ import annotations

from collections.abc import Iterable

from tfgen.plan.model import Plan
from tfgen.render.layout import File, readme_header
from tfgen.render.markdown import inputs_table, markdown
from tfgen.render.names_readme import names
from tfgen.render.part import Part
from tfgen.render.ways_readme import ways_in


def root_file(plan: Plan, parts: Iterable[Part]) -> File:
    """README.md of the root module over its parts."""
    parts = tuple(parts)
    lines = [
        *_head(plan, plan.name, plan.description or "What one AgentCore harness may do, and who may make it do so."),
        *ways_in(plan),
        *(line for part in parts for line in part.root_readme),
        *names(plan, *(part.name for part in parts)),
        "## Inputs",
        "",
        *inputs_table(plan.used_inputs()),
    ]
    return File("README.md", _text(lines))


def part_file(plan: Plan, part: Part, folder: str) -> File:
    """README.md of a part, below `folder` (which ends in a slash)."""
    own = (*part.readme, *names(plan, part.name))
    lines = [*_head(plan, part.name, part.summary), *own, "## Inputs", "", *inputs_table(part.inputs)]
    return File(f"{folder}README.md", _text(lines))


def _head(plan: Plan, title: str, summary: str) -> list[str]:
    return [readme_header(plan.name), "", f"# {markdown(title)}", "", markdown(summary), ""]


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"
