"""Rules about single texts that are right in form and still doubtful. Knows no key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.diagnostics import Code, Finding, Severity
from tfgen.diagnostics.secret import looks_secret
from tfgen.diagnostics.values import shown
from tfgen.posture.partial import Partial
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


def secrets(partial: Partial) -> Iterator[Finding]:
    """Find texts that hold what has the form of a secret: a token, a key, a password in a URL."""
    for text in texts(partial.posture):
        if isinstance(text.value, str) and looks_secret(text.value):
            yield Finding(
                Code.CONFLICT,
                "this text holds what looks like a secret, and whoever reads the posture or the state reads it",
                text.route,
                "write { input: NAME } where that is taken, or name a credential provider; the value is not shown here",
                Severity.WARNING,
            )


RULES: Final = (narrower_services, secrets)
