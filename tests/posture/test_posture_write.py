"""A posture is written as one text, which is read back as the same posture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posture_samples import accepted, document, example, leaves, small

from tfgen import source
from tfgen.diagnostics import Route
from tfgen.posture import Posture, validate
from tfgen.posture.write import plain, write, write_data

ROOT = Path(__file__).parent.parent.parent
POSTURES = sorted([*ROOT.glob("examples/*/posture.yaml"), *ROOT.glob("tests/cases/ok/*.yaml")])
PLACES = list(leaves())
QUIET = settings(derandomize=True, deadline=None, max_examples=300)


def read(text: str) -> Any:
    found = source.parse(text.encode(), "written.yaml")
    assert isinstance(found, source.Document), found
    return found.data


def comes_back(posture: Posture) -> None:
    text = write(posture)
    again = validate(read(text)).posture
    assert again == posture
    assert again is not None
    assert write(again) == text


@pytest.mark.parametrize("path", POSTURES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_posture_of_ours_comes_back(path: Path) -> None:
    found = source.read(path)
    assert isinstance(found, source.Document)
    posture = validate(found.data).posture
    assert posture is not None
    comes_back(posture)


@QUIET
@given(st.lists(st.sampled_from(PLACES), max_size=6))
def test_a_random_posture_comes_back(places: list[Any]) -> None:
    data: dict[str, Any] = small()
    for route, slot in places:
        if len(route) == 2 and route[0] == "harness":
            data["harness"][route[1]] = example(slot)
        elif len(route) == 1:
            data = {**document(route, example(slot)), "harness": data["harness"]}
    posture = validate(data).posture
    if posture is not None:
        comes_back(posture)


CHARACTERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | CHARACTERS
    | st.text(" \n:#-'\"a1.,[]{}", max_size=12)
    | st.sampled_from(["yes", "NULL", "~", "0x1F", "012", "1e3", "2026-11-03", "<<", "=", "- a", "a: b", "|", "\ta"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(CHARACTERS, inner, max_size=4),
    max_leaves=12,
)


@QUIET
@given(st.dictionaries(CHARACTERS, JSON, min_size=1, max_size=4))
def test_any_data_comes_back(data: dict[str, Any]) -> None:
    assert read(write_data(data)) == data


def test_what_it_looks_like() -> None:
    data = small(
        system_prompt=[{"text": "Be brief.\nNever promise a refund.\n"}],
        allowed_tools=["@builtin", "shell"],
        memory={"disabled": {}},
        environment_variables={"ACCOUNT": "012345678901", "MODE": "yes", "NOTE": "a: b # c"},
    )
    posture = accepted({**data, "description": "Answers für Kunden."})
    comments: dict[Route, list[str]] = {(): ["Imported."], ("harness", "memory"): ["Say whether it remembers."]}
    assert write(posture, comments) == (
        "# Imported.\n"
        "tfgen: 1\n"
        "name: order-support\n"
        "description: Answers für Kunden.\n"
        "harness:\n"
        "  harness_name: order_support\n"
        "  model:\n"
        "    bedrock_model_config:\n"
        "      model_id: global.anthropic.claude-haiku-4-5-20251001-v1:0\n"
        "  system_prompt:\n"
        "    - text: |\n"
        "        Be brief.\n"
        "        Never promise a refund.\n"
        '  allowed_tools: ["@builtin", shell]\n'
        "  # Say whether it remembers.\n"
        "  memory:\n"
        "    disabled: {}\n"
        "  environment_variables:\n"
        '    ACCOUNT: "012345678901"\n'
        '    MODE: "yes"\n'
        '    NOTE: "a: b # c"\n'
    )


def test_comments_of_list_items_stand_above_them() -> None:
    data = {"list": [{"a": 1, "b": [2]}, {"input": "x"}, ["y"]]}
    comments: dict[Route, list[str]] = {
        ("list", 0, "a"): ["of a"],
        ("list", 1): ["of the input"],
        ("list", 2, 0): ["of y\u2028!"],
    }
    text = write_data(data, comments)
    assert text == (
        'list:\n  # of a\n  - a: 1\n    b:\n      - 2\n  # of the input\n  - { input: x }\n  # of y !\n  - - "y"\n'
    )
    assert read(text) == data


def test_defaults_are_left_out_and_choices_are_not() -> None:
    posture = accepted({**small(), "role": {"path": "/", "max_session_duration": 3600}, "access": [], "tags": {}})
    assert list(plain(posture)) == ["tfgen", "name", "harness"]
