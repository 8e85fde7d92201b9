"""What a file of Terraform's declares, by address, in its own syntax or in JSON. Knows no AWS word."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from tfgen.hcl.foreign import ReadError, read_foreign

__all__ = ["ReadError", "inventory"]

_LABELS: Final = {
    "resource": 2, "data": 2, "ephemeral": 2, "action": 2, "list": 2,
    "module": 1, "variable": 1, "output": 1, "provider": 1, "check": 1, "run": 1, "mock_provider": 1,
}  # fmt: skip
"""How many labels a block has; one of another type has none."""

_SHOWN: Final = {"resource": "", "variable": "var.", "provider": "provider ", "run": "run "}
"""What an address begins with, where that is not the type and a dot."""


def inventory(text: str, *, as_json: bool = False, values: bool = False) -> tuple[str, ...]:
    """The addresses of what a file declares, each once, in its order; `values` is for files of variables' values.

    Raises `ReadError` for text that is not in that syntax.
    """
    found = _of_json(text, values=values) if as_json else _of_hcl(text, values=values)
    return tuple(dict.fromkeys(found))


def _of_hcl(text: str, *, values: bool) -> Iterator[str]:
    whole = read_foreign(text)
    if values:
        yield from (f"var.{name}" for name in whole.attributes)
        return
    for block in whole.blocks:
        if block.type == "locals":
            yield from (f"local.{name}" for name in block.attributes)
        else:
            yield _address(block.type, block.labels)


def _of_json(text: str, *, values: bool) -> Iterator[str]:
    try:
        whole = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as wrong:
        raise ReadError(f"not JSON: {wrong.msg}", wrong.lineno, wrong.colno) from None
    except (RecursionError, ValueError):  # ValueError: a number of very many digits
        raise ReadError("nested too deep, or a number is too long", 1, 1) from None
    for top in _mappings(whole):
        for kind, inner in top.items():
            if kind == "//":
                continue
            if values:
                yield f"var.{kind}"
            elif kind == "locals":
                yield from (f"local.{name}" for one in _mappings(inner) for name in one)
            else:
                yield from (_address(kind, labels) for labels in _labels(inner, _LABELS.get(kind, 0)))


def _labels(inner: object, count: int) -> Iterator[tuple[str, ...]]:
    """The labels of the blocks below a type: each label is a key of a mapping, or of several in a list."""
    if count == 0:
        yield ()
        return
    for one in _mappings(inner):
        for label, below in one.items():
            yield from ((label, *rest) for rest in _labels(below, count - 1))


def _mappings(value: object) -> Iterator[Mapping[str, object]]:
    for one in value if isinstance(value, list) else (value,):
        if isinstance(one, dict):
            yield one


def _address(kind: str, labels: tuple[str, ...]) -> str:
    if not labels:
        return kind
    return _SHOWN.get(kind, f"{kind}.") + ".".join(labels)
