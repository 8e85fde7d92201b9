"""From plain data to a posture and everything that is wrong with it, at once. Knows no file format."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from tfgen.diagnostics import At, Code, Finding, Route, Severity
from tfgen.diagnostics.values import NOTHING
from tfgen.posture.document import Posture
from tfgen.posture.partial import Partial, salvage
from tfgen.posture.rules import all_rules

DEEPEST = 64
"""How many mappings and lists may stand inside each other."""


@dataclass(frozen=True, slots=True)
class Validation:
    """The posture, when nothing is wrong with it but warnings, and all findings."""

    posture: Posture | None
    findings: tuple[Finding, ...]


def validate(data: object) -> Validation:
    """Check data as a YAML or JSON loader gives it: mappings, lists, text, numbers, true, false and null."""
    findings: list[Finding] = []
    prepared = _prepared(data, (), findings)
    whole: Posture | None = None
    partial: Partial | None
    try:
        whole = Posture.model_validate(prepared)
        partial = Partial(whole, prepared)
    except ValidationError as error:
        from tfgen.posture.messages import findings_of  # most runs have no use for it

        errors = error.errors(include_url=False)
        findings.extend(findings_of(errors))
        partial = salvage(prepared, errors)
    if partial is not None:
        findings.extend(all_rules(partial))
    unique = tuple(dict.fromkeys(findings))
    is_wrong = any(finding.severity is Severity.ERROR for finding in unique)
    return Validation(None if is_wrong else whole, unique)


def _prepared(value: object, route: Route, findings: list[Finding]) -> object:
    """Copy data into values that cannot change: lists to tuples, text to NFC, null to a mark that nothing accepts."""
    if len(route) > DEEPEST:
        findings.append(Finding(Code.TOO_LARGE, f"more than {DEEPEST} mappings and lists inside each other", route))
        return ()
    if isinstance(value, Mapping):
        kept: dict[object, object] = {}
        for key, part in value.items():
            step = key if isinstance(key, str | int) else repr(key)
            if isinstance(key, str) and not _is_text(key):
                findings.append(Finding(Code.BAD_VALUE, "the key holds a lone surrogate", (*route, step), at=At.KEY))
            elif isinstance(key, str) and not unicodedata.is_normalized("NFC", key):
                message = f"the key {key!r} is not in Unicode's normal form C"
                findings.append(
                    Finding(Code.BAD_VALUE, message, (*route, step), "write it with composed characters", at=At.KEY)
                )
            else:
                kept[key if isinstance(key, str) else step] = _prepared(part, (*route, step), findings)
        return kept
    if isinstance(value, list | tuple):
        return tuple(_prepared(part, (*route, index), findings) for index, part in enumerate(value))
    if isinstance(value, str):
        if _is_text(value):
            return unicodedata.normalize("NFC", value)
        findings.append(Finding(Code.BAD_VALUE, "the text holds a lone surrogate, which no file can hold", route))
        return ""
    return NOTHING if value is None else value


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)
