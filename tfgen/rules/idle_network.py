"""Whether everything that the posture says of its network is for something. Knows no feature."""

from __future__ import annotations

from collections.abc import Iterator

from tfgen.diagnostics import At, Code, Finding, Severity
from tfgen.plan.model import Plan


def idle_network(plan: Plan) -> Iterator[Finding]:
    """Find shared endpoints and ways out that nothing needs."""
    for what, route in plan.network.idle if plan.network is not None else ():
        message = f"{what} is named, and nothing that the posture uses needs it: no rule leads there"
        yield Finding(Code.TOO_OPEN, message, route, "leave it out", Severity.WARNING, At.KEY)
