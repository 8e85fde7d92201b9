"""What a plan comes to when its unknowns are known: the roles and policies that must stand in the account."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from moto_harness import ACCOUNT, REGION, Document, Iam, ManagedPolicy, Role, canonical

from tfgen.iam.policy import Policy
from tfgen.iam.text import Either, Part, Source, Text, join, text
from tfgen.plan.model import Attached, CallerPolicy, Input, Plan
from tfgen.plan.network.model import FlowLogs
from tfgen.plan.statements import NamedPolicy

Given = Mapping[str, str | Sequence[str] | None]
"""The values of a module's variables."""

_CONTEXT = {"account": ACCOUNT, "region": REGION, "partition": "aws"}


def resolve(value: Text, given: Given) -> list[str]:
    """The strings that a text stands for: one, one for each element of a list input, or none where it is left out."""
    decided = _decided(value, given)
    if decided is None:
        return []
    repeated = decided.each()
    elements = given[repeated] if repeated is not None else [""]
    assert elements is not None
    return list(dict.fromkeys(str(_one(decided, given, element)) for element in elements))


def _decided(value: Text, given: Given) -> Text | None:
    """The text with one case in the place of two; None when that case is nothing."""
    pieces: list[Part | Text] = []
    for part in value.parts:
        if isinstance(part, Either):
            case = part.otherwise if given[part.name] is None else part.present
            decided = _decided(case, given) if case is not None else None
            if decided is None:
                return None
            pieces.append(decided)
        else:
            pieces.append(part)
    joined = join(*pieces)
    return None if any(given.get(slot.name, "") is None for slot in joined.slots()) else joined


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


def given_or_default(plan: Plan, given: Given) -> Given:
    """A value for each variable: the given one, its default, or null."""
    return {**{item.name: item.default for item in plan.inputs}, **given}


def iam_of(plans: Iterable[tuple[Plan, Given]], existing: Iterable[Role] = ()) -> Iam:
    """Everything that stands in one account once some plans are applied beside roles that were there before."""
    roles = {role.name: role for role in existing}
    policies: dict[str, ManagedPolicy] = {}
    for plan, own in plans:
        given = given_or_default(plan, own)
        made = {policy.name: policy for policy in _managed(plan, given)}
        policies |= made
        role = _role(plan, given, made)
        roles[role.name] = role
        if plan.network is not None and plan.network.flow_logs is not None:
            logs = _flow_logs(plan, plan.network.flow_logs, given)
            roles[logs.name] = logs
        for caller in plan.callers:
            for name in (name for text_ in caller.roles for name in resolve(text_, given)):
                roles[name] = _with(roles[name], caller, given, made)
    return Iam(dict(sorted(roles.items())), dict(sorted(policies.items())))


def _role(plan: Plan, given: Given, made: Mapping[str, ManagedPolicy]) -> Role:
    role = plan.role
    assert role.name is not None
    name = resolve(role.name, given)[0]
    parts = [made[resolve(part.name, given)[0]] for part in role.parts]
    boundary = resolve(role.permissions_boundary, given) if role.permissions_boundary is not None else []
    if not boundary and role.boundary is not None:
        boundary = [made[resolve(role.boundary.name, given)[0]].arn]
    return Role(
        name=name,
        arn=f"arn:aws:iam::{ACCOUNT}:role{role.path}{name}",
        path=role.path,
        description=role.description,
        max_session_duration=role.max_session_duration,
        trust=document(role.trust.policy, given),
        permissions_boundary=boundary[0] if boundary else None,
        tags=dict(sorted(plan.tags)),
        inline={} if parts else {role.policy_name: document(role.policy.policy, given)},
        attached={policy.arn: policy.document for policy in parts},
    )


def _flow_logs(plan: Plan, logs: FlowLogs, given: Given) -> Role:
    (name,) = resolve(logs.role_name, given)
    return Role(
        name=name,
        arn=f"arn:aws:iam::{ACCOUNT}:role/{name}",
        path="/",
        description="",
        max_session_duration=3600,
        trust=document(logs.trust.policy, given),
        tags=dict(sorted(plan.tags)),
        inline={"delivery": document(logs.policy.policy, given)},
    )


def _managed(plan: Plan, given: Given) -> Iterator[ManagedPolicy]:
    role = plan.role
    named: list[NamedPolicy | CallerPolicy] = [*role.parts, *([role.boundary] if role.boundary else [])]
    named += [caller for caller in plan.callers if caller.attached is Attached.MANAGED]
    for one in named:
        name = resolve(one.name, given)[0]
        yield ManagedPolicy(
            name=name,
            arn=f"arn:aws:iam::{ACCOUNT}:policy{role.path}{name}",
            path=role.path,
            description=one.description,
            document=document(one.policy.policy, given),
            tags=dict(sorted(plan.tags)),
        )


def _with(role: Role, caller: CallerPolicy, given: Given, made: Mapping[str, ManagedPolicy]) -> Role:
    """A role that is given the policy of some callers."""
    name = resolve(caller.name, given)[0]
    if caller.attached is Attached.INLINE:
        return replace(role, inline={**role.inline, name: document(caller.policy.policy, given)})
    return replace(role, attached={**role.attached, made[name].arn: made[name].document})


def examples(item: Input) -> tuple[str, ...]:
    """Two values that an input's checks all accept, where there are two."""
    fits = [
        check.example
        for check in item.checks
        if all(other.pattern is None or re.fullmatch(other.pattern, check.example) for other in item.checks)
    ]
    return tuple(dict.fromkeys(fits[-2:])) or ("example",)
