"""The command `explain`: a posture, a code, a gateway's tools. Knows no domain; returns whether all is well."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tfgen import terminal
from tfgen.app.explain import Explained, explained
from tfgen.app.explain import tools as decided
from tfgen.app.stages import Refused
from tfgen.diagnostics import Code, TfgenError
from tfgen.report import explain as report


def run_explain(posture: str, targets: Sequence[str], output: str) -> bool:
    """Print why statements, endpoints and rules are there; true when every target means one."""
    found = explained(posture, targets)
    refused = isinstance(found, Refused)
    told: Explained = () if isinstance(found, Refused) else found
    if output == "text":
        terminal.write_made(report.render_text(told, posture), sys.stdout)
    diagnostics = found.diagnostics if isinstance(found, Refused) else ()
    terminal.show(output, diagnostics, lambda: report.data(told, posture))
    return not refused and all(answer.entries for answer in told)


def run_codes(wanted: Sequence[str], output: str) -> bool:
    """Print why codes are there and how to fix what they find."""
    known = {code.value: code for code in Code}
    unknown = [one for one in wanted if one.upper() not in known]
    if unknown:
        raise TfgenError(f"there is no code {unknown[0]!r}: they are {', '.join(known)}")
    codes = [known[one.upper()] for one in wanted]
    if output == "text":
        terminal.write_made(report.codes_text(codes), sys.stdout)
    terminal.show(output, (), lambda: report.codes_data(codes))
    return True


def run_tools(posture: str, tools: Sequence[str], output: str) -> bool:
    """Print who may call tools; true when each of them is there."""
    found = decided(posture, tools)
    refused = isinstance(found, Refused)
    told = () if isinstance(found, Refused) else found
    if output == "text":
        terminal.write_made(report.decisions_text(told), sys.stdout)
    diagnostics = found.diagnostics if isinstance(found, Refused) else ()
    terminal.show(output, diagnostics, lambda: report.decisions_data(told))
    return not refused and all(tools for _, tools in told)
