"""What the README alone must be: short, with the example, the exit codes and the promises of today."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tfgen.cli import main as cli
from tfgen.diagnostics import Code

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_is_short() -> None:
    assert len(README.encode()) <= 10_000


def test_the_posture_shown_is_the_example() -> None:
    shown = next(block for block in re.findall(r"^```yaml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL))
    example = (ROOT / "examples" / "support-agent" / "posture.yaml").read_text(encoding="utf-8")
    assert shown == "".join(line for line in example.splitlines(keepends=True) if not line.startswith("#"))


def test_every_code_can_be_printed() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tfgen").rglob("*.py"))
    assert [code.name for code in Code if f"Code.{code.name}" not in sources] == []


def test_every_exit_code_is_listed() -> None:
    listed = re.findall(r"^\| (\d+) \|", README, re.MULTILINE)
    assert [int(code) for code in listed] == list(cli.Exit)


@pytest.mark.parametrize("command", ["render", "check", "explain", "import"])
def test_every_flag_is_among_the_commands(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([command, "--help"]) == 0
    flags = set(re.findall(r"(?<![\w-])--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    shown = {
        flag
        for page in ("commands", "imports")
        for flag in re.findall(r"--[a-z-]+", (DOCS / f"{page}.md").read_text("utf-8"))
    }
    assert flags
    assert flags <= shown


def test_the_tests_that_hold_the_promises_exist() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    promises = text.partition("## What tfgen promises")[2].partition("\n## ")[0].strip().split("\n")[2:]
    assert len(promises) > 10
    for promise in promises:
        named = re.findall(r"`(tests/[^`]*)`", promise.rpartition(" | ")[2])
        assert named, promise
        assert [path for path in named if not (ROOT / path).exists()] == []
    assert "](SECURITY.md)" in README
    assert '"/SECURITY.md"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
