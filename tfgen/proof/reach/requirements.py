"""What used features ask of a network, read from the sheets anew. Must not know how a network is planned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from tfgen.catalog import load
from tfgen.catalog.model import NetworkRow, Sheet
from tfgen.catalog.network import facts, services_of
from tfgen.iam.text import Text
from tfgen.plan.grants import fill, values_of
from tfgen.plan.network.model import Present
from tfgen.plan.statements import FeatureUse
from tfgen.proof.calls import Request, requests
from tfgen.proof.necessary import EXTRA


@dataclass(slots=True)
class Requirement:
    """One thing that features need, by all the uses that need it."""

    uses: list[FeatureUse] = field(default_factory=list)
    whats: dict[str, None] = field(default_factory=dict)

    @property
    def present(self) -> Present:
        """While which list inputs have elements it is needed; always when some use is there in any case."""
        lists = [_each(use) for use in self.uses]
        return () if None in lists else tuple(dict.fromkeys(name for name in lists if name is not None))

    @property
    def sheets(self) -> str:
        """The features, for messages."""
        return ", ".join(dict.fromkeys(use.sheet for use in self.uses))


@dataclass(slots=True)
class Requirements:
    """Everything that is asked of a network."""

    services: dict[str, Requirement] = field(default_factory=dict)
    internet: Requirement = field(default_factory=Requirement)
    mounts: Requirement = field(default_factory=Requirement)


def requirements(uses: Iterable[FeatureUse], shared: Iterable[str]) -> Requirements:
    """What the uses ask for; with a shared endpoint for it, a service takes the place of the internet."""
    found, shared = Requirements(), frozenset(shared)
    for use in uses:
        sheet = load.sheet(use.sheet)
        for endpoint in sheet.endpoint:
            if _applies(endpoint, use):
                found.services.setdefault(endpoint.service, Requirement()).uses.append(use)
        for egress in sheet.egress:
            if not _applies(egress, use):
                continue
            place = found.mounts if egress.to == "mount-targets" else found.internet
            if egress.instead is not None and egress.instead in shared:
                place = found.services.setdefault(egress.instead, Requirement())
            place.uses.append(use)
            place.whats[egress.what] = None
        for action in _granted(use):
            for service in services_of(action):
                found.services.setdefault(service.name, Requirement()).uses.append(use)
    return found


def _applies(row: NetworkRow, use: FeatureUse) -> bool:
    return not row.when or use.variant in row.when


def _each(use: FeatureUse) -> str | None:
    return next((name for _, value in use.values if (name := value.each()) is not None), None)


def _granted(use: FeatureUse) -> Iterator[str]:
    if use.sheet == EXTRA:
        yield from (str(action) for _, action in dict(use.tables)["actions"])


def role_requests(uses: Iterable[FeatureUse], name: Text, role_arn: Text) -> Iterator[Request]:
    """The calls that the execution role makes through the sessions' network, with itself in their context."""
    key = facts().role_key.lower()
    for one in requests(uses, name):
        if not one.refused and one.action not in _elsewhere(load.sheet(one.sheet)):
            yield replace(one, context={**one.context, key: role_arn})


def _elsewhere(sheet: Sheet) -> frozenset[str]:
    return frozenset(action for row in sheet.elsewhere for action in row.actions)


def passage_requests(uses: Iterable[FeatureUse], name: Text) -> Iterator[tuple[str, Request]]:
    """The calls of others that an endpoint must let through, each with the service."""
    for use in uses:
        sheet = load.sheet(use.sheet)
        for row in sheet.passage:
            if not _applies(row, use):
                continue
            values, each = values_of(use, sheet, name), _each(use)
            context = {line.key.lower(): fill(line.values[0], values) for line in row.conditions}
            for action in row.actions:
                for arn in row.on:
                    resource = fill(arn, values)
                    on = resource if each is None else resource.while_any(each)
                    yield row.service, Request(sheet.id, use.route, action, on, context)
