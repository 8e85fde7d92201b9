"""Whether a provider's resource carries all that a posture says of its harness, argument by argument, and since when.

Nothing is dropped: what the resource has no place for is a finding at its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tfgen.catalog.carrier import Carrier
from tfgen.catalog.provider import Attribute, Body, Many, Nested
from tfgen.catalog.provider import Fields as ObjectFields
from tfgen.diagnostics import At, Code, Finding, Route
from tfgen.plan.settings import Fields, Items, Said, Setting, Table, lists, lone_lists

WIRED = frozenset({"execution_role_arn"})
"""Arguments that another part gives."""


@dataclass(slots=True)
class Carried:
    """What a resource comes to: the dotted paths of its arguments, and what it cannot carry."""

    carrier: Carrier
    paths: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, route: Route, message: str, advice: str = "", at: At = At.KEY) -> None:
        """Note something that cannot be carried."""
        self.findings.append(Finding(Code.NOT_CARRIED, message, route, advice, at=at))

    @property
    def refused(self) -> frozenset[Route]:
        """The places of what cannot be carried."""
        return frozenset(finding.route for finding in self.findings)


def carried(settings: Fields, carrier: Carrier) -> Carried:
    """Hold what a posture says against the resource of a provider."""
    found = Carried(carrier)
    _fields(settings, carrier.body, "", found, WIRED)
    for said in lone_lists(settings):
        message = f"{said.value.each()!r} is a list, and one harness has one value here"
        advice = "declare the input as a string, or leave `provision` out"
        found.findings.append(Finding(Code.INPUT_CONFLICT, message, said.route, advice))
    return found


def _fields(settings: Fields, place: Body, above: str, found: Carried, own: frozenset[str]) -> None:
    """Hold a mapping against what may stand there; `own` are arguments that are given without being said."""
    given = set(own)
    for key, inner in settings.items:
        name = found.carrier.argument(key)
        member = place.member(name)
        given.add(name)
        if member is None:
            found.refuse(inner.route, f"{found.carrier.provider} has no place for {key!r} in {_named(above, found)}")
            continue
        found.paths.add(f"{above}{name}")
        _member(inner, member, f"{above}{name}.", found)
    for name in sorted(place.required - given):
        key = found.carrier.posture_key(name)
        found.refuse(settings.route, f"{found.carrier.provider} needs {key!r} in {_named(above, found)}", f"add {key}")


def _named(above: str, found: Carried) -> str:
    """What the dotted path above an argument is to the author of a posture."""
    steps = [found.carrier.posture_key(step) for step in above.split(".") if step]
    return f"'{'.'.join(steps)}'" if steps else "a harness"


def _member(setting: Setting, member: Attribute | Nested, above: str, found: Carried) -> None:
    if isinstance(member, Attribute):
        _values(setting, member, found)
    inner = _inside(member)
    own = frozenset({found.carrier.key}) if isinstance(setting, Table) else frozenset()
    if isinstance(member, Nested) and member.most is not None and isinstance(setting, Items | Table):
        _count(setting, member.most, above, found)
    if isinstance(member, Nested) and member.least and isinstance(setting, Items | Table) and not _written(setting):
        what = found.carrier.posture_key(above.rstrip(".").rpartition(".")[2])
        found.refuse(setting.route, f"{found.carrier.provider} needs an element under {what!r}", "write one")
    for part in _each(setting):
        if isinstance(part, Fields) and inner is not None:
            _fields(part, inner, above, found, own)
        if isinstance(setting, Items) and len(names := lists(part)) > 1:
            said = " and ".join(repr(name) for name in names)
            message = f"{said} are lists, and one element cannot stand for the elements of both"
            found.findings.append(Finding(Code.INPUT_CONFLICT, message, part.route, "write an element for each list"))


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


def _values(setting: Setting, attribute: Attribute, found: Carried) -> None:
    for part in _each(setting):
        known = part.value.known if isinstance(part, Said) else None
        if attribute.values and known is not None and known not in attribute.values:
            allowed = ", ".join(attribute.values)
            found.refuse(part.route, f"{found.carrier.provider} does not take {known!r}, but {allowed}", at=At.VALUE)


def _written(setting: Items | Table) -> int:
    return len(setting.elements if isinstance(setting, Items) else setting.items)


def _count(setting: Items | Table, most: int, above: str, found: Carried) -> None:
    written = _written(setting)
    if written > most:
        what = found.carrier.posture_key(above.rstrip(".").rpartition(".")[2])
        message = f"{found.carrier.provider} takes {most} under {what!r}, and these are {written}"
        found.refuse(setting.route, message)
