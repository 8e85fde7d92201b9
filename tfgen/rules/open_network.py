"""Whether sessions may connect to any address at all. Knows no address: the catalog has those that stand for all."""

from __future__ import annotations

from collections.abc import Iterator

from tfgen.catalog.network import facts
from tfgen.diagnostics import Code, Finding, Severity
from tfgen.plan.model import Plan


def open_network(plan: Plan) -> Iterator[Finding]:
    """Find rules that lead to every address of the internet."""
    anywhere = (facts().anywhere.ipv4, facts().anywhere.ipv6)
    for one in plan.network.targets if plan.network is not None else ():
        if str(one.peer.value) in anywhere:
            ports = f"{one.protocol} {one.first}" + (f" to {one.last}" if one.last != one.first else "")
            message = f"sessions may connect to every address of the internet by {ports}, and send there what they read"
            advice = "name the addresses that are needed, or a proxy that knows which hosts are"
            yield Finding(Code.TOO_OPEN, message, one.reasons[0].routes[0], advice, Severity.WARNING)
