"""Whether what the posture names is where the harness is. Knows no region: these stand in the catalog."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tfgen.catalog.regions import regions
from tfgen.diagnostics import Code, Finding, Route, Severity
from tfgen.plan.model import Plan
from tfgen.plan.statements import Use

_ARN = "arn"
_FIELDS = 5


@dataclass(frozen=True, slots=True)
class Place:
    """What a literal ARN of the posture says of its place."""

    route: Route
    partition: str
    service: str
    region: str


def places(plan: Plan) -> Iterator[Place]:
    """The places of all ARNs that stand in the posture itself and that features bring."""
    around = plan.network.uses if plan.network is not None else ()
    beside = (*around, *(use for gateway in plan.gateways for use in gateway.uses))
    for use in (*plan.role.uses, *(one for one in beside if one not in plan.role.uses)):
        tables = (value for _, table in use.tables for _, value in table)
        for value in (*(value for _, value in use.values), *tables):
            fields = (value.known or "").split(":", _FIELDS)
            if fields[0] == _ARN and len(fields) > _FIELDS:
                yield Place(use.route, *fields[1:4])


def partition(plan: Plan) -> Iterator[Finding]:
    """Find ARNs in a partition without the harness, and ARNs of several partitions."""
    known = regions().partitions
    first: Place | None = None
    for place in places(plan):
        if place.partition not in known:
            message = f"there is no harness in the partition {place.partition!r}, where this is"
            yield Finding(Code.REGION, message, place.route, f"partitions with a harness are {', '.join(known)}")
        elif first is not None and place.partition != first.partition:
            message = f"this is in the partition {place.partition!r}, and something else in {first.partition!r}"
            yield Finding(Code.REGION, message, place.route, "no role reaches from one partition into another")
        first = first or place


def harness(plan: Plan) -> Iterator[Finding]:
    """Find what AgentCore runs in regions that have AgentCore and no harness."""
    table = regions()
    for place in places(plan):
        if place.service == table.service and place.partition in table.partitions and place.region not in table.regions:
            message = f"there is no harness in {place.region!r}, where this is"
            advice = f"regions with a harness are {', '.join(table.regions)}"
            yield Finding(Code.REGION, message, place.route, advice, Severity.WARNING)


def lack(plan: Plan) -> Iterator[Finding]:
    """Find what the posture uses and the region of its ARNs does not have."""
    there = {place.region for place in places(plan) if place.service == regions().service}
    uses: tuple[Use, ...] = (*plan.role.uses, *(use for caller in plan.callers for use in caller.uses))
    for row in regions().lacks:
        for use in uses:
            if (use.sheet, use.variant) == (row.sheet, row.variant):
                for name in sorted(there & row.regions):
                    message = f"{name} does not have {row.what}"
                    yield Finding(Code.REGION, message, use.route, "leave it out there", Severity.WARNING)
