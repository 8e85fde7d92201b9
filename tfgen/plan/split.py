"""A policy that is too long for one document, divided among several: by sheet, and without any wildcard for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from tfgen.iam.policy import Kind
from tfgen.plan.lengths import Lengths
from tfgen.plan.statements import Grant, PolicyPlan

Grants = tuple[Grant, ...]


def split(grants: Grants, lengths: Lengths) -> tuple[tuple[str, Grants], ...]:
    """Managed policies with a key each; none when all fits into one inline policy.

    Neighbouring sheets share a policy while they fit, which bears the name of the first. A statement with too many
    resources is divided into several with some of them each: IAM asks for each resource by itself.
    """
    if _fits(grants, Kind.INLINE, lengths):
        return ()
    packed: list[Grants] = []
    for _, group in groupby(grants, key=lambda grant: grant.origin.sheet):
        pieces = tuple(piece for grant in group for piece in _pieces(grant, lengths))
        whole = [pieces] if _fits(pieces, Kind.MANAGED, lengths) else [(piece,) for piece in pieces]
        for part in whole:
            if packed and _fits((*packed[-1], *part), Kind.MANAGED, lengths):
                packed[-1] += part
            else:
                packed.append(part)
    _never_empty(packed, lengths)
    return tuple(_named(packed))


def _never_empty(packed: list[Grants], lengths: Lengths) -> None:
    """Give each policy a statement that is there whatever lists are empty, since IAM takes none without statements."""
    index = 0
    while index < len(packed):
        part = packed[index]
        if not any(map(_stays, part)) and not _given(packed, index, lengths) and len(part) > 1:
            half = len(part) // 2
            packed[index : index + 1] = [part[:half], part[half:]]
        else:
            index += 1


def _given(packed: list[Grants], index: int, lengths: Lengths) -> bool:
    """Move a statement that stays from a policy with several of them, where it fits in."""
    for other, giving in enumerate(packed):
        staying = [grant for grant in giving if _stays(grant)]
        if len(staying) > 1 and _fits((*packed[index], staying[-1]), Kind.MANAGED, lengths):
            packed[index] = (*packed[index], staying[-1])
            packed[other] = tuple(grant for grant in giving if grant is not staying[-1])
            return True
    return False


def _stays(grant: Grant) -> bool:
    """Whether a statement has a resource that does not depend on a list input."""
    return any(resource.each() is None for resource in grant.statement.resources)


def _fits(grants: Grants, kind: Kind, lengths: Lengths) -> bool:
    return lengths.size(PolicyPlan(kind, grants).policy) <= kind.limit


def _pieces(grant: Grant, lengths: Lengths) -> Iterator[Grant]:
    """The grant, or several with some of its resources each, of which every one fits into a managed policy."""
    pending, number = [grant], 1
    while pending:
        piece = pending.pop(0)
        count = len(piece.statement.resources)
        if count > 1 and not _fits((piece,), Kind.MANAGED, lengths):
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
