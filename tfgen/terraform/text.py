"""Values as text with unknowns: what a policy, a name or an address says before Terraform runs. Knows no source.

An unknown text keeps how it is made: its joined parts, the beginning of a text, what a pattern finds in it, a character
replaced by another, an optional input with what stands in its place, an element of a list input.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tfgen.iam.text import Either, Slot, Source, Text, capture, cut, join, swap, text
from tfgen.terraform.values import Leaf, Listed, Made, Node, Symbol

Input = Callable[[str, bool], Text | None]
"""The text that an input of some name stands for, or each element of it when it is a list; None where it is no text."""


def slot(name: str, many: bool) -> Text:  # noqa: FBT001 - as `Input` has it
    """The input itself, known when Terraform runs."""
    return join(Slot(Source.EACH if many else Source.INPUT, name))


def text_of(node: Node | str, given: Input = slot) -> Text | None:
    """The text that a value is; None when it is another kind of value, or made in a way that is not understood."""
    match node:
        case str(value) | Leaf(str(value)):
            return text(value)
        case Symbol(context=str(context)) if context:
            return join(Slot(Source.CONTEXT, context))
        case Symbol(parts=parts) if parts:
            return _joined(parts, given)
        case Symbol(made=Made() as made):
            return _made(made, given)
        case Symbol(path=("var", name), many=many):
            return given(name, many)
        case _:
            return None


def element_of(node: Node, given: Input = slot) -> Text | None:
    """The text that each element of a list is that depends on a list input; None when a value is no such list."""
    match node:
        case Symbol(made=Made("for", (collection, result))):
            found, over = text_of(result, given), element_of(collection, given)
            name = None if over is None else over.each()
            return None if found is None or name is None else found.while_any(name)
        case Symbol(made=Made("each" | "toset", (collection,))):
            return element_of(collection, given)
        case Symbol(path=("var", name), many=True, made=None):
            return given(name, True)
        case _:
            return None


def optional(condition: Node, given: Input = slot) -> str | None:
    """The name of the optional input that a condition asks for null, if it is one."""
    match condition:
        case Symbol(made=Made("==", (tested, Leaf(None)))):
            found = text_of(tested, given)
            only = found.parts[0] if found is not None and len(found.parts) == 1 else None
            return only.name if isinstance(only, Slot) and only.source is Source.INPUT else None
        case _:
            return None


def _made(made: Made, given: Input) -> Text | None:
    match made:
        case Made("each", (collection,)):
            return element_of(collection, given)
        case Made("substr", (of, Leaf(0), Leaf(int(length)))) if length >= 0:
            return _changed(of, given, lambda found: cut(found, length))
        case Made("replace", (of, Leaf(str(old)), Leaf(str(new)))) if len(old) == 1:
            # Of one character: what stands between two slashes is a pattern to Terraform.
            return _changed(of, given, lambda found: swap(found, old, new))
        case Made("[]", (Symbol(made=Made("regex", (Leaf(str(pattern)), of))), Leaf(0))) if _groups(pattern) == 1:
            return _changed(of, given, lambda found: capture(found, pattern))
        case Made("[]", (whole, Symbol("count.index"))):
            return element_of(whole, given)
        case Made("join", (Leaf(str(separator)), Listed(elements))):
            pieces = [piece for element in elements for piece in (separator, element)]
            return _joined(pieces[1:], given)
        case Made("?:", (condition, otherwise, present)) if (name := optional(condition, given)) is not None:
            return _either(name, present, otherwise, given)
        case _:
            return None


def _changed(of: Node, given: Input, change: Callable[[Text], Text]) -> Text | None:
    found = text_of(of, given)
    return None if found is None else change(found)


def _joined(pieces: Iterable[Node | str], given: Input) -> Text | None:
    found: list[Text] = []
    for piece in pieces:
        one = text_of(piece, given)
        if one is None:
            return None
        found.append(one)
    return join(*found)


def _either(name: str, present: Node, otherwise: Node, given: Input) -> Text | None:
    """A text that depends on whether an input is given; null stands for no text at all."""
    cases: list[Text | None] = []
    for case in (present, otherwise):
        found = text_of(case, given)
        if found is None and not (isinstance(case, Leaf) and case.value is None):
            return None
        cases.append(found)
    return join(Either(name, *cases))


def _groups(pattern: str) -> int:
    try:
        return re.compile(pattern).groups
    except re.error:
        return 0
