"""Files that a posture names beside itself: which are found, which are refused, and where what is wrong stands."""

from __future__ import annotations

import fnmatch
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgen.diagnostics import Code, Finding
from tfgen.source import Document, Siblings, WantedSibling, parse, read_siblings
from tfgen.source.siblings import LARGEST_BESIDE, MOST_MATCHED, _fits


@pytest.fixture
def posture(tmp_path: Path) -> Path:
    folder = tmp_path / "posture"
    (folder / "policies").mkdir(parents=True)
    (tmp_path / "outside.cedar").write_text("outside")
    for name in ("b.cedar", "a.cedar", ".hidden.cedar", "c.txt"):
        (folder / "policies" / name).write_text(f"// {name}\n")
    (folder / "tools.json").write_text('{"tools": []}')
    return folder / "posture.yaml"


def read(posture: Path, pattern: str, *, data: bool = False) -> Siblings:
    return read_siblings(str(posture), [WantedSibling(("here",), pattern, data)])


def refused(posture: Path, pattern: str, *, data: bool = False) -> str:
    found = read(posture, pattern, data=data)
    assert (found.texts, found.documents, found.diagnostics) == ({}, {}, ())
    (finding,) = found.findings
    assert (finding.code, finding.route) == (Code.BESIDE, ("here",))
    return finding.message


def document(posture: Path) -> Document:
    found = parse(b"tfgen: 1\n", str(posture))
    assert isinstance(found, Document)
    return found


def test_a_pattern_gives_its_files_in_order(posture: Path) -> None:
    found = read(posture, "policies/*.cedar")
    assert found.matched == {"policies/*.cedar": ("policies/a.cedar", "policies/b.cedar")}
    assert [text.text for text in found.texts.values()] == ["// a.cedar\n", "// b.cedar\n"]
    assert read(posture, "pol*/b.cedar").matched == {"pol*/b.cedar": ("policies/b.cedar",)}


def test_data_is_read_with_its_places(posture: Path) -> None:
    found = read(posture, "tools.json", data=True)
    assert found.documents["tools.json"].data == {"tools": []}
    placed = found.diagnostic(Finding(Code.TOOL_REFUSED, "x", ("tools",), file="tools.json"), document(posture))
    assert (placed.file, placed.span and (placed.span.line, placed.span.column)) == (
        (posture.parent / "tools.json").as_posix(),
        (1, 11),
    )


def test_a_finding_in_a_text_is_placed_by_its_characters(posture: Path) -> None:
    (posture.parent / "two.cedar").write_text("one\nü two\n")
    found = read(posture, "two.cedar")
    placed = found.diagnostic(Finding(Code.CEDAR_TYPES, "x", file="two.cedar", extent=(6, 9)), document(posture))
    assert placed.span is not None
    assert (placed.span.line, placed.span.column, placed.span.end_column) == (2, 3, 6)
    assert placed.source_line == "ü two"


@pytest.mark.parametrize("pattern", ["no.cedar", "policies", "policies/*.json", "tools.json/x", "policies/.hidden*"])
def test_what_is_not_there_is_said(posture: Path, pattern: str) -> None:
    assert refused(posture, pattern) == f"there is no file {pattern!r} beside the posture"


def test_no_link_is_followed(posture: Path) -> None:
    folder = posture.parent
    (folder / "link.cedar").symlink_to(folder.parent / "outside.cedar")
    (folder / "inner.cedar").symlink_to(folder / "tools.json")
    (folder / "linked").symlink_to(folder.parent)
    assert refused(posture, "link.cedar") == "the file 'link.cedar' is a link, and links are not followed"
    assert refused(posture, "inner.cedar") == "the file 'inner.cedar' is a link, and links are not followed"
    assert refused(posture, "linked/outside.cedar") == "there is no file 'linked/outside.cedar' beside the posture"
    assert refused(posture, "linke*/outside.cedar") == "there is no file 'linke*/outside.cedar' beside the posture"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes that have names")
def test_a_pipe_does_not_block(posture: Path) -> None:
    os.mkfifo(posture.parent / "pipe.cedar")
    assert refused(posture, "pipe.cedar") == "the file 'pipe.cedar' is no regular file"


def test_a_file_that_is_too_large_is_refused(posture: Path) -> None:
    (posture.parent / "large.cedar").write_bytes(b" " * (LARGEST_BESIDE + 1))
    assert refused(posture, "large.cedar") == "the file 'large.cedar' has more than 1,048,576 bytes"
    (posture.parent / "large.cedar").write_bytes(b" " * LARGEST_BESIDE)
    assert read(posture, "large.cedar").findings == ()


def test_too_many_files_are_refused(posture: Path) -> None:
    (posture.parent / "many").mkdir()
    for number in range(MOST_MATCHED + 1):
        (posture.parent / "many" / f"{number}.cedar").touch()
    assert refused(posture, "many/*.cedar") == "more than 1,000 files match 'many/*.cedar'"


def test_a_file_that_cannot_be_read_is_refused(posture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    assert refused(posture, "tools.json") == "the file 'tools.json' cannot be read: Permission denied"


def test_what_is_wrong_in_a_file_is_told_at_its_place(posture: Path) -> None:
    (posture.parent / "latin.cedar").write_bytes(b"// \xfc\n")
    (posture.parent / "broken.json").write_text('{"tools": [')
    for pattern, data, code in (("latin.cedar", False, Code.NOT_UTF8), ("broken.json", True, Code.SYNTAX)):
        found = read(posture, pattern, data=data)
        assert [(one.code, one.file) for one in found.diagnostics] == [(code, (posture.parent / pattern).as_posix())]


def test_paths_of_a_posture_from_standard_input_begin_here(posture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(posture.parent)
    found = read_siblings("-", [WantedSibling((), "tools.json", data=True)])
    assert found.documents["tools.json"].name == "tools.json"


@settings(max_examples=500, derandomize=True, deadline=None, database=None)
@given(st.text("ab.*", min_size=1, max_size=7), st.text("ab.", min_size=1, max_size=8))
def test_a_star_stands_for_any_characters(step: str, name: str) -> None:
    expected = fnmatch.fnmatchcase(name, step) and not ("*" in step and name.startswith("."))
    assert _fits(name, step) == expected
