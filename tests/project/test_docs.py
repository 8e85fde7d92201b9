"""The documentation tells the truth: commands print what it shows, links lead somewhere, tables are current."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from docs_pages import findings, walk
from docs_pages.console import Shell, commands
from docs_pages.markdown import anchor, blocks, region_of
from docs_pages.pages import DOCS, FOLDERS, REGIONS, whole
from docs_pages.posture import sections
from posture_samples import small

from tfgen import source
from tfgen.cli import main as cli
from tfgen.posture.document import Posture

ROOT = Path(__file__).parents[2]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in (*(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY")), *sorted(DOCS.rglob("*.md")))
}


def of_language(language: str) -> list[str]:
    return [page for page, text in PAGES.items() if blocks(text, language)]


# --- Commands --------------------------------------------------------------------------------------------------------


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs commands in a copy of what they need: tfgen alone in this process, which is quicker, the rest in a shell."""

    def alone(words: list[str]) -> str:
        cli.run(words)
        printed = capsys.readouterr()
        return printed.out + printed.err

    shell = Shell(tmp_path, alone)
    monkeypatch.chdir(shell.folder)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    return shell


@pytest.mark.parametrize("page", of_language("console"))
def test_commands_print_what_is_shown(page: str, shell: Shell) -> None:
    for block in blocks(PAGES[page], "console"):
        for command, shown in commands(block):
            assert shell.run(command) == shown, f"{command}\nIf it is right, `make docs ARGS=--commands` writes it."


def test_many_pages_show_commands() -> None:
    assert len(of_language("console")) > 8


# --- Postures --------------------------------------------------------------------------------------------------------


def merged(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """One mapping over another; lists are replaced."""
    found = dict(base)
    for key, value in more.items():
        inner = found.get(key)
        found[key] = merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return found


@pytest.mark.parametrize("page", of_language("yaml"))
def test_postures_and_pieces_of_them_are_valid(page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for block in blocks(PAGES[page], "yaml"):
        if all(line.startswith("#") for line in block.splitlines()):
            continue
        found = source.parse(block.encode(), page)
        assert isinstance(found, source.Document), found
        path = tmp_path / "posture.json"
        path.write_text(json.dumps(found.data if "tfgen" in found.data else merged(small(), found.data)), "utf-8")
        assert cli.run(["check", str(path)]) == 0, capsys.readouterr()


# --- Links and names of files ----------------------------------------------------------------------------------------


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))


def links(page: str) -> list[str]:
    """The links of a page that lead into the repository."""
    found = re.findall(r"\]\(([^)\s]+)\)", without_code(PAGES[page]))
    return [link for link in found if not re.match(r"https?:", link)]


def headings(page: str) -> list[str]:
    text = re.sub(r"^```.*?^```$", "", PAGES[page], flags=re.MULTILINE | re.DOTALL)
    return [anchor(heading) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)]


def target(page: str, link: str) -> str:
    """The page or file that a link leads to, from the top of the repository."""
    name = link.partition("#")[0]
    place = (ROOT / page).parent / name if name else ROOT / page
    return Path(os.path.normpath(place)).relative_to(ROOT).as_posix()


def test_links_lead_to_a_page_and_a_heading() -> None:
    there = {page: set(headings(page)) for page in PAGES}
    for page in PAGES:
        for link in links(page):
            name, _, heading = link.partition("#")
            found = target(page, name)
            assert (ROOT / found).is_file(), (page, link)
            assert not heading or heading in there[found], (page, link)


def test_headings_of_a_page_differ() -> None:
    assert [page for page in PAGES if len(headings(page)) > len(set(headings(page)))] == []


def test_pages_link_to_pages_alone() -> None:
    """What makes a site of them knows no other file; files of the repository are named, not linked."""
    ours = [page for page in PAGES if page.startswith("docs/")]
    assert [(page, link) for page in ours for link in links(page) if not target(page, link).startswith("docs/")] == []


def test_every_page_can_be_reached() -> None:
    found = ["docs/README.md"]
    for page in found:  # grows while it is walked
        found += [name for name in (target(page, link) for link in links(page)) if name not in found]
    assert sorted(found) == sorted(page for page in PAGES if page.startswith("docs/"))


NAMED = re.compile(
    r"`((?:tfgen|tests|docs|examples|modules|tools|benchmarks|\.ci)/[\w./*-]*|[A-Z]+\.md|pyproject\.toml)`"
)


NO_FILES = {"tools/list"}
"""Names that look like files and are something else: a method of MCP."""


def test_files_that_are_named_exist() -> None:
    named = {(page, name) for page in PAGES for name in NAMED.findall(PAGES[page]) if name not in NO_FILES}
    assert [one for one in sorted(named) if not any(ROOT.glob(one[1].rstrip("/")))] == []


# --- What is generated -----------------------------------------------------------------------------------------------

HINT = "`make docs` writes it anew"


@pytest.mark.parametrize(("page", "region"), REGIONS)
def test_tables_are_current(page: str, region: str) -> None:
    assert region_of(PAGES[f"docs/{page}"], region) == REGIONS[page, region](), HINT


def test_generated_pages_are_current() -> None:
    shown = {path.relative_to(DOCS).as_posix() for folder in FOLDERS for path in (DOCS / folder).rglob("*.md")}
    assert shown == whole().keys(), HINT
    assert [name for name, text in whole().items() if PAGES[f"docs/{name}"] != text] == [], HINT


def test_every_code_has_a_page_and_a_row() -> None:
    table = PAGES["docs/findings/README.md"]
    assert len(findings.codes()) > 50
    for one in findings.codes():
        assert f"| [{one.code}]({one.code}.md) |" in table
        assert one.code in PAGES[f"docs/findings/{one.code}.md"]


def test_every_key_of_the_model_is_in_the_reference() -> None:
    for model, section in sections().items():
        part = PAGES[f"docs/{section.page}"].partition(f"## `{section.title}`\n")[2].partition("\n## ")[0]
        assert re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) == list(model.keys())
    top = PAGES["docs/posture/README.md"]
    assert re.findall(r"^\| `(\w+)` \|", top, re.MULTILINE) == list(Posture.keys())


@pytest.mark.parametrize("key", walk.VALUES)
def test_a_value_is_followed_from_the_posture_to_the_proofs(key: str) -> None:
    listed = re.findall(r"^\| \d+ \| `tfgen/(\w+)/", region_of(PAGES["docs/architecture.md"], key), re.MULTILINE)
    assert {"source", "posture", "plan", "render", "hcl", "proof"} <= set(listed)
    assert listed[0] == "source"
    assert listed[-1] == "proof"


def test_a_sid_is_where_the_architecture_says() -> None:
    table = PAGES["docs/architecture.md"].partition("## Where to find a Sid\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\|[^|]*\| `([^`]+)` \| `([^`]+)`", table, re.MULTILINE)
    assert len(rows) > 5
    for path, words in rows:
        assert words in (ROOT / path).read_text("utf-8"), path
