"""Every member of CreateHarness, as botocore has it, beside the statements that it leads to, or why it needs none."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import botocore
from feature_samples import MODELS, PARTS, posture

from tfgen.catalog import load
from tfgen.plan.build import build
from tfgen.plan.statements import FeatureUse
from tfgen.posture import validate
from tfgen.posture.names import snake

RUNTIME = "environment.agentcore_runtime_environment"
BEDROCK, OPENAI, GEMINI, LITELLM = (f"model.{name}_model_config" for name in ("bedrock", "openai", "gemini", "litellm"))
TOOL = "tools[].config"
JWT = "authorizer_configuration.custom_jwt_authorizer"

SHAPE = "shapes a call of the model, and says nothing of what is called"
NAME = "a name inside the harness"
INBOUND = "who is let in; the service checks it before the role is used, and the sheet identity covers the rest"
NETWORK = "the network, which no permission opens or closes"
NEEDS_NONE: dict[str, str] = {
    "client_token": "belongs to one call of the API",
    "execution_role_arn": "the role itself",
    "harness_name": "stands in nearly every ARN of the sheets, as the value harness_name",
    "tags": "tags of the harness",
    "system_prompt": "what the agent is told",
    "allowed_tools": "which tools the agent uses: a default that callers override, so no permission depends on it",
    "truncation": "how a long context is shortened; summaries are calls of the same model",
    "max_iterations": "a limit of one invocation",
    "max_tokens": "a limit of one invocation",
    "timeout_seconds": "a limit of one invocation",
    "environment_variables": "what code in a session can read; what it does with it needs `extra`",
    f"{RUNTIME}.lifecycle_configuration": "how long sessions live",
    f"{RUNTIME}.network_configuration": NETWORK + "; its mode decides the sheet image's variant",
    f"{RUNTIME}.filesystem_configurations[].session_storage": "storage of the service's own, without a resource in IAM",
    f"{RUNTIME}.filesystem_configurations[].capacity_provider_volume": "belongs to a capacity provider, which "
    "has a role of its own and which CreateHarness cannot name; reported as not covered",
    f"{RUNTIME}.filesystem_configurations[].s3_files_access_point.mount_path": NAME,
    f"{RUNTIME}.filesystem_configurations[].efs_access_point.mount_path": NAME,
    f"{RUNTIME}.filesystem_configurations[].s3_bucket_mount.mount_path": NAME,
    f"{RUNTIME}.filesystem_configurations[].s3_bucket_mount.prefix": "limits the sheet s3-mount's statements to the "
    "objects below it",
    f"{RUNTIME}.filesystem_configurations[].s3_bucket_mount.s3_bucket_owner": "limits the sheet s3-mount's statements "
    "to that account's buckets",
    f"{RUNTIME}.filesystem_configurations[].s3_bucket_mount.s3_bucket_region": "decides whether the bucket is reached "
    "over the internet, and the ARN of a directory bucket",
    f"{BEDROCK}.max_tokens": SHAPE,
    f"{BEDROCK}.temperature": SHAPE,
    f"{BEDROCK}.top_p": SHAPE,
    f"{BEDROCK}.api_format": "decides between the sheets models and mantle",
    f"{OPENAI}.model_id": "called with an API key",
    f"{OPENAI}.api_base": NETWORK,
    f"{OPENAI}.api_format": SHAPE,
    f"{OPENAI}.max_tokens": SHAPE,
    f"{OPENAI}.temperature": SHAPE,
    f"{OPENAI}.top_p": SHAPE,
    f"{OPENAI}.additional_params": "parameters of another provider",
    f"{GEMINI}.model_id": "called with an API key",
    f"{GEMINI}.max_tokens": SHAPE,
    f"{GEMINI}.temperature": SHAPE,
    f"{GEMINI}.top_p": SHAPE,
    f"{GEMINI}.top_k": SHAPE,
    f"{GEMINI}.additional_params": "parameters of another provider",
    f"{LITELLM}.api_base": NETWORK,
    f"{LITELLM}.max_tokens": SHAPE,
    f"{LITELLM}.temperature": SHAPE,
    f"{LITELLM}.top_p": SHAPE,
    f"{LITELLM}.additional_params": "a role that they name is denied by deny-role; a guardrail is read as Bedrock's",
    "tools[].type": "says which configuration there is",
    "tools[].name": NAME,
    f"{TOOL}.inline_function": "run by the caller",
    f"{TOOL}.remote_mcp.outbound_auth": "decides, with the URL, the sheet signed-mcp's variant",
    f"{TOOL}.agentcore_gateway.outbound_auth.oauth.scopes": "what a token is asked for; the provider decides",
    f"{TOOL}.agentcore_gateway.outbound_auth.oauth.custom_parameters": "further words of the token request",
    f"{TOOL}.agentcore_gateway.outbound_auth.oauth.grant_type": "decides the sheet gateway-oauth's variant",
    f"{TOOL}.agentcore_gateway.outbound_auth.oauth.default_return_url": "where a user's browser goes",
    f"{TOOL}.agentcore_gateway.outbound_auth.aws_iam": "the default: the gateway's ARN leads to the sheet",
    f"{TOOL}.agentcore_gateway.outbound_auth.none": "a gateway without authentication needs no permission",
    "skills[].path": "part of the image",
    "skills[].git.url": NETWORK,
    "skills[].git.path": NAME,
    "skills[].git.auth.username": "goes with the password that the sheet api-key covers",
    "skills[].aws_skills": "part of the harness",
    "memory.agentcore_memory_configuration.actor_id": "whose records are read; callers override it",
    "memory.agentcore_memory_configuration.messages_count": SHAPE,
    "memory.agentcore_memory_configuration.retrieval_config": SHAPE,
    "memory.managed_memory_configuration.arn": "read-only",
    "memory.managed_memory_configuration.strategies": "what the service distils, as itself",
    "memory.managed_memory_configuration.event_expiry_duration": "how long events are kept",
    "memory.disabled": "no memory, no permission",
    "hooks[].{}.name": NAME,
    "hooks[].{}.target.lambda.timeout_seconds": "how long is waited",
    "hooks[].{}.target.lambda.failure_mode": "what a failure means",
    JWT: INBOUND,
}
"""Members, with all below them, that need no permission of the role, and why. `{}` stands for any one name."""


@cache
def shapes() -> dict[str, Any]:
    folder = Path(botocore.__file__).parent / "data" / "bedrock-agentcore-control"
    (newest, *_) = sorted(folder.glob("*/service-2.json.gz"), reverse=True)
    loaded: dict[str, Any] = json.loads(gzip.decompress(newest.read_bytes()))["shapes"]
    return loaded


def leaves(name: str = "CreateHarnessRequest", path: str = "") -> Iterator[str]:
    """Every member that has no further members, by its path in a posture."""
    shape = shapes()[name]
    match shape["type"]:
        case "structure" if shape.get("members") and not shape.get("document"):
            for key, member in shape["members"].items():
                yield from leaves(member["shape"], f"{path}.{snake(key)}" if path else snake(key))
        case "list":
            yield from leaves(shape["member"]["shape"], f"{path}[]")
        case _:
            yield path


@cache
def triggers() -> Mapping[str, frozenset[tuple[str, str]]]:
    """The paths at which features are found in all samples, each with the sheets and Sids that it leads to."""
    found: dict[str, set[tuple[str, str]]] = {}
    for data in (*(posture(name) for name in PARTS), *(posture(model=model) for model in MODELS)):
        validation = validate(data)
        assert validation.posture is not None
        for use in build(validation.posture)[0].role.uses:
            if use.route[:1] == ("harness",):
                found.setdefault(_path(use), set()).update(_rows(use))
    return {path: frozenset(rows) for path, rows in found.items() if rows}  # some need a network alone


def _path(use: FeatureUse) -> str:
    steps = ("[]" if isinstance(step, int) else f".{step}" for step in use.route[1:])
    return re.sub(r"^hooks\[\]\.[a-z_]+", "hooks[].{}", "".join(steps).removeprefix("."))


def _rows(use: FeatureUse) -> Iterator[tuple[str, str]]:
    sheet = load.sheet(use.sheet)
    yield from ((sheet.id, row.sid) for row in sheet.grant if not row.when or use.variant in row.when)


def anchored(pattern: str) -> re.Pattern[str]:
    inner = re.escape(pattern).replace(re.escape("{}"), "[a-z_]+")
    return re.compile(rf"{inner}(?:$|[.\[].*)")


def leads(path: str) -> frozenset[tuple[str, str]]:
    """The sheets and Sids that a member leads to: at its own path, or inside it where it is free JSON."""
    hooked = re.sub(r"^hooks\[\]\.[a-z_]+", "hooks[].{}", path)
    inside = (rows for place, rows in triggers().items() if place == hooked or place.startswith(f"{hooked}."))
    return frozenset().union(*inside)


def table() -> str:
    """All members in the order of the API: those with statements by their sheets and Sids, the others by the reason."""
    rows: dict[str, str] = {"": _statements(triggers()[""])}
    for path in leaves():
        hooked = re.sub(r"^hooks\[\]\.[a-z_]+", "hooks[].{}", path)
        for above in sorted(triggers(), key=len):
            if above and hooked != above and hooked.startswith((f"{above}.", f"{above}[")):
                rows.setdefault(above, _statements(triggers()[above]))
        if found := leads(path):
            rows.setdefault(hooked, _statements(found))
            continue
        for reason in (one for one in NEEDS_NONE if anchored(one).match(path)):
            rows.setdefault(reason, NEEDS_NONE[reason])
    lines = (f"| {f'`{path}`' if path else 'any harness'} | {said} |" for path, said in rows.items())
    return "\n".join(["| key under `harness` | statements, by sheet; or why none |", "| --- | --- |", *lines]) + "\n"


def _statements(rows: frozenset[tuple[str, str]]) -> str:
    by_sheet: dict[str, list[str]] = {}
    for sheet, sid in sorted(rows, key=lambda row: (load.position(row[0]), row[1])):
        by_sheet.setdefault(sheet, []).append(f"`{sid}`")
    return "; ".join(f"{sheet}: {', '.join(sids)}" for sheet, sids in by_sheet.items())
