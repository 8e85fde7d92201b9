"""What the harness may have in place of its own, as features. Knows no action or ARN."""

from __future__ import annotations

from dataclasses import replace

from tfgen.diagnostics import Code, Finding, Related, Route
from tfgen.plan.features.llm import llm
from tfgen.plan.features.result import Found, one
from tfgen.plan.features.session import filesystems, in_vpc, managed_image, memory, own_image
from tfgen.plan.statements import FeatureUse
from tfgen.plan.values import Values
from tfgen.posture.alternatives import Also
from tfgen.posture.document import Posture


def also(posture: Posture, values: Values) -> Found:
    """Each entry of `also`: what the harness's own would need, and nothing where the harness has a default."""
    for index, entry in enumerate(posture.also):
        above: Route = ("also", index)
        yield from _model(entry, above, posture, values)
        if entry.memory is not None:
            yield from memory(entry.memory, above, values)
        yield from own_image(entry.environment_artifact, above, values)
        yield from _environment(entry, above, values)


def _model(entry: Also, above: Route, posture: Posture, values: Values) -> Found:
    found = list(llm(entry.model, (*above, "model"), values, force=False)) if entry.model is not None else []
    if entry.guardrail is not None:
        found.append(one("guardrail", "guardrail_arn", entry.guardrail, (*above, "guardrail"), values, "named"))
    yield from found
    named = (item.route for item in found if isinstance(item, FeatureUse) and item.sheet == "guardrail")
    forced = Related(("role", "force_guardrail"), "the other is forced here")
    for route in named if posture.role.force_guardrail else ():
        message = "a guardrail is forced on the harness's model, and calls of models with any other are denied"
        yield Finding(
            Code.CONFLICT, message, route, "leave it out here, or do not force the other one", related=(forced,)
        )


def _environment(entry: Also, above: Route, values: Values) -> Found:
    runtime = entry.environment.agentcore_runtime_environment if entry.environment is not None else None
    network = runtime.network_configuration if runtime is not None else None
    if in_vpc(network) and entry.environment_artifact is None:
        subnets = network.network_mode_config.subnets if network is not None and network.network_mode_config else ()
        lists = [tied for subnet in subnets if (tied := values.while_any(subnet))]
        # Where each subnet is from a list that may be empty, there may be no VPC.
        tie = lists[0] if len(lists) == len(subnets) == 1 else ()
        yield replace(managed_image(runtime, above), values=tie)
    yield from filesystems(runtime, above, values)
