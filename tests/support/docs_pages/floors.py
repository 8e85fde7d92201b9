"""The floors of the project, from the import contracts, each with what its package says of itself."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Final

from docs_pages.markdown import prose, table

ROOT: Final = Path(__file__).parents[3]


def floors() -> str:
    """The table in Markdown: the uppermost floor first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["id"] == "floors")
    listed = [[name.strip() for name in layer.split("|")] for layer in layers]
    rows = [
        (str(floor), f"`tfgen/{name}`", said(f"tfgen/{name}"))
        for floor, names in zip(range(len(listed), 0, -1), listed, strict=True)
        for name in names
    ]
    return "\n".join(table(("floor", "package", "what it is"), rows)) + "\n"


def said(path: str) -> str:
    """What a package or a module says of itself in the first line of its docstring."""
    place = ROOT / path
    file = place / "__init__.py" if place.is_dir() else place if place.suffix else place.with_suffix(".py")
    return prose((ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").partition("\n")[0])
