"""The module `harness`: the harness itself, a resource of a provider or of a stack's template. Knows no other module.

How an argument is written, as a block, an object or a value, is decided by what the schema says of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from tfgen.catalog.provider_resource import ProviderResource, Template, pascal, provider_resource
from tfgen.diagnostics import InternalError
from tfgen.hcl.tree import (
    Attribute,
    Block,
    Call,
    Item,
    Literal,
    Number,
    Object,
    Reference,
    reference,
)
from tfgen.plan.model import PartName, Plan
from tfgen.plan.provisioned import Provisioned
from tfgen.render import harness_readme, harness_tests
from tfgen.render.expressions import ELEMENT, text_expression
from tfgen.render.harness_settings import Spelling, body_of
from tfgen.render.harness_template import LABEL, OUTPUTS, VARIABLE, tags_of, template_of
from tfgen.render.layout import Provider, block
from tfgen.render.part import Output, Part
from tfgen.render.tftest import made_tests


def part(plan: Plan) -> Part:
    """The module, as a part of the root."""
    made = plan.provisioned
    if made is None:
        raise InternalError("the posture leaves the harness to somebody else")
    found = provider_resource(made.carrier)
    inputs, outputs = plan.part_inputs(PartName.HARNESS), tuple(_outputs(found))
    main = (_resource(made, found) if found.template is None else _stack(made, found, found.template),)
    told = {one.name: one.value for one in outputs}
    return Part(
        name=PartName.HARNESS,
        summary="The harness itself.",
        inputs=inputs,
        main=main,
        outputs=outputs,
        readme=tuple(harness_readme.own(made, found)),
        root_readme=tuple(harness_readme.root(made, found)),
        tests=tuple(made_tests(harness_tests.subject(made, found, inputs, main, told))),
        providers=(Provider(found.local, found.provider, made.at_least),),
    )


def _outputs(found: ProviderResource) -> Iterator[Output]:
    for name, description in OUTPUTS.items():
        attribute = (found.outputs[name],) if found.template is None else ("outputs", pascal(name))
        yield Output(name, description, Reference((found.resource, LABEL, *attribute)), (), name, description)


def _resource(made: Provisioned, found: ProviderResource) -> Block:
    wired = Attribute("execution_role_arn", reference("var.execution_role_arn"))
    attributes, blocks = body_of(made.settings, found.body, Spelling(found), ELEMENT)
    first = [node for node in attributes if isinstance(node.value, Literal | Reference | Number)]
    rest = [node for node in attributes if node not in first]
    first.insert(1, wired)
    tags = Attribute("tags", tags_of(made.tags, found, VARIABLE))
    nodes: list[Attribute | Block] = [*rest, *blocks]
    groups = [[node] for node in nodes]
    return block("resource", found.resource, LABEL, groups=[first, *groups, [tags]])


def _stack(made: Provisioned, found: ProviderResource, template: Template) -> Block:
    """A stack with the harness as its one resource."""
    if made.stack is None:
        raise InternalError("a stack has no name")
    first = [
        Attribute("name", text_expression(made.stack)),
        Attribute("on_failure", Literal(template.on_failure)),
    ]
    tags = tags_of(made.tags, found, VARIABLE)
    body = template_of(made, found, template, reference("var.execution_role_arn"), tags)
    values = Object(tuple(Item(name, Reference(("var", given))) for given, name in made.parameters))
    groups = [
        first,
        [Attribute("template_body", Call("jsonencode", (body,)))],
        *([[Attribute("parameters", values)]] if made.parameters else []),
        [Attribute("tags", reference("var.tags"))],
    ]
    return block("resource", found.resource, LABEL, groups=groups)
