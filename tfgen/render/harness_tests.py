"""What the tests of the module `harness` expect of the harness: each value that it is given. Knows no module's layout.

What a provider fills in beside these is not known, so values are asserted one by one and the text's arguments counted.
A template is compared as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Final

from tfgen.catalog.provider import Attribute as Argument
from tfgen.catalog.provider import Body as Place
from tfgen.catalog.provider import Fields as ObjectFields
from tfgen.catalog.provider import Many, Nested
from tfgen.catalog.provider_resource import ProviderResource, Template, pascal
from tfgen.diagnostics import InternalError
from tfgen.hcl.tree import (
    Access,
    Binary,
    Block,
    Call,
    Expr,
    ForTuple,
    Index,
    Item,
    Literal,
    Null,
    Number,
    Object,
    Reference,
    Tuple,
)
from tfgen.iam.text import Text
from tfgen.plan.model import EXECUTION_ROLE, SECURITY_GROUP, SUBNETS, Input
from tfgen.plan.provisioned import Provisioned
from tfgen.plan.settings import Fields, Items, Setting, Table, TextValue, lists
from tfgen.render.assertions import all_of, is_value, strings
from tfgen.render.expressions import ELEMENT
from tfgen.render.harness_settings import Spelling, inside, value_of
from tfgen.render.harness_template import LABEL, OUTPUTS, tags_of, template_of
from tfgen.render.sample import Values, elements, filled
from tfgen.render.tftest import TAGS, Made, Subject, exactly, mocked_arn, of

_WIRED: Final[Values] = {
    EXECUTION_ROLE: mocked_arn("execution-role"),
    SECURITY_GROUP: "sg-0123456789abcdef0",
    SUBNETS: ("subnet-0123456789abcdef0",),
}
"""What the other parts give this one: no check of an input tells an example of it."""
_ONE: Final = Reference(("one",))
"""The loop variable for a block of a set, which has no position."""
Checks = Iterator[tuple[str, Expr]]


def subject(
    made: Provisioned,
    found: ProviderResource,
    inputs: tuple[Input, ...],
    main: tuple[Block, ...],
    outputs: Mapping[str, Expr],
) -> Subject:
    """What the tests know of the module."""
    resource = _made(made, found)
    return Subject(
        inputs,
        main,
        (),
        (resource,),
        {name: exactly(value) for name, value in outputs.items()},
        beside={item.name: _WIRED[item.name] for item in inputs if item.name in _WIRED},
        tags=TAGS,
        whole=True,
    )


def _made(made: Provisioned, found: ProviderResource) -> Made:
    if found.template is None:
        return _resource(made, found)
    if made.stack is None:
        raise InternalError("a stack has no name")
    return _stack(made, found, found.template, made.stack)


# --- A resource -----------------------------------------------------------------------------------------------------


def _resource(made: Provisioned, found: ProviderResource) -> Made:
    address = (found.resource, LABEL)

    def within(values: Values) -> Iterator[tuple[str, Expr]]:
        role, at = found.argument(EXECUTION_ROLE), Reference(address)
        settings = _filled(made.settings, values, frozenset())
        yield role, is_value(_in(at, role), Literal(str(values[EXECUTION_ROLE])))
        for name, pairs in groupby(_checks(settings, found.body, Spelling(found), at), key=lambda pair: pair[0]):
            yield name, all_of(condition for _, condition in pairs)
        yield found.argument("tags"), is_value(_in(at, found.argument("tags")), _tags(made, found))

    return Made(address, (), within=within)


def _checks(settings: Fields, place: Place, spelling: Spelling, at: Expr) -> Checks:
    """What must hold of all that a mapping says, each with the argument that it is in."""
    for key, inner in settings.items:
        name = spelling.carrier.argument(key)
        member = place.member(name)
        if isinstance(member, Nested):
            yield from ((name, check) for check in _of_blocks(inner, member, spelling, _in(at, name)))
        elif member is not None:
            yield from ((name, check) for check in _of_value(inner, member, spelling, _in(at, name)))


def _of_blocks(setting: Setting, nested: Nested, spelling: Spelling, at: Expr) -> Iterator[Expr]:
    """What must hold of blocks: how many there are, and what is in each."""
    match setting:
        case Items(listed):
            blocks: list[tuple[str, Setting]] = [("", inner) for inner in listed]
        case Table(items):
            blocks = list(items)
        case _:
            blocks = [("", setting)]
    is_set, lone = nested.nesting == "set", nested.most == 1
    counted = Binary("==", Call("length", (at,)), Number(len(blocks)))
    if not lone:
        yield counted
    for number, (key, inner) in enumerate(blocks):
        block = _ONE if is_set else Index(at, Number(number))
        own = [is_value(_in(block, spelling.carrier.key), Literal(key))] if isinstance(setting, Table) else []
        within = _checks(inner, nested.body, spelling, block) if isinstance(inner, Fields) else ()
        checks = [*own, *(check for _, check in within)]
        if lone and not checks:
            yield counted
        elif is_set and checks:
            yield Call("anytrue", (ForTuple(_ONE.path, at, Call("alltrue", (Tuple(tuple(checks)),))),))
        else:
            yield from checks


def _of_value(setting: Setting, argument: Argument, spelling: Spelling, at: Expr) -> Iterator[Expr]:
    """What must hold of an argument: of each value in its objects, or of the whole."""
    kind = argument.kind.of if isinstance(argument.kind, Many) else argument.kind
    wanted = value_of(setting, argument, spelling, ELEMENT)
    if wanted is None:
        return
    if not isinstance(kind, ObjectFields):
        yield is_value(at, _sorted(wanted) if _is_set(argument) else wanted)
        return
    match setting:
        case Items(listed):
            yield Binary("==", Call("length", (at,)), Number(len(listed)))
            objects: list[tuple[Expr, Setting]] = [(Index(at, Number(place)), one) for place, one in enumerate(listed)]
        case Table(items):
            yield is_value(Call("keys", (at,)), strings(sorted(key for key, _ in items)))
            objects = [(Index(at, Literal(key)), one) for key, one in items]
        case _:
            objects = [(at, setting)]
    for one, inner in objects:
        checks = [*_checks(inner, inside(argument), spelling, one)] if isinstance(inner, Fields) else []
        yield from (check for _, check in checks)
        if not checks:
            yield Binary("!=", one, Null())


def _is_set(argument: Argument) -> bool:
    return isinstance(argument.kind, Many) and argument.kind.collection == "set"


def _sorted(wanted: Expr) -> Expr:
    """The elements as a set of texts has them."""
    if not isinstance(wanted, Tuple):
        return wanted
    return strings(sorted({one.value for one in wanted.elements if isinstance(one, Literal)}))


def _in(at: Expr, name: str) -> Expr:
    return Reference((*at.path, name)) if isinstance(at, Reference) else Access(at, name)


# --- A stack --------------------------------------------------------------------------------------------------------


def _stack(made: Provisioned, found: ProviderResource, template: Template, stack: Text) -> Made:
    address = (found.resource, LABEL)
    decoded = Call("jsondecode", (Reference((*address, "template_body")),))
    hidden = frozenset(name for name, _ in made.parameters)

    def within(values: Values) -> Iterator[tuple[str, Expr]]:
        known = replace(made, settings=_filled(made.settings, values, hidden))
        role = Literal(str(values[EXECUTION_ROLE]))
        yield from _template(template_of(known, found, template, role, _tags(made, found)), decoded)

    parameters = Object(tuple(Item(name, Reference(("var", given))) for given, name in made.parameters))
    arguments = (
        ("name", of(stack)),
        ("on_failure", exactly(Literal(template.on_failure))),
        ("capabilities", exactly(Null())),
        *([("parameters", exactly(parameters))] if made.parameters else []),
        ("tags", exactly(_map(dict(TAGS)))),
    )
    outputs = Object(tuple(Item(pascal(name), Literal(mocked_arn(name))) for name in OUTPUTS))
    return Made(address, arguments, within=within, becomes=(("outputs", outputs),))


def _template(wanted: Object, decoded: Expr) -> Iterator[tuple[str, Expr]]:
    """What must hold of a template: all but the properties of its one resource, then each of these."""
    resources = Access(decoded, "Resources")
    ((name, resource),) = _items(_items(wanted)["Resources"]).items()
    properties = Access(Access(resources, name), "Properties")
    planned = _items(_items(resource)["Properties"])
    names = strings(sorted(planned))
    yield "template_body", _but(decoded, "Resources", resources, wanted, strings((name,)))
    yield "template_body", _but(Access(resources, name), "Properties", properties, resource, names)
    for key, value in planned.items():
        yield key, is_value(Access(properties, key), value)


def _but(found: Expr, key: str, at: Expr, wanted: Expr, keys: Expr) -> Expr:
    """Whether an object is the wanted one, its mapping under one key by its keys alone."""
    without = Call("merge", (found, Object((Item(key, Call("keys", (at,))),))))
    planned = (Item(name, keys if name == key else value) for name, value in _items(wanted).items())
    return is_value(without, Object(tuple(planned)))


def _items(value: Expr) -> dict[str, Expr]:
    found = value.items if isinstance(value, Object) else ()
    return {item.key: item.value for item in found if isinstance(item, Item) and isinstance(item.key, str)}


# --- Values ---------------------------------------------------------------------------------------------------------


def _tags(made: Provisioned, found: ProviderResource) -> Expr:
    """The harness's own tags beside those that the module is given, by their keys."""
    tags = {**dict(TAGS), **dict(made.tags)}
    if isinstance(tags_of((), found, Object()), Object):
        return _map(tags)
    key, value = (found.argument(word) for word in ("key", "value"))
    return Tuple(tuple(Object((Item(key, Literal(name)), Item(value, Literal(tags[name])))) for name in sorted(tags)))


def _map(values: Mapping[str, str]) -> Object:
    return Object(tuple(Item(key, Literal(value)) for key, value in sorted(values.items())))


def _filled(settings: Fields, values: Values, hidden: frozenset[str]) -> Fields:
    """The settings with these inputs; those that are hidden stay inputs."""

    def known(setting: Setting, element: str) -> Setting:
        match setting:
            case TextValue(value):
                return replace(setting, value=filled(value, values, element, hidden))
            case Fields(items) | Table(items):
                return replace(setting, items=tuple((key, known(inner, element)) for key, inner in items))
            case Items(listed):
                return replace(setting, elements=tuple(spread(listed, element)))
            case _:
                return setting

    def spread(listed: tuple[Setting, ...], element: str) -> Iterator[Setting]:
        for over, run in groupby(listed, key=lambda inner: lists(inner)[:1]):
            parts = tuple(run)
            for own in elements(over[0], values) if over else (element,):
                yield from (known(inner, own) for inner in parts)

    return replace(settings, items=tuple((key, known(inner, "")) for key, inner in settings.items))
