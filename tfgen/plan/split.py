"""A policy that is too long for one document, divided among several: by sheet, and without any wildcard for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from tfgen.iam.policy import Kind
from tfgen.plan.model import Grant, PolicyPlan, slot_length

Grants = tuple[Grant, ...]


def split(grants: Grants) -> tuple[tuple[str, Grants], ...]:
    """Managed policies with a key each; none when all fits into one inline policy.

    Neighbouring sheets share a policy while they fit, which bears the name of the first. A statement with too many
    resources is divided into several with some of them each: IAM asks for each resource by itself.
    """
    if _fits(grants, Kind.INLINE):
        return ()
    packed: list[Grants] = []
    for _, group in groupby(grants, key=lambda grant: grant.origin.sheet):
        pieces = tuple(piece for grant in group for piece in _pieces(grant))
        whole = [pieces] if _fits(pieces, Kind.MANAGED) else [(piece,) for piece in pieces]
        for part in whole:
            if packed and _fits((*packed[-1], *part), Kind.MANAGED):
                packed[-1] += part
            else:
                packed.append(part)
    return tuple(_named(packed))


def _fits(grants: Grants, kind: Kind) -> bool:
    return PolicyPlan(kind, grants).policy.size(slot_length) <= kind.limit


def _pieces(grant: Grant) -> Iterator[Grant]:
    """The grant, or several with some of its resources each, of which every one fits into a managed policy."""
    pending, number = [grant], 1
    while pending:
        piece = pending.pop(0)
        count = len(piece.statement.resources)
        if count > 1 and not _fits((piece,), Kind.MANAGED):
            pending[:0] = [_some(piece, slice(None, count // 2)), _some(piece, slice(count // 2, None))]
            continue
        sid = grant.statement.sid if number == 1 else f"{grant.statement.sid}Part{number}"
        yield replace(piece, statement=replace(piece.statement, sid=sid))
        number += 1


def _some(grant: Grant, which: slice) -> Grant:
    resources = grant.statement.resources[which]
    return replace(grant, statement=replace(grant.statement, resources=resources), types=grant.types[which])


def _named(packed: Iterable[Grants]) -> Iterator[tuple[str, Grants]]:
    seen: dict[str, int] = {}
    for part in packed:
        sheet = part[0].origin.sheet
        seen[sheet] = seen.get(sheet, 0) + 1
        yield sheet if seen[sheet] == 1 else f"{sheet}-{seen[sheet]}", part
