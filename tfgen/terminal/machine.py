"""Diagnostics for programs: JSON, GitHub's workflow commands and SARIF. Knows no stream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Final

from tfgen.catalog.codes import about
from tfgen.diagnostics import Code, Diagnostic, Span
from tfgen.diagnostics.secret import without_secrets
from tfgen.diagnostics.visible import told, visible, visible_json
from tfgen.terminal.text import in_order

VERSION: Final = 1
"""Of the JSON form; raised when a key is removed or changes its meaning."""

_UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def render_json(diagnostics: Iterable[Diagnostic], data: Mapping[str, object] | None = None) -> str:
    """Give an object with `version`, the data of a command and `diagnostics`, in ASCII.

    A diagnostic without a place has null for its numbers.
    """
    rows = [
        {
            "code": diagnostic.code.value,
            "title": diagnostic.code.title,
            "severity": diagnostic.severity.value,
            "message": without_secrets(diagnostic.message),
            "help": without_secrets(diagnostic.help),
            "file": diagnostic.file,
            "line": diagnostic.span.line if diagnostic.span else None,
            "column": diagnostic.span.column if diagnostic.span else None,
            "end_line": diagnostic.span.end_line if diagnostic.span else None,
            "end_column": diagnostic.span.end_column if diagnostic.span else None,
        }
        for diagnostic in in_order(diagnostics)
    ]
    return visible_json({"version": VERSION, **(data or {}), "diagnostics": rows})


def render_github(diagnostics: Iterable[Diagnostic]) -> str:
    """Give one workflow command a line, which GitHub Actions shows at the place in a pull request.

    Source: "Workflow commands for GitHub Actions", setting an error message; the escapes are those of
    https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts.
    """
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in in_order(diagnostics))


def _command(diagnostic: Diagnostic) -> str:
    properties = {"file": visible(diagnostic.file), **_github_place(diagnostic.span), "title": diagnostic.code.value}
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{diagnostic.severity.value} {listed}::{_data(_sentence(diagnostic))}"


def _github_place(span: Span | None) -> dict[str, str]:
    if span is None:
        return {}
    lines = {"line": str(span.line), "endLine": str(span.end_line)}
    if span.line != span.end_line:
        return lines  # GitHub drops columns that are not on one line, with a warning in the log
    return {"line": lines["line"], "col": str(span.column), **lines, "endColumn": str(span.end_column)}


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _sentence(diagnostic: Diagnostic) -> str:
    """Message and help, safe to show: both forms end up in a log or on a page."""
    lines = [told(diagnostic.message)]
    if diagnostic.help:
        lines.append(f"help: {told(diagnostic.help)}")
    return "\n".join(lines)


def render_sarif(diagnostics: Iterable[Diagnostic], version: str) -> str:
    """Give a log of one run by tfgen of that version, with the rules that were used.

    Source: SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
    """
    ordered = in_order(diagnostics)
    rules = sorted({diagnostic.code for diagnostic in ordered})
    driver = {
        "name": "tfgen",
        "version": version,
        "rules": [_rule(code) for code in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, rules) for diagnostic in ordered],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return visible_json(log)


def _rule(code: Code) -> dict[str, object]:
    found = about()[code]
    return {
        "id": code.value,
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": found.why},
        "help": {"text": found.fix},
        **({"helpUri": found.source} if found.source is not None else {}),
    }


def _result(diagnostic: Diagnostic, rules: list[Code]) -> dict[str, object]:
    physical: dict[str, object] = {"artifactLocation": {"uri": _uri(diagnostic.file)}}
    if diagnostic.span:
        physical["region"] = {
            "startLine": diagnostic.span.line,
            "startColumn": diagnostic.span.column,
            "endLine": diagnostic.span.end_line,
            "endColumn": diagnostic.span.end_column,
        }
    return {
        "ruleId": diagnostic.code.value,
        "ruleIndex": rules.index(diagnostic.code),
        "level": diagnostic.severity.value,
        "message": {"text": _sentence(diagnostic)},
        "locations": [{"physicalLocation": physical}],
    }


def _uri(file: str) -> str:
    """Give a file name as a URI reference (RFC 3986); a colon is escaped too, it would end a scheme."""
    path = PurePath(file)
    raw = path.as_posix().encode("utf-8", "surrogateescape")
    quoted = "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in raw)
    return f"file://{quoted}" if path.is_absolute() else quoted
