"""What is wrong with a plan beyond its policies: each rule a small file, read from the plan alone. Knows no posture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tfgen.diagnostics import Finding
from tfgen.plan.model import Plan
from tfgen.rules import anonymous_calls, idle_callers, idle_network, image_pull, inbound, open_network, region

Rule = Callable[[Plan], Iterator[Finding]]

RULES: Final[tuple[Rule, ...]] = (
    region.partition,
    region.harness,
    region.lack,
    inbound.form,
    inbound.lack,
    inbound.claim_types,
    image_pull.image_pull,
    anonymous_calls.anonymous_calls,
    idle_callers.idle_callers,
    open_network.open_network,
    idle_network.idle_network,
)


def run(plan: Plan) -> tuple[Finding, ...]:
    """All findings of all rules."""
    return tuple(finding for rule in RULES for finding in rule(plan))
