"""What a stranger wrote steers no terminal and no CI, whatever shows it."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgen import terminal
from tfgen.cli import main as cli
from tfgen.diagnostics import Code, Diagnostic, Severity, Span, TfgenError
from tfgen.diagnostics.visible import visible, visible_json, visible_lines
from tfgen.render.markdown import code, markdown

# ESC, OSC 52 (the clipboard), BEL, C1, overrides and isolates of direction, marks, zero widths, a BOM, tags.
STEERS = "\x1b]52;c;YQ==\x07\x9b31m\x85\u202e\u2066\u2069\u200e\u200f\u061c\u200b\u200d\u2060\ufeff"
STEERS += "\U000e0041\u2028\r\x00"
LOG = "\n::error file=x::forged\n  ::stop-commands::x\n##[error]forged\na ##[set-env]\n##vso[task.setvariable]x"
HOSTILE = STEERS + LOG
BAD = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def harmless(shown: str) -> None:
    assert [
        character for character in shown if character not in "\n\t" and unicodedata.category(character) in BAD
    ] == []
    for line in shown.splitlines():
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert "##vso[" not in line


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(st.lists(st.sampled_from([*STEERS, *"\n\t #:[a\\", "::", "##[", "##vso["]), max_size=12).map("".join))
def test_no_text_steers_what_shows_it(text: str) -> None:
    harmless(visible_lines(text))
    harmless(visible_json({text: [text]}))
    assert json.loads(visible_json({text: [text]})) == {text: [text]}
    assert "\n" not in visible(text)
    assert visible_lines(visible_lines(text)) == visible_lines(text)


def test_what_shows_as_itself_stays() -> None:
    for text in ("naïve, 日本語, 🙂, a::b: c # ## [x]", '{ "a": 1 }\n\n\tb'):
        assert visible_lines(text) == text


def test_every_form_of_diagnostics_is_harmless() -> None:
    found = Diagnostic(Code.BAD_VALUE, Severity.ERROR, HOSTILE, f"a{HOSTILE}.yaml", Span(1, 1, 1, 9), HOSTILE, HOSTILE)
    stream = io.StringIO()
    terminal.write_styled(terminal.render_text([found], colour=False), stream)
    harmless(stream.getvalue())
    harmless(terminal.render_json([found]))
    harmless(terminal.render_sarif([found], "1"))
    (command,) = terminal.render_github([found]).splitlines()
    assert command.startswith("::error ")
    harmless(command.removeprefix("::error ").replace("##[", "").replace("##vso[", ""))  # a line is one command
    assert command.count("\n") == 0


@pytest.mark.parametrize("show", [markdown, code])
def test_markdown_is_harmless(show: object) -> None:
    assert callable(show)
    shown = show(STEERS)
    assert [character for character in shown if unicodedata.category(character) in BAD] == []


def test_an_unknown_argument_is_quoted_harmlessly(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        [f"x{HOSTILE}"],
        ["render", f"--{HOSTILE}"],
        ["check", "p.yaml", "--format", HOSTILE],
        ["check", "p.yaml", "--at", HOSTILE, "--token", "x"],
        ["render", f"missing{HOSTILE.replace(chr(0), '')}.yaml", "--out", "x"],
        ["import", f"missing{HOSTILE.replace(chr(0), '')}"],
        ["explain", "examples/minimal/posture.yaml", f"x{HOSTILE}"],
    ):
        assert cli.run(arguments) in {1, 2}
        out, err = capsys.readouterr()
        assert out + err
        harmless(out)
        harmless(err)


IMPORTED = {
    "harnessName": "agent",
    "executionRoleArn": "arn:aws:iam::123456789012:role/x",
    "model": {"bedrockModelConfig": {"modelId": "amazon.nova-pro-v1:0"}},
    HOSTILE: HOSTILE,
}
ROLE = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": HOSTILE, "Effect": "Allow", "Action": [f"s3:{HOSTILE}", "s3:GetObject"], "Resource": HOSTILE}
    ],
}


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_import_reports_harmlessly(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "harness.json").write_text(json.dumps(IMPORTED), "utf-8")
    (tmp_path / "role.json").write_text(json.dumps(ROLE), "utf-8")
    role = str(tmp_path / "role.json")
    out = str(tmp_path / "posture.yaml")
    cli.run(["import", str(tmp_path / "harness.json"), "--role", role, "--out", out, "--format", form])
    shown = "".join(capsys.readouterr())
    assert shown
    harmless(shown)


def test_a_diff_shows_foreign_text_harmlessly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    posture = str(Path(__file__).parents[2] / "examples" / "minimal" / "posture.yaml")
    assert cli.run(["render", posture, "--out", str(tmp_path)]) == 0
    main = tmp_path / "main.tf"
    main.write_text(main.read_text("utf-8") + f"# {HOSTILE}\n", "utf-8")
    capsys.readouterr()
    assert cli.run(["render", posture, "--out", str(tmp_path), "--check", "--diff"]) == 1
    harmless("".join(capsys.readouterr()))


def test_a_file_on_standard_output_is_exact_or_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stream = io.StringIO()
    terminal.write_exact(LOG, stream, {})
    assert stream.getvalue() == LOG
    with pytest.raises(TfgenError, match="log"):
        terminal.write_exact(LOG, io.StringIO(), {"GITHUB_ACTIONS": "true"})
    with (tmp_path / "posture.yaml").open("w", encoding="utf-8") as file:
        terminal.write_exact(LOG, file, {"GITHUB_ACTIONS": "true"})
    assert (tmp_path / "posture.yaml").read_text("utf-8") == LOG
    shown = io.StringIO()
    monkeypatch.setattr(shown, "isatty", lambda: True)
    terminal.write_exact(HOSTILE, shown, {})
    harmless(shown.getvalue())


def test_colours_are_ours_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    terminal.write_styled("\x1b[1;31merror:\x1b[0m \x1b]0;x\x07 ::a\n::b", stream)
    assert stream.getvalue() == "\x1b[1;31merror:\x1b[0m \\x1b]0;x\\x07 ::a\n\\x3a:b"
    assert sys.stdout is not stream
