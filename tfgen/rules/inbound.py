"""Whether the tokens of an identity provider can meet the conditions on them. Knows no provider: see the catalog."""

from __future__ import annotations

from collections.abc import Iterator

from tfgen.catalog.providers import Provider, providers
from tfgen.diagnostics import At, Code, Finding, Severity
from tfgen.jwt.authorizer import Inbound
from tfgen.plan.model import Plan


def _known(plan: Plan) -> tuple[Inbound, Provider] | None:
    inbound = plan.inbound
    return (inbound, providers()[inbound.provider]) if inbound is not None and inbound.provider else None


def form(plan: Plan) -> Iterator[Finding]:
    """Find discovery URLs whose tokens are of no use here."""
    known = _known(plan)
    if known is None:
        return
    inbound, provider = known
    found = provider.form_of(inbound.form)
    if found.warning:
        message = f"{provider.name}: {found.warning}"
        yield Finding(Code.UNMET, message, inbound.url_route, found.help, Severity.WARNING)


def lack(plan: Plan) -> Iterator[Finding]:
    """Find conditions on claims that the provider's tokens do not carry."""
    known = _known(plan)
    if known is None or known[0].by_preset:
        return
    inbound, provider = known
    keys = {condition.key: condition.route for condition in inbound.conditions}
    for row in provider.lack:
        if row.condition in keys and row.holds(inbound.form):
            yield Finding(Code.UNMET, row.why, keys[row.condition], row.help, Severity.WARNING, At.KEY)


def claim_types(plan: Plan) -> Iterator[Finding]:
    """Find claims that are compared as a text and are lists in the provider's tokens, or the other way round."""
    known = _known(plan)
    if known is None:
        return
    inbound, provider = known
    words = {"STRING": "one text", "STRING_ARRAY": "a list"}
    for condition in inbound.conditions:
        for row in provider.claim:
            if condition.claim == row.name and condition.kind not in ("", row.type) and row.holds(inbound.form):
                message = (
                    f"tokens of {provider.name} carry {row.name!r} as {words[row.type]}, not as {words[condition.kind]}"
                )
                advice = f"write inbound_token_claim_value_type: {row.type}"
                yield Finding(Code.UNMET, message, condition.route, advice, Severity.WARNING)
