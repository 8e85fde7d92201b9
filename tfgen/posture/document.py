"""The whole posture file: its top-level keys. Knows nothing of permissions or of Terraform."""

from typing import Annotated, Literal

from pydantic import Field

from tfgen.posture.access import Access, Expect
from tfgen.posture.alternatives import Also
from tfgen.posture.base import Model
from tfgen.posture.extra import Extra
from tfgen.posture.field_types import InputNames, Version
from tfgen.posture.gateways import Gateway, GatewayTest
from tfgen.posture.guardrails import Guardrails
from tfgen.posture.harness import Harness, PlainTag
from tfgen.posture.inputs import InputDeclaration
from tfgen.posture.network import Network
from tfgen.posture.role import Role
from tfgen.posture.token_vault import TokenVault
from tfgen.posture.values import Keys, Literally, Table, TagKeys


class Posture(Model):
    """One harness: what it uses, where it runs, who may call it."""

    tfgen: Annotated[int, Version()] = Field(description="Version of this file's format: 1.")
    name: Annotated[str, Literally("posture-name")] = Field(
        description="Name of the posture; names of roles and policies are made from it."
    )
    description: Annotated[str, Literally("sentence")] | None = Field(
        default=None, description="What the agent is for, in a sentence."
    )
    inputs: Annotated[Table[InputDeclaration], InputNames("input-name")] = Field(
        default=Table({}), description="What the module's user must say, by name."
    )
    harness: Harness = Field(description="The harness, key by key as CreateHarness takes it.")
    also: tuple[Also, ...] = Field(
        default=(), description="What the harness may have in place of its own model, memory, image and the like."
    )
    provision: Literal["aws", "awscc", "cloudformation"] | None = Field(
        default=None,
        description="What makes the harness itself: a resource of the Terraform provider `aws` or `awscc`, or "
        "`cloudformation`, a stack that also carries what these cannot yet; it is made elsewhere when left out.",
    )
    role: Role = Field(default_factory=Role, description="How the execution role is made.")
    token_vault: TokenVault | None = Field(
        default=None, description="The vault of the harness's credentials, where a key of your own encrypts it."
    )
    extra: tuple[Extra, ...] = Field(
        default=(), description="What the execution role is granted beside what its features need."
    )
    network: Network | None = Field(default=None, description="What surrounds the harness in its VPC.")
    access: tuple[Access, ...] = Field(default=(), description="Who may call what.")
    guardrails: Guardrails = Field(default_factory=Guardrails, description="What takes permissions away.")
    gateways: Annotated[Table[Gateway], Keys("gateway-name")] = Field(
        default=Table({}), description="What gateways let through, by a name for each."
    )
    tests: tuple[GatewayTest, ...] = Field(
        default=(), description="Calls of gateways' tools and what must become of them, decided at every render."
    )
    expect: tuple[Expect, ...] = Field(default=(), description="Claims about the policies, proven at every render.")
    tags: Annotated[Table[PlainTag], TagKeys("tag-key", max=50)] = Field(
        default=Table({}), description="Tags of everything that is made."
    )
