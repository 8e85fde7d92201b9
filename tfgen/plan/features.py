"""From a posture to the features that it uses: which sheet, which variant, with which values, and from which line.

Knows how a harness is described, and no action or ARN: those stand in the sheets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tfgen.catalog import load
from tfgen.catalog.model import Form
from tfgen.diagnostics import Code, Finding, Route, Severity
from tfgen.plan.grants import AWS_CONTEXT, fill
from tfgen.plan.model import Check, Use
from tfgen.plan.values import Values, arn_of, recognise
from tfgen.posture.document import Posture
from tfgen.posture.harness import Harness
from tfgen.posture.llm import BedrockModel
from tfgen.posture.tools import Browser, CodeInterpreter, Gateway, RemoteMcp
from tfgen.posture.values import InputRef


@dataclass(frozen=True, slots=True)
class Narrowed:
    """An input that must be of one form, since what is granted is decided when the policy is written."""

    name: str
    check: Check


Found = Iterator[Use | Finding | Narrowed]

_HARNESS: Final[Route] = ("harness",)
_BEDROCK_RUNTIME: Final = frozenset({None, "converse_stream"})
"""API formats that go through bedrock-runtime; the others go through bedrock-mantle."""


def features(posture: Posture) -> tuple[Use | Finding | Narrowed, ...]:
    """What the execution role must allow, what is not covered, and what inputs must be for that."""
    values, harness = Values(posture), posture.harness
    return (
        *_model(harness, values),
        *_image(harness, values),
        *_always(harness),
        *_memory(harness, values),
        *_tools(harness, values),
        *_skills(harness, values),
        *_uncovered(harness),
    )


def _always(harness: Harness) -> Found:
    for sheet in ("logs", "traces", "metrics"):
        yield Use(sheet, _HARNESS)
    inbound = harness.authorizer_configuration
    route = _HARNESS if inbound is None else (*_HARNESS, "authorizer_configuration")
    yield Use("identity", route, "iam" if inbound is None else "jwt")


def _narrowed(name: str, form: Form) -> Narrowed:
    return Narrowed(name, Check(form.input, 0, None, form.allowed))


def _model(harness: Harness, values: Values) -> Found:
    name, model = harness.model.member
    route: Route = (*_HARNESS, "model", name)
    if not isinstance(model, BedrockModel):
        if model.api_key_arn is not None:
            yield _api_key(model.api_key_arn, (*route, "api_key_arn"), values)
        return
    place: Route = (*route, "model_id")
    if model.api_format in _BEDROCK_RUNTIME:
        yield from _bedrock(model.model_id, place, values)
    else:
        yield Use("mantle", place, values=(("model_id", values.text(model.model_id)),))
    if model.additional_params is not None:
        yield from _guardrail(model.additional_params.value, (*route, "additional_params"))


def _api_key(arn: str | InputRef, route: Route, values: Values) -> Use:
    return Use("api-key", route, values=(("provider_arn", values.text(arn)),))


def _bedrock(model_id: str | InputRef, route: Route, values: Values) -> Found:
    sheet = load.sheet("models")
    if isinstance(model_id, InputRef):
        form = next(form for form in sheet.form if form.input)
        yield _narrowed(model_id.name, form)
        arn = fill(form.arn, {**AWS_CONTEXT, "given": values.text(model_id)})
        yield Use("models", route, form.variant, (("model_arn", arn),))
        return
    known = recognise(sheet, model_id)
    if known is None:
        forms = "the id of a foundation model or an inference profile, or the ARN of a Bedrock model"
        yield Finding(
            Code.BAD_VALUE, f"{model_id!r} is no model that tfgen can scope a policy to; allowed: {forms}", route
        )
        return
    variant, pattern, found = known
    yield Use("models", route, variant, (*found, ("model_arn", arn_of(model_id, pattern))))


def _guardrail(params: object, route: Route) -> Found:
    """Guardrails named anywhere in the free JSON of a model's additional parameters."""
    sheet = load.sheet("guardrail")
    stack: list[tuple[Route, object]] = [(route, params)]
    while stack:
        place, value = stack.pop()
        if isinstance(value, Mapping):
            for key, entry in value.items():
                if key in sheet.keys and isinstance(entry, str):
                    arn = arn_of(entry, sheet.form[0].arn)
                    yield Use("guardrail", (*place, key), "named", (("guardrail_arn", arn),))
                stack.append(((*place, key), entry))
        elif isinstance(value, list):
            stack.extend(((*place, index), entry) for index, entry in enumerate(value))


def _image(harness: Harness, values: Values) -> Found:
    artifact = harness.environment_artifact
    container = artifact.container_configuration if artifact is not None else None
    if container is None:
        network = harness.runtime.network_configuration if harness.runtime is not None else None
        vpc = network is not None and network.network_mode == "VPC"
        yield Use("image", _HARNESS, "managed-in-vpc" if vpc else "public")
        return
    route: Route = (*_HARNESS, "environment_artifact", "container_configuration", "container_uri")
    uri, sheet = container.container_uri, load.sheet("image")
    if isinstance(uri, InputRef):
        form = next(form for form in sheet.form if form.input)
        yield _narrowed(uri.name, form)
        variant = form.variant
    else:
        known = recognise(sheet, uri)
        variant = known[0] if known is not None else "private"
    yield Use("image", route, variant, (("container_uri", values.text(uri)),) if variant == "private" else ())


def _memory(harness: Harness, values: Values) -> Found:
    if harness.memory is None:
        yield Use("memory", _HARNESS, "managed")
        return
    route: Route = (*_HARNESS, "memory")
    managed, own = harness.memory.managed_memory_configuration, harness.memory.agentcore_memory_configuration
    if managed is not None:
        place: Route = (*route, "managed_memory_configuration")
        yield Use("memory", place, "managed")
        if managed.encryption_key_arn is not None:
            yield _not_covered((*place, "encryption_key_arn"), "permissions on the key of a managed memory")
    if own is not None:
        place = (*route, "agentcore_memory_configuration", "arn")
        yield Use("memory", place, "own", (("memory_arn", values.text(own.arn)),))


def _tools(harness: Harness, values: Values) -> Found:
    for index, tool in enumerate(harness.tools or ()):
        route: Route = (*_HARNESS, "tools", index)
        place: Route = (*route, "config", tool.type)
        match tool.settings:
            case Browser(browser_arn=arn):
                yield _sandbox("browser", "browser_arn", arn, place, values)
            case CodeInterpreter(code_interpreter_arn=arn):
                yield _sandbox("code-interpreter", "code_interpreter_arn", arn, place, values)
            case Gateway() as gateway:
                yield from _gateway(gateway, place, values)
            case RemoteMcp() as server:
                yield from _remote_mcp(server, place, values)
            case None if tool.type == "agentcore_browser":
                yield Use("browser", route, "managed")
            case None if tool.type == "agentcore_code_interpreter":
                yield Use("code-interpreter", route, "managed")
            case _:
                pass  # an inline function is run by the caller and needs no permission


def _sandbox(sheet: str, name: str, arn: str | InputRef | None, place: Route, values: Values) -> Use:
    """A browser or code interpreter: AWS's own (its ARN has `aws` in the place of the account), or the account's."""
    if arn is None or (isinstance(arn, str) and ":aws:" in arn):
        return Use(sheet, place, "managed")
    return Use(sheet, (*place, name), "custom", ((name, values.text(arn)),))


def _gateway(gateway: Gateway, place: Route, values: Values) -> Found:
    auth = gateway.outbound_auth
    if auth is None or auth.aws_iam is not None:
        yield Use("gateway", (*place, "gateway_arn"), values=(("gateway_arn", values.text(gateway.gateway_arn)),))
    elif auth.oauth is not None:
        provider = (("provider_arn", values.text(auth.oauth.provider_arn)),)
        yield Use("gateway-oauth", (*place, "outbound_auth", "oauth", "provider_arn"), values=provider)


def _remote_mcp(server: RemoteMcp, place: Route, values: Values) -> Found:
    for header, arn in server.credential_references():
        yield _api_key(arn, (*place, "headers", header), values)
    if server.outbound_auth is not None and server.outbound_auth.aws_iam is not None:
        yield _not_covered(
            (*place, "outbound_auth", "aws_iam"), "permissions to call what a signed MCP server stands for"
        )


def _skills(harness: Harness, values: Values) -> Found:
    for index, skill in enumerate(harness.skills or ()):
        place: Route = (*_HARNESS, "skills", index)
        if skill.git is not None and skill.git.auth is not None:
            yield _api_key(skill.git.auth.credential_arn, (*place, "git", "auth", "credential_arn"), values)
        if skill.s3 is not None:
            yield _not_covered((*place, "s3"), "permissions to read a skill's bucket")


def _uncovered(harness: Harness) -> Found:
    runtime = harness.runtime
    for index, mounted in enumerate((runtime.filesystem_configurations if runtime is not None else None) or ()):
        kind, _ = mounted.member
        if kind != "session_storage":
            place: Route = (
                *_HARNESS,
                "environment",
                "agentcore_runtime_environment",
                "filesystem_configurations",
                index,
            )
            yield _not_covered((*place, kind), "permissions to mount this file system")
    for index, hook in enumerate(harness.hooks or ()):
        yield _not_covered((*_HARNESS, "hooks", index, hook.member[0]), "permissions to call a hook's target")


def _not_covered(route: Route, what: str) -> Finding:
    return Finding(
        Code.NOT_COVERED,
        f"{what}: accepted and checked, but not rendered yet",
        route,
        help="grant it beside the rendered role, or leave it out",
        severity=Severity.WARNING,
    )
