"""What became of each thing that a source says. Knows no source and prints nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tfgen.diagnostics import Route
from tfgen.terraform.values import Place


class Handling(StrEnum):
    """What becomes of a value of a source."""

    CARRIED = "carried"
    """It stands in the posture."""
    INPUT = "input"
    """It stands in the posture as an input."""
    ASSUMED = "assumed"
    """The default of something that whoever runs the source may set stands in the posture."""
    LEFT_OUT = "left out"
    """A posture has no such key, for a reason that is known."""
    LOST = "not understood"
    """It should be in the posture, and is not."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a source and what became of it."""

    fate: Handling
    key: str
    """The key in the source, with those above it."""
    place: Place
    why: str = ""
    """Of a value that is not carried as it stands: why; of an input, its name."""


@dataclass
class Record:
    """All entries of one harness, where each part of the posture comes from, and what to say in the posture itself."""

    entries: list[Entry] = field(default_factory=list)
    places: dict[Route, Place] = field(default_factory=dict)
    comments: dict[Route, list[str]] = field(default_factory=dict)

    def note(self, fate: Handling, key: str, place: Place, why: str = "") -> None:
        """Add an entry."""
        self.entries.append(Entry(fate, key, place, why))

    def lose(self, key: str, place: Place, why: str, route: Route) -> None:
        """Add an entry for what is not understood, and a comment where it would stand."""
        self.note(Handling.LOST, key, place, why)
        self.comments.setdefault(route, []).append(f"Not imported: {key} ({place}): {why}.")

    def place(self, route: Route) -> Place | None:
        """Where the nearest thing at or above a route comes from."""
        for length in range(len(route), -1, -1):
            if route[:length] in self.places:
                return self.places[route[:length]]
        return None


def dotted(route: Route) -> str:
    """A place in a posture as messages name it: `harness.tools[0]`."""
    return ".".join(f"[{step}]" if isinstance(step, int) else step for step in route).replace(".[", "[")
