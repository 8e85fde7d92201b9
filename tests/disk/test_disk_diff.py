"""The diff is one that git applies, and what is applied is what was shown: properties over random trees."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from disk_tree import NEW, OLD, memory, put, render, texts, tf
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgen.disk import Change, Changes, compare, system, unified_diff

PLACES = ("", "modules/a/", "modules/b/", "tests/")
BODIES = st.text(st.sampled_from("ab\n\r\u2028\té+-@\\ "), max_size=12)
TREES = st.dictionaries(
    st.builds("{}{}.tf".format, st.sampled_from(PLACES), st.sampled_from(["x", "y y", "é", "z"])),
    st.builds(tf, BODIES),
    max_size=6,
)
USERS = st.dictionaries(
    st.builds("{}{}".format, st.sampled_from([*PLACES, "mine/", ".terraform/"]), st.sampled_from(["u", ".v"])),
    BODIES,
    max_size=4,
)


def git_apply(diff: str, folder: Path) -> None:
    done = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "--unidiff-zero", "-"],
        cwd=folder,
        input=diff.encode(),
        capture_output=True,
        check=False,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "GIT_CEILING_DIRECTORIES": str(folder.parent)},
    )
    assert done.returncode == 0, done.stderr.decode() + diff


def test_a_diff_reads_as_git_writes_it(tmp_path: Path) -> None:
    changes = Changes(
        created=(Change("b.tf", None, "new\n"),),
        updated=(Change("a.tf", "one\ntwo", "one\ntwo\n"),),
        deleted=(Change("old one.tf", "gone\n", None),),
    )

    assert unified_diff(changes) == (
        "--- a/a.tf\n+++ b/a.tf\n@@ -1,2 +1,2 @@\n one\n-two\n\\ No newline at end of file\n+two\n"
        "--- /dev/null\n+++ b/b.tf\n@@ -0,0 +1 @@\n+new\n"
        "--- a/old one.tf\t\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n"
    )


def test_no_change_is_an_empty_diff() -> None:
    assert unified_diff(Changes(unchanged=("a.tf",))) == ""


def test_odd_names_of_orphans_are_quoted(tmp_path: Path) -> None:
    put(tmp_path, {'a"\\\t\n.tf': tf()})
    put(tmp_path, {"main.tf": tf()})
    diff = unified_diff(compare({"main.tf": tf()}, tmp_path))

    assert diff.startswith('--- "a/a\\042\\134\\011\\012.tf"\n+++ /dev/null\n')
    git_apply(diff, tmp_path)
    assert texts(tmp_path) == {"main.tf": tf()}


def test_git_applies_the_diff(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    git_apply(unified_diff(compare(NEW, tmp_path)), tmp_path)

    assert texts(tmp_path) == NEW


@pytest.mark.parametrize("way", ["exchange", "files"])
@settings(derandomize=True, deadline=None, max_examples=60, database=None)
@given(old=TREES, new=TREES.filter(bool), users=USERS)
def test_what_is_shown_is_what_is_done(
    way: str, old: dict[str, str], new: dict[str, str], users: dict[str, str]
) -> None:
    def refuse(one: Path, other: Path) -> None:
        raise OSError(38, "Function not implemented", str(one))

    with memory() as base, pytest.MonkeyPatch.context() as patch:
        if way == "files":
            patch.setattr(system, "exchange", refuse)
        patch.setattr(system, "flush", lambda _: None)
        out, shown = Path(base, "out"), Path(base, "shown")
        for folder in (out, shown):
            put(folder, old | users)
            folder.mkdir(exist_ok=True)
        changes = compare(new, out)

        assert render(new, out) == changes
        assert compare(new, out).clean
        assert texts(out) == new | users
        if not changes.clean:
            git_apply(unified_diff(changes), shown)
        assert texts(shown) == new | users
