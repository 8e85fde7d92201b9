"""HashiCorp's own parser as second judge of printed text. Knows pygohcl and the tree, and neither printer nor reader.

pygohcl answers with plain data: a block is a mapping under its type and labels (a list of them where there are
several), a literal its value, any other expression its source. So literals, names and counts are compared,
references and operations are not; that is the reader's part.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pygohcl

from tfgen.hcl.tree import (
    Attribute,
    Block,
    Body,
    Bool,
    Comment,
    Expr,
    Item,
    Literal,
    Null,
    Number,
    Object,
    Template,
    Tuple,
    Unary,
)

_Wanted = Mapping[str, "_Wanted"] | list["_Wanted"] | Expr | None
"""What the answer should hold; None where pygohcl's form is ambiguous and nothing is compared."""


def check(text: str, body: Body) -> str | None:
    """Compare what HashiCorp's parser reads in `text` with what `body` means.

    Returns None when the parser accepts the text and attribute names, block types, labels, counts and every
    literal are those of the tree, else a sentence. Fractions are compared as 64-bit floats, the form in which pygohcl
    hands them over; whole numbers exactly. Of a template, the texts are compared, in order.
    """
    if "\0" in text:
        return "the text holds a NUL byte, at which a C string ends"
    try:
        found = pygohcl.loads(text, keep_interpolations=True)
    except pygohcl.HCLParseError as refused:
        return f"HashiCorp's parser refuses the text: {refused}"
    except pygohcl.HCLInternalError as unable:
        return f"pygohcl cannot say what the text means: {unable}"
    wrong = _differs(_expected(body), found)
    return wrong and f"HashiCorp's parser reads something else: {wrong}"


def _expected(body: Body) -> dict[str, _Wanted]:
    """Arrange a body as pygohcl does: attributes first, then each block under its type and labels."""
    out: dict[str, _Wanted] = {node.name: node.value for node in body if isinstance(node, Attribute)}
    for node in body:
        if isinstance(node, Block):
            _add_block(node, out)
    return out


def _add_block(block: Block, out: dict[str, _Wanted]) -> None:
    key = block.type
    for label in block.labels:
        inner = out.setdefault(key, {})
        if not isinstance(inner, dict):  # an attribute, or blocks without labels, of the same name
            out[key] = None
            return
        out, key = inner, label
    value = _expected(block.body)
    if key not in out:
        out[key] = value
        return
    match out[key]:
        case list() as several:
            several.append(value)
        case dict() as one:
            out[key] = [one, value]
        case _:
            out[key] = None


def _differs(wanted: _Wanted, found: object) -> str | None:
    """Return None or where and how the answer differs: `resource.x: "a" instead of "b"`."""
    match wanted:
        case None:
            return None
        case Literal(value) | Bool(value):
            same = found == value and isinstance(found, type(value))
        case Number(number):
            same = _is_number(number, found)
        case Unary("-", Number(number)):
            same = _is_number(-number, found)
        case Null():
            same = found is None
        case Template(parts):
            same = isinstance(found, str) and _holds(found, parts)
        case Object(items):
            return _object_differs(items, found)
        case Tuple(elements):
            return _list_differs([element for element in elements if not isinstance(element, Comment)], found)
        case list():
            return _list_differs(wanted, found)
        case Mapping():
            return _mapping_differs(wanted, found)
        case _:
            return None
    return None if same else f" {_short(found)} instead of {_short(wanted)}"


def _is_number(number: int | Decimal, found: object) -> bool:
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        return False
    return found == number if isinstance(number, int) else float(found) == float(number)


def _holds(found: str, parts: tuple[str | Expr, ...]) -> bool:
    """Whether a template's texts stand in its source in order, a first one at the start and a last one at the end."""
    at = 0
    for part in parts:
        if isinstance(part, str):
            at = found.find(part, at)
            if at < 0:
                return False
            at += len(part)
    first, last = parts[0], parts[-1]
    starts = found.startswith(first) if isinstance(first, str) else True
    return starts and (found.endswith(last) if isinstance(last, str) else True)


def _object_differs(items: tuple[Item | Comment, ...], found: object) -> str | None:
    wanted: dict[str, _Wanted] = {}
    computed = 0
    for item in items:
        if isinstance(item, Item):
            if isinstance(item.key, str):
                wanted[item.key] = item.value
            else:
                computed += 1
    if not computed or not isinstance(found, dict):
        return _mapping_differs(wanted, found)
    # A computed key comes as its source, which may even be the same as another key: its value is not compared.
    others = [key for key in found if key not in wanted]
    if len(others) > computed:
        return f" {len(others)} computed keys instead of {computed}"
    if len(others) < computed:
        wanted = dict.fromkeys(wanted)
    return _mapping_differs(wanted, {key: value for key, value in found.items() if key in wanted})


def _mapping_differs(wanted: Mapping[str, _Wanted], found: object) -> str | None:
    if not isinstance(found, dict):
        return f" {_short(found)} instead of a mapping"
    if wanted.keys() != found.keys():
        missing, more = sorted(wanted.keys() - found.keys()), sorted(found.keys() - wanted.keys())
        return f" {_short(missing)} is missing, {_short(more)} is too much"
    for key, value in wanted.items():
        if wrong := _differs(value, found[key]):
            return _at(key, wrong)
    return None


def _list_differs(wanted: list[_Wanted] | list[Expr], found: object) -> str | None:
    if not isinstance(found, list) or len(found) != len(wanted):
        return f" {_short(found)} instead of a list of {len(wanted)}"
    for i, (one, other) in enumerate(zip(wanted, found, strict=True)):
        if wrong := _differs(one, other):
            return _at(str(i), wrong)
    return None


def _at(step: str, wrong: str) -> str:
    return f"{step}:{wrong}" if wrong.startswith(" ") else f"{step}.{wrong}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
