"""What CloudFormation would say of a template in rendered text, as far as its schema tells. Knows no module.

A function of CloudFormation fits everywhere, as only CloudFormation can evaluate it; what it refers to must be there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tfgen.catalog import provider
from tfgen.catalog.provider import Attribute, Body, Fields, Mode
from tfgen.hcl.tree import Call, Comment, Conditional, Expr, ForTuple, Item, Literal, Object, Reference, Tuple
from tfgen.proof.typed import faults as value_faults

_FUNCTION: Final = re.compile(r"Ref|Fn::\w+")
_SECTIONS: Final = frozenset({"AWSTemplateFormatVersion", "Description", "Parameters", "Resources", "Outputs"})
_UNKNOWN: Final = Reference(("function",))
"""What stands for the value of a function."""


@dataclass(frozen=True, slots=True)
class _Names:
    """What functions may refer to: parameters, and the attributes of resources."""

    parameters: frozenset[str]
    resources: Mapping[str, Body | None]


def faults(template: Expr) -> Iterator[str]:
    """Everything that is wrong with the value that becomes a template, in sentences that name the place."""
    if not isinstance(template, Call) or template.name != "jsonencode" or len(template.arguments) != 1:
        yield "template_body is no template that can be read"
        return
    sections = _items(template.arguments[0])
    for extra in sorted(sections.keys() - _SECTIONS):
        yield f"a template has no section {extra}"
    resources = {name: _items(value) for name, value in _items(sections.get("Resources")).items()}
    types = {name: parts.get("Type") for name, parts in resources.items()}
    bodies = {
        name: provider.template_type(kind.value) if isinstance(kind, Literal) else None for name, kind in types.items()
    }
    names = _Names(frozenset(_items(sections.get("Parameters"))), bodies)
    if not resources:
        yield "a template makes nothing"
    for name, parts in resources.items():
        yield from _resource(name, parts, bodies[name], names)
    for name, value in _items(sections.get("Outputs")).items():
        yield from _functions(f"Outputs.{name}", value, names)


def _resource(name: str, parts: Mapping[str, Expr], body: Body | None, names: _Names) -> Iterator[str]:
    where = f"Resources.{name}"
    if body is None:
        yield f"{where}: no schema has its type"
        return
    for extra in sorted(parts.keys() - {"Type", "Properties"}):
        yield f"{where}: {extra} is not known there"
    properties = parts.get("Properties", Object())
    yield from _functions(where, properties, names)
    kind = Attribute(Fields(body.attributes), Mode.REQUIRED)
    yield from (f"{where}: {fault}" for fault in value_faults("Properties", _evaluated(properties), kind))


def _items(value: Expr | None) -> dict[str, Expr]:
    """The entries of an object; none of anything else."""
    items = value.items if isinstance(value, Object) else ()
    return {item.key: item.value for item in items if isinstance(item, Item) and isinstance(item.key, str)}


def _function(value: Expr) -> tuple[str, Expr] | None:
    """The function that an object stands for, with its argument; None where it stands for itself."""
    found = _items(value)
    if len(found) == 1 and _FUNCTION.fullmatch(next(iter(found))):
        return next(iter(found.items()))
    return None


def _evaluated(value: Expr) -> Expr:
    """The same with an unknown value in the place of each function."""
    if _function(value) is not None:
        return _UNKNOWN
    match value:
        case Object(items):
            return Object(tuple(Item(i.key, _evaluated(i.value)) if isinstance(i, Item) else i for i in items))
        case Tuple(elements):
            return Tuple(tuple(part if isinstance(part, Comment) else _evaluated(part) for part in elements))
        case ForTuple(names, collection, result, condition):
            return ForTuple(names, collection, _evaluated(result), condition)
        case Call(name, arguments, expand):
            return Call(name, tuple(map(_evaluated, arguments)), expand)
        case Conditional(condition, then, otherwise):
            return Conditional(condition, _evaluated(then), _evaluated(otherwise))
        case _:
            return value


def _functions(where: str, value: Expr, names: _Names) -> Iterator[str]:
    """What is wrong with the functions in a value."""
    if (found := _function(value)) is not None:
        yield from (f"{where}: {fault}" for fault in _called(*found, names))
    match value:
        case Object(items):
            for item in items:
                if isinstance(item, Item):
                    yield from _functions(where, item.value, names)
        case Tuple(elements):
            for part in elements:
                if not isinstance(part, Comment):
                    yield from _functions(where, part, names)
        case ForTuple():
            yield from _functions(where, value.result, names)
        case Call(_, arguments):
            for argument in arguments:
                yield from _functions(where, argument, names)
        case _:
            return


def _called(name: str, argument: Expr, names: _Names) -> Iterator[str]:
    match name, argument:
        case "Ref", Literal(target) if target in names.parameters or target in names.resources:
            return
        case "Fn::GetAtt", Tuple((Literal(target), Literal(attribute))):
            body = names.resources.get(target)
            if body is None or attribute not in body.attributes:
                yield f"{target}.{attribute} is not there"
        case "Fn::Join", Tuple((Literal(), Tuple())):
            return
        case _:
            yield f"{name} refers to nothing that is there"
