"""Who may call what, and what is claimed about it: keys `access` and `expect`. Knows no action."""

from typing import Annotated, Final, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from tfgen.diagnostics import Code
from tfgen.posture.base import Model
from tfgen.posture.values import Given, InputRef, Keys, Literally, Placed, Table, fault

Persona = Literal[
    "invoke", "invoke-command", "shell", "invoke-for-user", "read", "operate", "deploy", "audit"
]  # fmt: skip
LIMITED: Final[frozenset[Persona]] = frozenset({"invoke", "invoke-command", "shell", "invoke-for-user"})
"""The personas that can be limited to endpoints."""

_EITHER = "needed: exactly one of allow, deny"

ConditionValue = Annotated[str | InputRef, Placed("some-text", literal_name="claimed-text")]


class Access(Model):
    """One kind of caller."""

    name: Annotated[str, Literally("access-name")] = Field(description="Name of the callers, unique in the posture.")
    may: tuple[Persona, ...] = Field(
        min_length=1,
        description="What they may do: talk to the agent (invoke), run commands or a shell in a session as root "
        "(invoke-command, shell), name the user it acts for (invoke-for-user), look (read), change it and its "
        "endpoints (operate), create and delete it (deploy), review it, its role and policies (audit).",
    )
    as_: Literal["managed-policy", "inline-policy", "json"] = Field(
        default="managed-policy",
        alias="as",
        description="What is made: a managed policy, a policy inside each of `roles`, or JSON to attach elsewhere.",
    )
    roles: tuple[Annotated[str | InputRef, Given("role-name")], ...] | None = Field(
        default=None, min_length=1, description="Names of existing roles that are given the policy."
    )
    endpoints: tuple[Annotated[str, Literally("endpoint-name")], ...] | None = Field(
        default=None,
        min_length=1,
        description="Endpoints of the harness that invoking, commands and shells are limited to; all when left out.",
    )
    description: Annotated[str, Literally("sentence")] | None = Field(default=None, description="Who they are.")


class Expect(Model):
    """A claim about the policies, proven at every render. Exactly one of `allow` and `deny`."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"required": ["allow"]},
            "then": {"patternProperties": {"^deny$": False}, "errorMessage": _EITHER},
            "else": {"required": ["deny"], "errorMessage": _EITHER},
        }
    )

    allow: Annotated[str, Literally("action")] | None = Field(default=None, description="An action that is allowed.")
    deny: Annotated[str, Literally("action-or-service")] | None = Field(
        default=None, description="An action, or all of a service, that is not allowed."
    )
    on: Annotated[str | InputRef, Placed("resource", literal_name="claimed-resource")] | None = Field(
        default=None,
        description="The resource, as an ARN or an input; any when left out. `${account}`, `${partition}` and "
        "`${region}` stand for where Terraform runs.",
    )
    by: Annotated[str, Literally("access-name")] | None = Field(
        default=None, description="The callers, by their name under `access`; the execution role when left out."
    )
    when: Annotated[Table[ConditionValue], Keys("condition-key", min=1)] | None = Field(
        default=None,
        description="Values of condition keys in the request; `${account}`, `${partition}` and `${region}` as in `on`.",
    )
    assuming: Literal["boundary"] | None = Field(
        default=None,
        description="What is taken for granted: that the role's permissions boundary, which comes from outside and is "
        "not read, allows the action. Without it, a claim that hangs on such a boundary cannot be decided.",
    )

    @model_validator(mode="after")
    def _allow_or_deny(self) -> Self:
        if (self.allow is None) == (self.deny is None):
            given = () if self.allow is None else ("allow", "deny")
            both = ", not 'allow' and 'deny'" if given else ""
            message = f"needs exactly one of allow, deny{both}"
            raise fault(Code.ONE_OF, message, help="write two claims, or one key", beside=given)
        return self

    @property
    def action(self) -> str:
        """The action that is claimed to be allowed or not."""
        return self.allow or self.deny or ""
