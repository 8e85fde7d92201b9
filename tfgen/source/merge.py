"""Brings a posture file up to date and leaves the rest of its text as it is: comments, order, quotes. Knows YAML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from tfgen.diagnostics import Route

_KEY: Final = re.compile(r"( *)[^\s#-].*")
_ELEMENT: Final = re.compile(r"( *)- ")
_WIDE: Final = 1_000_000
_BLANKS: Final = re.compile(r"\s+")
_INPUT: Final = re.compile(r"\{input: ([a-z0-9_]+)\}")

MayRemove = Callable[[Route], bool]
"""Whether what the new data does not have may be taken out: the key at a route, or elements of the list there."""


def merge(text: str, old: Mapping[str, Any], new: Mapping[str, Any], may_remove: MayRemove) -> str:
    """The text of `old` with the values of `new` where they differ.

    `old` is what the text holds by our reading; keys of `new` that it lacks are added where they belong, those that
    it has and `new` lacks are taken out where `may_remove` says so. Where one has an input and the other a text, the
    old stands, since a person decided it.
    """
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDE
    if _indents_lists(text):
        yaml.indent(mapping=2, sequence=4, offset=2)
    tree = yaml.load(text)
    _mapping(tree, old, new, (), may_remove)
    out = StringIO()
    yaml.dump(tree, out)
    return _as_written(text, out.getvalue())


def _indents_lists(text: str) -> bool:
    """Whether some list stands further in than its key."""
    above: int | None = None
    for line in text.splitlines():
        element = _ELEMENT.match(line)
        if element is not None and above is not None and len(element[1]) == above + 2:
            return True
        if not line.lstrip().startswith("#"):
            key = _KEY.match(line)
            above = len(key[1]) if key is not None and line.partition(" #")[0].rstrip().endswith(":") else None
    return False


def _as_written(before: str, after: str) -> str:
    """The new text with each line that only ruamel spells otherwise (`{x: 1}`, two spaces before `#`) as it was.

    A line that differs in more than blanks is a new one; were one taken for another, the two texts would not hold the
    same, and ruamel's own is given.
    """
    known: dict[tuple[int, str], str] = {}
    for line in before.splitlines():
        known.setdefault(_bare(line), line)
    lines = [known.get(_bare(line)) or _INPUT.sub(r"{ input: \1 }", line) for line in after.splitlines()]
    restored = "\n".join(lines) + "\n"
    loader = YAML(typ="safe", pure=True)
    return restored if loader.load(restored) == loader.load(after) else after


def _bare(line: str) -> tuple[int, str]:
    return len(line) - len(line.lstrip()), _BLANKS.sub("", line)


def _mapping(tree: Any, old: Mapping[str, Any], new: Mapping[str, Any], route: Route, may_remove: MayRemove) -> None:  # noqa: ANN401
    keys = list(new)
    for at, key in enumerate(keys):
        if key in old:
            _value(tree, key, old[key], new[key], (*route, key), may_remove)
        else:
            following = next((list(tree).index(one) for one in keys[at + 1 :] if one in tree), len(tree))
            tree.insert(following, key, _fresh(new[key]))
            tree.fa.set_block_style()
    for key in [key for key in old if key not in new]:
        if may_remove((*route, key)):
            del tree[key]


def _value(tree: Any, step: str | int, old: Any, new: Any, route: Route, may_remove: MayRemove) -> None:  # noqa: ANN401
    if old == new or stands(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        _mapping(tree[step], old, new, route, may_remove)
    elif isinstance(old, list) and isinstance(new, list):
        _list(tree[step], old, new, route, may_remove)
    else:
        tree[step] = _fresh(new)


def _list(tree: Any, old: list[Any], new: list[Any], route: Route, may_remove: MayRemove) -> None:  # noqa: ANN401
    """Elements that have a name are told by it, others by their place."""
    kept = pairs(old, new)
    if not kept and old:
        tree[:] = []
        tree.ca.items.clear()
        for value in new:
            tree.append(_fresh(value))
        return
    for at, value in kept.items():
        _value(tree, at, old[at], new[value], (*route, at), may_remove)
    if may_remove(route):
        for at in sorted(set(range(len(old))) - set(kept), reverse=True):
            del tree[at]
    for at, value in enumerate(new):
        if at not in kept.values():
            tree.append(_fresh(value))


def pairs(old: list[Any], new: list[Any]) -> dict[int, int]:
    """The positions of elements of one list with those of the same elements of the other."""
    names = {_name_of(value): at for at, value in enumerate(new)}
    if None in names or len(names) < len(new):
        return {at: at for at in range(min(len(old), len(new)))}
    return {at: names[name] for at, value in enumerate(old) if (name := _name_of(value)) in names}


def _name_of(value: Any) -> str | None:  # noqa: ANN401 - plain data
    """The name of an element: its key `name`, or that of the one mapping in it."""
    if not isinstance(value, dict):
        return None
    name = value.get("name")
    if name is None and len(value) == 1:
        (inner,) = value.values()
        name = inner.get("name") if isinstance(inner, dict) else None
    return name if isinstance(name, str) else None


def stands(old: object, new: object) -> bool:
    """Whether one is an input and the other a text or another input: what a person decided then stands."""
    return (is_input(old) and (is_input(new) or isinstance(new, str))) or (isinstance(old, str) and is_input(new))


def is_input(value: object) -> bool:
    """Whether a value is `{ input: name }`."""
    return isinstance(value, dict) and set(value) == {"input"}


def mentioned(value: object) -> Iterator[str]:
    """The name of each input that stands in plain data."""
    if isinstance(value, dict):
        if is_input(value):
            yield str(value["input"])
        for part in value.values():
            yield from mentioned(part)
    elif isinstance(value, list):
        for part in value:
            yield from mentioned(part)


def _fresh(value: Any) -> Any:  # noqa: ANN401 - plain data
    """Plain data as a new part of the tree; an input on one line."""
    if isinstance(value, dict):
        made = CommentedMap((key, _fresh(part)) for key, part in value.items())
        if is_input(value) or not value:
            made.fa.set_flow_style()
        return made
    if isinstance(value, list):
        return CommentedSeq(_fresh(part) for part in value)
    return value
