"""From a posture to the features that it uses: which sheet, which variant, with which values, and from which line.

Knows how a harness is described, and no action or ARN: those stand in the sheets.
"""

from __future__ import annotations

from tfgen.diagnostics import Finding
from tfgen.plan.features.extra import extras
from tfgen.plan.features.found import Narrowed
from tfgen.plan.features.llm import llm
from tfgen.plan.features.session import always, filesystems, image, memory
from tfgen.plan.features.tools import hooks, skills, tools
from tfgen.plan.model import Inbound, Use
from tfgen.plan.values import Values
from tfgen.posture.document import Posture

__all__ = ["Narrowed", "features"]


def features(posture: Posture, inbound: Inbound | None) -> tuple[Use | Finding | Narrowed, ...]:
    """What the execution role must allow, what is not covered, and what inputs must be for that."""
    values, harness = Values(posture), posture.harness
    return (
        *llm(posture, values),
        *image(harness, values),
        *always(posture, inbound),
        *memory(harness, values),
        *tools(posture, values),
        *skills(harness, values),
        *filesystems(harness, values),
        *hooks(harness, values),
        *extras(posture),
    )
