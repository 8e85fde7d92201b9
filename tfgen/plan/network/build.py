"""From a posture and the features it uses to the network around the harness. Knows no Terraform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.catalog.model import STAR
from tfgen.catalog.network import EndpointKind, facts, service
from tfgen.diagnostics import At, Code, Finding, Route
from tfgen.iam.policy import Kind
from tfgen.iam.text import Text, join, text
from tfgen.plan.grants import AWS_CONTEXT, fill, grants, trust
from tfgen.plan.model import Role
from tfgen.plan.network import policies
from tfgen.plan.network.model import Endpoint, FlowLogs, Lookup, Network, Reason, SecurityGroup, Way
from tfgen.plan.network.needs import Needs, needs, present, reasons, unknown
from tfgen.plan.network.outside import outside
from tfgen.plan.network.rules import ENDPOINTS, NETWORK, SESSIONS, distinct, internet_needs, rules, targets
from tfgen.plan.roles import Naming, of_region
from tfgen.plan.statements import FeatureUse, Grant, PolicyPlan
from tfgen.plan.values import Values
from tfgen.posture import network as said
from tfgen.posture.document import Posture

_FLOW_LOGS: Final = "flow-logs"


def network(
    posture: Posture, values: Values, naming: Naming, role: Role, harness_name: Text
) -> tuple[Network | None, tuple[Finding, ...]]:
    """Plan the network that a posture asks for; None when it asks for none."""
    wanted = posture.network
    if wanted is None:
        return None, ()
    uses = (*role.uses, *outside(posture, values, role.uses))
    shared = frozenset(wanted.endpoints.shared.services if wanted.endpoints.shared is not None else ())
    faults = (*_unknown_services(wanted), *unknown(uses))
    if faults:
        return None, faults
    found = needs(uses, shared)
    role_name = join(naming.known, STAR) if naming.by_prefix else naming.known
    role_arn = fill(facts().role_arn, {**AWS_CONTEXT, "role_path": text(role.path), "role_name": role_name})
    granted = role.policy.grants
    own: list[Endpoint] = []
    others: list[Endpoint] = []
    for name in (row.name for row in facts().service if row.name in found.services):
        if name in shared:
            others.append(_endpoint(name, found, PolicyPlan(Kind.ENDPOINT, ())))
        elif wanted.endpoints.none is None:
            own.append(_endpoint(name, found, policies.policy(name, granted, uses, role_arn, harness_name)))
    made = tuple(own)
    aims = targets(wanted, values, made, tuple(others), found)
    openings = tuple(rules(aims))
    plan = Network(
        base=naming.base,
        vpc=_lookup(wanted.vpc, values),
        subnets=_lookup(wanted.subnets, values),
        route_tables=_lookup(wanted.route_tables, values) if wanted.route_tables is not None else None,
        mount_subnets=_lookup(wanted.mount_targets.subnets, values) if wanted.mount_targets is not None else None,
        mount_present=present(found.mounts),
        dualstack=wanted.ip_address_type == "dualstack",
        without_endpoints=wanted.endpoints.none is not None,
        endpoints=made,
        shared=tuple(others),
        idle=tuple(_idle(wanted, shared - found.services.keys(), found)),
        groups=tuple(_groups(naming, made)),
        targets=aims,
        rules=openings,
        distinct=tuple(distinct(openings)),
        internet=Way(wanted.internet.member[0]) if wanted.internet is not None else None,
        role_arn=role_arn,
        uses=uses,
        flow_logs=_flow_logs(naming) if wanted.flow_logs else None,
        linked_role=facts().service_linked_role.service if wanted.service_linked_role else "",
        anonymous=tuple(_anonymous(made, uses, harness_name)),
    )
    return plan, tuple(_no_route_tables(wanted, made))


def _lookup(given: said.Vpc | said.Subnets | said.RouteTables, values: Values) -> Lookup:
    if given.tags is not None:
        return Lookup(tags=tuple(given.tags.items()))
    ids = (given.id,) if isinstance(given, said.Vpc) else given.ids
    return Lookup(tuple(values.text(one) for one in ids or () if one is not None))


def _endpoint(name: str, found: Needs, policy: PolicyPlan) -> Endpoint:
    row, wanted = service(name), found.services[name]
    full = fill(facts().endpoint_name, {"region": AWS_CONTEXT["region"], "service": text(name)})
    is_interface = row.type is EndpointKind.INTERFACE
    return Endpoint(
        service=name,
        kind=row.type,
        name=full,
        reasons=reasons(wanted),
        policy=policy,
        present=present(wanted),
        private_dns=is_interface,
        group=ENDPOINTS if is_interface else "",
        routed=not is_interface,
    )


def _groups(naming: Naming, made: tuple[Endpoint, ...]) -> Iterator[SecurityGroup]:
    keys = [SESSIONS, *([ENDPOINTS] if any(one.kind is EndpointKind.INTERFACE for one in made) else [])]
    for key in keys:
        yield SecurityGroup(key, join(naming.base, f"-{key}"), facts().group[key].text)


def _anonymous(
    made: tuple[Endpoint, ...], uses: tuple[FeatureUse, ...], name: Text
) -> Iterator[tuple[str, Grant, str]]:
    for endpoint in made:
        for grant, whom in policies.passages(endpoint.service, uses, name):
            if whom:
                yield endpoint.service, grant, whom


def _flow_logs(naming: Naming) -> FlowLogs:
    row = facts().flow_logs
    group = fill(row.group, {"name": naming.base})
    use = FeatureUse(_FLOW_LOGS, (*NETWORK, "flow_logs"), values=(("group_name", group),))
    return FlowLogs(
        group=group,
        traffic=row.traffic,
        retention_days=row.retention_days,
        role_name=of_region(naming.base, "flows"),
        trust=PolicyPlan(Kind.TRUST, trust(use, naming.base)),
        policy=PolicyPlan(Kind.INLINE, grants((use,), naming.base)),
        reason=Reason(_FLOW_LOGS, (use.route,), row.why, row.source, row.basis, row.readings),
        use=use,
    )


def _idle(wanted: said.Network, services: frozenset[str], found: Needs) -> Iterator[tuple[str, Route]]:
    if wanted.endpoints.shared is not None:
        for index, name in enumerate(wanted.endpoints.shared.services):
            if name in services:
                yield f"the shared endpoint for {name!r}", (*NETWORK, "endpoints", "shared", "services", index)
    if wanted.internet is not None and not internet_needs(wanted, found):
        yield "the way to the internet", (*NETWORK, "internet")


def _unknown_services(wanted: said.Network) -> Iterator[Finding]:
    """Find shared endpoints of services that nobody knows, and interfaces whose place is not said."""
    given = wanted.endpoints.shared
    if given is None:
        return
    known = {row.name: row.type for row in facts().service}
    route: Route = (*NETWORK, "endpoints", "shared")
    for index, name in enumerate(given.services):
        if name not in known:
            message = f"no service {name!r} is known"
            yield Finding(Code.BAD_VALUE, message, (*route, "services", index), f"known are {', '.join(sorted(known))}")
    interfaces = any(known.get(name) is EndpointKind.INTERFACE for name in given.services)
    if interfaces and given.security_groups is None and given.cidrs is None:
        message = "where the shared endpoints are is not said: 'security_groups' or 'cidrs' is needed"
        yield Finding(Code.CONFLICT, message, route, "add security_groups: [...], or cidrs: [...]", at=At.KEY)


def _no_route_tables(wanted: said.Network, made: tuple[Endpoint, ...]) -> Iterator[Finding]:
    """Find gateway endpoints that would be in no route table."""
    gateways = [one.service for one in made if one.kind is EndpointKind.GATEWAY]
    if wanted.route_tables is None and gateways:
        message = f"the gateway endpoint for {gateways[0]!r} is put into route tables, and none are named"
        yield Finding(Code.UNREACHABLE, message, NETWORK, "add route_tables: { ids: [...] }", at=At.KEY)
