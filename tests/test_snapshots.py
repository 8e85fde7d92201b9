"""Rendered files as snapshots: real .tf and .md files, compared byte for byte. Never updated without the reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from snapshot_files import KINDS, CarriedFile, TerraformFile
from syrupy.assertion import SnapshotAssertion

from tfgen.app.render import render

ROOT = Path(__file__).parent.parent
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


def test_a_changed_byte_is_seen(snapshot: SnapshotAssertion, request: pytest.FixtureRequest) -> None:
    """The comparison itself: a snapshot differs from anything but its own bytes."""
    if request.config.option.update_snapshots:
        pytest.skip("an update would store what must differ")
    text = dict(render(str(POSTURES["minimal"])).files)["modules/execution-role/main.tf"].encode()
    for changed in (text + b"\n", text[:-1], text.replace(b"Allow", b"allow", 1), text.replace(b"\n", b"\r\n", 1)):
        assert changed != snapshot(name="minimal", extension_class=TerraformFile)
        assert text == snapshot(name="minimal", extension_class=TerraformFile)
