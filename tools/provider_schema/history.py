"""A resource over the releases of its provider: what each release changed in it, and any release put together again.

By path, a change is the version that made it and what the argument is from then on, or null where it is gone; the empty
path is the resource itself. Knows no package.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shape import Block

Version = tuple[int, ...]
Fact = dict[str, Any]
Changes = list[tuple[str, Fact | None]]
History = dict[str, Changes]


def version(text: str) -> Version:
    """A version as numbers, to be compared."""
    return tuple(int(part) for part in text.split("."))


def recorded(readings: Sequence[tuple[str, Block | None]]) -> History:
    """The history of a resource by its readings, the oldest first; None where a release does not have it."""
    history: History = {}
    for release, block in readings:
        facts = dict(_flat(block)) if block is not None else {}
        for path in sorted(history.keys() | facts.keys()):
            changes = history.setdefault(path, [])
            now, before = facts.get(path), changes[-1][1] if changes else None
            if now != before:
                changes.append((release, now))
    return history


def at(history: Mapping[str, Changes], release: str) -> Block | None:
    """The resource as a release has it."""
    facts: dict[str, Fact] = {}
    for path, changes in history.items():
        until = [fact for since, fact in changes if version(since) <= version(release)]
        if until and (fact := until[-1]) is not None:
            facts[path] = fact
    return _whole(facts) if "" in facts else None


def _flat(block: Block) -> Iterator[tuple[str, Fact]]:
    """What a resource holds, by path."""
    yield "", {}
    yield from _below(block, "")


def _below(block: Block, above: str) -> Iterator[tuple[str, Fact]]:
    for name, attribute in block["attributes"].items():
        yield f"{above}{name}", {key: value for key, value in attribute.items() if key != "attributes"}
        if "nested" in attribute:
            yield from _below({"attributes": attribute["attributes"], "blocks": {}}, f"{above}{name}.")
    for name, nested in block["blocks"].items():
        yield f"{above}{name}", {key: value for key, value in nested.items() if key not in {"attributes", "blocks"}}
        yield from _below(nested, f"{above}{name}.")


def _whole(facts: Mapping[str, Fact]) -> Block:
    """A resource by what it holds."""
    made: dict[str, Block] = {}
    for path in sorted(facts):
        above, _, name = path.rpartition(".")
        fact = facts[path]
        made[path] = dict(fact)
        if not path or "nesting" in fact:
            made[path] |= {"attributes": {}, "blocks": {}}
        elif "nested" in fact:
            made[path]["attributes"] = {}
        if path:
            made[above]["blocks" if "nesting" in fact else "attributes"][name] = made[path]
    return made[""]
