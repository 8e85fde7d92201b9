"""The whole posture file: its top-level keys. Knows nothing of permissions or of Terraform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from pydantic_core import core_schema

from tfgen.diagnostics import Code
from tfgen.posture.access import Access, Expect
from tfgen.posture.base import Model
from tfgen.posture.harness import Harness, PlainTag
from tfgen.posture.inputs import InputDeclaration, InputNames
from tfgen.posture.role import Role
from tfgen.posture.values import FreeJson, Json, Literally, Table, TagKeys, fault, shown

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

VERSION = 1
"""The version of the file's format."""


class Version:
    """Marks the version of the file's format."""

    @staticmethod
    def check(value: object) -> int:
        """Accept the number 1 and nothing else, not even `true`."""
        if type(value) is not int:
            raise fault(Code.WRONG_TYPE, f"the number {VERSION} is needed, not {shown(value)}", help=f"write {VERSION}")
        if value != VERSION:
            message = f"{shown(value)} is not a version of the posture file that this tfgen knows"
            raise fault(Code.BAD_VALUE, message, help=f"write {VERSION}")
        return value

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "integer", "const": VERSION}


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
    role: Role = Field(default_factory=Role, description="How the execution role is made.")
    network: Annotated[Json, FreeJson()] | None = Field(
        default=None, description="What surrounds the harness in its VPC; accepted, not rendered yet."
    )
    access: tuple[Access, ...] = Field(default=(), description="Who may call what.")
    gateways: Annotated[Json, FreeJson()] | None = Field(
        default=None, description="What gateways let through; accepted, not rendered yet."
    )
    expect: tuple[Expect, ...] = Field(default=(), description="Claims about the policies, proven at every render.")
    tags: Annotated[Table[PlainTag], TagKeys("tag-key", max=50)] = Field(
        default=Table({}), description="Tags of everything that is made."
    )
