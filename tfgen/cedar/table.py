"""Who may call a tool, as a table: each policy that covers it, with its conditions as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tfgen.cedar.extension import extended
from tfgen.cedar.facts import facts
from tfgen.cedar.form import covers
from tfgen.cedar.policies import Gateway, Policy
from tfgen.cedar.tokens import Token, clauses, pieces, tokens
from tfgen.cedar.tools import Tool


@dataclass(frozen=True, slots=True)
class Row:
    """What one policy says of a tool."""

    permits: bool
    who: str
    """The principal of its scope, in Cedar."""
    conditions: tuple[str, ...]
    """Its `when` and `unless`, in Cedar, each on one line."""
    policy: str
    withholds: bool = False
    """Whether it withholds the answer of a call, which is made."""


def rows(tool: Tool, policies: Sequence[Policy], gateway: Gateway) -> tuple[Row, ...]:
    """The policies that cover a tool, those that forbid first, since they win; where none permits, nobody may call."""
    found = [policy for policy in policies if covers(policy.form, tool)]
    made = (
        Row(policy.permits, _who(policy, gateway), tuple(_conditions(policy)), policy.key, _withholds(policy))
        for policy in found
    )
    return tuple(sorted(made, key=lambda row: (row.permits, row.policy)))


def _who(policy: Policy, gateway: Gateway) -> str:
    scope = policy.form["principal"]
    if "entity" in scope:
        return str(scope["entity"]["id"])
    return f"everybody whom {gateway.name!r} lets in"


def _withholds(policy: Policy) -> bool:
    return facts().withholding in policy.extensions


def _conditions(policy: Policy) -> Iterator[str]:
    (piece,) = pieces(policy.cedar)
    for start, stop in clauses(piece):
        yield f"{piece.tokens[start - 2].text}{_line(piece.tokens[start - 1 : stop])}"
    for found in extended(policy.statement):
        keyword, *inner = tokens(policy.statement, found.start, found.end)
        if inner:  # a condition, and no effect
            yield f"{keyword.text} {inner[0].text}{_line(inner[1:-1])}"


def _line(found: Sequence[Token]) -> str:
    """Some tokens from a bracket on, without it, on one line: comments go; what stood apart stays apart."""
    return "".join(
        f" {token.text}" if before.end != token.start or before.text == "{" else token.text
        for before, token in pairwise(found)
    )
