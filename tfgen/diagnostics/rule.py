"""A rule: one check with all that is known of what it finds. Knows neither what it reads nor what it looks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from tfgen.diagnostics import At, Finding, Related, Route
from tfgen.diagnostics.codes import Code, Severity

Subject = TypeVar("Subject")
"""What a rule reads: a posture, or a plan."""


@dataclass(frozen=True, slots=True)
class Violation:
    """What a check found, before its rule adds code and severity. The fields are those of `Finding`."""

    message: str
    route: Route
    help: str = ""
    related: tuple[Related, ...] = ()
    at: At = At.VALUE
    file: str = ""
    extent: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Rule(Generic[Subject]):
    """A check and what its findings have in common; what the rule does not say of itself holds of its code."""

    code: Code
    title: str
    """What it finds, as a fact that can be read alone."""
    check: Callable[[Subject], Iterator[Violation]]
    own_severity: Severity | None = None
    own_why: str = ""
    own_source: str = ""

    @property
    def severity(self) -> Severity:
        """How much its findings weigh."""
        return self.own_severity or self.code.about.severity

    @property
    def why(self) -> str:
        """Why it matters."""
        return self.own_why or self.code.about.why

    @property
    def help(self) -> str:
        """How such findings are mended in general; each finding has its own advice."""
        return self.code.about.fix

    @property
    def source(self) -> str:
        """The page that decides, or nothing."""
        return self.own_source or self.code.about.source

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """All that the check finds."""
        for found in self.check(subject):
            yield Finding(
                self.code,
                found.message,
                found.route,
                found.help,
                self.severity,
                found.at,
                found.file,
                found.extent,
                found.related,
            )


def rule(
    code: Code, title: str, *, severity: Severity | None = None, why: str = "", source: str = ""
) -> Callable[[Callable[[Subject], Iterator[Violation]]], Rule[Subject]]:
    """Make a rule of the check below. It counts once it is listed in the `RULES` of its folder."""

    def made(check: Callable[[Subject], Iterator[Violation]]) -> Rule[Subject]:
        return Rule(code, title, check, severity, why, source)

    return made
