"""Many postures: where their trees go, which are found, what one that is refused means for the others."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tfgen import source
from tfgen.app import render as app
from tfgen.app.render import render
from tfgen.cli import main as cli
from tfgen.diagnostics import TfgenError
from tfgen.terminal import Progress

MINIMAL = Path(__file__).parents[2] / "examples" / "minimal" / "posture.yaml"
TEXT = MINIMAL.read_text()


class Run:
    """Runs tfgen in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.err = ""
        self.out = ""

    def __call__(self, *arguments: object) -> int:
        code = cli.run([str(argument) for argument in arguments])
        self.out, self.err = self._capsys.readouterr()
        return code


@pytest.fixture
def tfgen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    return Run(capsys)


def posture(path: str, name: str = "") -> str:
    """Write a posture named after its file, or as said."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(TEXT.replace("name: minimal", f"name: {name or Path(path).stem}", 1))
    return path


def tree(folder: str) -> set[str]:
    """The directories that hold a root module, from a directory."""
    return {path.parent.relative_to(folder).as_posix() for path in Path(folder).rglob("main.tf")
            if path.parent.parent.name != "modules"}  # fmt: skip


def test_one_left_of_three_goes_where_it_was_and_the_others_are_named(tfgen: Run) -> None:
    three = [posture(f"two/{name}.yaml") for name in ("a", "b", "c")]
    assert tfgen("render", *three, "--out", "o") == 0
    assert tree("o") == {"a", "b", "c"}
    for name in three[1:]:
        Path(name).unlink()
    assert tfgen("render", three[0], "--out", "o", "--check") == 1
    assert "o/b: error: this tree is of the posture 'b', which is not among those that were named" in tfgen.err
    assert "o/c: error: " in tfgen.err
    assert "o/a: error" not in tfgen.err
    assert tfgen("render", three[0], "--out", "o") == 0
    assert tfgen.err.count("warning: this tree is of the posture") == 2
    assert tree("o") == {"a", "b", "c"}
    assert tfgen("render", three[0], "--out", "o", "--check", "--part") == 0
    shutil.rmtree("o/b")
    shutil.rmtree("o/c")
    assert tfgen("render", three[0], "--out", "o", "--check") == 0


def test_a_part_of_a_fleet_may_be_rendered_while_the_other_postures_are_beside_it(tfgen: Run) -> None:
    three = [posture(f"two/{name}.yaml") for name in ("a", "b", "c")]
    assert tfgen("render", *three, "--out", "o") == 0
    assert tfgen("render", three[0], "--out", "o", "--check") == 0
    assert tfgen("render", three[0], three[1], "--out", "o", "--check") == 0
    shutil.move("o/c", "o/d")
    assert tfgen("render", *three, "--out", "o", "--check") == 1
    assert "o/d: error: this tree is of the posture 'c', whose place is o/c" in tfgen.err


def test_a_posture_that_is_refused_still_has_its_tree(tfgen: Run) -> None:
    two = [posture("a.yaml"), posture("b.yaml")]
    assert tfgen("render", *two, "--out", "o") == 0
    Path("b.yaml").write_text(Path("b.yaml").read_text() + "nosuch: 1\n")
    assert tfgen("render", *two, "--out", "o", "--check") == 1
    assert "TFG503" not in tfgen.err
    Path("b.yaml").write_text("{")
    assert tfgen("render", *two, "--out", "o", "--check") == 1
    assert "TFG503" not in tfgen.err


def test_one_goes_into_the_directory_itself_where_that_is_new_or_its_own(tfgen: Run) -> None:
    a = posture("a.yaml")
    assert tfgen("render", a, "--out", "o") == 0
    assert tfgen("render", a, "--out", "o", "--check") == 0
    assert tree("o") == {"."}
    assert tfgen("render", posture("a.yaml", "renamed"), "--out", "o") == 0
    assert tree("o") == {"."}


def test_the_flag_decides(tfgen: Run) -> None:
    a = posture("a.yaml")
    assert tfgen("render", a, "--out", "o", "--fleet") == 0
    assert tree("o") == {"a"}
    assert tfgen("render", a, "--out", "o", "--no-fleet") == 0
    assert tree("o") == {".", "a"}
    assert tfgen("render", a, "--out", "o") == 2
    assert "o holds both a tree, of the posture 'a', and trees below it (a)" in tfgen.err
    assert tfgen("render", a, posture("b.yaml"), "--out", "o") == 2
    assert "o itself holds the tree of the posture 'a'" in tfgen.err
    assert tfgen("render", a, "b.yaml", "--out", "o", "--no-fleet") == 2
    assert tfgen("render", a, "b.yaml", "--out", "o", "--fleet") == 0


def test_modules_alone_are_placed_by_the_same_rule(tfgen: Run) -> None:
    a, b = posture("p/a.yaml"), posture("p/b.yaml")
    assert tfgen("render", a, b, "--out", "o", "--modules-only") == 0
    assert {path.parent.parent.as_posix() for path in Path("o").rglob("main.tf")} == {"o/a", "o/b"}
    Path(b).unlink()
    assert tfgen("render", a, "--out", "o", "--modules-only", "--check") == 1
    assert re.findall(r"^o/(\w+): error", tfgen.err, re.MULTILINE) == ["b"]
    assert tfgen("render", a, "--out", "one", "--modules-only") == 0
    assert Path("one/execution-role/main.tf").exists()
    assert tfgen("render", a, "--out", "one", "--modules-only", "--check") == 0


def test_directories_are_searched_by_what_files_hold(tfgen: Run, tmp_path: Path) -> None:
    wanted = [posture("in/a.yaml"), posture("in/deep/er/b.yml")]
    Path("in/c.json").write_text('{\n  "name": "c", "tfgen": 1}')
    posture("in/.hidden/d.yaml")
    posture("in/build/e.yaml")
    posture("in/kept/f.local.yaml")
    posture("in/kept/g.local.yaml", "g")
    Path("in/.gitignore").write_text("build/\n*.local.yaml\n")
    Path("in/kept/.gitignore").write_text("!g.*\n")
    Path("in/other.yaml").write_text("name: x\nuses: {tfgen: 1}\n")
    Path("in/other.json").write_text('{"uses": {"tfgen": 1}}')
    Path("in/linked").symlink_to("deep")
    Path("in/link.yaml").symlink_to("a.yaml")
    (tmp_path / "in/broken.yaml").write_text("tfgen: 1\n\tname: x\n")
    assert tfgen("render", *wanted, "--out", "in/out") == 0
    found = source.named(["in"])
    assert found.several
    assert set(found.files) == {*wanted, "in/c.json", "in/kept/g.local.yaml", "in/broken.yaml"}
    assert source.named(["in", "in/a.yaml"]).files.count("in/a.yaml") == 1
    Path(".git").mkdir()
    Path(".gitignore").write_text("/in/deep\n")
    assert "in/deep/er/b.yml" not in source.named(["in"]).files
    assert tfgen("check", "in") == 1
    assert "in/broken.yaml" in tfgen.err


def test_a_directory_with_one_posture_is_a_fleet(tfgen: Run) -> None:
    posture("in/a.yaml")
    assert tfgen("render", "in", "--out", "o") == 0
    assert tree("o") == {"a"}
    posture("in/b.yaml")
    assert tfgen("render", "in", "--out", "o") == 0
    assert tree("o") == {"a", "b"}


def test_the_same_file_twice_is_said_whatever_it_is_called(tfgen: Run) -> None:
    a = posture("a.yaml")
    Path("b.yaml").symlink_to("a.yaml")
    with pytest.raises(TfgenError, match=r"'a.yaml' is named twice: name it once"):
        source.named([a, a])
    with pytest.raises(TfgenError, match=r"'b.yaml' is named twice as 'a.yaml'"):
        source.named([a, "b.yaml"])
    assert tfgen("check", a, a) == 2


def test_a_posture_beside_its_own_tree_stays_as_it_is(tfgen: Run) -> None:
    own = posture("out/posture.yaml", "a")
    text = Path(own).read_text()
    assert tfgen("render", own, "--out", "out") == 0
    assert tfgen("render", own, "--out", "out", "--check") == 0
    assert Path(own).read_text() == text
    posture("out/posture.yaml", "b")
    assert tfgen("render", own, "--out", "out") == 0
    assert tfgen("render", own, "--out", "out", "--check") == 0
    assert "posture b" in Path("out/main.tf").read_text()
    assert tfgen("render", posture("agents/x/posture.yaml", "x"), posture("agents/y/posture.yaml", "y"), "--out",
                 "agents") == 0  # fmt: skip
    assert tfgen("render", "agents", "--out", "agents", "--check") == 0


def test_the_posture_that_a_tree_carries_renders_the_tree(tfgen: Run) -> None:
    assert tfgen("render", posture("a.yaml"), "--out", "out") == 0
    assert tfgen("render", "out/posture.yaml", "--out", "out", "--check") == 0
    assert tfgen("render", "out/posture.yaml", "--out", "out") == 0


def test_one_that_is_refused_does_not_keep_the_others(tfgen: Run) -> None:
    names = [posture("a.yaml"), posture("b.yaml"), posture("c.yaml"), "missing.yaml"]
    Path("b.yaml").write_text(TEXT + "nosuch: 1\n")
    assert tfgen("render", *names, "--out", "o", "--all-or-nothing") == 1
    assert not Path("o").exists()
    assert tfgen("render", *names, "--out", "o") == 1
    assert tree("o") == {"a", "c"}
    assert "b.yaml:" in tfgen.err
    assert "missing.yaml: error: there is no file 'missing.yaml' [TFG112]" in tfgen.err
    assert tfgen.err.endswith("o: 4 postures: 2 written, 2 not written\n")


def test_a_file_in_the_way_of_one_tree_does_not_keep_the_others(tfgen: Run) -> None:
    names = [posture("a.yaml"), posture("b.yaml")]
    Path("o/a").mkdir(parents=True)
    Path("o/a/main.tf").write_text("# mine\n")
    line = ["render", *names, "--out", "o"]
    assert tfgen(*line, "--all-or-nothing") == 1
    assert not Path("o/b").exists()
    assert tfgen(*line) == 1
    assert "a.yaml: error: in the way, and not to be touched:" in tfgen.err
    assert "[TFG504]" in tfgen.err
    assert (Path("o/a/main.tf").read_text(), tree("o")) == ("# mine\n", {"a", "b"})


def test_two_postures_of_one_name_are_both_refused(tfgen: Run) -> None:
    names = [posture("a.yaml"), posture("b.yaml", "a"), posture("c.yaml")]
    assert tfgen("render", *names, "--out", "o") == 1
    assert "the name 'a' is that of b.yaml too" in tfgen.err
    assert "the name 'a' is that of a.yaml too" in tfgen.err
    assert tree("o") == {"c"}


def test_one_line_for_many_a_line_for_each_or_none(tfgen: Run) -> None:
    names = [posture("a.yaml"), posture("b.yaml")]
    assert tfgen("render", *names, "--out", "o") == 0
    assert tfgen.err == "o: 2 postures: 2 written\n"
    assert tfgen("render", *names, "--out", "o", "--verbose") == 0
    assert tfgen.err.splitlines()[:1] == ["o/a is up to date: 13 files"]
    assert tfgen.err.endswith("o: 2 postures: 2 up to date\n")
    assert tfgen("render", *names, "--out", "o", "--quiet") == 0
    assert tfgen.err == ""
    assert tfgen("render", *names, "--out", "o", "--format", "json") == 0
    assert (len(json.loads(tfgen.out)["trees"]), tfgen.err) == (2, "")


class Screen:
    """Keeps what was written to it."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, text: str) -> None:
        self.lines.append(text.rpartition("\r")[2])

    def flush(self) -> None:
        pass


def test_progress_begins_at_once_and_estimates_from_the_first_result_on() -> None:
    screen, now = Screen(), [0.0]
    progress = Progress(screen, lambda: now[0])  # type: ignore[arg-type]
    progress.begin("rendering", 100)
    assert screen.lines == ["rendering: 0 of 100"]
    now[0] = 30  # what it takes to begin is no part of the pace
    progress.done(1)
    now[0] = 31
    progress.done(2)
    now[0] = 31.01
    progress.done(3)
    now[0] = 40
    progress.done(11)
    progress.end()
    assert screen.lines == [
        "rendering: 0 of 100",
        "rendering: 1 of 100",
        "rendering: 2 of 100",
        "rendering: 11 of 100, about 89 s left",
        "",
    ]


def test_results_come_in_the_order_of_the_names_from_any_number_of_processes(tfgen: Run) -> None:
    names = [posture(f"p/{number}.yaml", f"a{number}") for number in range(app.WORTH_A_POOL)]
    Path(names[3]).unlink()
    counted: list[int] = []
    rendered = app.render_all(names, jobs=2, done=counted.append)
    assert [one.source for one in rendered] == names
    assert [one.ok for one in rendered].count(False) == 1
    assert counted == list(range(1, len(names) + 1))
    assert rendered[7].files == render(names[7]).files
