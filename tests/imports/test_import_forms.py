"""The form of an imported input follows from its default, or from the resource that its value comes from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tfgen.app.check import check
from tfgen.app.import_ import Result, import_source
from tfgen.catalog import load
from tfgen.imports import vocabulary
from tfgen.imports.report import Handling
from tfgen.plan.build import build
from tfgen.plan.values import form_among, possible

HARNESS = """
resource "aws_bedrockagentcore_harness" "t" {
  harness_name       = "t"
  execution_role_arn = "arn:aws:iam::111122223333:role/x"
  model {
    bedrock_model_config {
      model_id = %s
    }
  }
%s}
"""
SKILL = """  skill {
    s3 {
      uri = %s
    }
  }
"""


def imported(folder: Path, text: str, name: str = "main.tf") -> Result:
    (folder / name).write_text(text, encoding="utf-8")
    (result,) = import_source(str(folder / name)).results
    assert result.posture is not None, result.diagnostics
    (folder / "posture.yaml").write_text(result.text, encoding="utf-8")
    assert [one for one in check(str(folder / "posture.yaml")).diagnostics if one.code.value == "TFG209"] == []
    return result


def forms(result: Result) -> list[str | None]:
    assert result.posture is not None
    return [declared.form for declared in result.posture.inputs.values()]


def test_a_model_behind_a_variable_is_reached_with_its_profile(tmp_path: Path) -> None:
    variable = 'variable "agent_model" {\n  default = "us.amazon.nova-pro-v1:0"\n}\n'
    result = imported(tmp_path, variable + HARNESS % ("var.agent_model", ""))
    assert forms(result) == ["inference-profile"]
    assert result.posture is not None
    plan, findings = build(result.posture)
    assert findings == ()
    sids = {grant.statement.sid for grant in plan.role.policy.grants}
    assert {"BedrockInferenceProfile", "BedrockModelBehindProfile"} <= sids


@pytest.mark.parametrize(
    ("expression", "form"),
    [
        ("aws_bedrock_inference_profile.x.arn", "application-profile"),
        ('aws_bedrock_inference_profile.x["a"].arn', "application-profile"),
        ("awscc_bedrock_application_inference_profile.x.inference_profile_arn", "application-profile"),
        ("aws_bedrock_provisioned_model_throughput.x.provisioned_model_arn", "provisioned-model"),
        ("awscc_bedrock_intelligent_prompt_router.x.prompt_router_arn", "prompt-router"),
        ("aws_sagemaker_endpoint.x.arn", "marketplace-endpoint"),
        ("data.aws_bedrock_foundation_model.x.model_id", None),
        ('"us.${data.aws_bedrock_foundation_model.x.model_id}"', "inference-profile"),
        (
            '"arn:aws:bedrock:${data.aws_region.r.id}:%s:imported-model/a"',
            "imported-model",
        ),
        ("aws_bedrock_custom_model.x.custom_model_arn", None),
        ('"us.${var.model}"', None),
    ],
)
def test_a_resource_tells_the_form(expression: str, form: str | None, tmp_path: Path) -> None:
    expression = expression.replace("%s", "${data.aws_caller_identity.c.account_id}")
    assert forms(imported(tmp_path, HARNESS % (expression, ""))) == [form]


def test_a_bucket_tells_what_a_skill_is(tmp_path: Path) -> None:
    whole, part = '"s3://${aws_s3_bucket.b.bucket}"', '"s3://${aws_s3_bucket.b.id}/skills/returns"'
    text = HARNESS % ('"amazon.nova-pro-v1:0"', SKILL % whole + SKILL % part)
    assert forms(imported(tmp_path, text)) == ["bucket", None]


def test_a_default_that_no_input_may_have_stands_in_the_posture_itself(tmp_path: Path) -> None:
    arn = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-pro-v1:0"
    result = imported(tmp_path, f'variable "m" {{\n  default = "{arn}"\n}}\n' + HARNESS % ("var.m", ""))
    assert result.posture is not None
    assert not result.posture.inputs
    assert arn in result.text
    (assumed,) = [entry for entry in result.entries if entry.fate is Handling.ASSUMED]
    assert assumed.why == "the default of var.m is taken, as no input can have its form here"
    assert Handling.INPUT not in {entry.fate for entry in result.entries}


def test_a_template_tells_it_too(tmp_path: Path) -> None:
    model = {"BedrockModelConfig": {"ModelId": {"Fn::GetAtt": ["Profile", "InferenceProfileArn"]}}}
    skills = [{"S3": {"Uri": {"Fn::Sub": "s3://${Skills}/returns"}}}, {"S3": {"Uri": {"Fn::Sub": "s3://${Skills}"}}}]
    harness = {"HarnessName": "t", "ExecutionRoleArn": "arn:aws:iam::111122223333:role/x", "Model": model}
    resources = {
        "Profile": {"Type": "AWS::Bedrock::ApplicationInferenceProfile"},
        "Skills": {"Type": "AWS::S3::Bucket"},
        "Harness": {"Type": "AWS::BedrockAgentCore::Harness", "Properties": {**harness, "Skills": skills}},
    }
    result = imported(tmp_path, json.dumps({"Resources": resources}), "template.json")
    assert forms(result) == ["application-profile", None, "bucket"]


def test_every_sample_tells_a_form() -> None:
    among = [form for name in load.SHEETS for form in possible(load.sheet(name))]
    for value in vocabulary.samples().values():
        assert any(form_among(among, text) for text in (value, f"s3://{value}")), value
