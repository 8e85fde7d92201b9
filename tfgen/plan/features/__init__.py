"""From a posture to the features that it uses: which sheet, which variant, with which values, and from which line.

Knows how a harness is described, and no action or ARN: those stand in the sheets.
"""

from __future__ import annotations

from typing import Final

from tfgen.catalog.model import Form
from tfgen.diagnostics import Finding
from tfgen.jwt.authorizer import Inbound
from tfgen.plan.features.alternatives import also
from tfgen.plan.features.extra import extras
from tfgen.plan.features.llm import llm
from tfgen.plan.features.result import HARNESS, Found, Narrowed, idle_forms
from tfgen.plan.features.session import always, filesystems, identities, managed_image, memory, own_image
from tfgen.plan.features.tools import hooks, skills, tools
from tfgen.plan.features.vault import vault
from tfgen.plan.inbound import expanded
from tfgen.plan.inbound import inbound as inbound_of
from tfgen.plan.statements import FeatureUse
from tfgen.plan.values import Values
from tfgen.posture.document import Posture
from tfgen.posture.harness import Harness

__all__ = ["Narrowed", "features", "forms_of_inputs"]

_MANAGED_MEMORY: Final = (FeatureUse("memory", HARNESS, "managed"),)
"""What a harness remembers when nothing is said."""


def features(posture: Posture, inbound: Inbound | None) -> tuple[FeatureUse | Finding | Narrowed, ...]:
    """What the execution role must allow, what is not covered, and what inputs must be for that."""
    found = tuple(_features(posture, inbound))
    return (*found, *vault(posture, found), *idle_forms(posture, found))


def forms_of_inputs(posture: Posture) -> dict[str, tuple[Form, ...]]:
    """The forms that each input of a posture could have where it stands, of those that are kept to one form."""
    posture, _ = expanded(posture)
    found = _features(posture, inbound_of(posture, posture.harness))
    return {item.name: item.among for item in found if isinstance(item, Narrowed) and item.among}


def _features(posture: Posture, inbound: Inbound | None) -> Found:
    values, harness = Values(posture), posture.harness
    yield from (
        *llm(harness.model, (*HARNESS, "model"), values, force=posture.role.force_guardrail),
        *_image(harness, values),
        *always(posture),
        *identities(posture, inbound),
        *(_MANAGED_MEMORY if harness.memory is None else memory(harness.memory, HARNESS, values)),
        *tools(posture, values),
        *skills(harness, values),
        *filesystems(harness.runtime, HARNESS, values),
        *hooks(harness, values),
        *also(posture, values),
        *extras(posture),
    )


def _image(harness: Harness, values: Values) -> Found:
    if harness.environment_artifact is None or harness.environment_artifact.container_configuration is None:
        yield managed_image(harness.runtime, HARNESS)
    else:
        yield from own_image(harness.environment_artifact, HARNESS, values)
