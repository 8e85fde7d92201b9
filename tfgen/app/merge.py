"""The use case of bringing a posture file up to date with an import. Knows no source and no flags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tfgen import source
from tfgen.app.import_ import Result
from tfgen.diagnostics import Diagnostic, Route, TfgenError
from tfgen.posture.document import Posture
from tfgen.posture.validate import validate
from tfgen.posture.write import plain
from tfgen.source import files
from tfgen.source.merge import mentioned, merge

LARGEST_MERGED: Final = 250_000
"""How many characters a posture file may have that is brought up to date, which is much slower than reading it."""


def merge_into(name: str, result: Result) -> str | tuple[Diagnostic, ...]:
    """The text of a posture file brought up to date with what was imported, or what is wrong with it.

    Its harness becomes that of the import; all else stays, and inputs that the harness needs are added. What the
    import did not understand is left as it is. Raises `TfgenError` when the file cannot be read.
    """
    assert result.posture is not None  # noqa: S101  # the caller has looked
    text = files.text_of(name)
    if not isinstance(text, source.Text):
        return text
    if len(text.text) > LARGEST_MERGED:
        raise TfgenError(f"{name!r} has more than {LARGEST_MERGED:,} characters: import without --merge, and copy")
    before = _valid(text.text, name)
    if not isinstance(before, source.Document):
        return before
    new = plain(result.posture)

    def may_remove(route: Route) -> bool:
        return not any(lost[: len(route)] == route for lost in result.lost)

    merged = merge(text.text, before.data, {**before.data, "harness": new["harness"]}, may_remove)
    between = source.parse(merged.encode(), name)
    if not isinstance(between, source.Document):
        return between
    declared = _mapping(before.data.get("inputs"))
    needed = {
        key: value
        for key, value in _mapping(new.get("inputs")).items()
        if key not in declared and key in set(mentioned(between.data["harness"]))
    }
    if needed:
        data = {key: between.data.get(key, {}) for key in (*Posture.keys(),) if key in between.data or key == "inputs"}
        merged = merge(merged, between.data, {**data, "inputs": {**declared, **needed}}, lambda _: False)
    after = _valid(merged, name)
    return merged if isinstance(after, source.Document) else after


def _valid(text: str, name: str) -> source.Document | tuple[Diagnostic, ...]:
    document = source.parse(text.encode(), name)
    if not isinstance(document, source.Document):
        return document
    validation = validate(document.data)
    if validation.posture is not None:
        return document
    return tuple(document.diagnostic(finding) for finding in validation.findings)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
