"""The harness itself, key by key as CreateHarness takes it: keys `harness`. Knows nothing of permissions."""

from typing import Annotated

from pydantic import Field

from tfgen.posture.base import Model, OneOf
from tfgen.posture.environment import Environment, EnvironmentArtifact, RuntimeEnvironment
from tfgen.posture.hooks import Hook
from tfgen.posture.llm import ModelChoice
from tfgen.posture.memory import Count, MemoryChoice, Truncation
from tfgen.posture.presets import Authorizer
from tfgen.posture.skills import Skill
from tfgen.posture.tools import Tool
from tfgen.posture.values import Given, InputRef, Keys, Literally, Table, TagKeys

VariableValue = Annotated[str | InputRef, Given("environment-variable-value")]
PlainTag = Annotated[str, Literally("tag-value")]


class PromptBlock(OneOf):
    """A part of the system prompt."""

    text: Annotated[str, Literally("system-prompt-text")] | None = Field(default=None, description="The text.")


class Harness(Model):
    """The harness. What stands here is a default that callers may override, not a boundary."""

    harness_name: Annotated[str | InputRef, Given("harness-name")] = Field(
        description="Name of the harness; the names of what AgentCore makes for it begin with it."
    )
    model: ModelChoice = Field(description="Which model the harness calls.")
    system_prompt: tuple[PromptBlock, ...] | None = Field(default=None, description="What the agent is told to be.")
    tools: tuple[Tool, ...] | None = Field(default=None, description="Which tools the agent has.")
    allowed_tools: tuple[Annotated[str, Literally("allowed-tool")], ...] | None = Field(
        default=None, description="Which of the tools it may use; callers may override this."
    )
    skills: tuple[Skill, ...] | None = Field(default=None, description="Which skills the agent can read.")
    memory: MemoryChoice | None = Field(
        default=None, description="What the agent remembers; a managed memory when left out."
    )
    hooks: tuple[Hook, ...] | None = Field(
        default=None, max_length=20, description="What is called around the agent's steps; callers cannot change it."
    )
    truncation: Truncation | None = Field(default=None, description="How a long context is shortened.")
    max_iterations: Count | None = Field(default=None, description="Most turns of the agent in one invocation.")
    max_tokens: Count | None = Field(default=None, description="Most tokens generated in one invocation.")
    timeout_seconds: Count | None = Field(default=None, description="Most seconds that one invocation may take.")
    environment: Environment | None = Field(default=None, description="Where sessions run.")
    environment_artifact: EnvironmentArtifact | None = Field(default=None, description="What sessions run.")
    environment_variables: Annotated[Table[VariableValue], Keys("environment-variable-key", max=50)] | None = Field(
        default=None, description="Variables that any code in a session can read: no place for secrets."
    )
    authorizer_configuration: Authorizer | None = Field(
        default=None, description="How callers prove themselves; by signed requests when left out."
    )
    tags: Annotated[Table[PlainTag], TagKeys("tag-key", max=50)] | None = Field(
        default=None, description="Tags of the harness alone, beside those of the whole posture."
    )

    @property
    def runtime(self) -> RuntimeEnvironment | None:
        """The virtual machines that sessions run in, when anything is said about them."""
        return None if self.environment is None else self.environment.agentcore_runtime_environment
