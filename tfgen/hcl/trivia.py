"""What stands between the items of python-hcl2's tree: newlines and comments. Knows no rule of expressions.

Also what every reader of that tree needs: its shape, and how to say where something is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Protocol

from tfgen.hcl.names import Foreign
from tfgen.hcl.tree import Attribute, Blank, Block, Comment, Expr, Item

TRIVIA: Final = "new_line_or_comment"
_BLANK: Final = Blank()

Kept = Attribute | Block | Item | Expr | Comment | Blank


class Node(Protocol):
    """One node of lark's tree; the children are nodes and tokens, and a token is a `str`."""

    data: str
    children: list[Any]


class ReadError(Exception):
    """The text is not HCL, or says what the tree cannot: a sentence, a line and a column, both from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message, line, column)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message}"


class Gather:
    """Collects the items of a body, an object or a tuple, and the comments and blank lines between them."""

    def __init__(self, *, fresh: bool, blanks: bool, keep: bool) -> None:
        self.nodes: list[Any] = []  # what the caller put in, comments and blank lines
        self.crowded = not fresh  # something stands on this line already
        self._fresh = fresh  # nothing at all stands on this line, no comment either
        self._blanks = blanks
        self._keep = keep
        self._last: int | None = None  # the item on this line

    def item(self, node: Kept, source: Node | None = None) -> None:
        """Add an item, with the newlines and comments that the parser left inside the end of its value."""
        self._last = len(self.nodes)
        self.nodes.append(node)
        self.crowded, self._fresh = True, False
        if source is None:
            return
        for trivia in trailing(source):
            self.trivia(trivia.children)
        if _ends_in_heredoc(source):
            self._new_line()

    def trivia(self, tokens: list[str]) -> None:
        """Add what stands between two items: each token is a newline or a comment."""
        for token in tokens:
            if token[0] == "\n":
                if self._fresh and self._blanks and self.nodes and self.nodes[-1] is not _BLANK:
                    self.nodes.append(_BLANK)
                self._new_line()
            else:
                self._comment(token)

    def _comment(self, token: str) -> None:
        for text in _comment_lines(token) if self._keep else ():
            if self._last is None:
                self.nodes.append(Comment(text))
            else:
                self.nodes.insert(self._last, Comment(text))
                self._last += 1
        self._fresh = False
        if "\n" in token:
            self.crowded = False
        if token[-1] == "\n":
            self._new_line()

    def _new_line(self) -> None:
        self.crowded, self._fresh, self._last = False, True, None


def _comment_lines(token: str) -> Iterator[str]:
    """Yield the lines of a comment token without their signs."""
    if token.startswith("/*"):
        lines = [line.strip().removeprefix("* ").removeprefix("*") for line in token[2:-2].strip("*").split("\n")]
        while lines and not lines[-1]:
            lines.pop()
        while lines and not lines[0]:
            del lines[0]
    else:
        lines = [token[2:] if token.startswith("//") else token[1:]]
    for line in lines:
        yield "".join(c if c == " " or c.isprintable() else " " for c in line).strip()


def trailing(tree: Node) -> list[Node]:
    """Return the newlines and comments that the grammar puts inside the end of an operation."""
    while True:
        if tree.data == "conditional":
            tree = tree.children[-1]
        elif tree.data == "binary_op":
            last = tree.children[-1]
            if last.data == TRIVIA:
                return [*trailing(tree.children[1].children[-1]), last]
            tree = last.children[-1]
        else:
            return []


def _ends_in_heredoc(tree: Node) -> bool:
    """Whether the last thing in a value is a heredoc, whose token holds the end of its line."""
    while tree.children and not isinstance(tree.children[-1], str):
        tree = tree.children[-1]
    return tree.data in ("heredoc_template", "heredoc_template_trim")


def parts_of(children: list[Any]) -> Iterator[Node]:
    """Yield the trees among children: neither tokens nor newlines and comments."""
    return (child for child in children if not isinstance(child, str) and child.data != TRIVIA)


def name_of(token: str) -> str:
    """A name of the text; the lexer takes identifiers alone."""
    return str(token) if token.isascii() else Foreign(token)


def attribute_of(step: Node) -> str:
    """The name after a dot."""
    return name_of(step.children[1].children[0])


def error_at(message: str, tree: Node) -> ReadError:
    """Return the error that says `message` about the place of `tree`, which is that of its first token."""
    first: Any = tree
    while first.children and not isinstance(first := first.children[0], str):
        pass
    return ReadError(message, getattr(first, "line", 1), getattr(first, "column", 1))
