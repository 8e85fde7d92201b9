"""The module `harness`: the harness itself, a resource of a provider or of a stack's template. Knows no other module.

How an argument is written, as a block, an object or a value, is decided by what the schema says of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.catalog.carrier import Carrier, Template, carrier, pascal
from tfgen.catalog.provider import Many
from tfgen.diagnostics import InternalError
from tfgen.hcl.tree import (
    Attribute,
    Block,
    Bool,
    Call,
    Expr,
    ForTuple,
    Item,
    Literal,
    Number,
    Object,
    Reference,
    Tuple,
    reference,
)
from tfgen.plan.model import PartName, Plan
from tfgen.plan.provisioned import Provisioned
from tfgen.render import harness_readme
from tfgen.render.expressions import ELEMENT, text_expression
from tfgen.render.harness_settings import Spelling, body_of, object_of
from tfgen.render.layout import Provider, block
from tfgen.render.part import Output, Part

LABEL: Final = "this"
OUTPUTS: Final = {"harness_arn": "The ARN of the harness.", "harness_id": "The id of the harness."}
"""What the module puts out, by name."""


def part(plan: Plan) -> Part:
    """The module, as a part of the root."""
    made = plan.provisioned
    if made is None:
        raise InternalError("the posture leaves the harness to somebody else")
    found = carrier(made.carrier)
    return Part(
        name=PartName.HARNESS,
        summary="The harness itself.",
        inputs=plan.part_inputs(PartName.HARNESS),
        main=(_resource(made, found) if found.template is None else _stack(made, found, found.template),),
        outputs=tuple(_outputs(found)),
        readme=tuple(harness_readme.own(made, found)),
        root_readme=tuple(harness_readme.root(made, found)),
        providers=(Provider(found.local, found.provider, made.at_least),),
    )


def _outputs(found: Carrier) -> Iterator[Output]:
    for name, description in OUTPUTS.items():
        attribute = (found.outputs[name],) if found.template is None else ("outputs", pascal(name))
        yield Output(name, description, Reference((found.resource, LABEL, *attribute)), (), name, description)


def _resource(made: Provisioned, found: Carrier) -> Block:
    wired = Attribute("execution_role_arn", reference("var.execution_role_arn"))
    attributes, blocks = body_of(made.settings, found.body, Spelling(found), ELEMENT)
    first = [node for node in attributes if isinstance(node.value, Literal | Reference | Number)]
    rest = [node for node in attributes if node not in first]
    first.insert(1, wired)
    tags = Attribute("tags", _tags(made, found))
    nodes: list[Attribute | Block] = [*rest, *blocks]
    groups = [[node] for node in nodes]
    return block("resource", found.resource, LABEL, groups=[first, *groups, [tags]])


def _tags(made: Provisioned, found: Carrier) -> Expr:
    tags: Expr = reference("var.tags")
    if made.tags:
        tags = Call("merge", (tags, Object(tuple(Item(key, Literal(value)) for key, value in made.tags))))
    argument = found.body.attributes[found.argument("tags")]
    if isinstance(argument.kind, Many) and argument.kind.collection == "map":
        return tags
    key, value = (found.argument(word) for word in ("key", "value"))
    pair = Object((Item(key, Reference(("key",))), Item(value, Reference(("value",)))))
    return ForTuple(("key", "value"), tags, pair)


def _stack(made: Provisioned, found: Carrier, template: Template) -> Block:
    """A stack with the harness as its one resource."""
    if made.stack is None:
        raise InternalError("a stack has no name")
    first = [
        Attribute("name", text_expression(made.stack)),
        Attribute("on_failure", Literal(template.on_failure)),
    ]
    values = Object(tuple(Item(name, Reference(("var", given))) for given, name in made.parameters))
    groups = [
        first,
        [Attribute("template_body", Call("jsonencode", (_template(made, found, template),)))],
        *([[Attribute("parameters", values)]] if made.parameters else []),
        [Attribute("tags", reference("var.tags"))],
    ]
    return block("resource", found.resource, LABEL, groups=groups)


def _template(made: Provisioned, found: Carrier, template: Template) -> Object:
    properties = object_of(made.settings, found.body, Spelling(found, dict(made.parameters)), ELEMENT)
    role = Item(found.argument("execution_role_arn"), reference("var.execution_role_arn"))
    tags = Item(found.argument("tags"), _tags(made, found))
    items = (*properties.items[:1], role, *properties.items[1:], tags)
    harness = Object((Item("Type", Literal(template.type)), Item("Properties", Object(items))))
    hidden = Object((Item("Type", Literal("String")), Item("NoEcho", Bool(True))))
    parameters = Object(tuple(Item(name, hidden) for _, name in made.parameters))
    outputs = (
        Item(pascal(name), Object((Item("Value", _attribute_of(template, found.outputs[name])),))) for name in OUTPUTS
    )
    return Object(
        (
            Item("AWSTemplateFormatVersion", Literal(template.format)),
            *([Item("Parameters", parameters)] if made.parameters else []),
            Item("Resources", Object((Item(template.logical_id, harness),))),
            Item("Outputs", Object(tuple(outputs))),
        )
    )


def _attribute_of(template: Template, attribute: str) -> Object:
    return Object((Item("Fn::GetAtt", Tuple((Literal(template.logical_id), Literal(attribute)))),))
