"""What must be made of one part, and what all parts share. Must not know how text is rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from tfgen.diagnostics import InternalError
from tfgen.hcl.read import read
from tfgen.hcl.tree import Attribute, Expr, Reference
from tfgen.iam.text import text
from tfgen.plan.lengths import Lengths
from tfgen.plan.model import NamedPolicy, PolicyPlan
from tfgen.proof.evaluate import Blocks, Mapped, Opaque, Value
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


@cache
def hcl(source: str) -> Opaque:
    """An expression in Terraform's language."""
    (node,) = read(f"value = {source}\n")
    if not isinstance(node, Attribute):
        raise InternalError(f"not an expression: {source}")
    expression: Expr = node.value
    return Opaque(expression)


def referred(dotted: str) -> Opaque:
    """The value of something that only Terraform knows."""
    return Opaque(Reference(tuple(dotted.split("."))))


def label(key: str) -> str:
    """A name of the posture as Terraform takes it."""
    return key.replace("-", "_")


def guarded(policy: PolicyPlan, lengths: Lengths) -> dict[str, Argument]:
    """What keeps a policy within IAM's limit that may be longer than it is counted."""
    if not lengths.is_open(policy.policy):
        return {}
    condition = hcl(f'length(replace(self.policy, "/\\\\s/", "")) <= {policy.kind.limit}')
    message = (
        f"IAM takes at most {policy.kind.limit} characters for this {policy.kind.value}, and these values make it "
        "longer: give the module fewer or shorter values."
    )
    check = Mapped((("condition", condition), ("error_message", text(message))))
    return {"lifecycle": Blocks((Mapped((("postcondition", Blocks((check,))),)),))}


def managed_policy(named: NamedPolicy, path: str, tags: Value, lengths: Lengths) -> dict[str, Argument]:
    """The arguments of a managed policy."""
    return {
        "name": named.name,
        "path": text(path),
        "description": text(named.description),
        "policy": named.policy.policy,
        "tags": tags,
        **guarded(named.policy, lengths),
    }
