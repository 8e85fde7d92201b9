"""The forms of inputs that an import declares, as far as defaults and resources tell them. Knows no source.

Where a default has no form that an input can have, the default itself takes the input's place, so that the imported
posture can be rendered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tfgen.catalog.model import Form
from tfgen.imports.inputs import Input, Inputs
from tfgen.imports.report import Handling, Record
from tfgen.plan.features import forms_of_inputs
from tfgen.plan.values import form_among, form_unsaid
from tfgen.posture.document import Posture


def settle(data: dict[str, Any], posture: Posture, inputs: Inputs, record: Record) -> bool:
    """Bring the forms of inputs into a posture's data; tell whether that changed anything."""
    before = dict(inputs.made)
    for name, among in forms_of_inputs(posture).items():
        made = before.get(name)
        if made is None or not made.values():
            continue
        found = tuple(form_among(among, value) for value in made.values())
        variants = {form.variant for form in found if form is not None}
        if None not in found and len(variants) == 1:
            made.form = _said(found[0], among)
        elif isinstance(made.default, str):
            del inputs.made[name]
            data["harness"] = _without(data["harness"], name, made.default)
            _note(record, made)
    kept = {name: value for name, value in data.get("inputs", {}).items() if name not in before}
    data["inputs"] = {**kept, **inputs.declarations()}
    if not data["inputs"]:
        del data["inputs"]
    return before != inputs.made or any(made.form for made in inputs.made.values())


def _said(form: Form | None, among: tuple[Form, ...]) -> str:
    """The form's name where the declaration must say it: an input without has the usual one."""
    return "" if form is None or form is form_unsaid(among) else form.variant


def _note(record: Record, made: Input) -> None:
    why = f"the default of {made.source} is taken, as no input can have its form here"
    record.entries[:] = [
        replace(entry, fate=Handling.ASSUMED, why=why)
        if entry.fate is Handling.INPUT and entry.why == made.name
        else entry
        for entry in record.entries
    ]


def _without(value: Any, name: str, default: str) -> Any:  # noqa: ANN401 - plain data of any kind
    """The same data with an input's default in its place."""
    match value:
        case Mapping():
            if dict(value) == {"input": name}:
                return default
            return {key: _without(inner, name, default) for key, inner in value.items()}
        case list():
            return [_without(inner, name, default) for inner in value]
        case _:
            return value
