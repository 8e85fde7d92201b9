"""What the module's user must say: keys `inputs`. Knows no field that an input can stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import Field
from pydantic_core import core_schema

from tfgen.diagnostics import At, Code
from tfgen.posture.base import Model
from tfgen.posture.values import Keys, Literally, fault, shown

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

RESERVED: Final = frozenset(
    {
        "count", "depends_on", "for_each", "lifecycle", "locals", "name_suffix", "provider", "providers", "source",
        "tags", "version",
    }
)  # fmt: skip
"""Names that the rendered module or Terraform itself uses for something else."""


class Default:
    """Marks the default of an input: a text or a list of texts."""

    @staticmethod
    def check(value: object) -> str | tuple[str, ...]:
        """Give the default back, or raise what is wrong with it."""
        if isinstance(value, str):
            return value
        if not isinstance(value, tuple):
            raise fault(Code.WRONG_TYPE, f"text or a list of texts is needed, not {shown(value)}")
        for index, element in enumerate(value):
            if not isinstance(element, str):
                raise fault(Code.WRONG_TYPE, f"text is needed, not {shown(element)}", steps=(index,))
        return value

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


class InputNames(Keys):
    """Marks the table of inputs: their names become variables of the module."""

    def check(self, key: object) -> str:
        """Refuse the names that are taken, beside what every key is checked for."""
        name = Keys.check(self, key)
        if name in RESERVED:
            raise fault(
                Code.BAD_VALUE,
                f"an input cannot be called {name!r}: the module uses that name itself",
                help="choose another name",
                at=At.KEY,
            )
        return name

    def names_schema(self) -> dict[str, Any]:
        """Make the JSON Schema of a key."""
        return {**Keys.names_schema(self), "not": {"enum": sorted(RESERVED)}}


class InputDeclaration(Model):
    """A variable of the rendered module."""

    description: Annotated[str, Literally("sentence")] = Field(description="What the value is, for the module's user.")
    type: Literal["string", "list(string)"] = Field(default="string", description="Whether it is one text or a list.")
    default: Annotated[str | tuple[str, ...], Default()] | None = Field(
        default=None, description="The value when the module's user gives none; required when left out."
    )

    @property
    def many(self) -> bool:
        """Whether the value is a list."""
        return self.type != "string"
