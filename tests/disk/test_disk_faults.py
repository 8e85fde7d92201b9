"""The system refuses, once, at every place where it may: the tree stays whole and a sentence says so."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from disk_tree import NEW, foreign, make, memory, put, render, state, texts

from tfgen.diagnostics import TfgenError
from tfgen.disk import apply, compare, staging, system
from tfgen.disk.apply import UNTOUCHED

CHANGING = ["open", "mkdir", "rename", "replace", "link", "chmod"]


@pytest.fixture
def base() -> Iterator[Path]:
    with memory() as folder:
        yield Path(folder)


class Faults:
    """Fails the n-th of the calls to the system, and all that follow when `lasting`."""

    def __init__(self, at: int, number: int, *, lasting: bool) -> None:
        self.at, self.number, self.lasting, self.count = at, number, lasting, 0

    @property
    def struck(self) -> bool:
        return self.count >= self.at

    def wrap(self, call: Callable[..., object]) -> Callable[..., object]:
        def failing(*args: object, **options: object) -> object:
            self.count += 1
            if self.count == self.at or (self.lasting and self.struck):
                raise OSError(self.number, os.strerror(self.number), str(args[0]))
            return call(*args, **options)

        return failing


def attempts(
    base: Path, monkeypatch: pytest.MonkeyPatch, number: int, calls: list[str], *, lasting: bool
) -> Iterator[tuple[Path, str]]:
    """Replace a tree again and again, failing one call later each time; give the tree and what was said, or nothing."""
    at, struck = 1, True
    while struck:
        out = base / str(at) / "out"
        make(out)
        before = foreign(out)
        changes = compare(NEW, out)
        faults = Faults(at, number, lasting=lasting)
        said = ""
        with monkeypatch.context() as patch:
            for call in calls:
                patch.setattr(os, call, faults.wrap(getattr(os, call)))
            patch.setattr(system, "exchange", faults.wrap(system.exchange))
            try:
                apply(changes, NEW, out)
            except TfgenError as error:
                said = str(error)
        struck = faults.struck
        assert foreign(out) == before, (at, said)
        yield out, said
        at += 4 if lasting else 1  # where all is refused, a step more or less changes little


def test_one_refusal_is_overcome_or_said(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What refuses once is got around by the other way, or nothing has been touched."""
    calls = [*CHANGING, "unlink", "rmdir", "fsync", "scandir"]
    seen = []
    for out, said in attempts(base, monkeypatch, errno.ENOSPC, calls, lasting=False):
        seen.append(said)
        assert state(out) == ("old" if said else "new"), (out, said)
        assert not said or said.startswith("cannot read ") or said.endswith(f"device; {UNTOUCHED}"), (out, said)
        render(NEW, out)
        assert state(out) == "new", (out, said)
        assert [path.name for path in out.parent.iterdir()] == ["out"], (out, said)
        assert not (out / staging.STAGING).exists(), (out, said)

    assert len(seen) > 50
    assert {bool(said) for said in seen} == {True, False}


def test_a_system_that_refuses_from_some_moment_on_leaves_one_tree(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be got around is said, though even what was staged can no longer be removed."""
    seen = []
    for out, said in attempts(base, monkeypatch, errno.EROFS, [*CHANGING, "unlink", "rmdir"], lasting=True):
        seen.append(said)
        assert state(out) == ("old" if said else "new"), (out, said)
        render(NEW, out)
        assert state(out) == "new", (out, said)
        assert [path.name for path in out.parent.iterdir()] == ["out"], (out, said)

    assert {bool(said) for said in seen} == {True, False}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EMFILE, errno.EROFS, errno.EIO])
def test_the_sentence_names_the_file_and_the_reason(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    make(out)
    changes = compare(NEW, out)
    fdopen = os.fdopen

    def full(descriptor: int, mode: str = "r") -> object:
        if "w" in mode:
            os.close(descriptor)
            raise OSError(number, os.strerror(number))
        return fdopen(descriptor, mode)

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(TfgenError) as caught:
        apply(changes, NEW, out)

    first = changes.created[0].path
    assert str(caught.value) == f"cannot write {out / first}: {os.strerror(number)}; the old tree is untouched"
    assert state(out) == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_first_tree_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(paths: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(system, "flush", full)
    with pytest.raises(TfgenError, match="No space left on device"):
        render(NEW, tmp_path / "a/b/out")

    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_too_long_is_said(tmp_path: Path) -> None:
    with pytest.raises(TfgenError, match="File name too long"):
        render(NEW, tmp_path / ("x" * 300))

    long = tmp_path / ("y" * 250)  # there is no room for the name of the staging directory beside it
    make(long)
    render(NEW, long)
    assert state(long) == "new"


def test_a_directory_that_may_not_be_written_is_seen_before_anything_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    make(out)
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: "access" not in str(path) and access(path, mode))

    with pytest.raises(TfgenError, match=r"modules/access/main\.tf: Permission denied; the old tree is untouched"):
        render(NEW, out)
    assert state(out) == "old"


def test_a_parent_that_may_not_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    make(out)
    mkdir = os.mkdir

    def refuse(path: str | Path, mode: int = 0o777) -> None:
        if Path(path).parent == tmp_path:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        mkdir(path, mode)

    monkeypatch.setattr(os, "mkdir", refuse)
    render(NEW, out)

    assert state(out) == "new"
    assert not (out / ".tfgen-staging").exists()


def test_a_refusal_amid_the_renames_leaves_a_mix_that_the_next_run_completes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    make(out)
    before = foreign(out)
    rename = os.replace

    def refuse(source: str | Path, target: str | Path) -> None:
        if Path(target) == out / "modules/access/main.tf":
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(source))
        rename(source, target)

    def no_exchange(one: Path, other: Path) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        patch.setattr(system, "exchange", no_exchange)
        with pytest.raises(TfgenError) as caught:
            render(NEW, out)
    assert str(caught.value) == (
        f"cannot write {out}/modules/access/main.tf: Input/output error; "
        "the tree is half replaced, and the next `tfgen render` completes it"
    )
    assert compare(NEW, out).half_done
    assert "modules/access/main.tf" in [change.path for change in compare(NEW, out).all]

    render(NEW, out)
    assert state(out) == "new"
    assert foreign(out) == before


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {"main.tf": NEW["main.tf"], "secret.tfvars": "x"})
    opened = os.open

    def refuse(path: str | Path, flags: int, mode: int = 0o777) -> int:
        if Path(path).name in {"main.tf", "secret.tfvars"}:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return opened(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(TfgenError, match=r"cannot read .*main\.tf: Permission denied"):
        compare(NEW, tmp_path)
    assert compare({}, tmp_path).clean, "what cannot be read and is not to be written is passed over"
    assert texts(tmp_path)
