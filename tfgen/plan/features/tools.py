"""The agent's tools, skills and hooks as features. Knows no action or ARN."""

from __future__ import annotations

from typing import Final

from tfgen.catalog import load
from tfgen.diagnostics import Code, Finding, Route
from tfgen.plan.features.result import HARNESS, Found, form_of, one
from tfgen.plan.features.signed import signed
from tfgen.plan.statements import FeatureUse
from tfgen.plan.values import Values, recognise
from tfgen.posture.document import Posture
from tfgen.posture.harness import Harness
from tfgen.posture.tools import Browser, CodeInterpreter, Gateway, OAuth, RemoteMcp
from tfgen.posture.values import InputRef

_HOOKS: Final = {
    "lambda": ("lambda", "function_arn"),
    "sns": ("sns", "topic_arn"),
    "event_bridge": ("event-bridge", "bus_arn"),
}
"""For each kind of target, the variant of the sheet and the value it brings."""


def tools(posture: Posture, values: Values) -> Found:
    """Each tool; an inline function is run by the caller and needs no permission."""
    for index, tool in enumerate(posture.harness.tools or ()):
        route: Route = (*HARNESS, "tools", index)
        place: Route = (*route, "config", tool.type)
        match tool.settings:
            case Browser(browser_arn=arn):
                yield _sandbox("browser", "browser_arn", arn, place, values)
            case CodeInterpreter(code_interpreter_arn=arn):
                yield _sandbox("code-interpreter", "code_interpreter_arn", arn, place, values)
            case Gateway() as gateway:
                yield from _gateway(gateway, place, values, posture.harness)
            case RemoteMcp() as server:
                yield from _remote_mcp(server, place, values, posture)
            case None if tool.type == "agentcore_browser":
                yield FeatureUse("browser", route, "managed")
            case None if tool.type == "agentcore_code_interpreter":
                yield FeatureUse("code-interpreter", route, "managed")
            case _:
                pass


def _sandbox(sheet: str, name: str, arn: str | InputRef | None, place: Route, values: Values) -> FeatureUse:
    """A browser or code interpreter: the one that AWS keeps, or one of an account."""
    form = recognise(load.sheet(sheet), arn) if isinstance(arn, str) else None
    if arn is None or (form is not None and form.variant == "managed"):
        return FeatureUse(sheet, place, "managed")
    return one(sheet, name, arn, (*place, name), values, "custom")


def _gateway(gateway: Gateway, place: Route, values: Values, harness: Harness) -> Found:
    auth = gateway.outbound_auth
    if auth is None or auth.aws_iam is not None:
        yield one("gateway", "gateway_arn", gateway.gateway_arn, (*place, "gateway_arn"), values)
    elif auth.oauth is not None:
        yield from _oauth(auth.oauth, (*place, "outbound_auth", "oauth"), values, harness)


def _oauth(oauth: OAuth, route: Route, values: Values, harness: Harness) -> Found:
    exchanged = oauth.grant_type == "TOKEN_EXCHANGE"
    if exchanged and harness.authorizer_configuration is None:
        message = "TOKEN_EXCHANGE exchanges the caller's token, and callers of this harness come with none"
        advice = "write CLIENT_CREDENTIALS, or let callers come with a token: authorizer_configuration"
        yield Finding(Code.CONFLICT, message, (*route, "grant_type"), advice)
        return
    variant = "exchanged-token" if exchanged else "own-token"
    yield one("gateway-oauth", "provider_arn", oauth.provider_arn, (*route, "provider_arn"), values, variant)


def _remote_mcp(server: RemoteMcp, place: Route, values: Values, posture: Posture) -> Found:
    for header, arn in server.credential_references():
        yield one("api-key", "provider_arn", arn, (*place, "headers", header), values)
    if server.outbound_auth is not None and server.outbound_auth.aws_iam is not None:
        service = server.outbound_auth.aws_iam.service
        yield from signed(service, server.url, place, values, posture)


def skills(harness: Harness, values: Values) -> Found:
    """Skills that are fetched as the execution role or with a key that it reads."""
    sheet = load.sheet("skill-s3")
    for index, skill in enumerate(harness.skills or ()):
        place: Route = (*HARNESS, "skills", index)
        if skill.git is not None and skill.git.auth is not None:
            route: Route = (*place, "git", "auth", "credential_arn")
            yield one("api-key", "provider_arn", skill.git.auth.credential_arn, route, values)
        if skill.s3 is not None:
            form, more = form_of(sheet, skill.s3.uri, values)
            yield from more
            variant = form.variant if form is not None else "prefix"
            yield one("skill-s3", f"{variant}_uri", skill.s3.uri, (*place, "s3", "uri"), values, variant)


def hooks(harness: Harness, values: Values) -> Found:
    """What is called around the agent's steps."""
    for index, hook in enumerate(harness.hooks or ()):
        when, call = hook.member
        kind, target = call.target.member
        variant, name = _HOOKS[kind]
        route: Route = (*HARNESS, "hooks", index, when, "target", kind, "arn")
        yield one("hooks", name, target.arn, route, values, variant)
