"""The harness in a template of CloudFormation, its tags and its outputs, as expressions. Knows no module's layout."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tfgen.catalog.provider import Many
from tfgen.catalog.provider_resource import ProviderResource, Template, pascal
from tfgen.hcl.tree import Bool, Call, Expr, ForTuple, Item, Literal, Object, Reference, Tuple, reference
from tfgen.plan.provisioned import Provisioned
from tfgen.render.expressions import ELEMENT
from tfgen.render.harness_settings import Spelling, object_of

OUTPUTS: Final = {"harness_arn": "The ARN of the harness.", "harness_id": "The id of the harness."}
"""What the module puts out, by name."""
LABEL: Final = "this"
"""The name of the module's one resource."""
VARIABLE: Final = reference("var.tags")


def tags_of(own: Iterable[tuple[str, str]], found: ProviderResource, given: Expr) -> Expr:
    """The tags of the harness as its carrier takes them: its own beside those that the module is given."""
    listed = tuple(Item(key, Literal(value)) for key, value in own)
    tags = Call("merge", (given, Object(listed))) if listed else given
    argument = found.body.attributes[found.argument("tags")]
    if isinstance(argument.kind, Many) and argument.kind.collection == "map":
        return tags
    key, value = (found.argument(word) for word in ("key", "value"))
    pair = Object((Item(key, Reference(("key",))), Item(value, Reference(("value",)))))
    return ForTuple(("key", "value"), tags, pair)


def template_of(made: Provisioned, found: ProviderResource, template: Template, role: Expr, tags: Expr) -> Object:
    """The template that makes the harness, with this role and these tags."""
    properties = object_of(made.settings, found.body, Spelling(found, dict(made.parameters)), ELEMENT)
    wired = Item(found.argument("execution_role_arn"), role)
    items = (*properties.items[:1], wired, *properties.items[1:], Item(found.argument("tags"), tags))
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
