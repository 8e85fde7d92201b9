"""The plan as its rendered text says it: the policies, and who holds them, taken from what was parsed.

Statements are joined to their origins by address and Sid, so that the proofs ask the text and can still say which row
of a sheet is at fault. Must not know how text is rendered, only where the policies stand in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from tfgen.diagnostics import InternalError
from tfgen.iam.policy import Policy, Statement
from tfgen.iam.text import Text
from tfgen.plan.gateway_model import GatewayPlan
from tfgen.plan.model import Attached, CallerPolicy, PartName, Plan, Role
from tfgen.plan.policies import Planned, changed
from tfgen.plan.statements import Grant, PolicyPlan
from tfgen.proof.rebuild import Argument, Rebuilt, referred, text_in
from tfgen.render.addresses import ENGINE, Place, caller_resource, cedar_address, label, places
from tfgen.terraform.text import optional, texts_of
from tfgen.terraform.values import Listed, Made, Mapped, Symbol


def published(plan: Plan, made: Rebuilt) -> Plan:
    """The plan with everything that the text says in its place: statements, holders of policies, the boundary.

    Raises `InternalError` when the text lacks a policy, has one that was not planned, or gives one to somebody else.
    """
    there = places(plan)
    read = {id: _one(id, made, where) for id, where in there.items()}
    _no_others(made, there)
    found = changed(plan, lambda one: _joined(one, read[one.id]) if one.id in read else one.policy)
    holders = _Holders(made)
    role = holders.of_role(_whole(found.role, plan.role))
    callers = tuple(replace(one, roles=holders.of_caller(one)) for one in found.callers)
    gateways = tuple(_engine(replace(one, role=holders.of_gateway(one)), made) for one in found.gateways)
    if plan.network is not None and plan.network.flow_logs is not None:
        holders.of_flow_logs()
    holders.no_others()
    return replace(found, role=role, callers=callers, gateways=gateways)


# --- Policies --------------------------------------------------------------------------------------------------------


def _one(id: str, made: Rebuilt, where: tuple[Place, ...]) -> Policy:
    """The policy that stands in all of some places."""
    found = [made.get(f"{place.part}/{place.address}", {}).get(place.argument) for place in where]
    first = found[0]
    if not isinstance(first, Policy):
        raise InternalError(f"the rendered text has no policy at {where[0].address}, where {id} was planned")
    if any(other != first for other in found):
        raise InternalError(f"the rendered text has {id} in several places, and not the same in each")
    return first


def _no_others(made: Rebuilt, there: Mapping[str, tuple[Place, ...]]) -> None:
    known = {(f"{place.part}/{place.address}", place.argument) for where in there.values() for place in where}
    for address, arguments in made.items():
        for name, value in arguments.items():
            if isinstance(value, Policy) and (address, name) not in known:
                raise InternalError(f"the rendered text has a policy at {address} that was not planned: {name}")


def _joined(planned: Planned, policy: Policy) -> PolicyPlan:
    """The statements of the text, each with the origin of the planned one with its Sid."""
    origins = {grant.statement.sid: grant for grant in planned.policy.grants}
    grants = []
    for statement in policy.statements:
        if statement.sid not in origins:
            raise InternalError(f"{planned.name} is rendered with a statement {statement.sid!r} that was not planned")
        grants.append(_with(origins[statement.sid], statement))
    return PolicyPlan(planned.policy.kind, tuple(grants))


def _with(grant: Grant, statement: Statement) -> Grant:
    """A grant with another statement: a resource that was planned keeps its types, another has none."""
    types = dict(zip(grant.statement.resources, grant.types, strict=True)) if grant.types else {}
    kept = tuple(types.get(resource, ()) for resource in statement.resources) if grant.types else ()
    return replace(grant, statement=statement, types=kept)


def _whole(role: Role, planned: Role) -> Role:
    """The role with its whole policy made of its parts, where it is divided."""
    if not role.parts:
        return role
    pieces = [grant for part in role.parts for grant in part.policy.grants]
    grants = []
    for grant in planned.policy.grants:
        sid = re.compile(re.escape(grant.statement.sid) + r"(Part\d+)?")
        mine = [one for one in pieces if one.origin == grant.origin and sid.fullmatch(one.statement.sid)]
        pieces = [one for one in pieces if one not in mine]
        if mine:
            grants.append(_together(grant.statement.sid, mine))
    return replace(role, policy=PolicyPlan(planned.policy.kind, (*grants, *pieces)))


def _together(sid: str, pieces: list[Grant]) -> Grant:
    resources = tuple(resource for piece in pieces for resource in piece.statement.resources)
    types = tuple(kinds for piece in pieces for kinds in piece.types)
    return replace(pieces[0], statement=replace(pieces[0].statement, sid=sid, resources=resources), types=types)


def _engine(gateway: GatewayPlan, made: Rebuilt) -> GatewayPlan:
    """The gateway with the mode and the key that the text gives its engine, which all of its policies are in."""
    part, name = PartName.GATEWAY_POLICY, label(gateway.key)
    for policy in gateway.policies:
        address = ".".join(cedar_address(gateway, policy))
        engine = made.get(f"{part}/{address}", {}).get("policy_engine_id")
        if referred(engine) != (ENGINE, name, "policy_engine_id"):
            raise InternalError(f"{address} is rendered for the engine {engine!r}, and planned for {name}")
    used = made.get(f"{part}/output.policy_engines", {}).get(gateway.key)
    items = dict(used.items) if isinstance(used, Mapped) else {}
    mode = text_in(items.get("mode"))
    is_whole = items.keys() == {"arn", "mode"} and referred(items["arn"]) == (ENGINE, name, "policy_engine_arn")
    if mode is None or not is_whole:
        raise InternalError(f"what the gateway {gateway.key!r} is to use is rendered as {used!r}")
    key = text_in(made.get(f"{part}/{ENGINE}.{name}", {}).get("encryption_key_arn"))
    return replace(gateway, mode=str(mode), encryption_key=key)


# --- Who holds them --------------------------------------------------------------------------------------------------

_OWN_BOUNDARY: Final = ("aws_iam_policy", "boundary", "arn")
_ATTACHED: Final = "aws_iam_role_policy_attachment"
_INLINE: Final = "aws_iam_role_policy"


class _Holders:
    """Which role each policy of the text is given to."""

    def __init__(self, made: Rebuilt) -> None:
        self.made = made
        self.left = {address for address in made if address.partition("/")[2].partition(".")[0] in (_ATTACHED, _INLINE)}

    def of_role(self, role: Role) -> Role:
        """The execution role with the boundary that the text gives it, which holds all of its policies."""
        part = PartName.EXECUTION_ROLE
        for one in role.parts:
            self._held(self._attachment(part, f"execution_{label(one.key)}"), "aws_iam_role.execution.name")
        if not role.parts:
            self._held(f"{part}/{_INLINE}.execution", "aws_iam_role.execution.id")
        boundary = self.made[f"{part}/aws_iam_role.execution"].get("permissions_boundary")
        given, is_own = _boundary(boundary)
        return replace(role, permissions_boundary=given, boundary=role.boundary if is_own else None)

    def of_caller(self, caller: CallerPolicy) -> tuple[Text, ...]:
        """The existing roles that are given a caller's policy."""
        name = label(caller.key)
        if caller.attached is Attached.MANAGED:
            address = next(self._attachments(PartName.ACCESS, name), None)
        else:
            address = f"{PartName.ACCESS}/{_INLINE}.{name}" if caller_resource(caller) is not None else None
        if address is None:
            return ()
        self._held(address, "each.value")
        roles = self.made[address].get("for_each")
        found = _distinct(roles)
        if not found:
            raise InternalError(f"the policy of {caller.key!r} is rendered for roles that cannot be told: {roles!r}")
        return caller.roles if set(found) == set(caller.roles) else found  # a set has no order

    def of_gateway(self, gateway: GatewayPlan) -> Text | None:
        """The role of a gateway that is given its policy; None where that is only put out."""
        address = f"{PartName.GATEWAY_POLICY}/{_INLINE}.{label(gateway.key)}"
        if address not in self.made:
            return None
        self.left.discard(address)
        role = self.made[address].get("role")
        if (found := text_in(role)) is None:
            raise InternalError(f"the policy of the gateway {gateway.key!r} is rendered for {role!r}")
        return found

    def of_flow_logs(self) -> None:
        """Raise `InternalError` when the policy of the flow logs is not given to their role."""
        self._held(f"{PartName.NETWORK}/{_INLINE}.flow_logs", "aws_iam_role.flow_logs.id")

    def no_others(self) -> None:
        """Raise `InternalError` when the text gives somebody a policy beyond those that were asked for."""
        if self.left:
            raise InternalError(f"the rendered text gives away policies by {sorted(self.left)}, which was not planned")

    def _held(self, address: str, by: str) -> None:
        self.left.discard(address)
        role = self.made.get(address, {}).get("role")
        if ".".join(referred(role)) != by:
            raise InternalError(f"{address} is rendered for {role!r}, and planned for {by}")

    def _attachment(self, part: PartName, name: str) -> str:
        found = next(self._attachments(part, name), None)
        if found is None:
            raise InternalError(f"nothing attaches the policy aws_iam_policy.{name}")
        return found

    def _attachments(self, part: PartName, name: str) -> Iterator[str]:
        """The attachments of a managed policy."""
        arn = ("aws_iam_policy", name, "arn")
        for address, arguments in self.made.items():
            if address.startswith(f"{part}/{_ATTACHED}.") and referred(arguments.get("policy_arn")) == arn:
                yield address


def _boundary(value: Argument | None) -> tuple[Text | None, bool]:
    """The boundary that a user gives, and whether the role's own is there, in the place of that or of none."""
    match value:
        case Symbol(made=Made("?:", (condition, otherwise, present))) if (
            optional(condition) is not None and referred(otherwise) == _OWN_BOUNDARY
        ):
            given, is_own = text_in(present), True
        case _:
            given, is_own = text_in(value), referred(value) == _OWN_BOUNDARY
            if value is None or is_own:
                return None, is_own
    if given is None:
        raise InternalError(f"the execution role is rendered with the boundary {value!r}")
    return given, is_own


def _distinct(value: Argument | None) -> tuple[Text, ...]:
    """The texts in a set; nothing for anything else."""
    match value:
        case Listed(is_set=True) | Symbol(made=Made("toset")):
            return texts_of(value) or ()
        case _:
            return ()
