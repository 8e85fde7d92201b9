"""What must be made of the part `harness`. Must not know how text is rendered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tfgen.catalog.carrier import Carrier, Template, carrier, pascal
from tfgen.catalog.provider import FREE_JSON, Attribute, Body, Fields, Many, Nested, Simple
from tfgen.diagnostics import InternalError
from tfgen.iam.text import Slot, Source, Text, join, text
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
    address = f"{found.resource}.this"
    version = ".".join(map(str, made.at_least))
    template = found.template
    resource = _resource(made, found, given) if template is None else _stack(made, found, template, given)
    outputs = {
        name: f"{address}.{attribute}" if template is None else f"{address}.outputs.{pascal(name)}"
        for name, attribute in found.outputs.items()
    }
    return Expected(
        {
            address: resource,
            **{f"output.{name}": {"value": referred(value)} for name, value in outputs.items()},
        },
        {name: name for name in outputs},
        {found.local: (found.provider, f">= {version}")},
    )


def _resource(made: Provisioned, found: Carrier, given: Given) -> dict[str, Argument]:
    named = _named(made.settings, found.body, Spelled(found))
    return {
        **{name: _from_outside(value, given) for name, value in named.items()},
        "execution_role_arn": given.wired["execution_role_arn"],
        "tags": _tags(made, found, given),
    }


def _stack(made: Provisioned, found: Carrier, template: Template, given: Given) -> dict[str, Argument]:
    """The stack, and in it the template that `jsonencode` writes."""
    parameters = dict(made.parameters)
    named = _named(made.settings, found.body, Spelled(found, parameters))
    first, *others = ((name, _from_outside(value, given)) for name, value in named.items())
    role = (found.argument("execution_role_arn"), given.wired["execution_role_arn"])
    tags = (found.argument("tags"), _tags(made, found, given))
    harness = Mapped((("Type", text(template.type)), ("Properties", Mapped((first, role, *others, tags)))))
    hidden = Mapped((("Type", text("String")), ("NoEcho", Scalar(True))))
    outputs = (
        (pascal(name), Mapped((("Value", _function("Fn::GetAtt", text(template.logical_id), text(attribute))),)))
        for name, attribute in found.outputs.items()
    )
    whole = (
        ("AWSTemplateFormatVersion", text(template.format)),
        ("Parameters", Mapped(tuple((name, hidden) for name in parameters.values()))),
        ("Resources", Mapped(((template.logical_id, harness),))),
        ("Outputs", Mapped(tuple(outputs))),
    )
    values = Mapped(tuple((name, join(Slot(Source.INPUT, given))) for given, name in parameters.items()))
    stack: dict[str, Argument] = {
        "name": made.stack or text(""),
        "on_failure": text(template.on_failure),
        "template_body": Json(Mapped(tuple(part for part in whole if parameters or part[0] != "Parameters"))),
        "tags": given.tags,
    }
    return {**stack, "parameters": values} if parameters else stack


def _function(name: str, *arguments: Value) -> Mapped:
    """A function of CloudFormation, in a template."""
    return Mapped(((name, Listed(arguments)),))


@dataclass(frozen=True, slots=True)
class Spelled:
    """How the carrier spells what is said."""

    carrier: Carrier
    parameters: Mapping[str, str] = field(default_factory=dict)
    """By the inputs that may hold secrets, the parameters of the template that take their values."""

    def text(self, value: Text) -> Value:
        """A text, in which a template refers to parameters for what may be a secret."""
        if not any(isinstance(part, Slot) and part.name in self.parameters for part in value.parts):
            return value
        parts = tuple(
            Mapped((("Ref", text(self.parameters[part.name])),))
            if isinstance(part, Slot) and part.name in self.parameters
            else join(part)
            for part in value.parts
        )
        return parts[0] if len(parts) == 1 else _function("Fn::Join", text(""), Listed(parts))


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
    kind = found.body.attributes[found.argument("tags")].kind
    is_map = isinstance(kind, Many) and kind.collection == "map"
    return tags if is_map else Pairs(tags, found.argument("key"), found.argument("value"))


def _named(settings: said.Fields, place: Body, spelled: Spelled) -> Named:
    """The arguments and blocks that a mapping comes to, by name."""
    made: Named = {}
    for key, setting in settings.items:
        name = spelled.carrier.argument(key)
        member = place.member(name)
        value = _of(setting, member, spelled) if member is not None else None
        if value is not None:
            made[name] = value
    return made


def _of(setting: said.Setting, member: Attribute | Nested, spelled: Spelled) -> Value | None:
    if isinstance(member, Nested):
        blocks = tuple(_blocks(setting, member.body, spelled))
        return Blocks(blocks) if blocks else None
    if isinstance(setting, said.Table) and not setting.items:
        return None  # a provider cannot tell an empty map from none
    return _value(setting, member, spelled)


def _blocks(setting: said.Setting, place: Body, spelled: Spelled) -> Iterator[Mapped]:
    if isinstance(setting, said.Items):
        for part in setting.elements:
            over = said.lists(part)
            own: Named = {"for_each": ManyInputs(over[0])} if over else {}
            yield _mapped({**own, **_inner(part, place, spelled)})
    elif isinstance(setting, said.Table):
        for key, part in setting.items:
            yield _mapped({spelled.carrier.key: text(key), **_inner(part, place, spelled)})
    else:
        yield _mapped(_inner(setting, place, spelled))


def _inner(setting: said.Setting, place: Body, spelled: Spelled) -> Named:
    return _named(setting, place, spelled) if isinstance(setting, said.Fields) else {}


def _mapped(named: Named) -> Mapped:
    """A mapping whose order says nothing, in one order."""
    return Mapped(tuple(sorted(named.items())))


def _value(setting: said.Setting, argument: Attribute, spelled: Spelled) -> Value:
    kind = argument.kind.of if isinstance(argument.kind, Many) else argument.kind
    inside = Body(kind.attributes if isinstance(kind, Fields) else {}, {})
    match setting:
        case said.Said(value):
            return spelled.text(value)
        case said.Exact(value):
            return Scalar(value)
        case said.Marker():
            return _marker(argument)
        case said.Document():
            return _json(setting.value) if argument.kind == FREE_JSON else Json(_json(setting.value))
        case said.Fields():
            return Mapped(tuple(_named(setting, inside, spelled).items()))
        case said.Table(items):
            return Mapped(tuple((key, _value(part, argument, spelled)) for key, part in items))
        case said.Items((said.Said(Text((Slot(Source.EACH, name),))),)):
            return ManyInputs(name)
        case said.Items(elements):
            return Listed(tuple(_value(part, argument, spelled) for part in elements))


def _marker(argument: Attribute) -> Value:
    if argument.kind == Simple("bool"):
        return Scalar(True)
    return Mapped(()) if isinstance(argument.kind, Fields) else Json(Mapped(()))


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
