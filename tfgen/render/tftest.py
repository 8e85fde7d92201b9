"""`terraform test` files: what a module makes and grants, asserted with every call of AWS mocked.

They run offline, and tell whoever changes a rendered module by hand what that changes. Every expected value comes from
the plan. A test cannot list a module's resources, so it reads them in the module's own text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tfgen.hcl.tree import (
    Access,
    Attribute,
    Binary,
    Block,
    Call,
    Expr,
    ForTuple,
    Index,
    Item,
    Literal,
    Number,
    Object,
    Reference,
    Template,
    Tuple,
    reference,
)
from tfgen.iam.policy import VERSION, Statement
from tfgen.iam.text import Slot, Source, Text, text
from tfgen.plan.model import Input
from tfgen.plan.statements import Grant, PolicyPlan
from tfgen.render.assertions import arguments_of, assertion, equal, same, strings
from tfgen.render.layout import AWS, CONTEXT, FILES, block
from tfgen.render.policy import statement
from tfgen.render.sample import MOCKED, Values, example, known, known_or_null, resolved, samples, some

_NEVER: Final = "* not valid *"
"""No pattern of an input matches this."""
_MADE: Final = r"(?m)^\s*(?:resource|module)\s+[^=\s{][^{\n]*"
"""The head of a block that makes something; an attribute of that name has `=` after it."""
_TEXTS: Final = "*.{tf,tf.json,tofu,tofu.json}"
"""The files of a directory that Terraform or OpenTofu reads."""
_NAME, _VALUE, _FILE, _FOUND = (Reference((name,)) for name in ("name", "value", "file", "found"))
_STATEMENT: Final = Reference(("statement",))
_SID: Final = Reference(("statement", "Sid"))

TAGS: Final = (("example", "example"),)
"""Tags that a module is given where its tests look at them."""

Wanted = Callable[[Values, str], Expr | None]
"""What an argument must be with these inputs, for this element of a list; None where the provider chooses a value."""


KEY: Final = Text((Slot(Source.EACH, ""),))
"""In an argument of a resource that is made for each of some keys: its key."""


def exactly(value: Expr) -> Wanted:
    """One value, whatever the inputs are."""
    return lambda _, __: value


def of(value: Text) -> Wanted:
    """What a text is."""
    return lambda values, element: Literal(known(value, values, element))


def these(values: Iterable[Text]) -> Wanted:
    """What texts are, as a list."""
    listed = tuple(values)
    return lambda values, _: strings(resolved(listed, values))


def given(value: Text | None, otherwise: Expr | None) -> Wanted:
    """What a text is, or the other value where there is none or optional inputs leave it out."""

    def wanted(values: Values, _: str) -> Expr | None:
        found = known_or_null(value, values) if value is not None else None
        return otherwise if found is None else Literal(found)

    return wanted


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document of the module, and where it is."""

    name: str
    at: Expr
    plan: PolicyPlan

    @property
    def output(self) -> str:
        """The output that it is a part of; empty when it is in none."""
        match self.at:
            case Reference(("output", name)) | Index(Reference(("output", name)), _):
                return name
            case _:
                return ""


@dataclass(frozen=True, slots=True)
class Made:
    """A resource of the module, or what a data source looks up: its arguments and how many of it there are."""

    address: tuple[str, ...]
    arguments: tuple[tuple[str, Wanted], ...]
    present: tuple[str, ...] = ()
    """List inputs: it is counted, and there while one of them has an element."""
    each: tuple[Text, ...] = ()
    """It is counted, one for each of these."""
    keys: tuple[Text, ...] | None = None
    """The keys of a resource that is made for each of these; an argument takes its key as the element."""
    becomes: tuple[tuple[str, Expr], ...] = ()
    """What it is after it was made, where a random text would not do."""
    within: Callable[[Values], Iterable[tuple[str, Expr]]] | None = None
    """What must hold of values in its blocks and objects, each with the argument that it is about."""

    @property
    def counted(self) -> bool:
        """Whether it has a count."""
        return bool(self.present or self.each)

    def instances(self, values: Values) -> tuple[tuple[Expr | None, str], ...]:
        """Its indexes, each with the element that it is for."""
        if self.keys is not None:
            return tuple((Literal(key), key) for key in sorted(resolved(self.keys, values)))
        if not some(self.present, values):
            return ()
        if self.each:
            return tuple((Number(place), one) for place, one in enumerate(resolved(self.each, values)))
        return ((Number(0) if self.counted else None, ""),)

    def checks(self, values: Values) -> Iterator[Block]:
        """What must hold of it when the inputs have these values."""
        at, name = Reference(self.address), ".".join(self.address)
        instances = self.instances(values)
        if self.keys is not None:
            keys = Tuple(tuple(index for index, _ in instances if index is not None))
            yield same(Call("keys", (at,)), keys, f"{name} is not made for the planned keys.")
        for index, element in instances:
            arguments = ((key, wanted(values, element)) for key, wanted in self.arguments)
            wanted = Object(tuple(Item(key, value) for key, value in arguments if value is not None))
            found = Index(at if index is None else Index(at, index), _NAME)
            all_same = ForTuple(("name", "value"), wanted, equal(found, _VALUE))
            if wanted.items:
                yield assertion(Call("alltrue", (all_same,)), f"{name} differs from the plan.")
        for argument, condition in self.within(values) if self.within is not None else ():
            yield assertion(condition, f"{name} differs from the plan in {argument}.")


@dataclass(frozen=True, slots=True)
class Subject:
    """What the tests of a module know of it."""

    inputs: tuple[Input, ...]
    main: tuple[Block, ...]
    policies: tuple[Policy, ...]
    resources: tuple[Made, ...]
    outputs: Mapping[str, Wanted]
    mocks: tuple[Block, ...] = ()
    """What further data sources give."""
    beside: Values = field(default_factory=dict)
    """Inputs that no check tells an example of, with values that a provider takes."""
    tags: tuple[tuple[str, str], ...] = ()
    """Tags that the module is given."""
    whole: bool = False
    """Whether the tests count the arguments in its text."""

    @property
    def values(self) -> Values:
        """A value for every input that is not optional."""
        return {**samples(self.inputs), **self.beside}


def made_tests(subject: Subject) -> Iterator[Block]:
    """The blocks of the tests of a module that grants nothing: what it makes, and what it refuses."""
    yield from _beginning(subject)
    yield _makes(subject, subject.values)
    yield from _refused(subject)


def grants_tests(subject: Subject) -> Iterator[Block]:
    """The blocks of a module's tests: that it makes and grants what was planned, and nothing else."""
    values = subject.values
    yield from _beginning(subject)
    for policy in subject.policies:
        yield _run(f"{policy.name}_grants", _document(policy, values))
    yield _makes(subject, values)
    without_lists = {**values, **{item.name: () for item in subject.inputs if item.many}}
    yield from varied("without_lists", subject, without_lists)
    for item in subject.inputs:
        if item.optional:
            yield from varied(f"with_{item.name}", subject, {**values, item.name: example(item)})
    yield from _refused(subject)


def _beginning(subject: Subject) -> Iterator[Block]:
    yield from _mocked(subject)
    if subject.values or subject.tags:
        yield given_block(subject.values, subject.tags)


def defaults_tests(subject: Subject) -> Iterator[Block]:
    """The blocks of a module's test of its defaults, which are not given; none where no input has one."""
    defaults = {item.name: item.default for item in subject.inputs if item.default is not None}
    if not defaults:
        return
    required = {item.name: example(item) for item in subject.inputs if item.required}
    yield from _mocked(subject)
    if required:
        yield given_block(required)
    heads = (_head(policy, {**required, **defaults}) for policy in subject.policies)
    yield _run("plans_with_its_defaults", heads)


def varied(name: str, subject: Subject, values: Values, *beside: Values) -> Iterator[Block]:
    """A run with these values, which asserts what no run with the usual or other ones does; none where nothing is."""
    usual = subject.values
    seen = {check for others in (usual, *beside) for check in _all(subject, others)}
    if changed := [check for check in _all(subject, values) if check not in seen]:
        own = given_block({key: value for key, value in values.items() if usual.get(key) != value})
        yield _run(name, changed, own, command="apply")


def _all(subject: Subject, values: Values) -> Iterator[Block]:
    for policy in subject.policies:
        yield from _document(policy, values)
    yield from _resources(subject, values)


def _run(name: str, checks: Iterable[Block], *first: Block, command: str = "plan") -> Block:
    return block("run", name, body=[Attribute("command", reference(command)), *first, *checks])


# --- What is given --------------------------------------------------------------------------------------------------


def _mocked(subject: Subject) -> Iterator[Block]:
    kinds = {node.labels[0] for node in subject.main if node.type in {"resource", "data"}}
    asked = any(kind in kinds for kind, _ in CONTEXT.values())
    for name in sorted({kind.partition("_")[0] for kind in kinds}):
        own = (*(_context() if asked else ()), *subject.mocks)
        yield block("mock_provider", name, body=own if name == AWS.name else ())
    for made in subject.resources:
        if made.becomes:
            values = Object(tuple(Item(key, value) for key, value in made.becomes))
            target = Attribute("target", Reference(made.address))
            yield block("override_resource", body=[target, Attribute("values", values)])


def _context() -> Iterator[Block]:
    """Where Terraform runs."""
    for name, (kind, attribute) in sorted(CONTEXT.items()):
        yield mock(kind, **{attribute: Literal(MOCKED[name])})


def mock(kind: str, **defaults: Expr) -> Block:
    """What a data source gives."""
    values = Object(tuple(Item(key, value) for key, value in defaults.items()))
    return block("mock_data", kind, body=[Attribute("defaults", values)])


def arn_of(*address: str) -> tuple[tuple[str, Expr], ...]:
    """An ARN by its form alone, for a resource whose ARN another one takes; no other resource has it."""
    return (("arn", Literal(mocked_arn(*address))),)


def mocked_arn(*address: str) -> str:
    """An ARN by its form alone."""
    return f"arn:{MOCKED['partition']}:mock:{MOCKED['region']}:{MOCKED['account']}:{'/'.join(address)}"


def given_block(values: Values, tags: Iterable[tuple[str, str]] = ()) -> Block:
    """What the module is given in one run, or in all runs of a file."""
    own = Object(tuple(Item(key, Literal(value)) for key, value in tags))
    given = [Attribute(key, _value(value)) for key, value in values.items()]
    return block("variables", body=[*given, *([Attribute("tags", own)] if own.items else [])])


def _value(value: str | tuple[str, ...]) -> Expr:
    return Literal(value) if isinstance(value, str) else strings(value)


# --- Policies -------------------------------------------------------------------------------------------------------


def _document(policy: Policy, values: Values) -> Iterator[Block]:
    """The whole document: first all that is not a statement and the Sids, then each statement by its Sid."""
    yield _head(policy, values)
    for grant in policy.plan.grants:
        if not _vanishes(grant.statement, values):
            yield _granted(policy, grant, values)


def _head(policy: Policy, values: Values) -> Block:
    sids = [grant.statement.sid for grant in policy.plan.grants if not _vanishes(grant.statement, values)]
    found_sids = ForTuple(("statement",), _statements(policy), _SID)
    found = Call("merge", (_decoded(policy), Object((Item("Statement", found_sids),))))
    wanted = Object((Item("Version", Literal(VERSION)), Item("Statement", strings(sids))))
    return assertion(Binary("==", found, wanted), "The policy does not have exactly the planned statements.")


def _granted(policy: Policy, grant: Grant, values: Values) -> Block:
    is_it = Binary("==", _SID, Literal(grant.statement.sid))
    found = Call("one", (ForTuple(("statement",), _statements(policy), _STATEMENT, is_it),))
    wanted = statement(_filled(grant.statement, values))
    message = f"Statement {grant.statement.sid} differs from the plan. Its purpose: {grant.why}"
    return assertion(Binary("==", found, wanted), message)


def _filled(planned: Statement, values: Values) -> Statement:
    """The statement with what is known when the inputs have these values."""

    def filled(texts: Iterable[Text]) -> tuple[Text, ...]:
        return tuple(text(value) for value in resolved(texts, values))

    return replace(
        planned,
        resources=filled(planned.resources),
        conditions=tuple(replace(one, values=filled(one.values)) for one in planned.conditions),
        principals=tuple(replace(one, values=filled(one.values)) for one in planned.principals),
    )


def _vanishes(planned: Statement, values: Values) -> bool:
    return bool(planned.resources) and not resolved(planned.resources, values)


def _decoded(policy: Policy) -> Expr:
    return Call("jsondecode", (policy.at,))


def _statements(policy: Policy) -> Expr:
    return Access(_decoded(policy), "Statement")


# --- Resources and outputs ------------------------------------------------------------------------------------------


def _makes(subject: Subject, values: Values) -> Block:
    """One run for all that is made, since each run plans anew. It applies: ids are unknown in a plan."""
    checks = [*_resources(subject, values)]
    documents = {policy.output for policy in subject.policies}
    checks += [
        same(Reference(("output", name)), value, f"The output {name} differs from the plan.")
        for name, wanted in subject.outputs.items()
        if name not in documents and (value := wanted(values, "")) is not None
    ]
    checks += [listed(subject.main), _files(), *([arguments_of(subject.main)] if subject.whole else [])]
    return _run("makes_what_was_planned", checks, command="apply")


def _resources(subject: Subject, values: Values) -> Iterator[Block]:
    counted = [made for made in subject.resources if made.counted]
    if counted:
        times = (
            Binary("==", Call("length", (Reference(made.address),)), Number(len(made.instances(values))))
            for made in counted
        )
        message = "Something is there that these inputs do not need, or something that they need is missing."
        yield assertion(Call("alltrue", (Tuple(tuple(times)),)), message)
    for made in subject.resources:
        yield from made.checks(values)


def listed(main: Iterable[Block]) -> Block:
    """The module's text has exactly these resources and calls of modules."""
    planned = [" ".join((node.type, *node.labels)) for node in main if node.type in {"resource", "module"}]
    path = Template((Reference(("path", "module")), "/", _FILE))
    found = Call("regexall", (Literal(_MADE), Call("file", (path,))))
    plain = Call("trimspace", (Call("replace", (_FOUND, Literal('"'), Literal(""))),))
    heads = ForTuple(("file",), strings(FILES), ForTuple(("found",), found, plain))
    message = "The module's text has other resources or module calls than planned."
    return same(Call("flatten", (heads,)), strings(planned), message)


def _files() -> Block:
    found = Call("fileset", (Reference(("path", "module")), Literal(_TEXTS)))
    return same(found, strings(sorted(FILES)), "The module's directory has other Terraform files than were rendered.")


def _refused(subject: Subject) -> Iterator[Block]:
    """One run for all inputs, since each run plans anew: every one of them is refused. None where none has a form."""
    items = [item for item in subject.inputs if any(check.pattern is not None for check in item.checks)]
    wrong = [Attribute(item.name, Tuple((Literal(_NEVER),)) if item.many else Literal(_NEVER)) for item in items]
    if not items:
        return
    body: list[Attribute | Block] = [
        Attribute("command", reference("plan")),
        Attribute("expect_failures", Tuple(tuple(Reference(("var", item.name)) for item in items))),
        block("variables", body=wrong),
    ]
    yield block("run", "refuses_wrong_values", body=body)
