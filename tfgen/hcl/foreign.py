"""Other people's Terraform: blocks and attributes with their places, as far as they can be read. Knows no AWS word.

Where `tfgen.hcl.read` refuses a file that says what our tree cannot, this keeps such an expression as its source.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tfgen.hcl.read import ReadError, no_collection, parser
from tfgen.hcl.tree import Expr
from tfgen.hcl.trivia import TRIVIA, Node, error_at
from tfgen.hcl.walk import Parse, Walker

__all__ = ["ForeignAttribute", "ForeignBlock", "ReadError", "read_foreign"]


@dataclass(frozen=True, slots=True)
class ForeignAttribute:
    """`name = expression`."""

    name: str
    expression: Expr | None
    """None where our tree cannot say it."""
    source: str
    """The expression as it is written."""
    line: int
    column: int
    problem: str = ""
    """Why there is no tree of the expression."""


@dataclass(frozen=True, slots=True)
class ForeignBlock:
    """A block, or with an empty type a whole file."""

    type: str
    labels: tuple[str, ...]
    line: int
    column: int
    attributes: dict[str, ForeignAttribute] = field(default_factory=dict)
    blocks: list[ForeignBlock] = field(default_factory=list)


def read_foreign(text: str) -> ForeignBlock:
    """Return what a file holds. Raises `ReadError`, with line and column, for text that is not HCL."""
    parse = parser()
    text = text.removeprefix("\ufeff")
    with no_collection():
        try:
            return _Reader(parse, text).whole(parse(text))
        except RecursionError:
            raise ReadError("nested too deep", 1, 1) from None


class _Reader(Walker):
    def __init__(self, parse: Parse, text: str) -> None:
        super().__init__(parse)
        self._parse_again = parse
        self._text = text

    def whole(self, tree: Node) -> ForeignBlock:
        file = ForeignBlock("", (), 1, 1)
        self._fill(file, tree.children[0].children)
        return file

    def _fill(self, block: ForeignBlock, children: list[Any]) -> None:
        for child in children:
            if child.data == TRIVIA:
                continue
            if child.data == "attribute":
                self._add(block, child)
            else:
                block.blocks.append(self._inner(child))

    def _add(self, block: ForeignBlock, tree: Node) -> None:
        named, _, value = tree.children
        token = named.children[0]
        name = str(token)
        if name in block.attributes:
            raise ReadError(f"the attribute {name!r} stands twice in one body", token.line, token.column)
        expression, problem = self._expression(value)
        source = self._source(value)
        block.attributes[name] = ForeignAttribute(name, expression, source, token.line, token.column, problem)

    def _expression(self, tree: Node) -> tuple[Expr | None, str]:
        """Read an expression with a walker of its own, as one that fails leaves its walker in the middle."""
        try:
            return Walker(self._parse_again).expression(tree), ""
        except ReadError as wrong:
            return None, wrong.message

    def _inner(self, tree: Node) -> ForeignBlock:
        kind, *labels, _, body, _ = tree.children
        token = kind.children[0]
        self._deeper(tree)
        try:
            names = tuple(self._label(label) for label in labels if label.data != TRIVIA)
        except ValueError as wrong:
            raise error_at(str(wrong), tree) from None
        block = ForeignBlock(str(token), names, token.line, token.column)
        self._fill(block, body.children)
        self._depth -= 1
        return block

    def _source(self, tree: Node) -> str:
        tokens = list(_tokens(tree))
        if not tokens:
            return ""
        return self._text[tokens[0].start_pos : tokens[-1].end_pos].strip()


def _tokens(tree: Any) -> Iterator[Any]:  # noqa: ANN401 - lark's nodes and tokens
    """The tokens of a tree but newlines and comments, in order."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            yield node
        elif node.data != TRIVIA:
            pending.extend(reversed(node.children))
