"""Rules about tools, hooks, truncation and environment variables. Knows the keys under `harness` and no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tfgen.diagnostics import At, Code, Finding, Route, Severity
from tfgen.diagnostics.secret import looks_secret, names_secret
from tfgen.posture.names import nearest
from tfgen.posture.partial import Partial
from tfgen.posture.shape import shape
from tfgen.posture.tools import Gateway, RemoteMcp, Tool

TOOLS: Final[Route] = ("harness", "tools")
_RUN_BY_AGENTCORE: Final = frozenset({"agentcore_browser", "agentcore_code_interpreter"})
_GLOB: Final = frozenset("*?[")


def tool_types(partial: Partial) -> Iterator[Finding]:
    """Find tools whose type and configuration are not of one kind."""
    for index, tool in enumerate(partial.posture.harness.tools or ()):
        route = (*TOOLS, index)
        if tool.config is None:
            if tool.type not in _RUN_BY_AGENTCORE and partial.whole((*route, "config")):
                message = f"a tool of type {tool.type} needs 'config' with the key {tool.type!r}"
                yield Finding(Code.CONFLICT, message, route, f"add config: {{ {tool.type}: {{ ... }} }}", at=At.KEY)
            continue
        key, _ = tool.config.member
        if key != tool.type:
            yield Finding(
                Code.CONFLICT,
                f"the configuration of {key!r} does not go with the type {tool.type!r}",
                (*route, "config", key),
                f"write type: {key}, or the configuration of {tool.type!r}",
                at=At.KEY,
            )


def unique_names(partial: Partial) -> Iterator[Finding]:
    """Find tools or hooks that share a name."""
    harness = partial.posture.harness
    tools = (((*TOOLS, i, "name"), tool.name) for i, tool in enumerate(harness.tools or ()))
    yield from _repeated("tool", ((route, name) for route, name in tools if name is not None))
    hooks = (
        (("harness", "hooks", i, *hook.member[:1], "name"), hook.member[1].name)
        for i, hook in enumerate(harness.hooks or ())
    )
    yield from _repeated("hook", hooks)


def _repeated(what: str, names: Iterable[tuple[Route, str]]) -> Iterator[Finding]:
    seen: set[str] = set()
    for route, name in names:
        if name in seen:
            yield Finding(Code.CONFLICT, f"another {what} is called {name!r} already", route, "choose another name")
        seen.add(name)


def allowed_tools(partial: Partial) -> Iterator[Finding]:
    """Find what is allowed with `@` and is not there."""
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
        yield Finding(
            Code.CONFLICT,
            f"{entry!r} allows nothing: no tool is called {server!r}",
            ("harness", "allowed_tools", index),
            f"write {entry.replace(server, near, 1)!r}" if near else "name a tool of `tools`, or @builtin",
            Severity.WARNING,
        )


def header_credentials(partial: Partial) -> Iterator[Finding]:
    """Find headers that refer to what the role cannot be allowed to read."""
    constraint = shape("api-key-arn")
    for index, tool in enumerate(partial.posture.harness.tools or ()):
        if not isinstance(tool.settings, RemoteMcp):
            continue
        for header, arn in tool.settings.credential_references():
            if not constraint.accepts(arn):
                route = (*TOOLS, index, "config", "remote_mcp", "headers", header)
                message = f"the header refers to {arn!r}, which is not {constraint.sentence}"
                yield Finding(Code.BAD_VALUE, message, route, f"for example {constraint.example}")


def header_secrets(partial: Partial) -> Iterator[Finding]:
    """Find headers that by their name are a credential, and are written out."""
    for index, tool in enumerate(partial.posture.harness.tools or ()):
        if not isinstance(tool.settings, RemoteMcp):
            continue
        referring = {header for header, _ in tool.settings.credential_references()}
        for header, value in (tool.settings.headers or {}).items():
            if isinstance(value, str) and header not in referring and names_secret(header) and not looks_secret(value):
                route = (*TOOLS, index, "config", "remote_mcp", "headers", header)
                message = f"the header {header!r} looks like a secret, and whoever reads this posture reads it"
                help = "refer to a credential provider as ${arn:...}, or write { input: NAME }"
                yield Finding(Code.CONFLICT, message, route, help, Severity.WARNING, At.KEY)


def grant_types(partial: Partial) -> Iterator[Finding]:
    """Find the grant type that needs a user: between a harness and a gateway there is none."""
    for index, tool in enumerate(partial.posture.harness.tools or ()):
        auth = tool.settings.outbound_auth if isinstance(tool.settings, Gateway) else None
        if auth is not None and auth.oauth is not None and auth.oauth.grant_type == "AUTHORIZATION_CODE":
            yield Finding(
                Code.CONFLICT,
                "the grant type AUTHORIZATION_CODE does not work between a harness and a gateway",
                (*TOOLS, index, "config", "agentcore_gateway", "outbound_auth", "oauth", "grant_type"),
                "write CLIENT_CREDENTIALS or TOKEN_EXCHANGE",
            )


def truncation(partial: Partial) -> Iterator[Finding]:
    """Find details of another strategy."""
    said = partial.posture.harness.truncation
    if said is None or said.config is None:
        return
    key, _ = said.config.member
    if key != said.strategy:
        yield Finding(
            Code.CONFLICT,
            f"the details of {key!r} do not go with the strategy {said.strategy!r}",
            ("harness", "truncation", "config", key),
            f"write strategy: {key}, or leave the details out",
            at=At.KEY,
        )


def secret_variables(partial: Partial) -> Iterator[Finding]:
    """Find environment variables that look like secrets; an input may be marked as sensitive."""
    for key, value in (partial.posture.harness.environment_variables or {}).items():
        if isinstance(value, str) and names_secret(key):
            yield Finding(
                Code.CONFLICT,
                f"the variable {key!r} looks like a secret, and any code in a session can read it",
                ("harness", "environment_variables", key),
                "keep it in a credential provider or a secret whose ARN is the variable, or write { input: NAME }",
                Severity.WARNING,
                At.KEY,
            )


RULES: Final = (
    tool_types,
    unique_names,
    allowed_tools,
    header_credentials,
    header_secrets,
    grant_types,
    truncation,
    secret_variables,
)
