"""Which model the harness calls: keys `harness.model`. Knows nothing of permissions."""

from typing import Annotated, Literal

from pydantic import Field

from tfgen.posture.base import Model, OneOf
from tfgen.posture.values import FreeJson, Given, InputRef, Json

ModelId = Annotated[str | InputRef, Given("model-id", several=True)]
ApiKeyArn = Annotated[str | InputRef, Given("api-key-arn")]
ApiBase = Annotated[str | InputRef, Given("api-base")]
Tokens = Annotated[int, Field(ge=1, le=2_147_483_647)]
Temperature = Annotated[float, Field(ge=0, le=2)]
TopP = Annotated[float, Field(ge=0, le=1)]

_ID = "Id or ARN of the model; the role may call this one and no other."
_KEY = "ARN of the credential provider that holds the API key; the role may read this one key."
_BASE = "Base URL of the provider's API; the harness must reach it over the network."
_TOKENS = "Most tokens that one model call may generate."
_TEMPERATURE = "How freely the model varies its answers, from 0 to 2."
_TOP_P = "Share of the probability mass that the model samples from, from 0 to 1."
_MORE = "Parameters that are passed to the provider as they stand."


class BedrockModel(Model):
    """A model in Amazon Bedrock."""

    model_id: ModelId = Field(description=_ID)
    api_format: Literal["converse_stream", "responses", "chat_completions"] | None = Field(
        default=None, description="Form of the calls; it decides which service, and so which permissions, are needed."
    )
    max_tokens: Tokens | None = Field(default=None, description=_TOKENS)
    temperature: Temperature | None = Field(default=None, description=_TEMPERATURE)
    top_p: TopP | None = Field(default=None, description=_TOP_P)
    additional_params: Annotated[Json, FreeJson()] | None = Field(default=None, description=_MORE)


class OpenAiModel(Model):
    """A model of OpenAI, reached with an API key over the network."""

    model_id: ModelId = Field(description=_ID)
    api_key_arn: ApiKeyArn = Field(description=_KEY)
    api_base: ApiBase | None = Field(default=None, description=_BASE)
    api_format: Literal["chat_completions", "responses"] | None = Field(default=None, description="Form of the calls.")
    max_tokens: Tokens | None = Field(default=None, description=_TOKENS)
    temperature: Temperature | None = Field(default=None, description=_TEMPERATURE)
    top_p: TopP | None = Field(default=None, description=_TOP_P)
    additional_params: Annotated[Json, FreeJson()] | None = Field(default=None, description=_MORE)


class GeminiModel(Model):
    """A Gemini model, reached with an API key over the network."""

    model_id: ModelId = Field(description=_ID)
    api_key_arn: ApiKeyArn = Field(description=_KEY)
    max_tokens: Tokens | None = Field(default=None, description=_TOKENS)
    temperature: Temperature | None = Field(default=None, description=_TEMPERATURE)
    top_p: TopP | None = Field(default=None, description=_TOP_P)
    top_k: Annotated[int, Field(ge=0, le=500)] | None = Field(
        default=None, description="How many of the likeliest tokens the model samples from, from 0 to 500."
    )
    additional_params: Annotated[Json, FreeJson()] | None = Field(default=None, description=_MORE)


class LiteLlmModel(Model):
    """A model reached through LiteLLM."""

    model_id: ModelId = Field(description=_ID)
    api_key_arn: ApiKeyArn | None = Field(default=None, description=_KEY)
    api_base: ApiBase | None = Field(default=None, description=_BASE)
    max_tokens: Tokens | None = Field(default=None, description=_TOKENS)
    temperature: Temperature | None = Field(default=None, description=_TEMPERATURE)
    top_p: TopP | None = Field(default=None, description=_TOP_P)
    additional_params: Annotated[Json, FreeJson()] | None = Field(default=None, description=_MORE)


class ModelChoice(OneOf):
    """Which kind of model the harness calls."""

    bedrock_model_config: BedrockModel | None = Field(default=None, description="A model in Amazon Bedrock.")
    openai_model_config: OpenAiModel | None = Field(default=None, description="A model of OpenAI.")
    gemini_model_config: GeminiModel | None = Field(default=None, description="A Gemini model.")
    litellm_model_config: LiteLlmModel | None = Field(default=None, description="A model reached through LiteLLM.")
