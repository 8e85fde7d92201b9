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
from tfgen.proof.forms import Form, Of, Table, exact, form_of
from tfgen.proof.rebuild import Rebuilt

Named = dict[str, Form]

_ROLE: Final = join(Slot(Source.INPUT, EXECUTION_ROLE))


def check(plan: Plan, made: Rebuilt) -> None:
    """Raise `InternalError` with the first argument of the harness that is not what was planned."""
    provisioned = plan.provisioned
    if provisioned is None:
        return
    found = provider_resource(provisioned.carrier)
    address = f"{PartName.HARNESS}/{found.resource}.this"
    there = {
        name: form_of(value) if not isinstance(value, Policy) else value
        for name, value in made.get(address, {}).items()
    }
    tags = _tags(plan, with_root=f"root/module.{PartName.HARNESS}" in made)
    template = found.template
    wanted = _resource(provisioned, found, tags) if template is None else _stack(provisioned, found, template, tags)
    for name in sorted(there.keys() | wanted.keys()):
        if there.get(name) != wanted.get(name):
            raise InternalError(
                f"{name} of {address} is rendered as {there.get(name)!r}, planned as {wanted.get(name)!r}"
            )


def _tags(plan: Plan, *, with_root: bool) -> Form:
    """The tags that the part is given: those of its user, over the posture's where a root gives both."""
    given = Reference(("var", "tags"))
    own = Table(tuple((key, text(value)) for key, value in plan.tags))
    return Of("merge", (own, given)) if plan.tags and with_root else given


def _resource(made: Provisioned, found: ProviderResource, tags: Form) -> Named:
    return {
        **_named(made.settings, found.body, Spelled(found)),
        "execution_role_arn": _ROLE,
        "tags": _harness_tags(made, found, tags),
    }


def _stack(made: Provisioned, found: ProviderResource, template: Template, given: Form) -> Named:
    """The stack, and in it the template that `jsonencode` writes."""
    parameters = dict(made.parameters)
    named = _named(made.settings, found.body, Spelled(found, parameters))
    first, *others = named.items()
    role = (found.argument("execution_role_arn"), _ROLE)
    tags = (found.argument("tags"), _harness_tags(made, found, given))
    harness = Table((("Type", text(template.type)), ("Properties", Table((first, role, *others, tags)))))
    hidden = Table((("Type", text("String")), ("NoEcho", exact(True))))
    outputs = (
        (pascal(name), Table((("Value", _function("Fn::GetAtt", text(template.logical_id), text(attribute))),)))
        for name, attribute in found.outputs.items()
    )
    whole = (
        ("AWSTemplateFormatVersion", text(template.format)),
        ("Parameters", Table(tuple((name, hidden) for name in parameters.values()))),
        ("Resources", Table(((template.logical_id, harness),))),
        ("Outputs", Table(tuple(outputs))),
    )
    values = Table(tuple((name, join(Slot(Source.INPUT, given))) for given, name in parameters.items()))
    stack: Named = {
        "name": made.stack or text(""),
        "on_failure": text(template.on_failure),
        "template_body": Of(
            "jsonencode", (Table(tuple(part for part in whole if parameters or part[0] != "Parameters")),)
        ),
        "tags": given,
    }
    return {**stack, "parameters": values} if parameters else stack


def _encoded(form: Form) -> Form:
    """The JSON text of a value."""
    return Of("jsonencode", (form,))


def _function(name: str, *arguments: Form) -> Table:
    """A function of CloudFormation, in a template."""
    return Table(((name, arguments),))


@dataclass(frozen=True, slots=True)
class Spelled:
    """How the carrier spells what is said."""

    carrier: ProviderResource
    parameters: Mapping[str, str] = field(default_factory=dict)
    """By the inputs that may hold secrets, the parameters of the template that take their values."""

    def text(self, value: Text) -> Form:
        """A text, in which a template refers to parameters for what may be a secret."""
        if not any(isinstance(part, Slot) and part.name in self.parameters for part in value.parts):
            return value
        parts = tuple(
            Table((("Ref", text(self.parameters[part.name])),))
            if isinstance(part, Slot) and part.name in self.parameters
            else join(part)
            for part in value.parts
        )
        return parts[0] if len(parts) == 1 else _function("Fn::Join", text(""), parts)


def _harness_tags(made: Provisioned, found: ProviderResource, given: Form) -> Form:
    own = Table(tuple((key, text(value)) for key, value in made.tags))
    tags = Of("merge", (given, own)) if made.tags else given
    kind = found.body.attributes[found.argument("tags")].kind
    is_map = isinstance(kind, Many) and kind.collection == "map"
    return tags if is_map else Of("pairs", (tags, text(found.argument("key")), text(found.argument("value"))))


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


def _of(setting: said.Setting, member: Attribute | Nested, spelled: Spelled) -> Form | None:
    if isinstance(member, Nested):
        blocks = tuple(_blocks(setting, member.body, spelled))
        return Of("blocks", blocks) if blocks else None
    if isinstance(setting, said.Table) and not setting.items:
        return None  # a provider cannot tell an empty map from none
    return _value(setting, member, spelled)


def _blocks(setting: said.Setting, place: Body, spelled: Spelled) -> Iterator[Table]:
    if isinstance(setting, said.Items):
        for part in setting.elements:
            over = said.lists(part)
            own: Named = {"for_each": (join(Slot(Source.EACH, over[0])),)} if over else {}
            yield _mapped({**own, **_inner(part, place, spelled)})
    elif isinstance(setting, said.Table):
        for key, part in setting.items:
            yield _mapped({spelled.carrier.key: text(key), **_inner(part, place, spelled)})
    else:
        yield _mapped(_inner(setting, place, spelled))


def _inner(setting: said.Setting, place: Body, spelled: Spelled) -> Named:
    return _named(setting, place, spelled) if isinstance(setting, said.Fields) else {}


def _mapped(named: Named) -> Table:
    """A mapping whose order says nothing, in one order."""
    return Table(tuple(sorted(named.items())))


def _value(setting: said.Setting, argument: Attribute, spelled: Spelled) -> Form:
    kind = argument.kind.of if isinstance(argument.kind, Many) else argument.kind
    inside = Body(kind.attributes if isinstance(kind, Fields) else {}, {})
    match setting:
        case said.TextValue(value):
            return spelled.text(value)
        case said.Exact(value):
            return exact(value)
        case said.Marker():
            return _marker(argument)
        case said.Document():
            return _json(setting.value) if argument.kind == FREE_JSON else _encoded(_json(setting.value))
        case said.Fields():
            return Table(tuple(_named(setting, inside, spelled).items()))
        case said.Table(items):
            return Table(tuple((key, _value(part, argument, spelled)) for key, part in items))
        case said.Items(elements):
            return tuple(_value(part, argument, spelled) for part in elements)


def _marker(argument: Attribute) -> Form:
    if argument.kind == Simple("bool"):
        return exact(True)
    return Table(()) if isinstance(argument.kind, Fields) else _encoded(Table(()))


def _json(value: object) -> Form:
    match value:
        case list():
            return tuple(_json(part) for part in value)
        case dict():
            return Table(tuple((str(key), _json(part)) for key, part in value.items()))
        case str():
            return text(value)
        case None | bool() | int() | Decimal():
            return exact(value)
        case _:
            raise InternalError(f"JSON holds no {type(value).__name__}")
