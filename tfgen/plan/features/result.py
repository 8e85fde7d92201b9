"""What reading a posture for features may find, and how inputs are taken for one form. Knows no feature."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tfgen.catalog.model import Form, Sheet
from tfgen.diagnostics import At, Code, Finding, Related, Route
from tfgen.diagnostics.values import shown
from tfgen.plan.model import Check
from tfgen.plan.statements import FeatureUse
from tfgen.plan.values import Values, form_among, form_unsaid, possible, recognise
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
    among: tuple[Form, ...] = ()
    """The forms that an input could have in its place."""


Found = Iterator[FeatureUse | Finding | Narrowed]


def narrowed(name: str, form: Form, among: tuple[Form, ...] = ()) -> Narrowed:
    """The check that keeps an input to one form."""
    return Narrowed(name, Check(form.input, 0, None, form.allowed, form.example), form.variant, among or (form,))


def one(sheet: str, name: str, value: str | InputRef, route: Route, values: Values, variant: str = "") -> FeatureUse:
    """A use that brings one value."""
    return FeatureUse(sheet, route, variant, ((name, values.text(value)),))


Formed = tuple[Form | None, tuple[Narrowed | Finding, ...]]
"""A form, with what an input must be for it, or what is wrong with the input's form or default."""


def form_of(sheet: Sheet, value: str | InputRef, values: Values) -> Formed:
    """The form that a value has."""
    return (
        form_of_input(possible(sheet), value, values) if isinstance(value, InputRef) else (recognise(sheet, value), ())
    )


def form_of_input(among: tuple[Form, ...], value: InputRef, values: Values) -> Formed:
    """The form of an input: the form that its declaration names, or that of its default, or the usual form.

    A default that has another form than the declaration names is an error here. One that no form's validation accepts
    is an error here where the input could have several forms, and else where all defaults are checked.
    """
    wanted, default = values.wanted(value), values.default(value)
    found = tuple(form_among(among, text) for text in default)
    distinct = tuple({form.variant: form for form in found if form is not None}.values())
    wrong: Finding | None = None
    if wanted:
        form = next((form for form in among if form.variant == wanted), None)
        if form is None:
            return None, (_no_such_form(among, value),)
        if found and None not in found and form not in distinct:
            wrong = _other_form(value, default, form, distinct)
    else:
        form = distinct[0] if distinct else form_unsaid(among)
        if len(distinct) > 1:
            wrong = _several_forms(value, default, found)
        elif default and not distinct and len(among) > 1:
            wrong = _no_form(among, value, default)
    check = narrowed(value.name, form, among)
    return form, (check,) if wrong is None else (check, wrong)


def _no_such_form(among: tuple[Form, ...], value: InputRef) -> Finding:
    forms = ", ".join(dict.fromkeys(form.variant for form in among))
    message = f"the values of {value.name!r} cannot have this form where it stands; allowed: {forms}"
    return Finding(Code.INPUT_CONFLICT, message, ("inputs", value.name, "form"), "write one of them, or leave it out")


def _other_form(value: InputRef, default: tuple[str, ...], form: Form, found: tuple[Form, ...]) -> Finding:
    listed = ", ".join(map(shown, default))
    variants = " and ".join(one.variant for one in found)
    message = f"the form is {form.variant!r}, and the default {listed} has the form {variants}"
    advice = f"change the default to {form.allowed}, for example {form.example}"
    if len(found) == 1:
        advice = f"write form: {variants}, or {advice}"
    other = (Related(("inputs", value.name, "default"), "the default is here"),)
    return Finding(Code.INPUT_CONFLICT, message, ("inputs", value.name, "form"), advice, related=other)


def _several_forms(value: InputRef, default: tuple[str, ...], found: tuple[Form | None, ...]) -> Finding:
    each = ", ".join(
        f"{shown(text)} is {'none of them' if form is None else form.variant}"
        for text, form in zip(default, found, strict=True)
    )
    message = f"the values of an input have one form, and those of the default have several: {each}"
    return Finding(Code.INPUT_CONFLICT, message, ("inputs", value.name, "default"), "declare an input for each form")


def _no_form(among: tuple[Form, ...], value: InputRef, default: tuple[str, ...]) -> Finding:
    listed = ", ".join(map(shown, default))
    allowed = "; ".join(form.allowed for form in among)
    message = f"the default {listed} has no form that an input can have here; allowed: {allowed}"
    advice = f"for example {form_unsaid(among).example}; or write the value itself where the input is used"
    return Finding(Code.INPUT_CONFLICT, message, ("inputs", value.name, "default"), advice)


def idle_forms(posture: Posture, found: Sequence[FeatureUse | Finding | Narrowed]) -> Iterator[Finding]:
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
    return Finding(Code.NOT_COVERED, message, route, help=advice)
