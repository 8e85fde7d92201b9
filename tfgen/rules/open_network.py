"""A rule about sessions that may connect to any address. Knows no address: the catalog has those that mean all."""

from __future__ import annotations

from collections.abc import Iterator

from tfgen.catalog.network import facts
from tfgen.diagnostics import Code, Severity
from tfgen.diagnostics.rule import Violation, rule
from tfgen.plan.model import Plan


@rule(Code.TOO_OPEN, "sessions may connect to every address of the internet", severity=Severity.WARNING)
def open_network(plan: Plan) -> Iterator[Violation]:
    anywhere = (facts().anywhere.ipv4, facts().anywhere.ipv6)
    for one in plan.network.targets if plan.network is not None else ():
        if str(one.peer.value) in anywhere:
            ports = f"{one.protocol} {one.first}" + (f" to {one.last}" if one.last != one.first else "")
            message = f"sessions may connect to every address of the internet by {ports}, and send there what they read"
            advice = "name the addresses that are needed, or a proxy that knows which hosts are"
            yield Violation(message, one.reasons[0].routes[0], advice)
