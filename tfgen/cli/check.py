"""The command `check`: from flags to use cases and to the screen. Knows no domain; returns whether all is well."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tfgen import source, terminal
from tfgen.app.check import Admitted, Checked, admit, check
from tfgen.diagnostics import Diagnostic, Severity, TfgenError
from tfgen.diagnostics.secret import without_secrets
from tfgen.diagnostics.visible import visible

STREAM: Final = "-"
"""Names standard input in the place of a file."""


@dataclass(frozen=True, slots=True)
class Check:
    """The flags of `tfgen check`."""

    postures: tuple[str, ...]
    tokens: tuple[str, ...]
    at: str | None
    format: str


def run_check(job: Check) -> bool:
    """Check postures, and tokens against them; true when nothing is wrong and every token is let in everywhere."""
    if (*job.postures, *job.tokens).count(STREAM) > 1:
        raise TfgenError("standard input can be one file only")
    if job.at is not None and not job.tokens:
        raise TfgenError("--at is the instant for which a token is judged, and --token names none")
    at = _instant(job.at) if job.at is not None else None
    checked = tuple(map(check, source.named(job.postures).files))
    admitted: list[Admitted] = []
    diagnostics = [found for one in checked for found in one.diagnostics]
    for token in job.tokens:
        found = admit(checked, token, at)
        if isinstance(found, Admitted):
            admitted.append(found)
            diagnostics += found.diagnostics
        else:
            diagnostics += found
    _report(job, checked, admitted, diagnostics)
    return not any(found.severity is Severity.ERROR for found in diagnostics)


def _instant(written: str) -> float:
    """The seconds since 1970 of a date with a time and an offset, as ISO 8601 writes it."""
    wanted = f"--at takes a date with a time and an offset, such as 2026-11-24T12:00:00Z, and not {written!r}"
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        raise TfgenError(wanted) from None
    if instant.tzinfo is None:
        raise TfgenError(wanted)
    return instant.timestamp()


def _report(
    job: Check, checked: Sequence[Checked], admitted: Sequence[Admitted], diagnostics: Sequence[Diagnostic]
) -> None:
    if job.format == "text":
        for one in admitted:
            terminal.write("".join(_lines(one, timed=job.at is not None)), sys.stdout)
    terminal.show(job.format, diagnostics, lambda: _data(checked, admitted))


def _lines(admitted: Admitted, *, timed: bool) -> list[str]:
    left_out = "its signature" if timed else "its signature, and when it counts (--at)"
    return [
        f"{visible(f'{admitted.source}: {decision.answer.value} by {checked.name} ({checked.source})')}\n"
        f"  checked: {visible(', '.join(dict.fromkeys(one.name for one in decision.checks)))}; not judged: {left_out}\n"
        for checked, decision in admitted.decisions
    ]


def _data(checked: Sequence[Checked], admitted: Sequence[Admitted]) -> dict[str, object]:
    """The decisions, each with its checks."""
    listed = [
        {
            "token": one.source,
            "posture": posture.source,
            "name": posture.name,
            "answer": decision.answer.value,
            "checks": [
                {
                    "check": check.name,
                    "answer": check.answer.value,
                    "reason": without_secrets(check.reason),
                    "depends_on": list(check.truth.depends_on),
                }
                for check in decision.checks
            ],
        }
        for one in admitted
        for posture, decision in one.decisions
    ]
    return {"postures": len(checked), "tokens": listed}
