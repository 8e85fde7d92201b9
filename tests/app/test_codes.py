"""Every code has its message, word for word: in `cases/bad` where a posture has it, and here where a command has."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tfgen import terminal
from tfgen.app.stages import Planned, planned_of
from tfgen.cli import main as cli
from tfgen.diagnostics import Code
from tfgen.iam.policy import Condition
from tfgen.plan.model import Plan
from tfgen.plan.statements import Grant
from tfgen.proof.prove import prove
from tfgen.render import files

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parents[1] / "cases"
MINIMAL = (ROOT / "examples" / "minimal" / "posture.yaml").read_text("utf-8")
TOKENS = (
    MINIMAL
    + """\
  authorizer_configuration:
    custom_jwt_authorizer:
      discovery_url: https://idp.example.com/.well-known/openid-configuration
      allowed_clients: [shop]
      allowed_audience: [{ input: audience }]
inputs:
  audience: { description: What tokens are for. }
"""
)
HARNESS = """\
resource "aws_bedrockagentcore_harness" "%s" {
  %sharness_name = "shop"
  model {
    bedrock_model_config { model_id = "amazon.nova-pro-v1:0" }
  }
}
"""


def put(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")


def posture(path: str) -> str:
    """Write a posture that is named after its file."""
    put(path, MINIMAL.replace("name: minimal", f"name: {Path(path).stem}", 1))
    return path


def run(*arguments: str) -> None:
    cli.run(arguments)


def unreadable() -> None:
    run("render", posture("a.yaml"), "missing.yaml", "--out", "out")


def no_claims() -> None:
    put("token.json", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln")
    run("check", posture("a.yaml"), "--token", "token.json")


def refused_token() -> None:
    put("a.yaml", TOKENS)
    put("token.json", json.dumps({"iss": "https://idp.example.com", "aud": "shop", "client_id": "other"}))
    run("check", "a.yaml", "--token", "token.json")


def undecided_token() -> None:
    put("a.yaml", TOKENS)
    put("token.json", json.dumps({"iss": "https://idp.example.com", "aud": "shop", "client_id": "shop"}))
    run("check", "a.yaml", "--token", "token.json")


def drift() -> None:
    run("render", posture("a.yaml"), "--out", "out", "--check")


def added_file() -> None:
    run("render", posture("a.yaml"), "--out", "out")
    put("out/modules/execution-role/override.tf", 'resource "aws_iam_role" "execution" {\n  path = "/"\n}\n')
    run("render", "a.yaml", "--out", "out", "--check")


def left_tree() -> None:
    run("render", posture("a.yaml"), posture("b.yaml"), "--out", "out")
    Path("b.yaml").unlink()
    run("render", "a.yaml", "--out", "out", "--check")


def tree_in_the_way() -> None:
    put("out/a/main.tf", "# mine\n")
    run("render", posture("a.yaml"), posture("b.yaml"), "--out", "out")


def source_that_cannot_be_read() -> None:
    put("main.tf", 'resource "aws_bedrockagentcore_harness" {\n')
    run("import", "main.tf")


def no_harness() -> None:
    put("main.tf", 'resource "aws_sqs_queue" "orders" {}\n')
    run("import", "main.tf")


def several_harnesses() -> None:
    put("main.tf", 'variable "tenants" {}\n' + HARNESS % ("tenant", "for_each = var.tenants\n  "))
    run("import", "main.tf")


COMMANDS = {
    made.__name__: made
    for made in (
        unreadable,
        no_claims,
        refused_token,
        undecided_token,
        drift,
        added_file,
        left_tree,
        tree_in_the_way,
        source_that_cannot_be_read,
        no_harness,
        several_harnesses,
    )
}
"""What prints a message that no posture alone has: each the steps to its last command."""


def _without_its_feature(grant: Grant) -> Grant:
    return replace(grant, origin=replace(grant.origin, sheet="logs"))


def _with_a_foreign_condition(grant: Grant) -> Grant:
    condition = Condition("StringEquals", "s3:prefix", (grant.statement.resources[0],))
    return replace(grant, statement=replace(grant.statement, conditions=(condition,)))


FAULTY: dict[str, tuple[Code, Callable[[Grant], Grant]]] = {
    "needless_statement": (Code.NOT_NEEDED, _without_its_feature),
    "foreign_condition": (Code.UNKNOWN_CONDITION, _with_a_foreign_condition),
}
"""What only a fault of our sheets leads to: its code, and how it changes the first statement of a role."""


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def golden(name: str) -> str:
    return (CASES / "codes" / f"{name}.out").read_text("utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_command_says(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    COMMANDS[name]()
    assert capsys.readouterr().err == golden(name)


@pytest.mark.parametrize("name", FAULTY)
def test_what_a_fault_of_ours_leads_to(name: str) -> None:
    shutil.copy(ROOT / "examples" / "minimal" / "posture.yaml", "posture.yaml")
    planned = planned_of("posture.yaml")
    assert isinstance(planned, Planned)
    code, change = FAULTY[name]
    plan = _changed(planned.plan, change)
    findings = prove(plan, tuple(files.tree(plan)), text_too=False)
    found = planned.placed([finding for finding in findings if finding.code is code])
    assert terminal.render_text(found, colour=False) == golden(name)


def _changed(plan: Plan, change: Callable[[Grant], Grant]) -> Plan:
    first, *rest = plan.role.policy.grants
    return replace(plan, role=replace(plan.role, policy=replace(plan.role.policy, grants=(change(first), *rest))))


def test_every_code_has_a_message_in_a_case_and_every_output_its_case() -> None:
    outputs = Path(__file__).parents[1].rglob("cases/**/*.out")
    shown = {code for path in outputs for code in re.findall(r" \[(TFG\d+)\]$", path.read_text("utf-8"), re.MULTILINE)}
    assert [code for code in Code if code.value not in shown] == []
    assert {path.stem for path in (CASES / "codes").iterdir()} == {*COMMANDS, *FAULTY}
