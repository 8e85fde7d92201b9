"""Text to tree, by python-hcl2, whose grammar `grammar` loads; no other module imports it. Knows no AWS word.

`read(print_file(body)) == body`, comments and blank lines included. Other people's text is read as far as
the tree can say it: blank lines inside objects and tuples go, runs of them become one, a comment behind an item
moves to the line before it, a comment inside an expression is dropped.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tfgen.diagnostics import TfgenError
from tfgen.hcl import grammar
from tfgen.hcl.tree import Body
from tfgen.hcl.trivia import Node, ReadError
from tfgen.hcl.walk import Parse, Walker

if TYPE_CHECKING:
    from lark import Lark

__all__ = ["ReadError", "read"]

_DAMAGED: Final = (
    "python-hcl2 8 is needed to read HCL back, but {found}; another package has probably put its own `hcl2` there "
    "(bc-python-hcl2, which checkov brings): keep checkov in an environment of its own, and mend this one with "
    "`pip uninstall -y bc-python-hcl2 && pip install --force-reinstall 'python-hcl2>=8.1.4,<9'`"
)


def read(text: str) -> Body:
    """Return the tree of a file's text.

    Raises `ReadError` for text that Terraform would not read or that the tree cannot say, and `TfgenError`
    where python-hcl2 is missing or damaged.
    """
    parse = parser()
    with no_collection():
        try:
            return Walker(parse).file(parse(text.removeprefix("\ufeff")))
        except RecursionError:
            raise ReadError("nested too deep", 1, 1) from None


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the cyclic garbage collector out: a parse makes many objects and no cycles, and it would visit them all."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@lru_cache(maxsize=1)
def parser() -> Parse:
    """Return python-hcl2's parser, text to lark tree, which raises `ReadError`."""
    try:
        import hcl2
        from lark.exceptions import LarkError, UnexpectedInput, UnexpectedToken
        from lark.parse_tree_builder import PropagatePositions
    except ImportError as missing:
        raise TfgenError(_DAMAGED.format(found=f"`import hcl2` fails: {missing}")) from None
    if not str(getattr(hcl2, "__version__", "")).startswith("8.") or not hasattr(hcl2, "parses_to_tree"):
        raise TfgenError(_DAMAGED.format(found=f"`hcl2` is {getattr(hcl2, '__version__', 'of no version')}"))
    lark = grammar.parser()
    _take_heredocs_by_lines(lark)
    _take_every_identifier(lark)
    # lark notes the place of each node as it builds it, in half of its time; we need places in errors only, and
    # take them from tokens then. This is not lark's public side, so it may find nothing to do in another version.
    for rule, build in getattr(lark, "_callbacks", {}).items():
        if isinstance(build, PropagatePositions):
            lark._callbacks[rule] = build.node_builder

    def parse(text: str) -> Node:
        try:
            return lark.parse(text + "\n")
        except UnexpectedInput as wrong:
            if isinstance(wrong, UnexpectedToken) and wrong.token.type == "$END":
                message = "the text ends too early"
            else:
                seen = str(wrong.token) if isinstance(wrong, UnexpectedToken) else text[wrong.pos_in_stream :][:1]
                message = (
                    "the line ends too early"
                    if seen[:1] == "\n"
                    else f"`{seen.strip().partition(chr(10))[0][:40]}` is not expected here"
                )
            raise ReadError(message, max(wrong.line, 1), max(wrong.column, 1)) from None
        except LarkError as wrong:
            raise ReadError(str(wrong), 1, 1) from None

    return parse


_BODY: Final = "(?:(?:.|\n)*?\r?\n)??\\s*"
"""What stands before a heredoc's end marker, in python-hcl2's grammar: tried anew at each of many empty lines."""
_LINES: Final = "(?:[^\n]*\n)*?[^\\S\n]*"
"""The same, line by line."""


def _take_every_identifier(lark: Lark) -> None:
    """Let the lexer take identifiers beyond ASCII, as Terraform does, where its pattern is the one that is known."""
    for terminal in lark.terminals:
        if terminal.name == "NAME" and terminal.pattern.value == "[a-zA-Z_][a-zA-Z0-9_-]*":
            terminal.pattern.value = r"[^\W\d][\w-]*"


def _take_heredocs_by_lines(lark: Lark) -> None:
    """Let the lexer look at each line of a heredoc once; as above, this may find nothing to do in another version."""
    for terminal in lark.terminals:
        if terminal.name.startswith("HEREDOC_TEMPLATE"):
            terminal.pattern.value = terminal.pattern.value.replace(_BODY, _LINES)
