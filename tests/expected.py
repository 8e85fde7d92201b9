"""What a plan comes to when its unknowns are known: the roles and policies that must stand in the account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from moto_harness import ACCOUNT, REGION, Document, Iam, ManagedPolicy, Role, canonical

from tfgen.iam.policy import Policy
from tfgen.iam.text import Source, Text, text
from tfgen.plan.model import Plan

Given = Mapping[str, str | Sequence[str]]
"""The values of a module's variables."""

_CONTEXT = {"account": ACCOUNT, "region": REGION, "partition": "aws"}


def resolve(value: Text, given: Given) -> list[str]:
    """The strings that a text stands for: one, or one for each element of a list input."""
    repeated = value.each()
    elements = given[repeated] if repeated is not None else [""]
    return list(dict.fromkeys(str(_one(value, given, element)) for element in elements))


def _one(value: Text, given: Given, element: str) -> Text:
    return value.replace(
        lambda slot: text(
            _CONTEXT[slot.name]
            if slot.source is Source.CONTEXT
            else element
            if slot.source is Source.EACH
            else str(given[slot.name])
        )
    )


def document(policy: Policy, given: Given) -> Document:
    """A policy as IAM keeps it; a statement whose resources came to nothing is not there."""
    statements = [_statement(data, given) for data in (s.document(_keep) for s in policy.statements)]
    return canonical(
        {"Version": "2012-10-17", "Statement": [found for found in statements if found.get("Resource", True)]}
    )


def _keep(value: Text) -> Any:
    return value


def _statement(data: Mapping[str, Any], given: Given) -> Document:
    def spread(value: Any) -> Any:
        if isinstance(value, list):
            return [s for entry in value for s in (resolve(entry, given) if isinstance(entry, Text) else [entry])]
        return {key: spread(entry) for key, entry in value.items()} if isinstance(value, dict) else value

    return {key: spread(value) for key, value in data.items()}


def iam_of(plans: Iterable[tuple[Plan, Given]]) -> Iam:
    """Everything that some plans make in one account."""
    roles: dict[str, Role] = {}
    policies: dict[str, ManagedPolicy] = {}
    for plan, own in plans:
        given = {**{item.name: item.default for item in plan.inputs if item.default is not None}, **own}
        role = plan.role
        assert role.name is not None
        name = resolve(role.name, given)[0]
        boundary = role.permissions_boundary
        roles[name] = Role(
            name=name,
            arn=f"arn:aws:iam::{ACCOUNT}:role{role.path}{name}",
            path=role.path,
            description=role.description,
            max_session_duration=role.max_session_duration,
            trust=document(role.trust.policy, given),
            permissions_boundary=resolve(boundary, given)[0] if boundary is not None else None,
            tags=dict(sorted(plan.tags)),
            inline={role.policy_name: document(role.policy.policy, given)},
        )
        for caller in plan.callers:
            if caller.attached:
                called = resolve(caller.name, given)[0]
                policies[called] = ManagedPolicy(
                    name=called,
                    arn=f"arn:aws:iam::{ACCOUNT}:policy{caller.path}{called}",
                    path=caller.path,
                    description=caller.description,
                    document=document(caller.policy.policy, given),
                    tags=dict(sorted(plan.tags)),
                )
    return Iam(dict(sorted(roles.items())), dict(sorted(policies.items())))
