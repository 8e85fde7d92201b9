"""Ctrl-C and readers that go away: real signals to real processes, at moments that are the same on any machine."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tfgen.app import render as app
from tfgen.app.render import render
from tfgen.cli import main as cli
from tfgen.process import interrupts

ROOT = Path(__file__).parents[2]
RUNNER = ROOT / "tests" / "support" / "interrupted.py"
MINIMAL = ROOT / "examples" / "minimal" / "posture.yaml"
SENTENCE = "tfgen: interrupted; every tree on disk is whole\n"
ENV = {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture(autouse=True)
def _ctrl_c_counts() -> Iterator[None]:
    """What runs in the background inherits that Ctrl-C is ignored, and would hand that on to what is started here."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupted(at: tuple[str, str, int], *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    event, text, times = at
    line = [sys.executable, str(RUNNER), event, text, str(times), *arguments]
    return subprocess.run(line, cwd=cwd, env=ENV, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def postures(tmp_path: Path) -> Iterator[list[str]]:
    names = [f"a{number}.yaml" for number in range(app.WORTH_A_POOL)]
    for name in names:
        (tmp_path / name).write_text(MINIMAL.read_text().replace("name: minimal", f"name: {name[:-5]}", 1))
    yield names
    assert [path.name for path in tmp_path.rglob("*") if "staging" in path.name] == []


def trees(folder: Path) -> list[str]:
    """The trees that are there; each must be whole."""
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    wanted = {path for path, _ in render(str(MINIMAL)).files}
    for one in found:
        assert {path.relative_to(one).as_posix() for path in one.rglob("*") if path.is_file()} == wanted
    return [one.name for one in found]


@pytest.mark.parametrize(
    "at",
    [
        ("import", "tfgen.cli.main", 1),  # before anything is loaded
        ("import", "tfgen.cli.render", 1),  # amid the imports
        ("open", "a7.yaml", 1),  # amid the postures
        ("import", "tfgen.terminal.report", 1),
    ],
    ids=str,
)
def test_before_anything_is_written(at: tuple[str, str, int], postures: list[str], tmp_path: Path) -> None:
    done = interrupted(at, "render", *postures, "--out", "o", "--jobs", "1", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", SENTENCE)
    assert trees(tmp_path / "o") == []


@pytest.mark.parametrize("times", [1, 2, 7, 30, 31])
@pytest.mark.parametrize("event", ["os.mkdir", "os.rename"])
def test_amid_the_writing_the_tree_at_hand_is_finished(
    event: str, times: int, postures: list[str], tmp_path: Path
) -> None:
    some = postures[:3]
    done = interrupted((event, "", times), "render", *some, "--out", "o", cwd=tmp_path)
    assert (done.returncode, done.stderr) in {(130, SENTENCE), (0, "o: 3 postures: 3 written\n")}
    if event == "os.mkdir":
        assert done.returncode == 130
    found = trees(tmp_path / "o")
    assert found == ["a0", "a1", "a2"][: len(found)]
    again = interrupted(("none", "", 1), "render", *some, "--out", "o", cwd=tmp_path)
    assert (again.returncode, trees(tmp_path / "o")) == (0, ["a0", "a1", "a2"])


def test_workers_leave_without_a_word(postures: list[str], tmp_path: Path) -> None:
    """The signal comes while the first worker is being started, when it can be held back only."""
    line = ["render", *postures, "--out", "o", "--jobs", "2"]
    done = interrupted(("import", "multiprocessing.popen_spawn_posix", 1), *line, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", SENTENCE)
    assert trees(tmp_path / "o") == []


def test_a_whole_group_of_processes_is_interrupted(postures: list[str], tmp_path: Path) -> None:
    """As a terminal does it: to the parent and to all workers, once the line that begins the work is on the screen."""
    ours, theirs = pty.openpty()
    line = [sys.executable, "-m", "tfgen", "render", *postures, "--out", "o", "--jobs", "2"]
    process = subprocess.Popen(line, cwd=tmp_path, env={**ENV, "TERM": "xterm"}, stderr=theirs, start_new_session=True)
    os.close(theirs)
    seen = os.read(ours, 4096)
    assert b"rendering: 0 of 24" in seen
    os.killpg(process.pid, signal.SIGINT)
    while chunk := _read(ours):
        seen += chunk
    os.close(ours)
    assert process.wait(60) == 130
    assert seen.decode().replace("\r\n", "\n").endswith(f"\n{SENTENCE}")
    assert b"Traceback" not in seen
    assert trees(tmp_path / "o") == []


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other side is closed
        return b""


def test_a_terminal_that_has_stopped_reading_is_not_waited_for(postures: list[str], tmp_path: Path) -> None:
    """The pipe is full from the start, so the first word that is written waits for ever."""
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    try:
        while True:
            os.write(theirs, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(theirs, True)
    line = [sys.executable, str(RUNNER), "open", "a3.yaml", "1", "render", *postures, "--out", "o"]
    process = subprocess.Popen([*line, "--jobs", "1"], cwd=tmp_path, env=ENV, stderr=theirs)
    assert process.wait(60) == 130
    os.close(ours)
    os.close(theirs)


def test_a_second_interrupt_does_not_wait() -> None:
    code = "\n".join(
        [
            "import os, signal",
            "from tfgen.process import interrupts",
            "interrupts.take()",
            "with interrupts.held():",
            "    os.kill(os.getpid(), signal.SIGINT)",
            "    print('held', flush=True)",
            "    os.kill(os.getpid(), signal.SIGINT)",
            "    print('not reached', flush=True)",
        ]
    )
    done = subprocess.run([sys.executable, "-c", code], env=ENV, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "held\n", interrupts.HASTY + "\n")


def test_an_interrupt_that_is_ignored_from_outside_stays_ignored() -> None:
    take = "import os, signal; from tfgen.process import interrupts; interrupts.take()"
    code = f"{take}; os.kill(os.getpid(), 2); print('on')"
    start = "import signal, os, sys; signal.signal(2, signal.SIG_IGN); "
    ignoring = f"{start}os.execv(sys.executable, ['p', '-c', {code!r}])"
    done = subprocess.run([sys.executable, "-c", ignoring], env=ENV, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "on\n")


def test_in_this_process_it_is_130_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "app", interrupt)
    assert cli.run([]) == 130
    assert capsys.readouterr().err == SENTENCE


@pytest.mark.parametrize("joined", [False, True])
def test_a_reader_that_goes_away_is_met_quietly(joined: bool, tmp_path: Path) -> None:
    """The reading end is closed before anything is written."""
    ours, theirs = os.pipe()
    os.close(ours)
    line = [sys.executable, "-m", "tfgen", "explain", str(MINIMAL)]
    error = theirs if joined else subprocess.PIPE
    done = subprocess.run(line, env=ENV, cwd=tmp_path, stdout=theirs, stderr=error, timeout=60, check=False)
    os.close(theirs)
    assert (done.returncode, done.stderr or b"") == (141, b"")
