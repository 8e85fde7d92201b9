"""Rules about how the parts of a posture fit together. Each names routes of the posture; none knows a permission."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tfgen.diagnostics import Finding
from tfgen.diagnostics.rule import Rule
from tfgen.posture.partial import Partial
from tfgen.posture.rules import (
    access,
    authorizer,
    environment,
    gateways,
    guardrails,
    inputs,
    network,
    private_endpoints,
    tools,
    users,
    values,
)

RULES: Final[tuple[Rule[Partial], ...]] = (
    *environment.RULES,
    *network.RULES,
    *tools.RULES,
    *authorizer.RULES,
    *private_endpoints.RULES,
    *users.RULES,
    *access.RULES,
    *guardrails.RULES,
    *gateways.RULES,
    *inputs.RULES,
    *values.RULES,
)


def all_rules(partial: Partial) -> Iterator[Finding]:
    """Yield every finding of every rule, with routes as they are in the text."""
    for rule in RULES:
        for finding in rule.findings(partial):
            related = tuple(replace(one, route=partial.original(one.route)) for one in finding.related)
            yield replace(finding, route=partial.original(finding.route), related=related)
