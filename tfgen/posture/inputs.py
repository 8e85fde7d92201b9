"""What the module's user must say: keys `inputs`. Knows no field that an input can stand in."""

from typing import Annotated, Literal

from pydantic import Field

from tfgen.posture.base import Model
from tfgen.posture.field_types import Default
from tfgen.posture.values import Literally


class InputDeclaration(Model):
    """A variable of the rendered module."""

    description: Annotated[str, Literally("sentence")] = Field(description="What the value is, for the module's user.")
    type: Literal["string", "list(string)"] = Field(default="string", description="Whether it is one text or a list.")
    default: Annotated[str | tuple[str, ...], Default()] | None = Field(
        default=None, description="The value when the module's user gives none; required when left out."
    )
    form: Annotated[str, Literally("form-name")] | None = Field(
        default=None,
        description="Which of several forms its values have where there are such: for a model, an inference-profile in "
        "place of a foundation-model.",
    )
    optional: bool = Field(
        default=False, description="Whether it may be null, so that what it stands for is left out: for `role` only."
    )

    @property
    def many(self) -> bool:
        """Whether the value is a list."""
        return self.type != "string"
