"""What must be made of the part `gateway-policy`. Must not know how text is rendered."""

from __future__ import annotations

from typing import Final

from tfgen.iam.text import Slot, Source, Text, text
from tfgen.plan.guarded import GatewayPlan, PolicyText
from tfgen.plan.lengths import Lengths
from tfgen.plan.model import Plan
from tfgen.proof.evaluate import Blocks, Listed, Many, Mapped, Value
from tfgen.proof.expected.part import Expected, Given, guarded, label, referred
from tfgen.proof.rebuild import Argument, Made

ENGINE: Final = "aws_bedrockagentcore_policy_engine"
POLICY: Final = "aws_bedrockagentcore_policy"
EXTENDED_POLICY: Final = "awscc_bedrockagentcore_policy"


def expected(plan: Plan, given: Given) -> Expected:
    """The engines with their policies, and what the part puts out."""
    made: Made = {}
    engines: dict[str, Argument] = {}
    documents: dict[str, Argument] = {}
    for gateway in plan.gateways:
        name = label(gateway.key)
        made |= _engine(gateway, given.tags)
        for policy in gateway.policies:
            made[address(gateway, policy)] = _policy(gateway, policy)
        if gateway.role is not None:
            made[f"aws_iam_role_policy.{name}"] = {
                "name": gateway.policy_name,
                "role": gateway.role,
                "policy": gateway.policy.policy,
                **guarded(gateway.policy, Lengths(plan.inputs)),
            }
        engines[gateway.key] = Mapped(
            (("arn", referred(f"{ENGINE}.{name}.policy_engine_arn")), ("mode", text(gateway.mode)))
        )
        documents[gateway.key] = gateway.policy.policy
    made |= {"output.policy_engines": engines, "output.gateway_role_policies": documents}
    names = ("policy_engines", "gateway_role_policies")
    providers = {"aws": ("hashicorp/aws", ">= 6.50")}
    if any(policy.extended for gateway in plan.gateways for policy in gateway.policies):
        providers["awscc"] = ("hashicorp/awscc", ">= 1.106")
    return Expected(made, {name: name for name in names}, providers)


def address(gateway: GatewayPlan, policy: PolicyText) -> str:
    """Where a policy stands below the part."""
    kind = EXTENDED_POLICY if policy.extended else POLICY
    return f"{kind}.{label(gateway.key)}__{policy.key}"


def statement_of(arguments: dict[str, Argument]) -> Argument | None:
    """The statement of a policy that was found, wherever it is nested."""
    found: Argument | None = arguments.get("definition")
    for keys in (("cedar", "policy"), ("statement",)):
        if isinstance(found, Blocks) and len(found.blocks) == 1:
            found = found.blocks[0]
        if not isinstance(found, Mapped):
            return None
        mapped = found
        found = next((value for key in keys if (value := mapped.get(key)) is not None), None)
    return found


def _engine(gateway: GatewayPlan, tags: Value) -> Made:
    arguments: dict[str, Argument] = {
        "name": gateway.engine_name,
        "description": text(gateway.description),
        "tags": tags,
    }
    if gateway.encryption_key is not None:
        arguments["encryption_key_arn"] = gateway.encryption_key
    return {f"{ENGINE}.{label(gateway.key)}": arguments}


def _policy(gateway: GatewayPlan, policy: PolicyText) -> dict[str, Argument]:
    statement = Mapped((("statement", policy.statement),))
    definition = (
        Mapped((("policy", statement),)) if policy.extended else Blocks((Mapped((("cedar", Blocks((statement,))),)),))
    )
    arguments: dict[str, Argument] = {
        "name": policy.name,
        "policy_engine_id": referred(f"{ENGINE}.{label(gateway.key)}.policy_engine_id"),
        "description": text(policy.description),
        "definition": definition,
    }
    if gateway.after:
        arguments["depends_on"] = Listed(tuple(_given(slot) for slot in gateway.after))
    return arguments


def _given(slot: Slot) -> Value:
    return Many(slot.name) if slot.source is Source.EACH else Text((slot,))
