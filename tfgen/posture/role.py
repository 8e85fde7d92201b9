"""How the execution role is made: keys `role`. Knows nothing of what the role may do."""

from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field

from tfgen.diagnostics import Route
from tfgen.posture.base import Model
from tfgen.posture.values import Given, InputRef, Literally

LEAVABLE: Final[frozenset[Route]] = frozenset(
    {("role", key) for key in ("name", "name_prefix", "permissions_boundary")}
)
"""Where an optional input may stand: what it stands for is left out when it is null."""


class Role(Model):
    """How the execution role is made. At most one of `name` and `name_prefix`, or both as optional inputs."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"required": ["name", "name_prefix"]},
            "then": {
                "patternProperties": {
                    "^name(_prefix)?$": {
                        "type": "object",
                        "errorMessage": "needed: one of name and name_prefix, or both as optional inputs",
                    }
                }
            },
        }
    )

    name: Annotated[str | InputRef, Given("role-name")] | None = Field(
        default=None, description="Name of the role; made from the posture's name when left out."
    )
    name_prefix: Annotated[str | InputRef, Given("role-name-prefix")] | None = Field(
        default=None, description="What the role's name begins with; the rest is random."
    )
    path: Annotated[str, Literally("role-path")] = Field(
        default="/", description="Path of the role and its policies; deployers can be limited to a path."
    )
    permissions_boundary: Annotated[str | InputRef, Given("policy-arn")] | None = Field(
        default=None, description="ARN of the policy that bounds the role, whatever else it is given."
    )
    max_session_duration: Annotated[int, Field(ge=3_600, le=43_200)] = Field(
        default=3_600, description="Longest session of the role in seconds, from 3600 to 43200."
    )
    description: Annotated[str, Literally("role-description")] | None = Field(
        default=None, description="What the role is for."
    )
    trust: Literal["account", "harness"] = Field(
        default="account",
        description="For whom the service may assume the role: anything in this account, or this harness alone.",
    )
    force_guardrail: bool = Field(
        default=False,
        description="Whether the role is denied to call models without the guardrail that the model's parameters name: "
        "callers may override the parameters, and not the role.",
    )
    observability: Literal["full", "logs-only"] = Field(
        default="full",
        description="Whether sessions send traces and metrics and set up the delivery of spans, or write logs alone.",
    )
