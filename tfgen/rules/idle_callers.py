"""A rule about policies of callers where callers come with a token. Knows no action: `catalog.ways` names them."""

from __future__ import annotations

from collections.abc import Iterator

from tfgen.diagnostics import At, Code, Related
from tfgen.diagnostics.rule import Violation, rule
from tfgen.plan.model import Plan
from tfgen.plan.ways import idle


@rule(Code.IDLE_POLICY, "a policy lets its callers in, and only the authorizer of the harness does")
def idle_callers(plan: Plan) -> Iterator[Violation]:
    inbound = plan.inbound
    tokens = () if inbound is None else (Related(inbound.route, "callers come with a token", At.KEY),)
    for one in idle(plan):
        message = f"the policy of the callers {one.caller!r} {one.row.effect}; {one.row.keeps}"
        advice = (
            f"give these callers a token that the authorizer accepts, and leave {one.may!r} out; "
            "or leave authorizer_configuration out, and callers sign their requests"
        )
        yield Violation(message, one.route, advice, tokens)
