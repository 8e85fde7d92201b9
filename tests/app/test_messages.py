"""What was meant: keys at any depth, actions and Sids that are near, and codes that are explained."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from foreign import foreign
from posture_samples import small

from tfgen.app.check import check
from tfgen.catalog import authorization
from tfgen.cli import main as cli
from tfgen.diagnostics import Code, Severity, codes
from tfgen.posture import validate

HERE = Path(__file__).parents[1]
NETWORK = "harness.environment.agentcore_runtime_environment.network_configuration"


def under(*route: str, **keys: object) -> dict[str, Any]:
    """A small posture with more keys in one of its mappings."""
    data = small()
    place = data
    for step in route:
        place = place.setdefault(step, {})
    place.update(keys)
    return data


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        pytest.param(under("harness", name="shop"), "write 'harness_name'", id="the-name-of-the-mapping-before-it"),
        pytest.param(
            under("harness", "environment", network_mode="VPC"),
            f"move it: 'network_mode' is a key of {NETWORK}",
            id="deeper",
        ),
        pytest.param(
            under("harness", networkMode="VPC"),
            f"move it: 'network_mode' is a key of {NETWORK}",
            id="deeper-in-the-spelling-of-the-api",
        ),
        pytest.param(
            under("harness", discovery_url="https://x"),
            "move it: 'discovery_url' is a key of harness.authorizer_configuration.custom_jwt_authorizer",
            id="deeper-and-unlike-all-here",
        ),
        pytest.param(
            under("harness", model_id="m"),
            "move it: 'model_id' is a key of "
            + " or ".join(f"harness.model.{kind}_model_config" for kind in ("bedrock", "openai", "gemini", "litellm")),
            id="deeper-at-several-places",
        ),
        pytest.param(
            under(permissions_boundary="arn"), "move it: 'permissions_boundary' is a key of role", id="beside"
        ),
        pytest.param(under("role", skills=[]), "move it: 'skills' is a key of harness", id="higher"),
        pytest.param(under("harness", "model", "bedrock_model_config", temp=1), "write 'temperature'", id="beginning"),
        pytest.param(under("harness", toolz=[]), "write 'tools'", id="slip"),
        pytest.param(under("harness", zzz=1), "", id="nothing-like-it"),
    ],
)
def test_a_key_is_looked_for_everywhere(data: dict[str, Any], advice: str) -> None:
    found = [one for one in validate(data).findings if one.code is Code.UNKNOWN_KEY]
    assert [one.help for one in found] == [advice]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("s3:GetObjects", "s3:GetObject"),
        ("s3:getobject", "s3:GetObject"),
        ("S3:GetObject", "s3:GetObject"),
        ("dynamdb:GetItem", "dynamodb:GetItem"),
        ("bedrock-agentcore:InvokeHarnes", "bedrock-agentcore:InvokeHarness"),
        ("s3:Xyzzy", None),
        ("nosuchservice:GetObject", None),
    ],
)
def test_an_action_that_is_near(written: str, meant: str | None) -> None:
    assert authorization.like(written) == meant


def claimed(folder: Path, **claim: str) -> list[tuple[Code, Severity, str]]:
    path = folder / "posture.yaml"
    path.write_text(yaml.safe_dump(under(expect=[claim])))
    return [(one.code, one.severity, one.help) for one in check(str(path)).diagnostics]


def test_a_claim_about_no_action_is_found(tmp_path: Path) -> None:
    """That nobody may do what does not exist is true, and says nothing."""
    unknown = Code.UNKNOWN_ACTION
    assert claimed(tmp_path, deny="s3:GetObjekt") == [(unknown, Severity.WARNING, "write s3:GetObject")]
    assert claimed(tmp_path, deny="dynamo:*") == [(unknown, Severity.WARNING, "write dynamodb:*")]
    assert claimed(tmp_path, allow="bedrock:InvokModel") == [(unknown, Severity.ERROR, "write bedrock:InvokeModel")]
    for known in ("s3:GetObject", "s3:getobject", "s3:*"):
        assert claimed(tmp_path, deny=known) == []


def test_vpc_mode_is_told_of_network() -> None:
    runtime = {"agentcore_runtime_environment": {"network_configuration": {"network_mode": "VPC"}}}
    (found,) = validate(under("harness", environment=runtime)).findings
    assert found.help.startswith("add 'network: { vpc: ..., subnets: ... }' at the top")


COMMANDS = ("render", "check", "explain", "import", "schema")


def test_these_are_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--help"]) == 0
    listed = capsys.readouterr().out.partition("\nCommands:\n")[2]
    assert tuple(re.findall(r"^  (\w+)", listed, re.MULTILINE)) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_usage_is_plain(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = (["--nosuch"], ["--format", "nosuch"], ["--jobs", "many"], ["--jobs", "0"], ["--check=maybe"], ["--out"])
    bare: list[list[str]] = [] if command == "schema" else [[]]  # which needs nothing
    for arguments in (["--help"], *bare, *wrong, *(["x", "--out", "y", *one] for one in wrong)):
        code = cli.run([command, *arguments])
        told = "".join(capsys.readouterr())
        assert code == (0 if arguments == ["--help"] else 2), arguments
        assert foreign(told) == [], told
        assert "...}..." not in told
        assert "[[" not in told
        assert told.startswith((f"Usage: tfgen {command} [OPTIONS]", "Error: Option ")), told


def test_a_value_of_an_option_is_refused_in_our_words(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, told in {
        ("render", "--format", "xml"): "'--format': 'xml' is not one of text, json, github, sarif\n",
        ("explain", "--format", "sarif"): "'--format': 'sarif' is not one of text, json\n",
        ("render", "--jobs", "two"): "'--jobs': 'two' is not a whole number from 1 to 9999\n",
        ("render", "--jobs", "0"): "'--jobs': '0' is not a whole number from 1 to 9999\n",
        ("render", "--jobs", "9" * 5000): f"'--jobs': '{'9' * 5000}' is not a whole number from 1 to 9999\n",
    }.items():
        assert cli.run([*arguments, "x"]) == 2
        assert capsys.readouterr().err.endswith(f"Error: Invalid value for {told}")


def test_no_golden_output_has_a_word_of_a_library() -> None:
    goldens = [*HERE.glob("cases/**/*.out"), *HERE.glob("**/__snapshots__/**/*.txt"), HERE.parent / "README.md"]
    assert len(goldens) > 40
    assert {path: words for path in goldens if (words := foreign(path.read_text("utf-8")))} == {}
    assert foreign("Invalid value for '--format': Value error, 'y' is not one of 'text', 'json'.") == ["Value error,"]
    assert foreign("Usage: tfgen render [OPTIONS] {POSTURE...}...") == ["{POSTURE...}"]


def test_a_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", "TFG404", "tfg501"]) == 0
    first, second = capsys.readouterr().out.split("\n\n")
    about = Code.BARE_STAR.about
    assert first.startswith(f"TFG404: {about.title}\n  severity   error\n  why        ")
    assert "\n  fix        Name the resources by their ARNs" in first
    assert "\n  source     https://docs.aws.amazon.com/IAM/" in first
    assert second.startswith("TFG501: ")
    assert cli.run(["explain", "TFG404", "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["codes"]
    assert found == {"code": "TFG404", **asdict(about), "rules": []}


def test_a_code_is_explained_with_the_rules_that_find_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", "TFG303", "TFG208"]) == 0
    several, one = capsys.readouterr().out.split("\n\n")
    assert (
        "\n  rules      a resource is in a partition without a harness\n             resources are in several"
        in several
    )
    assert "\n             a resource is in a region that has AgentCore and no harness (warning)\n" in several
    assert "rules" not in one  # its title says what the code's does
    assert cli.run(["explain", "TFG303", "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["codes"]
    assert [rule["severity"] for rule in found["rules"]] == ["error", "error", "warning", "warning"]
    assert all(rule["title"] and rule["why"] for rule in found["rules"])


def test_an_unknown_code_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["TFG999"], ["TFG404", "TFG4"], ["TFG404", "harness.model"]):
        assert cli.run(["explain", *arguments]) == 2
        assert f"there is no code {arguments[-1]!r}: they are TFG101, " in capsys.readouterr().err


def test_every_code_has_its_facts_and_every_fact_a_code() -> None:
    rows = tomllib.loads((Path(codes.__file__).parent / "codes.toml").read_text("utf-8"))
    assert list(rows) == [code.value for code in Code]
    for code in Code:
        about = code.about
        assert about.why.endswith(".")
        assert about.fix.endswith(".")
        assert about.why != about.fix
        assert not about.title.endswith(".")
        assert about.source == "" or about.source.startswith("https://")


def test_a_sid_that_is_near_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    posture = "examples/minimal/posture.yaml"
    for written, near in (
        ("BedrockModl", "BedrockModel"),
        ("bedrockmodel", "BedrockModel"),
        ("Trace", "Traces"),
        ("bedrock:InvokeModle", "bedrock:InvokeModel"),
        ("harness.modle", "harness.model"),
    ):
        assert cli.run(["explain", posture, written]) == 1
        assert f"\n  near       {near}\n" in capsys.readouterr().out
        assert cli.run(["explain", posture, written, "--format", "json"]) == 1
        assert near in json.loads(capsys.readouterr().out)["targets"][0]["near"]
    assert cli.run(["explain", posture, "Xyzzy"]) == 1
    assert "near" not in capsys.readouterr().out


def test_a_key_inside_itself_is_no_key_below() -> None:
    (found, *_) = validate(under("harness", system_prompt=[{"text": "You help.", "system_prompt": []}])).findings
    assert (found.code, found.route) == (Code.UNKNOWN_KEY, ("harness", "system_prompt", 0, "system_prompt"))
