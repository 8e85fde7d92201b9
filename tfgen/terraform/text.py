"""Values as text with unknowns: what a policy, a name or an address says before Terraform runs. Knows no source.

An unknown text keeps how it is made: its joined parts, the beginning of a text, what a pattern finds in it, a character
replaced by another, an optional input with what stands in its place, an element of a list input.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tfgen.iam.text import Either, Slot, Source, Text, capture, cut, join, swap, text
from tfgen.terraform.values import Leaf, Listed, Made, Node, Symbol


def text_of(node: Node) -> Text | None:
    """The text that a value is; None when it is another kind of value, or made in a way that is not understood."""
    match node:
        case Leaf(str(value)):
            return text(value)
        case Symbol(context=str(context)) if context:
            return join(Slot(Source.CONTEXT, context))
        case Symbol(parts=parts) if parts:
            return _joined(parts)
        case Symbol(made=Made() as made):
            return _made(made)
        case Symbol(path=("var", name), many=False):
            return join(Slot(Source.INPUT, name))
        case _:
            return None


def texts_of(node: Node) -> tuple[Text, ...] | None:
    """The texts in a list, in order; one of an element of a list input stands for one of each. None as above."""
    match node:
        case Listed(elements):
            return _all(_texts(one) for one in elements)
        case Symbol(made=Made("concat", lists)):
            return _all(texts_of(one) for one in lists)
        case Symbol(made=Made("distinct" | "each" | "flatten" | "toset", (of,))):
            return texts_of(of)
        case Symbol(made=Made("for", (collection, result))):
            return _for(texts_of(collection), result)
        case Symbol(many=True, path=("var", name), made=None):
            return (join(Slot(Source.EACH, name)),)
        case _:
            return None


def _for(over: tuple[Text, ...] | None, result: Node) -> tuple[Text, ...] | None:
    """What a loop makes of the elements of a list input: nothing when there is none."""
    name = over[0].each() if over is not None and len(over) == 1 else None
    made = _texts(result)
    return None if name is None or made is None else tuple(one.while_any(name) for one in made)


def _texts(element: Node) -> tuple[Text, ...] | None:
    return texts_of(element) if isinstance(element, Listed) else _only(text_of(element))


def _only(found: Text | None) -> tuple[Text, ...] | None:
    return None if found is None else (found,)


def _all(found: Iterable[tuple[Text, ...] | None]) -> tuple[Text, ...] | None:
    texts: list[Text] = []
    for some in found:
        if some is None:
            return None
        texts += some
    return tuple(texts)


def optional(condition: Node) -> str | None:
    """The name of the optional input that a condition asks for null, if it is one."""
    match condition:
        case Symbol(made=Made("==", (tested, Leaf(None)))):
            found = text_of(tested)
            only = found.parts[0] if found is not None and len(found.parts) == 1 else None
            return only.name if isinstance(only, Slot) and only.source is Source.INPUT else None
        case _:
            return None


def _made(made: Made) -> Text | None:
    match made:
        case Made("each", (collection,)):
            return _element(collection)
        case Made("substr", (of, Leaf(0), Leaf(int(length)))) if length >= 0:
            return _changed(of, lambda found: cut(found, length))
        case Made("replace", (of, Leaf(str(old)), Leaf(str(new)))) if len(old) == 1:
            # Of one character: what stands between two slashes is a pattern to Terraform.
            return _changed(of, lambda found: swap(found, old, new))
        case Made("[]", (Symbol(made=Made("regex", (Leaf(str(pattern)), of))), Leaf(0))) if _groups(pattern) == 1:
            return _changed(of, lambda found: capture(found, pattern))
        case Made("[]", (whole, Symbol("count.index"))):
            return _element(whole)
        case Made("join", (Leaf(str(separator)), Listed(elements))):
            pieces = [piece for element in elements for piece in (separator, element)]
            return _joined(pieces[1:])
        case Made("?:", (condition, otherwise, present)) if (name := optional(condition)) is not None:
            return _either(name, present, otherwise)
        case _:
            return None


def _element(of: Node) -> Text | None:
    """What stands for each element of a list input."""
    found = texts_of(of)
    return found[0] if found is not None and len(found) == 1 and found[0].each() is not None else None


def _changed(of: Node, change: Callable[[Text], Text]) -> Text | None:
    found = text_of(of)
    return None if found is None else change(found)


def _joined(pieces: Iterable[Node | str]) -> Text | None:
    found: list[Text | str] = []
    for piece in pieces:
        one = piece if isinstance(piece, str) else text_of(piece)
        if one is None:
            return None
        found.append(one)
    return join(*found)


def _either(name: str, present: Node, otherwise: Node) -> Text | None:
    """A text that depends on whether an input is given; null stands for no text at all."""
    cases: list[Text | None] = []
    for case in (present, otherwise):
        found = text_of(case)
        if found is None and not (isinstance(case, Leaf) and case.value is None):
            return None
        cases.append(found)
    return join(Either(name, *cases))


def _groups(pattern: str) -> int:
    try:
        return re.compile(pattern).groups
    except re.error:
        return 0
