"""What gateways let through: keys `gateways` and `tests`. Knows no Cedar and reads no file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import Field
from pydantic_core import core_schema

from tfgen.diagnostics import Code, Route
from tfgen.diagnostics.values import shown
from tfgen.posture.base import Empty, Model, OneOf
from tfgen.posture.values import FreeJson, Given, InputRef, Json, Keys, Literally, Table, fault

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

GATEWAYS: Final = "gateways"
TESTS: Final = "tests"

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Plain:
    """Marks a value that arguments and claims are compared with."""

    numbers_only: bool = False

    def check(self, value: object) -> Scalar:
        """Give the value back, or raise what is wrong with it."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number or (not self.numbers_only and isinstance(value, str | bool)):
            return value  # type: ignore[return-value]  # just told apart
        needed = "a number" if self.numbers_only else "text, a number, true or false"
        raise fault(Code.WRONG_TYPE, f"{needed} is needed, not {shown(value)}")

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "number"} if self.numbers_only else {"type": ["string", "number", "boolean"]}


Compared = Annotated[Scalar, Plain()]
Bound = Annotated[int | float, Plain(numbers_only=True)]
Part = Annotated[str, Literally("some-text")]


class Comparison(OneOf):
    """What a claim or an argument must be."""

    equals: Compared | None = Field(default=None, description="Exactly this.")
    one_of: tuple[Compared, ...] | None = Field(default=None, min_length=1, description="One of these.")
    starts_with: Part | None = Field(default=None, description="A text that begins with this.")
    ends_with: Part | None = Field(default=None, description="A text that ends with this.")
    has_word: Part | None = Field(
        default=None, description="A text with this word among those that spaces separate, as scopes are written."
    )
    at_most: Bound | None = Field(default=None, description="This number or a smaller one.")
    at_least: Bound | None = Field(default=None, description="This number or a larger one.")
    less_than: Bound | None = Field(default=None, description="A smaller number.")
    more_than: Bound | None = Field(default=None, description="A larger number.")
    contains: Compared | None = Field(default=None, description="A list with this among its values.")
    contains_any: tuple[Compared, ...] | None = Field(
        default=None, min_length=1, description="A list with one of these among its values."
    )
    contains_all: tuple[Compared, ...] | None = Field(
        default=None, min_length=1, description="A list with all of these among its values."
    )
    present: bool | None = Field(default=None, description="There (true), or left out (false).")


class Conditions(Model):
    """What must hold of a call, all of it."""

    claims: Annotated[Table[Comparison], Keys("claim-name", min=1)] | None = Field(
        default=None, description="Claims of the caller's token, by name."
    )
    arguments: Annotated[Table[Comparison], Keys("argument-path", min=1)] | None = Field(
        default=None, description="Arguments of the call, by name; a dot leads into an object, as in address.country."
    )


class Who(OneOf):
    """Who calls."""

    anyone: Empty | None = Field(default=None, description="Everybody whom the gateway lets in.")
    subjects: tuple[Part, ...] | None = Field(
        default=None, min_length=1, description="Users, by the claim `sub` of their token."
    )
    callers: tuple[Annotated[str | InputRef, Given("caller-arn")], ...] | None = Field(
        default=None, min_length=1, description="IAM callers, by their ARN."
    )


class GatewayPolicy(Model):
    """One policy: who may call which tools under which conditions, or may not."""

    name: Annotated[str, Literally("gateway-policy-name")] = Field(description="Name of the policy.")
    description: Annotated[str, Literally("sentence")] | None = Field(default=None, description="What it is for.")
    effect: Literal["permit", "forbid"] = Field(
        default="permit", description="permit, or forbid, which wins over what permits."
    )
    who: Who | None = Field(default=None, description="Who it is about; everybody when left out.")
    tools: tuple[Annotated[str, Literally("gateway-tool")], ...] = Field(
        min_length=1, description="Tools as TARGET___TOOL, and targets for all of their tools."
    )
    when: Conditions | None = Field(default=None, description="It applies only where all of this holds.")
    unless: Conditions | None = Field(default=None, description="It does not apply where all of this holds.")


class Gateway(Model):
    """What one gateway lets through."""

    gateway_arn: Annotated[str | InputRef, Given("gateway-arn")] | None = Field(
        default=None, description="ARN of the gateway; or name the harness's tool under `tool`."
    )
    tool: Annotated[str, Literally("tool-name")] | None = Field(
        default=None, description="Name of the harness's tool that is this gateway."
    )
    authorizer: Literal["jwt", "iam", "authenticate-only", "none"] = Field(
        description="How the gateway knows its callers: it decides who a policy can speak of."
    )
    tools: Annotated[Table[Annotated[str, Literally("file-path")]], Keys("gateway-target", min=1)] = Field(
        description="For each target the file with its tools, as it answers to tools/list; beside this file or below."
    )
    policy_files: tuple[Annotated[str, Literally("file-pattern")], ...] = Field(
        default=(), description="Files of Cedar policies, beside this file or below; * stands for any name."
    )
    policies: tuple[GatewayPolicy, ...] = Field(default=(), description="Policies in this file's own form.")
    mode: Literal["ENFORCE", "LOG_ONLY"] = Field(
        default="ENFORCE", description="Whether decisions are enforced, or only logged."
    )
    rollout: Annotated[str, Literally("sentence")] | None = Field(
        default=None, description="Why decisions are only logged, and until when."
    )
    description: Annotated[str, Literally("sentence")] | None = Field(
        default=None, description="What the policy engine is for."
    )
    encryption_key_arn: Annotated[str | InputRef, Given("kms-key-arn")] | None = Field(
        default=None, description="Key that the policies are encrypted with; AWS's own when left out."
    )
    role: Annotated[str | InputRef, Given("role-name")] | None = Field(
        default=None,
        description="Name of the gateway's role, which is given what it needs to ask the policies; JSON when left out.",
    )
    after: tuple[Annotated[str | InputRef, Given("some-text")], ...] = Field(
        default=(),
        description="Inputs that must be known before policies are made: ids of the gateway's targets, without which "
        "AWS does not know the tools.",
    )


class Caller(Model):
    """Who calls in a test."""

    subject: Part | None = Field(default=None, description="The claim `sub`; somebody when left out.")
    claims: Annotated[Table[Part], Keys("claim-name")] = Field(
        default=Table({}), description="Further claims of the token, each as text."
    )
    arn: Annotated[str | InputRef, Given("caller-arn")] | None = Field(
        default=None, description="ARN of the caller, at a gateway with IAM."
    )


class GatewayTest(Model):
    """A call of a tool and what must become of it."""

    name: Annotated[str, Literally("sentence")] | None = Field(default=None, description="What is shown.")
    gateway: Annotated[str, Literally("gateway-name")] = Field(description="Name of the gateway under `gateways`.")
    by: Caller = Field(default_factory=Caller, description="Who calls.")
    tool: Annotated[str, Literally("gateway-tool")] = Field(description="The tool, as TARGET___TOOL.")
    arguments: Annotated[Json, FreeJson()] = Field(default=Json("{}"), description="The arguments of the call.")
    expect: Literal["allow", "deny"] = Field(description="What must become of it.")


def files(gateways: Table[Gateway]) -> Iterator[tuple[Route, str, bool]]:
    """Yield the files that gateways name: where, the path or pattern, and whether it holds tools rather than Cedar."""
    for name, gateway in gateways.items():
        for target, path in gateway.tools.items():
            yield (GATEWAYS, name, "tools", target), path, True
        for place, pattern in enumerate(gateway.policy_files):
            yield (GATEWAYS, name, "policy_files", place), pattern, False
