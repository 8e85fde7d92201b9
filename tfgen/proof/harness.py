"""Proof 2, of the harness: what its resource or its template is given is what the posture says of it.

The settings are spelled once more from the schema of what makes the harness, so that an authorizer, a tool or a network
that is lost or changed on the way is seen here. Must not know how text is rendered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from tfgen.catalog.provider import FREE_JSON, Attribute, Body, Fields, Many, Nested, Simple
from tfgen.catalog.provider_resource import ProviderResource, Template, pascal, provider_resource
from tfgen.diagnostics import InternalError
from tfgen.hcl.tree import Reference
from tfgen.iam.policy import Policy
from tfgen.iam.text import Slot, Source, Text, join, text
from tfgen.plan import settings as said
from tfgen.plan.model import EXECUTION_ROLE, PartName, Plan
from tfgen.plan.provisioned import Provisioned
from tfgen.proof.evaluate import Blocks, Json, Listed, Mapped, Merge, Opaque, Pairs, Scalar, Value
from tfgen.proof.evaluate import Many as ManyInputs
from tfgen.proof.rebuild import Argument, Made
from tfgen.render.addresses import WIRES

Named = dict[str, Value]

_ROLE: Final = join(Slot(Source.INPUT, EXECUTION_ROLE))


def check(plan: Plan, made: Made) -> None:
    """Raise `InternalError` with the first argument of the harness that is not what was planned."""
    provisioned = plan.provisioned
    if provisioned is None:
        return
    found = provider_resource(provisioned.carrier)
    address = f"{PartName.HARNESS}/{found.resource}.this"
    there = {
        name: _own(value) if not isinstance(value, Policy) else value for name, value in made.get(address, {}).items()
    }
    tags = _tags(plan, with_root="root/variable.tags" in made)
    template = found.template
    wanted = _resource(provisioned, found, tags) if template is None else _stack(provisioned, found, template, tags)
    for name in sorted(there.keys() | wanted.keys()):
        if there.get(name) != wanted.get(name):
            raise InternalError(
                f"{name} of {address} is rendered as {there.get(name)!r}, planned as {wanted.get(name)!r}"
            )


def _own(value: Value) -> Value:
    """The same, with the inputs that take them in the place of the outputs of other parts."""
    match value:
        case Opaque(Reference(path)) if (item := WIRES.get(".".join(path))) is not None:
            return ManyInputs(item.name) if item.many else join(Slot(Source.INPUT, item.name))
        case Mapped(items):
            return Mapped(tuple((key, _own(inner)) for key, inner in items))
        case Blocks(blocks):
            return Blocks(tuple(Mapped(tuple((key, _own(inner)) for key, inner in block.items)) for block in blocks))
        case Listed(elements):
            return Listed(tuple(map(_own, elements)))
        case Json(inner):
            return Json(_own(inner))
        case _:
            return value


def _tags(plan: Plan, *, with_root: bool) -> Value:
    """The tags that the part is given: those of its user, over the posture's where a root gives both."""
    given = Opaque(Reference(("var", "tags")))
    own = Mapped(tuple((key, text(value)) for key, value in plan.tags))
    return Merge((own, given)) if plan.tags and with_root else given


def _resource(made: Provisioned, found: ProviderResource, tags: Value) -> dict[str, Argument]:
    return {
        **_named(made.settings, found.body, Spelled(found)),
        "execution_role_arn": _ROLE,
        "tags": _harness_tags(made, found, tags),
    }


def _stack(made: Provisioned, found: ProviderResource, template: Template, given: Value) -> dict[str, Argument]:
    """The stack, and in it the template that `jsonencode` writes."""
    parameters = dict(made.parameters)
    named = _named(made.settings, found.body, Spelled(found, parameters))
    first, *others = named.items()
    role = (found.argument("execution_role_arn"), _ROLE)
    tags = (found.argument("tags"), _harness_tags(made, found, given))
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
        "tags": given,
    }
    return {**stack, "parameters": values} if parameters else stack


def _function(name: str, *arguments: Value) -> Mapped:
    """A function of CloudFormation, in a template."""
    return Mapped(((name, Listed(arguments)),))


@dataclass(frozen=True, slots=True)
class Spelled:
    """How the carrier spells what is said."""

    carrier: ProviderResource
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


def _harness_tags(made: Provisioned, found: ProviderResource, given: Value) -> Value:
    own = Mapped(tuple((key, text(value)) for key, value in made.tags))
    tags = Merge((given, own)) if made.tags else given
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
        case said.TextValue(value):
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
        case said.Items((said.TextValue(Text((Slot(Source.EACH, name),))),)):
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
