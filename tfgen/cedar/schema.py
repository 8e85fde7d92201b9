"""The Cedar schema of a gateway, derived from its tools as AgentCore derives it. Reads no manifest.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/policy-schema-constraints.html
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from tfgen.cedar import engine
from tfgen.cedar.arguments import in_schema
from tfgen.cedar.facts import Principal, facts
from tfgen.cedar.tools import Tool


def source(tools: Sequence[Tool], principal: Principal) -> dict[str, object]:
    """Make the schema in Cedar's JSON form (https://docs.cedarpolicy.com/schema/json-schema.html)."""
    known = facts()
    identity = {"type": "Record", "attributes": {"id": {"type": "String", "required": True}}}
    entities: dict[str, object] = {known.resource: {}, known.opaque: {}}
    for found in known.principals:
        entities[found.entity] = {"shape": identity, **({"tags": {"type": "String"}} if found.claims else {})}
    actions: dict[str, object] = {known.groups[0]: {}}
    for outer, inner in itertools.pairwise(known.groups):
        actions[inner] = {"memberOf": [{"id": outer}]}
    for target in sorted({tool.target for tool in tools}):
        actions[target] = {"memberOf": [{"id": known.groups[-1]}]}
    for tool in tools:
        context = {known.argument_record: {**in_schema(tool.arguments), "required": True}}
        actions[tool.action] = {
            "memberOf": [{"id": tool.target}],
            "appliesTo": {
                "principalTypes": [principal.entity],
                "resourceTypes": [known.resource],
                "context": {"type": "Record", "attributes": context},
            },
        }
    return {known.namespace: {"entityTypes": entities, "actions": actions}}


def schema(tools: Sequence[Tool], principal: Principal) -> engine.Schema:
    """Make the schema and load it; raises `engine.SchemaError` when the engine does not accept it."""
    return engine.schema(source(tools, principal))
