"""Builds a tree beside the old one and puts it in its place. Knows no text; the package says why."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tfgen.disk import staging, system
from tfgen.disk.compare import Change, Changes, read_ours
from tfgen.disk.staging import NEW, PLACING

TREE: Final = "tree"
"""In the staging directory beside: the whole new tree, and after the exchange the old one."""

MOST_LINKS: Final = 20_000
"""Entries of a directory up to which it is built again in hard links, in about a second at most."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What makes the new tree of the old one: files to put in place, orphans to delete."""

    write: tuple[str, ...]
    delete: tuple[str, ...]
    postures: frozenset[str]
    """The postures whose files may be replaced."""


def replace(changes: Changes, root: Path, postures: frozenset[str], *, fresh: bool) -> None:
    """Replace the tree in `root`, whose lock is held; `fresh` when it was made, empty, by this run.

    Raises `OSError` when the system refuses: the old tree is in place then, unless `staging.half_done`.
    """
    written = (*changes.created, *changes.updated)
    steps = Steps(tuple(change.path for change in written), tuple(change.path for change in changes.deleted), postures)
    _check_writable(steps, root)
    if fresh or len(changes.all) > 1:
        try:
            _replace_whole(written, steps, root, fresh=fresh)
        except (OSError, NotImplementedError):
            # Many things can be in the way; replacing file by file does without them, or says what it is.
            pass
        else:
            return
    _replace_files(written, steps, root)


def place(path: Path, root: Path) -> Path | None:
    """The path below the tree that a path in the tree or in a staging directory stands for; None for any other."""
    for above in (staging.inside(root), staging.beside(root)):
        if path.is_relative_to(above):
            below = path.relative_to(above).parts[2:]  # a token, and which tree it is
            return Path(*below) if below else None
    return path.relative_to(root) if path.is_relative_to(root) else None


def _replace_whole(written: Collection[Change], steps: Steps, root: Path, *, fresh: bool) -> None:
    """Replace the tree in one step. Raises `OSError`: the old tree is in place."""
    with staging.opened(staging.beside(root)) as work:
        if fresh:
            _rename(written, work / NEW, root)
        else:
            _exchange(written, steps, work, root)
        with suppress(OSError):
            system.flush([root.parent])


def _rename(written: Collection[Change], new: Path, root: Path) -> None:
    """Build a first tree and rename it to its place, an empty directory."""
    _write(written, new, root)
    _copy_attributes(root, new)
    with system.locked(new):
        new.replace(root)


def _exchange(written: Collection[Change], steps: Steps, work: Path, root: Path) -> None:
    """Let the whole new tree and the old one change places."""
    new, tree = work / NEW, work / TREE
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


def _exchange_twice(steps: Steps, new: Path, tree: Path, root: Path) -> None:
    """Put the new tree before the old directory, bring the old one up to date out of sight, and put it back."""
    system.exchange(tree, root)
    # The new tree stands, complete: from here on nothing may fail. If the old directory cannot be brought up to date,
    # the new one stays.
    with suppress(OSError):
        _perform(steps, new, tree)
        system.exchange(tree, root)
        _carry_over(tree, root, steps.postures)


def _replace_files(written: Collection[Change], steps: Steps, root: Path) -> None:
    """Replace the tree file by file. Raises `OSError`: with the old tree in place, or half done and marked so."""
    with staging.opened(staging.inside(root)) as work:
        new, placing = work / NEW, work / PLACING
        _write(written, new, root)
        new.replace(placing)
        system.flush([work, work.parent, root])
        _perform(steps, placing, root)
        system.flush([root, *sorted({(root / path).parent for path in steps.write})])


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
            inherit(root / change.path, new / change.path)


def inherit(old: Path, new: Path) -> None:
    """Give a file mode and owner of another one; the owner where that is allowed."""
    found, own = old.stat(), new.stat()
    if (found.st_uid, found.st_gid) != (own.st_uid, own.st_gid):
        with suppress(OSError):
            os.chown(new, found.st_uid, found.st_gid)
    new.chmod(stat.S_IMODE(found.st_mode))


def _perform(steps: Steps, new: Path, root: Path) -> None:
    """Delete and put in place, one by one. What has become someone else's meanwhile is passed over."""
    for path in steps.delete:
        if not _through_link(root, path) and read_ours(root, path, steps.postures) is not None:
            (root / path).unlink()
    for path in steps.write:
        target = root / path
        if _through_link(root, path):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if read_ours(root, path, steps.postures) is not None or not os.path.lexists(target):
            (new / path).replace(target)
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


def _carry_over(screen: Path, root: Path, postures: frozenset[str]) -> None:
    """Keep what other programs made or replaced by path in the instant in which the screen stood there."""
    for path, entry in _walk(screen):
        found = entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(found.st_mode) or found.st_nlink > 1:
            continue
        if read_ours(screen, path, postures) is None:
            Path(entry.path).replace(root / path)
