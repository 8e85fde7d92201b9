"""A posture as the text of its file: one text for each posture, the same everywhere. Knows no parser of YAML.

The text is ours to the byte, as rendered trees hold it, so no library's version may decide how it looks. It is
a part of YAML 1.2.2 that readers of YAML 1.1 read alike: block mappings and lists, double-quoted text where a plain
one could be taken for something else, literal blocks for text of several lines, `{ input: name }` on one line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tfgen.diagnostics import Route
from tfgen.posture.base import Model, OneOf
from tfgen.posture.values import InputRef, Json

Comments = Mapping[Route, Sequence[str]]
"""Lines of comment above the key or the list item at a route; those of the empty route stand at the top."""

_PLAIN_START: Final = re.compile(r"[\w/]")
_LIKE_A_NUMBER: Final = re.compile(r"[0-9][0-9a-fA-FxXoOeE_.,:+-]*\Z")
_WORDS: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
"""What some reader takes for something else than text, whatever its case."""
_SIMPLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_./:@*-]*\Z")
"""What may stand without quotes between brackets."""
_ESCAPES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_LONGEST_FLOW: Final = 100
_STEP: Final = "  "


def write(posture: Model, comments: Comments | None = None) -> str:
    """The text of a posture: keys in the order of the model, what equals its default left out."""
    return write_data(plain(posture), comments)


def write_data(data: Mapping[str, object], comments: Comments | None = None) -> str:
    """The text of plain data, as it is laid out; `comments` stand above what they are about."""
    above = comments or {}
    lines = [*_comment(above.get((), ())), *_mapping(data, (), above)]
    return "\n".join(lines) + "\n"


def plain(value: object) -> Any:  # noqa: ANN401 - plain data of any kind
    """Plain data of a posture or a part of it, as a loader gives it: dicts, lists, text, numbers and booleans."""
    match value:
        case Model():
            return dict(_fields(value))
        case InputRef(name):
            return {"input": name}
        case Json():
            return value.value
        case Mapping():
            return {key: plain(part) for key, part in value.items()}
        case tuple():
            return [plain(part) for part in value]
        case _:
            return value


def _fields(model: Model) -> Iterator[tuple[str, Any]]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(model, OneOf):
            said = name in model.model_fields_set
        else:
            said = field.is_required() or value != field.get_default(call_default_factory=True)
        if said:
            yield field.alias or name, plain(value)


def _comment(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield f"# {''.join(c if c.isprintable() else ' ' for c in line)}".rstrip()


def _mapping(data: Mapping[str, object], route: Route, above: Comments) -> Iterator[str]:
    for key, value in data.items():
        here = (*route, key)
        yield from _comment(above.get(here, ()))
        yield from _entry(f"{_text(key, flow=True)}:", value, here, above)


def _list(data: Sequence[object], route: Route, above: Comments) -> Iterator[str]:
    for index, value in enumerate(data):
        here = (*route, index)
        yield from _comment(above.get(here, ()))
        if isinstance(value, Mapping | list) and _on_one_line(value, here, above) is None:
            first, *rest = _block(value, here, above)
            while first.startswith("#"):  # a comment of the item's first key goes above the item
                yield first
                first, *rest = rest
            yield f"- {first}"
            yield from (_indented(line) for line in rest)
        else:
            yield from _entry("-", value, here, above)


def _block(value: Mapping[str, object] | list[object], route: Route, above: Comments) -> Iterator[str]:
    return _list(value, route, above) if isinstance(value, list) else _mapping(value, route, above)


def _entry(label: str, value: object, route: Route, above: Comments) -> Iterator[str]:
    """A label with its value: behind it where it fits, else in the lines below."""
    if isinstance(value, str) and (sign := _literal_sign(value)):
        yield f"{label} {sign}"
        yield from (_indented(line) for line in value.removesuffix("\n").split("\n"))
    elif (inline := _on_one_line(value, route, above)) is not None:
        yield f"{label} {inline}"
    else:
        assert isinstance(value, Mapping | list)  # noqa: S101  # all else has one line
        yield label
        yield from (_indented(line) for line in _block(value, route, above))


def _indented(line: str) -> str:
    return _STEP + line if line else line


def _on_one_line(value: object, route: Route, above: Comments) -> str | None:
    """A value as one line; None when it needs several."""
    match value:
        case str():
            return _text(value)
        case Mapping() if not value:
            return "{}"
        case {"input": str(name), **more} if not more and (*route, "input") not in above:
            return f"{{ input: {_text(name, flow=True)} }}"
        case list():
            return _short_list(value, route, above) if value else "[]"
        case Mapping():
            return None
        case _:
            return json.dumps(value, allow_nan=False)


def _short_list(value: list[object], route: Route, above: Comments) -> str | None:
    if not all(isinstance(item, str) for item in value) or any((*route, i) in above for i in range(len(value))):
        return None
    text = f"[{', '.join(_text(str(item), flow=True) for item in value)}]"
    return text if len(text) <= _LONGEST_FLOW else None


def _text(text: str, *, flow: bool = False) -> str:
    return text if _is_plain(text, flow=flow) else f'"{"".join(map(_escaped, text))}"'


def _is_plain(text: str, *, flow: bool) -> bool:
    if text.lower() in _WORDS or _LIKE_A_NUMBER.match(text):
        return False
    if flow:
        return _SIMPLE.match(text) is not None and not text.endswith(":")
    is_one_line = text.isprintable() and not text.endswith((" ", ":"))
    return is_one_line and _PLAIN_START.match(text) is not None and ": " not in text and " #" not in text


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if ord(character) <= 0xFFFF else f"\\U{ord(character):08x}"


def _literal_sign(text: str) -> str:
    """`|` or `|-` where a text can stand as a literal block, else nothing."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 2 or lines[0][:1] in {"", " "} or not lines[-1]:
        return ""
    if not all(line.isprintable() and (line == "" or line.strip()) for line in lines):
        return ""
    return "|" if text.endswith("\n") else "|-"
