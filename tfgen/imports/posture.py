"""From a harness of some source to a posture: its data, its text, and what is wrong with it. Knows no source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tfgen.diagnostics import Code, Diagnostic, Finding, Severity, Span
from tfgen.imports.candidate import Candidate
from tfgen.imports.carry import WRAPPER, Carrier, TooLargeError, at_keys_that_exist
from tfgen.imports.forms import settle
from tfgen.imports.inputs import Input
from tfgen.imports.report import Record, dotted
from tfgen.imports.words import meant
from tfgen.posture.document import Posture
from tfgen.posture.harness import Harness
from tfgen.posture.names import snake
from tfgen.posture.shape import shape
from tfgen.posture.validate import validate
from tfgen.posture.walk import keyed, slot_at
from tfgen.posture.write import write
from tfgen.terraform.values import Leaf, Mapped, Node, Place

VERSION: Final = 1


@dataclass(frozen=True)
class Imported:
    """What one harness came to."""

    candidate: Candidate
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


def to_posture(candidate: Candidate, before: Mapping[str, Any] | None = None) -> Imported:
    """Make a posture of a harness, and say what is wrong with it, each thing where it stands in the source.

    `before` is the posture that it is merged into, as plain data: a harness that is partial keeps what that has.
    """
    carrier = Carrier(candidate.record)
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
    except TooLargeError:
        message = f"{candidate.address} says more than 100,000 things"
        return Imported(candidate, {"name": ""}, (), None, (diagnostic(Code.TOO_LARGE, message, candidate.place),))
    harness = harness if isinstance(harness, dict) else {}
    data: dict[str, Any] = {"tfgen": VERSION, "name": _name(harness.get("harness_name"), candidate.address)}
    inputs: Mapping[str, Any] = {}
    if candidate.partial and before is not None:
        harness = _kept(harness, before.get("harness"), candidate)
        declared = before.get("inputs")
        inputs = declared if isinstance(declared, dict) else {}
    if inputs or carrier.inputs.made:
        data["inputs"] = {**inputs, **carrier.inputs.declarations()}
    data["harness"] = harness
    if role:
        data["role"] = role
    validation = validate(data)
    if validation.posture is not None and settle(data, validation.posture, carrier.inputs, candidate.record):
        validation = validate(data)
    found = tuple(_placed(finding, candidate) for finding in validation.findings)
    if candidate.partial and before is None and validation.posture is None:
        message = "an update names only what changes, and this is no whole harness without the rest"
        found += (diagnostic(Code.NOT_READ, message, candidate.place, "name the posture that it changes with --merge"),)
    return Imported(candidate, data, tuple(carrier.inputs.made.values()), validation.posture, found)


def _kept(harness: Mapping[str, Any], before: object, candidate: Candidate) -> dict[str, Any]:
    """The harness with the keys that an update does not name; what it takes away by an empty value is left out."""
    gone = {meant(word, dict(keyed(Harness))) for word, node in candidate.body.items.items() if _is_taken_away(node)}
    old = before if isinstance(before, dict) else {}
    whole = {**{key: value for key, value in old.items() if key not in gone}, **harness}
    return {**{key: whole[key] for key in old if key in whole}, **whole}


def _is_taken_away(node: Node) -> bool:
    items = list(node.items.items()) if isinstance(node, Mapped) else []
    return len(items) == 1 and snake(items[0][0]) == WRAPPER and isinstance(items[0][1], Leaf)


def _name(harness_name: object, address: str) -> str:
    """The posture's name: the harness's, or what its source calls it, as a posture may be called."""
    text = harness_name if isinstance(harness_name, str) else address.rpartition(".")[2]
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    longest = shape("posture-name").max or len(words)
    return re.sub(r"^[^a-z]+", "", words)[:longest].rstrip("-") or "agent"


def _placed(finding: Finding, candidate: Candidate) -> Diagnostic:
    place = candidate.record.place(finding.route) or candidate.place
    key = dotted(finding.route)
    message = f"{key}: {finding.message}" if key else finding.message
    return diagnostic(finding.code, message, place, finding.help, finding.severity)


def diagnostic(
    code: Code, message: str, place: Place, help: str = "", severity: Severity = Severity.ERROR
) -> Diagnostic:
    """A diagnostic at a place of a source."""
    span = Span(place.line, place.column, place.line, place.column + 1)
    return Diagnostic(code, severity, message, place.file, span, help, place.text)
