"""Files that others add to a rendered tree: never touched, always named, with what they declare and override."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tfgen import disk
from tfgen.app import added
from tfgen.app.render import render
from tfgen.cli import main as cli
from tfgen.diagnostics import Severity
from tfgen.hcl.inventory import ReadError, inventory

MINIMAL = Path(__file__).parents[2] / "examples" / "minimal" / "posture.yaml"
FILES = dict(render(str(MINIMAL)).files)
ROLE = "modules/execution-role"

ATTACH = """resource "aws_iam_role_policy_attachment" "admin" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
"""
OVERRIDE = """resource "aws_iam_role" "execution" {
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = "*" }] })
}
"""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A rendered tree."""
    disk.apply(disk.compare(FILES, tmp_path / "out"), FILES, tmp_path / "out")
    return tmp_path / "out"


def put(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def said(out: Path, *, root_is_open: bool = False) -> dict[str, str]:
    found = added.findings(FILES, out, Severity.ERROR, root_is_open=root_is_open)
    return {one.file.removeprefix(f"{out}/"): one.message for one in found}


def test_a_clean_tree_has_none(out: Path) -> None:
    put(out / ROLE / "notes.txt")
    put(out / ROLE / ".hidden.tf")
    put(out / ROLE / "main.tf~")
    put(out / ROLE / "sub/x.tf")
    (out / ROLE / "directory.tf").mkdir()
    assert said(out) == {}


def test_check_fails_and_render_warns_and_neither_touches_them(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    extra, override = put(out / ROLE / "extra.tf", ATTACH), put(out / ROLE / "override.tf", OVERRIDE)
    assert cli.run(["render", str(MINIMAL), "--out", str(out), "--check"]) == 1
    err = capsys.readouterr().err
    assert f"{extra}: error: tfgen did not write this file; it declares aws_iam_role_policy_attachment.admin" in err
    assert f"{override}: error: tfgen did not write this file; it declares aws_iam_role.execution; " in err
    assert "it overrides aws_iam_role.execution [TFG502]" in err
    assert cli.run(["render", str(MINIMAL), "--out", str(out)]) == 0
    assert capsys.readouterr().err.count("warning: tfgen did not write this file") == 2
    assert (extra.read_text(), override.read_text()) == (ATTACH, OVERRIDE)
    assert cli.run(["render", str(MINIMAL), "--out", str(out), "--check", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert [(one["code"], one["severity"], one["file"]) for one in found] == [
        ("TFG502", "error", str(extra)),
        ("TFG502", "error", str(override)),
    ]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("x.tf", 'data "d" "a" {}\nmodule "m" { source = "./m" }\n', "it declares data.d.a, module.m"),
        ("x.tf", 'locals {\n  a = 1\n  b = 2\n}\nprovider "aws" {}\n', "it declares local.a, local.b, provider aws"),
        ("x.tf", "", "it declares nothing"),
        ("x.tofu", ATTACH, "it declares aws_iam_role_policy_attachment.admin"),
        ("x.tf.json", '{"resource": {"r": {"a": {}, "b": {}}}}', "it declares r.a, r.b"),
        ("x.tftest.hcl", 'run "one" {}\n', "it declares run one"),
        ("x.auto.tfvars", 'role_name = "x"\n', "it declares var.role_name"),
        ("terraform.tfvars.json", '{"role_name": "x"}', "it declares var.role_name"),
        ("x.tf", 'resource "a" {\n', "it cannot be read as Terraform: line 2: the text ends too early"),
        ("x.tf.json", "{", "it cannot be read as JSON: line 1: "),
        ("x.tf.json", "[" * 100_000, "it cannot be read as JSON: line 1: nested too deep"),
        ("x.tf", "#" * (disk.LARGEST_ADDED + 1), "the file has more than 262,144 bytes and was not read"),
        ("main.tofu", ATTACH, "OpenTofu loads it in place of main.tf"),
        ("main_override.tf", 'locals {\n  name = "x"\n}\n', "it overrides nothing that tfgen rendered"),
        ("a_override.tf.json", '{"resource": [{"aws_iam_role": [{"execution": {}}]}]}', "overrides aws_iam_role.exec"),
        ("override.tofu", OVERRIDE, "it overrides aws_iam_role.execution"),
        ("override.tf", "resource {{{", "what it overrides is unknown"),
    ],
)  # fmt: skip
def test_what_a_file_holds_is_said(out: Path, name: str, text: str, told: str) -> None:
    put(out / ROLE / name, text)
    (message,) = said(out).values()
    assert told in message


def test_a_text_that_is_not_utf8_and_what_is_no_file_are_said(out: Path) -> None:
    (out / ROLE / "a.tf").write_bytes(b"\xff")
    secret = put(out.parent / "secret.tf", ATTACH)
    (out / ROLE / "b.tf").symlink_to(secret)
    (out / ROLE / "c.tf").symlink_to("nowhere")
    os.mkfifo(out / ROLE / "d.tf")
    told = said(out)
    assert "it is not UTF-8 text" in told[f"{ROLE}/a.tf"]
    assert told[f"{ROLE}/b.tf"] == told[f"{ROLE}/c.tf"]
    assert told[f"{ROLE}/b.tf"].endswith("the file is a symbolic link, which tfgen does not follow")
    assert told[f"{ROLE}/d.tf"].endswith("the file is not a regular file")


def test_the_root_is_open_by_the_flag_alone_and_modules_never(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(out / "backend.tf", "terraform {\n}\n")
    put(out / "tests/mine.tftest.hcl", 'run "mine" {}\n')
    assert set(said(out)) == {"backend.tf", "tests/mine.tftest.hcl"}
    line = ["render", str(MINIMAL), "--out", str(out), "--check"]
    assert cli.run(line) == 1
    assert "--allow-root-files" in capsys.readouterr().err
    assert cli.run([*line, "--allow-root-files"]) == 0
    put(out / ROLE / "tests/mine.tftest.hcl", 'run "mine" {}\n')
    assert set(said(out, root_is_open=True)) == {f"{ROLE}/tests/mine.tftest.hcl"}
    assert cli.run([*line, "--allow-root-files"]) == 1


def test_many_files_are_counted(out: Path) -> None:
    for number in range(disk.MOST_READ + 3):
        put(out / ROLE / f"x{number}.tf")
    told = said(out)
    assert len(told) == disk.MOST_READ + 1
    assert told[str(out)] == "tfgen did not write 3 more files here, which were not read"


def test_an_orphan_of_ours_is_drift_and_not_an_added_file(out: Path) -> None:
    put(out / ROLE / "old.tf", FILES[f"{ROLE}/main.tf"])
    assert said(out) == {}
    put(out / ROLE / "other.tf", FILES[f"{ROLE}/main.tf"].replace("posture minimal", "posture another"))
    assert set(said(out)) == {f"{ROLE}/other.tf"}


def test_json_holds_the_addresses_of_every_shape() -> None:
    text = json.dumps(
        {
            "//": "a comment",
            "resource": [{"a": {"x": {}}}, {"a": [{"y": {}}, {"z": []}]}],
            "locals": [{"one": 1}, {"two": 2}],
            "terraform": {},
            "variable": {"v": {}},
            "module": "not a mapping",
        }
    )
    assert inventory(text, as_json=True) == ("a.x", "a.y", "a.z", "local.one", "local.two", "terraform", "var.v")
    with pytest.raises(ReadError):
        inventory("nope", as_json=True)


def test_an_import_of_the_tree_says_that_they_are_left_out(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(out / ROLE / "extra.tf", ATTACH)
    assert cli.run(["import", str(out), "--out", str(tmp_path / "again.yaml")]) == 0
    assert "extra.tf: warning: tfgen did not write this file; it declares aws_iam_role" in capsys.readouterr().err
