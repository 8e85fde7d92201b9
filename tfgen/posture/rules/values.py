"""Rules about single texts that are right in form and still doubtful. Knows no key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.diagnostics import Code, Finding, Severity
from tfgen.posture.partial import Partial
from tfgen.posture.values import shown
from tfgen.posture.walk import texts


def narrower_services(partial: Partial) -> Iterator[Finding]:
    """Find what tfgen accepts in every partition and the service's own check does not."""
    for text in texts(partial.posture):
        if isinstance(text.value, str) and not text.shape.accepted_by_api(text.value):
            yield Finding(
                Code.BAD_VALUE,
                f"the service may refuse {shown(text.value)}: its own check does not take this partition",
                text.route,
                "try it before relying on it",
                Severity.WARNING,
            )


RULES: Final = (narrower_services,)
