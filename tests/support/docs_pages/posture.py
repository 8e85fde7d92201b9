"""The pages of `docs/posture`: every key of the model with its type, default, values, example and description."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from posture_samples import bounds, example
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from docs_pages.markdown import GENERATED, anchor, code, prose, table
from tfgen.posture import Json, Table
from tfgen.posture.base import Empty, Model, OneOf
from tfgen.posture.document import Posture
from tfgen.posture.harness import Harness
from tfgen.posture.inputs import InputDeclaration
from tfgen.posture.shape import shape
from tfgen.posture.values import Keys
from tfgen.posture.walk import Slot, keyed

TOP: Final = "posture/README.md"
HEAD: Final = ("key", "type", "default", "allowed", "example", "description")
HARNESS: Final = "harness"
"""The key with a page for each of its own keys."""
MANY: Final = 3
"""Mappings on a page from which on it begins with a list of them."""
WORDS: Final[Mapping[object, str]] = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    int | float: "number",
    Json: "free mapping",
    str: "text",
    str | int | float | bool: "text, number, true or false",
    str | tuple[str, ...]: "text or list of text",
}


@dataclass(frozen=True)
class Section:
    """One mapping of the model: where its keys are described."""

    page: str
    """Path below `docs/`."""
    title: str
    """The route to it: `harness.tools[].config`."""
    model: type[Model]


@cache
def sections() -> Mapping[type[Model], Section]:
    """Every mapping of the model at the first place that it has, in the order of the pages."""
    found: dict[type[Model], Section] = {}
    for key, _ in keyed(Posture):
        if key == HARNESS:
            found[Harness] = Section(f"posture/{key}.md", key, Harness)
            for inner, _ in keyed(Harness):
                _visit(_child(Harness, inner), f"{key}.{inner}", f"posture/{key}/{inner}.md", found)
        else:
            _visit(_child(Posture, key), key, f"posture/{key}.md", found)
    return found


def _visit(slot: Slot, title: str, page: str, found: dict[type[Model], Section]) -> None:
    inner, suffix = _element(slot)
    model = inner.model
    if model is None or model in found or model is Empty:
        return
    found[model] = Section(page, title + suffix, model)
    for key, _ in keyed(model):
        _visit(_child(model, key), f"{title}{suffix}.{key}", page, found)


def _child(model: type[Model], key: str) -> Slot:
    child = Slot(model).child(key)
    assert child is not None, key
    return child


def _element(slot: Slot) -> tuple[Slot, str]:
    """What lists and tables hold, and what stands for their steps in a route."""
    if slot.is_list or get_origin(slot.kind) is Table:
        child = slot.child(0 if slot.is_list else "x")
        assert child is not None
        inner, suffix = _element(child)
        return inner, ("[]" if slot.is_list else ".NAME") + suffix
    return slot, ""


def pages() -> Iterator[tuple[str, str]]:
    """Each page below `docs/`: its path and its text."""
    yield TOP, _top()
    by_page: dict[str, list[Section]] = {}
    for section in sections().values():
        by_page.setdefault(section.page, []).append(section)
    for page, listed in by_page.items():
        title = page.removeprefix("posture/").removesuffix(".md").replace("/", ".")
        lines = [GENERATED, "", f"# The key `{title}`", "", f"[All keys of a posture]({_path(TOP, page)})."]
        if len(listed) > MANY:
            lines += ["", "Mappings on this page:", ""]
            lines += [f"- [`{one.title}`](#{anchor(one.title)})" for one in listed]
        for section in listed:
            lines += ["", *_section(section)]
        yield page, "\n".join(lines) + "\n"


def _top() -> str:
    lines = [
        GENERATED,
        "",
        "# Posture reference",
        "",
        "A posture is one YAML or JSON file. These are its top-level keys; each page lists the keys below one of them.",
        "`tfgen schema` prints the same as a JSON Schema for editors.",
        "",
        *table(HEAD, (_row(Posture, key, field, TOP) for key, field in keyed(Posture))),
        "",
        "*Text or input* takes a literal, or `{ input: NAME }` with a name that `inputs` declares: see",
        "[inputs](../inputs.md).",
        "In titles, `[]` stands for an element of a list, and `NAME` for a name of your choice.",
    ]
    return "\n".join(lines) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield f"## `{section.title}`"
    yield ""
    text = prose(section.model.__doc__ or "")
    yield f"{text} Takes exactly one of its keys." if issubclass(section.model, OneOf) else text
    if fields := tuple(keyed(section.model)):
        yield ""
        yield from table(HEAD, (_row(section.model, key, field, section.page) for key, field in fields))


def _row(model: type[Model], key: str, field: FieldInfo, page: str) -> tuple[str, ...]:
    slot = _child(model, key)
    default = "" if issubclass(model, OneOf) else _default(field)
    return (code(key), _kind(slot, page), default, _allowed(slot), _example(slot), prose(field.description or ""))


def _kind(slot: Slot, page: str) -> str:
    if slot.model is not None:
        return "empty mapping" if slot.model is Empty else f"[mapping]({_link(slot.model, page)})"
    if slot.is_list or get_origin(slot.kind) is Table:
        child = slot.child(0 if slot.is_list else "x")
        assert child is not None
        return f"{'list' if slot.is_list else 'table'} of {_plural(_kind(child, page))}"
    if get_origin(slot.kind) is Literal or slot.literal is not None:
        return "text or input" if slot.takes_input else "text"
    return WORDS[slot.kind]


def _plural(kind: str) -> str:
    return kind.replace("[mapping]", "[mappings]").replace("whole number", "whole numbers")


def _link(model: type[Model], page: str) -> str:
    section = sections()[model]
    here = f"#{anchor(f'`{section.title}`')}"
    return here if section.page == page else _path(section.page, page) + here


def _path(target: str, page: str) -> str:
    """The way from one page to another."""
    return os.path.relpath(target, Path(page).parent)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value is PydanticUndefined:
        return "none"
    plain = _plain(value)
    return code(plain if isinstance(plain, str) else json.dumps(plain))


def _plain(value: object) -> Any:
    if isinstance(value, BaseModel):
        said = {key: getattr(value, name) for name, key in _names(type(value)) if name in value.model_fields_set}
        return {key: _plain(part) for key, part in said.items()}
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value.value if isinstance(value, Json) else value


def _names(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    yield from ((name, field.alias or name) for name, field in model.model_fields.items())


def _allowed(slot: Slot) -> str:
    own = _bounds(slot)
    keys = next((mark for mark in slot.marks if isinstance(mark, Keys)), None)
    if keys is not None:
        most = f", at most {keys.max}" if keys.max is not None else ""
        least = f", at least {keys.min}" if keys.min else ""
        own = f"each name: {prose(shape(keys.shape_name).sentence)}{least}{most}"
    if slot.is_list or get_origin(slot.kind) is Table:
        child = slot.child(0 if slot.is_list else "x")
        assert child is not None
        inner = "" if child.model is not None else _allowed(child)
        return "; ".join(part for part in (own, inner and f"each: {inner}") if part)
    if get_origin(slot.kind) is Literal:
        return ", ".join(code(str(value)) for value in get_args(slot.kind))
    if slot.literal is not None:
        return prose(slot.literal.sentence)
    if slot.model is not None and issubclass(slot.model, OneOf):
        return "exactly one key"
    return own


def _bounds(slot: Slot) -> str:
    found = bounds(slot)
    if "ge" in found and "le" in found:
        return f"{found['ge']} to {found['le']}"
    if "min_length" in found and "max_length" in found:
        return f"{found['min_length']} to {found['max_length']} elements"
    words = {"ge": "at least {}", "le": "at most {}", "min_length": "at least {} elements"}
    words["max_length"] = "at most {} elements"
    return ", ".join(words[name].format(value) for name, value in found.items()).replace("1 elements", "1 element")


def _example(slot: Slot) -> str:
    inner, _ = _element(slot)
    if inner.model is not None or inner.kind is Json:
        return ""
    if slot.kind == Table[InputDeclaration]:
        return ""
    value = example(slot)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return code(text)
