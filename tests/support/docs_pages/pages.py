"""All that is generated of `docs/`: whole pages, and marked regions of pages that are written by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Final

import coverage_table
import evidence_table
import provision_table
import roles_compared
import roles_overgranted

from docs_pages import findings, floors, posture, walk
from docs_pages.markdown import replaced, table

DOCS: Final = Path(__file__).parents[3] / "docs"
FOLDERS: Final = ("findings", "posture")
"""Folders below `docs/` in which everything is generated."""


@cache
def _walks() -> Mapping[str, tuple[str, ...]]:
    return walk.walks()


def _walk(key: str) -> str:
    rows = ((f"{number}", f"`{path}`", floors.said(path)) for number, path in enumerate(_walks()[key], 1))
    return "\n".join(table(("", "file", "what it is"), rows)) + "\n"


REGIONS: Final[Mapping[tuple[str, str], Callable[[], str]]] = {
    ("architecture.md", "floors"): floors.floors,
    **{("architecture.md", key): partial(_walk, key) for key in walk.VALUES},
    ("comparison.md", "comparison"): roles_compared.table,
    ("comparison.md", "overgrant"): roles_overgranted.table,
    ("coverage.md", "coverage"): coverage_table.table,
    ("evidence.md", "evidence"): evidence_table.table,
    ("provision.md", "provision"): provision_table.table,
}
"""The page and the name of each marked region, with what makes its text."""


def whole() -> Mapping[str, str]:
    """Every page of which nothing is written by hand."""
    return dict((*posture.pages(), *findings.pages()))


def write() -> None:
    """Write all of it; a page that is no longer generated is removed."""
    for (page, region), made in REGIONS.items():
        path = DOCS / page
        path.write_text(replaced(path.read_text("utf-8"), region, made()), "utf-8")
    pages = whole()  # after the regions: findings quote the other pages
    for folder in FOLDERS:
        for path in (DOCS / folder).rglob("*.md"):
            if path.relative_to(DOCS).as_posix() not in pages:
                path.unlink()
    for name, text in pages.items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
