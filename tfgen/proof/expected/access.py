"""What must be made of the part `access`. Must not know how text is rendered."""

from __future__ import annotations

from tfgen.iam.text import text
from tfgen.plan.model import Attached, CallerPolicy, Plan
from tfgen.proof.evaluate import Distinct, Value
from tfgen.proof.expected.part import Expected, Given, label, referred
from tfgen.proof.rebuild import Argument, Made


def expected(plan: Plan, given: Given) -> Expected:
    """The policies of all callers, and what the part puts out."""
    made: Made = {}
    handed_on: dict[str, str] = {}
    if plan.callers:
        made["output.policies"] = {caller.key: caller.policy.policy for caller in plan.callers}
        made["output.policy_arns"] = {
            caller.key: referred(f"aws_iam_policy.{label(caller.key)}.arn")
            for caller in plan.callers
            if caller.attached is Attached.MANAGED
        }
        handed_on |= {"caller_policies": "policies", "caller_policy_arns": "policy_arns"}
    if plan.controls:
        name = "service_control_policies"
        made[f"output.{name}"] = {control.key: control.policy.policy for control in plan.controls}
        handed_on[name] = name
    for caller in plan.callers:
        made |= _caller(caller, given.tags)
    return Expected(made, handed_on)


def _caller(caller: CallerPolicy, tags: Value) -> Made:
    name, made = label(caller.key), Made()
    if caller.attached is Attached.MANAGED:
        made[f"aws_iam_policy.{name}"] = {
            "name": caller.name,
            "path": text(caller.path),
            "description": text(caller.description),
            "policy": caller.policy.policy,
            "tags": tags,
        }
    if caller.roles:
        each: dict[str, Argument] = {"for_each": Distinct(caller.roles), "role": referred("each.value")}
        if caller.attached is Attached.MANAGED:
            arn = referred(f"aws_iam_policy.{name}.arn")
            made[f"aws_iam_role_policy_attachment.{name}"] = {**each, "policy_arn": arn}
        else:
            inline: dict[str, Argument] = {"name": caller.name, "policy": caller.policy.policy}
            made[f"aws_iam_role_policy.{name}"] = {**each, **inline}
    return made
