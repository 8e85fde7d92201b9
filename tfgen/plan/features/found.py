"""What reading a posture for features may find, and how inputs are taken for one form. Knows no feature."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tfgen.catalog.model import Form, Sheet
from tfgen.diagnostics import At, Code, Finding, Route, Severity
from tfgen.plan.model import Check, Use
from tfgen.plan.values import Values, recognise
from tfgen.posture.document import Posture
from tfgen.posture.values import InputRef

HARNESS: Final[Route] = ("harness",)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """An input that must be of one form, since what is granted is decided when the policy is written."""

    name: str
    check: Check
    form: str = ""
    """The form's name."""


Found = Iterator[Use | Finding | Narrowed]


def narrowed(name: str, form: Form) -> Narrowed:
    """The check that keeps an input to one form."""
    return Narrowed(name, Check(form.input, 0, None, form.allowed, form.example), form.variant)


def one(sheet: str, name: str, value: str | InputRef, route: Route, values: Values, variant: str = "") -> Use:
    """A use that brings one value."""
    return Use(sheet, route, variant, ((name, values.text(value)),))


def form_of(sheet: Sheet, value: str | InputRef, values: Values) -> tuple[Form | None, tuple[Narrowed | Finding, ...]]:
    """The form that a value has, and what an input must be for that, or that it cannot have the form it names."""
    if not isinstance(value, InputRef):
        return recognise(sheet, value), ()
    form = values.form(sheet, value)
    return form, (narrowed(value.name, form),) if form is not None else (_no_such_form(sheet, value),)


def _no_such_form(sheet: Sheet, value: InputRef) -> Finding:
    forms = ", ".join(dict.fromkeys(form.variant for form in sheet.form if form.input))
    message = f"the values of {value.name!r} cannot have this form where it stands; allowed: {forms}"
    return Finding(Code.INPUT_CONFLICT, message, ("inputs", value.name, "form"), "write one of them, or leave it out")


def idle_forms(posture: Posture, found: Sequence[Use | Finding | Narrowed]) -> Iterator[Finding]:
    """Forms of inputs that stand where all values have one form."""
    taken = {(item.name, item.form) for item in found if isinstance(item, Narrowed)}
    told = {item.route for item in found if isinstance(item, Finding)}
    for name, item in posture.inputs.items():
        route: Route = ("inputs", name, "form")
        if item.form is not None and (name, item.form) not in taken and route not in told:
            message = f"the input {name!r} stands where all values have one form"
            yield Finding(Code.INPUT_CONFLICT, message, route, "leave it out", at=At.KEY)


def not_covered(route: Route, message: str) -> Finding:
    """What is accepted and checked, and for which nothing is rendered."""
    advice = "grant it under `extra`, or leave it out"
    return Finding(Code.NOT_COVERED, message, route, help=advice, severity=Severity.WARNING)
