"""What is called around the agent's steps: keys `harness.hooks`. Knows nothing of permissions."""

from typing import Annotated, Literal

from pydantic import Field

from tfgen.posture.base import Model, OneOf
from tfgen.posture.values import Given, InputRef, Literally


class LambdaTarget(Model):
    """A Lambda function that is called and waited for; before a step it can deny the step."""

    arn: Annotated[str | InputRef, Given("lambda-arn")] = Field(
        description="ARN of the function; the role may call this one."
    )
    timeout_seconds: Annotated[int, Field(ge=1, le=900)] | None = Field(
        default=None, description="Seconds to wait for the function, from 1 to 900; 60 when left out."
    )
    failure_mode: Literal["allow", "deny"] | None = Field(
        default=None, description="What happens to the step when the function fails; `deny` when left out."
    )


class SnsTarget(Model):
    """A topic that events are published to."""

    arn: Annotated[str | InputRef, Given("sns-topic-arn")] = Field(
        description="ARN of the topic; the role may publish to this one."
    )


class EventBridgeTarget(Model):
    """An event bus that events are sent to."""

    arn: Annotated[str | InputRef, Given("event-bus-arn")] = Field(
        description="ARN of the event bus; the role may send events to this one."
    )


class HookTarget(OneOf):
    """What a hook calls."""

    lambda_: LambdaTarget | None = Field(
        default=None, alias="lambda", description="A Lambda function that is called and waited for."
    )
    sns: SnsTarget | None = Field(default=None, description="A topic that events are published to.")
    event_bridge: EventBridgeTarget | None = Field(default=None, description="An event bus that events are sent to.")


class HookCall(Model):
    """One hook; callers of the harness cannot change it."""

    name: Annotated[str, Literally("hook-name")] = Field(description="Name of the hook, unique in the harness.")
    target: HookTarget = Field(description="What the hook calls.")


class Hook(OneOf):
    """When a hook is called."""

    before_invocation: HookCall | None = Field(default=None, description="Before an invocation begins.")
    after_invocation: HookCall | None = Field(default=None, description="After an invocation ends.")
    before_tool_call: HookCall | None = Field(default=None, description="Before the agent calls a tool.")
    after_tool_call: HookCall | None = Field(default=None, description="After the agent has called a tool.")
