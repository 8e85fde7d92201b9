"""Every place of the model: what is right passes, and what is wrong gives exactly one error, there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args, get_origin

from every import every
from posture_samples import bounds, document, edges, errors_of_form, example, leaves

from tfgen.diagnostics import At, Code, Route, Severity
from tfgen.posture import Json, Table, shape, shapes, validate
from tfgen.posture.base import OneOf
from tfgen.posture.values import Keys, Literally
from tfgen.posture.walk import Slot

LEAVES = list(leaves())
PLACES = [(".".join(map(str, route)), (route, slot)) for route, slot in LEAVES]
EDGES = [(".".join(map(str, route)), (route, slot)) for route, slot in edges()]


def of(test: Callable[[Slot], object]) -> list[tuple[str, tuple[Route, Slot]]]:
    return [(name, (route, slot)) for name, (route, slot) in EDGES if test(slot)]


def _bad_text(name: str) -> str | None:
    found = shape(name)
    candidates = ("", "\n", "*", "a" * ((found.max or 0) + 1))
    return next((text for text in candidates if not found.accepts(text)), None)


def test_every_place_is_looked_at() -> None:
    assert len(LEAVES) > 250
    assert {slot for _, slot in LEAVES} == {slot for _, (_, slot) in EDGES}
    assert ("harness", "hooks", 0, "before_tool_call", "target", "lambda", "arn") in [route for route, _ in LEAVES]


@every(("route", "slot"), PLACES)
def test_what_is_right_passes(route: Route, slot: Slot) -> None:
    assert errors_of_form(document(route, example(slot))) == []


@every(("route", "slot"), PLACES)
def test_nothing_is_never_a_value(route: Route, slot: Slot) -> None:
    found = [f for f in validate(document(route, None)).findings if f.code is Code.WRONG_TYPE]
    assert [(f.route, f.message) for f in found] == [(route, "no value is written here")]
    assert found[0].help.startswith("write ")


@every(("route", "slot"), of(lambda slot: slot.shape is not None))
def test_a_text_has_its_shape(route: Route, slot: Slot) -> None:
    assert slot.literal is not None
    bad = _bad_text(slot.literal.name)
    if bad is not None:
        assert errors_of_form(document(route, bad)) == [(Code.BAD_VALUE, route)]
        (finding,) = [f for f in validate(document(route, bad)).findings if f.code is Code.BAD_VALUE]
        assert finding.message.endswith(f"is not {slot.literal.sentence}")
        assert (repr(bad) in finding.message) == (not slot.literal.secret and len(bad) < 70)


@every(("route", "slot"), of(lambda slot: slot.shape is not None))
def test_a_text_is_text(route: Route, slot: Slot) -> None:
    for value in (5, True, 1.5, ["x"]):
        assert errors_of_form(document(route, value)) == [(Code.WRONG_TYPE, route)]


@every(("route", "slot"), of(lambda slot: slot.shape is not None))
def test_an_input_stands_only_where_it_may(route: Route, slot: Slot) -> None:
    data = document(route, {"input": "thing"})
    data["inputs"] = {**data.get("inputs", {}), "thing": {"description": "A thing."}}
    assert errors_of_form(data) == ([] if slot.takes_input else [(Code.WRONG_TYPE, route)])


@every(("route", "slot"), of(lambda slot: get_origin(slot.kind) is Literal))
def test_a_word_is_one_of_those_allowed(route: Route, slot: Slot) -> None:
    for value, code in (("nonsense", Code.BAD_VALUE), (1, Code.WRONG_TYPE), ([], Code.WRONG_TYPE)):
        assert errors_of_form(document(route, value)) == [(code, route)]
        found = next(f for f in validate(document(route, value)).findings if f.code is code)
        assert found.message.endswith(f"is not one of {', '.join(sorted(get_args(slot.kind)))}")


@every(("route", "slot"), of(lambda slot: get_origin(slot.kind) is Literal))
def test_every_word_passes(route: Route, slot: Slot) -> None:
    for word in get_args(slot.kind):
        assert errors_of_form(document(route, word)) == []


@every(("route", "slot"), of(lambda slot: slot.kind in (int, float) and bounds(slot)))
def test_a_number_stays_in_its_bounds(route: Route, slot: Slot) -> None:
    least, most = bounds(slot)["ge"], bounds(slot)["le"]
    for good in (least, most):
        assert errors_of_form(document(route, good)) == []
    step = 1 if slot.kind is int else 0.001
    for bad, words in ((least - step, "too small"), (most + step, "too large")):
        assert errors_of_form(document(route, bad)) == [(Code.BAD_VALUE, route)]
        assert words in next(f for f in validate(document(route, bad)).findings if f.code is Code.BAD_VALUE).message


@every(("route", "slot"), of(lambda slot: slot.kind in (int, float)))
def test_a_number_is_a_number(route: Route, slot: Slot) -> None:
    values: tuple[object, ...] = ("5", True, [], {}, float("nan"), float("inf"), 10**400)
    for value in values:
        assert [where for _, where in errors_of_form(document(route, value))] == [route]


@every(("route", "slot"), of(lambda slot: slot.kind is int))
def test_a_whole_number_is_whole(route: Route, slot: Slot) -> None:
    assert errors_of_form(document(route, 60.0)) == [(Code.WRONG_TYPE, route)]


@every(("route", "slot"), of(lambda slot: slot.is_list))
def test_a_list_is_a_list_of_the_right_length(route: Route, slot: Slot) -> None:
    for wrong in ("x", 5, {"x": 1}):
        assert errors_of_form(document(route, wrong)) == [(Code.WRONG_TYPE, route)]
    element = example(slot)
    found = bounds(slot)
    least, most = found.get("min_length", 0), found.get("max_length")
    assert errors_of_form(document(route, element * least)) == []
    if least:
        assert errors_of_form(document(route, [])) == [(Code.BAD_VALUE, route)]
    if most is not None:
        assert errors_of_form(document(route, element * most)) == []
        assert errors_of_form(document(route, element * (most + 1))) == [(Code.BAD_VALUE, route)]


@every(("route", "slot"), of(lambda slot: get_origin(slot.kind) is Table))
def test_a_table_has_right_keys_and_not_too_many(route: Route, slot: Slot) -> None:
    for wrong in ("x", 5, ["x"]):
        assert errors_of_form(document(route, wrong)) == [(Code.WRONG_TYPE, route)]
    keys = next(mark for mark in slot.marks if isinstance(mark, Keys))
    ((key, value),) = example(slot).items()
    bad = _bad_text(keys.shape_name)
    assert bad is not None
    found = [f for f in validate(document(route, {bad: value})).findings if f.code is Code.BAD_VALUE]
    assert [(f.route, f.at) for f in found] == [((*route, bad), At.KEY)]
    assert found[0].message.endswith(f"is not {shape(keys.shape_name).sentence}")
    if keys.min:
        assert errors_of_form(document(route, {})) == [(Code.BAD_VALUE, route)]
    if keys.max is not None:
        many = {f"{key}{index}": value for index in range(keys.max)}
        assert errors_of_form(document(route, many)) == []
        assert errors_of_form(document(route, {**many, key: value})) == [(Code.BAD_VALUE, route)]


@every(("route", "slot"), of(lambda slot: slot.kind is Json))
def test_free_json_is_a_mapping_and_kept_as_it_is(route: Route, slot: Slot) -> None:
    assert errors_of_form(document(route, {"a": [1, None, {"b": True}], "c": 1.5})) == []
    for wrong in ("{}", 5, [1]):
        assert errors_of_form(document(route, wrong)) == [(Code.WRONG_TYPE, route)]
    assert errors_of_form(document(route, {"a": float("nan")})) == [(Code.BAD_VALUE, route)]


@every(("route", "slot"), of(lambda slot: slot.model is not None))
def test_a_mapping_is_a_mapping(route: Route, slot: Slot) -> None:
    for value in ("x", 5, ["x"], True):
        assert errors_of_form(document(route, value)) == [(Code.WRONG_TYPE, route)]


@every(("route", "slot"), of(lambda slot: slot.model is not None))
def test_an_unknown_key_is_found_at_the_key(route: Route, slot: Slot) -> None:
    data = document(route, {**example(slot), "zzzzzz": 1})
    found = [f for f in validate(data).findings if f.severity is Severity.ERROR and f.code is not Code.CONFLICT]
    assert [(f.code, f.route, f.at) for f in found] == [(Code.UNKNOWN_KEY, (*route, "zzzzzz"), At.KEY)]


@every(
    ("route", "slot"),
    of(lambda slot: slot.model is not None and any(field.is_required() for field in slot.model.model_fields.values())),
)
def test_a_missing_key_is_found_at_its_mapping(route: Route, slot: Slot) -> None:
    for key in example(slot):
        less = {name: value for name, value in example(slot).items() if name != key}
        found = [f for f in validate(document(route, less)).findings if f.code is not Code.CONFLICT]
        errors = [f for f in found if f.severity is Severity.ERROR]
        assert [(f.code, f.route, f.at) for f in errors] == [(Code.MISSING_KEY, route, At.KEY)]
        assert repr(key) in errors[0].message


@every(("route", "slot"), of(lambda slot: slot.model is not None and issubclass(slot.model, OneOf)))
def test_a_union_has_exactly_one_key(route: Route, slot: Slot) -> None:
    assert slot.model is not None
    assert errors_of_form(document(route, {})) == [(Code.ONE_OF, route)]
    keys = slot.model.keys()
    if len(keys) > 1:
        both = {key: example(child) for key in keys[:2] if (child := slot.child(key))}
        assert errors_of_form(document(route, both)) == [(Code.ONE_OF, route)]
        (found,) = [f for f in validate(document(route, both)).findings if f.code is Code.ONE_OF]
        assert found.message.startswith(f"needs exactly one of {', '.join(sorted(keys))}, not ")
        assert all(repr(key) in found.message for key in keys[:2])


def test_every_shape_is_used() -> None:
    used = {mark.shape_name for _, slot in LEAVES for mark in slot.marks if isinstance(mark, Literally | Keys)}
    used |= {slot.literal.name for _, slot in LEAVES if slot.literal is not None}
    assert set(shapes()) - used == {"header-credential"}
