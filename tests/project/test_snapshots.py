"""Rendered files as snapshots: real .tf and .md files, compared byte for byte. Never updated without the reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from snapshot_files import KINDS, CarriedFile
from syrupy.assertion import SnapshotAssertion

from tfgen.app.render import render

ROOT = Path(__file__).parents[2]
POSTURES = {
    **{path.parent.name: path for path in sorted((ROOT / "examples").glob("*/posture.yaml"))},
    **{path.stem: path for path in sorted((ROOT / "tests" / "cases" / "ok").glob("*.yaml"))},
}


@pytest.mark.parametrize("name", POSTURES)
def test_renders(name: str, snapshot: SnapshotAssertion) -> None:
    rendered = render(str(POSTURES[name]))
    assert rendered.files, rendered.diagnostics
    for path, text in rendered.files:
        stem, _, ending = path.rpartition(".")
        assert text.encode() == snapshot(name=stem.replace("/", "-"), extension_class=KINDS.get(ending, CarriedFile))
