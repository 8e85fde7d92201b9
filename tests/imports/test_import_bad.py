"""Sources that are broken, hostile or huge: a message with a place, exit code 1 or 2, and never a traceback."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
from shell import Shell

from tfgen.app.import_ import import_source
from tfgen.diagnostics import TfgenError
from tfgen.hcl import foreign
from tfgen.terraform import module

HARNESS = """resource "aws_bedrockagentcore_harness" "x" {{
  harness_name = "x"
  model {{
    bedrock_model_config {{
      model_id = "amazon.nova-lite-v1:0"
    }}
  }}
  {}
}}
"""


@pytest.fixture
def tfgen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return Shell(capsys, "import")


def grown(name: str, first: str, step: str, count: int = 32) -> str:
    """Local values each of which repeats the one before."""
    return (
        "locals {\n"
        f"  {name}0 = {first}\n"
        + "".join(f"  {name}{i} = {step.format(f'local.{name}{i - 1}')}\n" for i in range(1, count))
        + "}\n"
    )


BROKEN: dict[str, tuple[str, str | bytes, str]] = {
    "truncated JSON": (
        "a.json",
        '{"harness": {"harnessName": "x", "model"',
        "a.json:1:41: error: ',' or '}' is needed here",
    ),
    "truncated JSON in a text": (
        "a.json",
        '{"harness": {"harnessName": "x',
        "a.json:1:29: error: the quote is not closed",
    ),
    "HCL without its end": ("a.tf", HARNESS.format("tool {")[:-3], "a.tf:"),
    "HCL with a stray sign": (
        "a.tf",
        HARNESS.format("max_tokens = = 1"),
        "a.tf:8:16: error: `= 1` is not expected here",
    ),
    "HCL with a word too much": ("a.tf", "\n\nresource x y z\n", "a.tf:4:1: error: the text ends too early"),
    "an attribute twice": (
        "a.tf",
        HARNESS.format('harness_name = "y"'),
        "a.tf:8:3: error: the attribute 'harness_name'",
    ),
    "a YAML bomb": ("a.yaml", "a: &a [x, x]\nb: [*a, *a]\n", "a.yaml:1:4: error: the anchor '&a' is not accepted"),
    "a deep JSON": ("a.json", '{"harness":' * 99 + "1" + "}" * 99, "a.json:1:705: error: more than 64 mappings"),
    "binary": ("a.tf", bytes(range(128, 255)), "a.tf:1:1: error: the bytes 80 81 82 83 are not UTF-8"),
    "a NUL": ("a.json", b'{"harness": "\0"}', "a.json:1:14: error: the character U+0000 is not allowed"),
    "nothing": ("a.json", "", "a.json:1:1: error: the file holds nothing"),
    "a list": ("a.json", "[1]", "a.json:1:1: error: the top level is a list"),
    "something else": ("a.json", '{"a": 1}', "a.json: error: nothing in it can be imported"),
    "50 MB of JSON": (
        "a.json",
        b'{"a": "' + b"x" * 50_000_000 + b'"}',
        "a.json:1:1: error: the file has more than 10,485",
    ),
    "50 MB of HCL": ("a.tf", b"#" * 50_000_000, "a.tf:1:1: error: the file has more than 10,485,760 bytes"),
    "values of other types": (
        "a.json",
        '{"harness": {"harnessName": ["a"], "model": 5}}',
        "a.json:1:14: error: harness.harness_name: text is needed",
    ),
    "a key twice": ("a.json", '{"harness": {"harnessName": "a", "harnessName": "b"}}', "a.json:1:34: error: the key"),
    "none of it": (
        "a.tf",
        HARNESS.format("count = 0"),
        "a.tf:1:1: error: aws_bedrockagentcore_harness.x is not imported",
    ),
    "five million of it": ("a.tf", HARNESS.format("count = 5000000"), "a.tf:8:3: error: how many there are of"),
    "no harness at all": ("a.tf", 'resource "aws_sqs_queue" "q" {\n}\n', "a.tf: error: the source holds no harness"),
    "rings of conditions": (
        "a.yaml",
        """Conditions: { A: !Condition B, B: !Condition A }
Resources:
  H:
    Type: AWS::BedrockAgentCore::Harness
    Properties:
      HarnessName: !If [A, x, y]
      Model: !Sub [a, b, c]
      Tools: !Select [7, [1]]
      AllowedTools: !Split [',', 5]
""",
        "a.yaml:7:7: error: harness.model",
    ),
    "a stack that refers to nothing": (
        "a.yaml",
        "Resources: { H: { Type: 'AWS::BedrockAgentCore::Harness', Properties: !Ref X } }\n",
        "a.yaml:1:14: error: harness",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_source_is_refused_with_its_place(case: str, tfgen: Shell, tmp_path: Path) -> None:
    name, content, message = BROKEN[case]
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert tfgen(name) == 1
    assert tfgen.err.startswith(message), tfgen.err[:300]
    assert tfgen.out == ""


HUGE = {
    "a text": (grown("a", '"xxxxxxxx"', '"${{{0}}}${{{0}}}"'), "description_that_is_no_key = local.a31"),
    "a list": (grown("a", '["x", "y"]', "concat({0}, {0})"), "allowed_tools = local.a31"),
    "a nest": (grown("a", '"x"', "[{0}, {0}, {0}, {0}]"), "allowed_tools = flatten(local.a31)"),
    "a mapping": (grown("a", '"x"', "{{ a = {0}, b = {0}, c = {0} }}"), "tags = local.a31"),
    "a chain": (grown("a", '"x"', "{0}", 3000), "allowed_tools = [local.a2999]"),
    "a depth": ("", f"allowed_tools = {'[' * 180}{']' * 180}"),
    "a loop": ("", 'allowed_tools = [for i in split(",", join(",", [for j in range(9) : "x"])) : i]'),
}


@pytest.mark.parametrize("case", HUGE)
def test_what_grows_without_end_stays_symbolic(case: str, tfgen: Shell, tmp_path: Path) -> None:
    local, attribute = HUGE[case]
    (tmp_path / "main.tf").write_text(local + HARNESS.format(attribute))
    assert tfgen("main.tf") in (0, 1)
    assert "not understood" in tfgen.err or "not known" in tfgen.err
    assert len(tfgen.err) < 100_000


def test_links_that_lead_in_a_ring(tfgen: Shell, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "main.tf").symlink_to("main.tf")
    assert tfgen("files") == 2
    assert tfgen.err.startswith("tfgen: 'files/main.tf' is a link or leads through one, and links are not followed")
    (tmp_path / "folder").symlink_to("folder")
    assert tfgen("folder") == 2
    assert tfgen.err.startswith("tfgen: 'folder' cannot be read: ")
    inner = tmp_path / "ring" / "inner"
    inner.mkdir(parents=True)
    (inner / "again").symlink_to("../../ring")
    (tmp_path / "ring" / "main.tf").write_text('module "a" {\n  source = "./inner/again"\n}\n')
    assert tfgen("ring") == 1
    assert "'ring/inner/again' is a link or leads through one, and links are not followed" in tfgen.err


def test_modules_that_call_each_other_in_a_ring(tfgen: Shell, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name, other in (("a", "b"), ("b", "a")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(f'module "{other}" {{\n  source = "../{other}"\n}}\n')
    assert tfgen("a") == 1
    assert tfgen.err.startswith("b/main.tf:1:1: error: the module module.b.module.a calls itself")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_in_a_directory_does_not_hold_the_run_up(tfgen: Shell, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.tf")
    assert tfgen(".") == 2


def test_what_is_not_there(tfgen: Shell, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "json").mkdir()
    (tmp_path / "json" / "main.tf.json").write_text("{}")
    for arguments in (["gone"], ["empty"], ["json"], ["a\0b"]):
        assert tfgen(*arguments) == 2, tfgen.err
    (tmp_path / "main.tf").write_text(HARNESS.format(""))
    assert tfgen("main.tf", "--role", "gone.json") == 2
    (tmp_path / "role.json").write_text('{"Role": {}}')
    assert tfgen("main.tf", "--role", "role.json") == 1
    assert tfgen.err.startswith("role.json: error: there is no policy in it")
    (tmp_path / "role.json").write_text('{"Statement": [')
    assert tfgen("main.tf", "--role", "role.json") == 1
    assert tfgen.err.startswith("role.json:1:")


def test_ten_thousand_files_are_read_and_few_parsed(
    tfgen: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[int] = []
    real = foreign.read_foreign

    def counted(text: str) -> Any:
        parsed.append(len(text))
        return real(text)

    monkeypatch.setattr(module, "read_foreign", counted)
    for number in range(10_000):
        text = f'resource "aws_sqs_queue" "q{number}" {{\n  name = "q{number}"\n}}\n'
        (tmp_path / f"q{number:05}.tf").write_text(text)
    (tmp_path / "main.tf").write_text('locals {\n  team = "a"\n}\n' + HARNESS.format("tags = { team = local.team }"))
    assert tfgen(".") == 0
    assert "team: a" in tfgen.out
    assert len(parsed) == 1


PIECES = [
    "${", "}", "{", '"', "[", "]", "null", "for", "...", "!Ref ", "!Sub ", "*", "1", "-", "<<EOT", "\n", "each.value",
    "local.x", "[*]", ":", "=", ",", '"Fn::If"', "(", ")", "%{ if }", "count = 2", '"Statement"',
]  # fmt: skip
SOURCES = sorted(
    path for path in (Path(__file__).parent / "sources").rglob("*") if path.suffix in (".tf", ".json", ".yaml")
)


def test_damaged_sources_never_end_in_a_traceback(tmp_path: Path) -> None:
    """Sources with something cut out, put in, or put in twice: as a source, and as the policies of a role."""
    random = Random(6)
    whole = 0
    for _ in range(400):
        path = random.choice(SOURCES)
        text = path.read_text(encoding="utf-8")
        at = random.randrange(len(text))
        piece = random.choice(["", random.choice(PIECES), text[at : at + random.randint(1, 60)]])
        damaged = tmp_path / f"damaged{path.suffix}"
        damaged.write_text(text[:at] + piece + text[random.choice([at, at + random.randint(1, 30)]) :])
        try:
            whole += import_source(str(damaged), roles=[str(damaged)] if random.random() < 0.3 else []).ok
        except TfgenError as error:
            assert str(error)
    assert 20 < whole < 300
