"""What the parts of a posture must have to do with each other. Each rule names routes; none knows a permission."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from tfgen.diagnostics import Finding
from tfgen.posture.partial import Partial
from tfgen.posture.rules import access, authorizer, environment, gateways, guardrails, inputs, network, tools, values

Rule = Callable[[Partial], Iterator[Finding]]

RULES: Final[tuple[Rule, ...]] = (
    *environment.RULES,
    *network.RULES,
    *tools.RULES,
    *authorizer.RULES,
    *access.RULES,
    *guardrails.RULES,
    *gateways.RULES,
    *inputs.RULES,
    *values.RULES,
)


def all_rules(partial: Partial) -> Iterator[Finding]:
    """Give every finding of every rule, with routes as they are in the text."""
    for rule in RULES:
        for finding in rule(partial):
            yield replace(finding, route=partial.original(finding.route))
