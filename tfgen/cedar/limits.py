"""AgentCore's limits on policies: names, lengths, numbers. Knows no posture.

https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/API_CreatePolicy.html
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from tfgen.cedar.facts import facts
from tfgen.cedar.policies import Gateway, Policy, gateway_places
from tfgen.diagnostics import Code, Finding, Route

_LONGEST_ARN: Final = 170
"""Of a gateway, where it is not known yet."""


def name(*parts: str) -> str:
    """Make a name that AgentCore takes of several: joined, and where that is too long cut, with a hash of the whole."""
    whole = "_".join(re.sub(r"[^A-Za-z0-9_]", "_", part) for part in parts)
    whole = whole if whole[:1].isalpha() else f"p_{whole}"
    longest = facts().longest_name
    if len(whole) <= longest:
        return whole
    return f"{whole[: longest - 9]}_{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def check(policies: Sequence[Policy], gateway: Gateway, at: Route) -> Iterator[Finding]:
    """Yield what is outside the limits."""
    known = facts()
    if len(policies) > known.most_policies:
        message = f"{len(policies):,} policies are more than the {known.most_policies:,} of one policy engine"
        yield Finding(Code.POLICY_LIMIT, message, at, "join some of them")
    for policy in policies:
        if not re.fullmatch(known.name_pattern, policy.key) or len(policy.key) > known.longest_name:
            allowed = f"at most {known.longest_name} letters, digits and _, the first a letter"
            message = f"{policy.key!r} is no name of a policy; allowed: {allowed}"
            yield policy.place.finding(Code.POLICY_LIMIT, message, 'name it with @id("...") above the policy')
        length = statement_length(policy, gateway)
        if length > known.longest_statement:
            message = f"the policy {policy.key!r} has {length:,} characters; allowed: {known.longest_statement:,}"
            yield policy.place.finding(Code.POLICY_LIMIT, message, "write several policies")
        elif length < known.shortest_statement:
            message = f"the policy {policy.key!r} has {length} characters; allowed: {known.shortest_statement} and more"
            yield policy.place.finding(Code.POLICY_LIMIT, message)
    for first, second in pairwise(sorted(policies, key=lambda policy: policy.key.lower())):
        if first.key.lower() == second.key.lower():
            message = f"two policies of {gateway.name!r} are named {second.key!r}"
            yield second.place.finding(Code.POLICY_LIMIT, message, 'give one of them another @id("...")')


def statement_length(policy: Policy, gateway: Gateway) -> int:
    """The length of a statement with the gateway's ARN in it; where that is not known yet, with a long one."""
    arn = _LONGEST_ARN if gateway.arn is None else len(gateway.arn)
    places = tuple(gateway_places(policy.statement, gateway.name))
    return len(policy.statement) + len(places) * (arn - len(gateway.name))
