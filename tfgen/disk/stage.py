"""Builds a tree beside the old one and puts it in its place. Knows no text; the package says why."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tfgen.diagnostics import InternalError, TfgenError
from tfgen.disk import system
from tfgen.disk.compare import Change, Changes, read_ours
from tfgen.disk.paths import check_inside, check_paths

STAGING: Final = ".tfgen-staging"
"""The staging directory in the tree, and the end of the name of the one beside it. One suffices: the tree is locked."""

NEW: Final = "new"
"""In a staging directory: the files to put in place."""

TREE: Final = "tree"
"""In the staging directory beside: the whole new tree, and after the exchange the old one."""

JOURNAL: Final = "journal.json"
"""In the staging directory inside: what is being put in place; while it exists, the tree may be a mix."""

MOST_LINKS: Final = 20_000
"""Entries of a directory up to which it is built again in hard links, in about a second at most."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What makes the new tree of the old one: files to put in place, orphans to delete."""

    write: tuple[str, ...]
    delete: tuple[str, ...]


def replace(changes: Changes, root: Path, *, fresh: bool) -> None:
    """Replace the tree in `root`, whose lock is held; `fresh` when it was made, empty, by this run.

    Raises `OSError` when the system refuses: the old tree stands then, unless `half_done`.
    """
    written = (*changes.created, *changes.updated)
    steps = Steps(tuple(change.path for change in written), tuple(change.path for change in changes.deleted))
    _check_writable(steps, root)
    if fresh or len(changes.all) > 1:
        try:
            _build(written, root) if fresh else _exchange(written, steps, root)
        except (OSError, NotImplementedError):
            # Many things can be in the way; replacing file by file does without them, or says what it is.
            pass
        else:
            return
    _replace_by_journal(written, steps, root)


def leftovers(root: Path) -> bool:
    """Whether a killed run has left something in or beside the tree."""
    return any(map(_is_folder, _stagings(root)))


def half_done(root: Path) -> bool:
    """Whether a replacement by journal was cut off after its first rename may have been done."""
    return _is_folder(root / STAGING) and (root / STAGING / JOURNAL).is_file()


def recover(root: Path) -> bool:
    """Complete or remove what a killed run left, with the lock held; say whether there was anything."""
    found = leftovers(root)
    inside = root / STAGING
    if half_done(root):
        _perform(_read_journal(inside / JOURNAL), inside / NEW, root)
    for staging in filter(_is_folder, _stagings(root)):
        # Beside the tree lies what was never put in place, or the old tree after the new one was: rubbish both.
        _remove(staging)
    return found


def place(path: Path, root: Path) -> Path | None:
    """The path below the tree that a path in the tree or in a staging directory stands for; None for any other."""
    inside, beside = _stagings(root)
    for base in (inside / NEW, beside / NEW, beside / TREE, root):
        if path.is_relative_to(base):
            return path.relative_to(base)
    return None


def _stagings(root: Path) -> tuple[Path, Path]:
    return root / STAGING, root.parent / f".{root.name}{STAGING}"


def _is_folder(staging: Path) -> bool:
    """Whether it is a directory proper: a link of that name is never followed."""
    try:
        return stat.S_ISDIR(staging.lstat().st_mode)
    except OSError:  # none, or a name with no room for the ending
        return False


def _build(written: Collection[Change], root: Path) -> None:
    """Build a first tree beside its place, an empty directory, and rename it there. Raises `OSError`: still empty."""
    with _beside(root) as new:
        _write(written, new, root)
        _copy_attributes(root, new)
        with system.locked(new):
            new.replace(root)


def _exchange(written: Collection[Change], steps: Steps, root: Path) -> None:
    """Let the whole new tree and the old one change places. Raises `OSError`: the old tree is in place."""
    with _beside(root) as new:
        tree = new.with_name(TREE)
        tree.mkdir()
        system.exchange(new, tree)  # both empty: can it be done here at all?
        _write(written, new, root)
        left_out = {*steps.write, *steps.delete}
        _mirror(root, tree, left_out)
        _link(steps.write, new, tree)
        _prune(steps.delete, tree)
        _copy_attributes(root, tree)
        _check_settled(root, tree, left_out)
        # Whoever comes to the path while the screen stands there must find it locked too.
        with system.locked(tree):
            _exchange_twice(steps, new, tree, root)


@contextmanager
def _beside(root: Path) -> Iterator[Path]:
    """An empty directory on the same file system, which is gone afterwards with all that is beside it."""
    staging = _stagings(root)[1]
    staging.mkdir(mode=0o700)
    try:
        (staging / NEW).mkdir()
        yield staging / NEW
        with suppress(OSError):
            system.flush([root.parent])
    finally:
        _remove(staging)


def _exchange_twice(steps: Steps, new: Path, tree: Path, root: Path) -> None:
    """Put the new tree before the old directory, bring the old one up to date out of sight, and put it back."""
    system.exchange(tree, root)
    # The new tree stands, complete: from here on nothing may fail. If the old directory cannot be brought up to date,
    # the new one stays.
    with suppress(OSError):
        _perform(steps, new, tree)
        system.exchange(tree, root)
        _carry_over(tree, root)


def _replace_by_journal(written: Collection[Change], steps: Steps, root: Path) -> None:
    """Replace the tree file by file. Raises `OSError`: with the old tree in place, or with the journal left."""
    staging = _stagings(root)[0]
    staging.mkdir(mode=0o700)
    try:
        (staging / NEW).mkdir()
        _write(written, staging / NEW, root)
        draft = staging / "journal.part"
        draft.write_text(json.dumps({"write": steps.write, "delete": steps.delete}), encoding="utf-8")
        system.flush([draft])
        draft.replace(staging / JOURNAL)
        system.flush([staging, root])
    except BaseException:
        _remove(staging)
        raise
    _perform(steps, staging / NEW, root)
    system.flush([root, *sorted({(root / path).parent for path in steps.write})])
    _remove(staging)


def _read_journal(path: Path) -> Steps:
    """The steps of a journal, none of which leads out of the tree. Raises `TfgenError` when it is not one of ours."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        steps = Steps(tuple(map(str, data["write"])), tuple(map(str, data["delete"])))
        check_paths(steps.write)
        check_inside(steps.delete)
    except (ValueError, LookupError, TypeError, RecursionError, InternalError) as error:
        raise TfgenError(f"{path} is not a journal that tfgen wrote; look at it and remove it") from error
    return steps


def _check_writable(steps: Steps, root: Path) -> None:
    """Raise `PermissionError` when a directory that must change may not be: better now than in the middle."""
    for path in (*steps.write, *steps.delete):
        folder = next(folder for folder in (root / path).parents if folder.exists())
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(root / path))


def _write(changes: Collection[Change], new: Path, root: Path) -> None:
    """Write the new texts, with mode and owner of the files they replace, and bring them to the disk."""
    folders = _make_folders([change.path for change in changes], new)
    for change in changes:
        target = new / change.path
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write((change.new or "").encode())
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(target)) from error
    system.flush([*(new / change.path for change in changes), *folders])
    for change in changes:
        if change.old is not None:
            _inherit(root / change.path, new / change.path)


def _inherit(old: Path, new: Path) -> None:
    """Give a file mode and owner of another one; the owner where that is allowed."""
    found, own = old.stat(), new.stat()
    if (found.st_uid, found.st_gid) != (own.st_uid, own.st_gid):
        with suppress(OSError):
            os.chown(new, found.st_uid, found.st_gid)
    new.chmod(stat.S_IMODE(found.st_mode))


def _perform(steps: Steps, new: Path, root: Path) -> None:
    """Delete and put in place, one by one. What is done already, or has become someone else's, is passed over."""
    for path in steps.delete:
        if not _through_link(root, path) and read_ours(root / path) is not None:
            (root / path).unlink()
    for path in steps.write:
        source, target = new / path, root / path
        if _through_link(root, path) or not source.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if read_ours(target) is not None or not os.path.lexists(target):
            source.replace(target)
    _prune(steps.delete, root)


def _through_link(root: Path, path: str) -> bool:
    """Whether a directory on the way to a file has become a link."""
    return any(folder.is_symlink() for folder in (root / path).parents if folder != root and root in folder.parents)


def _prune(paths: Collection[str], root: Path) -> None:
    """Remove directories that have lost their last file."""
    for path in paths:
        for folder in (root / path).parents:
            if folder == root or not _removed(folder):
                break


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _walk(root: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every entry below a directory with its path from there, a directory before what is in it; no link is followed."""
    pending = [""]
    while pending:
        folder = pending.pop()
        with os.scandir(root / folder) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir(follow_symlinks=False):
                    pending.append(path)
                yield path, entry


def _mirror(source: Path, target: Path, left_out: Collection[str]) -> None:
    """Build a directory again in hard links: files, links, pipes, all but directories and what is left out."""
    for count, (path, entry) in enumerate(_walk(source)):
        if count == MOST_LINKS:
            raise OSError(errno.EMLINK, os.strerror(errno.EMLINK), str(source))
        if entry.is_dir(follow_symlinks=False):
            (target / path).mkdir()
        elif path not in left_out:
            os.link(entry.path, target / path, follow_symlinks=False)
            if (target / path).lstat().st_nlink < 2:  # a file system that copies, or does not count
                raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP), entry.path)


def _link(paths: Collection[str], source: Path, target: Path) -> None:
    _make_folders(paths, target)
    for path in paths:
        os.link(source / path, target / path)


def _make_folders(paths: Collection[str], root: Path) -> list[Path]:
    """Make the directories that files lie in, once each; give all that are on the way to one, `root` first."""
    ways = {path.rpartition("/")[0] for path in paths}
    ways |= {way[:end] for way in ways for end, letter in enumerate(way) if letter == "/"}
    folders = [root, *(root / way for way in sorted(ways - {""}))]
    for folder in folders:
        folder.mkdir(exist_ok=True)
    return folders


def _copy_attributes(source: Path, target: Path) -> None:
    """Give directories owner, mode and times of those they stand for; a failure stops the exchange."""
    for path in [*(path for path, entry in _walk(source) if entry.is_dir(follow_symlinks=False)), ""]:
        if not (target / path).is_dir():
            continue  # emptied by the new tree
        old, new = (source / path).stat(), (target / path).stat()
        if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            os.chown(target / path, old.st_uid, old.st_gid)
        shutil.copystat(source / path, target / path)


def _check_settled(root: Path, tree: Path, left_out: Collection[str]) -> None:
    """Raise `OSError` when another program has made or replaced a file since its link was made."""
    for path, entry in _walk(root):
        if path in left_out or entry.is_dir(follow_symlinks=False):
            continue
        if (tree / path).lstat().st_ino != entry.inode():
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), entry.path)


def _carry_over(screen: Path, root: Path) -> None:
    """Keep what other programs made or replaced by path in the instant in which the screen stood there."""
    for path, entry in _walk(screen):
        found = entry.stat(follow_symlinks=False)
        if not stat.S_ISDIR(found.st_mode) and found.st_nlink == 1 and read_ours(Path(entry.path)) is None:
            Path(entry.path).replace(root / path)


def _remove(staging: Path) -> None:
    """Remove a staging directory as far as that goes; the next run tries again."""
    try:
        # First of all: a journal must not outlive the files it speaks of.
        (staging / JOURNAL).unlink(missing_ok=True)
    except OSError:
        return
    for folder, _, _ in os.walk(staging):
        with suppress(OSError):
            Path(folder).chmod(0o700)
    shutil.rmtree(staging, ignore_errors=True)
