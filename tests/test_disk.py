"""What the disk holds is compared and replaced: ownership, safety of paths, sentences, the user's files untouched."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from disk_tree import FOREIGN, NEW, OLD, foreign, make, memory, put, render, state, texts, tf

from tfgen.diagnostics import InternalError, TfgenError
from tfgen.disk import MARKER, Change, Changes, Foreign, apply, compare, stage, system
from tfgen.disk.compare import LARGEST
from tfgen.render import layout


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def no_exchange(one: Path, other: Path) -> None:
    raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), str(one))


@pytest.fixture(params=["exchange", "journal"])
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways in which several files are replaced."""
    if request.param == "journal":
        monkeypatch.setattr(system, "exchange", no_exchange)
    return str(request.param)


def test_the_marker_is_the_one_that_is_rendered() -> None:
    assert MARKER == layout.MARKER


# Comparing.


def test_every_kind_of_difference_is_seen(out: Path) -> None:
    make(out)
    (out / "README.md").write_text("# written by hand\n")

    assert compare(NEW, out) == Changes(
        created=(Change("modules/gateway/main.tf", None, NEW["modules/gateway/main.tf"]),),
        updated=tuple(Change(path, OLD[path], NEW[path]) for path in ("main.tf", "modules/access/main.tf")),
        deleted=tuple(Change(path, OLD[path], None) for path in ("gone.tf", "modules/network/main.tf")),
        unchanged=("tests/a.tftest.hcl", "versions.tf"),
        foreign=(Foreign("README.md", "a file that tfgen did not write"),),
    )


def test_a_missing_directory_is_compared_as_an_empty_one(out: Path) -> None:
    changes = compare(NEW, out)

    assert [change.path for change in changes.created] == sorted(NEW)
    assert not out.exists()


def test_an_edit_by_hand_under_the_header_is_drift(out: Path) -> None:
    render(NEW, out)
    (out / "main.tf").write_text(NEW["main.tf"] + "mine\n")

    assert [change.path for change in compare(NEW, out).updated] == ["main.tf"]


def test_a_directory_in_which_no_file_of_ours_can_be_is_not_searched(out: Path) -> None:
    put(out, {"a/main.tf": tf(), ".hidden/main.tf": tf(), "modules/.x/main.tf": tf(), "modules/p/q/main.tf": tf()})
    put(out, {"real/main.tf": tf()})
    (out / "modules/linked").symlink_to("../real")

    assert compare({}, out).clean
    assert [change.path for change in compare({}, out, layout=["r*"]).deleted] == ["real/main.tf"]


@pytest.mark.parametrize(
    "head", [f"# {MARKER}.\n", f"\ufeff# {MARKER}\n", f"\n\n<!-- {MARKER} -->\n", f"# {MARKER}\r\n"]
)
def test_a_header_makes_a_file_ours(out: Path, head: str) -> None:
    put(out, {"main.tf": head})

    assert compare({"main.tf": tf()}, out).updated


@pytest.mark.parametrize(
    "text",
    ["", f"{MARKER}\n", f"\n\n\n# {MARKER}\n", f'x = "# {MARKER}"\n', f"# Not {MARKER}\n", f"# {MARKER}erator\n"],
)
def test_without_a_header_a_file_is_not_ours(out: Path, text: str) -> None:
    put(out, {"main.tf": text})

    assert compare({"main.tf": tf()}, out).foreign
    assert compare({}, out).clean


def test_a_huge_file_is_not_read_whole(out: Path) -> None:
    put(out, {"main.tf": "", "old.tf": tf()})
    os.truncate(out / "main.tf", 1 << 40)
    os.truncate(out / "old.tf", LARGEST + 1)

    assert compare({"main.tf": tf()}, out).foreign == (Foreign("main.tf", "a file that tfgen did not write"),)


def test_bytes_that_are_not_text_are_drift(out: Path) -> None:
    put(out, {"main.tf": tf()})
    (out / "main.tf").write_bytes(tf().encode() + b"\xff\n")

    assert compare({"main.tf": tf()}, out).updated[0].old == tf("\ufffd\n")


@pytest.mark.parametrize("kind", ["a directory", "a symbolic link", "a device, pipe or socket", "a file"])
def test_what_is_in_the_way_is_never_overwritten(
    out: Path, kind: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(out)
    (out / "main.tf").unlink()
    match kind:
        case "a directory":
            (out / "main.tf").mkdir()
        case "a symbolic link":
            (out / "main.tf").symlink_to("versions.tf")
        case "a file":
            (out / "main.tf").write_text("mine\n")
        case _:
            monkeypatch.chdir(out)  # the name of a socket must be short
            with socket.socket(socket.AF_UNIX) as server:
                server.bind("main.tf")
    before = texts(out)
    changes = compare(NEW, out)

    assert [(item.path, item.what.removesuffix(" that tfgen did not write")) for item in changes.foreign] == [
        ("main.tf", kind)
    ]
    with pytest.raises(TfgenError, match=r"in the way.*main\.tf \(.*the old tree is untouched"):
        apply(changes, NEW, out)
    assert texts(out) == before


def test_a_file_where_a_directory_must_be_is_named(out: Path) -> None:
    put(out, {"modules": "mine\n"})

    assert compare(NEW, out).foreign == (Foreign("modules", "a file"),)


def test_many_files_in_the_way_are_counted(out: Path) -> None:
    files = {f"{number}.tf": tf() for number in range(8)}
    put(out, dict.fromkeys(files, "mine\n"))

    with pytest.raises(TfgenError, match=r"4\.tf \(.*\) and 3 more;"):
        render(files, out)


# Links.


def test_a_linked_directory_above_the_tree_is_fine(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    render(NEW, tmp_path / "link/out")

    assert state(tmp_path / "real/out") == "new"


def test_a_linked_tree_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")

    with pytest.raises(TfgenError, match=r"out is a symbolic link"):
        compare(NEW, tmp_path / "out")
    with pytest.raises(TfgenError, match=r"out is a symbolic link"):
        apply(Changes(), NEW, tmp_path / "out")


def test_a_linked_directory_in_the_tree_is_refused(tmp_path: Path, out: Path) -> None:
    victim = tmp_path / "victim"
    put(victim, {"access/main.tf": tf("victim\n")})
    out.mkdir()
    (out / "modules").symlink_to(victim)

    with pytest.raises(TfgenError, match=r"modules is a symbolic link"):
        render(NEW, out)
    assert texts(victim) == {"access/main.tf": tf("victim\n")}


def test_a_link_that_comes_after_the_comparison_is_not_followed(tmp_path: Path, out: Path) -> None:
    make(out)
    changes = compare(NEW, out)
    (out / "modules").rename(tmp_path / "victim")
    (out / "modules").symlink_to(tmp_path / "victim")
    before = texts(tmp_path / "victim")

    with pytest.raises(TfgenError, match=r"modules is a symbolic link"):
        apply(changes, NEW, out)
    assert texts(tmp_path / "victim") == before


# Paths and texts that we made.


@pytest.mark.parametrize(
    "path",
    [
        *("", "/etc/x", "../x", "a/../x", "a/./x", "a//x", "a/", "a\\x", "C:x", "c:/x", "a\0", "a\n", "nul", "Con.tf"),
        *("a/LPT1.tf", "com¹", "a.", "a ", "a /x", ".terraform/x", "x*", "\ud800"),
    ],
)
def test_an_unsafe_path_is_a_bug_of_ours(out: Path, path: str) -> None:
    with pytest.raises(InternalError, match="must not be written"):
        compare({path: tf()}, out)
    assert not out.exists()


@pytest.mark.parametrize(
    "paths", [("a.tf", "A.tf"), ("x/a", "X/b"), ("a", "a/b"), ("A", "a/b"), ("\u00e9", "e\u0301"), ("ß", "ss")]
)
def test_paths_that_some_system_cannot_tell_apart_are_a_bug_of_ours(out: Path, paths: tuple[str, ...]) -> None:
    with pytest.raises(InternalError):
        compare(dict.fromkeys(paths, tf()), out)


@pytest.mark.parametrize("text", ["{}", "", "\ud800", tf("\ud800"), tf("x" * LARGEST)], ids=range(5))
def test_a_text_that_could_not_be_told_to_be_ours_is_a_bug_of_ours(out: Path, text: str) -> None:
    with pytest.raises(InternalError, match=r"the text of 'a\.json'"):
        apply(Changes(), {"a.json": text}, out)


# Replacing.


def test_the_tree_is_replaced_and_the_users_files_are_not_touched(out: Path, how: str) -> None:
    make(out)
    before, inode = foreign(out), out.stat().st_ino
    same = (out / "versions.tf").stat()
    changes = compare(NEW, out)

    assert apply(changes, NEW, out) == changes

    assert state(out) == "new"
    assert foreign(out) == before
    assert out.stat().st_ino == inode
    assert (out / "versions.tf").stat().st_ino == same.st_ino
    assert (out / "versions.tf").stat().st_mtime_ns == same.st_mtime_ns
    assert {(out / path).stat().st_nlink for path in NEW} == {1}
    assert list(out.parent.iterdir()) == [out]
    assert compare(NEW, out).clean


def test_a_clean_tree_is_not_touched(out: Path) -> None:
    render(NEW, out)
    before = [(path, path.stat()) for path in (out.parent, out, *out.rglob("*"))]

    assert render(NEW, out).clean
    assert [(path, path.stat()) for path, _ in before] == before


def test_directories_above_are_made(tmp_path: Path) -> None:
    render(NEW, tmp_path / "a/b/out")

    assert state(tmp_path / "a/b/out") == "new"


def test_a_directory_that_has_lost_its_last_file_goes(out: Path, how: str) -> None:
    render(OLD, out)
    render(NEW, out)

    assert not (out / "modules/network").exists()


def test_the_current_directory_stays_the_tree(out: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make(out)
    monkeypatch.chdir(out)

    render(NEW, Path())

    assert state(Path()) == state(out) == "new"


def test_a_replaced_file_keeps_its_mode_and_a_new_one_obeys_the_umask(out: Path, how: str) -> None:
    make(out)
    (out / "main.tf").chmod(0o640)
    before = os.umask(0o027)
    try:
        render(NEW, out)
    finally:
        os.umask(before)

    assert (out / "main.tf").stat().st_mode & 0o7777 == 0o640
    assert (out / "modules/gateway/main.tf").stat().st_mode & 0o7777 == 0o640
    assert (out / "modules/gateway").stat().st_mode & 0o7777 == 0o750


def test_line_ends_are_written_as_they_are(out: Path) -> None:
    render({"main.tf": tf("a\n\u2028b\r\nc")}, out)

    assert (out / "main.tf").read_bytes() == tf("a\n\u2028b\r\nc").encode()


def test_a_tree_that_changed_since_it_was_compared_is_left_alone(out: Path) -> None:
    make(out)
    changes = compare(NEW, out)
    (out / "gone.tf").write_text(tf("changed\n"))
    before = texts(out)

    with pytest.raises(TfgenError, match="has changed while tfgen was at work"):
        apply(changes, NEW, out)
    assert texts(out) == before


def test_a_file_that_is_no_directory_is_named(out: Path) -> None:
    out.write_text("")

    with pytest.raises(TfgenError, match="out is not a directory"):
        compare(NEW, out)


def test_too_many_files_of_the_user_are_replaced_by_journal(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(out)
    monkeypatch.setattr(stage, "MOST_LINKS", 3)
    render(NEW, out)

    assert state(out) == "new"


def test_a_file_made_by_another_program_behind_the_screen_is_kept(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(out)
    perform = stage._perform

    def busy(steps: stage.Steps, new: Path, root: Path) -> None:
        (out / "terraform.tfstate.new").write_text("state")
        (out / "terraform.tfstate.new").replace(out / "terraform.tfstate")
        perform(steps, new, root)

    monkeypatch.setattr(stage, "_perform", busy)
    render(NEW, out)

    assert (out / "terraform.tfstate").read_text() == "state"
    assert texts(out) == NEW | FOREIGN | {"terraform.tfstate": "state"}


def test_a_file_made_by_another_program_before_the_exchange_stops_it(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(out)
    link = stage._link

    def busy(paths: tuple[str, ...], source: Path, target: Path) -> None:
        (out / "errored.tfstate").write_text("state")
        link(paths, source, target)

    monkeypatch.setattr(stage, "_link", busy)
    monkeypatch.setattr(stage, "_exchange_twice", None)
    render(NEW, out)

    assert texts(out) == NEW | FOREIGN | {"errored.tfstate": "state"}


def test_the_old_directory_goes_when_it_cannot_be_brought_up_to_date(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(out)
    before = foreign(out)

    def fail(steps: stage.Steps, new: Path, root: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(stage, "_perform", fail)
    render(NEW, out)

    assert state(out) == "new"
    assert foreign(out) == before
    assert list(out.parent.iterdir()) == [out]


# Two at once.


def test_a_second_run_says_that_there_is_a_first(out: Path, how: str) -> None:
    make(out)
    with system.locked(out), pytest.raises(TfgenError, match="another tfgen is writing to"):
        render(NEW, out)

    assert state(out) == "old"
    render(NEW, out)
    assert state(out) == "new"


def test_the_screen_is_locked_too(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(out)
    perform = stage._perform
    said: list[str] = []

    def second(steps: stage.Steps, new: Path, root: Path) -> None:
        with pytest.raises(TfgenError) as caught:
            render(OLD, out)
        said.append(str(caught.value))
        perform(steps, new, root)

    monkeypatch.setattr(stage, "_perform", second)
    render(NEW, out)

    assert said == [f"another tfgen is writing to {out}; the old tree is untouched by this one"]
    assert state(out) == "new"


def test_two_first_runs_leave_one_tree(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = stage._write
    said: list[str] = []

    def second(changes: tuple[Change, ...], new: Path, root: Path) -> None:
        with pytest.raises(TfgenError, match="another tfgen is writing to") as caught:
            render(OLD, out)
        said.append(str(caught.value))
        write(changes, new, root)

    monkeypatch.setattr(stage, "_write", second)
    render(NEW, out)

    assert len(said) == 1
    assert state(out) == "new"


# Kills.


@pytest.mark.parametrize("case", ["exchange", "journal", "first"])
def test_a_kill_anywhere_leaves_the_old_tree_or_the_new(case: str) -> None:
    """By journal a mix may be left; then tfgen sees drift, and the next run completes what the killed one began."""
    here = Path(__file__).parent
    with memory() as base:
        done = subprocess.run(
            [sys.executable, here / "disk_kill.py", case, base],
            env=os.environ | {"PYTHONPATH": f"{here}:{here.parent}"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout) > 20


def test_what_a_killed_run_left_is_removed_though_nothing_else_is_to_do(out: Path) -> None:
    render(NEW, out)
    for staging in stage._stagings(out):
        put(staging, {"new/main.tf": "half"})

    assert render(NEW, out).clean
    assert list(out.parent.iterdir()) == [out]
    assert texts(out) == NEW


@pytest.mark.parametrize(
    "journal",
    [
        "",
        "[]",
        "{}",
        '{"write": 1, "delete": []}',
        '{"write": ["../../victim"], "delete": []}',
        '{"write": [], "delete": ["../../victim"]}',
        '{"write": [], "delete": ["/victim"]}',
    ],
)
def test_a_journal_that_is_not_ours_is_not_followed(tmp_path: Path, out: Path, journal: str) -> None:
    make(out)
    put(out / ".tfgen-staging", {"journal.json": journal, "new/main.tf": tf()})

    with pytest.raises(TfgenError, match=r"journal\.json is not a journal that tfgen wrote"):
        render(NEW, out)
    assert state(out) == "old"


def test_a_journal_does_not_lead_over_files_of_the_user(tmp_path: Path, out: Path) -> None:
    make(out)
    put(tmp_path / "victim", {"access/main.tf": tf("theirs\n")})
    (out / "main.tf").write_text("mine now\n")
    (out / "gone.tf").write_text("mine now\n")
    (out / "modules").rename(out / "elsewhere/modules")
    (out / "modules").symlink_to(tmp_path / "victim")
    journal = '{"write": ["main.tf", "modules/access/main.tf"], "delete": ["gone.tf"]}'
    put(out / ".tfgen-staging", {"journal.json": journal, "new/main.tf": tf(), "new/modules/access/main.tf": tf()})

    assert stage.recover(out)

    assert (out / "main.tf").read_text() == (out / "gone.tf").read_text() == "mine now\n"
    assert texts(tmp_path / "victim") == {"access/main.tf": tf("theirs\n")}


def test_a_staging_directory_that_is_a_link_is_not_followed(tmp_path: Path, out: Path) -> None:
    make(out)
    put(tmp_path / "victim", {"new/x": "theirs"})
    for staging in stage._stagings(out):
        staging.symlink_to(tmp_path / "victim")

    with pytest.raises(TfgenError, match=r"\.tfgen-staging: File exists; the old tree is untouched"):
        render(NEW, out)
    assert texts(tmp_path / "victim") == {"new/x": "theirs"}
    assert state(out) == "old"
