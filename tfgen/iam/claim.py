"""A claim about policies: what somebody may or may not do. Must not know how a posture is written."""

from __future__ import annotations

from dataclasses import dataclass

from tfgen.diagnostics import Route
from tfgen.iam.text import Text


@dataclass(frozen=True, slots=True)
class Claim:
    """That an action is allowed, or that it is not."""

    allow: bool
    action: str
    """With wildcards, in a claim that denies, for all actions that they match."""
    on: Text | None
    """The resource. None, in a claim that allows: on some resource; in one that denies: on none at all."""
    by: str | None
    """The callers, by the key of their policy; None for the execution role."""
    when: tuple[tuple[str, Text], ...]
    """Condition keys with their values in the request."""
    route: Route
    assuming_boundary: bool = False
    """Whether it is taken for granted that a boundary of which only the name is known allows the action."""
