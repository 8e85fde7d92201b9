"""The harness itself as plain values. Knows no posture and no Terraform syntax."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tfgen.catalog.provider import Since, Version
from tfgen.iam.text import Text
from tfgen.plan import settings
from tfgen.plan.settings import Fields


@dataclass(frozen=True, slots=True)
class Provisioned:
    """The harness itself, as a resource of one provider, or in a stack of CloudFormation."""

    carrier: str
    """The posture's word for what makes it, by which the catalog knows the resource."""
    role: Text
    """The ARN of its execution role."""
    settings: Fields
    """What the posture says, in its own keys."""
    tags: tuple[tuple[str, str], ...]
    """Tags of the harness alone."""
    at_least: Version
    """The oldest version of the provider that carries all of it."""
    since: tuple[Since, ...]
    """Why no older one."""
    stack: Text | None = None
    """The name of the stack; None where there is none."""
    parameters: tuple[tuple[str, str], ...] = ()
    """The inputs that may hold secrets, with the parameters of the stack that take their values."""

    def texts(self) -> Iterator[Text]:
        """Every text in it that may hold unknowns."""
        yield self.role
        yield from () if self.stack is None else (self.stack,)
        yield from settings.texts(self.settings)
