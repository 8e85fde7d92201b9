"""What must be made of the part `harness`. Must not know how text is rendered."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tfgen.catalog.carrier import Carrier, carrier
from tfgen.catalog.provider import Attribute, Body, Fields, Many, Nested, Simple
from tfgen.diagnostics import InternalError
from tfgen.iam.text import Slot, Source, Text, text
from tfgen.plan import settings as said
from tfgen.plan.model import Plan
from tfgen.plan.provisioned import Provisioned
from tfgen.proof.evaluate import Blocks, Json, Listed, Mapped, Merge, Pairs, Scalar, Value
from tfgen.proof.evaluate import Many as ManyInputs
from tfgen.proof.expected.part import Expected, Given, referred
from tfgen.proof.rebuild import Argument

Named = dict[str, Value]


def expected(plan: Plan, given: Given) -> Expected:
    """The harness, and what the part puts out."""
    made = plan.provisioned
    if made is None:
        raise InternalError("the posture leaves the harness to somebody else")
    found = carrier(made.carrier)
    arguments: dict[str, Argument] = {
        **{name: _from_outside(value, given) for name, value in _named(made.settings, found.body, found).items()},
        "execution_role_arn": given.wired["execution_role_arn"],
        "tags": _tags(made, found, given),
    }
    address = f"{found.resource}.this"
    version = ".".join(map(str, made.at_least))
    return Expected(
        {
            address: arguments,
            "output.harness_arn": {"value": referred(f"{address}.arn")},
            "output.harness_id": {"value": referred(f"{address}.harness_id")},
        },
        {"harness_arn": "harness_arn", "harness_id": "harness_id"},
        {found.name: (found.provider, f">= {version}")},
    )


def _from_outside(value: Value, given: Given) -> Value:
    """The same, with what another part gives in the place of the inputs that are wired to it."""
    match value:
        case Mapped(items):
            return Mapped(tuple((key, _from_outside(inner, given)) for key, inner in items))
        case Blocks(blocks):
            inside = (_from_outside(block, given) for block in blocks)
            return Blocks(tuple(block for block in inside if isinstance(block, Mapped)))
        case Listed(elements):
            return Listed(tuple(_from_outside(element, given) for element in elements))
        case ManyInputs(name) | Text((Slot(Source.INPUT, name),)):
            return given.wired.get(name, value)
        case _:
            return value


def _tags(made: Provisioned, found: Carrier, given: Given) -> Value:
    own = Mapped(tuple((key, text(value)) for key, value in made.tags))
    tags = Merge((given.tags, own)) if made.tags else given.tags
    kind = found.body.attributes["tags"].kind
    return tags if isinstance(kind, Many) and kind.collection == "map" else Pairs(tags)


def _named(settings: said.Fields, place: Body, found: Carrier) -> Named:
    """The arguments and blocks that a mapping comes to, by name."""
    made: Named = {}
    for key, setting in settings.items:
        name = found.argument(key)
        member = place.member(name)
        value = _of(setting, member, found) if member is not None else None
        if value is not None:
            made[name] = value
    return made


def _of(setting: said.Setting, member: Attribute | Nested, found: Carrier) -> Value | None:
    if isinstance(member, Nested):
        blocks = tuple(_blocks(setting, member.body, found))
        return Blocks(blocks) if blocks else None
    if isinstance(setting, said.Table) and not setting.items:
        return None  # a provider cannot tell an empty map from none
    return _value(setting, member, found)


def _blocks(setting: said.Setting, place: Body, found: Carrier) -> Iterator[Mapped]:
    if isinstance(setting, said.Items):
        for part in setting.elements:
            over = said.lists(part)
            own: Named = {"for_each": ManyInputs(over[0])} if over else {}
            yield _mapped({**own, **_inner(part, place, found)})
    elif isinstance(setting, said.Table):
        for key, part in setting.items:
            yield _mapped({found.key: text(key), **_inner(part, place, found)})
    else:
        yield _mapped(_inner(setting, place, found))


def _inner(setting: said.Setting, place: Body, found: Carrier) -> Named:
    return _named(setting, place, found) if isinstance(setting, said.Fields) else {}


def _mapped(named: Named) -> Mapped:
    """A mapping whose order says nothing, in one order."""
    return Mapped(tuple(sorted(named.items())))


def _value(setting: said.Setting, argument: Attribute, found: Carrier) -> Value:
    kind = argument.kind.of if isinstance(argument.kind, Many) else argument.kind
    inside = Body(kind.attributes if isinstance(kind, Fields) else {}, {})
    match setting:
        case said.Said(value):
            return value
        case said.Exact(value):
            return Scalar(value)
        case said.Marker():
            return Scalar(True) if argument.kind == Simple("bool") else Json(Mapped(()))
        case said.Document():
            return Json(_json(setting.value))
        case said.Fields():
            return Mapped(tuple(_named(setting, inside, found).items()))
        case said.Table(items):
            return Mapped(tuple((key, _value(part, argument, found)) for key, part in items))
        case said.Items((said.Said(Text((Slot(Source.EACH, name),))),)):
            return ManyInputs(name)
        case said.Items(elements):
            return Listed(tuple(_value(part, argument, found) for part in elements))


def _json(value: object) -> Value:
    match value:
        case list():
            return Listed(tuple(_json(part) for part in value))
        case dict():
            return Mapped(tuple((str(key), _json(part)) for key, part in value.items()))
        case str():
            return text(value)
        case None | bool() | int():
            return Scalar(value)
        case Decimal():
            return Scalar(int(value) if value == value.to_integral_value() else value)
        case _:
            raise InternalError(f"JSON holds no {type(value).__name__}")
