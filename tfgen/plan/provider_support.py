"""Whether a provider's resource carries all that a posture says of its harness, argument by argument, and since when.

Nothing is dropped: what the resource has no place for is a finding at its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from tfgen.catalog.provider import FREE_JSON, Attribute, Body, Limits, Many, Nested
from tfgen.catalog.provider import Fields as ObjectFields
from tfgen.catalog.provider_resource import ProviderResource
from tfgen.diagnostics import At, Code, Finding, Related, Route
from tfgen.plan.misread import misread
from tfgen.plan.settings import Document, Exact, Fields, Items, Setting, Table, TextValue, lists, lone_lists

CHOSEN: Final = (Related(("provision",), "the provider is chosen here"),)
"""Why a provider's resource has to do with a posture at all."""

WIRED = frozenset({"execution_role_arn"})
"""Keys of the posture's spelling that another part gives."""


_LONGEST_SHOWN: Final = 60
"""How many characters of a value a message shows."""


@dataclass(slots=True)
class Supported:
    """What a resource comes to: the dotted paths of its arguments, and what it cannot carry."""

    carrier: ProviderResource
    paths: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, route: Route, message: str, advice: str = "", at: At = At.KEY) -> None:
        """Note something that cannot be carried."""
        self.findings.append(Finding(Code.NOT_CARRIED, message, route, advice, at=at, related=CHOSEN))

    @property
    def refused(self) -> frozenset[Route]:
        """The places of what cannot be carried."""
        return frozenset(finding.route for finding in self.findings)


def supported(settings: Fields, carrier: ProviderResource) -> Supported:
    """Hold what a posture says against the resource of a provider."""
    found = Supported(carrier)
    _fields(settings, carrier.body, "", found, frozenset(map(carrier.argument, WIRED)))
    if carrier.template is not None:
        found.findings += misread(settings, carrier.template)
    for said in lone_lists(settings):
        message = f"{said.value.each()!r} is a list, and one harness has one value here"
        advice = "declare the input as a string, or leave `provision` out"
        declared = tuple(Related(("inputs", name, "type"), "its type is set here") for name in lists(said))
        found.findings.append(Finding(Code.INPUT_CONFLICT, message, said.route, advice, related=declared))
    return found


def _fields(settings: Fields, place: Body, above: str, found: Supported, own: frozenset[str]) -> None:
    """Hold a mapping against what may stand there; `own` are arguments that are given without being said."""
    given = set(own)
    for key, inner in settings.items:
        name = found.carrier.argument(key)
        member = place.member(name)
        given.add(name)
        if member is None:
            found.refuse(inner.route, f"{found.carrier.title} has no place for {key!r} in {_named(above, found)}")
            continue
        found.paths.add(f"{above}{name}")
        _member(inner, member, f"{above}{name}.", found)
    for name in sorted(place.required - given):
        key = found.carrier.posture_key(name)
        found.refuse(settings.route, f"{found.carrier.title} needs {key!r} in {_named(above, found)}", f"add {key}")


def _named(above: str, found: Supported) -> str:
    """What the dotted path above an argument is to the author of a posture."""
    steps = [found.carrier.posture_key(step) for step in above.split(".") if step]
    return f"'{'.'.join(steps)}'" if steps else "a harness"


def _member(setting: Setting, member: Attribute | Nested, above: str, found: Supported) -> None:
    if isinstance(member, Attribute):
        _values(setting, member, found)
    inner = _inside(member)
    own = frozenset({found.carrier.key}) if isinstance(setting, Table) else frozenset()
    if isinstance(setting, Items | Table):
        least = member.limits.least if isinstance(member, Attribute) else member.least
        _count(setting, least, member.most, above, found)
    for part in _each(setting):
        if isinstance(part, Fields) and inner is not None:
            _fields(part, inner, above, found, own)
        if isinstance(setting, Items) and len(names := lists(part)) > 1:
            said = " and ".join(repr(name) for name in names)
            message = f"{said} are lists, and one element cannot stand for the elements of both"
            declared = tuple(Related(("inputs", name, "type"), "a list by this") for name in names)
            help_ = "write an element for each list"
            found.findings.append(Finding(Code.INPUT_CONFLICT, message, part.route, help_, related=declared))


def _inside(member: Attribute | Nested) -> Body | None:
    """What may stand in the mappings that are written there."""
    if isinstance(member, Nested):
        return member.body
    kind = member.kind.of if isinstance(member.kind, Many) else member.kind
    return Body(kind.attributes, {}) if isinstance(kind, ObjectFields) else None


def _each(setting: Setting) -> Iterator[Setting]:
    """A value itself, or those in a list or table."""
    match setting:
        case Items(elements):
            yield from elements
        case Table(items):
            yield from (inner for _, inner in items)
        case _:
            yield setting


def _values(setting: Setting, attribute: Attribute, found: Supported) -> None:
    for part in _each(setting):
        known = _known(part)
        if known is None:
            continue
        if isinstance(known, str) and attribute.values and known not in attribute.values:
            allowed = ", ".join(attribute.values)
            found.refuse(part.route, f"{found.carrier.title} does not take {known!r}, but {allowed}", at=At.VALUE)
        elif (fault := attribute.limits.fault(known)) is not None:
            found.refuse(part.route, f"{found.carrier.title} does not take {_short(known)}: it {fault}", at=At.VALUE)
    if isinstance(setting, Document) and attribute.kind == FREE_JSON and not isinstance(setting.value, dict):
        found.refuse(setting.route, f"{found.carrier.title} takes an object here", at=At.VALUE)
    if isinstance(setting, Table):
        _keys(setting, attribute.limits, found)


def _known(setting: Setting) -> str | int | Decimal | None:
    """A text or a number that is written as it will be; None for anything else."""
    match setting:
        case TextValue(value):
            return value.known
        case Exact(bool()):
            return None
        case Exact(value):
            return value
        case _:
            return None


def _keys(setting: Table, limits: Limits, found: Supported) -> None:
    for key, part in setting.items:
        if limits.keys and re.search(limits.keys, key, re.ASCII) is None:
            message = f"{found.carrier.title} does not take the key {_short(key)}: it must match {limits.keys}"
            found.refuse(part.route, message)


def _short(value: str | int | Decimal) -> str:
    """A value as a message shows it, cut when it is long."""
    shown = repr(value) if isinstance(value, str) else str(value)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}..."


def _count(setting: Items | Table, least: int, most: int | None, above: str, found: Supported) -> None:
    """Hold how many are written against how many there may be. One that repeats over a list input may be none."""
    written = setting.elements if isinstance(setting, Items) else setting.items
    certain = len(written) if isinstance(setting, Table) else sum(not lists(part) for part in setting.elements)
    what = found.carrier.posture_key(above.rstrip(".").rpartition(".")[2])
    if most is not None and certain > most:
        message = f"{found.carrier.title} takes {most} under {what!r}, and these are {certain}"
        found.refuse(setting.route, message)
    # An empty table is left out of what is rendered.
    elif len(written) < least and (written or isinstance(setting, Items)):
        found.refuse(setting.route, f"{found.carrier.title} needs {least} or more under {what!r}")
