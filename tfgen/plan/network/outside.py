"""What a harness reaches that needs no permission of its role, as features: servers, storage. Knows no endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tfgen.catalog import load
from tfgen.catalog.network import services_of
from tfgen.diagnostics import Route
from tfgen.plan.features.result import HARNESS
from tfgen.plan.statements import FeatureUse
from tfgen.plan.values import Values, recognise
from tfgen.posture.document import Posture
from tfgen.posture.llm import BedrockModel, LiteLlmModel, OpenAiModel
from tfgen.posture.tools import Gateway, RemoteMcp
from tfgen.posture.values import InputRef

_OUTSIDE: Final = "outside"
_SIGNED: Final = "signed-mcp"


def outside(posture: Posture, values: Values, uses: Iterable[FeatureUse]) -> tuple[FeatureUse, ...]:
    """The features beside those of the execution role."""
    uses = tuple(uses)
    found = (*_model(posture, uses), *_tools(posture, values, uses), *_skills(posture), *_storage(posture))
    near = _near(posture)
    return tuple(use for use, url in found if not _is_near(url, near))


Reached = Iterator[tuple[FeatureUse, str | InputRef | None]]
"""A feature, and the URL that it reaches."""


def _near(posture: Posture) -> frozenset[str]:
    """The hosts that the posture itself opens a rule for."""
    network = posture.network
    return frozenset(host for one in (network.egress if network is not None else ()) for host in one.hosts or ())


def _is_near(url: str | InputRef | None, near: frozenset[str]) -> bool:
    if not isinstance(url, str):
        return False
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    return host.lower() in near


def _model(posture: Posture, uses: tuple[FeatureUse, ...]) -> Reached:
    name, model = posture.harness.model.member
    in_aws = any(use.sheet == "models" for use in uses)
    if isinstance(model, BedrockModel) or (isinstance(model, LiteLlmModel) and in_aws):
        return
    base = model.api_base if isinstance(model, (OpenAiModel, LiteLlmModel)) else None
    yield FeatureUse(_OUTSIDE, (*HARNESS, "model", name), "model"), base


def _tools(posture: Posture, values: Values, uses: tuple[FeatureUse, ...]) -> Reached:
    for index, tool in enumerate(posture.harness.tools or ()):
        place: Route = (*HARNESS, "tools", index, "config", tool.type)
        settings = tool.settings
        if isinstance(settings, RemoteMcp):
            yield from _server(settings, place, posture, uses)
        auth = settings.outbound_auth if isinstance(settings, Gateway) else None
        if auth is not None and auth.aws_iam is None:
            arn = (("gateway_arn", values.text(settings.gateway_arn)),)
            yield FeatureUse("gateway-open", (*place, "gateway_arn"), auth.member[0], arn), None


def _server(server: RemoteMcp, place: Route, posture: Posture, uses: tuple[FeatureUse, ...]) -> Reached:
    """An MCP server: a service of AWS where its sheet, or what the author grants, tells which; else anywhere."""
    url: Route = (*place, "url")
    signing = server.outbound_auth.aws_iam if server.outbound_auth is not None else None
    if signing is None:
        yield FeatureUse(_OUTSIDE, url, "mcp"), server.url
        return
    if any(use.sheet == _SIGNED and use.route[: len(place)] == place for use in uses):
        return
    literal = f"{signing.service} {server.url}" if isinstance(server.url, str) else ""
    form = recognise(load.sheet(_SIGNED), literal)
    granted = (action for extra in posture.extra for action in extra.actions)
    if form is not None and form.needs:
        yield FeatureUse(_SIGNED, url, form.variant), server.url
    elif not any(action.partition(":")[0] == signing.service and services_of(action) for action in granted):
        yield FeatureUse(_OUTSIDE, url, "mcp"), server.url


def _skills(posture: Posture) -> Reached:
    for index, skill in enumerate(posture.harness.skills or ()):
        if skill.git is not None:
            yield FeatureUse(_OUTSIDE, (*HARNESS, "skills", index, "git", "url"), "git"), skill.git.url


def _storage(posture: Posture) -> Reached:
    runtime = posture.harness.runtime
    for index, one in enumerate((runtime.filesystem_configurations if runtime is not None else None) or ()):
        if one.session_storage is not None:
            place: Route = (
                *HARNESS,
                "environment",
                "agentcore_runtime_environment",
                "filesystem_configurations",
                index,
                "session_storage",
            )
            yield FeatureUse("session-storage", place), None
