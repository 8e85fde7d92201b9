"""What the harness may have in place of its own: keys `also`. Knows nothing of permissions."""

from typing import Annotated

from pydantic import Field

from tfgen.posture.base import Model
from tfgen.posture.environment import Environment, EnvironmentArtifact
from tfgen.posture.llm import ModelChoice
from tfgen.posture.memory import MemoryChoice
from tfgen.posture.presets import Authorizer
from tfgen.posture.values import Given, InputRef


class Also(Model):
    """What the execution role must allow beside what `harness` says, of what a harness has one at a time.

    A caller may ask for another model in a single call; a stage or a version may have another memory or image. As this
    stands in a list, an input of type list(string) may stand for any number of them, and for none.
    """

    model: ModelChoice | None = Field(default=None, description="Another model.")
    guardrail: Annotated[str | InputRef, Given("guardrail-arn")] | None = Field(
        default=None, description="ARN of another guardrail that calls of models may name."
    )
    memory: MemoryChoice | None = Field(default=None, description="Another memory.")
    environment: Environment | None = Field(default=None, description="Another network and other file systems.")
    environment_artifact: EnvironmentArtifact | None = Field(default=None, description="Another container image.")
    authorizer_configuration: Authorizer | None = Field(
        default=None, description="Another way in which callers prove themselves."
    )
