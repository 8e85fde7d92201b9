"""The network as a Mermaid diagram, drawn from the plan. Knows no Terraform.

Every label is quoted, and what Mermaid would read as markup in it is written as an entity code:
https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
"""

from __future__ import annotations

from collections.abc import Iterator

from tfgen.plan.network.model import Direction, Network, PeerKind, Rule, Way
from tfgen.plan.network.rules import SESSIONS

_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:/_-+@()=*!?'")


def diagram(network: Network) -> list[str]:
    """The lines of a diagram: sessions, all that they may connect to, and what is refused."""
    lines = ["flowchart LR", '  subgraph vpc["VPC"]', '    sessions["Sessions of the harness"]']
    if network.interfaces:
        lines.append('    subgraph endpoints["Interface endpoints"]')
        lines += [f"      e{n}[{quoted(one.service)}]" for n, one in enumerate(network.interfaces)]
        lines.append("    end")
    near = [rule for rule in _egress(network) if not _is_far(rule) and rule.peer.kind is not PeerKind.MADE]
    lines += [f"    {_id(rule)}[{quoted(_label(rule))}]" for rule in near]
    lines.append("  end")
    lines += [f"  {_id(rule)}[{quoted(_label(rule))}]" for rule in _egress(network) if _is_far(rule)]
    for rule in _egress(network):
        target = "endpoints" if rule.peer.kind is PeerKind.MADE else _id(rule)
        lines.append(f"  sessions -->|{quoted(_ports(rule))}| {target}")
    lines.append('  others["Everything else"]')
    lines.append("  others -.-x sessions")
    return lines


def quoted(value: str) -> str:
    """A label: quoted, with entity codes for what has a meaning."""
    return '"' + "".join(one if one in _SAFE else f"#{ord(one)};" for one in " ".join(value.split())) + '"'


def _egress(network: Network) -> Iterator[Rule]:
    return (one for one in network.rules if one.direction is Direction.EGRESS and str(one.group.value) == SESSIONS)


def _is_far(rule: Rule) -> bool:
    """Whether what a rule leads to is outside of the VPC, as far as can be told."""
    return rule.key.partition("-")[0] in {"internet", Way.PROXY.value} or rule.peer.kind is PeerKind.SERVICE


def _id(rule: Rule) -> str:
    return "r_" + "".join(one if one.isascii() and one.isalnum() else "_" for one in rule.key)


def _label(rule: Rule) -> str:
    if rule.peer.kind is PeerKind.SERVICE:
        return f"{rule.peer.value} through its gateway endpoint"
    return f"{', '.join((rule.key, *rule.replaces))}: {rule.peer.value}"


def _ports(rule: Rule) -> str:
    ports = str(rule.first) if rule.first == rule.last else f"{rule.first}-{rule.last}"
    return f"{rule.protocol} {ports}"
