"""A place and a sentence: what every floor uses to say that something is wrong.

Knows of no file format, no AWS service and no terminal. A floor that finds a fault returns
`Finding`s, which name a *route* into the posture (`("harness", "tools", 2, "name")`); only the
shell, which read the text, turns a route into a line and a column (`Diagnostic`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, cast

from tfgen.diagnostics.codes import Code, Severity

__all__ = [
    "BY_CODE",
    "At",
    "Code",
    "Diagnostic",
    "Finding",
    "InternalError",
    "Related",
    "RelatedPlace",
    "Route",
    "Severity",
    "Span",
    "TfgenError",
]

Route = tuple[str | int, ...]
"""The steps from the top of a posture to a value: mapping keys and list positions (from 0)."""


class At(StrEnum):
    """Which side of `key: value` a finding is about."""

    KEY = "key"
    VALUE = "value"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a text file: lines and columns count from 1, columns in characters, end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that a finding is about, such as the other side of a contradiction."""

    route: Route
    label: str
    """What it has to do with the finding, in a few words."""
    at: At = At.VALUE
    file: str = ""
    """As in a finding; and so is `extent`."""
    extent: tuple[int, int] | None = None


BY_CODE: Final = cast("Severity", None)
"""In the place of a finding's severity: the one that its code has by itself."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a route of the posture, not yet placed in a file.

    `message` says what is wrong and what is allowed, in lower case and without a final stop;
    `help` says how to mend it, or is empty.
    """

    code: Code
    message: str
    route: Route = ()
    help: str = ""
    severity: Severity = BY_CODE
    at: At = At.VALUE
    file: str = ""
    """The file beside the posture that it is in, as the posture names it; empty for the posture itself."""
    extent: tuple[int, int] | None = None
    """In a file that is no YAML or JSON: the characters it is about, from 0, the end exclusive."""
    related: tuple[Related, ...] = ()

    def __post_init__(self) -> None:
        """Take the severity of the code where none is given."""
        if self.severity is BY_CODE:
            object.__setattr__(self, "severity", self.code.about.severity)


@dataclass(frozen=True, slots=True)
class RelatedPlace:
    """Another place that a diagnostic is about, in its file."""

    label: str
    file: str
    span: Span
    source_line: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding with its place in a file, ready to print."""

    code: Code
    severity: Severity
    message: str
    file: str
    span: Span | None = None
    help: str = ""
    source_line: str = ""
    """The text of the line `span` starts on, without its line end; empty when there is none."""
    related: tuple[RelatedPlace, ...] = ()

    @property
    def order(self) -> tuple[str, int, int, int, str, str]:
        """File, line, column, severity, code, message: the order in which diagnostics are printed."""
        line, column = (self.span.line, self.span.column) if self.span else (0, 0)
        return (self.file, line, column, self.severity.rank, self.code.value, self.message)


class TfgenError(Exception):
    """The environment or the call is at fault: one sentence for the user, exit code 2."""


class InternalError(Exception):
    """tfgen contradicts itself: a bug of ours, exit code 70. `artifact` is the text to save for the report."""

    def __init__(self, message: str, artifact: str = "") -> None:
        """Keep the text that shows the bug beside the message."""
        super().__init__(message, artifact)
        self.artifact = artifact

    def __str__(self) -> str:
        return str(self.args[0])
