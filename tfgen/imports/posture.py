"""From a harness of some source to a posture: its data, its text, and what is wrong with it. Knows no source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Final

from tfgen.diagnostics import Code, Diagnostic, Finding, Related, RelatedPlace, Severity, Span
from tfgen.imports.convert import WRAPPER, Converter, TooLargeError, at_keys_that_exist
from tfgen.imports.discovered import DiscoveredHarness
from tfgen.imports.drafted import NETWORK, Told, draft, is_in_vpc, without_config
from tfgen.imports.forms import settle
from tfgen.imports.inputs import Input
from tfgen.imports.report import Handling, Record, dotted
from tfgen.imports.vocabulary import meant
from tfgen.posture.document import Posture
from tfgen.posture.harness import Harness
from tfgen.posture.names import snake
from tfgen.posture.shape import shape
from tfgen.posture.validate import validate
from tfgen.posture.walk import keyed, slot_at
from tfgen.posture.write import write
from tfgen.terraform.values import Leaf, Mapped, Node, Place

VERSION: Final = 1
_OWN: Final = "network"
"""The key of what surrounds the harness in its VPC."""


@dataclass(frozen=True)
class Imported:
    """What one harness came to."""

    candidate: DiscoveredHarness
    data: Mapping[str, Any]
    """The posture as plain data."""
    inputs: tuple[Input, ...]
    posture: Posture | None
    """None when an error is among the diagnostics."""
    diagnostics: tuple[Diagnostic, ...]

    @property
    def record(self) -> Record:
        """What became of each thing that the source says."""
        return self.candidate.record

    @property
    def name(self) -> str:
        """The posture's name."""
        return str(self.data["name"])

    def text(self) -> str:
        """The posture file: with comments where a decision is needed."""
        assert self.posture is not None  # noqa: S101  # the caller has looked
        comments = at_keys_that_exist(self.record.comments, self.data)
        head = [f"Imported from {self.candidate.kind}: {self.candidate.place}."]
        for made in self.inputs:
            comments.setdefault(("inputs", made.name), []).append(f"{made.place}: {made.source}")
        return write(self.posture, {**comments, (): [*head, *comments.get((), ())]})


def to_posture(candidate: DiscoveredHarness, before: Mapping[str, Any] | None = None) -> Imported:
    """Make a posture of a harness, and say what is wrong with it, each thing where it stands in the source.

    `before` is the posture that it is merged into, as plain data: a harness that is partial keeps what that has.
    """
    carrier = Converter(candidate.record)
    harness_slot, role_slot = slot_at(("harness",)), slot_at(("role",))
    assert harness_slot is not None and role_slot is not None  # noqa: S101  # keys of the model
    try:
        harness = carrier.carry(candidate.body, harness_slot, ("harness",))
        role = {
            key: value
            for key, node in candidate.role_keys.items()
            if (slot := role_slot.child(key)) is not None
            and isinstance(value := carrier.carry(node, slot, ("role", key), f"role.{key}"), str | int | dict)
        }
        network = None
        if candidate.network is not None and (slot := slot_at(NETWORK)) is not None:
            network = carrier.carry(candidate.network, slot, NETWORK, "network")
    except TooLargeError:
        message = f"{candidate.address} says more than 100,000 things"
        return Imported(candidate, {"name": ""}, (), None, (diagnostic(Code.TOO_LARGE, message, candidate.place),))
    harness = harness if isinstance(harness, dict) else {}
    data: dict[str, Any] = {"tfgen": VERSION, "name": _name(harness.get("harness_name"), candidate.address)}
    inputs: Mapping[str, Any] = {}
    if before is not None:
        declared = before.get("inputs")
        inputs = declared if isinstance(declared, dict) else {}
        if candidate.partial:
            harness = _kept(harness, before.get("harness"), candidate)
        else:
            inputs = {name: inputs[name] for name in _inputs_of(before.get(_OWN)) if name in inputs}
        network = before.get(_OWN)
    if inputs or carrier.inputs.made:
        data["inputs"] = {**inputs, **carrier.inputs.declarations()}
    data["harness"] = harness
    if role:
        data["role"] = role
    if network is not None:
        data["network"] = network
    validation = validate(data)
    if validation.posture is not None and settle(data, validation.posture, carrier.inputs, candidate.record):
        validation = validate(data)
    found = tuple(_placed(finding, candidate) for finding in validation.findings)
    if candidate.partial and before is None and validation.posture is None:
        message = "an update names only what changes, and this is no whole harness without the rest"
        found += (diagnostic(Code.NOT_READ, message, candidate.place, "name the posture that it changes with --merge"),)
    return Imported(candidate, data, tuple(carrier.inputs.made.values()), validation.posture, found)


def to_surrounded_posture(candidate: DiscoveredHarness, before: Mapping[str, Any] | None = None) -> Imported:
    """Make a posture with the key `network`, where the source has the network and it can be written.

    Where it cannot, the posture has the subnets and the security groups as the harness has them. A posture that it is
    merged into keeps its own network, which then is what surrounds the harness.
    """
    if before is not None and _OWN in before:
        inner = replace(candidate, body=without_config(candidate.body))
        if inner.body != candidate.body:
            inner.record.note(
                Handling.LEFT_OUT, _OWN, candidate.place, "the posture has a network of its own, and keeps it"
            )
        return to_posture(inner, before)
    record = deepcopy(candidate.record)
    plain = to_posture(candidate, before)
    if plain.posture is None or before is not None or candidate.around is None or not is_in_vpc(plain.posture):
        return plain
    found = draft(candidate.around, plain.posture)
    imported = plain
    if found.keys is not None:
        body = without_config(candidate.body)
        imported = to_posture(replace(candidate, record=record, body=body, network=found.keys))
    if imported.posture is None:
        reasons = "; ".join(one.message for one in imported.diagnostics if one.severity is Severity.ERROR)
        why = f"tfgen writes no network here, as it would be refused: {reasons}"
        _tell(plain.record, (Told(Handling.LEFT_OUT, _OWN, candidate.around.place, why),))
        return plain
    _tell(imported.record, found.told)
    return imported


def _tell(record: Record, told: Iterable[Told]) -> None:
    """Note what the posture has not of a network, and say it in a comment where that matters to who reads it."""
    for one in told:
        if one.fate is Handling.LOST:
            record.lose(one.key, one.place, one.why, one.route)
            continue
        record.note(one.fate, one.key, one.place, one.why)
        if one.route:
            record.comments.setdefault(one.route, []).append(f"{one.place}: {one.why}.")


def _kept(harness: Mapping[str, Any], before: object, candidate: DiscoveredHarness) -> dict[str, Any]:
    """The harness with the keys that an update does not name; what it takes away by an empty value is left out."""
    gone = {meant(word, dict(keyed(Harness))) for word, node in candidate.body.items.items() if _is_taken_away(node)}
    old = before if isinstance(before, dict) else {}
    whole = {**{key: value for key, value in old.items() if key not in gone}, **harness}
    return {**{key: whole[key] for key in old if key in whole}, **whole}


def _inputs_of(data: object) -> Iterator[str]:
    """The inputs that a part of a posture names."""
    match data:
        case {"input": str(name), **rest} if not rest:
            yield name
        case Mapping():
            for part in data.values():
                yield from _inputs_of(part)
        case list():
            for part in data:
                yield from _inputs_of(part)
        case _:
            return


def _is_taken_away(node: Node) -> bool:
    items = list(node.items.items()) if isinstance(node, Mapped) else []
    return len(items) == 1 and snake(items[0][0]) == WRAPPER and isinstance(items[0][1], Leaf)


def _name(harness_name: object, address: str) -> str:
    """The posture's name: the harness's, or what its source calls it, as a posture may be called."""
    text = harness_name if isinstance(harness_name, str) else address.rpartition(".")[2]
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    longest = shape("posture-name").max or len(words)
    return re.sub(r"^[^a-z]+", "", words)[:longest].rstrip("-") or "agent"


def _placed(finding: Finding, candidate: DiscoveredHarness) -> Diagnostic:
    place = candidate.record.place(finding.route) or candidate.place
    key = dotted(finding.route)
    message = f"{key}: {finding.message}" if key else finding.message
    made = diagnostic(finding.code, message, place, finding.help, finding.severity)
    return replace(made, related=tuple(_related(finding.related, candidate)))


def _related(related: Iterable[Related], candidate: DiscoveredHarness) -> Iterator[RelatedPlace]:
    """The related places that the source itself has."""
    for one in related:
        place = candidate.record.place(one.route)
        if place is not None:
            yield RelatedPlace(one.label, place.file, _span(place), place.text)


def diagnostic(
    code: Code, message: str, place: Place, help: str = "", severity: Severity = Severity.ERROR
) -> Diagnostic:
    """A diagnostic at a place of a source."""
    return Diagnostic(code, severity, message, place.file, _span(place), help, place.text)


def _span(place: Place) -> Span:
    return Span(place.line, place.column, place.line, place.column + 1)
