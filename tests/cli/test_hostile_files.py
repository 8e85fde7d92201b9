"""What is no text, no file or cannot be read, given to every command: exit 1 or 2 and a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tfgen.cli import main as cli

EXAMPLE = Path(__file__).parents[2] / "examples" / "support-agent" / "posture.yaml"


def _link(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def _ring(path: Path) -> None:
    path.symlink_to(path)


def _unreadable(path: Path) -> None:
    path.write_text("tfgen: 1\n")
    path.chmod(0)


MAKERS: dict[str, Callable[[Path], object]] = {
    "binary": lambda path: path.write_bytes(bytes(range(256)) * 40),
    "nul": lambda path: path.write_bytes(b"tfgen: 1\n\0\n"),
    "nuls": lambda path: path.write_bytes(b"\0" * 10_000),
    "empty": lambda path: path.write_bytes(b""),
    "blank": lambda path: path.write_bytes(b" \n" * 1000),
    "directory": lambda path: path.mkdir(),
    "broken link": _link,
    "link to itself": _ring,
    "missing": lambda path: None,
    "unreadable": _unreadable,
}
COMMANDS: dict[str, tuple[str, ...]] = {
    "import": ("import", "{bad}"),
    "import role": ("import", "{good}", "--role", "{bad}", "--out", "-"),
    "import merge": ("import", "{good}", "--merge", "{bad}", "--out", "-"),
    "check": ("check", "{bad}"),
    "check token": ("check", "{good}", "--token", "{bad}"),
    "render": ("render", "{bad}", "--out", "{out}"),
    "explain": ("explain", "{bad}"),
    "explain tool": ("explain", "{bad}", "--tool", "*"),
}


def run(capsys: pytest.CaptureFixture[str], command: str, bad: str, tmp_path: Path) -> None:
    words = {"bad": bad, "good": str(EXAMPLE), "out": str(tmp_path / "out")}
    code = cli.run([part.format(**words) for part in COMMANDS[command]])
    out, err = capsys.readouterr()
    assert code in (1, 2), (code, err[-500:])
    assert "Traceback" not in out + err
    assert err.strip()
    assert len(err) < 20_000
    assert not any(character < " " and character not in "\n\t" for character in err)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", MAKERS)
def test_no_file_ends_in_a_traceback(
    kind: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    if kind == "unreadable" and os.geteuid() == 0:
        pytest.skip("root may read every file")
    bad = tmp_path / "bad.yaml"
    MAKERS[kind](bad)
    run(capsys, command, str(bad), tmp_path)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["x" * 5000, "x" * 300, "a/" * 3000, "\ud800", "\x1b[31m", "a\nb", "", "/dev/null"])
def test_no_name_ends_in_a_traceback(
    name: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    run(capsys, command, name, tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name here")
@pytest.mark.parametrize("command", ["import", "check token", "render"])
def test_a_pipe_that_nobody_writes_to_is_refused(command: str, tmp_path: Path) -> None:
    pipe = tmp_path / "bad.yaml"
    os.mkfifo(pipe)
    words = {"bad": str(pipe), "good": str(EXAMPLE), "out": str(tmp_path / "out")}
    arguments = [part.format(**words) for part in COMMANDS[command]]
    done = subprocess.run(
        [sys.executable, "-m", "tfgen", *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode in (1, 2), done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
