"""What takes permissions away, whatever else is granted: keys `guardrails`. Knows no action."""

from typing import Literal

from pydantic import Field

from tfgen.posture.base import Model


class Guardrails(Model):
    """Limits around the role and the callers. Denials that the documentation advises are there unless switched off."""

    boundary: bool = Field(
        default=False,
        description="Whether the role gets a permissions boundary of its own: nothing that is attached to it later "
        "lets it use another action. Takes the place of `role.permissions_boundary` where that is an optional input.",
    )
    deny_assume_role: bool = Field(
        default=True, description="Whether the role is denied to assume other roles, as a caller might make it do."
    )
    deny_user_delegation: bool = Field(
        default=True,
        description="Whether, where users come with a JWT, the role and the callers are denied to act for a user "
        "whose name nobody has checked; callers who may `invoke-for-user` are not.",
    )
    service_control: tuple[Literal["vpc", "jwt"], ...] = Field(
        default=(),
        description="Service control policies that are put out as JSON: runtimes run in the subnets and security "
        "groups of this harness only (vpc), and check a JWT of their callers (jwt).",
    )
