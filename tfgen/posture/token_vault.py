"""The vault that keeps the credentials of models, tools and skills: key `token_vault`. Knows nothing of permissions."""

from typing import Annotated

from pydantic import Field

from tfgen.posture.base import Model
from tfgen.posture.values import Given, InputRef


class TokenVault(Model):
    """The account's token vault in the harness's region, as somebody else has set it up."""

    encryption_key_arn: Annotated[str | InputRef, Given("kms-key-arn")] = Field(
        description="ARN of your KMS key that the vault is encrypted with; the role may use it through the vault alone."
    )
