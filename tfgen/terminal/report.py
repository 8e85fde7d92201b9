"""Shows what a command found, in the form that was asked for. Knows no command.

In a form for machines, the one document is all that goes to standard output: whatever else a command has to tell is
part of it, or goes to standard error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TextIO

from tfgen import __version__
from tfgen.diagnostics import Diagnostic
from tfgen.terminal.machine import render_github, render_json, render_sarif
from tfgen.terminal.stream import use_colour, write_made, write_styled
from tfgen.terminal.text import render_text


def show(form: str, diagnostics: Iterable[Diagnostic], data: Callable[[], Mapping[str, object]]) -> None:
    """Show diagnostics as `form` has them; `data` gives what the JSON says besides."""
    match form:
        case "json":
            write_made(render_json(diagnostics, data()), sys.stdout)
        case "sarif":
            write_made(render_sarif(diagnostics, __version__), sys.stdout)
        case "github":
            write_made(render_github(diagnostics), sys.stdout)
        case _:
            write_styled(render_text(diagnostics, colour=use_colour(sys.stderr, os.environ)), sys.stderr)


def beside(form: str) -> TextIO:
    """Where text for people goes: to standard output only where no machine reads that."""
    return sys.stdout if form == "text" else sys.stderr
