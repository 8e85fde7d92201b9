"""`tfgen import` as a user meets it: where postures go, what is printed, and what is asked back."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from shell import Shell

from tfgen.app import render as app

SOURCES = Path(__file__).parent / "sources"
EXAMPLES = Path(__file__).parent.parent.parent / "examples"


@pytest.fixture
def tfgen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return Shell(capsys)


def test_one_harness_goes_to_standard_output_or_a_file(tfgen: Shell, tmp_path: Path) -> None:
    assert tfgen("import", SOURCES / "create-request.json") == 0
    text = tfgen.out
    assert tfgen("import", SOURCES / "create-request.json", "--out", "new/archive.yaml") == 0
    assert (tmp_path / "new" / "archive.yaml").read_text() == text
    assert (tfgen.out, tfgen.err.splitlines()[-1]) == ("", "new/archive.yaml is written")
    assert tfgen("import", SOURCES / "create-request.json", "--out", "new/archive.yaml") == 2
    assert tfgen.err.startswith("tfgen: 'new/archive.yaml' is there already: bring it up to date with --merge")


def test_standard_input_is_a_source_whatever_it_holds(tfgen: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("create-request.json", "provider-tools.tf", "stack-role/template.yaml"):
        data = (SOURCES / name).read_bytes()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        assert tfgen("import", "-") == 0
        piped = tfgen.out.splitlines()
        assert tfgen("import", SOURCES / name) == 0
        assert [line for line in piped if "#" not in line] == [
            line for line in tfgen.out.splitlines() if "#" not in line
        ]


def test_several_harnesses_are_chosen_from_or_all_written(tfgen: Shell, tmp_path: Path) -> None:
    assert tfgen("import", SOURCES / "for-each") == 2
    assert 'desk["billing"], aws_bedrockagentcore_harness.desk["returns"]' in tfgen.err
    for name in ("desk-returns", "desk_returns", 'aws_bedrockagentcore_harness.desk["returns"]'):
        assert tfgen("import", SOURCES / "for-each", "--select", name) == 0
        assert "name: desk-returns\n" in tfgen.out
    assert tfgen("import", SOURCES / "for-each", "--select", "nobody") == 1
    assert "no harness called 'nobody'; there are: " in tfgen.err
    assert tfgen("import", SOURCES / "for-each", "--out", "all/") == 0
    written = sorted(path.name for path in (tmp_path / "all").iterdir())
    assert written == ["desk-billing.yaml", "desk-greeting.yaml", "desk-returns.yaml"]


def test_the_report_for_programs(tfgen: Shell) -> None:
    assert tfgen("import", SOURCES / "support-gateway", "--format", "json") == 0
    data = json.loads(tfgen.out)
    (harness,) = data["harnesses"]
    assert (data["version"], data["diagnostics"], harness["name"]) == (1, [], "parcel-support")
    assert harness["posture"].startswith("# Imported from Terraform: ")
    assert {key: len(value) for key, value in harness["report"].items()} == {
        "carried": 16, "input": 0, "assumed": 1, "left_out": 1, "lost": 0,
    }  # fmt: skip
    assert harness["role"]["actions_beyond"] > 100
    assert {one["sid"] for one in harness["role"]["beyond"]} == {"Models", "Gateways", "Logs"}
    assert tfgen("import", SOURCES / "empty-tool-name.json", "--format", "json") == 1
    data = json.loads(tfgen.out)
    assert [found["code"] for found in data["diagnostics"]] == ["TFG204"]
    assert data["harnesses"][0]["posture"] is None


def test_a_tree_of_ours_that_was_changed_is_refused(tfgen: Shell, tmp_path: Path) -> None:
    for path, text in app.render(str(EXAMPLES / "minimal" / "posture.yaml")).files:
        (tmp_path / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / path).write_text(text)
    assert tfgen("import", "tree") == 0
    assert tfgen.out.startswith("tfgen: 1\nname: minimal\n")
    (tmp_path / "tree" / "main.tf").unlink()
    readme = tmp_path / "tree" / "README.md"
    readme.write_text(readme.read_text() + "More.\n")
    assert tfgen("import", "tree") == 1
    assert "tree: error: main.tf is missing [TFG501]" in tfgen.err
    assert "tree: error: README.md is not what the posture renders to [TFG501]" in tfgen.err
    assert tfgen.out == ""


def test_values_beside_a_root_module_are_its_variables(tfgen: Shell, tmp_path: Path) -> None:
    text = (SOURCES / "for-each" / "main.tf").read_text()
    (tmp_path / "main.tf").write_text(text)
    (tmp_path / "terraform.tfvars").write_text('model_id = "amazon.nova-micro-v1:0"\n')
    assert tfgen("import", ".", "--select", "desk-billing") == 0
    assert "default: amazon.nova-micro-v1:0" in tfgen.out


def test_files_that_a_posture_names_go_with_its_tree(tfgen: Shell, tmp_path: Path) -> None:
    gateway = EXAMPLES / "gateway"
    assert tfgen("render", gateway / "posture.yaml", "--out", "tree") == 0
    carried = (tmp_path / "tree" / "policies" / "refunds.cedar").read_text()
    header, _, rest = carried.partition("tfgen render` again.\n")
    assert header.startswith("// Generated by tfgen from the posture refunds.\n// Do not edit")
    assert rest == (gateway / "policies" / "refunds.cedar").read_text()
    # The tree is rendered to itself from what it carries.
    assert tfgen("render", "tree/posture.yaml", "--out", "tree", "--check") == 0
    assert tfgen("import", "tree", "--out", "new/posture.yaml") == 0
    for path in ("policies/refunds.cedar", "tools/refunds.json"):
        assert (tmp_path / "new" / path).read_bytes() == (gateway / path).read_bytes()
        assert f"  the posture names {path}\n" in tfgen.err
    assert tfgen("render", "new/posture.yaml", "--out", "tree", "--check") == 0
    (tmp_path / "new" / "policies" / "refunds.cedar").write_text("// mine\n")
    assert tfgen("import", "tree", "--out", "new/again.yaml") == 2
    assert "is there already, and is not the file that the posture names" in tfgen.err
