"""From values of a posture to texts, and from what a value looks like to what it means. Knows no feature."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tfgen.catalog.model import Form, Sheet
from tfgen.iam.text import Slot, Source, Text, join, text
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

    def text(self, value: str | InputRef) -> Text:
        """The text of a literal or an input."""
        if isinstance(value, str):
            return text(value)
        return join(Slot(Source.EACH if self._many.get(value.name, False) else Source.INPUT, value.name))

    def placed(self, value: str | InputRef) -> Text:
        """The text of a literal in which `${region}` and the like stand for where Terraform runs, or of an input."""
        if not isinstance(value, str):
            return self.text(value)
        pieces = _PLACE.split(value)
        return join(*(AWS_CONTEXT[one] if odd % 2 else one for odd, one in enumerate(pieces)))


def recognise(sheet: Sheet, value: str) -> Form | None:
    """The first form of a sheet that a literal has; None when it has none of them."""
    return next((form for form in sheet.form if form.accepts(value)), None)


def groups(form: Form, value: str) -> Named:
    """The values that a form finds in a literal that has it, and those that it sets."""
    match = re.search(form.pattern, value)
    found: Mapping[str, str] = {**form.set, **(match.groupdict() if match is not None else {})}
    return tuple((name, text(entry)) for name, entry in found.items())


def arn_of(value: str, pattern: str) -> Text:
    """The ARN that a value stands for: itself, or what the form's pattern makes of an id."""
    if not pattern or value.startswith(_ARN):
        return text(value)
    return fill(pattern, {**AWS_CONTEXT, "given": text(value)})
