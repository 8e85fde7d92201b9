"""Diagnostics for people: place, sentence, the line with a mark under the fault, help. Knows no stream."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Final

from tfgen.diagnostics import Diagnostic, RelatedPlace, Severity, Span
from tfgen.diagnostics.secret import line_without_secrets
from tfgen.diagnostics.visible import told, visible
from tfgen.terminal.cells import cells

LONGEST_LINE: Final = 120
"""How many characters of a line of the file are shown."""

_BEFORE: Final = 40
"""How many characters stay before the fault when a line is cut."""

_CUT: Final = "..."

# ECMA-48, section 8.3.117: bold, red, yellow, blue, cyan.
_RESET: Final = "\x1b[0m"
_BOLD: Final = "\x1b[1m"
_EDGE: Final = "\x1b[1;34m"
_HELP: Final = "\x1b[1;36m"
_SEVERITY: Final = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m"}


class _Brush:
    def __init__(self, *, colour: bool) -> None:
        self._colour = colour

    def __call__(self, style: str, text: str) -> str:
        return f"{style}{text}{_RESET}" if self._colour and text else text


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Give each diagnostic once, in the order in which all forms show them."""
    return sorted(dict.fromkeys(diagnostics), key=lambda diagnostic: (*diagnostic.order, diagnostic.help))


def render_text(diagnostics: Iterable[Diagnostic], *, colour: bool) -> str:
    """Give a paragraph for each diagnostic and a line that counts them; empty when there are none.

    Text that comes from the file is escaped where it would not show as itself, so that it cannot steer a terminal.
    """
    brush = _Brush(colour=colour)
    ordered = in_order(diagnostics)
    paragraphs = ["\n".join(_paragraph(diagnostic, brush)) for diagnostic in ordered]
    return "\n\n".join((*paragraphs, _summary(ordered))) + "\n" if ordered else ""


def _summary(diagnostics: list[Diagnostic]) -> str:
    counts = Counter(diagnostic.severity for diagnostic in diagnostics)
    return ", ".join(
        f"{counts[severity]} {severity.value}{'' if counts[severity] == 1 else 's'}"
        for severity in Severity
        if counts[severity]
    )


def place_of(file: str, span: Span | None) -> str:
    """Name a place as editors and terminals know to open it."""
    return visible(file) + (f":{span.line}:{span.column}" if span else "")


def _paragraph(diagnostic: Diagnostic, brush: _Brush) -> Iterable[str]:
    span = diagnostic.span
    severity = brush(_SEVERITY[diagnostic.severity], f"{diagnostic.severity.value}:")
    sentence = brush(_BOLD, f"{told(diagnostic.message)} [{diagnostic.code.value}]")
    yield f"{brush(_BOLD, place_of(diagnostic.file, span) + ':')} {severity} {sentence}"
    gutter = " " * len(str(span.line)) if span and diagnostic.source_line else ""
    if span and diagnostic.source_line:
        shown, before, width = _excerpt(line_without_secrets(diagnostic.source_line), span)
        edge = brush(_EDGE, f"{gutter} |")
        yield edge
        yield f"{brush(_EDGE, f'{span.line} |')} {shown}".rstrip()
        yield f"{edge} {' ' * before}{brush(_SEVERITY[diagnostic.severity], '^' * width)}"
    for related in diagnostic.related:
        yield from _related(related, len(gutter), brush)
    if diagnostic.help:
        yield f"{gutter or ' '} {brush(_HELP, '= help:')} {told(diagnostic.help)}"


def _related(related: RelatedPlace, gutter: int, brush: _Brush) -> Iterable[str]:
    """Another place: where it is, its line, and under the mark what it has to do with the finding."""
    place, label = place_of(related.file, related.span), told(related.label)
    if not related.source_line:
        yield f"{' ' * (gutter or 1)} {brush(_EDGE, f'--> {place}')} {label}"
        return
    number = str(related.span.line).rjust(gutter)
    blank = " " * len(number)
    yield f"{blank} {brush(_EDGE, f'--> {place}')}"
    shown, before, width = _excerpt(line_without_secrets(related.source_line), related.span)
    mark = "-" * width
    yield f"{brush(_EDGE, f'{number} |')} {shown}".rstrip()
    yield f"{brush(_EDGE, f'{blank} |')} {' ' * before}{brush(_EDGE, f'{mark} {label}')}"


def _excerpt(line: str, span: Span) -> tuple[str, int, int]:
    """What to show of a line, and how many columns stand before the mark and under it."""
    start = min(span.column - 1, len(line))
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    first = max(0, min(start - _BEFORE, len(line) - LONGEST_LINE)) if len(line) > LONGEST_LINE else 0
    last = first + LONGEST_LINE
    shown = list(cells(line[first:last]))
    lead = _CUT if first else ""
    tail = _CUT if last < len(line) else ""
    before = len(lead) + sum(width for _, width in islice(shown, start - first))
    width = sum(width for _, width in shown[start - first : max(end, start) - first])
    return lead + "".join(piece for piece, _ in shown) + tail, before, max(1, width)
