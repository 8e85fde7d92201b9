"""The values that only the top of a posture has: its version, the names and defaults of inputs. Knows no other key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic_core import core_schema

from tfgen.diagnostics import At, Code
from tfgen.diagnostics.values import shown
from tfgen.posture.values import Keys, fault, refusal_schema

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

VERSION: Final = 1
"""The version of the file's format."""

RESERVED: Final = frozenset(
    {
        "count", "depends_on", "execution_role_arn", "for_each", "lifecycle", "locals", "provider", "providers",
        "session_security_group_id", "session_subnet_ids", "source", "tags", "version",
    }
)  # fmt: skip
"""Names that the rendered module or Terraform itself uses for something else."""


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
        names = sorted(RESERVED)
        sentence = f"a name that the module does not use itself, so none of {', '.join(names)}"
        return {**Keys.names_schema(self), **refusal_schema({"enum": names}, sentence)}
