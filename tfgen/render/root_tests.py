"""`terraform test` for the root module: what each module is given, and what the root outputs. Knows no part by name.

The modules are overridden, so the test needs no resource of any provider. Terraform does not tell what a module is
given, so the test reads that in the root's own text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tfgen.hcl.printer import print_file
from tfgen.hcl.tree import (
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
    reference,
)
from tfgen.plan.model import WIRED, PartName, Plan
from tfgen.render.assertions import same, strings
from tfgen.render.layout import FILES, block
from tfgen.render.part import Output, Part
from tfgen.render.sample import samples
from tfgen.render.tftest import given_block, listed

_LISTS: Final = frozenset((item.wire.part, item.wire.output) for item in WIRED if item.many and item.wire is not None)
"""Outputs that are lists."""
_LINE: Final = Reference(("line",))
_MAIN: Final = Call("file", (Template((reference("path.module"), f"/{FILES[0]}")),))


def tests(plan: Plan, parts: tuple[Part, ...], calls: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks of the test of a root that makes these calls."""
    for name in sorted({provider.name for part in parts for provider in part.providers}):
        yield block("mock_provider", name)
    yield from (_overridden(part) for part in parts)
    if values := samples(plan.used_inputs()):
        yield given_block(values)
    checks = [*(_call(one) for one in calls), listed(calls)]
    checks += [_handed_on(part.name, one) for part in parts for one in part.outputs if one.root_name]
    yield block("run", "wires_the_modules", body=[Attribute("command", reference("apply")), *checks])


def _overridden(part: Part) -> Block:
    target = Attribute("target", Reference(("module", part.name.replace("-", "_"))))
    outputs = Object(tuple(Item(one.name, _mark(part.name, one.name)) for one in part.outputs))
    return block("override_module", body=[target, Attribute("outputs", outputs)])


def _mark(part: PartName, output: str) -> Expr:
    """A value that no other output of any module has."""
    own = f"{part}.{output}"
    return strings((own,)) if (part, output) in _LISTS else Literal(own)


def _call(call: Block) -> Block:
    """A call has exactly these arguments, whatever the space in its lines."""
    (name,) = call.labels
    lines = print_file((call,)).splitlines()[1:-1]
    wanted = strings(re.sub(" +", " ", line.strip()) for line in lines if line.strip())
    inside = Index(Call("regex", (Literal(rf'(?s)\nmodule "{name}" \{{\n(.*?)\n\}}'), _MAIN)), Number(0))
    plain = Call("trimspace", (Call("replace", (_LINE, Literal("/ +/"), Literal(" "))),))
    kept = Binary("!=", Call("trimspace", (_LINE,)), Literal(""))
    found = ForTuple(("line",), Call("split", (Literal("\n"), inside)), plain, kept)
    return same(found, wanted, f"The module {name} is given something else than planned.")


def _handed_on(part: PartName, output: Output) -> Block:
    name = output.root_name
    message = f"The output {name} is not the output {output.name} of the module {part}."
    return same(Reference(("output", name)), _mark(part, output.name), message)
