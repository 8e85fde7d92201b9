"""The root module: wires the parts below it, and has no resource of its own. Knows the parts by their names only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tfgen.hcl.tree import Attribute, Block, Call, Expr, Item, Literal, Object, Reference, reference
from tfgen.plan.model import Input, PartName, Plan
from tfgen.render import root_tests
from tfgen.render.layout import FILES, TEST, File, block, output, terraform_file, versions_file
from tfgen.render.part import Part
from tfgen.render.variables import variables

PARTS: Final = "modules/"
"""Where the parts lie below the root."""
TESTS: Final = f"tests/wiring{TEST}"


def files(plan: Plan, parts: Iterable[Part]) -> list[File]:
    """The Terraform files of the root module over its parts."""
    parts = tuple(parts)
    handed_on = [(one, part.name) for part in parts for one in part.outputs if one.root_name]
    handed_on.sort(key=lambda pair: pair[0].root_name)
    outputs = [output(one.root_name, one.root_description, _of(name, one.name)) for one, name in handed_on]
    providers = (provider for part in parts for provider in part.providers)
    calls = tuple(_call(plan, part) for part in parts)
    main, outputs_file, declared, versions = FILES
    return [
        terraform_file(main, plan.name, calls),
        terraform_file(outputs_file, plan.name, outputs),
        terraform_file(declared, plan.name, variables(plan.used_inputs())),
        versions_file(versions, plan.name, providers),
        terraform_file(TESTS, plan.name, tuple(root_tests.tests(plan, parts, calls))),
    ]


def _of(part: PartName, name: str) -> Expr:
    return Reference(("module", part.replace("-", "_"), name))


def _call(plan: Plan, part: Part) -> Block:
    source = Attribute("source", Literal(f"./{PARTS}{part.name}"))
    arguments = [
        *(Attribute(item.name, _argument(item)) for item in part.inputs),
        Attribute("tags", _tags(plan)),
    ]
    arguments.sort(key=lambda attribute: attribute.name)
    return block("module", part.name.replace("-", "_"), groups=[[source], arguments])


def _argument(item: Input) -> Expr:
    return Reference(("var", item.name)) if item.wire is None else _of(item.wire.part, item.wire.output)


def _tags(plan: Plan) -> Expr:
    if not plan.tags:
        return reference("var.tags")
    own = Object(tuple(Item(key, Literal(value)) for key, value in plan.tags))
    return Call("merge", (own, reference("var.tags")))
