"""The four links from a session to all that features need, and what is open beyond that. Must not know Terraform."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from tfgen.catalog.network import EndpointKind, Port, facts, services_of
from tfgen.diagnostics import Code, Finding, Route
from tfgen.iam.policy import Effect
from tfgen.plan.model import Plan
from tfgen.plan.network.model import Aim, Direction, Network, Peer, PeerKind, Present, Target, made
from tfgen.proof.calls import Request, is_for, matches
from tfgen.proof.reach.requirements import Requirement, Requirements, passage_requests, requirements, role_requests
from tfgen.proof.reach.view import NetworkView, OpenRule

_SESSIONS = made("sessions")


@dataclass(frozen=True, slots=True)
class Needs:
    """What a plan's features need of its network: found once, and held against each view."""

    network: Network
    asked: Requirements
    calls: Mapping[str, tuple[Request, ...]]
    """The calls through each endpoint, by its service."""


def needs(plan: Plan, network: Network) -> Needs:
    """What the features of a plan need of its network."""
    calls: dict[str, list[Request]] = {}
    for one in role_requests(network.uses, plan.harness_name, network.role_arn):
        for row in services_of(one.action):
            calls.setdefault(row.name, []).append(one)
    for service, one in passage_requests(network.uses, plan.harness_name):
        calls.setdefault(service, []).append(one)
    asked = requirements(network.uses, (one.service for one in network.shared))
    return Needs(network, asked, {service: tuple(made) for service, made in calls.items()})


def check(needed: Needs, view: NetworkView) -> Iterator[Finding]:
    """Findings about a view, which is the network as it stands in the plan or in the text."""
    network, asked = needed.network, needed.asked
    for service, one in asked.services.items():
        yield from _service(service, one, network, view)
    yield from _outside(asked, network)
    for target in network.targets:
        if target.aim not in (Aim.ENDPOINTS, Aim.GATEWAY):
            yield from _target(target, view)
    yield from _passes(needed, view)
    yield from _openness(asked, network, view)
    yield from _policies_openness(needed, view)


def _service(service: str, asked: Requirement, network: Network, view: NetworkView) -> Iterator[Finding]:
    """Name, route and security groups between sessions and one service."""
    if any(one.service == service for one in network.shared):
        yield from _prefix_list(service, asked, network, view)
        return
    endpoint = next((one for one in view.endpoints if one.service == service), None)
    if endpoint is None:
        yield from _public(service, asked, network)
        return
    if not endpoint.named:
        yield _missing(asked, "name", f"the endpoint for {service!r} has no private DNS name", "enable its private DNS")
    if not endpoint.routed:
        where = "is in no route table" if endpoint.kind is EndpointKind.GATEWAY else "has no interface in any subnet"
        yield _missing(asked, "route", f"the endpoint for {service!r} {where}", "name the subnets' route tables")
    if not _covers(endpoint.present, asked.present):
        yield _missing(asked, "name", f"the endpoint for {service!r} is not there whenever it is needed", "")
    if endpoint.kind is EndpointKind.GATEWAY:
        yield from _egress(service, asked, view, lambda peer: _is_list_of(peer, service))
        return
    yield from _egress(service, asked, view, lambda peer: peer in endpoint.groups)
    ingress = (one for one in view.rules if one.direction is Direction.INGRESS and one.group in endpoint.groups)
    if not any(one.peer == _SESSIONS and _open(one, _https(), asked.present) for one in ingress):
        message = f"no security group of the endpoint for {service!r} lets sessions in"
        yield _missing(asked, "security group", message, "a rule: ingress to the endpoint's group from sessions")


def _prefix_list(service: str, asked: Requirement, network: Network, view: NetworkView) -> Iterator[Finding]:
    """A shared endpoint is a route of its own VPC; what is ours to open stands among the targets."""
    kind = next(one.kind for one in network.shared if one.service == service)
    if kind is EndpointKind.GATEWAY:
        yield from _egress(service, asked, view, lambda peer: _is_list_of(peer, service))
    elif not any(one.aim is Aim.SHARED for one in network.targets):
        yield _missing(asked, "route", f"nothing says where the shared endpoint for {service!r} is", "")


def _egress(service: str, asked: Requirement, view: NetworkView, leads: Callable[[Peer], bool]) -> Iterator[Finding]:
    egress = (one for one in view.rules if one.direction is Direction.EGRESS and one.group == _SESSIONS)
    if not any(leads(one.peer) and _open(one, _https(), asked.present) for one in egress):
        message = f"the security group of sessions lets nothing out to the endpoint for {service!r}"
        yield _missing(asked, "security group", message, "a rule: egress from sessions to the endpoint")


def _public(service: str, asked: Requirement, network: Network) -> Iterator[Finding]:
    """Without an endpoint a service is called at its public name, over the internet, where that is wanted."""
    ways = [one for one in network.targets if one.aim is Aim.INTERNET]
    if not network.without_endpoints:
        message = f"there is no endpoint for {service!r}, so its name leads to the internet"
        yield _missing(asked, "name", message, "let endpoints be auto, or name one that exists under endpoints.shared")
    elif not ways:
        message = f"there is no endpoint for {service!r}, so its name leads to the internet, and no way leads there"
        yield _missing(asked, "name", message, "add network.internet, or let endpoints be auto")
    elif not any(_is_anywhere(one) for one in ways):
        message = f"whether {service!r} can be called over the internet, as far as it is open, cannot be told"
        advice = "let endpoints be auto, or leave network.internet.nat.cidrs out"
        yield Finding(Code.NOT_DECIDABLE, message, asked.uses[0].route, advice)


def _outside(asked: Requirements, network: Network) -> Iterator[Finding]:
    """What no endpoint covers needs a way to the internet, and file systems their mount targets."""
    if asked.internet.uses and not any(one.aim is Aim.INTERNET for one in network.targets):
        what = ", ".join(asked.internet.whats)
        message = f"{what} cannot be reached: no way leads to the internet"
        yield _missing(asked.internet, "route", message, "add network.internet, or leave the feature out")
    if asked.mounts.uses and not any(one.aim is Aim.MOUNT_TARGETS for one in network.targets):
        message = f"{', '.join(asked.mounts.whats)} cannot be mounted: no mount targets are named"
        yield _missing(asked.mounts, "route", message, "add network.mount_targets")


def _target(target: Target, view: NetworkView) -> Iterator[Finding]:
    """The rules on both sides between sessions and something that the posture names."""
    what = f"{target.aim} ({target.key}, {target.protocol} {target.first})"
    port = Port(
        protocol=target.protocol,
        port=target.first,
        why=facts().linger.why,
        source=facts().source,
        basis=facts().linger.basis,
    )
    for direction, group, peer in _sides(target):
        found = (one for one in view.rules if (one.direction, one.group, one.peer) == (direction, group, peer))
        if not any(_open(one, port, target.present, target.last) for one in found):
            side = "sessions let nothing out to" if direction is Direction.EGRESS else "sessions are not let in by"
            message = f"{side} {what}"
            advice = f"a rule: {direction} of {_shown(group)}, the other side being {_shown(peer)}"
            route = target.reasons[0].routes[0]
            yield Finding(Code.UNREACHABLE, f"{message} (security group)", route, advice)


def _sides(target: Target) -> Iterator[tuple[Direction, Peer, Peer]]:
    yield Direction.EGRESS, _SESSIONS, target.peer
    if target.says_back:
        yield Direction.INGRESS, target.peer, _SESSIONS


def _passes(needed: Needs, view: NetworkView) -> Iterator[Finding]:
    """Each call passes the policy of each endpoint that it goes through."""
    for endpoint in view.endpoints:
        for one in needed.calls.get(endpoint.service, ()):
            allowing = (s for s in endpoint.policy.statements if s.effect is Effect.ALLOW and one.action in s.actions)
            if not any(matches(statement, one) for statement in allowing):
                policy = f"the policy of the endpoint for {endpoint.service!r}"
                message = f"{policy} does not let {one.action!r} on {one.resource} pass"
                advice = "a statement of the endpoint's policy for it"
                yield Finding(Code.UNREACHABLE, f"{message} (endpoint policy)", one.route, advice)


def _openness(asked: Requirements, network: Network, view: NetworkView) -> Iterator[Finding]:
    """Everything that is there is needed, and no wider than it is needed."""
    for endpoint in view.endpoints:
        needed = asked.services.get(endpoint.service)
        if needed is None:
            yield _open_for_nothing(f"the endpoint for {endpoint.service!r} is there for no feature", ("network",))
        elif needed.present and not endpoint.present:
            message = f"the endpoint for {endpoint.service!r} is there also while nothing needs it"
            yield _open_for_nothing(message, needed.uses[0].route)
    wanted = {(*side, one.protocol, one.first, one.last) for one in network.targets for side in _sides(one)}
    for rule in view.rules:
        if (rule.direction, rule.group, rule.peer, rule.protocol, rule.first, rule.last) not in wanted:
            what = f"{rule.protocol} {rule.first} to {rule.last} between {_shown(rule.group)} and {_shown(rule.peer)}"
            yield _open_for_nothing(f"the {rule.direction} rule {rule.key!r} opens {what} for no feature", ("network",))


def _policies_openness(needed: Needs, view: NetworkView) -> Iterator[Finding]:
    """Each action on each resource of an endpoint's policy is what some call through it asks for."""
    for endpoint in view.endpoints:
        calls = needed.calls.get(endpoint.service, ())
        for statement in endpoint.policy.statements:
            for action in statement.actions:
                for resource in statement.resources:
                    if not any(one.action == action and is_for(statement, resource, one) for one in calls):
                        policy = f"the policy of the endpoint for {endpoint.service!r}"
                        call = f"{action!r} on {resource}"
                        message = f"{policy} lets {call} pass by {statement.sid!r}, which no used feature calls"
                        yield _open_for_nothing(message, ("network",))


def _open_for_nothing(message: str, route: Route) -> Finding:
    return Finding(Code.TOO_OPEN, message, route, "nothing that the posture uses needs it")


def _missing(asked: Requirement, link: str, message: str, advice: str) -> Finding:
    said = f"{message} ({link}); the posture's use of {asked.sheets} needs it"
    return Finding(Code.UNREACHABLE, said, asked.uses[0].route, advice)


def _https() -> Port:
    return facts().port["https"]


def _open(one: OpenRule, port: Port, needed: Present, last: int = 0) -> bool:
    """Whether a rule opens a port whenever that is needed."""
    covers = one.first <= port.port and (last or port.port) <= one.last
    return one.protocol == port.protocol and covers and _covers(one.present, needed)


def _covers(present: Present, needed: Present) -> bool:
    """Whether something is there whenever it is needed."""
    return not present or (bool(needed) and set(needed) <= set(present))


def _is_list_of(peer: Peer, service: str) -> bool:
    return peer.kind is PeerKind.SERVICE and str(peer.value) == service


def _is_anywhere(target: Target) -> bool:
    return str(target.peer.value) in (facts().anywhere.ipv4, facts().anywhere.ipv6) or target.key == "proxy"


def _shown(peer: Peer) -> str:
    return f"the group {peer.value}" if peer.kind in (PeerKind.MADE, PeerKind.GROUP) else str(peer.value)


def all_findings(plan: Plan, *views: NetworkView) -> tuple[Finding, ...]:
    """The findings about each of some views, each once."""
    if plan.network is None:
        return ()
    needed = needs(plan, plan.network)
    return tuple(dict.fromkeys(chain.from_iterable(check(needed, one) for one in views)))
