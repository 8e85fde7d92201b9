"""Run by a test: runs commands under an audit hook, and prints what each of them opened, changed and started."""

from __future__ import annotations

import io
import json
import os
import shutil  # noqa: F401  # before `os.open` is wrapped: it asks what that can do
import sys
from pathlib import Path

CHANGES = {
    *("os.mkdir", "os.rename", "os.link", "os.symlink", "os.remove", "os.rmdir", "os.truncate", "os.utime", "os.chmod"),
    *("os.chown", "os.chflags", "os.lockf", "os.setxattr", "os.removexattr", "os.mknod", "os.mkfifo"),
    *("tempfile.mkstemp", "tempfile.mkdtemp", "shutil.copyfile", "shutil.move", "shutil.rmtree"),
}
LOOKS = {"os.listdir", "os.scandir", "os.walk", "os.fwalk", "glob.glob", "os.getxattr", "os.listxattr"}
STARTS = (
    *("subprocess.", "socket.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.startfile"),
    *("urllib.", "http.", "ftplib.", "smtplib.", "webbrowser.", "sqlite3.", "pty.", "syslog."),
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Seen:
    """What a command did: paths that it read, paths that it wrote or changed, and what it started."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.written: set[str] = set()
        self.started: set[str] = set()
        self.above = "."

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(STARTS):
            self.started.add(event)
        elif event == "open":
            path, mode, flags = arguments
            writes = bool(flags & WRITING) if isinstance(flags, int) else any(one in str(mode) for one in "wax+")
            self.note(self.written if writes else self.read, path, self.above)
        elif event in LOOKS:
            self.note(self.read, arguments[0])
        elif event in CHANGES:
            folders = [one for one in arguments if isinstance(one, int) and 2 < one < 1000 and self.is_folder(one)]
            above = f"/proc/self/fd/{folders[-1]}" if folders and event in {"os.remove", "os.rmdir"} else "."
            for path in arguments:
                self.note(self.written, path, above)

    @staticmethod
    def is_folder(descriptor: int) -> bool:
        return Path(f"/proc/self/fd/{descriptor}").is_dir()

    @staticmethod
    def note(into: set[str], path: object, above: str = ".") -> None:
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if isinstance(path, str | Path):
            into.add(os.path.normpath(Path(os.path.realpath(above), path)))


def main(root: str, commands: list[list[str]]) -> None:
    sys.path.insert(0, root)
    seen = Seen()
    sys.addaudithook(lambda event, arguments: seen.hook(event, arguments))
    from tfgen.__main__ import main as tfgen

    real = os.open

    def opened(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        """`os.open`, whose audit event leaves out which directory a name is relative to."""
        seen.above = "." if dir_fd is None else f"/proc/self/fd/{dir_fd}"
        try:
            return real(path, flags, mode, dir_fd=dir_fd)
        finally:
            seen.above = "."

    os.open = opened  # type: ignore[assignment]  # narrower, and enough for shutil
    output = sys.stdout
    found = []
    for arguments in commands:
        seen = Seen()
        sys.stdout, sys.argv = io.StringIO(), ["tfgen", *arguments]
        code: object = 0
        try:
            tfgen()
        except SystemExit as error:
            code = error.code or 0
        done, seen = seen, Seen()
        sets = {"read": sorted(done.read), "written": sorted(done.written), "started": sorted(done.started)}
        found.append({"code": code, **sets})
    sys.stdout = output
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
