"""Harnesses as others write them down: what each becomes, what is said of it, and that it renders and is proven."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tfgen import terminal
from tfgen.app import render as app
from tfgen.app.import_ import Result, import_source
from tfgen.diagnostics import Severity
from tfgen.report import imports as reports

FOLDER = Path(__file__).parent / "sources"

SOURCES = {
    "awscc": 1,
    "cli-jwt": 1,
    "cli-litellm.json": 1,
    "create-request.json": 1,
    "for-each": 3,
    "litellm-hooks.json": 1,
    "local-module": 1,
    "provider-basic.tf": 1,
    "provider-tools.tf": 1,
    "stack-role/template.yaml": 1,
    "stack.json": 1,
    "support-gateway": 1,
    "update-request.json": 1,
    "stack-vpc/template.yaml": 1,
    "vpc-dynamic": 1,
    "vpc-modules": 1,
    "vpc-open": 1,
    "vpc-private": 1,
    "vpc-variables": 1,
}
"""Each source, with the number of harnesses in it."""

REFUSED = ("cyclic", "empty-tool-name.json", "remote-module", "undecided")


class YamlFile(SingleFileSnapshotExtension):
    """A snapshot that is a posture file itself."""

    _write_mode = WriteMode.BINARY
    file_extension = "yaml"


class TextFile(YamlFile):
    """A snapshot of a report."""

    file_extension = "txt"


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Sources are named as seen from their folder, so that reports are the same everywhere."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def report(result: Result) -> str:
    lines = [*reports.entries_text(result.address, result.entries)]
    if result.comparison is not None:
        lines += reports.comparison_text(result.comparison)
    if result.network is not None:
        lines += reports.network_text(result.network)
    return terminal.render_text(result.diagnostics, colour=False) + "".join(f"{line}\n" for line in lines)


def test_every_source_is_tested() -> None:
    there = {path.name for path in FOLDER.iterdir()}
    assert there == {name.partition("/")[0] for name in (*SOURCES, *REFUSED)}


@pytest.mark.parametrize("name", SOURCES, ids=lambda name: name.replace("/", "-"))
def test_a_source_becomes_a_posture(name: str, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    with inside(FOLDER):
        outcome = import_source(name)
    assert outcome.ok, (outcome.diagnostics, [result.diagnostics for result in outcome.results])
    assert len(outcome.results) == SOURCES[name]
    for result in outcome.results:
        assert result.text.encode() == snapshot(name=result.name, extension_class=YamlFile)
        assert report(result).encode() == snapshot(name=result.name, extension_class=TextFile)
        file = tmp_path / f"{result.name}.yaml"
        file.write_text(result.text, encoding="utf-8")
        rendered = app.render(str(file))
        assert rendered.files, rendered.diagnostics
        assert not [one for one in rendered.diagnostics if one.severity is Severity.ERROR]
        again = import_source(str(file)).results[0]
        assert again.posture == result.posture


@pytest.mark.parametrize("name", REFUSED)
def test_a_source_is_refused_with_the_reason(name: str, snapshot: SnapshotAssertion) -> None:
    with inside(FOLDER):
        outcome = import_source(name)
    assert not outcome.ok
    found = [*outcome.diagnostics, *(one for result in outcome.results for one in result.diagnostics)]
    text = terminal.render_text(found, colour=False)
    assert text.encode() == snapshot(name="refused", extension_class=TextFile)
