"""Whatever stands in a file: validation answers, points at places that are there, and never fails itself."""

from __future__ import annotations

from typing import Any

from foreign import foreign
from hypothesis import given, settings
from hypothesis import strategies as st
from posture_samples import document, example, leaves, small

from tfgen.diagnostics import Route, Severity
from tfgen.posture import Posture, input_uses, validate

PLACES = list(leaves())
KEYS = sorted({step for route, _ in PLACES for step in route if isinstance(step, str)})
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(KEYS)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner, max_size=5)
        | st.fixed_dictionaries({"input": inner})
    ),
    max_leaves=20,
)
QUIET = settings(derandomize=True, deadline=None, max_examples=100)


def _is_there(data: Any, route: Route) -> bool:
    for step in route:
        if not (step in data if isinstance(data, dict) else isinstance(data, list) and step in range(len(data))):
            return False
        data = data[step]
    return True


def _holds(data: Any) -> None:
    result = validate(data)
    assert (result.posture is None) == any(f.severity is Severity.ERROR for f in result.findings)
    for finding in result.findings:
        assert _is_there(data, finding.route), finding
        assert finding.message
        assert foreign(f"{finding.message}\n{finding.help}") == [], finding
    assert len(set(result.findings)) == len(result.findings)
    if result.posture is not None:
        input_uses(result.posture)


@QUIET
@given(JSON)
def test_anything(data: Any) -> None:
    _holds(data)


@QUIET
@given(st.dictionaries(st.sampled_from(sorted(Posture.keys())), JSON))
def test_anything_below_known_keys(data: Any) -> None:
    _holds({"tfgen": 1, "name": "a", **data})


@QUIET
@given(st.sampled_from([route for route, _ in PLACES]), JSON)
def test_anything_in_any_place(route: Route, value: Any) -> None:
    _holds(document(route, value))


@QUIET
@given(st.lists(st.sampled_from(PLACES), max_size=4))
def test_what_is_right_in_several_places(places: list[Any]) -> None:
    data: dict[str, Any] = small()
    for route, slot in places:
        if len(route) == 2 and route[0] == "harness":
            data["harness"][route[1]] = example(slot)
        elif len(route) == 1:
            data = {**document(route, example(slot)), "harness": data["harness"]}
    assert not [f for f in validate(data).findings if f.code.name in ("WRONG_TYPE", "BAD_VALUE", "ONE_OF")]
