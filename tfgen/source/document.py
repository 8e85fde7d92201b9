"""A posture file that was read: its data, and the way from a route to a place. Knows no YAML and no posture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tfgen.diagnostics import At, Diagnostic, Finding, Related, RelatedPlace, Route, Span
from tfgen.source.text import Text


@dataclass(slots=True)
class Node:
    """Where a value stands: positions in the text, `end` exclusive, and the same of the key before it, if any."""

    start: int
    end: int
    inside: dict[str, Node] | list[Node] | None = None
    key_start: int = 0
    key_end: int = -1
    """Below `key_start` when there is no key."""

    def step(self, step: str | int) -> Node | None:
        """The value one step inside this one, if the text has it."""
        match self.inside, step:
            case dict(members), str(key):
                return members.get(key)
            case list(items), int(index) if 0 <= index < len(items):
                return items[index]
            case _:
                return None


@dataclass(frozen=True)
class Document:
    """A file that was read."""

    data: dict[str, object]
    """Plain data: `dict` with `str` keys, `list`, `str`, `int`, `float`, `bool` and `None`."""
    _text: Text = field(repr=False)
    _root: Node = field(repr=False)

    @property
    def name(self) -> str:
        """The file as it was named, for messages."""
        return self._text.name

    def locate(self, route: Route, at: At = At.VALUE) -> Span:
        """Give the place of a route: of its value, or for `At.KEY` of the key before it.

        A step that the text does not have is passed over: it names a key that is missing, or a variant that a
        validator has chosen. So the place is that of the nearest value around it, in the last resort the whole text.
        What has no key (a list item, the top) is its own place.
        """
        node = self._root
        for step in route:
            node = node.step(step) or node
        if at is At.KEY and node.key_end >= node.key_start:
            return self._text.span(node.key_start, node.key_end)
        return self._text.span(node.start, node.end)

    @property
    def text(self) -> str:
        """The whole text."""
        return self._text.text

    def line(self, number: int) -> str:
        """The text of a line, counted from 1."""
        return self._text.line(number)

    def diagnostic(self, finding: Finding) -> Diagnostic:
        """Join a finding with its place and the line it is on, and with those of its related places in this file."""
        span = self.locate(finding.route, finding.at)
        line = self._text.line(span.line)
        related = tuple(place for one in finding.related if one.file == finding.file for place in self.related(one))
        return Diagnostic(finding.code, finding.severity, finding.message, self.name, span, finding.help, line, related)

    def related(self, related: Related) -> Iterator[RelatedPlace]:
        """Join a related place with the line it is on; none where the text leaves that place out."""
        node: Node | None = self._root
        for step in related.route:
            node = node.step(step) if node is not None else None
        if node is not None:
            span = self.locate(related.route, related.at)
            yield RelatedPlace(related.label, self.name, span, self._text.line(span.line))
