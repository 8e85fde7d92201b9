"""From a policy in the posture's own form to a rule of Cedar's. Knows both forms and judges neither."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.cedar.rule import Argument, Claim, Comparison, Effect, Operator, Rule
from tfgen.posture.gateways import Comparison as Said
from tfgen.posture.gateways import Conditions, GatewayPolicy
from tfgen.posture.values import InputRef

SOMEBODY: Final = "somebody"
"""Who calls in a test that names nobody."""


def stand_in(value: str | InputRef) -> str:
    """What stands in a policy for a caller: its ARN, or where that is an input what no ARN can be."""
    return value if isinstance(value, str) else f"${{{value.name}}}"


def inputs_in(policy: GatewayPolicy) -> tuple[InputRef, ...]:
    """The inputs for which something else stands in a policy."""
    callers = (policy.who.callers if policy.who is not None else None) or ()
    return tuple(dict.fromkeys(caller for caller in callers if isinstance(caller, InputRef)))


def rule(policy: GatewayPolicy) -> Rule:
    """The rule that a policy says."""
    who: tuple[str, ...] = ()
    if policy.who is not None and policy.who.anyone is None:
        who = tuple(stand_in(one) for one in policy.who.member[1])
    return Rule(
        effect=Effect(policy.effect),
        who=who,
        tools=policy.tools,
        when=tuple(_conditions(policy.when, "when")),
        unless=tuple(_conditions(policy.unless, "unless")),
    )


def _conditions(conditions: Conditions | None, key: str) -> Iterator[Claim | Argument]:
    if conditions is None:
        return
    for name, said in (conditions.claims or {}).items():
        yield Claim(name, _comparison(said), (key, "claims", name))
    for path, said in (conditions.arguments or {}).items():
        yield Argument(tuple(path.split(".")), _comparison(said), (key, "arguments", path))


def _comparison(said: Said) -> Comparison:
    key, value = said.member
    return Comparison(Operator(key), value if isinstance(value, tuple) else (value,))
