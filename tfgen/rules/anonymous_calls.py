"""What it means that callers with a token pass an endpoint. Knows no service: the sheets say who is anonymous."""

from __future__ import annotations

from collections.abc import Iterator

from tfgen.catalog import load
from tfgen.diagnostics import Code, Finding, Severity
from tfgen.plan.model import Plan


def anonymous_calls(plan: Plan) -> Iterator[Finding]:
    """Find statements of endpoint policies that must let everybody through, and shared endpoints that need them."""
    network = plan.network
    if network is None:
        return
    for service, grant, whom in network.anonymous:
        message = (
            f"the endpoint for {service!r} lets through {whom}: IAM does not know them, so its policy cannot tell one "
            "from the other, and only the authorizer decides"
        )
        advice = "keep the authorizer narrow: allowed_clients, allowed_audience, allowed_scopes, custom_claims"
        yield Finding(Code.TOO_OPEN, message, grant.origin.routes[0], advice, Severity.WARNING)
    shared = {one.service for one in network.shared}
    for use in network.uses:
        for row in load.sheet(use.sheet).passage:
            if row.anonymous and row.service in shared and (not row.when or use.variant in row.when):
                message = (
                    f"whether the shared endpoint for {row.service!r} lets through {row.anonymous} cannot be told: "
                    "a policy that names principals stops them, since IAM does not know them"
                )
                advice = f"its policy needs a statement for everybody with {', '.join(row.actions)}"
                yield Finding(Code.NOT_DECIDABLE, message, use.route, advice, Severity.WARNING)
