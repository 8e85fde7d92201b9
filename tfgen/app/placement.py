"""Where the trees of postures go: into the named directory, or each into one of its own below. Writes nothing.

The shell turns a pattern into names before tfgen sees it, so how many there are says nothing: what the directory
already holds decides, unless a flag does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from tfgen import disk, source
from tfgen.diagnostics import Code, Diagnostic, Severity, TfgenError
from tfgen.render.layout import POSTURE, posture_of


def each_in_its_own(
    out: Path, names: Sequence[str], *, several: bool, fleet: bool | None, modules_only: bool = False
) -> bool:
    """Whether each posture gets the directory of its name below `out`.

    `several` is whether more than one was named, or a directory; `fleet` is the flag, None when left out.
    Raises `TfgenError` when the directory does not tell, or tells otherwise than the flag or the number of postures.
    """
    if fleet is not None:
        if several and not fleet:
            raise TfgenError("--no-fleet writes one tree into the directory itself, and several postures are named")
        return fleet
    own = disk.tree_of(out, modules_only=modules_only)
    if several:
        if own:
            raise TfgenError(
                f"{out} itself holds the tree of the posture {own!r}, and each of several postures gets a directory "
                f"below it: move that tree to {out / own}, name another directory, or write --fleet to leave it there"
            )
        return True
    below = disk.trees_below(out, modules_only=modules_only)
    if own and (own not in names or own in below.values()) and below:
        raise TfgenError(
            f"{out} holds both a tree, of the posture {own!r}, and trees below it ({', '.join(list(below)[:3])}): "
            "write --no-fleet to write the directory itself, or --fleet to write below it"
        )
    return bool(below) and not own


def without_sources(files: dict[str, str], out: Path, posture: str) -> dict[str, str]:
    """The files of a tree but those that the user keeps in their places: the posture itself, and what it names.

    Such a file is the user's own, without our header, and the tree needs no second copy of it.
    """
    if posture == "-" or not _is_same(Path(posture).parent, out):
        return files
    kept = set() if Path(posture).name != POSTURE else {POSTURE}
    kept.update(path for path in files if path.endswith((".json", ".yaml", ".yml", ".cedar")) and path != POSTURE)
    return {path: text for path, text in files.items() if path not in kept or not _is_users(out / path, path)}


def _is_users(file: Path, path: str) -> bool:
    """Whether a regular file has no header of ours."""
    if os.path.islink(file) or not os.path.isfile(file):  # noqa: PTH113, PTH114  # False for what may not be looked at
        return False
    try:
        with file.open("rb") as opened:
            return posture_of(path, opened.read(4096)) is None
    except OSError:
        return False


def _is_same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)  # noqa: PTH121  # two names of one directory
    except OSError:
        return False


def left_behind(
    out: Path, rendered: Sequence[tuple[str, str]], severity: Severity, *, modules_only: bool = False
) -> Iterator[Diagnostic]:
    """Trees below a fleet's directory that belong to none of its postures; `rendered` are files and names of these.

    A posture that was not named now, but is beside one that was, still has its tree.
    """
    names = {name for _, name in rendered}
    if "" in names:
        return  # a tree may be of the posture whose name cannot be read
    trees = disk.trees_below(out, modules_only=modules_only)
    others = {folder: posture for folder, posture in trees.items() if folder not in names or posture not in names}
    beside: set[str] | None = None
    for folder, posture in others.items():
        if posture in names:
            message = f"this tree is of the posture {posture!r}, whose place is {out / posture}"
            help_ = "remove this directory, if nothing is deployed from it"
        else:
            beside = beside if beside is not None else set(source.names_beside(file for file, _ in rendered))
            if posture in beside and posture == folder:
                continue
            message = (
                f"this tree is of the posture {posture!r}, which is not among those that were named, nor beside them"
            )
            help_ = (
                "destroy what is deployed from it and remove the directory; if its posture is elsewhere, name it too, "
                "or write --part"
            )
        yield Diagnostic(Code.NO_POSTURE, severity, message, str(out / folder), help=help_)
