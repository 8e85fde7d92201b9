"""The assertions of `terraform test` files. Knows no module."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tfgen.hcl.printer import print_file
from tfgen.hcl.tree import (
    Attribute,
    Binary,
    Block,
    Bool,
    Call,
    Expr,
    Literal,
    Number,
    Reference,
    Template,
    Tuple,
)
from tfgen.render.layout import FILES, block

_ARGUMENT: Final = r'(?m)(?:^|[{,])\s*"?[A-Za-z0-9_./:-]+"?\s*[={]'
"""The beginning of an argument, a key or a block without labels; it matches the same in `re` and in RE2."""


def same(found: Expr, wanted: Expr, message: str) -> Block:
    """Two values are the same, be they lists, sets or tuples."""
    return assertion(equal(found, wanted), message)


def equal(found: Expr, wanted: Expr) -> Binary:
    """Whether two values are the same, where the type of the first is not known."""
    if isinstance(wanted, Literal):
        return Binary("==", found, wanted)
    return Binary("==", Call("jsonencode", (found,)), Call("jsonencode", (wanted,)))


def is_value(found: Expr, wanted: Expr) -> Binary:
    """Whether a number, a bool or a text is this value, or a collection has these values."""
    is_plain = isinstance(wanted, Number | Bool) or (isinstance(wanted, Call) and wanted.name == "jsonencode")
    return Binary("==", found, wanted) if is_plain else equal(found, wanted)


def all_of(conditions: Iterable[Expr]) -> Expr:
    """Whether all of some conditions hold."""
    listed = tuple(conditions)
    return listed[0] if len(listed) == 1 else Call("alltrue", (Tuple(listed),))


def arguments_of(main: Iterable[Block]) -> Block:
    """The module's text sets as many arguments as planned: a value alone does not show what stands beside it."""
    path = Template((Reference(("path", "module")), f"/{FILES[0]}"))
    found = Call("length", (Call("regexall", (Literal(_ARGUMENT), Call("file", (path,)))),))
    wanted = Number(sum(len(re.findall(_ARGUMENT, print_file((node,)))) for node in main))
    return assertion(Binary("==", found, wanted), f"{FILES[0]} sets other arguments than planned.")


def assertion(condition: Expr, message: str) -> Block:
    """What must hold in a run."""
    return block("assert", body=[Attribute("condition", condition), Attribute("error_message", Literal(message))])


def strings(values: Iterable[str]) -> Tuple:
    """A list of strings."""
    return Tuple(tuple(Literal(value) for value in values))
