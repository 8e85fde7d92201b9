"""Rules about endpoints that callers with a token must pass. Knows no service: the sheets say who is anonymous."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.catalog import load
from tfgen.diagnostics import At, Code, Related, Route, Severity
from tfgen.diagnostics.rule import Rule, Violation, rule
from tfgen.plan.model import Plan

_SHARED: Final[Route] = ("network", "endpoints", "shared")


@rule(
    Code.TOO_OPEN, "an endpoint must let everybody through, and only the authorizer decides", severity=Severity.WARNING
)
def anonymous_calls(plan: Plan) -> Iterator[Violation]:
    for service, grant, whom in plan.network.anonymous if plan.network is not None else ():
        message = (
            f"the endpoint for {service!r} lets through {whom}: IAM does not know them, so its policy cannot tell one "
            "from the other, and only the authorizer decides"
        )
        advice = "keep the authorizer narrow: allowed_clients, allowed_audience, allowed_scopes, custom_claims"
        yield Violation(message, grant.origin.routes[0], advice)


@rule(Code.NOT_DECIDABLE, "a shared endpoint may stop callers whom IAM does not know")
def anonymous_calls_elsewhere(plan: Plan) -> Iterator[Violation]:
    network = plan.network
    shared = {one.service for one in network.shared} if network is not None else set()
    for use in network.uses if network is not None else ():
        for row in load.sheet(use.sheet).passage:
            if row.anonymous and row.service in shared and (not row.when or use.variant in row.when):
                message = (
                    f"whether the shared endpoint for {row.service!r} lets through {row.anonymous} cannot be told: "
                    "a policy that names principals stops them, since IAM does not know them"
                )
                advice = f"its policy needs a statement for everybody with {', '.join(row.actions)}"
                related = (Related(_SHARED, "endpoints are shared here", At.KEY),)
                yield Violation(message, use.route, advice, related)


RULES: Final[tuple[Rule[Plan], ...]] = (anonymous_calls, anonymous_calls_elsewhere)
