"""What the agent remembers: keys `harness.memory` and `harness.truncation`. Knows nothing of permissions."""

from typing import Annotated, Literal

from pydantic import Field

from tfgen.posture.base import Empty, Model, OneOf
from tfgen.posture.values import Given, InputRef, Keys, Literally, Table

Count = Annotated[int, Field(ge=1, le=2_147_483_647)]
Share = Annotated[float, Field(ge=0, le=1)]


class Retrieval(Model):
    """How records are looked up in one namespace."""

    top_k: Count | None = Field(default=None, description="Most records to look up.")
    relevance_score: Share | None = Field(default=None, description="Least relevance of a record, from 0 to 1.")
    strategy_id: Annotated[str | InputRef, Given("text")] | None = Field(
        default=None, description="Id of the memory strategy whose records are looked up."
    )


class OwnMemory(Model):
    """A memory that exists already."""

    arn: Annotated[str | InputRef, Given("memory-arn")] = Field(
        description="ARN of the memory; the role may read and write this one."
    )
    actor_id: Annotated[str | InputRef, Given("text")] | None = Field(
        default=None, description="Whose memory is used; a caller may ask for another actor."
    )
    messages_count: Count | None = Field(default=None, description="How many messages are read from the memory.")
    retrieval_config: Annotated[Table[Retrieval], Keys("memory-namespace")] | None = Field(
        default=None, description="How long-term records are looked up, by namespace."
    )


class ManagedMemory(Model):
    """A memory that the harness makes and keeps in your account."""

    strategies: tuple[Literal["SEMANTIC", "SUMMARIZATION", "USER_PREFERENCE", "EPISODIC"], ...] | None = Field(
        default=None, min_length=1, max_length=4, description="What is distilled from conversations."
    )
    event_expiry_duration: Annotated[int, Field(ge=3, le=365)] | None = Field(
        default=None, description="Days for which raw events are kept, from 3 to 365; 30 when left out."
    )
    encryption_key_arn: Annotated[str | InputRef, Given("kms-key-arn")] | None = Field(
        default=None, description="ARN of your KMS key for the memory; it cannot be changed after creation."
    )


class MemoryChoice(OneOf):
    """What the agent remembers; the service makes a managed memory when nothing is said."""

    agentcore_memory_configuration: OwnMemory | None = Field(default=None, description="A memory that exists already.")
    managed_memory_configuration: ManagedMemory | None = Field(
        default=None, description="A memory that the harness makes and keeps in your account."
    )
    disabled: Empty | None = Field(default=None, description="No memory.")


class SlidingWindow(Model):
    """Only the latest messages are kept in the context."""

    messages_count: Count | None = Field(default=None, description="How many messages are kept.")


class Summarization(Model):
    """Older messages are replaced by a summary."""

    summary_ratio: Share | None = Field(default=None, description="Share of the messages to summarise, from 0 to 1.")
    preserve_recent_messages: Annotated[int, Field(ge=0, le=2_147_483_647)] | None = Field(
        default=None, description="How many of the latest messages are kept as they are."
    )
    summarization_system_prompt: Annotated[str, Literally("text")] | None = Field(
        default=None, description="System prompt for making summaries."
    )


class TruncationConfig(OneOf):
    """Details of how the context is shortened."""

    sliding_window: SlidingWindow | None = Field(default=None, description="Details of the strategy `sliding_window`.")
    summarization: Summarization | None = Field(default=None, description="Details of the strategy `summarization`.")


class Truncation(Model):
    """How the context is shortened when it outgrows the model."""

    strategy: Literal["sliding_window", "summarization", "none"] = Field(description="How the context is shortened.")
    config: TruncationConfig | None = Field(default=None, description="Details, under the strategy's name.")
