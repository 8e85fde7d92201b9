"""What reading a posture for features may find, and how inputs are taken for one form. Knows no feature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tfgen.catalog.model import Form, Sheet
from tfgen.diagnostics import Code, Finding, Route, Severity
from tfgen.plan.model import Check, Use
from tfgen.plan.values import Values, recognise
from tfgen.posture.values import InputRef

HARNESS: Final[Route] = ("harness",)
RUNTIME: Final[Route] = (*HARNESS, "environment", "agentcore_runtime_environment")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """An input that must be of one form, since what is granted is decided when the policy is written."""

    name: str
    check: Check


Found = Iterator[Use | Finding | Narrowed]


def narrowed(name: str, form: Form) -> Narrowed:
    """The check that keeps an input to one form."""
    return Narrowed(name, Check(form.input, 0, None, form.allowed, form.example))


def one(sheet: str, name: str, value: str | InputRef, route: Route, values: Values, variant: str = "") -> Use:
    """A use that brings one value."""
    return Use(sheet, route, variant, ((name, values.text(value)),))


def form_of(sheet: Sheet, value: str | InputRef) -> tuple[Form | None, tuple[Narrowed, ...]]:
    """The form that a value has, and what an input must be for that: the sheet's first form that an input can have."""
    if isinstance(value, InputRef):
        form = next(form for form in sheet.form if form.input)
        return form, (narrowed(value.name, form),)
    return recognise(sheet, value), ()


def not_covered(route: Route, message: str) -> Finding:
    """What is accepted and checked, and for which nothing is rendered."""
    advice = "grant it under `extra`, or leave it out"
    return Finding(Code.NOT_COVERED, message, route, help=advice, severity=Severity.WARNING)
