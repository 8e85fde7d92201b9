"""A rule about the image of sessions in a VPC, which the execution role pulls. Knows no action."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.diagnostics import Code
from tfgen.diagnostics.rule import Violation, rule
from tfgen.plan.model import Plan

_IMAGE: Final = "image"
"""The sheet whose grants a pull needs."""


@rule(Code.UNREACHABLE, "the role may not pull the image that its sessions run")
def image_pull(plan: Plan) -> Iterator[Violation]:
    if plan.network is None or any(grant.origin.sheet == _IMAGE for grant in plan.role.policy.grants):
        return
    message = "sessions in a VPC pull their image as the execution role, and its policy lets it pull none"
    yield Violation(message, ("harness",), "let the policy have the statements of the sheet image")
