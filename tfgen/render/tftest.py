"""`terraform test` files: what a module grants, asserted on its decoded policies with every call of AWS mocked.

They run offline, and tell whoever changes a rendered module by hand which grant that changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from tfgen.hcl.tree import (
    Access,
    Attribute,
    Binary,
    Block,
    Call,
    Expr,
    ForTuple,
    Item,
    Literal,
    Object,
    Reference,
    Tuple,
    reference,
)
from tfgen.iam.policy import Statement
from tfgen.iam.text import Either, Source, Text, text
from tfgen.plan.model import Grant, Input, PolicyPlan
from tfgen.render.layout import CONTEXT, block

MOCKED: Final[Mapping[str, str]] = {"account": "123456789012", "partition": "aws", "region": "us-east-1"}
"""What the mocked data sources say."""

_NEVER: Final = "* not valid *"
"""No pattern of an input matches this."""

Values = Mapping[str, str | tuple[str, ...]]


def grants_tests(
    inputs: tuple[Input, ...], policies: Iterable[tuple[str, Expr, PolicyPlan]], mocks: Iterable[Block] = ()
) -> Iterator[Block]:
    """The blocks of a part's tests: for each policy, by a name and where it stands, that it grants what was planned.

    `mocks` say what further data sources give.
    """
    values = {item.name: example(item) for item in inputs if not item.optional}
    yield _provider(mocks)
    if values:
        yield given_block(values)
    listed = list(policies)
    for name, at, policy in listed:
        yield _grants(name, at, policy, values)
    empty = {**values, **{item.name: () for item in inputs if item.many}}
    given = {name: value for name, value in empty.items() if value == ()}
    for name, at, policy in listed:
        if given and _sids(policy, empty) != _sids(policy, values):
            yield _vanished(name, at, policy, empty, given)
    checked = [item for item in inputs if any(check.pattern is not None for check in item.checks)]
    if checked:
        yield _refused(checked)


def defaults_tests(
    inputs: tuple[Input, ...], policies: Iterable[tuple[str, Expr, PolicyPlan]], mocks: Iterable[Block] = ()
) -> Iterator[Block]:
    """The blocks of a part's test of its defaults: inputs without one alone are given; none where no input has one."""
    defaults = {item.name: item.default for item in inputs if item.default is not None}
    if not defaults:
        return
    required = {item.name: example(item) for item in inputs if item.required}
    yield _provider(mocks)
    if required:
        yield given_block(required)
    values = {**required, **defaults}
    same = [_same_sids(at, _sids(policy, values)) for _, at, policy in policies]
    yield block("run", "plans_with_its_defaults", body=[Attribute("command", reference("plan")), *same])


def _provider(mocks: Iterable[Block]) -> Block:
    own = (mock(kind, **{attribute: Literal(MOCKED[name])}) for name, (kind, attribute) in sorted(CONTEXT.items()))
    return block("mock_provider", "aws", body=[*own, *mocks])


def mock(kind: str, **defaults: Expr) -> Block:
    """What a data source gives."""
    values = Object(tuple(Item(key, value) for key, value in defaults.items()))
    return block("mock_data", kind, body=[Attribute("defaults", values)])


def _grants(name: str, at: Expr, policy: PolicyPlan, values: Values) -> Block:
    """One run for a policy: the Sids in their order, and on what each statement is."""
    body: list[Attribute | Block] = [Attribute("command", reference("plan")), _same_sids(at, _sids(policy, values))]
    for grant in policy.grants:
        resources = _resolved(grant.statement.resources, values)
        if resources:
            body.append(_assert(_resource(at, grant.statement), _strings(resources), _sentence(grant)))
    return block("run", f"{name}_grants", body=body)


def given_block(values: Values) -> Block:
    """What the module is given in one run, or in all runs of a file."""
    return block("variables", body=[Attribute(key, _value(value)) for key, value in values.items()])


def _vanished(name: str, at: Expr, policy: PolicyPlan, empty: Values, given: Values) -> Block:
    body: list[Attribute | Block] = [
        Attribute("command", reference("plan")),
        given_block(given),
        _same_sids(at, _sids(policy, empty)),
    ]
    return block("run", f"{name}_without_lists", body=body)


def _refused(items: Sequence[Input]) -> Block:
    """One run for all inputs, since each run plans anew: every one of them is refused."""
    wrong = [Attribute(item.name, Tuple((Literal(_NEVER),)) if item.many else Literal(_NEVER)) for item in items]
    body: list[Attribute | Block] = [
        Attribute("command", reference("plan")),
        Attribute("expect_failures", Tuple(tuple(Reference(("var", item.name)) for item in items))),
        block("variables", body=wrong),
    ]
    return block("run", "refuses_wrong_values", body=body)


def _statements(at: Expr) -> Expr:
    return Access(Call("jsondecode", (at,)), "Statement")


def _same_sids(at: Expr, sids: Iterable[str]) -> Block:
    found = ForTuple(("statement",), _statements(at), Reference(("statement", "Sid")))
    return _assert(found, _strings(sids), "The statements are not the ones that were planned.")


def _resource(at: Expr, statement: Statement) -> Expr:
    is_it = Binary("==", Reference(("statement", "Sid")), Literal(statement.sid))
    each = ForTuple(("statement",), _statements(at), Reference(("statement", "Resource")), is_it)
    return Call("flatten", (each,))


def _assert(found: Expr, wanted: Expr, message: str) -> Block:
    return assertion(Binary("==", Call("jsonencode", (found,)), Call("jsonencode", (wanted,))), message)


def assertion(condition: Expr, message: str) -> Block:
    """What must hold in a run."""
    return block("assert", body=[Attribute("condition", condition), Attribute("error_message", Literal(message))])


def _sentence(grant: Grant) -> str:
    return f"{grant.statement.sid} is granted on something else. It is there for this: {grant.why}"


def _sids(policy: PolicyPlan, values: Values) -> tuple[str, ...]:
    """The Sids of the statements that do not vanish."""
    return tuple(
        grant.statement.sid
        for grant in policy.grants
        if not grant.statement.resources or _resolved(grant.statement.resources, values)
    )


def _resolved(texts: Iterable[Text], values: Values) -> tuple[str, ...]:
    """What texts are when the inputs have these values; each once, as a policy lists them."""
    return tuple(dict.fromkeys(found for value in _in_runs(texts, values) for found in value))


def _in_runs(texts: Iterable[Text], values: Values) -> Iterator[Iterator[str]]:
    """Texts that repeat over one list stand together, element by element, as they are rendered."""
    run: list[Text] = []
    name: str | None = None
    for value in [*texts, None]:
        over = value.each() if value is not None else None
        if run and (value is None or over != name or name is None):
            yield _spread(run, name, values)
            run = []
        if value is not None:
            run.append(value)
            name = over


def _spread(run: list[Text], name: str | None, values: Values) -> Iterator[str]:
    elements = values[name] if name is not None else ("",)
    for element in elements:
        for value in run:
            yield _known(value, values, element)


def _known(value: Text, values: Values, element: str) -> str:
    def of(source: Source, name: str) -> str:
        if source is Source.CONTEXT:
            return MOCKED[name]
        given = values.get(name, "")
        return element if source is Source.EACH else given if isinstance(given, str) else ""

    known = value.replace(lambda slot: text(of(slot.source, slot.name)))
    # The tests leave optional inputs out.
    return "".join(
        str(part) if not isinstance(part, Either) else _known(part.otherwise, values, element) if part.otherwise else ""
        for part in known.parts
    )


def example(item: Input) -> str | tuple[str, ...]:
    """A value that all checks of an input accept: its default, where that is one."""
    if item.default:
        return item.default
    examples = (check.example for check in reversed(item.checks))
    found = next((value for value in examples if all(check.accepts(value) for check in item.checks)), "example")
    return (found,) if item.many else found


def alternatives(item: Input) -> Iterator[str]:
    """Values that all checks of an input accept: its example, and that with another digit in the place of one."""
    first = example(item)
    known = first if isinstance(first, str) else first[0]
    yield known
    for place, digit in ((match.start(), digit) for match in re.finditer(r"[0-9]", known) for digit in "123456789"):
        other = f"{known[:place]}{digit}{known[place + 1 :]}"
        if other != known and all(check.accepts(other) for check in item.checks):
            yield other


def _value(value: str | tuple[str, ...]) -> Expr:
    return Literal(value) if isinstance(value, str) else _strings(value)


def _strings(values: Iterable[str]) -> Tuple:
    return Tuple(tuple(Literal(value) for value in values))
