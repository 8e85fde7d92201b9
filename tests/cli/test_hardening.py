"""Attacks by what a repository holds, through the command line: nothing of the user's is moved, lost or deleted."""

from __future__ import annotations

import itertools
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from shell import Shell

from tfgen.app import stages
from tfgen.disk import ledger, staging
from tfgen.posture import shape
from tfgen.render import files

ROOT = Path(__file__).parents[2]
MINIMAL = ROOT / "examples" / "minimal" / "posture.yaml"
GATEWAY = ROOT / "examples" / "gateway"
SOURCES = ROOT / "tests" / "imports" / "sources"


@pytest.fixture
def tfgen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    shutil.copy(MINIMAL, "posture.yaml")
    return Shell(capsys)


def held(folder: Path) -> dict[str, bytes | str]:
    """All that a directory holds; of a link, where it leads."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = str(path.readlink())
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


# A forged staging directory.


@pytest.mark.parametrize("staging", ["infra/.tfgen-staging", ".infra.tfgen-staging"])
@pytest.mark.parametrize("rendered", [False, True], ids=["no tree", "a tree"])
def test_nothing_leaves_the_home_of_who_renders_into_a_repository(
    tfgen: Shell, tmp_path: Path, staging: str, rendered: bool
) -> None:
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "id").write_text("secret")
    if rendered:
        assert tfgen("render", "posture.yaml", "--out", "infra") == 0
    Path(staging).mkdir(parents=True)
    Path(staging, "new").symlink_to(home)
    Path(staging, "journal.json").write_text('{"write": [".ssh"], "delete": ["main.tf"]}')
    before = held(tmp_path)

    assert tfgen("render", "posture.yaml", "--out", "infra") == 2
    assert "in the way, and not to be touched" in tfgen.err
    assert (
        ".tfgen-staging is a foreign staging directory: this user's tfgen did not make it here; remove it" in tfgen.err
    )
    assert held(tmp_path) == before
    assert tfgen("render", "posture.yaml", "--out", "infra", "--check") == 1
    assert "1 not tfgen's but in the way" in tfgen.err
    assert held(tmp_path) == before
    shutil.rmtree(staging)
    assert tfgen("render", "posture.yaml", "--out", "infra") == 0
    assert held(home) == {".ssh/id": b"secret"}


# Files named by a posture, in the tree.

TOOLS = (GATEWAY / "tools" / "refunds.json").read_text()
CEDAR = (GATEWAY / "policies" / "refunds.cedar").read_text()


def gateway(tools: str, policies: str = "policies/*.cedar") -> None:
    """A posture here that names these files."""
    text = (GATEWAY / "posture.yaml").read_text()
    Path("posture.yaml").write_text(
        text.replace("tools/refunds.json", f"'{tools}'").replace("policies/*.cedar", policies)
    )
    for path, content in ((tools, TOOLS), ("policies/refunds.cedar", CEDAR)):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(content)


LOADED = [
    *("extra.tf", "main.tf", "Main.tf", "tools.tf.json", "override.tf", "x_override.tf.json", "versions.tf.json"),
    *("tests/x.tftest.json", "modules/access/main.tf.json", "terraform.tfvars", "terraform.tfvars.json"),
    *("x.auto.tfvars", "x.auto.tfvars.json", ".terraformrc", ".terraform.lock.hcl", "terraform.rc", "tools.tofu"),
    *("tools.tofu.json", "x.tfquery.json", "x.tfmock.json", "x.tfstack.json", "terragrunt.hcl", "terragrunt.hcl.json"),
    *("readme.md", "README.md", "tools", ".terraform/modules/modules.json", "tools.TF.json", "backend.tf"),
]


@pytest.mark.parametrize("name", LOADED)
def test_no_file_that_terraform_reads_is_carried(tfgen: Shell, name: str) -> None:
    gateway(name)
    for command in (("check", "posture.yaml"), ("render", "posture.yaml", "--out", "tree")):
        assert tfgen(*command) == 1
        assert "posture.yaml:" in tfgen.err
        assert f"error: '{name}' is not a path below this file" in tfgen.err
    assert not Path("tree").exists()


NO_ROOM = {
    "posture.yaml": "the tree has another file of this path",
    "Posture.yaml": "some systems do not tell it from 'posture.yaml'",
    "main.tf/x.json": "a directory in it is also the file 'main.tf'",
    "MAIN.TF/x.json": "a directory in it is also the file 'main.tf'",
    "Modules/x.json": "some systems do not tell its directory 'Modules' from 'modules'",
    "Policies/x.json": "some systems do not tell its directory 'Policies' from 'policies'",
    "aux.json": "Windows cannot write 'aux.json'",
    "con/x.json": "Windows cannot write 'con'",
    "com1.yaml": "Windows cannot write 'com1.yaml'",
    "tools./x.json": "Windows cannot write 'tools.'",
}


@pytest.mark.parametrize("name", NO_ROOM)
def test_a_name_for_which_the_tree_has_no_room_is_refused_at_its_line(tfgen: Shell, name: str) -> None:
    if name in {"posture.yaml", "Posture.yaml"}:
        Path("posture.yaml").unlink()
        gateway("tools.json")
        Path("main.yaml").write_text(Path("posture.yaml").read_text().replace("tools.json", name))
        Path(name).write_text(TOOLS)
        posture = "main.yaml"
    else:
        gateway(name)
        posture = "posture.yaml"
    said = set()
    for command in (("check", posture), ("render", posture, "--out", "tree"), ("render", posture, "--out", "-")):
        assert tfgen(*command) == 1
        assert f"error: the rendered tree cannot hold the file {name!r}: {NO_ROOM[name]}" in tfgen.err
        said.add(tfgen.err)
    assert len(said) == 1
    (line,) = [number for number, text in enumerate(Path(posture).read_text().split("\n"), 1) if name in text]
    assert f"{posture}:{line}:" in tfgen.err
    assert not Path("tree").exists()


def test_policies_whose_names_differ_by_case_alone_are_refused(tfgen: Shell) -> None:
    gateway("tools.json")
    Path("policies/Refunds.cedar").write_text("// none\n")
    for command in (("check", "posture.yaml"), ("render", "posture.yaml", "--out", "tree")):
        assert tfgen(*command) == 1
        assert "cannot hold the file 'policies/Refunds.cedar': some systems do not tell it from" in tfgen.err


@pytest.mark.parametrize("name", ["tools.json", "a.b/tools.v2.yaml", "modules/gateway-policy/t.json", "tests/t.yml"])
def test_what_a_tree_carries_is_read_back(tfgen: Shell, name: str) -> None:
    gateway(name)
    assert tfgen("render", "posture.yaml", "--out", "tree") == 0
    assert Path("tree", name).is_file()
    assert tfgen("render", "tree/posture.yaml", "--out", "tree", "--check") == 0
    assert tfgen("import", "tree") == 0


ENDINGS = ("tf", "tofu", "tfvars", "tftest", "tofutest", "tfmock", "tfquery", "tfstack", "tfdeploy", "tfcomponent")
TERRAFORM = re.compile(
    rf"(.*\.({'|'.join(ENDINGS)})(\.json|\.hcl)?|.*\.hcl(\.json)?|\..*|terraform\.rc|.*\.tfstate(\.backup)?)",
    re.IGNORECASE,
)


WORDS = ("", "x", "auto", "json", "JSON", "yaml", "yml", "cedar", "hcl", "tf", "tofu", "tfvars", "tftest")


def test_no_name_that_a_posture_may_write_is_one_that_terraform_reads() -> None:
    """All names of up to four of the words, with dots between them."""
    names = {".".join(words) for count in range(1, 5) for words in itertools.product(WORDS, repeat=count)}
    shapes = (shape("file-path"), shape("file-pattern"))
    taken = {name for name in names if any(one.accepts(name) for one in shapes)}
    assert len(taken) > 1000
    assert [name for name in taken if TERRAFORM.fullmatch(name)] == []


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*/posture.yaml")), ids=lambda path: path.parent.name)
def test_what_a_tree_holds_is_terraform_of_ours_or_is_not_read_by_it(path: Path) -> None:
    """What proof 1 parses back is known by its tree; nothing else may have a name that Terraform reads."""
    planned = stages.planned_of(str(path))
    assert isinstance(planned, stages.Planned)
    rendered = files.tree(planned.plan)
    assert [file.path for file in rendered if file.body is None and TERRAFORM.fullmatch(file.path)] == []


# Writing.


def small(limit: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


def limited(limit: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs tfgen where no file may become larger than so many bytes: as on a full disk, but for root too."""
    return subprocess.run(
        [sys.executable, "-m", "tfgen", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: small(limit),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_disk_that_ends_leaves_the_old_posture_whole(tfgen: Shell) -> None:
    source = SOURCES / "create-request.json"
    assert tfgen("import", source, "--out", "archive.yaml") == 0
    text = Path("archive.yaml").read_text() + "# kept\n" + "# of mine\n" * 400
    Path("archive.yaml").write_text(text.replace("max_tokens", "max_tokens"))
    Path("archive.yaml").chmod(0o640)
    before = held(Path())

    done = limited(1024, "import", str(source), "--merge", "archive.yaml")
    assert done.returncode == 2
    assert done.stderr.endswith("'archive.yaml' cannot be written: File too large; nothing was changed\n")
    assert held(Path()) == before
    done = limited(512, "import", str(source), "--out", "new.yaml")
    assert (done.returncode, Path("new.yaml").exists()) == (2, False)
    assert held(Path()) == before
    inode = Path("archive.yaml").stat().st_ino
    assert tfgen("import", source, "--merge", "archive.yaml") == 0
    assert Path("archive.yaml").stat().st_mode & 0o7777 == 0o640
    assert Path("archive.yaml").stat().st_ino != inode, "written aside"


def test_a_tree_on_a_disk_that_ends_stays(tfgen: Shell) -> None:
    assert tfgen("render", "posture.yaml", "--out", "tree") == 0
    for path in ("tree/main.tf", "tree/README.md"):
        Path(path).write_text(Path(path).read_text() + "edited\n")
    before = held(Path())

    done = limited(256, "render", "posture.yaml", "--out", "tree")
    assert (done.returncode, "File too large; the old tree is untouched" in done.stderr) == (2, True)
    assert held(Path()) == before


def test_nothing_is_written_through_a_link_that_leads_nowhere(tfgen: Shell, tmp_path: Path) -> None:
    source = SOURCES / "create-request.json"
    Path("link.yaml").symlink_to(tmp_path / "victim.yaml")
    assert tfgen("import", source, "--out", "link.yaml") == 2
    assert "'link.yaml' is a symbolic link already" in tfgen.err
    assert tfgen("import", source, "--merge", "link.yaml") == 2
    Path("all").mkdir()
    Path("all/archive.yaml").symlink_to(tmp_path / "victim.yaml")
    (name,) = [line.split(": ")[1] for line in _imported(tfgen, source).split("\n") if line.startswith("name: ")]
    Path("all", f"{name}.yaml").unlink(missing_ok=True)
    Path("all", f"{name}.yaml").symlink_to(tmp_path / "victim.yaml")
    assert tfgen("import", source, "--out", "all/") == 2
    assert not (tmp_path / "victim.yaml").exists()


def _imported(tfgen: Shell, source: Path) -> str:
    assert tfgen("import", source) == 0
    return tfgen.out


def test_a_link_that_the_user_names_leads_to_the_file_that_is_replaced(tfgen: Shell, tmp_path: Path) -> None:
    source = SOURCES / "create-request.json"
    assert tfgen("import", source, "--out", str(tmp_path / "real" / "archive.yaml")) == 0
    real = tmp_path / "real" / "archive.yaml"
    real.write_text(real.read_text() + "# mine\n")
    Path("link.yaml").symlink_to(real)
    assert tfgen("import", source, "--merge", "link.yaml") == 0
    assert Path("link.yaml").is_symlink()
    assert real.read_text().endswith("# mine\n")


@pytest.mark.parametrize("what", ["a link", "a link above", "a pipe", "a directory", "other text"])
def test_what_stands_where_the_files_of_an_import_go_stays_and_nothing_is_written(
    tfgen: Shell, tmp_path: Path, what: str
) -> None:
    gateway("tools/refunds.json")
    assert tfgen("render", "posture.yaml", "--out", "tree") == 0
    victim = tmp_path / "victim"
    victim.mkdir()
    place = Path("new/tools/refunds.json")
    place.parent.parent.mkdir()
    if what == "a link above":
        place.parent.symlink_to(victim)
    else:
        place.parent.mkdir()
    match what:
        case "a link":
            place.symlink_to(victim / "x")
        case "a pipe":
            os.mkfifo(place)
        case "a directory":
            place.mkdir()
        case "other text":
            place.write_text("mine")
        case _:
            pass
    before = held(tmp_path)
    assert tfgen("import", "tree", "--out", "new/posture.yaml") == 2
    assert "refunds.json" in tfgen.err
    assert held(tmp_path) == before


def test_a_tree_that_a_killed_run_left_as_a_mix_is_told_apart(tfgen: Shell, tmp_path: Path) -> None:
    """Where directories cannot change places, as at a mount point."""
    assert tfgen("render", "posture.yaml", "--out", "tree") == 0
    kept = held(Path("tree"))
    Path("tree/main.tf").write_text(Path("tree/main.tf").read_text() + "old\n")
    left = staging.inside(tmp_path / "work" / "tree")
    (left / ledger.note(left) / staging.PLACING).mkdir(parents=True)

    assert tfgen("render", "posture.yaml", "--out", "tree", "--check") == 1
    assert "1 changed, the first is main.tf; a run of tfgen is replacing its files, or was cut off" in tfgen.err
    assert tfgen("render", "posture.yaml", "--out", "tree") == 0
    assert held(Path("tree")) == kept


# Headers.


def test_a_file_with_a_few_of_our_words_is_not_deleted(tfgen: Shell) -> None:
    assert tfgen("render", "posture.yaml", "--out", "tree") == 0
    theirs = {
        ".gitattributes": "# Generated by tfgen: collapse in diffs\n*.tf linguist-generated\n",
        "notes.tf": "# Generated by tfgen, then edited by hand.\n",
        "other.tf": Path("tree/main.tf").read_text().replace("the posture minimal.", "the posture other."),
        "deploy.sh": "\n".join(Path("tree/main.tf").read_text().split("\n")[:2]) + "\n",
        "tests/x.tfvars": "# Generated by tfgen from the posture minimal.\n",
        "modules/execution-role/late.tf": "\n" + Path("tree/main.tf").read_text(),
    }
    for path, text in theirs.items():
        Path("tree", path).parent.mkdir(exist_ok=True)
        Path("tree", path).write_text(text)
    shutil.copy("tree/main.tf", "tree/orphan.tf")
    assert tfgen("render", "posture.yaml", "--out", "tree", "--diff") == 0
    assert {path: Path("tree", path).read_text() for path in theirs} == theirs
    assert not Path("tree/orphan.tf").exists(), "ours, and rendered no longer"
