"""A syntax tree with one part of it changed: what the proofs must catch, and what they need not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

from tfgen.hcl.tree import Attribute, Blank, Block, Comment, Item, Literal, Reference


def variants(node: Any) -> Iterator[Any]:
    """The node with one part of it changed: a literal, a reference, or an element left out."""
    if isinstance(node, Literal):
        yield Literal(node.value + "x")
    elif isinstance(node, Reference):
        yield Reference((*node.path[:-1], node.path[-1] + "x"))
    elif isinstance(node, tuple):
        yield from _variants_of_tuple(node)
    elif is_dataclass(node) and not isinstance(node, (Comment, type)):
        yield from _variants_of_fields(node)


def _variants_of_tuple(node: tuple[Any, ...]) -> Iterator[Any]:
    for index, part in enumerate(node):
        if not isinstance(part, (Blank, Comment, str)):
            yield (*node[:index], *node[index + 1 :])
        changed = [part + "x"] if isinstance(part, str) else variants(part)
        for variant in changed:
            yield (*node[:index], variant, *node[index + 1 :])


def _variants_of_fields(node: Any) -> Iterator[Any]:
    for field in fields(node):
        if isinstance(node, Item) and field.name == "key":
            yield replace(node, key=f"{node.key}x")
            continue
        for variant in variants(getattr(node, field.name)):
            try:
                yield replace(node, **{field.name: variant})
            except ValueError:
                continue  # the tree itself refuses it


def wordless(node: Block) -> Block:
    """A block without the sentences for people in it, which no proof speaks of."""
    kept = (wordless(part) if isinstance(part, Block) else part for part in node.body if not isinstance(part, Blank))
    words = {"description", "error_message"}
    body = tuple(part for part in kept if not (isinstance(part, Attribute) and part.name in words))
    return replace(node, body=body)


WORDS: Final = {"name", "name_prefix", "path", "description", "tags", "max_session_duration", "depends_on", "lifecycle"}
"""Arguments of resources that only proof 1 holds: nothing is granted, bound or reached by them."""


def kept_but_words(block: Block) -> list[object]:
    """What stands in a block beside those arguments."""
    kept = (node for node in block.body if not isinstance(node, Blank))
    return [
        node
        for node in kept
        if not (isinstance(node, Attribute) and node.name in WORDS)
        and not (isinstance(node, Block) and node.type in WORDS)
    ]
