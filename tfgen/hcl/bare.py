"""Expressions without their comments, so that they have a text on one line. Prints nothing."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from tfgen.hcl.tree import Comment, Expr


def bare(expression: Expr) -> Expr:
    """The expression without the comments in it, which has a text on one line."""
    found: Expr = _bare(expression)
    return found


def _bare(value: Any) -> Any:  # noqa: ANN401 - a part of a tree: a node, a tuple of such, or what a node is made of
    if isinstance(value, tuple):
        return tuple(_bare(part) for part in value if not isinstance(part, Comment))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    return replace(value, **{one.name: _bare(getattr(value, one.name)) for one in fields(value)})
