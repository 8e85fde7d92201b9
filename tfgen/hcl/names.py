"""Names of Terraform's language: which of them tfgen writes, and which it only reads. Knows no node of the tree."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from typing import Final

IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
"""The identifiers used here: ASCII only. Terraform takes more, and
`terraform fmt` drops labels outside this set (hashicorp/terraform#35417)."""


class TreeError(ValueError):
    """A node was asked for that Terraform could not read back as meant. The message says why."""


class Foreign(str):
    """A name that Terraform reads and tfgen never writes: the reader makes it, and the printer of files refuses it.

    An identifier beyond ASCII, a label that is no identifier, or a function of a provider, `provider::aws::arn_parse`.
    """

    __slots__ = ()


def identifier(name: str, what: str) -> None:
    """Refuse what is no identifier, unless the reader has taken it; `what` it should be."""
    if not IDENTIFIER.match(name) and not isinstance(name, Foreign):
        raise TreeError(f"{name!r} is not {what}: allowed are letters, digits, `_` and `-`, not a digit or `-` first")


def refuse_foreign(node: object) -> None:
    """Raise `TreeError` for a name in a part of a tree that tfgen reads and never writes."""
    if isinstance(node, Foreign):
        raise TreeError(f"{str(node)!r} is a name that tfgen reads and never writes")
    if isinstance(node, tuple):
        for part in node:
            refuse_foreign(part)
    elif is_dataclass(node) and not isinstance(node, type):
        for one in fields(node):
            refuse_foreign(getattr(node, one.name))
