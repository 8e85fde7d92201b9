"""Rules about inputs: declared, used, and fit for every place they stand in. Knows no key but `inputs`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tfgen.diagnostics import At, Code, Related, Route, Severity
from tfgen.diagnostics.rule import Rule, Violation, rule
from tfgen.diagnostics.values import shown
from tfgen.posture.names import nearest
from tfgen.posture.partial import Partial
from tfgen.posture.role import LEAVABLE
from tfgen.posture.walk import InputUse, input_uses


@rule(Code.UNDECLARED_INPUT, "an input is used but not declared")
def undeclared(partial: Partial) -> Iterator[Violation]:
    declared = _declared(partial)
    for use in input_uses(partial.posture) if declared is not None else ():
        if use.name not in (declared or ()):
            near = nearest(use.name, declared or ())
            message = f"the input {use.name!r} is not declared"
            help_ = f"write {near}" if near else f"add {use.name}: {{ description: ... }} under `inputs`"
            yield Violation(message, (*use.route, "input"), help_)


@rule(Code.INPUT_CONFLICT, "an input that is a list stands where one text is needed")
def lists(partial: Partial) -> Iterator[Violation]:
    for use in input_uses(partial.posture):
        declaration = partial.posture.inputs.get(use.name)
        if declaration is not None and declaration.many and not use.in_list:
            message = f"the input {use.name!r} is a list, and one text is needed here"
            type_ = (Related(("inputs", use.name, "type"), "its type is set here"),)
            yield Violation(message, (*use.route, "input"), "use an input of type string", type_)


@rule(Code.UNUSED_INPUT, "an input is declared but not used")
def unused(partial: Partial) -> Iterator[Violation]:
    used = set(_mentioned(partial.data))  # in a part that is wrong, too
    declared = _declared(partial) or frozenset()
    used |= {nearest(name, declared) or name for name in used - declared}  # a misspelt use is reported where it stands
    for name in partial.posture.inputs:
        if name not in used:
            yield Violation(f"the input {name!r} is not used", ("inputs", name), "remove it", at=At.KEY)


@rule(Code.INPUT_CONFLICT, "a default is not of its input's type")
def default_types(partial: Partial) -> Iterator[Violation]:
    for name, declaration in partial.posture.inputs.items():
        default = declaration.default
        if default is not None and declaration.many != isinstance(default, tuple):
            needed = "a list of texts" if declaration.many else "one text"
            message = f"the input is {declaration.type}, so its default is {needed}, not {shown(default)}"
            type_ = (Related(("inputs", name, "type"), "its type is set here"),)
            yield Violation(message, ("inputs", name, "default"), "change the type or the default", type_)


@rule(Code.INPUT_CONFLICT, "a default does not fit where its input is used")
def default_values(partial: Partial) -> Iterator[Violation]:
    uses: dict[str, list[InputUse]] = {}
    for use in input_uses(partial.posture):
        uses.setdefault(use.name, []).append(use)
    for name, declaration in partial.posture.inputs.items():
        default = declaration.default
        if default is None or declaration.many != isinstance(default, tuple):
            continue
        needed = {use.shape.name: use for use in reversed(uses.get(name, []))}
        for index, value in enumerate(default if isinstance(default, tuple) else (default,)):
            for use in reversed(needed.values()):
                if not use.shape.accepts(value):
                    route = ("inputs", name, "default", *((index,) if isinstance(default, tuple) else ()))
                    message = f"the default {shown(value, secret=use.shape.secret)} is not {use.shape.sentence}"
                    used = (Related((*use.route, "input"), "the input is used here"),)
                    yield Violation(message, route, f"for example {use.shape.example}", used)


@rule(Code.INPUT_CONFLICT, "an optional input is a list, or has a default")
def idle_optional(partial: Partial) -> Iterator[Violation]:
    for name, declaration in partial.posture.inputs.items():
        route: Route = ("inputs", name)
        if declaration.optional and declaration.many:
            message = f"the input {name!r} is a list, which is left out by being empty"
            type_ = (Related((*route, "type"), "its type is set here"),)
            help_ = "remove `optional`, or make the input a string"
            yield Violation(message, (*route, "optional"), help_, type_)
        elif declaration.optional and declaration.default is not None:
            message = f"the input {name!r} has a default, so it is never left out"
            default = (Related((*route, "default"), "its default", At.KEY),)
            yield Violation(message, (*route, "optional"), "keep one of `optional` and `default`", default)


@rule(Code.INPUT_CONFLICT, "an optional input stands where a value is needed")
def needed_optional(partial: Partial) -> Iterator[Violation]:
    for use in input_uses(partial.posture):
        declared = partial.posture.inputs.get(use.name)
        if declared is not None and declared.optional and use.route not in LEAVABLE:
            allowed = ", ".join(".".join(map(str, place)) for place in sorted(LEAVABLE))
            message = f"the input {use.name!r} is optional, and here a value is needed; allowed: {allowed}"
            optional = (Related(("inputs", use.name, "optional"), "it is made optional here"),)
            yield Violation(message, (*use.route, "input"), "use an input that is not optional", optional)


@rule(Code.INPUT_CONFLICT, "one input stands for things of two kinds", severity=Severity.WARNING)
def contradictions(partial: Partial) -> Iterator[Violation]:
    first: dict[str, InputUse] = {}
    for use in input_uses(partial.posture):
        other = first.setdefault(use.name, use)
        shape = other.shape
        if not shape.accepts(use.shape.example) and not use.shape.accepts(shape.example):
            message = f"the input {use.name!r} is {shape.sentence} elsewhere and {use.shape.sentence} here"
            elsewhere = (Related((*other.route, "input"), "it is used here too"),)
            yield Violation(message, (*use.route, "input"), "declare an input for each", elsewhere)


def _declared(partial: Partial) -> frozenset[str] | None:
    """Give the names under `inputs`, rightly declared or not; None when they cannot be told."""
    data = partial.data
    inputs = data.get("inputs", {}) if isinstance(data, Mapping) else {}
    return frozenset(str(name) for name in inputs) if isinstance(inputs, Mapping) else None


def _mentioned(data: object) -> Iterator[str]:
    pending = [data]
    while pending:
        value = pending.pop()
        if isinstance(value, Mapping):
            name = value.get("input")
            if len(value) == 1 and isinstance(name, str):
                yield name
            pending.extend(value.values())
        elif isinstance(value, tuple):
            pending.extend(value)


RULES: Final[tuple[Rule[Partial], ...]] = (
    undeclared,
    lists,
    unused,
    default_types,
    default_values,
    idle_optional,
    needed_optional,
    contradictions,
)
