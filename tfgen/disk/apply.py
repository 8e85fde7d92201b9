"""Replaces a tree whole: locks it, looks again, and leaves the old one or the new one. Knows nothing of the texts."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tfgen.diagnostics import TfgenError
from tfgen.disk import stage, staging, system
from tfgen.disk.compare import LAYOUT, Changes, Foreign, check_root, check_tree, compare, postures_of

UNTOUCHED: Final = "the old tree is untouched"
HALF_DONE: Final = "the tree is half replaced, and the next `tfgen render` completes it"
SHOWN: Final = 5
"""How many files in the way are named in a message."""


def apply(changes: Changes, files: Mapping[str, str], out: Path, layout: Collection[str] = LAYOUT) -> Changes:
    """Make the directory `out` hold the rendered tree, wholly or not at all; give what was done.

    `changes` is what `compare` said of the same `files`, `out` and `layout`; when the disk has become different since,
    nothing is written. What a killed run left is removed first; then `changes` does not bind, and what
    is given back may differ from it. A clean tree is not touched.
    Raises `TfgenError` when a file that is not ours is in the way, when another run has the directory, and when
    the system refuses to write: the sentence says what state the tree is in. Raises `InternalError` as `compare` does.
    """
    check_tree(files)
    check_root(out)
    root = Path(os.path.realpath(out))
    if changes.clean and not staging.left(root):
        return changes
    _refuse(changes.foreign, out)
    with _told(out, root):
        made = _make_folders(root)
        try:
            with system.locked(root):
                done = _locked_apply(changes, files, out, root, layout, fresh=root in made)
        except BaseException:
            for folder in reversed(made):
                with suppress(OSError):
                    folder.rmdir()
            raise
    return done


def _locked_apply(
    changes: Changes, files: Mapping[str, str], out: Path, root: Path, layout: Collection[str], *, fresh: bool
) -> Changes:
    recovered = staging.clear(root)
    now = compare(files, out, layout)
    if not recovered and now != changes:
        raise TfgenError(f"{out} has changed while tfgen was at work; {UNTOUCHED}: run it again")
    _refuse(now.foreign, out)
    if not now.clean:
        stage.replace(now, root, postures_of(files, root), fresh=fresh)
    return now


def _refuse(foreign: Collection[Foreign], out: Path) -> None:
    """Raise `TfgenError` when something that is not ours is where a file must be written."""
    if foreign:
        named = [f"{out / item.path} ({item.what})" for item in foreign][:SHOWN]
        more = f" and {len(foreign) - SHOWN} more" if len(foreign) > SHOWN else ""
        raise TfgenError(f"in the way, and not tfgen's to overwrite: {', '.join(named)}{more}; {UNTOUCHED}")


def _make_folders(root: Path) -> tuple[Path, ...]:
    """Make the directory and those above it; give the ones made, top down."""
    missing = [folder for folder in (root, *root.parents) if not folder.exists()]
    made: list[Path] = []
    try:
        for folder in reversed(missing):
            with suppress(FileExistsError):  # another run makes the same one
                folder.mkdir()
                made.append(folder)
    except OSError:
        for folder in reversed(made):
            folder.rmdir()
        raise
    return tuple(made)


@contextmanager
def _told(out: Path, root: Path) -> Iterator[None]:
    """Turn what the system says into a sentence."""
    try:
        yield
    except system.BusyError as error:
        raise TfgenError(f"another tfgen is writing to {out}; {UNTOUCHED} by this one") from error
    except OSError as error:
        state = HALF_DONE if staging.half_done(root) else UNTOUCHED
        name = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else str(root)
        place = stage.place(Path(name), root)
        shown = out / place if place is not None else Path(name)
        raise TfgenError(f"cannot write {shown}: {error.strerror or error}; {state}") from error
