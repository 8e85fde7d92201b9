"""Proof 2: what the parsed text makes is what the plan says, thing by thing. Must not know how text is rendered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tfgen.diagnostics import InternalError
from tfgen.hcl.tree import Body, Call, Expr, Reference
from tfgen.iam.text import Text, join, text
from tfgen.plan.model import Input, Plan
from tfgen.proof.evaluate import Listed, Mapped, Merge, Opaque, Scalar, Value
from tfgen.proof.rebuild import Argument, Made, rebuild


def check(plan: Plan, bodies: Mapping[str, Body]) -> None:
    """Rebuild what the files (path -> parsed body) make and hold it against the plan.

    Raises `InternalError` with the first difference: tfgen has rendered something that it did not plan.
    """
    found = rebuild(bodies)
    wanted = expected(plan, with_root="main.tf" in bodies)
    for address in sorted(found.keys() | wanted.keys()):
        if address not in wanted:
            raise InternalError(f"the rendered text makes {address}, which was not planned")
        if address not in found:
            raise InternalError(f"the rendered text does not make {address}, which was planned")
        for name in sorted(found[address].keys() | wanted[address].keys()):
            there, planned = found[address].get(name), wanted[address].get(name)
            if there != planned:
                raise InternalError(f"{name} of {address} is rendered as {there!r} and planned as {planned!r}")


def expected(plan: Plan, *, with_root: bool) -> Made:
    """What the plan says must be made, as a whole tree or as parts alone."""
    tags = _tags(plan) if with_root else _reference("var.tags")
    role_inputs = plan.inputs_of(plan.role.texts())
    caller_inputs = plan.inputs_of(_caller_texts(plan))
    made = {**_role(plan, tags), **_variables("execution-role", role_inputs)}
    if plan.callers:
        made |= {**_callers(plan, tags), **_variables("access", caller_inputs)}
    if with_root:
        made |= {**_root(plan), **_variables("root", (*role_inputs, *caller_inputs))}
    return made


def _reference(dotted: str) -> Opaque:
    return Opaque(Reference(tuple(dotted.split("."))))


def _root(plan: Plan) -> Made:
    made: Made = {
        "root/module.execution_role": {"source": text("./modules/execution-role")},
        "root/output.execution_role_arn": {"value": _reference("module.execution_role.role_arn")},
        "root/output.execution_role_name": {"value": _reference("module.execution_role.role_name")},
    }
    if plan.callers:
        made |= {
            "root/module.access": {"source": text("./modules/access")},
            "root/output.caller_policies": {"value": _reference("module.access.policies")},
            "root/output.caller_policy_arns": {"value": _reference("module.access.policy_arns")},
        }
    return made


def _callers(plan: Plan, tags: Value) -> Made:
    made: Made = {"access/output.policies": {caller.key: caller.policy.policy for caller in plan.callers}}
    arns: dict[str, Argument] = {}
    for caller in plan.callers:
        label = caller.key.replace("-", "_")
        if caller.attached:
            arns[caller.key] = _reference(f"aws_iam_policy.{label}.arn")
            made[f"access/aws_iam_policy.{label}"] = {
                "name": caller.name,
                "path": text(caller.path),
                "description": text(caller.description),
                "policy": caller.policy.policy,
                "tags": tags,
            }
    return {**made, "access/output.policy_arns": arns}


def _role(plan: Plan, tags: Value) -> Made:
    role = plan.role
    arguments: dict[str, Argument] = {
        "path": text(role.path),
        "description": text(role.description),
        "max_session_duration": Scalar(role.max_session_duration),
        "assume_role_policy": role.trust.policy,
        "tags": tags,
    }
    optional = {"name": role.name, "name_prefix": role.name_prefix, "permissions_boundary": role.permissions_boundary}
    arguments.update({name: value for name, value in optional.items() if value is not None})
    return {
        "execution-role/aws_iam_role.execution": arguments,
        "execution-role/aws_iam_role_policy.execution": {
            "name": text(role.policy_name),
            "role": _reference("aws_iam_role.execution.id"),
            "policy": role.policy.policy,
        },
        "execution-role/output.policy": {"value": _reference("aws_iam_role_policy.execution.policy")},
        "execution-role/output.role_arn": {"value": _reference("aws_iam_role.execution.arn")},
        "execution-role/output.role_name": {"value": _reference("aws_iam_role.execution.name")},
        "execution-role/output.trust_policy": {"value": _reference("aws_iam_role.execution.assume_role_policy")},
    }


def _tags(plan: Plan) -> Value:
    given = _reference("var.tags")
    if not plan.tags:
        return given
    return Merge((Mapped(tuple((key, text(value)) for key, value in plan.tags)), given))


def _caller_texts(plan: Plan) -> Iterator[Text]:
    for caller in plan.callers:
        yield from caller.texts()


def _variables(module: str, inputs: tuple[Input, ...]) -> Made:
    string: Expr = Reference(("string",))
    made: Made = {
        f"{module}/variable.tags": {
            "type": Opaque(Call("map", (string,))),
            "default": Mapped(()),
            "patterns": Listed(()),
        }
    }
    for item in inputs:
        facts: dict[str, Argument] = {
            "type": Opaque(Call("list", (string,)) if item.many else string),
            "patterns": Listed(tuple(join(f"^(?:{c.pattern})$") for c in item.checks if c.pattern is not None)),
        }
        if isinstance(item.default, str):
            facts["default"] = text(item.default)
        elif item.default is not None:
            facts["default"] = Listed(tuple(text(element) for element in item.default))
        made[f"{module}/variable.{item.name}"] = facts
    return made
