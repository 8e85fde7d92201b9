"""Variables of a module: the posture's inputs with the checks that the API makes. Knows no policy."""

from __future__ import annotations

from collections.abc import Iterable

from tfgen.hcl.tree import (
    Attribute,
    Binary,
    Block,
    Bool,
    Call,
    Conditional,
    Expr,
    ForTuple,
    Literal,
    Null,
    Number,
    Object,
    Reference,
    Tuple,
)
from tfgen.plan.model import Check, Input
from tfgen.render.layout import block


def variables(inputs: Iterable[Input]) -> list[Block]:
    """The variable blocks: required ones first, then optional ones, each group in alphabetical order."""
    ordered = sorted(inputs, key=lambda item: item.name)
    required = [_variable(item) for item in ordered if item.required]
    optional = [(item.name, _variable(item)) for item in ordered if not item.required]
    return [*required, *(found for _, found in sorted([*optional, ("tags", _tags())], key=lambda pair: pair[0]))]


def _tags() -> Block:
    return block(
        "variable",
        "tags",
        body=[
            Attribute("description", Literal("Tags for every resource.")),
            Attribute("type", Call("map", (Reference(("string",)),))),
            Attribute("default", Object()),
            Attribute("nullable", Bool(False)),
        ],
    )


def _variable(item: Input) -> Block:
    kind: Expr = Call("list", (Reference(("string",)),)) if item.many else Reference(("string",))
    body: list[Attribute | Block] = [Attribute("description", Literal(item.description)), Attribute("type", kind)]
    if item.default is not None:
        body.append(Attribute("default", _default(item.default)))
    # Null is what leaves an optional value out; anywhere else it would be a hole in a policy.
    body.append(Attribute("default", Null()) if item.optional else Attribute("nullable", Bool(False)))
    if item.sensitive:
        body.append(Attribute("sensitive", Bool(True)))
    for check in item.checks:
        if check.pattern is None and not check.shortest and check.longest is None:
            continue  # any text is allowed
        message = f"{'Each' if item.many else 'The'} value of {item.name} must be {check.allowed}."
        rows = [Attribute("condition", _condition(item, check)), Attribute("error_message", Literal(message))]
        body.append(block("validation", body=rows))
    return block("variable", item.name, body=body)


def _default(value: str | tuple[str, ...]) -> Expr:
    return Literal(value) if isinstance(value, str) else Tuple(tuple(Literal(element) for element in value))


def _condition(item: Input, check: Check) -> Expr:
    whole = Reference(("var", item.name))
    value = Reference(("value",)) if item.many else whole
    length = Call("length", (value,))
    checks: list[Expr] = []
    if check.pattern is not None:
        checks.append(Call("can", (Call("regex", (Literal(anchored(check.pattern)), value)),)))
    if check.shortest > (0 if check.pattern is None else 1):  # no pattern here matches an empty text
        checks.append(Binary(">=", length, Number(check.shortest)))
    if check.longest is not None:
        checks.append(Binary("<=", length, Number(check.longest)))
    condition = checks[0]
    for more in checks[1:]:
        condition = Binary("&&", condition, more)
    if item.optional:
        return Conditional(Binary("==", whole, Null()), Bool(True), condition)
    return Call("alltrue", (ForTuple(("value",), whole, condition),)) if item.many else condition


def anchored(pattern: str) -> str:
    """The pattern as one that must match the whole text, for a function that searches."""
    return f"^(?:{pattern})$"
