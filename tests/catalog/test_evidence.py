"""Each row says on what it rests, and what is only inferred does not grow without somebody having looked."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from evidence_table import evidence, rows
from pydantic import ValidationError

from tfgen.catalog import load
from tfgen.catalog.model import Sheet

ROOT = Path(__file__).parents[1]
REVIEWED: dict[str, int] = tomllib.loads((Path(__file__).parent / "inferred.toml").read_text("utf-8"))
INFERRED = Counter(one.sheet for one in evidence() if one.basis == "inferred")


MORE = (
    "\nLook for a page that says it (documented), or for a public reading of an account (observed, with `readings`). "
    "Where there is neither, raise the number in tests/catalog/inferred.toml, "
    "and say in the commit what you looked for."
)


@pytest.mark.parametrize("sheet", sorted({*REVIEWED, *INFERRED}))
def test_inferred_rows_are_those_that_were_reviewed(sheet: str) -> None:
    found, reviewed = INFERRED[sheet], REVIEWED.get(sheet, 0)
    rows = [f"  {one.kind}: {one.why}" for one in evidence() if (one.sheet, one.basis) == (sheet, "inferred")]
    told = "\n".join([f"{sheet} has {found} inferred rows, and {reviewed} were reviewed:", *rows])
    assert found <= reviewed, told + MORE
    assert found == reviewed, f"{told}\nLower the number in tests/catalog/inferred.toml."


def test_every_kind_of_row_is_counted() -> None:
    kinds = {one.kind for one in evidence()}
    assert kinds >= {"grant", "trust", "call", "carry", "resource", "derive", "form", "limit"}
    assert kinds >= {"endpoint", "egress", "passage", "elsewhere", "service", "port", "claim", "lack", "alternative"}
    for sheet in map(load.sheet, load.SHEETS):
        written = load.resource_bytes(f"sheets/{sheet.id}.toml").decode()
        headers = re.findall(r"^\[\[?(\w+)\]\]?$", written, re.MULTILINE)
        assert len(headers) == sum(one.sheet == sheet.id for one in evidence()), sheet.id


def test_a_reason_that_says_it_is_a_guess_is_inferred() -> None:
    guesses = [one for one in evidence() if re.search(r"\binferred\b|not documented", one.why)]
    assert guesses
    assert [one for one in guesses if one.basis != "inferred"] == []


def test_a_reading_is_no_page_of_the_documentation() -> None:
    found = [reading for _, _, row in rows() for reading in row.readings]
    assert len(found) > 10
    assert [one for one in found if one.source.startswith("https://docs.aws.amazon.com/")] == []


def _data(**change: object) -> dict[str, Any]:
    """The sheet `guardrail`, which has grants, calls and carries, with changes to the first of each."""
    data = tomllib.loads(load.resource_bytes("sheets/guardrail.toml").decode())
    for kind in ("grant", "call", "carry"):
        data[kind][0] |= change
        data[kind][0] = {key: value for key, value in data[kind][0].items() if value is not None}
    return data


@pytest.mark.parametrize("field", ["basis", "source", "why"])
def test_no_row_goes_without(field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Sheet.model_validate(_data(**{field: None}))
    assert {error["loc"] for error in caught.value.errors()} == {
        (kind, 0, field) for kind in ("grant", "call", "carry")
    }


def test_what_is_observed_has_a_reading() -> None:
    with pytest.raises(ValidationError, match="needs a reading"):
        Sheet.model_validate(_data(basis="observed"))
    reading = {"saw": "A call was refused without it.", "source": "https://example.org/thread/1", "seen": "2026-09-21"}
    assert Sheet.model_validate(_data(basis="observed", readings=[reading])).grant[0].readings[0].saw == reading["saw"]
    with pytest.raises(ValidationError, match="seen"):
        Sheet.model_validate(_data(readings=[{**reading, "seen": "in autumn"}]))
    with pytest.raises(ValidationError, match="'documented', 'observed' or 'inferred'"):
        Sheet.model_validate(_data(basis="known"))
