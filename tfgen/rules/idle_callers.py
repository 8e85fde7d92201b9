"""What policies of callers do where callers come with a token. Knows no action: the table of ways in says it."""

from __future__ import annotations

from collections.abc import Iterator

from tfgen.diagnostics import Code, Finding, Severity
from tfgen.plan.model import Plan
from tfgen.plan.ways import idle


def idle_callers(plan: Plan) -> Iterator[Finding]:
    """Find policies that are to let callers in, and do not, because only the authorizer of the harness does."""
    for one in idle(plan):
        message = f"the policy of the callers {one.caller!r} {one.row.effect}; {one.row.keeps}"
        advice = (
            f"give these callers a token that the authorizer accepts, and leave {one.may!r} out; "
            "or leave authorizer_configuration out, and callers sign their requests"
        )
        yield Finding(Code.IDLE_POLICY, message, one.route, advice, Severity.WARNING)
