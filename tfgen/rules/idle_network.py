"""A rule about parts of the network that nothing needs. Knows no feature."""

from __future__ import annotations

from collections.abc import Iterator

from tfgen.diagnostics import At, Code, Severity
from tfgen.diagnostics.rule import Violation, rule
from tfgen.plan.model import Plan


@rule(Code.TOO_OPEN, "a part of the network is named, and nothing needs it", severity=Severity.WARNING)
def idle_network(plan: Plan) -> Iterator[Violation]:
    for what, route in plan.network.idle if plan.network is not None else ():
        message = f"{what} is named, and nothing that the posture uses needs it: no rule leads there"
        yield Violation(message, route, "leave it out", at=At.KEY)
