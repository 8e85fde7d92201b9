"""Golden folders: `cases/ok` render without a word; each of `cases/bad` prints exactly what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tfgen import terminal
from tfgen.app.render import render
from tfgen.diagnostics import Code, Finding, Severity
from tfgen.diagnostics.rule import Rule
from tfgen.rules.image_pull import image_pull
from tfgen.rules.registry import RULES

CASES = Path(__file__).parents[1] / "cases"
OK = sorted((CASES / "ok").glob("*.yaml"))
BAD = sorted((CASES / "bad").glob("*.yaml"))


@pytest.fixture(autouse=True)
def _in_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages name files as the user did: the same on every machine."""
    monkeypatch.chdir(CASES)


@pytest.mark.parametrize("path", OK, ids=lambda path: path.stem)
def test_ok(path: Path) -> None:
    rendered = render(f"ok/{path.name}")
    assert rendered.diagnostics == ()
    assert rendered.files


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad(path: Path) -> None:
    rendered = render(f"bad/{path.name}")
    assert terminal.render_text(rendered.diagnostics, colour=False) == path.with_suffix(".out").read_text("utf-8")
    assert bool(rendered.files) == all(found.severity is Severity.WARNING for found in rendered.diagnostics)


def test_every_rule_has_a_bad_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """But one: no posture leads to a role that may not pull its image, which a fault of ours would."""
    heard: set[str] = set()
    findings = Rule.findings

    def listening(rule: Rule[Any], subject: object) -> Iterator[Finding]:
        found = tuple(findings(rule, subject))
        heard.update(rule.title for _ in found)
        yield from found

    monkeypatch.setattr(Rule, "findings", listening)
    for path in BAD:
        render(f"bad/{path.name}")
    assert {rule.title for rule in RULES} - heard == {image_pull.title}


def test_every_bad_case_has_its_output_and_every_output_its_case() -> None:
    assert {path.stem for path in BAD} == {path.stem for path in (CASES / "bad").glob("*.out")}


def test_twelve_mistakes_are_twelve_diagnostics_at_their_places() -> None:
    rendered = render("bad/twelve_mistakes.yaml")
    places = [(found.span.line, found.code) for found in rendered.diagnostics if found.span is not None]
    assert sorted(places) == [
        (2, Code.BAD_VALUE),
        (6, Code.BAD_VALUE),
        (9, Code.UNKNOWN_KEY),
        (10, Code.WRONG_TYPE),
        (16, Code.UNDECLARED_INPUT),
        (17, Code.BAD_VALUE),
        (21, Code.BAD_VALUE),
        (25, Code.CONFLICT),
        (28, Code.BAD_VALUE),
        (31, Code.BAD_VALUE),
        (33, Code.BAD_VALUE),
        (36, Code.BAD_VALUE),
    ]
