"""The README tells the truth: its commands print what it shows, its tables list what there is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tfgen.cli import main as cli
from tfgen.diagnostics import Code

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> Iterator[tuple[str, str]]:
    """Each `$ command` of a console block with the output shown below it, in order."""
    for block in re.findall(r"^```console\n(.*?)^```$", README, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def test_commands_print_what_is_shown(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copytree(ROOT / "tests" / "cases", tmp_path / "tests" / "cases")
    shutil.copytree(ROOT / "tests" / "imports" / "sources", tmp_path / "tests" / "imports" / "sources")
    wrapper = tmp_path / "bin" / "tfgen"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tfgen "$@"\n')
    wrapper.chmod(0o755)
    environment = {"PATH": f"{wrapper.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    ran = 0
    for command, shown in commands():
        done = subprocess.run(
            command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.stdout + done.stderr == shown, command
        ran += 1
    assert ran >= 5


def test_the_posture_shown_is_the_example() -> None:
    shown = next(block for block in re.findall(r"^```yaml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL))
    example = (ROOT / "examples" / "support-agent" / "posture.yaml").read_text(encoding="utf-8")
    assert shown == "".join(line for line in example.splitlines(keepends=True) if not line.startswith("#"))


def test_every_code_is_listed() -> None:
    table = ["| code | what it says |", "| --- | --- |", *(f"| {code} | {code.about.title} |" for code in Code)]
    listed = README.partition("<!-- codes: begin -->\n")[2].partition("<!-- codes: end -->")[0]
    assert listed == "\n".join(table) + "\n"


def test_every_code_can_be_printed() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tfgen").rglob("*.py"))
    assert [code.name for code in Code if f"Code.{code.name}" not in sources] == []


def test_every_exit_code_is_listed() -> None:
    listed = re.findall(r"^\| (\d+) \|", README, re.MULTILINE)
    assert [int(code) for code in listed] == list(cli.Exit)


@pytest.mark.parametrize("flag", ["--check", "--diff", "--modules-only", "--format", "--out"])
def test_flags_named_in_the_readme_exist(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert flag in README
    assert cli.run(["render", "--help"]) == 0
    assert flag in capsys.readouterr().out


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
