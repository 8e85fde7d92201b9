"""The pages of `docs/findings`: one for each code, and the table of all. The only place that reads the codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from docs_pages.markdown import GENERATED, blocks, prose, table
from tfgen.diagnostics import Code
from tfgen.rules.registry import AnyRule, of_code

TESTS: Final = Path(__file__).parents[2]
DOCS: Final = TESTS.parent / "docs"
GOLDEN: Final = ("cases", "cedar/cases", "imports")
"""Folders below `tests/` with files of expected output; tests print each of them."""

GROUPS: Final[Mapping[str, str]] = {
    "TFG1": "The text of a file",
    "TFG2": "The content of a posture",
    "TFG3": "Features that cannot be rendered",
    "TFG40": "Policies, claims and tokens",
    "TFG41": "Policies, claims and tokens",
    "TFG42": "The network",
    "TFG5": "The rendered tree",
    "TFG6": "Gateways",
    "TFG7": "Imports",
}
"""What codes with the same beginning are about."""


@dataclass(frozen=True)
class About:
    """What is known of one code."""

    code: str
    title: str
    severity: str
    why: str
    fix: str
    source: str
    rules: tuple[str, ...]
    """What the rules find that give this code, where they say more than its title."""


@cache
def codes() -> tuple[About, ...]:
    """Every code that tfgen can print, by number."""
    return tuple(sorted(map(_about, Code), key=lambda one: one.code))


def _about(code: Code) -> About:
    known = code.about
    rules = tuple(_rule(rule, code) for rule in of_code(code) if rule.title != known.title)
    return About(code.value, known.title, known.severity.value, known.why, known.fix, known.source, rules)


def _rule(rule: AnyRule, code: Code) -> str:
    return rule.title if rule.severity is code.about.severity else f"{rule.title} ({rule.severity.value})"


def pages() -> Iterator[tuple[str, str]]:
    """Each page below `docs/`: its path and its text."""
    yield "findings/README.md", _index()
    shown = examples()
    yield from ((f"findings/{one.code}.md", _page(one, shown.get(one.code, ""))) for one in codes())


def _index() -> str:
    lines = [
        GENERATED,
        "",
        "# Findings",
        "",
        "Every finding has a code that never changes its meaning. An *error* stops the render; a *warning* does not.",
        "`tfgen explain CODE` prints the reason for a code and the way to fix what it reports.",
    ]
    title = ""
    for one in codes():
        if title != (group := _group(one.code)):
            title = group
            lines += ["", f"## {title}", "", *table(("code", "severity", "title"), ())]
        lines.append(f"| [{one.code}]({one.code}.md) | {one.severity} | {prose(one.title)} |")
    return "\n".join(lines) + "\n"


def _group(code: str) -> str:
    return next(title for beginning, title in GROUPS.items() if code.startswith(beginning))


def _page(one: About, example: str) -> str:
    lines = [
        GENERATED,
        "",
        f"# {one.code}: {prose(one.title)}",
        "",
        f"Severity: {one.severity}.",
        "",
        prose(one.why),
        "",
        "## How to fix it",
        "",
        prose(one.fix),
    ]
    if one.rules:
        lines += ["", "## Rules", "", *(f"- {prose(rule)}" for rule in one.rules)]
    if example:
        lines += ["", "## Example", "", "```text", example, "```"]
    if one.source:
        lines += ["", "## Source", "", f"<{one.source}>"]
    if more := [f"[{title}](../{name})" for name, title, text in _written() if one.code in text]:
        lines += ["", "## Read more", "", ", ".join(more)]
    lines += ["", f"`tfgen explain {one.code}` prints the same. [All findings](README.md)."]
    return "\n".join(lines) + "\n"


@cache
def _written() -> tuple[tuple[str, str, str], ...]:
    """The pages that are written by hand: their file, title and text."""
    texts = ((path.name, path.read_text("utf-8")) for path in sorted(DOCS.glob("*.md")))
    return tuple((name, text.partition("\n")[0].removeprefix("# "), text) for name, text in texts)


@cache
def examples() -> Mapping[str, str]:
    """For each code the shortest finding with it that a test expects, from golden files or from tested pages."""
    found: dict[str, str] = {}
    for text in _expected():
        for code, finding in _findings(text):
            if code not in found or (len(finding), finding) < (len(found[code]), found[code]):
                found[code] = finding
    return found


def _expected() -> Iterator[str]:
    for folder in GOLDEN:
        for path in sorted((TESTS / folder).rglob("*.out")):
            yield path.read_text("utf-8")
    for _, _, text in _written():
        yield from blocks(text, "console")


FINDING: Final = re.compile(r"^\S.*: (?:error|warning): .* \[(TFG\d+)\]\n(?:(?: |\d+ +\|).*(?:\n|\Z))*", re.MULTILINE)
"""Its first line ends in the code; the lines below are indented, or quote a line after its number."""


def _findings(text: str) -> Iterator[tuple[str, str]]:
    yield from ((found[1], found[0].rstrip("\n")) for found in FINDING.finditer(text))
