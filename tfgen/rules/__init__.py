"""The registry of rules: what is wrong with a posture, a gateway's policies or a plan beyond single values.

A rule lives beside what it reads, where it is run: those of a posture in `tfgen.posture.rules`, those of a gateway's
policies in `tfgen.cedar.rules`, those of a plan in this folder. Knows no file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.cedar.review import Review
from tfgen.cedar.rules import RULES as OF_GATEWAYS
from tfgen.diagnostics import Code, Finding
from tfgen.diagnostics.rule import Rule
from tfgen.plan.model import Plan
from tfgen.posture.partial import Partial
from tfgen.posture.rules import RULES as OF_POSTURES
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

AnyRule = Rule[Partial] | Rule[Review] | Rule[Plan]

RULES: Final[tuple[AnyRule, ...]] = (*OF_POSTURES, *OF_GATEWAYS, *OF_PLANS)


def run(plan: Plan) -> tuple[Finding, ...]:
    """All findings of all rules over a plan."""
    return tuple(finding for rule in OF_PLANS for finding in rule.findings(plan))


def of_code(code: Code) -> Iterator[AnyRule]:
    """Yield the rules whose findings have a code."""
    return (rule for rule in RULES if rule.code is code)
