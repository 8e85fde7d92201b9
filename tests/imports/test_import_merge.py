"""An existing posture brought up to date: what changed is in it, and comments, order and decisions stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tfgen.cli import main as cli

POSTURE = """\
# Our desk.
tfgen: 1
name: the-desk # not the harness's name
inputs:
  gateway_arn:
    description: The gateway.
harness:
  model: # chosen by the board
    bedrock_model_config:
      model_id: amazon.nova-lite-v1:0 # cheap
      max_tokens: 100
  harness_name: desk
  tools:
    # The first tool.
    - type: agentcore_gateway
      name: orders
      config:
        agentcore_gateway:
          gateway_arn: { input: gateway_arn }
    # The second tool.
    - { type: agentcore_browser, name: web }
  memory: { disabled: {} }
access:
  - name: callers # who calls
    may: [invoke]
"""


def source(**harness: Any) -> str:
    tools = [
        {"type": "agentcore_browser", "name": "web"},
        {
            "type": "agentcore_gateway",
            "name": "orders",
            "config": {
                "agentCoreGateway": {
                    "gatewayArn": "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/orders-abcdefghij"
                }
            },
        },
    ]
    model = {"bedrockModelConfig": {"modelId": "amazon.nova-lite-v1:0", "maxTokens": 100}}
    base = {"harnessName": "desk", "model": model, "tools": tools, "memory": {"disabled": {}}}
    return json.dumps({"harness": {**base, **harness}})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "posture.yaml").write_text(POSTURE)
    return tmp_path


def merged(folder: Path, text: str, name: str = "source.json") -> str:
    (folder / name).write_text(text)
    assert cli.run(["import", name, "--merge", "posture.yaml"]) == 0
    return (folder / "posture.yaml").read_text()


def test_nothing_changes_when_nothing_differs(folder: Path) -> None:
    assert merged(folder, source()) == POSTURE


def test_a_value_changes_where_it_stands(folder: Path) -> None:
    text = merged(folder, source(model={"bedrockModelConfig": {"modelId": "amazon.nova-pro-v1:0", "maxTokens": 100}}))
    # The comment stays in its column.
    assert text == POSTURE.replace("amazon.nova-lite-v1:0 # cheap", "amazon.nova-pro-v1:0  # cheap")


def test_keys_come_where_they_belong_and_go(folder: Path) -> None:
    model = {"bedrockModelConfig": {"modelId": "amazon.nova-lite-v1:0"}}
    text = merged(folder, source(model=model, maxIterations=5, systemPrompt=[{"text": "Be brief."}]))
    assert "max_tokens" not in text
    expected = POSTURE.replace("      max_tokens: 100\n", "")
    assert [line for line in expected.splitlines() if line not in text.splitlines()] == []
    assert "  system_prompt:\n    - text: Be brief.\n  tools:" in text
    assert "  max_iterations: 5\n" in text


def test_a_tool_that_is_gone_goes_and_a_new_one_comes(folder: Path) -> None:
    text = merged(
        folder,
        source(
            tools=[
                {"type": "agentcore_code_interpreter", "name": "python"},
                {"type": "agentcore_browser", "name": "web"},
            ]
        ),
    )
    assert "orders" not in text.partition("access:")[0].partition("tools:")[2]
    assert "# The second tool.\n    - { type: agentcore_browser, name: web }\n" in text
    assert "    - type: agentcore_code_interpreter\n      name: python\n" in text


def test_inputs_that_are_new_are_declared(folder: Path) -> None:
    text = merged(
        folder,
        """
resource "aws_bedrockagentcore_harness" "desk" {
  harness_name = "desk"
  model {
    bedrock_model_config {
      model_id   = "amazon.nova-lite-v1:0"
      max_tokens = 100
    }
  }
  tool {
    type = "agentcore_gateway"
    name = "orders"
    config {
      agentcore_gateway {
        gateway_arn = aws_bedrockagentcore_gateway.orders.gateway_arn
      }
    }
  }
  tool {
    type = "agentcore_browser"
    name = "web"
  }
  memory {
    agentcore_memory_configuration {
      arn = aws_bedrockagentcore_memory.desk.arn
    }
  }
}
""",
        "main.tf",
    )
    assert "gateway_arn: { input: gateway_arn }" in text  # what a person decided stands
    assert "  desk_memory_arn:\n    description: ARN of the memory.\nharness:" in text
    assert "      arn: { input: desk_memory_arn }\n" in text
    assert "orders_gateway_arn" not in text


def test_what_was_not_understood_stays(folder: Path) -> None:
    text = POSTURE.replace("  memory: {", '  system_prompt:\n    - text: "Kept."\n  memory: {')
    (folder / "posture.yaml").write_text(text)
    terraform = """
resource "aws_bedrockagentcore_harness" "desk" {
  harness_name = "desk"
  model {
    bedrock_model_config {
      model_id   = "amazon.nova-lite-v1:0"
      max_tokens = 100
    }
  }
  system_prompt {
    text = file("prompt.md")
  }
  memory {
    disabled = true
  }
}
"""
    found = merged(folder, terraform, "main.tf")
    assert '    - text: "Kept."\n' in found
    assert "tools:" not in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tfgen: 1\n", "posture.yaml:1:1: error: the required key"),
        ("tfgen: [\n", "posture.yaml:"),
        (POSTURE.replace("name: the-desk", "name: The Desk"), "posture.yaml:3:7: error: 'The Desk' is not"),
    ],
)
def test_a_posture_that_is_wrong_is_left_alone(
    text: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "posture.yaml").write_text(text)
    (folder / "source.json").write_text(source())
    assert cli.run(["import", "source.json", "--merge", "posture.yaml"]) == 1
    assert capsys.readouterr().err.startswith(message[:20])
    assert (folder / "posture.yaml").read_text() == text


def test_out_takes_the_merged_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "source.json").write_text(source(maxIterations=3))
    assert cli.run(["import", "source.json", "--merge", "posture.yaml", "--out", "-"]) == 0
    assert "max_iterations: 3" in capsys.readouterr().out
    assert (folder / "posture.yaml").read_text() == POSTURE


UPDATE: dict[str, Any] = {
    "harnessId": "desk-AbCdE12345",
    "systemPrompt": [{"text": "You tidy."}],
    "memory": {"optionalValue": {"disabled": {}}},
    "maxIterations": 20,
}
HAVE = """\
tfgen: 1
name: the-desk
inputs:
  profile_arn: { description: The profile., form: application-inference-profile }
harness:
  harness_name: desk
  model: { bedrock_model_config: { model_id: { input: profile_arn } } } # the cheap one
  system_prompt: [{ text: Old. }]
  allowed_tools: ["@orders"]
"""


def test_an_update_keeps_what_it_does_not_name(folder: Path) -> None:
    (folder / "update.json").write_text(json.dumps(UPDATE))
    (folder / "have.yaml").write_text(HAVE)
    assert cli.run(["import", "update.json", "--merge", "have.yaml"]) == 0
    merged = (folder / "have.yaml").read_text()
    assert "model: { bedrock_model_config: { model_id: { input: profile_arn } } } # the cheap one\n" in merged
    assert 'allowed_tools: ["@orders"]\n' in merged
    assert "You tidy." in merged
    assert "Old." not in merged
    assert "disabled: {}" in merged
    assert "harness_id" not in merged


def test_an_update_takes_away_what_it_empties(folder: Path) -> None:
    (folder / "update.json").write_text(json.dumps({**UPDATE, "memory": {"optionalValue": None}}))
    (folder / "have.yaml").write_text(HAVE + "  memory: { disabled: {} }\n")
    assert cli.run(["import", "update.json", "--merge", "have.yaml"]) == 0
    assert "memory" not in (folder / "have.yaml").read_text()


def test_an_update_alone_is_no_harness(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "update.json").write_text(json.dumps(UPDATE))
    assert cli.run(["import", "update.json"]) == 1
    assert "name the posture that it changes with --merge" in capsys.readouterr().err
