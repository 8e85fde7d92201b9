"""What must be made of the part `access`. Must not know how text is rendered."""

from __future__ import annotations

from dataclasses import replace

from tfgen.hcl.tree import Reference
from tfgen.iam.policy import Policy, Statement
from tfgen.iam.text import Slot, Text, join, text
from tfgen.plan.lengths import Lengths
from tfgen.plan.model import Attached, CallerPolicy, Plan, PolicyPlan
from tfgen.proof.evaluate import Distinct, Opaque
from tfgen.proof.expected.part import Expected, Given, guarded, label, referred
from tfgen.proof.rebuild import Argument, Made


def expected(plan: Plan, given: Given) -> Expected:
    """The policies of all callers, and what the part puts out."""
    made: Made = {}
    lengths = Lengths(plan.inputs)
    handed_on: dict[str, str] = {}
    if plan.callers:
        made["output.policies"] = {caller.key: _policy(caller.policy, given) for caller in plan.callers}
        made["output.policy_arns"] = {
            caller.key: referred(f"aws_iam_policy.{label(caller.key)}.arn")
            for caller in plan.callers
            if caller.attached is Attached.MANAGED
        }
        handed_on |= {"caller_policies": "policies", "caller_policy_arns": "policy_arns"}
    if plan.controls:
        name = "service_control_policies"
        made[f"output.{name}"] = {control.key: _policy(control.policy, given) for control in plan.controls}
        handed_on[name] = name
    for caller in plan.callers:
        made |= _caller(caller, given, lengths)
    return Expected(made, handed_on)


def _caller(caller: CallerPolicy, given: Given, lengths: Lengths) -> Made:
    name, made = label(caller.key), Made()
    if caller.attached is Attached.MANAGED:
        made[f"aws_iam_policy.{name}"] = {
            "name": caller.name,
            "path": text(caller.path),
            "description": text(caller.description),
            "policy": _policy(caller.policy, given),
            "tags": given.tags,
            **guarded(caller.policy, lengths),
        }
    if caller.roles:
        each: dict[str, Argument] = {"for_each": Distinct(caller.roles), "role": referred("each.value")}
        if caller.attached is Attached.MANAGED:
            arn = referred(f"aws_iam_policy.{name}.arn")
            made[f"aws_iam_role_policy_attachment.{name}"] = {**each, "policy_arn": arn}
        else:
            inline: dict[str, Argument] = {"name": caller.name, "policy": _policy(caller.policy, given)}
            made[f"aws_iam_role_policy.{name}"] = {**each, **inline, **guarded(caller.policy, lengths)}
    return made


def _policy(plan: PolicyPlan, given: Given) -> Policy:
    """A policy in which what is wired from another part stands under the name of that part's output."""

    def slot(one: Slot) -> Text:
        value = given.wired.get(one.name)
        expression = value.expression if isinstance(value, Opaque) else None
        return join(Slot(one.source, ".".join(expression.path)) if isinstance(expression, Reference) else one)

    def statement(one: Statement) -> Statement:
        conditions = (
            replace(line, values=tuple(value.replace(slot) for value in line.values)) for line in one.conditions
        )
        return replace(one, conditions=tuple(conditions))

    return Policy(tuple(statement(one) for one in plan.policy.statements))
