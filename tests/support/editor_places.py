"""Every place of a JSON Schema, and texts that ask an editor about it. Knows JSON Schema and YAML, and no posture."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

ITEM = 0
"""The step from a list to an element of it."""
Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class Question:
    """A text, and the place of the cursor in it."""

    text: str
    line: int
    character: int

    @classmethod
    def at_end(cls, text: str, after: str = "") -> Question:
        """The cursor after `text`, before what comes `after`."""
        *above, last = text.split("\n")
        return cls(text + after, len(above), len(last))

    def inserted(self, text: str) -> str:
        """The whole text with this where the cursor is: further lines at the indentation of its line, as editors do."""
        lines = self.text.split("\n")
        line = lines[self.line]
        begin = re.match(" *", line)
        assert begin is not None
        written = text.replace("\n", "\n" + begin[0])
        lines[self.line] = line[: self.character] + written + line[self.character :]
        return "\n".join(lines)


@dataclass(frozen=True)
class Place:
    """A place of a text, with the schema of what may stand there."""

    steps: Steps
    schema: Mapping[str, Any]

    @cached_property
    def alternatives(self) -> tuple[Mapping[str, Any], ...]:
        """The schema and its alternatives, one of which holds."""
        inner = [*self.schema.get("anyOf", ()), *self.schema.get("oneOf", ())]
        return (self.schema, *(one for part in inner for one in Place(self.steps, part).alternatives))

    @property
    def is_choice(self) -> bool:
        """Whether exactly one of several keys may stand here."""
        return any(
            len(part.get("properties", ())) == 1 and part.get("additionalProperties") is False
            for part in self.schema.get("oneOf", ())
        )

    @property
    def keys(self) -> frozenset[str]:
        """All keys that may stand here, together or not."""
        return frozenset(key for part in self.alternatives for key in part.get("properties", ()))

    @property
    def values(self) -> tuple[object, ...]:
        """All values that the schema names: the allowed ones, or examples."""
        named: list[object] = []
        for part in self.alternatives:
            named += [*part.get("enum", ()), *([part["const"]] if "const" in part else ()), *part.get("examples", ())]
        return tuple(named)

    def beneath(self, after: str = "") -> Question:
        """The cursor on an empty line beneath the key, or behind the dash of an element."""
        lines, rest = _lines(self.steps)
        return Question.at_end("\n".join([*lines, rest]), after)

    def beside(self, value: str = "", after: str = "\n") -> Question:
        """The cursor behind the colon, or behind the dash of an element, and what is written there."""
        lines, rest = _lines(self.steps)
        before = [*lines, rest] if self.steps[-1] == ITEM else lines
        text = "\n".join(before)
        return Question.at_end(text + ("" if text.endswith(" ") else " ") + value, after)

    def on_key(self) -> Question:
        """The cursor on the key."""
        lines, _ = _lines(self.steps)
        return Question("\n".join(lines) + "\n", len(lines) - 1, len(lines[-1]) - 2)


def places(schema: Mapping[str, Any]) -> tuple[Place, ...]:
    """Every place of the texts that a schema describes: lists have one element, tables one key."""
    return tuple(_places(schema, schema, ()))


def _places(schema: Mapping[str, Any], part: Mapping[str, Any], steps: Steps) -> Iterator[Place]:
    place = Place(steps, _resolved(schema, part))
    yield place
    for inner in place.alternatives:
        for key, value in inner.get("properties", {}).items():
            yield from _places(schema, value, (*steps, key))
        if isinstance(inner.get("items"), Mapping):
            yield from _places(schema, inner["items"], (*steps, ITEM))
        if isinstance(inner.get("additionalProperties"), Mapping):
            key = inner["propertyNames"]["examples"][0]
            yield from _places(schema, inner["additionalProperties"], (*steps, key))


def _resolved(schema: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part with what it refers to: alternatives too, but nothing deeper."""
    while "$ref" in part:
        name = part["$ref"].removeprefix("#/$defs/")
        part = {**schema["$defs"][name], **{key: value for key, value in part.items() if key != "$ref"}}
    inner = {
        word: [_resolved(schema, alternative) for alternative in part[word]]
        for word in ("anyOf", "oneOf")
        if word in part
    }
    return {**part, **inner}


def _lines(steps: Steps) -> tuple[list[str], str]:
    """The lines that lead to a place, each a key, and how the next line begins."""
    lines: list[str] = []
    column, dashes = 0, ""
    for step in steps:
        if isinstance(step, int):
            dashes += "- "
            continue
        key = step if re.fullmatch(r"[\w-]+", step) else json.dumps(step)
        lines.append(f"{' ' * column}{dashes}{key}:")
        column += len(dashes) + 2
        dashes = ""
    return lines, " " * column + dashes
