"""The rendered `terraform test` files pass offline, and fail when a module makes or grants something else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from edited_modules import MADE, STATEMENTS, Edit, edited, failures, resource, statement, write, write_texts
from network_samples import planned, sample
from terraform_harness import Terraform

from tfgen.render import files

ROOT = Path(__file__).parents[2]


@pytest.mark.terraform
@pytest.mark.parametrize(
    ("posture", "parts"),
    [
        ("modules", ("execution-role", "access")),
        ("modules/vpc", ("network",)),
        ("examples/platform-team", ("execution-role", "access", "")),
        ("examples/private-openai", ("",)),
        ("examples/complete", ("access",)),
    ],
)
def test_they_pass_with_every_call_mocked(
    posture: str, parts: tuple[str, ...], terraform: Terraform, tmp_path: Path
) -> None:
    alone = posture.startswith("modules")
    write(ROOT / posture / "posture.yaml", tmp_path, parts_only=alone)
    terraform.assert_formatted(tmp_path)
    for part in parts:
        folder = tmp_path / ("" if alone or not part else "modules") / part
        terraform.init(folder)
        assert failures(terraform, folder) == set()


@pytest.mark.terraform
@pytest.mark.parametrize(
    "data",
    [
        sample(
            "browser",
            vpc={"tags": {"env": "prod"}},
            subnets={"tags": {"tier": "private"}},
            route_tables={"tags": {"tier": "private"}},
            ip_address_type="dualstack",
            internet={"nat": {}},
            flow_logs=True,
            service_linked_role=True,
        )
    ],
    ids=["looked up by tags"],
)
def test_they_pass_for_networks_of_every_kind(data: object, terraform: Terraform, tmp_path: Path) -> None:
    plan, _ = planned(data)
    write_texts({file.path: file.text for file in files.parts(plan)}, tmp_path)
    terraform.init(tmp_path / "network")
    assert failures(terraform, tmp_path / "network") == set()


# --- Edits ----------------------------------------------------------------------------------------------------------


ACTION = "Action   = ["
FILES = "The module's directory has other Terraform files than were rendered."
ADMINISTRATOR = '"arn:aws:iam::aws:policy/AdministratorAccess"'
ATTACHMENT = (
    'resource "aws_iam_role_policy_attachment" "more" {\n  role       = aws_iam_role.execution.name\n'
    f"  policy_arn = {ADMINISTRATOR}\n}}\n\n"
)
ANYWHERE = 'cidr_ipv4 = "0.0.0.0/0"'
PEER = "referenced_security_group_id = "

BATCHES: dict[str, tuple[str, str, tuple[Edit, ...]]] = {
    "permissions": (
        "platform-team",
        "modules/execution-role",
        (
            Edit("an action added", '"Gateway"', ACTION, f'{ACTION}"s3:GetObject", ', statement("Gateway")),
            Edit("every action", '"LogGroupsList"', '"logs:DescribeLogGroups"', '"*"', statement("LogGroupsList")),
            Edit("every account", '"aws:SourceAccount"', "[local.account]", '["*"]', statement("AgentCoreAssumesRole")),
            Edit("another namespace", '"Metrics"', '["bedrock-agentcore"]', '["*"]', statement("Metrics")),
            Edit("every resource", '"ManagedMemory"', "memory/returns_desk-*", "*", statement("ManagedMemory")),
            Edit("a Deny made Allow", '"BoundaryXray"', '"Deny"', '"Allow"', statement("DenyAssumeRole")),
            Edit(
                "a condition of another issuer",
                '"WorkloadIdentityForUserOfIssuer"',
                "us-east-1_EXAMPLE",
                "*",
                statement("WorkloadIdentityForUserOfIssuer"),
            ),
            Edit(
                "a statement added",
                'resource "aws_iam_policy" "boundary"',
                "Statement = [",
                'Statement = [{ Sid = "More", Effect = "Allow", Action = ["*"], Resource = ["*"] },',
                STATEMENTS,
            ),
            Edit(
                "a policy attached in the role",
                'resource "aws_iam_role" "execution"',
                'path                 = "/agents/"',
                f'path = "/agents/"\n  managed_policy_arns = [{ADMINISTRATOR}]',
                resource("aws_iam_role.execution"),
            ),
            Edit(
                "an attachment added", "", 'resource "aws_iam_policy"', f'{ATTACHMENT}resource "aws_iam_policy"', MADE
            ),
            Edit(
                "permissions for another role",
                'resource "aws_iam_role_policy" "execution"',
                "aws_iam_role.execution.id",
                '"other"',
                resource("aws_iam_role_policy.execution"),
            ),
            Edit(
                "another output",
                'output "role_name"',
                "aws_iam_role.execution.name",
                '"other"',
                "The output role_name differs from the plan.",
                "outputs.tf",
            ),
        ),
    ),
    "another principal": (
        "minimal",
        "modules/execution-role",
        (
            Edit(
                "another principal",
                '"AgentCoreAssumesRole"',
                "bedrock-agentcore.amazonaws.com",
                "ec2.amazonaws.com",
                statement("AgentCoreAssumesRole"),
            ),
            Edit(
                "a condition dropped",
                '"Metrics"',
                "Condition = {\n          StringEquals = {\n"
                '            "cloudwatch:namespace" = ["bedrock-agentcore"]\n          }\n        }\n',
                "",
                statement("Metrics"),
            ),
            Edit(
                "longer sessions",
                'resource "aws_iam_role" "execution"',
                "= 3600",
                "= 43200",
                resource("aws_iam_role.execution"),
            ),
        ),
    ),
    "access": (
        "platform-team",
        "modules/access",
        (
            Edit(
                "another role is given a policy",
                'resource "aws_iam_role_policy_attachment" "on_call"',
                '["platform-on-call"]',
                '["platform-on-call", "everybody"]',
                "aws_iam_role_policy_attachment.on_call is not made for the planned keys.",
            ),
            Edit(
                "a policy of others attached",
                'resource "aws_iam_role_policy_attachment" "storefront"',
                "aws_iam_policy.storefront.arn",
                "aws_iam_policy.on_call.arn",
                resource("aws_iam_role_policy_attachment.storefront"),
            ),
            Edit(
                "another document",
                'resource "aws_iam_role_policy" "front_end"',
                "local.front_end_policy",
                "local.pipeline_policy",
                resource("aws_iam_role_policy.front_end"),
            ),
            Edit("a Deny made Allow", '"RequireJwt"', '"Deny"', '"Allow"', statement("RequireJwt"), "outputs.tf"),
        ),
    ),
    "network": (
        "shared-files",
        "modules/network",
        (
            Edit(
                "egress to everywhere",
                'egress_rule" "mount_targets"',
                f"{PEER}var.mount_target_group",
                ANYWHERE,
                resource("aws_vpc_security_group_egress_rule.mount_targets"),
            ),
            Edit(
                "ingress from everywhere",
                'ingress_rule" "endpoints"',
                f"{PEER}aws_security_group.sessions.id",
                ANYWHERE,
                resource("aws_vpc_security_group_ingress_rule.endpoints"),
            ),
            Edit(
                "all ports",
                'egress_rule" "endpoints"',
                "from_port                    = 443\n  to_port                      = 443",
                "from_port = 0\n  to_port = 65535",
                resource("aws_vpc_security_group_egress_rule.endpoints"),
            ),
            Edit(
                "every protocol",
                'ingress_rule" "mount_targets"',
                '"tcp"\n  from_port                    = 2049\n  to_port                      = 2049',
                '"-1"',
                resource("aws_vpc_security_group_ingress_rule.mount_targets"),
            ),
            Edit(
                "a rule in the group itself",
                'resource "aws_security_group" "sessions"',
                "  tags =",
                '  ingress {\n    protocol    = "-1"\n    from_port   = 0\n    to_port     = 0\n'
                '    cidr_blocks = ["0.0.0.0/0"]\n  }\n\n  tags =',
                resource("aws_security_group.sessions"),
            ),
            Edit(
                "a rule added",
                "",
                'resource "aws_security_group" "endpoints"',
                'resource "aws_vpc_security_group_egress_rule" "more" {\n'
                "  security_group_id = aws_security_group.sessions.id\n"
                f'  {ANYWHERE}\n  ip_protocol = "-1"\n}}\n\nresource "aws_security_group" "endpoints"',
                MADE,
            ),
            Edit(
                "another prefix list",
                'data "aws_ec2_managed_prefix_list" "s3"',
                ".s3",
                ".dynamodb",
                resource("data.aws_ec2_managed_prefix_list.s3"),
            ),
            Edit(
                "an endpoint for everybody",
                '"ecr_api"',
                "local.ecr_api_policy",
                "null",
                resource("aws_vpc_endpoint.ecr_api"),
            ),
            Edit(
                "another group",
                '"ecr_dkr"',
                "security_group.endpoints",
                "security_group.sessions",
                resource("aws_vpc_endpoint.ecr_dkr"),
            ),
            Edit("a file added", "", "", json.dumps({"locals": {"more": 1}}), FILES, "more.tf.json"),
            Edit("no private DNS", '"xray"', "= true", "= false", resource("aws_vpc_endpoint.xray")),
            Edit(
                "another subnet",
                '"logs"',
                "local.endpoint_subnet_ids",
                '["subnet-1"]',
                resource("aws_vpc_endpoint.logs"),
            ),
            Edit("another service", '"monitoring"', ".monitoring", ".kms", resource("aws_vpc_endpoint.monitoring")),
        ),
    ),
    "wiring": (
        "shared-files",
        "",
        (
            Edit(
                "another input",
                "",
                "var.mount_target_subnet_ids",
                "var.subnet_ids",
                "The module network is given something else than planned.",
            ),
            Edit(
                "another module",
                "",
                "./modules/execution-role",
                "./modules/network/../execution-role",
                "The module execution_role is given something else than planned.",
            ),
            Edit(
                "a resource added",
                "",
                'module "network"',
                'resource "terraform_data" "more" {}\n\nmodule "network"',
                MADE,
            ),
            Edit(
                "another output",
                'output "execution_role_name"',
                "module.execution_role.role_name",
                "module.execution_role.role_arn",
                "The output execution_role_name is not the output role_name of the module execution-role.",
                "outputs.tf",
            ),
        ),
    ),
}


@pytest.fixture(scope="module")
def trees(terraform: Terraform, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Each module that is edited, rendered and made ready once."""
    found: dict[tuple[str, str], Path] = {}
    for name, part, _ in BATCHES.values():
        if (name, part) not in found:
            root = tmp_path_factory.mktemp(name)
            write(ROOT / "examples" / name / "posture.yaml", root)
            found[name, part] = root / part
            terraform.init(root / part)
    return found


@pytest.mark.terraform
@pytest.mark.parametrize("batch", BATCHES)
def test_they_fail_on_any_change(batch: str, trees: dict[tuple[str, str], Path], terraform: Terraform) -> None:
    name, part, edits = BATCHES[batch]
    folder = trees[name, part]
    with edited(folder, edits):
        found = failures(terraform, folder)
    for edit in edits:
        assert any(edit.says in said for said in found), (edit.what, found)
    assert {said for said in found if not any(edit.says in said for edit in edits)} == set()


@pytest.mark.terraform
def test_they_fail_when_a_rule_is_removed(trees: dict[tuple[str, str], Path], terraform: Terraform) -> None:
    folder = trees["shared-files", "modules/network"]
    block = r'resource "aws_vpc_security_group_egress_rule" "s3" \{\n.*?\n\}\n'
    (rule,) = re.findall(block, (folder / "main.tf").read_text("utf-8"), re.DOTALL)
    edits = (
        Edit("a rule removed", "", rule, "", ""),
        Edit("an output waits for it no more", "", "aws_vpc_security_group_egress_rule.s3,", "", "", "outputs.tf"),
    )
    with edited(folder, edits):
        assert failures(terraform, folder) == {"Reference to undeclared resource", MADE}


@pytest.mark.terraform
def test_they_fail_when_an_endpoint_is_there_without_its_feature(terraform: Terraform, tmp_path: Path) -> None:
    plan, _ = planned(sample("gateway-inputs"))
    write_texts({file.path: file.text for file in files.parts(plan)}, tmp_path)
    network = tmp_path / "network"
    main = (network / "main.tf").read_text("utf-8")
    always = main.replace("count = length(var.gateways) > 0 ? 1 : 0", "count = 1")
    assert always != main
    (network / "main.tf").write_text(always, encoding="utf-8")
    terraform.init(network)
    assert failures(terraform, network) == {
        "Something is there that these inputs do not need, or something that they need is missing."
    }
