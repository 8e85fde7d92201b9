"""Findings about files that others added to a rendered tree: what each holds, and what of ours it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tfgen import disk
from tfgen.diagnostics import Code, Diagnostic, Severity
from tfgen.disk import Added
from tfgen.hcl.inventory import ReadError, inventory

SHOWN: Final = 20
"""How many addresses of one file are named."""
_MEND: Final = "review and remove it: what it declares is in no posture and in no proof"
_OPEN: Final = "; --allow-root-files permits your own files in the root module"


def findings(
    files: Mapping[str, str], out: Path, severity: Severity, *, root_is_open: bool = False
) -> Iterator[Diagnostic]:
    """One diagnostic for each file that Terraform loads from a tree and that tfgen did not write.

    Raises `TfgenError` when a directory cannot be read.
    """
    found, count = disk.added(files, out, root_is_open=root_is_open)
    for one in found:
        help_ = _MEND + (_OPEN if _folder(one.path) in {"", "tests"} else "")
        yield Diagnostic(Code.ADDED, severity, _sentence(one, files), str(out / one.path), help=help_)
    if count > len(found):
        message = f"tfgen did not write {count - len(found)} more files here, which were not read"
        yield Diagnostic(Code.ADDED, severity, message, str(out), help=_MEND)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _sentence(one: Added, files: Mapping[str, str]) -> str:
    """What a file is, what it holds, and what it does to files of ours in its directory."""
    name = one.path.rpartition("/")[2]
    beside = {path for path in files if _folder(path) == _folder(one.path)}
    parts = ["tfgen did not write this file"]
    try:
        held = _held(one)
    except ReadError as wrong:
        held = ()
        parts.append(f"it cannot be read as {_syntax(name)}: line {wrong.line}: {wrong.message}")
    else:
        parts += [f"the file {one.problem}"] if one.problem else [_listed("it declares", held) or "it declares nothing"]
    if disk.overrides(name):
        hit = _listed("it overrides", [address for address in held if address in _ours(beside, files)])
        parts.append(
            hit or ("what it overrides is unknown" if not held else "it overrides nothing that tfgen rendered")
        )
    for hidden in disk.replaced_by(name):
        if any(path.rpartition("/")[2] == hidden for path in beside):
            parts.append(f"OpenTofu loads it in place of {hidden}")
    return "; ".join(parts)


def _syntax(name: str) -> str:
    return "JSON" if name.endswith(".json") else "Terraform"


def _held(one: Added) -> tuple[str, ...]:
    """The addresses of what a file declares. Raises `ReadError`."""
    if one.data is None:
        return ()
    try:
        text = one.data.decode()
    except UnicodeDecodeError:
        raise ReadError("it is not UTF-8 text", 1, 1) from None
    return inventory(text, as_json=one.path.endswith(".json"), values=".tfvars" in one.path.rpartition("/")[2])


def _ours(beside: set[str], files: Mapping[str, str]) -> set[str]:
    """The addresses of what the rendered files of a directory declare."""
    return {address for path in beside if path.endswith(".tf") for address in inventory(files[path])}


def _listed(verb: str, addresses: Sequence[str]) -> str:
    if not addresses:
        return ""
    more = f" and {len(addresses) - SHOWN} more" if len(addresses) > SHOWN else ""
    return f"{verb} {', '.join(addresses[:SHOWN])}{more}"
