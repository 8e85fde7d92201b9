"""`tfgen check` as a user meets it: findings without rendering, decisions about tokens, files that hold no claims."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

import pytest
from shell import Shell

from tfgen import source
from tfgen.app import render as app
from tfgen.app.check import check
from tfgen.diagnostics import Code
from tfgen.source.claims import LARGEST

ROOT = Path(__file__).parents[2]
ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE"
GOOD = {"iss": ISSUER, "client_id": "3example0client1id2", "exp": 1_795_521_600}
BAD = {**GOOD, "client_id": "other"}


@pytest.fixture
def tfgen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    shutil.copy(ROOT / "examples" / "support-agent" / "posture.yaml", "jwt.yaml")
    shutil.copy(ROOT / "examples" / "minimal" / "posture.yaml", "signed.yaml")
    shutil.copy(ROOT / "tests" / "cases" / "bad" / "unions.yaml", "invalid.yaml")
    shutil.copy(ROOT / "tests" / "cases" / "bad" / "signed_users.yaml", "warned.yaml")
    Path("good.json").write_text(json.dumps(GOOD, indent=2))
    Path("bad.json").write_text(json.dumps(BAD, indent=2))
    return Shell(capsys)


def test_a_clean_posture_is_silent_and_nothing_is_written(tfgen: Shell, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    assert tfgen("check", "jwt.yaml", "signed.yaml") == 0
    assert (tfgen.out, tfgen.err) == ("", "")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("case", sorted((ROOT / "tests" / "cases" / "bad").glob("*.yaml")), ids=lambda path: path.stem)
def test_it_finds_what_a_render_finds(tfgen: Shell, case: Path) -> None:
    shutil.copy(case, "case.yaml")
    assert check("case.yaml").diagnostics == app.render("case.yaml").diagnostics


def test_errors_and_warnings(tfgen: Shell) -> None:
    assert tfgen("check", "warned.yaml") == 0
    assert tfgen.err.endswith("2 warnings\n")
    assert tfgen("check", "warned.yaml", "invalid.yaml") == 1
    assert tfgen.err.endswith("3 errors, 2 warnings\n")


def test_claims_under_expect_are_decided(tfgen: Shell) -> None:
    with Path("jwt.yaml").open("a", encoding="utf-8") as file:
        file.write("expect:\n  - { deny: bedrock:InvokeModel }\n")
    assert tfgen("check", "jwt.yaml") == 1
    assert "[TFG408]" in tfgen.err


def test_a_token_that_is_let_in(tfgen: Shell) -> None:
    assert tfgen("check", "jwt.yaml", "--token", "good.json") == 0
    assert tfgen.out == (
        "good.json: let in by order-support (jwt.yaml)\n"
        "  checked: issuer, client; not judged: its signature, and when it counts (--at)\n"
    )
    assert tfgen.err == ""


def test_a_token_that_is_refused_shows_the_claim(tfgen: Shell) -> None:
    assert tfgen("check", "jwt.yaml", "--token", "good.json", "--token", "bad.json") == 1
    assert tfgen.out.splitlines()[::2] == [
        "good.json: let in by order-support (jwt.yaml)",
        "bad.json: refused by order-support (jwt.yaml)",
    ]
    assert "bad.json:3:16: error: order-support refuses this token, by its client: " in tfgen.err
    assert "[TFG409]" in tfgen.err


def test_an_undecided_token_is_no_pass(tfgen: Shell) -> None:
    shutil.copy(ROOT / "tests" / "cases" / "ok" / "preset.yaml", "inputs.yaml")
    Path("inputs.json").write_text(json.dumps({**GOOD, "cognito:groups": ["staff"]}))
    assert tfgen("check", "inputs.yaml", "--token", "inputs.json") == 1
    assert tfgen.out.startswith("inputs.json: undecided by preset (inputs.yaml)\n")
    assert "error: preset may refuse this token, by its issuer" in tfgen.err
    assert "what the input 'clients' is" in tfgen.err
    assert "[TFG410]" in tfgen.err


def test_signed_requests_let_no_token_in(tfgen: Shell) -> None:
    assert tfgen("check", "signed.yaml", "--token", "good.json") == 1
    assert "by its authorizer: this harness takes signed requests" in tfgen.err


@pytest.mark.parametrize(
    ("at", "code"),
    [("2026-11-24T11:59:59Z", 0), ("2026-11-24T12:00:00Z", 1), ("2026-11-24T13:00:00+02:00", 0)],
)
def test_the_instant_is_given_and_no_clock_is_asked(tfgen: Shell, at: str, code: int) -> None:
    assert tfgen("check", "jwt.yaml", "--token", "good.json", "--at", at) == code
    assert "expiry; not judged: its signature\n" in tfgen.out


@pytest.mark.parametrize("at", ["now", "", "2026-11-24", "2026-11-24T12:00:00", "1795521600", "9" * 999])
def test_what_is_no_instant(tfgen: Shell, at: str) -> None:
    assert tfgen("check", "jwt.yaml", "--token", "good.json", "--at", at) == 2
    assert tfgen.err.startswith("tfgen: --at takes a date with a time and an offset")


def test_wrong_usage(tfgen: Shell) -> None:
    assert tfgen("check", "jwt.yaml", "--at", "2026-11-24T12:00:00Z") == 2
    assert tfgen("check", "-", "--token", "-") == 2
    assert tfgen("check", "jwt.yaml", "--token", "nowhere.json") == 2
    assert tfgen.err == "tfgen: there is no file 'nowhere.json'\n"
    assert tfgen("check", "jwt.yaml", "--token", ".") == 2
    assert tfgen("check") == 2


def test_a_token_from_standard_input(tfgen: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(BAD).encode())))
    assert tfgen("check", "jwt.yaml", "--token", "-", "--format", "github") == 1
    assert tfgen.out.startswith("::error file=<stdin>,line=1,col=")


def test_an_invalid_posture_decides_nothing(tfgen: Shell) -> None:
    assert tfgen("check", "invalid.yaml", "--token", "good.json") == 1
    assert tfgen.out == ""
    assert "3 errors" in tfgen.err


def test_for_programs(tfgen: Shell) -> None:
    assert tfgen("check", "jwt.yaml", "signed.yaml", "--token", "bad.json", "--format", "json") == 1
    assert tfgen.err == ""
    data = json.loads(tfgen.out)
    assert (data["version"], data["postures"]) == (1, 2)
    first, second = data["tokens"]
    assert [(one["check"], one["answer"]) for one in first["checks"]] == [("issuer", "let in"), ("client", "refused")]
    assert (first["token"], first["posture"], first["name"]) == ("bad.json", "jwt.yaml", "order-support")
    assert second["answer"] == "refused"
    assert [found["code"] for found in data["diagnostics"]] == ["TFG409", "TFG409"]
    assert tfgen("check", "jwt.yaml", "--token", "bad.json", "--format", "sarif") == 1
    (result,) = json.loads(tfgen.out)["runs"][0]["results"]
    assert result["ruleId"] == "TFG409"


# Files that hold no claims: what is in them, the code, and line and column.
NO_CLAIMS: dict[str, tuple[bytes, Code, tuple[int, int]]] = {
    "nothing": (b"", Code.NOT_JSON, (1, 1)),
    "list": (b"[]", Code.NOT_JSON, (1, 1)),
    "text": (b'"a"', Code.NOT_JSON, (1, 1)),
    "null": (b"null", Code.NOT_JSON, (1, 1)),
    "trailing-comma": (b'{\n  "a": 1,\n}', Code.NOT_JSON, (3, 1)),
    "single-quotes": (b"{\n  'a': 1}", Code.NOT_JSON, (2, 3)),
    "yaml": (b"iss: a\n", Code.NOT_JSON, (1, 1)),
    "not-closed": (b'{"a": "b', Code.NOT_JSON, (1, 7)),
    "nan": (b'{"a":\n NaN}', Code.NOT_JSON, (2, 2)),
    "infinity": (b'{"a": -Infinity}', Code.NOT_JSON, (1, 7)),
    "octal": (b'{"a": 010}', Code.NOT_JSON, (1, 8)),
    "two-documents": (b"{}\n{}", Code.NOT_JSON, (2, 1)),
    "digits": (b'{"a": ' + b"1" * 5000 + b"}", Code.NOT_JSON, (1, 1)),
    "too-large-a-number": (b'{"a": 1e999}', Code.BAD_VALUE, (1, 7)),
    "twice": (b'{"aud": "a",\n "aud": "b"}', Code.DUPLICATE_KEY, (2, 2)),
    "deep": (b'{"a": ' * 65 + b"1" + b"}" * 65, Code.TOO_LARGE, (1, 385)),
    "bottomless": (b'{"a":' * 50_000, Code.TOO_LARGE, (1, 321)),
    "large": (b'{"a": "' + b"x" * LARGEST + b'"}', Code.TOO_LARGE, (1, 1)),
    "latin-1": (b'{"a": "\xe9"}', Code.NOT_UTF8, (1, 8)),
    "utf-16": ('{"a": 1}'.encode("utf-16"), Code.NOT_UTF8, (1, 1)),
    "half-a-character": (b'{"a": "\\ud800"}', Code.BAD_VALUE, (1, 7)),
    "signed": (b"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl\n", Code.NOT_JSON, (1, 1)),
    "signed-with-scheme": (b"Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln", Code.NOT_JSON, (1, 1)),
    "unsigned": (b"eyJhbGciOiJub25lIn0.eyJpc3MiOiJhIn0.", Code.NOT_JSON, (1, 1)),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in NO_CLAIMS.items()])
def test_what_is_wrong_with_a_file_has_its_place(tfgen: Shell, case: tuple[bytes, Code, tuple[int, int]]) -> None:
    data, code, place = case
    Path("token.json").write_bytes(data)
    found = source.read_claims("token.json")
    assert isinstance(found, tuple)
    assert found[0].span is not None
    assert (found[0].code, (found[0].span.line, found[0].span.column)) == (code, place)
    assert "posture" not in found[0].message + found[0].help
    assert tfgen("check", "jwt.yaml", "--token", "token.json") == 1
    assert "Traceback" not in tfgen.err


def test_a_signed_token_stays_out_of_messages(tfgen: Shell) -> None:
    Path("token").write_bytes(NO_CLAIMS["signed"][0])
    assert tfgen("check", "jwt.yaml", "--token", "token") == 1
    assert "decode the part between its two dots" in tfgen.err
    assert "eyJ" not in tfgen.err + tfgen.out


@pytest.mark.parametrize("data", ['{"a":\t"b"}', '\ufeff{"a": "b"}', '{"a": "\\ud83d\\ude00"}', "{}", '{"a": 1.5E3}'])
def test_json_is_read(data: str) -> None:
    assert isinstance(source.parse_claims(data.encode(), "x"), source.Document)
