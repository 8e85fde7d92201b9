"""What must be made of one part, and what all parts share. Must not know how text is rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tfgen.hcl.tree import Reference
from tfgen.iam.text import text
from tfgen.plan.model import NamedPolicy
from tfgen.proof.evaluate import Opaque, Value
from tfgen.proof.rebuild import Argument, Made

AWS: Final[Mapping[str, tuple[str, str]]] = {"aws": ("hashicorp/aws", ">= 5.100")}
"""By the name of a provider: its source, and the versions that a module takes."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be made of a part."""

    made: Made
    """By address below the part, such as `aws_iam_role.execution`."""
    handed_on: Mapping[str, str] = field(default_factory=dict)
    """What the root puts out of it: the part's outputs by the names that the root gives them."""
    providers: Mapping[str, tuple[str, str]] = field(default_factory=lambda: AWS)


@dataclass(frozen=True, slots=True)
class Given:
    """What a part is given from outside."""

    tags: Value
    wired: Mapping[str, Value]
    """By name, the inputs that the root gives it from other parts."""


def referred(dotted: str) -> Opaque:
    """The value of something that only Terraform knows."""
    return Opaque(Reference(tuple(dotted.split("."))))


def label(key: str) -> str:
    """A name of the posture as Terraform takes it."""
    return key.replace("-", "_")


def managed_policy(named: NamedPolicy, path: str, tags: Value) -> dict[str, Argument]:
    """The arguments of a managed policy."""
    return {
        "name": named.name,
        "path": text(path),
        "description": text(named.description),
        "policy": named.policy.policy,
        "tags": tags,
    }
