"""Rules about texts that have a valid form and are doubtful all the same. Knows no key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.diagnostics import Code, Severity
from tfgen.diagnostics.rule import Rule, Violation, rule
from tfgen.diagnostics.secret import looks_secret
from tfgen.diagnostics.values import shown
from tfgen.posture.partial import Partial
from tfgen.posture.walk import texts


@rule(
    Code.BAD_VALUE,
    "a value is right in its partition, and the service's own check may refuse it",
    severity=Severity.WARNING,
    why="AWS's own check of the value names fewer partitions than AWS has.",
)
def narrower_services(partial: Partial) -> Iterator[Violation]:
    for text in texts(partial.posture):
        if isinstance(text.value, str) and not text.shape.accepted_by_api(text.value):
            yield Violation(
                f"the service may refuse {shown(text.value)}: its own check does not take this partition",
                text.route,
                "try it before relying on it",
            )


@rule(
    Code.CONFLICT,
    "a text holds what looks like a secret",
    severity=Severity.WARNING,
    why="A posture is kept in version control, and Terraform keeps its values in the state in plain text.",
)
def secrets(partial: Partial) -> Iterator[Violation]:
    for text in texts(partial.posture):
        if isinstance(text.value, str) and looks_secret(text.value):
            yield Violation(
                "this text holds what looks like a secret, and whoever reads the posture or the state reads it",
                text.route,
                "write { input: NAME } where that is taken, or name a credential provider; the value is not shown here",
            )


RULES: Final[tuple[Rule[Partial], ...]] = (narrower_services, secrets)
