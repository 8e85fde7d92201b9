"""Whether a session in a VPC can get its image: the role pulls it through the session's network. Knows no action."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.diagnostics import Code, Finding
from tfgen.plan.model import Plan

_IMAGE: Final = "image"
"""The sheet whose grants a pull needs."""


def image_pull(plan: Plan) -> Iterator[Finding]:
    """Find a role that may not pull the image that its sessions run."""
    if plan.network is None or any(grant.origin.sheet == _IMAGE for grant in plan.role.policy.grants):
        return
    message = "sessions in a VPC pull their image as the execution role, and its policy lets it pull none"
    yield Finding(Code.UNREACHABLE, message, ("harness",), "let the policy have the statements of the sheet image")
