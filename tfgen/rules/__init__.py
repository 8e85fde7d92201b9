"""The rules of a plan, and the registry of all rules: what is wrong beyond single values. Knows no file."""

from __future__ import annotations

from typing import Final

from tfgen.diagnostics import Finding
from tfgen.diagnostics.rule import Rule
from tfgen.plan.model import Plan
from tfgen.rules import anonymous_calls, idle_callers, idle_network, image_pull, inbound, open_network, region

OF_PLANS: Final[tuple[Rule[Plan], ...]] = (
    *region.RULES,
    *inbound.RULES,
    image_pull.image_pull,
    *anonymous_calls.RULES,
    idle_callers.idle_callers,
    open_network.open_network,
    idle_network.idle_network,
)


def run(plan: Plan) -> tuple[Finding, ...]:
    """All findings of all rules over a plan."""
    return tuple(finding for rule in OF_PLANS for finding in rule.findings(plan))
