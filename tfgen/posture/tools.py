"""Which tools the agent has: keys `harness.tools`. Knows nothing of permissions."""

from typing import Annotated, Any, Literal

from pydantic import Field

from tfgen.posture.base import Empty, Model, OneOf
from tfgen.posture.shape import compiled, shape
from tfgen.posture.values import FreeJson, Given, InputRef, Json, Keys, Literally, Table

HeaderValue = Annotated[str | InputRef, Given("header-value")]
ParameterValue = Annotated[str | InputRef, Given("oauth-parameter-value")]


class Signing(Model):
    """Requests are signed with the execution role's credentials."""

    service: Annotated[str, Literally("signing-service")] = Field(
        description="Name of the service that the requests are signed for; the role must be allowed to call it."
    )
    region: Annotated[str | InputRef, Given("region")] | None = Field(
        default=None, description="Region that the requests are signed for; the harness's own when left out."
    )


class RemoteMcpAuth(OneOf):
    """How the harness proves itself to an MCP server."""

    aws_iam: Signing | None = Field(default=None, description="Sign requests as the execution role.")
    none: Empty | None = Field(default=None, description="Send requests without authentication.")


class RemoteMcp(Model):
    """An MCP server somewhere on the network."""

    url: Annotated[str | InputRef, Given("remote-mcp-url")] = Field(
        description="URL of the server; the harness must reach it over the network."
    )
    headers: Annotated[Table[HeaderValue], Keys("header-name")] | None = Field(
        default=None,
        description="Headers of every request; `${arn:...}` in a value stands for a key held by a credential provider.",
    )
    outbound_auth: RemoteMcpAuth | None = Field(
        default=None, description="How the harness proves itself to the server; not at all when left out."
    )

    def credential_references(self) -> tuple[tuple[str, str], ...]:
        """Give the header and the ARN of each credential that a header's literal value refers to, in order."""
        pattern = compiled(shape("header-credential").pattern or "")
        return tuple(
            (name, found[1])
            for name, value in (self.headers or {}).items()
            if isinstance(value, str)
            for found in pattern.finditer(value)
        )


class Browser(Model):
    """A browser that AgentCore runs."""

    browser_arn: Annotated[str | InputRef, Given("browser-arn")] | None = Field(
        default=None, description="ARN of your own browser; the one built into AgentCore when left out."
    )


class CodeInterpreter(Model):
    """A sandbox for code that AgentCore runs."""

    code_interpreter_arn: Annotated[str | InputRef, Given("code-interpreter-arn")] | None = Field(
        default=None, description="ARN of your own code interpreter; the one built into AgentCore when left out."
    )


class OAuth(Model):
    """The harness proves itself with a token from an OAuth provider."""

    provider_arn: Annotated[str | InputRef, Given("oauth-provider-arn")] = Field(
        description="ARN of the credential provider; the role may get tokens from this one."
    )
    scopes: tuple[Annotated[str | InputRef, Given("oauth-scope")], ...] = Field(
        max_length=100, description="Scopes that the tokens are asked for."
    )
    custom_parameters: Annotated[Table[ParameterValue], Keys("oauth-parameter-name", min=1, max=10)] | None = Field(
        default=None, description="Further parameters of the token request."
    )
    grant_type: Literal["CLIENT_CREDENTIALS", "AUTHORIZATION_CODE", "TOKEN_EXCHANGE"] | None = Field(
        default=None, description="Whose token it is: the harness's own, or one exchanged for the caller's."
    )
    default_return_url: Annotated[str | InputRef, Given("return-url")] | None = Field(
        default=None, description="Where a user's browser goes after consent."
    )


class GatewayAuth(OneOf):
    """How the harness proves itself to a gateway."""

    aws_iam: Empty | None = Field(default=None, description="Sign requests as the execution role.")
    none: Empty | None = Field(default=None, description="Send requests without authentication.")
    oauth: OAuth | None = Field(default=None, description="Send a token from an OAuth provider.")


class Gateway(Model):
    """An AgentCore gateway and all its tools."""

    gateway_arn: Annotated[str | InputRef, Given("gateway-arn")] = Field(
        description="ARN of the gateway; the role may call this one."
    )
    outbound_auth: GatewayAuth | None = Field(
        default=None, description="How the harness proves itself to the gateway; as the execution role when left out."
    )


class InlineFunction(Model):
    """A function that the caller runs; it needs no permission."""

    description: Annotated[str, Literally("function-description")] = Field(
        description="What the function does, as the model reads it."
    )
    input_schema: Annotated[Json, FreeJson()] = Field(description="JSON Schema of the function's arguments.")


class ToolConfig(OneOf):
    """The configuration of a tool, under the name of its type."""

    remote_mcp: RemoteMcp | None = Field(default=None, description="An MCP server somewhere on the network.")
    agentcore_browser: Browser | None = Field(default=None, description="A browser that AgentCore runs.")
    agentcore_gateway: Gateway | None = Field(default=None, description="An AgentCore gateway and all its tools.")
    inline_function: InlineFunction | None = Field(default=None, description="A function that the caller runs.")
    agentcore_code_interpreter: CodeInterpreter | None = Field(
        default=None, description="A sandbox for code that AgentCore runs."
    )


class Tool(Model):
    """One tool, or one server with many tools."""

    type: Literal[
        "remote_mcp", "agentcore_browser", "agentcore_gateway", "inline_function", "agentcore_code_interpreter"
    ] = Field(description="Kind of tool; `config` has the key of the same name.")
    name: Annotated[str, Literally("tool-name")] | None = Field(
        default=None, description="Name by which `allowed_tools` and the model know the tool."
    )
    config: ToolConfig | None = Field(
        default=None, description="Configuration under the type's name; may be left out for what AgentCore runs itself."
    )

    @property
    def settings(self) -> Any:  # noqa: ANN401 - the caller matches on its class
        """The configuration inside `config`, or None when there is none."""
        return None if self.config is None else self.config.member[1]
