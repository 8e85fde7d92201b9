"""Proof 2: what the parsed text makes is what the plan says, thing by thing. Must not know how text is rendered."""

from __future__ import annotations

from collections.abc import Mapping

from tfgen.diagnostics import InternalError
from tfgen.hcl.tree import Body, Call, Expr, Reference
from tfgen.iam.text import Slot, join, text
from tfgen.plan.model import Attached, CallerPolicy, Check, Input, NamedPolicy, Plan, Role
from tfgen.proof.evaluate import Distinct, Listed, Mapped, Merge, Opaque, Scalar, Unless, Value
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
    caller_inputs = plan.inputs_of(plan.access_texts())
    made = {**_role(plan, tags), **_variables("execution-role", role_inputs)}
    if plan.has_access:
        made |= {**_access(plan, tags), **_variables("access", caller_inputs)}
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
    if plan.role.boundary is not None:
        made["root/output.boundary_arn"] = {"value": _reference("module.execution_role.boundary_arn")}
    if plan.has_access:
        made["root/module.access"] = {"source": text("./modules/access")}
    if plan.callers:
        made["root/output.caller_policies"] = {"value": _reference("module.access.policies")}
        made["root/output.caller_policy_arns"] = {"value": _reference("module.access.policy_arns")}
    if plan.controls:
        name = "service_control_policies"
        made[f"root/output.{name}"] = {"value": _reference(f"module.access.{name}")}
    return made


def _access(plan: Plan, tags: Value) -> Made:
    made: Made = {}
    if plan.callers:
        made["access/output.policies"] = {caller.key: caller.policy.policy for caller in plan.callers}
        made["access/output.policy_arns"] = {
            caller.key: _reference(f"aws_iam_policy.{_label(caller.key)}.arn")
            for caller in plan.callers
            if caller.attached is Attached.MANAGED
        }
    if plan.controls:
        made["access/output.service_control_policies"] = {
            control.key: control.policy.policy for control in plan.controls
        }
    for caller in plan.callers:
        made |= _caller(caller, tags)
    return made


def _caller(caller: CallerPolicy, tags: Value) -> Made:
    label, made = _label(caller.key), Made()
    if caller.attached is Attached.MANAGED:
        made[f"access/aws_iam_policy.{label}"] = {
            "name": caller.name,
            "path": text(caller.path),
            "description": text(caller.description),
            "policy": caller.policy.policy,
            "tags": tags,
        }
    if caller.roles:
        each: dict[str, Argument] = {"for_each": Distinct(caller.roles), "role": _reference("each.value")}
        if caller.attached is Attached.MANAGED:
            arn = _reference(f"aws_iam_policy.{label}.arn")
            made[f"access/aws_iam_role_policy_attachment.{label}"] = {**each, "policy_arn": arn}
        else:
            inline: dict[str, Argument] = {"name": caller.name, "policy": caller.policy.policy}
            made[f"access/aws_iam_role_policy.{label}"] = {**each, **inline}
    return made


def _label(key: str) -> str:
    return key.replace("-", "_")


def _role(plan: Plan, tags: Value) -> Made:
    role = plan.role
    arguments: dict[str, Argument] = {
        "path": text(role.path),
        "description": text(role.description),
        "max_session_duration": Scalar(role.max_session_duration),
        "assume_role_policy": role.trust.policy,
        "tags": tags,
    }
    optional = {"name": role.name, "name_prefix": role.name_prefix, "permissions_boundary": _bounded_by(role)}
    arguments.update({name: value for name, value in optional.items() if value is not None})
    return {
        "execution-role/aws_iam_role.execution": arguments,
        "execution-role/output.role_arn": {"value": _reference("aws_iam_role.execution.arn")},
        "execution-role/output.role_name": {"value": _reference("aws_iam_role.execution.name")},
        "execution-role/output.trust_policy": {"value": _reference("aws_iam_role.execution.assume_role_policy")},
        **(_role_parts(role, tags) if role.parts else _inline(role)),
        **(_own_boundary(role, role.boundary, tags) if role.boundary is not None else {}),
    }


def _bounded_by(role: Role) -> Value | None:
    if role.boundary is None:
        return role.permissions_boundary
    own = _reference("aws_iam_policy.boundary.arn")
    if role.permissions_boundary is None:
        return own
    (slot,) = role.permissions_boundary.parts
    return Unless(slot.name, own, role.permissions_boundary) if isinstance(slot, Slot) else None


def _inline(role: Role) -> Made:
    return {
        "execution-role/aws_iam_role_policy.execution": {
            "name": text(role.policy_name),
            "role": _reference("aws_iam_role.execution.id"),
            "policy": role.policy.policy,
        },
        "execution-role/output.policy": {"value": _reference("aws_iam_role_policy.execution.policy")},
    }


def _role_parts(role: Role, tags: Value) -> Made:
    made: Made = {}
    outputs: dict[str, Argument] = {}
    for part in role.parts:
        label = f"execution_{_label(part.key)}"
        made[f"execution-role/aws_iam_policy.{label}"] = _managed(role, part, tags)
        made[f"execution-role/aws_iam_role_policy_attachment.{label}"] = {
            "role": _reference("aws_iam_role.execution.name"),
            "policy_arn": _reference(f"aws_iam_policy.{label}.arn"),
        }
        outputs[part.key] = _reference(f"aws_iam_policy.{label}.policy")
    return {**made, "execution-role/output.policies": outputs}


def _own_boundary(role: Role, boundary: NamedPolicy, tags: Value) -> Made:
    return {
        "execution-role/aws_iam_policy.boundary": _managed(role, boundary, tags),
        "execution-role/output.boundary": {"value": _reference("aws_iam_policy.boundary.policy")},
        "execution-role/output.boundary_arn": {"value": _reference("aws_iam_policy.boundary.arn")},
    }


def _managed(role: Role, named: NamedPolicy, tags: Value) -> dict[str, Argument]:
    return {
        "name": named.name,
        "path": text(role.path),
        "description": text(named.description),
        "policy": named.policy.policy,
        "tags": tags,
    }


def _tags(plan: Plan) -> Value:
    given = _reference("var.tags")
    if not plan.tags:
        return given
    return Merge((Mapped(tuple((key, text(value)) for key, value in plan.tags)), given))


def _variables(module: str, inputs: tuple[Input, ...]) -> Made:
    string: Expr = Reference(("string",))
    made: Made = {
        f"{module}/variable.tags": {
            "type": Opaque(Call("map", (string,))),
            "default": Mapped(()),
            "nullable": Scalar(False),
            "checks": Listed(()),
        }
    }
    for item in inputs:
        facts: dict[str, Argument] = {
            "type": Opaque(Call("list", (string,)) if item.many else string),
            "checks": Listed(tuple(_check(item, check) for check in item.checks if _tests(check))),
        }
        facts |= {"default": Scalar(None)} if item.optional else {"nullable": Scalar(False)}
        if isinstance(item.default, str):
            facts["default"] = text(item.default)
        elif item.default is not None:
            facts["default"] = Listed(tuple(text(element) for element in item.default))
        made[f"{module}/variable.{item.name}"] = facts
    return made


def _tests(check: Check) -> bool:
    """Whether a check refuses any text at all."""
    return check.pattern is not None or check.shortest > 0 or check.longest is not None


def _check(item: Input, check: Check) -> Mapped:
    """What the condition of one validation must test, and on what."""
    patterns = [f"^(?:{check.pattern})$"] if check.pattern is not None else []
    bounds = [f"<= {check.longest}"] if check.longest is not None else []
    if check.shortest > len(patterns):  # a pattern is never written that an empty text matches
        bounds.append(f">= {check.shortest}")
    whole = f"var.{item.name}"
    names = ["value" if item.many else whole] * (len(patterns) + len(bounds)) + [whole] * (item.many or item.optional)
    names += ["for value"] * item.many
    facts = {"patterns": patterns, "bounds": sorted(bounds), "names": sorted(names)}
    listed = tuple((key, Listed(tuple(join(value) for value in values))) for key, values in facts.items())
    return Mapped((*listed, ("null", Scalar(item.optional))))
