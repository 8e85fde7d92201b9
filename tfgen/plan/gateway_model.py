"""The policies of a gateway as plain values, with what they were judged by. Knows no Terraform and no posture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfgen.diagnostics import Route
from tfgen.iam.text import Slot, Text
from tfgen.plan.statements import FeatureUse, PolicyPlan

if TYPE_CHECKING:  # what has no gateways needs no Cedar, and loads none
    from tfgen.cedar.decide import Call
    from tfgen.cedar.policies import Gateway
    from tfgen.cedar.policies import Policy as CedarPolicy


@dataclass(frozen=True, slots=True)
class PolicyText:
    """One policy of a gateway, as AgentCore gets it."""

    key: str
    """Unique among those of its gateway."""
    name: Text
    statement: Text
    description: str
    extended: bool = False
    """Whether it has what only AgentCore can evaluate, and is sent to it in another way."""


@dataclass(frozen=True, slots=True)
class GatewayPlan:
    """The policy engine of one gateway with its policies, and what the gateway's role needs for it."""

    key: str
    """The entry's name in the posture."""
    arn: Text
    mode: str
    """Whether the gateway is to enforce decisions or to log them."""
    engine_name: Text
    description: str
    encryption_key: Text | None
    policies: tuple[PolicyText, ...]
    after: tuple[Slot, ...]
    """Inputs that must be known before a policy is made."""
    role: Text | None
    """Name of the gateway's role, which is given `policy`; None where that is only put out as JSON."""
    policy_name: Text
    """What `policy` is called in that role, which gateways of other regions may have too."""
    policy: PolicyPlan
    uses: tuple[FeatureUse, ...]
    judged: Gateway
    """What the policies were judged by."""
    cedar: tuple[CedarPolicy, ...]
    """The policies as they were judged, in the order of `policies`."""
    tests: tuple[GatewayTest, ...] = ()

    def texts(self) -> Iterator[Text]:
        """Every text in it that may hold unknowns."""
        yield from (self.arn, self.engine_name, self.policy_name)
        yield from (text for text in (self.encryption_key, self.role) if text is not None)
        yield from (Text((slot,)) for slot in self.after)
        for policy in self.policies:
            yield from (policy.name, policy.statement)
        yield from self.policy.texts()


@dataclass(frozen=True, slots=True)
class GatewayTest:
    """A call of a tool and what must become of it."""

    name: str
    call: Call
    allow: bool
    route: Route
