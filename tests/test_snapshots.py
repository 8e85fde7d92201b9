"""Rendered files as snapshots: real .tf and .md files, compared byte for byte. Never updated without the reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tfgen.app.render import render

ROOT = Path(__file__).parent.parent
POSTURES = {
    **{path.parent.name: path for path in sorted((ROOT / "examples").glob("*/posture.yaml"))},
    **{path.stem: path for path in sorted((ROOT / "tests" / "cases" / "ok").glob("*.yaml"))},
}


class TerraformFile(SingleFileSnapshotExtension):
    """A snapshot that is a Terraform file itself, so that `terraform fmt` and people can read it."""

    _write_mode = WriteMode.BINARY
    file_extension = "tf"


class MarkdownFile(TerraformFile):
    """A snapshot that is a Markdown file itself."""

    file_extension = "md"


class YamlFile(TerraformFile):
    """A snapshot that is a YAML file itself."""

    file_extension = "yaml"


class CarriedFile(TerraformFile):
    """A snapshot of a file that a posture names, with the tree's header."""

    file_extension = "txt"


KINDS = {"tf": TerraformFile, "hcl": TerraformFile, "md": MarkdownFile, "yaml": YamlFile}


@pytest.mark.parametrize("name", POSTURES)
def test_renders(name: str, snapshot: SnapshotAssertion) -> None:
    rendered = render(str(POSTURES[name]))
    assert rendered.files, rendered.diagnostics
    for path, text in rendered.files:
        stem, _, ending = path.rpartition(".")
        assert text.encode() == snapshot(name=stem.replace("/", "-"), extension_class=KINDS.get(ending, CarriedFile))
