"""From pydantic's errors to findings in our own words. Knows the model's classes only through their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from tfgen.diagnostics import At, Code, Finding, Related, Route
from tfgen.diagnostics.values import NOTHING, Nothing, shown
from tfgen.posture.base import Empty, OneOf
from tfgen.posture.names import REFUSED, meant, nearest, respelled, snake
from tfgen.posture.walk import KEY_STEP, Slot, keyed, places_of_keys, slot_at

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FEW = 6
"""Up to so many keys are listed beside the one that was probably meant."""


def findings_of(errors: Iterable[ErrorDetails]) -> list[Finding]:
    """Translate all errors of one validation; a key that was merely misspelled is not reported as missing too."""
    listed = list(errors)
    misspelled: set[Route] = set()
    found: list[Finding] = []
    for error in listed:
        if error["type"] == "extra_forbidden" or error["type"] == "invalid_key":
            finding, other = _unknown_key(error["loc"])
            found.append(finding)
            if other is not None:
                misspelled.add((*error["loc"][:-1], other))
        elif error["type"] != "missing" and not _is_echo(error):
            found.append(_finding(error))
    return found + [_missing_key(e["loc"]) for e in listed if e["type"] == "missing" and e["loc"] not in misspelled]


def _is_echo(error: ErrorDetails) -> bool:
    """Tell whether a list is called too short only because pydantic does not count its wrong elements."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def _unknown_key(loc: Route) -> tuple[Finding, str | None]:
    *above, key = loc
    slot = slot_at(tuple(above))
    model = slot.model if slot else None
    keys = model.keys() if model else ()
    if not isinstance(key, str):
        return Finding(Code.UNKNOWN_KEY, f"a key is text, not {shown(key)}", loc, at=At.KEY), None
    refused = REFUSED.get((model.__name__ if model else "", snake(key)))
    if refused:
        return Finding(
            Code.UNKNOWN_KEY, f"the key {key!r} is not accepted: {refused[0]}", loc, refused[1], at=At.KEY
        ), None
    if not keys:
        return Finding(Code.UNKNOWN_KEY, f"unknown key {shown(key)}: no key is allowed here", loc, at=At.KEY), None
    parent = next((str(step) for step in reversed(above) if isinstance(step, str)), "")
    other = respelled(key, keys, parent)
    places = () if other else _elsewhere(key, tuple(above))
    other = other or (None if places else nearest(snake(key), keys))
    help = f"write {other!r}" if other else _belongs(snake(key), places)
    allowed = ", ".join(sorted(keys))
    message = (
        f"unknown key {shown(key)}" if help and len(keys) > FEW else f"unknown key {shown(key)}; allowed are {allowed}"
    )
    below = next((str(place[len(_named(above))]) for place in places if _is_below(place, above)), None)
    return Finding(Code.UNKNOWN_KEY, message, loc, help, at=At.KEY), other or below


def _elsewhere(key: str, above: Route) -> tuple[Route, ...]:
    """Where the model has such a key: below this mapping if anywhere there, else anywhere; nowhere if at too many."""
    places = places_of_keys().get(snake(key), ())
    below = tuple(place for place in places if _is_below(place, above))
    found = below or places
    nearest_ones = tuple(place for place in found if len(place) == len(found[0]))
    return nearest_ones if len(nearest_ones) <= FEW and len({place[0] for place in nearest_ones}) == 1 else ()


def _is_below(place: Route, above: Iterable[str | int]) -> bool:
    """Whether a place of the model is inside a mapping, and not the mapping itself."""
    named = _named(above)
    return len(place) > len(named) and place[: len(named)] == named


def _named(route: Iterable[str | int]) -> Route:
    """The keys of a route, without the positions in lists."""
    return tuple(step for step in route if isinstance(step, str))


def _belongs(key: str, places: tuple[Route, ...]) -> str:
    if not places:
        return ""
    holders = " or ".join(".".join(map(str, place[:-1])) or "the top level" for place in places)
    return f"move it: {key!r} is a key of {holders}"


def _missing_key(loc: Route) -> Finding:
    *above, key = loc
    slot = slot_at(loc)
    parent = slot_at(tuple(above))
    fields: Mapping[str, Any] = dict(keyed(parent.model)) if parent and parent.model else {}
    field = fields.get(str(key))
    help = f"{key}: {field.description}" if field and field.description else f"write {key}"
    if slot and slot.model and parent and parent.kind and loc == ("harness", "model"):
        help = (
            "name the model: the one that the service picks for itself can change, and the role names what it may call"
        )
    return Finding(Code.MISSING_KEY, f"the key {key!r} is missing", tuple(above), help, at=At.KEY)


def _finding(error: ErrorDetails) -> Finding:
    loc: Route = error["loc"]
    at = At.VALUE
    if loc and loc[-1] == KEY_STEP:
        loc, at = loc[:-1], At.KEY
    slot = slot_at(loc)
    value: object = error["input"]
    context: dict[str, Any] = error.get("ctx", {})
    if value is NOTHING:
        return _nothing(slot, loc)
    if error["type"] == "tfgen":
        return Finding(
            Code[context["code"]],
            context["message"],
            (*loc, *context["steps"]),
            context["help"],
            at=At(context["at"]),
            related=tuple(Related((*loc, key), "written here", At.KEY) for key in context["beside"]),
        )
    secret = bool(slot and slot.shape and slot.shape.secret)
    code, message, help = _worded(error["type"], shown(value, secret=secret), value, context, slot)
    return Finding(code, message, loc, help, at=at)


def _nothing(slot: Slot | None, loc: Route) -> Finding:
    model = slot.model if slot else None
    message = "no value is written here"
    if model is not None and issubclass(model, OneOf):
        return Finding(
            Code.WRONG_TYPE, message, loc, f"write one of {', '.join(sorted(model.keys()))}, or leave the key out"
        )
    if model is not None and not any(field.is_required() for _, field in keyed(model)):
        return Finding(
            Code.WRONG_TYPE,
            message,
            loc,
            "write {}" if issubclass(model, Empty) else "write {} or its keys, or leave the key out",
        )
    return Finding(Code.WRONG_TYPE, message, loc, "write a value, or leave the key out")


def _worded(
    kind: str, seen: str, value: object, context: Mapping[str, Any], slot: Slot | None
) -> tuple[Code, str, str]:
    """Code, message and help for an error of one of pydantic's own kinds."""
    match kind:
        case "model_type" | "model_attributes_type" | "dict_type" | "mapping_type":
            return Code.WRONG_TYPE, f"a mapping is needed, not {seen}", _mapping_help(value, slot)
        case "tuple_type" | "list_type":
            return Code.WRONG_TYPE, f"a list is needed, not {seen}", _list_help(value)
        case "int_type" | "int_parsing" | "int_from_float" | "int_parsing_size":
            return Code.WRONG_TYPE, f"a whole number is needed, not {seen}", _number_help(value)
        case "float_type" | "float_parsing" | "finite_number":
            return Code.WRONG_TYPE, f"a number is needed, not {seen}", _number_help(value)
        case "bool_type" | "bool_parsing":
            return Code.WRONG_TYPE, f"true or false is needed, not {seen}", ""
        case "greater_than_equal":
            return (
                Code.BAD_VALUE,
                f"{seen} is too small: the least is {context['ge']:g}",
                f"write {context['ge']:g} or more",
            )
        case "less_than_equal":
            return (
                Code.BAD_VALUE,
                f"{seen} is too large: the most is {context['le']:.12g}",
                f"write {context['le']:.12g} or less",
            )
        case "too_short":
            least = context["min_length"]
            return (
                Code.BAD_VALUE,
                f"{least} or more are needed, not {context['actual_length']}",
                "leave the key out, or add to it",
            )
        case "too_long":
            # pydantic stops counting at the first one too many
            return Code.BAD_VALUE, f"at most {context['max_length']} are allowed", "remove some"
        case "literal_error":
            return _not_one_of(seen, value, slot)
        case _:
            return Code.BAD_VALUE, f"{seen} is not allowed here", ""


def _not_one_of(seen: str, value: object, slot: Slot | None) -> tuple[Code, str, str]:
    words = sorted(get_args(slot.kind)) if slot and get_origin(slot.kind) is Literal else []
    message = f"{seen} is not one of {', '.join(words)}"
    if not isinstance(value, str):
        return Code.WRONG_TYPE, message, ""
    near = nearest(value.upper(), words) or nearest(value.lower(), words) or nearest(snake(value), words)
    return Code.BAD_VALUE, message, f"write {near}" if near else ""


def _mapping_help(value: object, slot: Slot | None) -> str:
    model = slot.model if slot else None
    if model is None:
        return ""
    if isinstance(value, str) and (key := meant(value, model.keys())) is not None:
        inner = Slot(model).child(key)
        return f"write {{ {key}: {'{}' if inner and inner.model else '...'} }}"
    if issubclass(model, Empty):
        return "write {}"
    return f"its keys are {', '.join(sorted(model.keys()))}"


def _list_help(value: object) -> str:
    if isinstance(value, Nothing | str) or not isinstance(value, Mapping):
        return "write it as a list of one: [...]"
    if set(value) == {"input"}:
        return f"write [{{ input: {value['input']} }}]"
    return "write it as a list of one: begin it with a dash"


def _number_help(value: object) -> str:
    if isinstance(value, str):
        return "write it without quotes" if value.strip().lstrip("-").replace(".", "", 1).isdigit() else ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"write {int(value)}"
    return ""
