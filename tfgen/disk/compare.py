"""What would change on disk, and whose the files there are. Only reads; knows nothing of the texts but their header."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from tfgen.diagnostics import InternalError, TfgenError
from tfgen.disk import staging
from tfgen.disk.paths import check_paths
from tfgen.render.layout import POSTURE, VERSIONS, posture_of

LAYOUT: Final = (".", "modules/*", "modules/*/tests", "tests")
"""The directories in which a rendered tree has files; `*` stands for any one name."""

HEAD: Final = 4096
"""How many bytes are read of a file to see whether it is ours."""

LARGEST: Final = 16 * 1024 * 1024
"""No file of ours is larger; what is larger was not written by tfgen, whatever it says."""


@dataclass(frozen=True, slots=True)
class Change:
    """A file of ours that is not as rendered. `old` is None for a new file, `new` is None for an orphan."""

    path: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Foreign:
    """Something that tfgen did not make, where a file must be written; `what` completes "there is ..."."""

    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference between a rendered tree and the disk; every part sorted by path."""

    created: tuple[Change, ...] = ()
    updated: tuple[Change, ...] = ()
    deleted: tuple[Change, ...] = ()
    unchanged: tuple[str, ...] = ()
    foreign: tuple[Foreign, ...] = ()
    half_done: bool = False
    """Whether a run was cut off while it put files in place one by one, or is at it."""

    @property
    def all(self) -> tuple[Change, ...]:
        """Created, updated and deleted files together, sorted by path."""
        return tuple(sorted((*self.created, *self.updated, *self.deleted), key=lambda change: change.path))

    @property
    def clean(self) -> bool:
        """Whether the disk already holds the tree: no file to write or delete and none in the way."""
        return not (self.created or self.updated or self.deleted or self.foreign)


def compare(files: Mapping[str, str], out: Path, layout: Collection[str] = LAYOUT) -> Changes:
    """Compare a rendered tree (relative POSIX path to text) with the directory `out`, which need not exist.

    Orphans are looked for in the directories of `files` and in those of `layout`, never in hidden or linked ones.
    Raises `TfgenError` when `out` or a directory on the way to a file is a link or cannot be read, and
    `InternalError` when a path is unsafe or a text could not be told to be ours.
    """
    check_tree(files)
    try:
        check_root(out)
        return _compare(files, out, layout)
    except OSError as error:
        raise TfgenError(f"cannot read {error.filename or out}: {error.strerror}") from error


def check_tree(files: Mapping[str, str]) -> None:
    """Raise `InternalError` when a rendered file must not be written: our own text is at fault."""
    check_paths(files)
    for path, text in files.items():
        try:
            data = text.encode()
        except UnicodeEncodeError as error:
            raise InternalError(f"the text of {path!r} is not Unicode text: {error.reason}", path) from error
        if posture_of(path, data[:HEAD]) is None:
            raise InternalError(f"the text of {path!r} does not begin with our header", text)
        if len(data) > LARGEST:
            raise InternalError(f"the text of {path!r} is longer than {LARGEST} bytes", path)


def check_root(out: Path) -> None:
    """Raise `TfgenError` when `out` exists and is not a directory proper."""
    if out.is_symlink():
        raise TfgenError(f"{out} is a symbolic link; name the directory it points to")
    if out.exists() and not out.is_dir():
        raise TfgenError(f"{out} is not a directory")


def postures_of(files: Mapping[str, str], out: Path) -> frozenset[str]:
    """The postures whose files in the directory are ours: the one that is rendered, and the one that the tree carries.

    The second is the first under an earlier name. Raises `OSError` when the tree's posture cannot be read.
    """
    rendered = {posture_of(path, text.encode()[:HEAD]) for path, text in files.items()}
    # Where the user keeps the posture itself in that place, the root module says of which posture the tree is.
    carried = name_in(out, POSTURE) or (name_in(out, VERSIONS) if POSTURE not in files else "")
    return frozenset(name for name in (*rendered, carried) if name)


def name_in(folder: Path, path: str) -> str:
    """The posture in the header of a file; empty when it has none of ours. Raises `OSError`."""
    found = _read_headed(folder / path, path)
    return found[0] if found else ""


def read_ours(out: Path, path: str, postures: frozenset[str]) -> bytes | None:
    """The bytes of a file of one of these postures; None for a file, link, directory or device of anyone else.

    Raises `OSError`.
    """
    found = _read_headed(out / path, path)
    return found[1] if found and found[0] in postures else None


def _read_headed(file: Path, path: str) -> tuple[str, bytes] | None:
    """The posture in a file's header and the file's bytes; None when it has no header of ours. Raises `OSError`."""
    try:
        before = file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not stat.S_ISREG(before.st_mode) or before.st_size > LARGEST:
        return None
    # The file may have become a link or a FIFO since: neither is followed or waited for.
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as opened:
        data = opened.read(HEAD)
        name = posture_of(path, data)
        return (name, data + opened.read(LARGEST)) if name is not None else None


def _compare(files: Mapping[str, str], out: Path, layout: Collection[str]) -> Changes:
    created: list[Change] = []
    updated: list[Change] = []
    unchanged: list[str] = []
    root = Path(os.path.realpath(out))
    postures = postures_of(files, out)
    foreign = {found.path: found for found in _foreign_staging(root)}
    for path, text in sorted(files.items()):
        if obstacle := _obstacle(out, path, postures):
            foreign[obstacle.path] = obstacle
        elif (old := read_ours(out, path, postures)) is None:
            created.append(Change(path, None, text))
        elif old != text.encode():
            updated.append(Change(path, old.decode("utf-8", "replace"), text))
        else:
            unchanged.append(path)
    deleted = tuple(_orphans(files, out, layout, postures))
    in_the_way = tuple(sorted(foreign.values(), key=lambda found: found.path))
    return Changes(
        tuple(created), tuple(updated), deleted, tuple(unchanged), in_the_way, half_done=staging.half_done(root)
    )


def _foreign_staging(root: Path) -> Iterator[Foreign]:
    """What has the name of a staging directory of this tree and was not made by this user's tfgen."""
    for found in (staging.inside(root), staging.beside(root)):
        if staging.foreign(found):
            what = "a foreign staging directory: this user's tfgen did not make it here; remove it if nobody needs it"
            yield Foreign(Path(os.path.relpath(found, root)).as_posix(), what)


def _obstacle(out: Path, path: str, postures: frozenset[str]) -> Foreign | None:
    """What stands in the way of writing `path`, if anything. Raises `TfgenError` at a link to a directory."""
    parts = path.split("/")
    for depth in range(1, len(parts)):
        folder = "/".join(parts[:depth])
        match _kind(out / folder):
            case "":
                return None
            case "a symbolic link":
                raise TfgenError(f"{out / folder} is a symbolic link; tfgen does not write through it")
            case "a directory":
                continue
            case what:
                return Foreign(folder, what)
    kind = _kind(out / path)
    if kind == "a file" and read_ours(out, path, postures) is None:
        other = _read_headed(out / path, path)
        whose = f"rendered from another posture, {other[0]!r}" if other else "that tfgen did not write"
        return Foreign(path, f"a file {whose}")
    return Foreign(path, kind) if kind not in {"", "a file"} else None


def _kind(path: Path) -> str:
    """What stands at a path, in words; empty when nothing does."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    names = {stat.S_IFREG: "a file", stat.S_IFDIR: "a directory", stat.S_IFLNK: "a symbolic link"}
    return names.get(stat.S_IFMT(mode), "a device, pipe or socket")


def _orphans(
    files: Mapping[str, str], out: Path, layout: Collection[str], postures: frozenset[str]
) -> Iterator[Change]:
    """Files of ours that are no longer rendered."""
    folders = {path.rpartition("/")[0] for path in files}
    folders.update(folder for pattern in layout for folder in matching(out, pattern))
    for folder in sorted(folders):
        for entry in entries(out, folder):
            path = join(folder, entry.name)
            if path in files or not entry.is_file(follow_symlinks=False):
                continue
            try:
                old = read_ours(out, path, postures)
            except PermissionError:
                continue  # a secret of someone else: we could not have written what we cannot read
            if old is not None:
                yield Change(path, old.decode("utf-8", "replace"), None)


def matching(out: Path, pattern: str) -> Iterable[str]:
    """The directories below `out` that match, links and hidden ones left out."""
    found = [""]
    for part in [] if pattern == "." else pattern.split("/"):
        found = [
            join(folder, entry.name)
            for folder in found
            for entry in entries(out, folder)
            if entry.is_dir(follow_symlinks=False) and fnmatchcase(entry.name, part) and not entry.name.startswith(".")
        ]
    return found


def entries(out: Path, folder: str) -> list[os.DirEntry[str]]:
    """What is in a directory, sorted by name; nothing when there is no such directory."""
    if any(_kind(out / part) != "a directory" for part in _ways(folder)):
        return []
    try:
        with os.scandir(out / folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _ways(folder: str) -> Iterator[str]:
    """The directories from the top of the tree to `folder`, itself included: none of them may be a link."""
    parts = folder.split("/") if folder else []
    return ("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))


def join(folder: str, name: str) -> str:
    """The path of a name in a directory of the tree."""
    return f"{folder}/{name}" if folder else name
