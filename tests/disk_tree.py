"""A rendered tree and a user's directory to put it in, for the tests of `tfgen.disk`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tfgen.disk import MARKER, Changes, apply, compare

Snapshot = dict[str, tuple[int, int, int, bytes]]


def tf(body: str = "") -> str:
    return f"# {MARKER} from the posture p.\n{body}"


OLD: dict[str, str] = {
    "main.tf": tf("old\n"),
    "versions.tf": tf("same\n"),
    "gone.tf": tf("orphan\n"),
    "README.md": f"<!-- {MARKER} from the posture p. -->\nold\n",
    "modules/access/main.tf": tf("old\n"),
    "modules/network/main.tf": tf("orphan\n"),
    "tests/a.tftest.hcl": tf("same\n"),
}
NEW: dict[str, str] = {
    "main.tf": tf("new\n"),
    "versions.tf": tf("same\n"),
    "README.md": f"<!-- {MARKER} from the posture p. -->\nnew\n",
    "modules/access/main.tf": tf("new\n"),
    "modules/gateway/main.tf": tf("new\n"),
    "tests/a.tftest.hcl": tf("same\n"),
}
FOREIGN: dict[str, str] = {
    "backend.tf": "terraform {}\n",
    "terraform.tfstate": "{}",
    ".terraform.lock.hcl": tf("a name of theirs, whatever it says\n").replace(MARKER, "Made by terraform"),
    ".terraform/providers/p": "binary",
    "modules/network/notes.txt": "mine\n",
    "modules/access/.hidden/x.tf": tf("hidden\n"),
    "elsewhere/deep/main.tf": tf("another rendered tree\n"),
}


def memory() -> tempfile.TemporaryDirectory[str]:
    """A directory in memory where there is one: hundreds of replacements are much to ask of a disk."""
    there = "/dev/shm"  # where Linux has it
    return tempfile.TemporaryDirectory(dir=there if os.access(there, os.W_OK | os.X_OK) else None)


def put(out: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(text, encoding="utf-8", newline="")


def make(out: Path) -> None:
    """The old tree among the user's files."""
    put(out, OLD)
    put(out, FOREIGN)
    (out / "terraform.tfstate").chmod(0o600)
    (out / ".terraform/link").symlink_to("providers")
    os.mkfifo(out / "pipe")


def render(files: Mapping[str, str], out: Path) -> Changes:
    return apply(compare(files, out), files, out)


def texts(out: Path) -> dict[str, str]:
    """Every regular file that is not in a staging directory."""
    found = {}
    for folder, folders, names in os.walk(out):
        folders[:] = [name for name in folders if not name.endswith("tfgen-staging")]
        for name in names:
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                found[path.relative_to(out).as_posix()] = path.read_bytes().decode()
    return found


def foreign(out: Path) -> Snapshot:
    """Inode, mode, time and content of all that is the user's."""
    found: Snapshot = {}
    for path in (*FOREIGN, ".terraform/link", "pipe"):
        seen = (out / path).lstat()
        data = (out / path).read_bytes() if path in FOREIGN else b""
        found[path] = (seen.st_ino, seen.st_mode, seen.st_mtime_ns, data)
    return found


def state(out: Path) -> str:
    """`old`, `new`, or what else the directory holds."""
    found = {path: text for path, text in texts(out).items() if path not in FOREIGN}
    for name, tree in (("old", OLD), ("new", NEW)):
        if found == tree:
            return name
    return f"a mix: {sorted(found)}" if found else "nothing"
