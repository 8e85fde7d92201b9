"""The README of the module `network`: what sessions reach, why, and what that takes. Knows no Terraform syntax."""

from __future__ import annotations

from collections.abc import Iterable

from tfgen.catalog.network import EndpointKind
from tfgen.plan.network.model import Network, PeerKind, Reason, Rule, Way
from tfgen.render.markdown import code, evident, grants_table, markdown
from tfgen.render.mermaid import diagram


def root(network: Network) -> list[str]:
    """What the root's README says of it."""
    return ["## What it can reach", "", *_diagram(network), *_cost(network), *_rules(network)]


def part(network: Network) -> list[str]:
    """The lines of the module's own README."""
    lines = [*_diagram(network), *_cost(network), *_rules(network), *_assumed(network)]
    for one in network.endpoints:
        lines += [f"## What passes the endpoint for {markdown(one.service)}", ""]
        lines += ["An endpoint's policy lets only what it names pass, whatever the role may do.", ""]
        lines += grants_table(one.policy)
    return lines


def _diagram(network: Network) -> list[str]:
    return ["```mermaid", *diagram(network), "```", ""]


def _cost(network: Network) -> list[str]:
    """How many network interfaces there are to pay for."""
    if not network.endpoints:
        return ["No endpoint is made here.", ""]
    ids = network.subnets.ids
    zones = str(len(ids)) if ids and all(one.known is not None for one in ids) else ""
    most = f"at most {zones}" if zones else "one a zone"
    lines = [
        "An interface endpoint is one network interface in each zone of the subnets, and each is paid by the hour.",
        "A gateway endpoint is a route and costs nothing.",
        "",
        "| Endpoint | Type | Network interfaces | There | Why |",
        "| --- | --- | --- | --- | --- |",
    ]
    for one in network.endpoints:
        count = "0" if one.kind is EndpointKind.GATEWAY else most
        lines.append(f"| {code(one.service)} | {one.kind} | {count} | {_when(one.present)} | {_why(one.reasons)} |")
    always = [one for one in network.interfaces if not one.present]
    more = len(network.interfaces) - len(always)
    total = f"{len(always)} interface endpoints in any case" + (f", up to {more} more" if more else "")
    times = f"times the zones of {zones} subnets" if zones else "times the zones of the subnets"
    return [*lines, "", f"Together: {total}, {times}.", ""]


def _when(present: Iterable[str]) -> str:
    names = " or ".join(code(name) for name in present)
    return f"while {names} has an element" if names else "always"


def _why(reasons: Iterable[Reason]) -> str:
    return "<br>".join(dict.fromkeys(evident(one.why, one.source, one.basis, one.readings) for one in reasons))


def _rules(network: Network) -> list[str]:
    lines = [
        "Nothing may connect to a session. Every rule there is:",
        "",
        "| Rule | From | To | Ports | There | Why |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for one in network.rules:
        ends = (_end(one, outer=False), _end(one, outer=True))
        source, target = ends if one.direction == "egress" else reversed(ends)
        name = f"{one.direction} {one.key}"
        why = _why(one.reasons)
        lines.append(f"| {code(name)} | {source} | {target} | {_ports(one)} | {_when(one.present)} | {why} |")
    return [*lines, ""]


def _end(rule: Rule, *, outer: bool) -> str:
    peer = rule.peer if outer else rule.group
    if peer.kind is PeerKind.MADE:
        return f"the security group of {peer.value}"
    if peer.kind is PeerKind.SERVICE:
        return f"the addresses of {code(str(peer.value))}"
    return code(str(peer.value))


def _ports(rule: Rule) -> str:
    return f"{rule.protocol} {rule.first}" + (f"-{rule.last}" if rule.last != rule.first else "")


def _assumed(network: Network) -> list[str]:
    """What the network relies on that stands outside of this module."""
    said = []
    if network.interfaces:
        said.append(
            "With private DNS, everything in the VPC resolves these services to these endpoints, which let nothing but "
            "sessions in. Where others in the VPC call them too, use shared endpoints."
        )
    if network.route_tables is not None:
        said.append("The route tables are those of the sessions' subnets.")
    if any(one.routed for one in network.endpoints):
        said.append(
            "A gateway endpoint's policy holds for everything that these route tables serve: let no other workload "
            "that needs the same service share them."
        )
    if network.shared:
        names = ", ".join(code(one.service) for one in network.shared)
        said.append(
            f"The shared endpoints ({names}) let sessions in, their policies let the role through, and their private "
            "names resolve in this VPC."
        )
    if network.internet is Way.NAT:
        said.append("The route tables of the subnets have a default route to a NAT gateway or a firewall.")
    if network.internet is Way.PROXY:
        said.append("The proxy lets these connections pass, and sessions are told to use it by their environment.")
    if not said:
        return []
    return ["## What this relies on", "", *(f"- {line}" for line in said), ""]
