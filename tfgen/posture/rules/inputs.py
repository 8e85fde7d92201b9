"""Rules about inputs: declared, used, and fit for every place they stand in. Knows no key but `inputs`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tfgen.diagnostics import At, Code, Finding, Severity
from tfgen.diagnostics.values import shown
from tfgen.posture.inputs import InputDeclaration
from tfgen.posture.names import nearest
from tfgen.posture.partial import Partial
from tfgen.posture.role import LEAVABLE
from tfgen.posture.shape import Shape
from tfgen.posture.walk import InputUse, input_uses


def uses(partial: Partial) -> Iterator[Finding]:
    """Find inputs that are used and not declared, and lists where one text is needed."""
    declared = _declared(partial)
    if declared is None:
        return
    for use in input_uses(partial.posture):
        declaration = partial.posture.inputs.get(use.name)
        if use.name not in declared:
            near = nearest(use.name, declared)
            yield Finding(
                Code.UNDECLARED_INPUT,
                f"the input {use.name!r} is not declared",
                (*use.route, "input"),
                f"write {near}" if near else f"add {use.name}: {{ description: ... }} under `inputs`",
            )
        elif declaration is not None and declaration.many and not use.in_list:
            message = f"the input {use.name!r} is a list, and one text is needed here"
            yield Finding(Code.INPUT_CONFLICT, message, (*use.route, "input"), "use an input of type string")


def unused(partial: Partial) -> Iterator[Finding]:
    """Find inputs that are declared and not used; a use in a part that is wrong counts too."""
    used = set(_mentioned(partial.data))
    declared = _declared(partial) or frozenset()
    used |= {nearest(name, declared) or name for name in used - declared}  # a misspelt use is reported where it stands
    for name in partial.posture.inputs:
        if name not in used:
            message = f"the input {name!r} is not used"
            yield Finding(Code.UNUSED_INPUT, message, ("inputs", name), "remove it", Severity.WARNING, At.KEY)


def defaults(partial: Partial) -> Iterator[Finding]:
    """Find defaults without the type or a shape that the input needs."""
    by_name: dict[str, list[InputUse]] = {}
    for use in input_uses(partial.posture):
        by_name.setdefault(use.name, []).append(use)
    for name, declaration in partial.posture.inputs.items():
        route = ("inputs", name, "default")
        default = declaration.default
        if default is None:
            continue
        if declaration.many != isinstance(default, tuple):
            needed = "a list of texts" if declaration.many else "one text"
            message = f"the input is {declaration.type}, so its default is {needed}, not {shown(default)}"
            yield Finding(Code.INPUT_CONFLICT, message, route, "change the type or the default")
            continue
        yield from _misfits(name, declaration, by_name.get(name, []))


def optional(partial: Partial) -> Iterator[Finding]:
    """Find optional inputs that are no single text without a default, or stand where nothing can be left out."""
    for name, declaration in partial.posture.inputs.items():
        if not declaration.optional:
            continue
        route = ("inputs", name, "optional")
        if declaration.many:
            message = f"the input {name!r} is a list, which is left out by being empty"
            yield Finding(Code.INPUT_CONFLICT, message, route, "remove `optional`, or make the input a string")
        elif declaration.default is not None:
            message = f"the input {name!r} has a default, so it is never left out"
            yield Finding(Code.INPUT_CONFLICT, message, route, "keep one of `optional` and `default`")
    for use in input_uses(partial.posture):
        used = partial.posture.inputs.get(use.name)
        if used is not None and used.optional and use.route not in LEAVABLE:
            allowed = ", ".join(".".join(map(str, place)) for place in sorted(LEAVABLE))
            message = f"the input {use.name!r} is optional, and here a value is needed; allowed: {allowed}"
            yield Finding(Code.INPUT_CONFLICT, message, (*use.route, "input"), "use an input that is not optional")


def _misfits(name: str, declaration: InputDeclaration, uses: list[InputUse]) -> Iterator[Finding]:
    default = declaration.default
    values = default if isinstance(default, tuple) else (default or "",)
    needed = {use.shape.name: use.shape for use in uses}
    for index, value in enumerate(values):
        for shape in needed.values():
            if not shape.accepts(value):
                route = ("inputs", name, "default", *((index,) if isinstance(default, tuple) else ()))
                message = f"the default {shown(value, secret=shape.secret)} is not {shape.sentence}"
                yield Finding(Code.INPUT_CONFLICT, message, route, f"for example {shape.example}")


def contradictions(partial: Partial) -> Iterator[Finding]:
    """Find inputs that stand for things of two kinds."""
    first: dict[str, Shape] = {}
    for use in input_uses(partial.posture):
        shape = first.setdefault(use.name, use.shape)
        if not shape.accepts(use.shape.example) and not use.shape.accepts(shape.example):
            yield Finding(
                Code.INPUT_CONFLICT,
                f"the input {use.name!r} is {shape.sentence} elsewhere and {use.shape.sentence} here",
                (*use.route, "input"),
                "declare an input for each",
                Severity.WARNING,
            )


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


RULES: Final = (uses, unused, defaults, optional, contradictions)
