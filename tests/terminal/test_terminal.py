"""How diagnostics are shown: exact text for each form, and nothing of a hostile file steers the terminal."""

from __future__ import annotations

import io
import json
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgen.diagnostics import Code, Diagnostic, RelatedPlace, Severity, Span
from tfgen.terminal import render_github, render_json, render_sarif, render_text, use_colour, write

FAULT = Diagnostic(
    Code.BAD_VALUE,
    Severity.ERROR,
    "'ninety' is not a whole number; allowed: 3 to 365",
    "posture.yaml",
    Span(4, 28, 4, 34),
    "write 90",
    "    event_expiry_duration: ninety",
)
WARNING = Diagnostic(
    Code.UNUSED_INPUT, Severity.WARNING, "the input 'a' is not used", "posture.yaml", Span(12, 3, 12, 4)
)
PLACELESS = Diagnostic(Code.CONFLICT, Severity.ERROR, "two postures have one name", "b.yaml", help="rename one")


def marked(line: str, span: Span) -> tuple[str, str]:
    """The shown line and the line of the mark under it, without their edge."""
    text = render_text([replace(FAULT, span=span, source_line=line, help="")], colour=False)
    _, edge, shown, mark, *_ = text.split("\n")
    assert mark.startswith(edge)
    return shown[len(edge) + 1 :], mark[len(edge) + 1 :]


# Text


def test_text() -> None:
    assert render_text([FAULT], colour=False) == (
        "posture.yaml:4:28: error: 'ninety' is not a whole number; allowed: 3 to 365 [TFG204]\n"
        "  |\n"
        "4 |     event_expiry_duration: ninety\n"
        "  |                            ^^^^^^\n"
        "  = help: write 90\n"
        "\n"
        "1 error\n"
    )


def test_text_of_several_is_sorted_counted_and_each_once() -> None:
    later = replace(FAULT, span=Span(120, 1, 120, 3), help="", source_line="ab: 1")

    assert render_text([PLACELESS, later, WARNING, FAULT, WARNING, FAULT], colour=False) == (
        "b.yaml: error: two postures have one name [TFG206]\n"
        "  = help: rename one\n"
        "\n"
        + render_text([FAULT], colour=False).removesuffix("1 error\n")
        + "posture.yaml:12:3: warning: the input 'a' is not used [TFG208]\n"
        "\n"
        "posture.yaml:120:1: error: 'ninety' is not a whole number; allowed: 3 to 365 [TFG204]\n"
        "    |\n"
        "120 | ab: 1\n"
        "    | ^^\n"
        "\n"
        "3 errors, 1 warning\n"
    )


def test_text_of_nothing_is_empty() -> None:
    assert render_text([], colour=True) == ""


def test_colour_adds_nothing_but_colour() -> None:
    coloured = render_text([FAULT, WARNING], colour=True)
    plain = coloured
    for style in ("0m", "1m", "1;31m", "1;33m", "1;34m", "1;36m"):
        assert f"\x1b[{style}" in coloured
        plain = plain.replace(f"\x1b[{style}", "")

    assert plain == render_text([FAULT, WARNING], colour=False)


@pytest.mark.parametrize(
    ("line", "span", "shown", "mark"),
    [
        ("a: b", Span(1, 4, 1, 5), "a: b", "   ^"),
        ("\ta:\tb", Span(1, 5, 1, 6), "    a:  b", "        ^"),
        ("\tb", Span(1, 1, 1, 2), "    b", "^^^^"),
        ("日本: 語x", Span(1, 5, 1, 6), "日本: 語x", "      ^^"),
        ("😀: x", Span(1, 4, 1, 5), "😀: x", "    ^"),
        ("e\u0301: x", Span(1, 5, 1, 6), "e\u0301: x", "   ^"),
        ("e\u0301", Span(1, 2, 1, 3), "e\u0301", " ^"),  # a mark is never empty
        ("\x1b[2J: x", Span(1, 7, 1, 8), "\\x1b[2J: x", "         ^"),
        ("a\u202eb: x", Span(1, 3, 1, 4), "a\\u202eb: x", "       ^"),
        ("\u200d\u2066\U000e0041\u2028\x85\udc80x", Span(1, 7, 1, 8), None, " " * (6 * 4 + 4 + 10) + "^"),
        ("a: [", Span(1, 5, 1, 5), "a: [", "    ^"),  # the end of a line
        ("a: [", Span(1, 99, 1, 99), "a: [", "    ^"),
        ("a: [1,", Span(1, 4, 3, 2), "a: [1,", "   ^^^"),  # a span of several lines
    ],
)
def test_the_mark_is_under_the_fault(line: str, span: Span, shown: str | None, mark: str) -> None:
    found, found_mark = marked(line, span)

    assert found_mark == mark
    assert shown is None or found == shown


@pytest.mark.parametrize(
    ("line", "span", "shown", "mark"),
    [
        ("x" * 120, Span(1, 120, 1, 121), "x" * 120, " " * 119 + "^"),
        ("x" * 500, Span(1, 1, 1, 3), "x" * 120 + "...", "^^"),
        ("x" * 500, Span(1, 201, 1, 203), "..." + "x" * 120 + "...", " " * 43 + "^^"),
        ("x" * 500, Span(1, 500, 1, 501), "..." + "x" * 120, " " * 122 + "^"),
        ("x" * 500, Span(1, 201, 1, 451), "..." + "x" * 120 + "...", " " * 43 + "^" * 80),
        ("日" * 500, Span(1, 201, 1, 202), "..." + "日" * 120 + "...", " " * 83 + "^^"),
    ],
)
def test_a_long_line_is_cut_around_the_fault(line: str, span: Span, shown: str, mark: str) -> None:
    assert marked(line, span) == (shown, mark)


HOSTILE = st.text(st.characters() | st.sampled_from("\x1b\x07\r\n\t\x9b\u202e\u2066\u2028\ufeff\ud800"), max_size=60)


def is_safe(character: str) -> bool:
    return character == "\n" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


@settings(derandomize=True, deadline=None, max_examples=200)
@given(file=HOSTILE, message=HOSTILE, help=HOSTILE, line=HOSTILE, column=st.integers(1, 80), width=st.integers(0, 80))
def test_hostile_text_steers_no_terminal(
    file: str, message: str, help: str, line: str, column: int, width: int
) -> None:
    span, source_line = Span(1, column, 1, column + width), line.replace("\n", "")
    elsewhere = RelatedPlace(message, file, span, source_line)
    hostile = Diagnostic(Code.SYNTAX, Severity.ERROR, message, file, span, help, source_line, (elsewhere,))

    text = render_text([hostile], colour=False)
    github = render_github([hostile])

    assert all(map(is_safe, text))
    assert text.count("\n") == 4 + 5 * bool(source_line) + bool(help)
    assert all(map(is_safe, github))
    assert github.count("\n") == 1
    assert render_json([hostile]).isascii()
    assert json.loads(render_json([hostile]))["diagnostics"][0]["message"] == message


# Both sides of a contradiction

BOTH = replace(
    FAULT,
    related=(
        RelatedPlace("the first is here", "posture.yaml", Span(2, 3, 2, 7), "  days: 90"),
        RelatedPlace("the policy 'a'", "a,b.cedar", Span(103, 1, 104, 2), "permit("),
        RelatedPlace("a line of its own", "c.yaml", Span(1, 1, 1, 1)),
    ),
)


def test_text_shows_where_else_a_finding_is() -> None:
    assert render_text([BOTH], colour=False).partition("^\n")[2] == (
        "  --> posture.yaml:2:3\n"
        "2 |   days: 90\n"
        "  |   ---- the first is here\n"
        "    --> a,b.cedar:103:1\n"
        "103 | permit(\n"
        "    | ------- the policy 'a'\n"
        "  --> c.yaml:1:1 a line of its own\n"
        "  = help: write 90\n\n1 error\n"
    )


def test_the_first_place_is_shown_as_it_is_without_another() -> None:
    alone, both = (render_text([one], colour=False) for one in (FAULT, BOTH))
    assert both.partition("  --> ")[0] == alone.partition("  = help")[0]


def test_json_has_where_else_a_finding_is() -> None:
    (found,) = json.loads(render_json([BOTH]))["diagnostics"]
    assert found["related"][0] == {
        "label": "the first is here",
        "file": "posture.yaml",
        "line": 2,
        "column": 3,
        "end_line": 2,
        "end_column": 7,
    }
    assert [one["file"] for one in found["related"]] == ["posture.yaml", "a,b.cedar", "c.yaml"]


def test_github_has_where_else_a_finding_is_in_its_message() -> None:
    assert render_github([BOTH]).endswith(
        "::'ninety' is not a whole number; allowed: 3 to 365%0Aposture.yaml:2:3: the first is here"
        "%0Aa,b.cedar:103:1: the policy 'a'%0Ac.yaml:1:1: a line of its own%0Ahelp: write 90\n"
    )


def test_sarif_has_where_else_a_finding_is() -> None:
    (run,) = json.loads(render_sarif([BOTH, PLACELESS], "1"))["runs"]
    assert "relatedLocations" not in run["results"][0]
    assert run["results"][1]["relatedLocations"][1] == {
        "id": 2,
        "message": {"text": "the policy 'a'"},
        "physicalLocation": {
            "artifactLocation": {"uri": "a%2Cb.cedar"},
            "region": {"startLine": 103, "startColumn": 1, "endLine": 104, "endColumn": 2},
        },
    }
    assert "days: 90" not in run["results"][1]["message"]["text"]


# JSON


def test_json() -> None:
    assert json.loads(render_json([FAULT, FAULT, PLACELESS])) == {
        "version": 1,
        "diagnostics": [
            {
                "code": "TFG206",
                "title": "two parts of the posture contradict each other",
                "severity": "error",
                "message": "two postures have one name",
                "help": "rename one",
                "file": "b.yaml",
                "line": None,
                "column": None,
                "end_line": None,
                "end_column": None,
            },
            {
                "code": "TFG204",
                "title": "the value is not one that is allowed",
                "severity": "error",
                "message": "'ninety' is not a whole number; allowed: 3 to 365",
                "help": "write 90",
                "file": "posture.yaml",
                "line": 4,
                "column": 28,
                "end_line": 4,
                "end_column": 34,
            },
        ],
    }


def test_json_of_nothing() -> None:
    assert json.loads(render_json([])) == {"version": 1, "diagnostics": []}


# GitHub


def test_github() -> None:
    assert render_github([PLACELESS, WARNING, FAULT, FAULT]) == (
        "::error file=b.yaml,title=TFG206::two postures have one name%0Ahelp: rename one\n"
        "::error file=posture.yaml,line=4,col=28,endLine=4,endColumn=34,title=TFG204"
        "::'ninety' is not a whole number; allowed: 3 to 365%0Ahelp: write 90\n"
        "::warning file=posture.yaml,line=12,col=3,endLine=12,endColumn=4,title=TFG208::the input 'a' is not used\n"
    )


def test_github_escapes_what_would_end_a_field() -> None:
    odd = replace(PLACELESS, file="a,b:c%.yaml", message="50% off:\n::error::x, y", help="")

    assert render_github([odd]) == "::error file=a%2Cb%3Ac%25.yaml,title=TFG206::50%25 off:\\n::error::x, y\n"


def test_github_takes_columns_only_on_one_line() -> None:
    assert render_github([replace(WARNING, span=Span(1, 5, 3, 2))]).startswith(
        "::warning file=posture.yaml,line=1,endLine=3,title=TFG208::"
    )


# SARIF


def test_sarif() -> None:
    log = json.loads(render_sarif([FAULT, WARNING, PLACELESS, replace(FAULT, file="c.yaml")], "1.2.3"))

    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("tfgen", "1.2.3")
    assert [rule["id"] for rule in driver["rules"]] == ["TFG204", "TFG206", "TFG208"]
    assert driver["rules"][0]["shortDescription"] == {"text": Code.BAD_VALUE.about.title}
    assert all(driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert [result["ruleId"] for result in run["results"]] == ["TFG206", "TFG204", "TFG204", "TFG208"]
    assert [result["level"] for result in run["results"]] == ["error", "error", "error", "warning"]
    assert run["results"][0]["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "b.yaml"}}}]
    assert run["results"][2] == {
        "ruleId": "TFG204",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "'ninety' is not a whole number; allowed: 3 to 365\nhelp: write 90"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "posture.yaml"},
                    "region": {"startLine": 4, "startColumn": 28, "endLine": 4, "endColumn": 34},
                }
            }
        ],
    }


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a b/é.yaml", "a%20b/%C3%A9.yaml"),
        ("a:b.yaml", "a%3Ab.yaml"),
        ("/etc/p.yaml", "file:///etc/p.yaml"),
        ("<stdin>", "%3Cstdin%3E"),
        ("a\udcff", "a%FF"),
    ],
)
def test_sarif_names_a_file_by_uri(file: str, uri: str) -> None:
    log = json.loads(render_sarif([replace(FAULT, file=file)], "1"))

    assert log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri}


def test_sarif_of_nothing_is_a_clean_run() -> None:
    (run,) = json.loads(render_sarif([], "1"))["runs"]

    assert run["results"] == []


# Streams


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("env", "on_terminal", "on_file"),
    [
        ({}, True, False),
        ({"TERM": "xterm"}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
    ],
)
def test_use_colour(env: dict[str, str], on_terminal: bool, on_file: bool) -> None:
    assert use_colour(_Terminal(), env) is on_terminal
    assert use_colour(io.StringIO(), env) is on_file


@pytest.mark.parametrize(("encoding", "written"), [("utf-8", "é😀\n".encode()), ("ascii", b"\\xe9\\U0001f600\n")])
def test_write_to_a_stream_of_another_encoding(encoding: str, written: bytes) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")

    write("é😀\n", stream)
    stream.flush()

    assert raw.getvalue() == written
