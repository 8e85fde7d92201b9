"""Rules about conditions that tokens of an identity provider cannot meet. Knows no provider: the catalog does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.catalog.providers import Provider, providers
from tfgen.diagnostics import At, Code, Related
from tfgen.diagnostics.rule import Rule, Violation, rule
from tfgen.jwt.authorizer import Inbound
from tfgen.plan.model import Plan


def _known(plan: Plan) -> tuple[Inbound, Provider] | None:
    inbound = plan.inbound
    return (inbound, providers()[inbound.provider]) if inbound is not None and inbound.provider else None


def _provider(inbound: Inbound) -> tuple[Related, ...]:
    return (Related(inbound.url_route, "the provider is named here"),)


@rule(Code.UNMET, "the tokens of a discovery URL are of no use here")
def form(plan: Plan) -> Iterator[Violation]:
    known = _known(plan)
    if known is None:
        return
    inbound, provider = known
    found = provider.form_of(inbound.form)
    if found.warning:
        message = f"{provider.name}: {found.warning}"
        yield Violation(message, inbound.url_route, found.help)


@rule(Code.UNMET, "a condition is on a claim that the provider's tokens do not have")
def lack(plan: Plan) -> Iterator[Violation]:
    known = _known(plan)
    if known is None or known[0].by_preset:
        return
    inbound, provider = known
    keys = {condition.key: condition.route for condition in inbound.conditions}
    for row in provider.lack:
        if row.condition in keys and row.holds(inbound.form):
            yield Violation(row.why, keys[row.condition], row.help, _provider(inbound), At.KEY)


@rule(Code.UNMET, "a claim is compared as one text, and the provider's tokens have a list, or the other way round")
def claim_types(plan: Plan) -> Iterator[Violation]:
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
                yield Violation(message, condition.route, advice, _provider(inbound))


RULES: Final[tuple[Rule[Plan], ...]] = (form, lack, claim_types)
