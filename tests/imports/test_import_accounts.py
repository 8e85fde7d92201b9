"""Nothing is lost in silence: what a source says and a posture cannot say is told, wherever it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tfgen import source
from tfgen.app.import_ import Result, import_source
from tfgen.imports.cloudformation import Template
from tfgen.imports.document import tree_of
from tfgen.imports.report import Handling
from tfgen.terraform.values import Leaf, Node, Symbol

SOURCES = Path(__file__).parent / "sources"
JSON = ("litellm-hooks.json", "create-request.json", "update-request.json")
FREE = {"additionalParams", "headers", "environmentVariables", "tags", "retrievalConfig", "optionalValue", "disabled"}
"""Mappings whose keys are anyone's own, and two that hold nothing of their own."""
Route = tuple[str | int, ...]


def mappings(value: Any, route: Route = ()) -> Iterator[Route]:
    if isinstance(value, dict):
        if not route or route[-1] not in FREE:
            yield route
        for key, part in value.items():
            if key not in FREE or key == "optionalValue":
                yield from mappings(part, (*route, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from mappings(part, (*route, index))


def at(value: Any, route: Route) -> Any:
    for step in route:
        value = value[step]
    return value


def imported(data: Any, folder: Path) -> Result:
    path = folder / "source.json"
    path.write_text(json.dumps(data, indent=1), encoding="utf-8")
    outcome = import_source(str(path))
    assert outcome.ok, (outcome.diagnostics, outcome.results[0].diagnostics)
    return outcome.results[0]


@pytest.mark.parametrize("name", JSON)
def test_an_unknown_key_anywhere_is_told_with_its_line(name: str, tmp_path: Path) -> None:
    whole = json.loads((SOURCES / name).read_text())
    before = imported(whole, tmp_path)
    places = [route for route in mappings(whole) if route or "harness" not in whole]
    assert len(places) >= 8
    for route in places:
        data = deepcopy(whole)
        at(data, route)["frobnicate"] = {"a": 1}
        found = imported(data, tmp_path)
        assert found.posture == before.posture
        lost = [entry for entry in found.entries if entry.fate is Handling.LOST and entry.key.endswith("frobnicate")]
        assert len(lost) == 1, route
        line = (tmp_path / "source.json").read_text().splitlines()[lost[0].place.line - 1]
        assert '"frobnicate": {' in line
        assert "frobnicate" in found.text


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from leaves(part)
    elif value is not None:
        yield value


@pytest.mark.parametrize("name", JSON)
def test_each_value_of_a_source_has_one_entry(name: str, tmp_path: Path) -> None:
    whole = json.loads((SOURCES / name).read_text())
    found = imported(whole, tmp_path)
    counted = [entry for entry in found.entries if entry.fate is not Handling.ASSUMED]
    made_up = len(found.entries) - len(counted)  # a name that is told by an id
    assert len(counted) == len(list(leaves(whole))) + made_up


TEMPLATE = """
Parameters:
  Plain: { Type: String }
  Set: { Type: String, Default: value }
  Many: { Type: CommaDelimitedList, Default: "a, b" }
Mappings: { Table: { top: { second: found } } }
Conditions:
  IsSet: !Equals [!Ref Set, value]
  IsOther: !Not [!Condition IsSet]
  Both: !And [!Condition IsSet, !Condition IsOther]
  Either: !Or [!Condition IsSet, !Condition IsOther]
  Open: !Equals [!Ref Plain, x]
Resources:
  X: { Type: "Custom::X", Properties: { V: VALUE } }
"""

EVALUATED: dict[str, object] = {
    "!FindInMap [Table, top, second]": "found",
    "!Join ['-', [a, !Ref Set, b]]": "a-value-b",
    "!Select [1, [a, b]]": "b",
    "!Select ['0', !Split ['/', 'a/b']]": "a",
    "!Select [0, !Ref Many]": "a",
    "!Sub '${Set} and ${!Literal}'": "value and ${Literal}",
    "!Sub ['${A}-${Set}', { A: x }]": "x-value",
    "!If [IsSet, yes, no]": "yes",
    "!If [IsOther, yes, no]": "no",
    "!If [Both, yes, no]": "no",
    "!If [Either, yes, no]": "yes",
    "!Sub '${Plain}/x'": "!Sub ${Plain}/x",
    "!Ref Plain": "!Ref Plain",
    "!Ref Table": "!Ref Table",
    "!GetAtt X.Arn": "!GetAtt X.Arn",
    "{ 'Fn::GetAtt': [X, Arn] }": "!GetAtt X.Arn",
    "!Ref AWS::Region": "!Ref AWS::Region",
    "!ImportValue shared": "!ImportValue shared",
    "!If [Open, yes, no]": "[Open, yes, no]",
    "!Select [9, [a]]": "{!Select: [9, [a]]}",
    "!FindInMap [Table, gone, second]": "{!FindInMap: [Table, gone, second]}",
    "!Base64 x": None,
}


def value_of(written: str) -> Node:
    document = source.parse(TEMPLATE.replace("VALUE", written).encode(), "stack.yaml", tags=True)
    assert isinstance(document, source.Document), document
    (resource,) = Template(tree_of(document)).resources("Custom::X")
    return resource.properties.items["V"]


@pytest.mark.parametrize("written", EVALUATED)
def test_functions_of_cloudformation(written: str) -> None:
    found = value_of(written)
    expected = EVALUATED[written]
    if expected is None:
        assert not isinstance(found, Leaf)
    elif isinstance(found, Symbol):
        assert found.source == expected
    else:
        assert isinstance(found, Leaf)
        assert found.value == expected
