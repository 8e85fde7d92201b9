"""What is written in any of the forms is imported as what it was: rendered trees, JSON of the API, Terraform."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from random_postures import postures

from tfgen.app import render as app
from tfgen.app.import_ import import_source
from tfgen.hcl.printer import print_file
from tfgen.hcl.tree import (
    Attribute,
    Block,
    Bool,
    Call,
    Expr,
    Item,
    Literal,
    Null,
    Number,
    Object,
    Reference,
    Tuple,
    Unary,
)
from tfgen.posture import Posture
from tfgen.posture.values import FreeJson
from tfgen.posture.walk import Slot, keyed, slot_at, unwrapped
from tfgen.posture.write import plain, write

EXAMPLES = sorted((Path(__file__).parent.parent.parent / "examples").glob("*/posture.yaml"))
RANDOM = list(postures(330))


def put(files: Mapping[str, str] | tuple[tuple[str, str], ...], folder: Path) -> None:
    for path, text in dict(files).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def comes_back(posture: Posture, folder: Path, *, prove_text: bool, beside: tuple[tuple[str, str], ...] = ()) -> bool:
    """Whether a posture can be rendered; when it can, that its tree is imported as it and rendered to the same."""
    first = folder / "first.yaml"
    first.write_text(write(posture), encoding="utf-8")
    put(beside, folder)
    rendered = app.render(str(first), to_write=prove_text)
    if not rendered.ok:
        return False
    put(rendered.files, folder / "tree")
    outcome = import_source(str(folder / "tree"))
    assert outcome.ok, outcome.diagnostics
    (result,) = outcome.results
    assert result.posture == posture
    assert result.beside == beside
    second = folder / "again" / "second.yaml"
    put((("second.yaml", result.text), *result.beside), second.parent)
    assert app.render(str(second), to_write=False).files == rendered.files
    return True


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_tree_of_an_example_is_imported_as_the_example(path: Path, tmp_path: Path) -> None:
    result = import_source(str(path)).results[0]
    assert result.posture is not None
    assert comes_back(result.posture, tmp_path, prove_text=True, beside=result.beside)


def test_the_trees_of_300_random_postures_are_imported_as_them(tmp_path: Path) -> None:
    assert len({write(posture) for posture in RANDOM}) == len(RANDOM)
    done = 0
    for number, posture in enumerate(RANDOM):
        folder = tmp_path / str(number)
        folder.mkdir()
        done += comes_back(posture, folder, prove_text=False)
        if done == 300:  # some of them have an error that only a rendering finds
            return
    raise AssertionError(f"only {done} of the postures can be rendered")


# The same harnesses as the API says them.


def camel(key: str) -> str:
    first, *rest = (
        key.replace("agentcore", "agent_core").replace("openai", "open_ai").replace("litellm", "lite_llm").split("_")
    )
    return first + "".join(word.title() for word in rest)


def as_api(value: Any, slot: Slot) -> Any:
    """A part of a posture as the API has it: keys in camel case, free JSON as it stands."""
    if any(isinstance(mark, FreeJson) for mark in slot.marks):
        return value
    if isinstance(value, dict) and slot.model is not None:
        fields = dict(keyed(slot.model))
        return {
            camel(key): as_api(part, unwrapped(fields[key].annotation, tuple(fields[key].metadata)))
            for key, part in value.items()
        }
    if isinstance(value, dict | list):
        inner = slot.child(0 if isinstance(value, list) else "")
        assert inner is not None
        parts = enumerate(value) if isinstance(value, list) else value.items()
        made = {key: as_api(part, inner) for key, part in parts}
        return list(made.values()) if isinstance(value, list) else made
    return value


def harness_slot() -> Slot:
    slot = slot_at(("harness",))
    assert slot is not None
    return slot


def test_random_harnesses_come_back_from_json_of_the_api(tmp_path: Path) -> None:
    done = 0
    for posture in RANDOM:
        data = plain(posture)["harness"]
        if "inputs" in plain(posture):
            continue
        file = tmp_path / "response.json"
        file.write_text(json.dumps({"harness": as_api(data, harness_slot())}), encoding="utf-8")
        outcome = import_source(str(file))
        assert outcome.ok, (outcome.results[0].diagnostics, data)
        found = outcome.results[0].posture
        assert found is not None
        assert found.harness == posture.harness
        done += 1
    assert done >= 150


# The same harnesses as Terraform says them: a mapping of the posture is a block.


def expression(value: Any) -> Expr:
    match value:
        case {"input": str(name)} if len(value) == 1:
            return Reference(("var", name))
        case dict():
            return Object(tuple(Item(key, expression(part)) for key, part in value.items()))
        case list():
            return Tuple(tuple(expression(part) for part in value))
        case bool():
            return Bool(value)
        case int() | float():
            number = Number(abs(value) if isinstance(value, int) else Decimal(repr(abs(value))))
            return Unary("-", number) if value < 0 else number
        case None:
            return Null()
        case _:
            return Literal(value)


def singular(key: str) -> str:
    return key.removesuffix("s") if key in ("tools", "skills", "filesystem_configurations", "custom_claims") else key


def as_blocks(value: Mapping[str, Any], slot: Slot) -> tuple[Attribute | Block, ...]:
    """A mapping of a posture as the body of a block."""
    assert slot.model is not None
    fields = dict(keyed(slot.model))
    made: list[Attribute | Block] = []
    for key, part in value.items():
        inner = unwrapped(fields[key].annotation, tuple(fields[key].metadata))
        element = inner.child(0) if inner.is_list else None
        if any(isinstance(mark, FreeJson) for mark in inner.marks):
            made.append(Attribute(key, Call("jsonencode", (expression(part),))))
        elif inner.model is not None:
            made.append(Block(key, (), as_blocks(part, inner)))
        elif element is not None and element.model is not None:
            made += [Block(singular(key), (), as_blocks(one, element)) for one in part]
        elif isinstance(part, dict) and (value_slot := inner.child("")) is not None and value_slot.model is not None:
            for name, one in part.items():
                made.append(Block(key, (), (Attribute("map_block_key", Literal(name)), *as_blocks(one, value_slot))))
        else:
            made.append(Attribute(key, expression(part)))
    return tuple(made)


def as_terraform(posture: Posture) -> str:
    data = plain(posture)
    variables = tuple(
        Block(
            "variable",
            (name,),
            (
                Attribute("description", Literal(said["description"])),
                Attribute(
                    "type", Call("list", (Reference(("string",)),)) if "type" in said else Reference(("string",))
                ),
                *([Attribute("default", expression(said["default"]))] if "default" in said else []),
            ),
        )
        for name, said in data.get("inputs", {}).items()
    )
    body = as_blocks(data["harness"], harness_slot())
    return print_file((*variables, Block("resource", ("aws_bedrockagentcore_harness", "one"), body)))


def test_random_harnesses_come_back_from_terraform(tmp_path: Path) -> None:
    for posture in RANDOM:
        file = tmp_path / "main.tf"
        file.write_text(as_terraform(posture), encoding="utf-8")
        outcome = import_source(str(file))
        assert outcome.ok, (outcome.diagnostics, outcome.results, file.read_text())
        found = outcome.results[0].posture
        assert found is not None
        assert found.harness == posture.harness
        used = {name: said for name, said in posture.inputs.items() if name in found.inputs}
        assert dict(found.inputs) == used
