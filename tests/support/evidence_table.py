"""On what the rows of the sheets and of the tables beside them rest: counts by sheet and by kind of row."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from tfgen.catalog import load, network, providers
from tfgen.catalog.model import Basis, Row

BASES: tuple[str, ...] = get_args(Basis)
PLAIN = {"authorization": "alternative", "regions": "lack"}
"""Tables that are read as plain TOML, each with the name of its rows."""


@dataclass(frozen=True)
class Evidence:
    """One row and its basis."""

    sheet: str
    kind: str
    why: str
    basis: str


def _rows(kind: str, value: object) -> Iterator[tuple[str, Row]]:
    """Every row inside a value, with the field that holds it."""
    match value:
        case BaseModel():
            if isinstance(value, Row):
                yield kind, value
            for name in type(value).model_fields:
                yield from _rows(name, getattr(value, name))
        case tuple():
            for element in value:
                yield from _rows(kind, element)
        case Mapping():
            for element in value.values():
                yield from _rows(kind, element)
        case _:
            return


def rows() -> Iterator[tuple[str, str, Row]]:
    """Every typed row, with its sheet or table and its kind."""
    sheets: list[tuple[str, object]] = [(name, load.sheet(name)) for name in load.SHEETS]
    tables: list[tuple[str, object]] = [
        ("network", network.facts()),
        ("providers", tuple(providers.providers().values())),
    ]
    for name, holder in [*sheets, *tables]:
        yield from ((name, kind, row) for kind, row in _rows("provider", holder))


def _plain() -> Iterator[Evidence]:
    for name, kind in PLAIN.items():
        data: dict[str, list[dict[str, Any]]] = tomllib.loads(load.resource_bytes(f"{name}.toml").decode())
        yield from (Evidence(name, kind, row.get("why", row.get("what", "")), row["basis"]) for row in data[kind])


@cache
def evidence() -> tuple[Evidence, ...]:
    """All rows there are."""
    typed = (Evidence(sheet, kind, row.why, row.basis) for sheet, kind, row in rows())
    return (*typed, *_plain())


def table() -> str:
    """Counts of the sheets' rows by kind, then of all rows by sheet or table, in the order of the statements."""
    of_sheets = [one for one in evidence() if one.sheet in load.SHEETS]
    by_kind = Counter((one.kind, one.basis) for one in of_sheets)
    by_sheet = Counter((one.sheet, one.basis) for one in evidence())
    kinds = sorted({one.kind for one in of_sheets})
    names = dict.fromkeys(one.sheet for one in evidence())
    lines = [*_counted("row", kinds, by_kind), "", *_counted("sheet or table", names, by_sheet)]
    return "\n".join(lines) + "\n"


def _counted(title: str, names: Iterable[str], found: Mapping[tuple[str, str], int]) -> Iterator[str]:
    yield f"| {title} | {' | '.join(BASES)} |"
    yield f"| --- |{' ---: |' * len(BASES)}"
    counts = {name: [found[name, basis] for basis in BASES] for name in names}
    for name, numbers in counts.items():
        yield f"| {name} | {' | '.join(map(str, numbers))} |"
    yield f"| all | {' | '.join(map(str, map(sum, zip(*counts.values(), strict=True))))} |"
