"""What an import must not do for an attacker: read what is no source, follow links, or work without end."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tfgen.cli import main as cli

SECRET: Final = "aws_secret_access_key = EXAMPLEKEYEXAMPLEKEY"
HARNESS: Final = """
resource "aws_bedrockagentcore_harness" "desk" {
  harness_name       = "desk"
  execution_role_arn = "arn:aws:iam::111122223333:role/desk"
  model {
    bedrock_model_config {
      model_id = "amazon.nova-pro-v1:0"
    }
  }
  memory {
    disabled {}
  }
  %s
}
"""


@dataclass(frozen=True)
class Done:
    """What a run came to."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]
CPU_SECONDS: Final = 20
"""Many times what an import takes; the attacks took 33 seconds and more, or gigabytes."""
BYTES: Final = 1024 * 1024 * 1024


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs tfgen in this process."""
    monkeypatch.setenv("NO_COLOR", "1")

    def one(*arguments: str | Path) -> Done:
        code = cli.run([str(argument) for argument in arguments])
        return Done(code, *capsys.readouterr())

    return one


def bounded(*arguments: str | Path) -> Done:
    """Run tfgen in a process of its own, which is ended when it takes too much."""

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (BYTES * 4, BYTES * 4))  # the Go runtime reserves much and uses little
        resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))

    command = [sys.executable, "-m", "tfgen", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=bound)
    return Done(done.returncode, done.stdout, done.stderr)


def refused(done: Done, *words: str) -> None:
    assert done.returncode in (1, 2), (done.returncode, done.stderr[-2000:])
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert SECRET not in said
    assert "EXAMPLEKEY" not in said
    for word in words:
        assert word in said, said


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file outside of the source."""
    path = tmp_path / "home" / "credentials"
    path.parent.mkdir()
    path.write_text(SECRET + "\n")
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "repository"
    path.mkdir()
    return path


def project(source: Path, path: str) -> None:
    (source / "agentcore").mkdir()
    data = {"name": "desk", "harnesses": [{"name": "desk", "path": path}]}
    (source / "agentcore" / "agentcore.json").write_text(json.dumps(data))


def spec(folder: Path) -> None:
    folder.mkdir(parents=True)
    model = {"provider": "bedrock", "modelId": "amazon.nova-pro-v1:0"}
    (folder / "harness.json").write_text(json.dumps({"name": "desk", "model": model}))


def test_a_linked_prompt_is_not_carried(run: Run, source: Path, secret: Path) -> None:
    project(source, "app/desk")
    spec(source / "app" / "desk")
    (source / "app" / "desk" / "system-prompt.md").symlink_to(secret)
    refused(run("import", source), "system-prompt.md", "links are not followed")
    (source / "app" / "desk" / "system-prompt.md").unlink()
    (source / "app" / "desk" / "system-prompt.md").write_text("You help.\n")
    done = run("import", source)
    assert (done.returncode, "You help." in done.stdout) == (0, True)


@pytest.mark.parametrize("path", ["{secret}", "../../home/credentials", "app/../../home/credentials"])
def test_a_project_reads_nothing_above_itself(run: Run, path: str, source: Path, secret: Path) -> None:
    project(source, path.format(secret=secret))
    refused(run("import", source), "outside of the imported directory")


def test_a_project_reads_nothing_through_a_link(run: Run, source: Path, secret: Path) -> None:
    project(source, "app/desk")
    spec(source.parent / "elsewhere")
    (source / "app").mkdir()
    (source / "app" / "desk").symlink_to(source.parent / "elsewhere")
    refused(run("import", source), "links are not followed")


@pytest.mark.parametrize("name", ["x.auto.tfvars", "terraform.tfvars", "secret.tf"])
def test_a_linked_file_of_terraform_is_not_read(run: Run, name: str, source: Path, secret: Path) -> None:
    (source / "main.tf").write_text(HARNESS % "")
    (source / name).symlink_to(secret)
    refused(run("import", source), name, "links are not followed")


def test_a_module_above_is_not_opened(run: Run, source: Path, secret: Path) -> None:
    outside = source.parent / "modules" / "agent"
    outside.mkdir(parents=True)
    (outside / "main.tf").write_text(HARNESS % "")
    (source / "main.tf").write_text('module "agent" {\n  source = "../modules/agent"\n}\n')
    refused(run("import", source), "modules/agent", "outside of the imported directory")
    (source.parent / ".git").mkdir()  # all of it is one repository
    assert run("import", source).returncode == 0


PROMPT: Final = 'system_prompt {\n    text = %s\n  }'  # fmt: skip


@pytest.mark.parametrize(
    "path",
    ['"{secret}"', '"${{path.module}}/../home/credentials"', '"../home/credentials"', '"linked.md"', '"folder/x.md"'],
)
def test_a_file_outside_is_refused_by_name(run: Run, path: str, source: Path, secret: Path) -> None:
    (source / "linked.md").symlink_to(secret)
    (source / "folder").symlink_to(secret.parent)
    (secret.parent / "x.md").write_text(SECRET)
    (source / "main.tf").write_text(HARNESS % (PROMPT % f"file({path.format(secret=secret)})"))
    done = run("import", source)
    assert "EXAMPLEKEY" not in done.stdout + done.stderr
    assert "system_prompt" in done.stderr
    assert any(why in done.stderr for why in ("is outside of", "links are not followed"))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('file("${path.module}/prompt.md")', "You help.\\n"),
        ('file("${path.root}/prompt.md")', "You help.\\n"),
        ('trimspace(file("prompt.md"))', "You help."),
        ('templatefile("./prompt.md", {})', "You help.\\n"),
        ('jsondecode(file("prompt.json")).text', "From JSON."),
    ],
)
def test_a_file_of_the_source_is_read(run: Run, expression: str, expected: str, source: Path) -> None:
    (source / "prompt.md").write_text("You help.\n")
    (source / "prompt.json").write_text('{"text": "From JSON."}')
    (source / "main.tf").write_text(HARNESS % (PROMPT % expression))
    done = run("import", source)
    assert done.returncode == 0, done.stderr
    assert expected in done.stdout


def test_a_file_of_a_module_is_seen_from_the_root(run: Run, source: Path) -> None:
    (source / "agent").mkdir()
    (source / "agent" / "prompt.md").write_text("You help.\n")
    (source / "agent" / "main.tf").write_text(HARNESS % (PROMPT % 'file("${path.module}/prompt.md")'))
    (source / "main.tf").write_text('module "agent" {\n  source = "./agent"\n}\n')
    assert "You help." in run("import", source).stdout
    (source / "agent" / "main.tf").write_text(HARNESS % (PROMPT % 'file("prompt.md")'))
    assert "there is no file" in run("import", source).stderr


def test_a_template_that_fills_something_in_is_not_known(run: Run, source: Path) -> None:
    (source / "prompt.md").write_text("You help ${name}.\n")
    (source / "main.tf").write_text(HARNESS % (PROMPT % 'templatefile("prompt.md", { name = "us" })'))
    done = run("import", source)
    assert "You help" not in done.stdout
    assert "is not known" in done.stderr


def dynamics(depth: int) -> str:
    inner = "x = 1"
    for number in range(depth):
        inner = f'dynamic "d{number}" {{\nfor_each = range10\ncontent {{\n{inner}\n}}\n}}'
    return inner.replace("range10", "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]")


COUNTED: Final = 'module "m" {\n  source = "./m"\n  count  = 1000\n}\n'
BOMBS: Final = {
    "a hundred thousand empty lines": ("\n" * 100_000 + "x", ""),
    "blanks before nothing": (" " * 100_000 + "\n" + " " * 100_000, ""),
    "counts inside counts": (COUNTED, (HARNESS % "").replace('"desk" {', '"desk" {\n  count = 1000', 1)),
    "dynamic blocks inside dynamic blocks": (HARNESS % dynamics(6), ""),
    "lists that repeat each other": (
        "locals {\n  a0 = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n"
        + "".join(f"  a{n} = [{', '.join([f'local.a{n - 1}'] * 10)}]\n" for n in range(1, 12))
        + "}\n" + HARNESS % "allowed_tools = local.a11",
        "",
    ),
    "texts that repeat each other": (
        'locals {\n  a0 = "0123456789"\n'
        + "".join(f'  a{n} = "{f"${{local.a{n - 1}}}" * 10}"\n' for n in range(1, 12))
        + "}\n" + HARNESS % (PROMPT % "local.a11"),
        "",
    ),
    "brackets inside brackets": (HARNESS % f"allowed_tools = {'[' * 20_000}{']' * 20_000}", ""),
    "operators in a row": (HARNESS % f"max_iterations = {'1 + ' * 20_000}1", ""),
    "signs in a row": (HARNESS % f"max_iterations = {'-' * 20_000}1", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_source_costs_little(name: str, source: Path) -> None:
    text, module = BOMBS[name]
    (source / "main.tf").write_text(text)
    if module:
        (source / "m").mkdir()
        (source / "m" / "main.tf").write_text(module)
    done = bounded("import", source)
    assert done.returncode in (0, 1, 2), (name, done.returncode, done.stderr[-2000:])
    assert "Traceback" not in done.stderr


TEMPLATE: Final = {
    "Conditions": {
        f"c{n}": {"Fn::And": [{"Condition": f"c{n + 1}"}, {"Condition": f"c{n + 1}"}]} for n in range(60)
    },
    "Resources": {
        "H": {
            "Type": "AWS::BedrockAgentCore::Harness",
            "Properties": {"HarnessName": {"Fn::If": ["c0", "a", "b"]}},
        }
    },
}  # fmt: skip
GROWING: Final = {
    "empty lines of a heredoc that does not end": HARNESS % (PROMPT % ("<<E\n" + "\n" * 100_000 + "F\n")),
    "lines of an indented heredoc": HARNESS % (PROMPT % ("<<-E\n" + "  a\n" * 30_000 + "  E\n")),
    "a key twice among many": HARNESS % ("tags = {\n" + "".join(f"k{n} = 1\n" for n in range(10_000)) + "k9999 = 1\n}"),
    "conditions that ask each other": json.dumps(TEMPLATE),
}


@pytest.mark.parametrize("name", GROWING)
def test_work_grows_as_the_source_does(name: str, source: Path) -> None:
    text = GROWING[name]
    path = source / ("stack.json" if text.startswith("{") else "main.tf")
    path.write_text(text)
    done = bounded("import", path)
    assert done.returncode in (0, 1, 2), (name, done.returncode, done.stderr[-2000:])
    assert "Traceback" not in done.stderr


WILD: Final[dict[str, dict[str, object]]] = {
    "wildcards in an action": {"Action": "s3:" + "*a" * 4000, "Resource": "*"},
    "wildcards in a resource": {"Action": "bedrock-agentcore:*", "Resource": "arn:aws:x:::" + "*a" * 4000},
    "variables in a resource": {"Action": "bedrock-agentcore:*", "Resource": "arn:aws:x:::${aws:a}" + "${" * 4000},
    "very many resources": {
        "Action": ["ec2:*", "iam:*", "s3:*"],
        "Resource": [f"arn:aws:s3:::b{n}" for n in range(600)],
    },
    "very many conditions": {
        "Action": "bedrock-agentcore:*",
        "Resource": "*",
        "Condition": {"StringLike": {f"aws:x{n}": ["a*", "b", "c"] for n in range(250)}},
    },
    "more than IAM takes": {"Action": [f"s3:x{n}" for n in range(10_000)], "Resource": "*"},
}


@pytest.mark.parametrize("name", WILD)
def test_a_role_that_means_very_much_is_not_judged(name: str, source: Path) -> None:
    model = {"bedrockModelConfig": {"modelId": "amazon.nova-lite-v1:0"}}
    (source / "desk.json").write_text(json.dumps({"harnessName": "desk", "model": model}))
    statement = {"Effect": "Allow", **WILD[name]}
    (source / "role.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    done = bounded("import", source / "desk.json", "--role", source / "role.json")
    assert done.returncode in (0, 1), (name, done.returncode, done.stderr[-2000:])
    assert "not understood" in done.stderr
    assert "beyond need" not in done.stderr
