"""Conditions that AgentCore adds to Cedar: carried as they are written, never decided, hiding nothing around them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from extension_samples import GUARDED, PERMIT, POSTURE, SCOPE, SCORE, TOOLS

from tfgen.cli import main as cli

HIDDEN = f'@id("no_addresses")\nsuppressOutput({SCOPE}) when guardrails {{ {SCORE} }};\n'
PAID = f'@id("after_a_look")\nforbid({SCOPE}) unless temporal {{ true }};\n'


def call_by(role: str, expect: str) -> str:
    by = f"claims: {{ role: {role} }}"
    arguments = "arguments: { reason: broken }"
    return f"  - {{ gateway: refunds, by: {{ {by} }}, tool: RefundTool___pay, {arguments}, expect: {expect} }}\n"


def run(
    folder: Path, policies: str, tests: str, capsys: pytest.CaptureFixture[str]
) -> tuple[int, list[dict[str, Any]]]:
    (folder / "posture.yaml").write_text(POSTURE + (f"tests:\n{tests}" if tests else ""), "utf-8")
    (folder / "tools.json").write_text(json.dumps(TOOLS), "utf-8")
    (folder / "policies.cedar").write_text(policies, "utf-8")
    arguments = ["render", str(folder / "posture.yaml"), "--out", str(folder / "out"), "--format", "json"]
    code = cli.run(arguments)
    return code, json.loads(capsys.readouterr().out or '{"diagnostics": []}')["diagnostics"]


@pytest.mark.parametrize("extension", [GUARDED, HIDDEN, PAID], ids=["guardrails", "suppressOutput", "temporal"])
@pytest.mark.parametrize("expect", ["allow", "deny"])
def test_a_call_that_depends_on_an_extension_is_neither_allowed_nor_denied(
    extension: str, expect: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = run(tmp_path, PERMIT + extension, call_by("agent", expect), capsys)
    assert code == 1
    (undecided,) = [one for one in found if one["severity"] == "error"]
    assert undecided["code"] == "TFG615"
    assert "depends on" in undecided["message"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("extension", [GUARDED, HIDDEN, PAID], ids=["guardrails", "suppressOutput", "temporal"])
def test_a_call_that_no_policy_permits_is_denied_whatever_an_extension_says(
    extension: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = run(tmp_path, PERMIT + extension, call_by("customer", "deny"), capsys)
    assert (code, {one["severity"] for one in found}) == (0, {"warning"})
    code, found = run(tmp_path, PERMIT + extension, call_by("customer", "allow"), capsys)
    assert (code, [one["code"] for one in found if one["severity"] == "error"]) == (1, ["TFG613"])


def test_a_permit_with_an_extension_permits_nothing_for_certain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    permit = f"permit({SCOPE}) when guardrails {{ {SCORE} }};"
    for expect in ("allow", "deny"):
        code, found = run(tmp_path, permit, call_by("agent", expect), capsys)
        assert (code, [one["code"] for one in found if one["severity"] == "error"]) == (1, ["TFG615"])


def test_it_is_rendered_as_it_is_written_by_the_provider_that_can_send_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = run(tmp_path, PERMIT + GUARDED + HIDDEN + PAID, "", capsys)
    assert code == 0
    folder = tmp_path / "out" / "modules" / "gateway-policy"
    main = (folder / "main.tf").read_text("utf-8")
    assert main.count('resource "awscc_bedrockagentcore_policy"') == 3
    assert main.count('resource "aws_bedrockagentcore_policy"') == 1
    assert "when guardrails {" in main
    assert "$${path.module}" in main
    assert "hashicorp/awscc" in (folder / "versions.tf").read_text("utf-8")
    assert "bedrock:InvokeGuardrailChecks" in main
    readme = (folder / "README.md").read_text("utf-8")
    assert "when guardrails BedrockGuardrails::PromptAttack" in readme
    assert "**gets no answer**" in readme


def test_without_an_extension_nothing_is_asked_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = run(tmp_path, PERMIT, call_by("agent", "allow"), capsys)
    assert (code, found) == (0, [])
    text = "".join(path.read_text("utf-8") for path in (tmp_path / "out").rglob("*.tf"))
    assert "awscc" not in text
    assert "InvokeGuardrailChecks" not in text


def test_what_is_wrong_beside_an_extension_is_found_at_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = run(tmp_path, GUARDED + PERMIT.replace("RefundTool___pay", "RefundTool___buy"), "", capsys)
    (wrong,) = [one for one in found if one["severity"] == "error"]
    assert (code, wrong["code"], wrong["line"]) == (1, "TFG602", GUARDED.count("\n") + 2)
