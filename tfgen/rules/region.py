"""Rules about the regions and partitions of what a posture names. Knows no region: the catalog lists them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tfgen.catalog.regions import regions
from tfgen.diagnostics import Code, Related, Route, Severity
from tfgen.diagnostics.rule import Rule, Violation, rule
from tfgen.plan.model import Plan
from tfgen.plan.statements import FeatureUse

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


@rule(Code.REGION, "a resource is in a partition without a harness")
def partition(plan: Plan) -> Iterator[Violation]:
    known = regions().partitions
    for place in places(plan):
        if place.partition not in known:
            message = f"there is no harness in the partition {place.partition!r}, where this is"
            yield Violation(message, place.route, f"partitions with a harness are {', '.join(known)}")


@rule(Code.REGION, "resources are in several partitions")
def partitions(plan: Plan) -> Iterator[Violation]:
    first: Place | None = None
    for place in places(plan):
        first = first or place
        if place.partition != first.partition and place.partition in regions().partitions:
            message = f"this is in the partition {place.partition!r}, and something else in {first.partition!r}"
            other = (Related(first.route, "the other partition"),)
            yield Violation(message, place.route, "no role reaches from one partition into another", other)


@rule(Code.REGION, "a resource is in a region that has AgentCore and no harness", severity=Severity.WARNING)
def harness(plan: Plan) -> Iterator[Violation]:
    table = regions()
    for place in places(plan):
        if place.service == table.service and place.partition in table.partitions and place.region not in table.regions:
            message = f"there is no harness in {place.region!r}, where this is"
            yield Violation(message, place.route, f"regions with a harness are {', '.join(table.regions)}")


@rule(Code.REGION, "the region of a resource does not have what the posture uses", severity=Severity.WARNING)
def lack(plan: Plan) -> Iterator[Violation]:
    there: dict[str, Route] = {}
    for place in places(plan):
        if place.service == regions().service:
            there.setdefault(place.region, place.route)
    uses: tuple[FeatureUse, ...] = (*plan.role.uses, *(use for caller in plan.callers for use in caller.uses))
    for row in regions().lacks:
        for use in uses:
            if (use.sheet, use.variant) == (row.sheet, row.variant):
                for name in sorted(there.keys() & row.regions):
                    related = (Related(there[name], "a resource of this region"),)
                    yield Violation(f"{name} does not have {row.what}", use.route, "leave it out there", related)


RULES: Final[tuple[Rule[Plan], ...]] = (partition, partitions, harness, lack)
