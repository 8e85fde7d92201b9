"""What must be made of the part `execution-role`. Must not know how text is rendered."""

from __future__ import annotations

from tfgen.iam.text import Slot, text
from tfgen.plan.lengths import Lengths
from tfgen.plan.model import NamedPolicy, Plan, Role
from tfgen.proof.evaluate import Scalar, Unless, Value
from tfgen.proof.expected.part import Expected, Given, guarded, label, managed_policy, referred
from tfgen.proof.rebuild import Argument, Made


def expected(plan: Plan, given: Given) -> Expected:
    """The role with its policies, and what the part puts out."""
    role, lengths = plan.role, Lengths(plan.inputs)
    arguments: dict[str, Argument] = {
        "path": text(role.path),
        "description": text(role.description),
        "max_session_duration": Scalar(role.max_session_duration),
        "assume_role_policy": role.trust.policy,
        "tags": given.tags,
    }
    optional = {"name": role.name, "name_prefix": role.name_prefix, "permissions_boundary": _bounded_by(role)}
    arguments.update({name: value for name, value in optional.items() if value is not None})
    made: Made = {
        "aws_iam_role.execution": arguments,
        "output.role_arn": {"value": referred("aws_iam_role.execution.arn")},
        "output.role_name": {"value": referred("aws_iam_role.execution.name")},
        "output.trust_policy": {"value": referred("aws_iam_role.execution.assume_role_policy")},
        **(_parts(role, given.tags, lengths) if role.parts else _inline(role, lengths)),
    }
    handed_on = {"execution_role_arn": "role_arn", "execution_role_name": "role_name"}
    if role.boundary is not None:
        made |= _own_boundary(role, role.boundary, given.tags, lengths)
        handed_on["boundary_arn"] = "boundary_arn"
    return Expected(made, handed_on)


def _bounded_by(role: Role) -> Value | None:
    if role.boundary is None:
        return role.permissions_boundary
    own = referred("aws_iam_policy.boundary.arn")
    if role.permissions_boundary is None:
        return own
    (slot,) = role.permissions_boundary.parts
    return Unless(slot.name, own, role.permissions_boundary) if isinstance(slot, Slot) else None


def _inline(role: Role, lengths: Lengths) -> Made:
    return {
        "aws_iam_role_policy.execution": {
            "name": text(role.policy_name),
            "role": referred("aws_iam_role.execution.id"),
            "policy": role.policy.policy,
            **guarded(role.policy, lengths),
        },
        "output.policy": {"value": referred("aws_iam_role_policy.execution.policy")},
    }


def _parts(role: Role, tags: Value, lengths: Lengths) -> Made:
    made: Made = {}
    outputs: dict[str, Argument] = {}
    for part in role.parts:
        name = f"execution_{label(part.key)}"
        made[f"aws_iam_policy.{name}"] = managed_policy(part, role.path, tags, lengths)
        made[f"aws_iam_role_policy_attachment.{name}"] = {
            "role": referred("aws_iam_role.execution.name"),
            "policy_arn": referred(f"aws_iam_policy.{name}.arn"),
        }
        outputs[part.key] = referred(f"aws_iam_policy.{name}.policy")
    return {**made, "output.policies": outputs}


def _own_boundary(role: Role, boundary: NamedPolicy, tags: Value, lengths: Lengths) -> Made:
    return {
        "aws_iam_policy.boundary": managed_policy(boundary, role.path, tags, lengths),
        "output.boundary": {"value": referred("aws_iam_policy.boundary.policy")},
        "output.boundary_arn": {"value": referred("aws_iam_policy.boundary.arn")},
    }
