"""Diagnostics for programs: JSON, GitHub's workflow commands and SARIF. Knows no stream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Final

from tfgen.diagnostics import Code, Diagnostic, RelatedPlace, Span
from tfgen.diagnostics.secret import without_secrets
from tfgen.diagnostics.visible import told, visible, visible_json
from tfgen.terminal.text import in_order, place_of

VERSION: Final = 1
"""Of the JSON form; raised when a key is removed or changes its meaning."""

_UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def render_json(diagnostics: Iterable[Diagnostic], data: Mapping[str, object] | None = None) -> str:
    """Give an object with `version`, the data of a command and `diagnostics`, in ASCII.

    A diagnostic without a place has null for its numbers; `related` is there where it is about further places.
    """
    rows = [
        {
            "code": diagnostic.code.value,
            "title": diagnostic.code.about.title,
            "severity": diagnostic.severity.value,
            "message": without_secrets(diagnostic.message),
            "help": without_secrets(diagnostic.help),
            "file": diagnostic.file,
            **_numbers(diagnostic.span),
            **_related_rows(diagnostic.related),
        }
        for diagnostic in in_order(diagnostics)
    ]
    return visible_json({"version": VERSION, **(data or {}), "diagnostics": rows})


def _related_rows(related: Iterable[RelatedPlace]) -> dict[str, object]:
    """The other places that a diagnostic is about, where it has any."""
    rows = [{"label": without_secrets(one.label), "file": one.file, **_numbers(one.span)} for one in related]
    return {"related": rows} if rows else {}


def _numbers(span: Span | None) -> dict[str, int | None]:
    return {
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
    }


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


def _sentence(diagnostic: Diagnostic, *, related: bool = True) -> str:
    """Message, related places and help, safe to show: they end up in a log or on a page."""
    lines = [told(diagnostic.message)]
    if related:
        lines += (f"{place_of(one.file, one.span)}: {told(one.label)}" for one in diagnostic.related)
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
    about = code.about
    return {
        "id": code.value,
        "shortDescription": {"text": about.title},
        "fullDescription": {"text": about.why},
        "help": {"text": about.fix},
        "defaultConfiguration": {"level": about.severity.value},
        **({"helpUri": about.source} if about.source else {}),
    }


def _result(diagnostic: Diagnostic, rules: list[Code]) -> dict[str, object]:
    related = [_related(number, one) for number, one in enumerate(diagnostic.related, 1)]
    return {
        "ruleId": diagnostic.code.value,
        "ruleIndex": rules.index(diagnostic.code),
        "level": diagnostic.severity.value,
        "message": {"text": _sentence(diagnostic, related=False)},
        "locations": [{"physicalLocation": _physical(diagnostic.file, diagnostic.span)}],
        **({"relatedLocations": related} if related else {}),
    }


def _related(number: int, related: RelatedPlace) -> dict[str, object]:
    text = {"text": told(related.label)}
    return {"id": number, "message": text, "physicalLocation": _physical(related.file, related.span)}


def _physical(file: str, span: Span | None) -> dict[str, object]:
    physical: dict[str, object] = {"artifactLocation": {"uri": _uri(file)}}
    if span:
        physical["region"] = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        }
    return physical


def _uri(file: str) -> str:
    """Give a file name as a URI reference (RFC 3986); a colon is escaped too, it would end a scheme."""
    path = PurePath(file)
    raw = path.as_posix().encode("utf-8", "surrogateescape")
    quoted = "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in raw)
    return f"file://{quoted}" if path.is_absolute() else quoted
