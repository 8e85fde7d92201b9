"""What the execution role is granted beside what its features need: keys `extra`. Knows no action."""

from typing import Annotated

from pydantic import Field

from tfgen.posture.base import Model
from tfgen.posture.values import Given, InputRef, Literally


class Extra(Model):
    """One statement of the author's own, for what no key of the harness tells, such as an unknown MCP server."""

    actions: tuple[Annotated[str, Literally("action")], ...] = Field(
        min_length=1, description="Actions, each by its full name: no wildcards."
    )
    on: tuple[Annotated[str | InputRef, Given("resource")], ...] = Field(
        min_length=1, description="ARNs of single resources; `*` alone where AWS has no resource type for the actions."
    )
    why: Annotated[str, Literally("sentence")] = Field(
        description="What the agent does with it, in a sentence: it is printed above the statement."
    )
