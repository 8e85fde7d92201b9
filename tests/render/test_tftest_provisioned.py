"""The rendered `terraform test` files of the harness and of gateways' policies: they pass, and fail on any change.

The resources are newer than the local provider, so the real terraform runs them with the schemas of the catalog: once
as if the provider left out what is left out, and once as if it filled in all of it.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml
from edited_modules import MADE, STATEMENTS, Edit, edited, failures, resource, statement, write
from extension_samples import GUARDED, PERMIT, POSTURE, TOOLS
from provisioned_samples import planned, rich
from stand_in import serving
from terraform_harness import Terraform

from tfgen.render import files

CASES = Path(__file__).parents[1] / "cases" / "ok"
ARGUMENTS = "main.tf sets other arguments than planned."
Env = Mapping[str, str]


@pytest.fixture(scope="module")
def providers() -> Iterator[dict[bool, Env]]:
    """The environment of terraform for a provider that fills in what is left out, and for one that does not."""
    with ExitStack() as stack:
        places = {filled: stack.enter_context(tempfile.TemporaryDirectory()) for filled in (False, True)}
        yield {filled: stack.enter_context(serving(Path(place), filled=filled)) for filled, place in places.items()}


def write_parts(data: dict[str, Any], folder: Path) -> None:
    plan, _ = planned(data)
    for file in files.parts(plan):
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_text(file.text, encoding="utf-8")


def write_case(name: str, folder: Path) -> None:
    """The parts of a case; without one of that name, of a gateway with a policy that only AgentCore evaluates."""
    if name == "provision_aws":
        data = yaml.safe_load((CASES / f"{name}.yaml").read_text("utf-8"))
        data["harness"]["allowed_tools"] = ["browser"]
        write_parts(data, folder)
    elif (case := CASES / f"{name}.yaml").is_file():
        write(case, folder, parts_only=True)
    else:
        (folder / "posture.yaml").write_text(POSTURE, "utf-8")
        (folder / "tools.json").write_text(json.dumps(TOOLS), "utf-8")
        (folder / "policies.cedar").write_text(PERMIT + GUARDED, "utf-8")
        write(folder / "posture.yaml", folder, parts_only=True)


# --- They pass ------------------------------------------------------------------------------------------------------

MCP = {"type": "remote_mcp", "name": "mcp", "config": {"remote_mcp": {"url": "https://mcp.example.com"}}}
CLAIMS = [
    {
        "inbound_token_claim_name": name,
        "inbound_token_claim_value_type": kind,
        "authorizing_claim_match_value": {"claim_match_operator": operator, "claim_match_value": value},
    }
    for name, kind, operator, value in (
        ("team", "STRING", "EQUALS", {"match_value_string": "shop"}),
        ("groups", "STRING_ARRAY", "CONTAINS_ANY", {"match_value_string_list": ["z", "a"]}),
    )
]


def with_claims(name: str) -> dict[str, Any]:
    """A posture with sets of blocks, and lists whose order a set does not keep."""
    data = rich(name)
    jwt = data["harness"]["authorizer_configuration"]["custom_jwt_authorizer"]
    data["harness"]["authorizer_configuration"]["custom_jwt_authorizer"] = {**jwt, "custom_claims": CLAIMS}
    data["harness"]["tools"].append(MCP)
    return data


@pytest.mark.terraform
@pytest.mark.parametrize("filled", [False, True], ids=["as it is", "filled in"])
@pytest.mark.parametrize("name", ["aws", "awscc"])
def test_those_of_a_resource_pass(
    name: str, filled: bool, terraform: Terraform, providers: dict[bool, Env], tmp_path: Path
) -> None:
    data = with_claims(name)
    write_parts(data, tmp_path)
    terraform.assert_formatted(tmp_path)
    assert failures(terraform, tmp_path / "harness", providers[filled]) == set()


@pytest.mark.terraform
def test_those_of_a_stack_pass(terraform: Terraform, tmp_path: Path) -> None:
    write_parts(with_claims("cloudformation"), tmp_path)
    terraform.assert_formatted(tmp_path)
    terraform.init(tmp_path / "harness")
    assert failures(terraform, tmp_path / "harness") == set()


@pytest.mark.terraform
@pytest.mark.parametrize("filled", [False, True], ids=["as it is", "filled in"])
@pytest.mark.parametrize("case", ["gateway_policies", "extended"])
def test_those_of_gateways_pass(
    case: str, filled: bool, terraform: Terraform, providers: dict[bool, Env], tmp_path: Path
) -> None:
    write_case(case, tmp_path)
    terraform.assert_formatted(tmp_path / "gateway-policy")
    assert failures(terraform, tmp_path / "gateway-policy", providers[filled]) == set()


# --- They fail on any change ----------------------------------------------------------------------------------------

AWS = "aws_bedrockagentcore_harness.this"
AWSCC = "awscc_bedrockagentcore_harness.this"
STACK = "aws_cloudformation_stack.this"


def output(name: str) -> str:
    return f"The output {name} differs from the plan."


def within(address: str, argument: str) -> str:
    return f"{address} differs from the plan in {argument}."


ENGINE, POLICY = "aws_bedrockagentcore_policy_engine", "aws_bedrockagentcore_policy"
BATCHES: dict[str, tuple[str, str, tuple[Edit, ...]]] = {
    "a resource": (
        "provision_aws",
        "harness",
        (
            Edit("another model", "model {", "nova-pro", "nova-premier", within(AWS, "model")),
            Edit("another gateway", 'dynamic "tool"', "tool.value", '"another"', within(AWS, "tool")),
            Edit("every tool", "", '["browser"]', '["*"]', within(AWS, "allowed_tools")),
            Edit("another role", "", "= var.execution_role_arn", '= "another"', within(AWS, "execution_role_arn")),
            Edit("another prompt", "system_prompt {", "You help in", "You own", within(AWS, "system_prompt")),
            Edit("another skill", "skill {", "/skills/returns", "/skills", within(AWS, "skill")),
            Edit("another memory", "memory {", "memory/shop", "memory/all", within(AWS, "memory")),
            Edit("public sessions", "environment {", '"VPC"', '"PUBLIC"', within(AWS, "environment")),
            Edit("another variable", "", "= var.stage", '= "prod"', within(AWS, "environment_variables")),
            Edit("more steps", "", "= 30", "= 300", within(AWS, "max_iterations")),
            Edit("a longer summary", "truncation {", "0.3", "0.9", within(AWS, "truncation")),
            Edit("another audience", "", '["shop"]', '["shop", "all"]', within(AWS, "authorizer_configuration")),
            Edit("other tags", "", 'only = "the-harness"', 'only = "a"', within(AWS, "tags")),
            Edit("another output", "", f"{AWS}.arn", f"{AWS}.harness_id", output("harness_arn"), "outputs.tf"),
        ),
    ),
    "more in a resource": (
        "provision_aws",
        "harness",
        (
            Edit("another group", "", '"managers",', '"managers", "all",', within(AWS, "authorizer_configuration")),
            Edit("another subnet", "", "= var.subnet_ids", '= ["subnet-1"]', within(AWS, "environment")),
            Edit("a tool more", "", "  skill {", '  tool {\n    type = "a"\n  }\n\n  skill {', within(AWS, "tool")),
            Edit("an argument more", "", "  model {", "  max_tokens = 9\n\n  model {", ARGUMENTS),
            Edit("a resource more", "", 'resource "', 'resource "terraform_data" "more" {}\n\nresource "', MADE),
        ),
    ),
    "an argument of a block": (
        "provision_aws",
        "harness",
        (
            Edit("an argument more", "bedrock_model_config", "temperature", "top_p = 1\n temperature", ARGUMENTS),
            Edit("another claim", "", '"groups"', '"sub"', within(AWS, "authorizer_configuration")),
        ),
    ),
    "objects": (
        "provision_awscc",
        "harness",
        (
            Edit("another model", "model =", "gpt-5", "gpt-6", within(AWSCC, "model")),
            Edit("another schema", "tools =", '"string"', '"number"', within(AWSCC, "tools")),
            Edit("another memory", "memory =", "var.memory_arn", '"another"', within(AWSCC, "memory")),
            Edit("less is kept", "truncation =", "40", "4", within(AWSCC, "truncation")),
            Edit("another client", "", '["shop"]', '["all"]', within(AWSCC, "authorizer_configuration")),
            Edit("another role", "", "= var.execution_role_arn", '= "another"', within(AWSCC, "execution_role_arn")),
            Edit("no tags", "", "in var.tags", "in {}", within(AWSCC, "tags")),
            Edit("an argument more", "", "  model = {", "  max_tokens = 9\n\n  model = {", ARGUMENTS),
        ),
    ),
    "an argument of an object": (
        "provision_awscc",
        "harness",
        (
            Edit(
                "scopes that are not asked for",
                "custom_jwt_authorizer",
                "allowed_scopes ",
                "allowed_audience ",
                within(AWSCC, "authorizer_configuration"),
            ),
            Edit("an argument more", "open_ai_model_config", "model_id", "top_p = 1\n model_id", ARGUMENTS),
        ),
    ),
    "a stack": (
        "provision_cloudformation",
        "harness",
        (
            Edit("another model", "Model =", "nova-pro", "nova-premier", within(STACK, "Model")),
            Edit("another server", "Tools =", "tools.example.com", "example.com", within(STACK, "Tools")),
            Edit("another skill", "Skills =", "/returns/", "/", within(STACK, "Skills")),
            Edit("a hook that lets pass", "Hooks =", '"deny"', '"allow"', within(STACK, "Hooks")),
            Edit("a longer memory", "Memory =", "= 30", "= 365", within(STACK, "Memory")),
            Edit("another stage", "", '"test"', '"prod"', within(STACK, "EnvironmentVariables")),
            Edit("another role", "", "= var.execution_role_arn", '= "another"', within(STACK, "ExecutionRoleArn")),
            Edit("another name", "HarnessName", "var.harness_name", '"another"', within(STACK, "HarnessName")),
            Edit("no tags", "", "in var.tags", "in {}", within(STACK, "Tags")),
            Edit("a secret that shows", "", "NoEcho = true", "NoEcho = false", within(STACK, "template_body")),
            Edit(
                "a capability", "", "  on_failure", '  capabilities = ["CAPABILITY_IAM"]\n  on_failure', resource(STACK)
            ),
            Edit("a role of the stack", "", "  tags = var.tags", '  iam_role_arn = "a"\n  tags = var.tags', ARGUMENTS),
            Edit("another output", "", "outputs.HarnessArn", "outputs.HarnessId", output("harness_arn"), "outputs.tf"),
        ),
    ),
    "more in a stack": (
        "provision_cloudformation",
        "harness",
        (
            Edit("a property more", "", "Model = {", "MaxTokens = 9\n Model = {", within(STACK, "template_body")),
            Edit("another secret", "parameters", "= var.api_token", '= "another"', resource(STACK)),
            Edit("a step before", "on_failure", "template_body", 'policy_body = "{}"\n template_body', ARGUMENTS),
        ),
    ),
    "a resource more in a stack": (
        "provision_cloudformation",
        "harness",
        (
            Edit("a resource", "", "Harness = {", "Role = {}\n Harness = {", within(STACK, "template_body")),
            Edit("tags of the stack", "parameters", "tags = var.tags", "tags = {}", resource(STACK)),
            Edit("a time", "on_failure", "template_body", "timeout_in_minutes = 1\n template_body", ARGUMENTS),
        ),
    ),
    "policies of gateways": (
        "gateway_policies",
        "gateway-policy",
        (
            Edit(
                "a permit made a forbid",
                "refunds__hostile_text",
                '"permit (',
                '"forbid (',
                within(f"{POLICY}.refunds__hostile_text", "definition"),
            ),
            Edit(
                "another principal",
                "signed_refunds__robots",
                "user/dora",
                "user/*",
                within(f"{POLICY}.signed_refunds__robots", "definition"),
            ),
            Edit(
                "a condition dropped",
                "signed_refunds__dora_looks",
                '"when',
                '"// when',
                within(f"{POLICY}.signed_refunds__dora_looks", "definition"),
            ),
            Edit(
                "decisions that are only logged", "", '"ENFORCE"', '"LOG_ONLY"', output("policy_engines"), "outputs.tf"
            ),
            Edit("another key", "", "= var.key_arn", "= null", resource(f"{ENGINE}.refunds")),
            Edit(
                "another engine",
                "refunds__refunds",
                f"{ENGINE}.refunds",
                f"{ENGINE}.signed_refunds",
                resource(f"{POLICY}.refunds__refunds"),
            ),
            Edit("no tags", f'{ENGINE}" "signed_refunds"', "var.tags", "{}", resource(f"{ENGINE}.signed_refunds")),
            Edit(
                "another role", "iam_role_policy", "= var.role", '= "another"', resource("aws_iam_role_policy.refunds")
            ),
            Edit("an action more", '"AskPolicies"', "Action = [", 'Action = ["*",', statement("AskPolicies")),
            Edit(
                "a statement more",
                "signed_refunds_role_policy",
                "Statement = [",
                'Statement = [{ Sid = "More", Effect = "Allow", Action = ["*"], Resource = ["*"] },',
                STATEMENTS,
            ),
            Edit(
                "findings that are ignored",
                "signed_refunds__robots",
                "  name ",
                '  validation_mode = "IGNORE_ALL_FINDINGS"\n  name ',
                ARGUMENTS,
            ),
        ),
    ),
    "a policy with an extension": (
        "extended",
        "gateway-policy",
        (
            Edit(
                "a forbid made a permit",
                '"awscc_bedrockagentcore_policy"',
                "forbid(",
                "permit(",
                within("awscc_bedrockagentcore_policy.refunds__no_attacks", "definition"),
            ),
            Edit("a resource more", "", 'resource "', 'resource "terraform_data" "more" {}\n\nresource "', MADE),
        ),
    ),
}


@pytest.fixture(scope="module")
def trees(terraform: Terraform, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The parts of each case that is edited, rendered once."""
    found: dict[str, Path] = {}
    for case, _, _ in BATCHES.values():
        if case not in found:
            found[case] = tmp_path_factory.mktemp(case)
            write_case(case, found[case])
    terraform.init(found["provision_cloudformation"] / "harness")
    return found


@pytest.mark.terraform
@pytest.mark.parametrize("batch", BATCHES)
def test_they_fail_on_any_change(
    batch: str, trees: dict[str, Path], terraform: Terraform, providers: dict[bool, Env]
) -> None:
    case, part, edits = BATCHES[batch]
    env = None if batch == "a stack" else providers[True]
    with edited(trees[case] / part, edits):
        found = failures(terraform, trees[case] / part, env)
    for edit in edits:
        assert any(edit.says in said for said in found), (edit.what, found)
    assert {said for said in found if not any(edit.says in said for edit in edits)} == set()


@pytest.mark.terraform
def test_they_fail_without_the_authorizer(
    trees: dict[str, Path], terraform: Terraform, providers: dict[bool, Env]
) -> None:
    folder = trees["provision_aws"] / "harness"
    (block,) = re.findall(
        r"  authorizer_configuration \{\n.*?\n  \}\n", (folder / "main.tf").read_text("utf-8"), re.DOTALL
    )
    with edited(folder, (Edit("no authorizer", "", block, "", ""),)):
        assert failures(terraform, folder, providers[True]) == {"Invalid index", ARGUMENTS}
