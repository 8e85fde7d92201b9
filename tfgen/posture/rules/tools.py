"""Rules about tools, hooks, truncation and environment variables. Knows the keys under `harness` and no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tfgen.diagnostics import At, Code, Related, Route, Severity
from tfgen.diagnostics.rule import Rule, Violation, rule
from tfgen.diagnostics.secret import looks_secret, names_secret
from tfgen.posture.names import nearest
from tfgen.posture.partial import Partial
from tfgen.posture.rules.repeated import repeated
from tfgen.posture.shape import shape
from tfgen.posture.tools import Gateway, RemoteMcp, Tool

TOOLS: Final[Route] = ("harness", "tools")
_RUN_BY_AGENTCORE: Final = frozenset({"agentcore_browser", "agentcore_code_interpreter"})
_GLOB: Final = frozenset("*?[")


@rule(Code.CONFLICT, "a tool's type and its configuration are not of one kind")
def tool_types(partial: Partial) -> Iterator[Violation]:
    for index, tool in enumerate(partial.posture.harness.tools or ()):
        route = (*TOOLS, index)
        if tool.config is None:
            if tool.type not in _RUN_BY_AGENTCORE and partial.whole((*route, "config")):
                message = f"a tool of type {tool.type} needs 'config' with the key {tool.type!r}"
                yield Violation(message, route, f"add config: {{ {tool.type}: {{ ... }} }}", at=At.KEY)
            continue
        key, _ = tool.config.member
        if key != tool.type:
            yield Violation(
                f"the configuration of {key!r} does not go with the type {tool.type!r}",
                (*route, "config", key),
                f"write type: {key}, or the configuration of {tool.type!r}",
                (Related((*route, "type"), "the type is set here"),),
                At.KEY,
            )


@rule(Code.CONFLICT, "two tools or two hooks have one name")
def unique_names(partial: Partial) -> Iterator[Violation]:
    harness = partial.posture.harness
    tools = (((*TOOLS, i, "name"), tool.name) for i, tool in enumerate(harness.tools or ()))
    yield from _named_twice("tool", ((route, name) for route, name in tools if name is not None))
    hooks = (
        (("harness", "hooks", i, *hook.member[:1], "name"), hook.member[1].name)
        for i, hook in enumerate(harness.hooks or ())
    )
    yield from _named_twice("hook", hooks)


def _named_twice(what: str, names: Iterable[tuple[Route, str]]) -> Iterator[Violation]:
    for route, name, first in repeated(names):
        yield Violation(f"another {what} is called {name!r} already", route, "choose another name", first)


@rule(Code.CONFLICT, "an entry of allowed_tools names no tool", severity=Severity.WARNING)
def allowed_tools(partial: Partial) -> Iterator[Violation]:
    harness = partial.posture.harness
    tools: tuple[Tool, ...] = harness.tools or ()
    names = {tool.name for tool in tools if tool.name is not None}
    if len(names) < len(tools) or not partial.whole(TOOLS):
        return  # the service names a tool that has no name, so nothing can be said
    for index, entry in enumerate(harness.allowed_tools or ()):
        server = entry[1:].split("/")[0]
        if not entry.startswith("@") or server == "builtin" or server in names or _GLOB & set(server):
            continue
        near = nearest(server, names)
        yield Violation(
            f"{entry!r} allows nothing: no tool is called {server!r}",
            ("harness", "allowed_tools", index),
            f"write {entry.replace(server, near, 1)!r}" if near else "name a tool of `tools`, or @builtin",
            (Related(TOOLS, "the tools are these", At.KEY),),
        )


@rule(Code.BAD_VALUE, "a header refers to what the role cannot be allowed to read")
def header_credentials(partial: Partial) -> Iterator[Violation]:
    constraint = shape("api-key-arn")
    for index, tool in enumerate(partial.posture.harness.tools or ()):
        if not isinstance(tool.settings, RemoteMcp):
            continue
        for header, arn in tool.settings.credential_references():
            if not constraint.accepts(arn):
                route = (*TOOLS, index, "config", "remote_mcp", "headers", header)
                message = f"the header refers to {arn!r}, which is not {constraint.sentence}"
                yield Violation(message, route, f"for example {constraint.example}")


@rule(Code.CONFLICT, "a header that is a credential by its name is written out", severity=Severity.WARNING)
def header_secrets(partial: Partial) -> Iterator[Violation]:
    for index, tool in enumerate(partial.posture.harness.tools or ()):
        if not isinstance(tool.settings, RemoteMcp):
            continue
        referring = {header for header, _ in tool.settings.credential_references()}
        for header, value in (tool.settings.headers or {}).items():
            if isinstance(value, str) and header not in referring and names_secret(header) and not looks_secret(value):
                route = (*TOOLS, index, "config", "remote_mcp", "headers", header)
                message = f"the header {header!r} looks like a secret, and whoever reads this posture reads it"
                help = "refer to a credential provider as ${arn:...}, or write { input: NAME }"
                yield Violation(message, route, help, at=At.KEY)


@rule(Code.CONFLICT, "the grant type of a gateway needs a user, and a harness has none")
def grant_types(partial: Partial) -> Iterator[Violation]:
    for index, tool in enumerate(partial.posture.harness.tools or ()):
        auth = tool.settings.outbound_auth if isinstance(tool.settings, Gateway) else None
        if auth is not None and auth.oauth is not None and auth.oauth.grant_type == "AUTHORIZATION_CODE":
            yield Violation(
                "the grant type AUTHORIZATION_CODE does not work between a harness and a gateway",
                (*TOOLS, index, "config", "agentcore_gateway", "outbound_auth", "oauth", "grant_type"),
                "write CLIENT_CREDENTIALS or TOKEN_EXCHANGE",
            )


@rule(Code.CONFLICT, "the details of truncation are those of another strategy")
def truncation(partial: Partial) -> Iterator[Violation]:
    given = partial.posture.harness.truncation
    if given is None or given.config is None:
        return
    key, _ = given.config.member
    if key != given.strategy:
        yield Violation(
            f"the details of {key!r} do not go with the strategy {given.strategy!r}",
            ("harness", "truncation", "config", key),
            f"write strategy: {key}, or leave the details out",
            (Related(("harness", "truncation", "strategy"), "the strategy is set here"),),
            At.KEY,
        )


@rule(Code.CONFLICT, "an environment variable looks like a secret", severity=Severity.WARNING)
def secret_variables(partial: Partial) -> Iterator[Violation]:
    for key, value in (partial.posture.harness.environment_variables or {}).items():
        if isinstance(value, str) and names_secret(key):
            yield Violation(
                f"the variable {key!r} looks like a secret, and any code in a session can read it",
                ("harness", "environment_variables", key),
                "keep it in a credential provider or a secret whose ARN is the variable, or write { input: NAME }",
                at=At.KEY,
            )


RULES: Final[tuple[Rule[Partial], ...]] = (
    tool_types,
    unique_names,
    allowed_tools,
    header_credentials,
    header_secrets,
    grant_types,
    truncation,
    secret_variables,
)
