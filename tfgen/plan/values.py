"""From values of a posture to texts, and from what a value looks like to what it means. Knows no feature."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tfgen.catalog.model import Form, Sheet
from tfgen.iam.text import Slot, Source, Text, capture, join, text
from tfgen.plan.grants import AWS_CONTEXT, fill
from tfgen.posture.document import Posture
from tfgen.posture.values import InputRef

Named = tuple[tuple[str, Text], ...]
"""Values of a use, by name."""

_ARN: Final = "arn:"
_PLACE: Final = re.compile(rf"\$\{{({'|'.join(sorted(AWS_CONTEXT))})\}}")


class Values:
    """Reads values of one posture, which says of each input whether it is one string or a list."""

    def __init__(self, posture: Posture) -> None:
        self._many = {name: item.many for name, item in posture.inputs.items()}
        self._declared = posture.inputs

    def text(self, value: str | InputRef | Text) -> Text:
        """The text of a literal, of an input, or of what was made of both already."""
        if isinstance(value, Text):
            return value
        if isinstance(value, str):
            return text(value)
        return join(Slot(Source.EACH if self._many.get(value.name, False) else Source.INPUT, value.name))

    def while_any(self, value: str | InputRef | Text) -> Named:
        """What ties a use to an input that is a list: it is there only while the list is not empty."""
        found = self.text(value)
        return (("while", found),) if found.each() is not None else ()

    def wanted(self, value: InputRef) -> str:
        """The form that an input's declaration names; empty when it names none."""
        declared = self._declared.get(value.name)
        return (declared.form if declared is not None else None) or ""

    def default(self, value: InputRef) -> tuple[str, ...]:
        """The texts of an input's default: one, those of a list, or none."""
        declared = self._declared.get(value.name)
        default = declared.default if declared is not None else None
        return default if isinstance(default, tuple) else () if default is None else (default,)

    def placed(self, value: str | InputRef) -> Text:
        """The text of a literal in which `${region}` and the like stand for where Terraform runs, or of an input."""
        if not isinstance(value, str):
            return self.text(value)
        pieces = _PLACE.split(value)
        return join(*(AWS_CONTEXT[one] if odd % 2 else one for odd, one in enumerate(pieces)))


def recognise(sheet: Sheet, value: str) -> Form | None:
    """The first form of a sheet that a literal has; None when it has none of them."""
    return next((form for form in sheet.form if form.accepts(value)), None)


def possible(sheet: Sheet) -> tuple[Form, ...]:
    """The forms of a sheet that an input can have."""
    return tuple(form for form in sheet.form if form.input)


def form_among(forms: Iterable[Form], value: str) -> Form | None:
    """The form whose validation accepts a value of an input; None when no validation does."""
    return next((form for form in forms if re.fullmatch(form.input, value, re.ASCII)), None)


def form_unsaid(forms: Sequence[Form]) -> Form:
    """The form of an input for which nothing tells the form: the form marked for that, or the first."""
    return next((form for form in forms if form.unsaid), forms[0])


def groups(form: Form, value: str) -> Named:
    """The values that a form finds in a literal that has it, and those that it sets."""
    match = re.search(form.pattern, value)
    found: Mapping[str, str] = {**form.set, **(match.groupdict() if match is not None else {})}
    return tuple((name, text(entry)) for name, entry in found.items())


def groups_of_input(form: Form, value: Text) -> Named:
    """The values that a form finds in an input that has it, and those that it sets."""
    found = {**{name: text(entry) for name, entry in form.set.items()}}
    return tuple({**found, **{name: capture(value, pattern) for name, pattern in form.found.items()}}.items())


def arn_of(value: str, pattern: str) -> Text:
    """The ARN that a literal stands for: itself, or what the form's pattern makes of an id."""
    return text(value) if value.startswith(_ARN) else arn_of_id(text(value), pattern)


def arn_of_id(value: Text, pattern: str) -> Text:
    """What the form's pattern makes of an id; the value itself where the form has none, since it is an ARN then."""
    return fill(pattern, {**AWS_CONTEXT, "given": value}) if pattern else value
