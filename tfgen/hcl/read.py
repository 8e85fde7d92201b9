"""Text to tree, by python-hcl2: the only module that imports it. Knows no AWS word.

`read(print_file(body)) == body`, comments and blank lines included. Other people's text is read as far as
the tree can say it: blank lines inside objects and tuples go, runs of them become one, a comment behind an item
moves to the line before it, a comment inside an expression is dropped.
"""

from __future__ import annotations

import gc
import importlib.metadata
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from tfgen.diagnostics import TfgenError
from tfgen.hcl.tree import Body
from tfgen.hcl.walk import ReadError, Walker

__all__ = ["ReadError", "read"]


def read(text: str) -> Body:
    """Return the tree of a file's text.

    Raises `ReadError` for text that Terraform would not read or that the tree cannot say, and `TfgenError`
    where python-hcl2 is missing or damaged.
    """
    parse = _parser()
    with _no_collection():
        try:
            return Walker(parse).file(parse(text.removeprefix("\ufeff")))
        except RecursionError:
            raise ReadError("nested too deep", 1, 1) from None


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the cyclic garbage collector out: a parse makes many objects and no cycles, and it would visit them all."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@lru_cache(maxsize=1)
def _parser() -> Callable[[str], Any]:
    """Return python-hcl2's parser, text to lark tree, which raises `ReadError`."""
    try:
        import hcl2
        import hcl2.parser as grammar
        from lark import Lark
        from lark.exceptions import LarkError, UnexpectedInput, UnexpectedToken
    except ImportError as missing:
        raise TfgenError(_DAMAGED.format(found=f"`import hcl2` fails: {missing}")) from None
    if not str(getattr(hcl2, "__version__", "")).startswith("8.") or not hasattr(hcl2, "parses_to_tree"):
        raise TfgenError(_DAMAGED.format(found=f"`hcl2` is {getattr(hcl2, '__version__', 'of no version')}"))
    grammar.PARSER_FILE = _cache_file(Path(grammar.PARSER_FILE))
    lark: Lark = grammar.parser()

    def parse(text: str) -> Any:
        try:
            return lark.parse(text + "\n")
        except UnexpectedInput as wrong:
            if isinstance(wrong, UnexpectedToken) and wrong.token.type == "$END":
                message = "the text ends too early"
            else:
                seen = str(wrong.token) if isinstance(wrong, UnexpectedToken) else text[wrong.pos_in_stream or 0 :][:1]
                message = "the line ends too early" if seen[:1] == "\n" else f"`{seen.strip()[:40]}` is not expected here"
            raise ReadError(message, max(wrong.line, 1), max(wrong.column, 1)) from None
        except LarkError as wrong:
            raise ReadError(str(wrong), 1, 1) from None

    return parse
