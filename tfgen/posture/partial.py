"""What can still be judged of a posture with errors: the valid parts, and where the holes are. Knows few keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from tfgen.diagnostics import Route
from tfgen.posture.document import Posture
from tfgen.posture.walk import KEY_STEP

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_PLACEHOLDERS: Final[tuple[tuple[Route, Any], ...]] = (
    (("tfgen",), 1),
    (("name",), "posture"),
    (("harness",), {}),
    (("harness", "harness_name"), "harness"),
    (("harness", "model"), {"bedrock_model_config": {"model_id": "model"}}),
)
"""What stands in for a required key without which nothing could be judged."""
_MOST_ROUNDS: Final = 200


@dataclass(frozen=True, slots=True)
class Partial:
    """A posture without its wrong parts. Routes in `posture` lead to the text by `original`."""

    posture: Posture
    data: object
    """The data that was given, whole."""
    holes: frozenset[Route] = frozenset()
    """Where something was taken out, as routes of the text."""
    kept: Mapping[Route, tuple[int, ...]] = field(default_factory=dict)
    """The original positions of the elements that are left in a list, by the list's route in the text."""

    def original(self, route: Route) -> Route:
        """Turn a route in `posture` into the route of the same thing in the text."""
        found: Route = ()
        for step in route:
            positions = self.kept.get(found)
            found = (*found, positions[step] if positions is not None and isinstance(step, int) else step)
        return found

    def whole(self, *routes: Route) -> bool:
        """Tell whether nothing was taken out at, above or below these routes in `posture`."""
        return not self.holes or not any(
            hole[: len(route)] == route or route[: len(hole)] == hole
            for route in map(self.original, routes)
            for hole in self.holes
        )


def salvage(data: object, errors: Iterable[ErrorDetails]) -> Partial | None:
    """Take wrong parts out until the rest is valid; None when nothing is left to judge."""
    if not isinstance(data, dict):
        return None
    cut = _Cut(_thawed(data))
    pending = list(errors)
    for _ in range(_MOST_ROUNDS):
        if not cut.out(pending):
            return None
        try:
            posture = Posture.model_validate(_frozen(cut.data))
        except ValidationError as error:
            pending = error.errors(include_url=False)
        else:
            kept = {route: tuple(positions) for route, positions in cut.kept.items()}
            return Partial(posture, data, frozenset(cut.holes), kept)
    return None


class _Cut:
    """Data that shrinks, and what is known about what was in it."""

    def __init__(self, data: dict[Any, Any]) -> None:
        self.data = data
        self.holes: set[Route] = set()
        self.kept: dict[Route, list[int]] = {}

    def out(self, errors: Iterable[ErrorDetails]) -> bool:
        """Take out what the errors point at, the last first so that positions stay true; False if nothing can be."""
        routes = {self._wrong_part(error) for error in errors}
        done = False
        for route in sorted(
            routes,
            key=lambda r: [(isinstance(s, int), s if isinstance(s, int) else 0, str(s)) for s in r],
            reverse=True,
        ):
            done = self._remove(route) or done
        return done

    @staticmethod
    def _wrong_part(error: ErrorDetails) -> Route:
        loc: Route = error["loc"]
        if error["type"] == "missing":
            return loc if any(loc == route for route, _ in _PLACEHOLDERS) else loc[:-1]
        return loc[:-1] if loc and loc[-1] == KEY_STEP else loc

    def _remove(self, route: Route) -> bool:
        for place, stand_in in _PLACEHOLDERS:
            if route == place:
                return self._stand_in(route, stand_in)
        parent: Any = self.data
        text_route: Route = ()
        for step in route[:-1]:
            try:
                parent = parent[step]
            except (KeyError, IndexError, TypeError):
                return False
            text_route = (*text_route, self._position(text_route, step))
        if not route:
            return False
        last = route[-1]
        hole = (*text_route, self._position(text_route, last))
        if isinstance(parent, dict) and last in parent:
            del parent[last]
        elif isinstance(parent, list) and isinstance(last, int) and last < len(parent):
            self.kept.setdefault(text_route, list(range(len(parent)))).pop(last)
            del parent[last]
        else:
            return False
        self.holes.add(hole)
        return True

    def _stand_in(self, route: Route, value: Any) -> bool:  # noqa: ANN401 - plain data
        parent: Any = self.data
        for step in route[:-1]:
            if not isinstance(parent.get(step), dict):
                parent[step] = {}
            parent = parent[step]
        again = parent.get(route[-1]) == value
        parent[route[-1]] = deepcopy(value)
        self.holes.add(route)
        return not again

    def _position(self, list_route: Route, step: str | int) -> str | int:
        positions = self.kept.get(list_route)
        return positions[step] if positions is not None and isinstance(step, int) and step < len(positions) else step


def _thawed(value: object) -> Any:  # noqa: ANN401 - plain data
    if isinstance(value, dict):
        return {key: _thawed(part) for key, part in value.items()}
    return [_thawed(part) for part in value] if isinstance(value, tuple) else value


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return {key: _frozen(part) for key, part in value.items()}
    return tuple(_frozen(part) for part in value) if isinstance(value, list) else value
