"""What CloudFormation reads in a template otherwise than as it stands: what a posture writes must mean what it says.

Knows no key of the posture, and no other way to make a harness.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from tfgen.catalog.provider_resource import Template
from tfgen.diagnostics import At, Code, Finding, Route, Severity
from tfgen.plan.settings import Document, Fields, Items, Setting, Table, TextValue


def misread(settings: Fields, template: Template) -> Iterator[Finding]:
    """Findings for what would come to something else, and for a template that must be too long."""
    yield from _setting(settings, template)
    length = _length(settings)
    if length > template.longest:
        message = f"CloudFormation takes a template of {template.longest} bytes, and this one has {length} or more"
        yield Finding(Code.NOT_CARRIED, message, settings.route, at=At.KEY)


def _setting(setting: Setting, template: Template) -> Iterator[Finding]:
    match setting:
        case TextValue(value):
            if any(isinstance(part, str) and template.reference in part for part in value.parts):
                yield _wrong(template.reference_is.format(), setting.route)
        case Fields(items):
            for _, inner in items:
                yield from _setting(inner, template)
        case Table(items):
            for key, inner in items:
                if re.search(template.function, key):
                    yield _wrong(template.function_is.format(key=key), inner.route, At.KEY)
                yield from _setting(inner, template)
        case Items(elements):
            for inner in elements:
                yield from _setting(inner, template)
        case Document():
            yield from _document(setting, template)
        case _:
            return


def _document(setting: Document, template: Template) -> Iterator[Finding]:
    """What is wrong with free JSON: each kind of thing once, at the document."""
    parts = list(_parts(setting.value))
    wrong: list[str] = []
    for part in parts:
        if isinstance(part, dict):
            functions = (str(key) for key in part if re.search(template.function, str(key)))
            wrong += [template.function_is.format(key=key) for key in functions]
        elif part is None:
            wrong.append(template.null_is)
        elif isinstance(part, str) and template.reference in part:
            wrong.append(template.reference_is.format())
    yield from (_wrong(message, setting.route, At.KEY) for message in dict.fromkeys(wrong))
    if any(not isinstance(part, str | dict | list | None) for part in parts):
        advice = f"{template.number_advice} (see {template.number_source})"
        yield Finding(Code.NOT_CARRIED, template.number_is, setting.route, advice, Severity.WARNING, At.KEY)


def _wrong(message: str, route: Route, at: At = At.VALUE) -> Finding:
    return Finding(Code.NOT_CARRIED, message, route, at=at)


def _parts(value: object) -> Iterator[object]:
    """A JSON value and all values in it; keys with the mappings that they are of."""
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in inner:
        yield from _parts(part)


def _length(setting: Setting) -> int:
    """How many bytes the values come to at least, as JSON; what is not known counts nothing."""
    match setting:
        case TextValue(value):
            known = "".join(part for part in value.parts if isinstance(part, str))
            return len(json.dumps(known, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        case Document(text):
            return len(json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).encode())
        case Fields(items) | Table(items):
            return sum(len(key.encode()) + _length(inner) for key, inner in items)
        case Items(elements):
            return sum(map(_length, elements))
        case _:
            return 1
