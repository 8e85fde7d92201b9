"""The registry of rules: those of a posture, of a gateway's policies and of a plan, each beside what it reads.

Those of a posture are in `tfgen.posture.rules`, those of a gateway's policies in `tfgen.cedar.rules`, those of a plan
here. Whoever only runs the rules of a plan needs none of the others, and so not Cedar.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.cedar.review import Review
from tfgen.cedar.rules import RULES as OF_GATEWAYS
from tfgen.diagnostics import Code
from tfgen.diagnostics.rule import Rule
from tfgen.plan.model import Plan
from tfgen.posture.partial import Partial
from tfgen.posture.rules import RULES as OF_POSTURES
from tfgen.rules import OF_PLANS

AnyRule = Rule[Partial] | Rule[Review] | Rule[Plan]

RULES: Final[tuple[AnyRule, ...]] = (*OF_POSTURES, *OF_GATEWAYS, *OF_PLANS)


def of_code(code: Code) -> Iterator[AnyRule]:
    """Yield the rules whose findings have a code."""
    return (rule for rule in RULES if rule.code is code)
