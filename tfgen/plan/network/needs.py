"""From uses of features to what they need of a network: services of AWS, the internet, mount targets.

Knows the sheets' rows, and no security group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from tfgen.catalog import load
from tfgen.catalog.model import EgressRow, EndpointRow
from tfgen.catalog.network import services_of
from tfgen.diagnostics import At, Code, Finding, Related, Route
from tfgen.plan.features.extra import SHEET as EXTRA
from tfgen.plan.network.model import Present, Reason
from tfgen.plan.statements import FeatureUse


@dataclass(frozen=True, slots=True)
class Need:
    """What one use of a feature needs, and why."""

    reason: Reason
    present: Present
    what: str = ""


@dataclass(slots=True)
class Needs:
    """What all uses together need."""

    services: dict[str, list[Need]] = field(default_factory=dict)
    internet: list[Need] = field(default_factory=list)
    mounts: list[Need] = field(default_factory=list)


def needs(uses: Iterable[FeatureUse], shared: frozenset[str]) -> Needs:
    """Gather the needs of all uses; `shared` are services that somebody has an endpoint for."""
    found = Needs()
    for use in uses:
        sheet = load.sheet(use.sheet)
        for endpoint in sheet.endpoint:
            if applies(endpoint, use):
                found.services.setdefault(endpoint.service, []).append(_need(endpoint, use))
        for egress in sheet.egress:
            if not applies(egress, use):
                continue
            need = _need(egress, use, egress.what)
            if egress.to == "mount-targets":
                found.mounts.append(need)
            elif egress.instead is not None and egress.instead in shared:
                found.services.setdefault(egress.instead, []).append(need)
            else:
                found.internet.append(need)
        for service, need in _granted(use):
            found.services.setdefault(service, []).append(need)
    return found


def applies(row: EndpointRow | EgressRow, use: FeatureUse) -> bool:
    """Whether a row of the use's sheet is for its variant."""
    return not row.when or use.variant in row.when


def each(use: FeatureUse) -> Present:
    """The list input that a use stands for the elements of."""
    return tuple(dict.fromkeys(name for _, value in use.values if (name := value.each()) is not None))[:1]


def present(found: Iterable[Need]) -> Present:
    """While which list inputs have elements something is needed; always when one of the needs is there in any case."""
    return any_present(need.present for need in found)


def any_present(found: Iterable[Present]) -> Present:
    """While which list inputs have elements one of several things is there."""
    names: dict[str, None] = {}
    for one in found:
        if not one:
            return ()
        names.update(dict.fromkeys(one))
    return tuple(names)


def reasons(found: Iterable[Need]) -> tuple[Reason, ...]:
    """Why, sheet by sheet and row by row, each with all the places that ask for it."""
    return merged(need.reason for need in found)


def merged(found: Iterable[Reason]) -> tuple[Reason, ...]:
    """Each reason once, with all the places that have it."""
    same: dict[Reason, list[Route]] = {}
    for one in found:
        same.setdefault(replace(one, routes=()), []).extend(one.routes)
    return tuple(replace(one, routes=tuple(dict.fromkeys(routes))) for one, routes in same.items())


def _need(row: EndpointRow | EgressRow, use: FeatureUse, what: str = "") -> Need:
    reason = Reason(use.sheet, (use.route,), row.why, row.source, row.basis, row.readings)
    return Need(reason, each(use), what)


def _granted(use: FeatureUse) -> Iterator[tuple[str, Need]]:
    """What an entry of `extra` needs: the services whose actions it grants."""
    if use.sheet != EXTRA:
        return
    sheet = load.sheet(EXTRA)
    for _, action in dict(use.tables)["actions"]:
        for service in services_of(str(action)):
            yield service.name, Need(Reason(EXTRA, (use.route,), service.why, sheet.source, "inferred"), ())


def unknown(uses: Iterable[FeatureUse]) -> Iterator[Finding]:
    """Find what the posture's author grants of services whose endpoints the catalog lacks."""
    for use in uses:
        for _, action in dict(use.tables).get("actions", ()) if use.sheet == EXTRA else ():
            if not services_of(str(action)):
                message = f"tfgen does not know through which endpoint {str(action)!r} is called from a VPC"
                advice = "make the endpoint elsewhere, and let sessions reach it by a rule under network.egress"
                network = (Related(("network",), "sessions run in this network", At.KEY),)
                yield Finding(Code.UNREACHABLE, message, (*use.route, "actions"), advice, related=network)
