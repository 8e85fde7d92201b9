"""Proves the test harness itself on a small module written by hand: what it calls equal, clean or drifted, is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from moto_harness import ACCOUNT, Document, Iam, Moto, canonical
from terraform_harness import Applied, Terraform, TerraformError, TerraformMissingError, write_batch

MODULE = Path(__file__).parents[1] / "fixtures" / "iam_role"


@pytest.mark.terraform
def test_applies_reads_back_sees_drift_and_destroys(terraform: Terraform, empty_moto: Moto, tmp_path: Path) -> None:
    description = 'Reads "orders", %{costs} ${5}.'
    variables = {"one": {"name_prefix": "first", "description": description}, "two": {"name_prefix": "second"}}
    root = write_batch(tmp_path / "root", dict.fromkeys(variables, MODULE), variables)

    with Applied(terraform, empty_moto, root) as applied:
        arn = f"arn:aws:iam::{ACCOUNT}:role/agents/first-agent"
        assert applied.outputs()["one"] == {"role_arn": arn}
        assert len(applied.addresses()) == 10
        iam = Iam.read(empty_moto)
        _assert_equal_to_the_module(iam, description)

        client = empty_moto.client("iam")
        client.delete_role_policy(RoleName="first-agent", PolicyName="inline")
        client.detach_role_policy(RoleName="second-agent", PolicyArn=iam.policies["second-read"].arn)
        trust = json.dumps(iam.roles["second-agent"].trust).replace("bedrock-agentcore", "lambda")
        client.update_assume_role_policy(RoleName="second-agent", PolicyDocument=trust)
        assert applied.plan().changes == (
            "create module.one.aws_iam_role_policy.inline",
            "create module.two.aws_iam_role_policy_attachment.read",
            "update module.two.aws_iam_role.this",
        )
        applied.apply()
        assert applied.plan().changes == ()
        assert Iam.read(empty_moto) == iam

    assert Iam.read(empty_moto) == Iam({}, {})


def _assert_equal_to_the_module(iam: Iam, description: str) -> None:
    assert list(iam.roles) == ["first-agent", "second-agent"]
    assert list(iam.policies) == ["first-read", "second-read"]
    role, policy = iam.roles["first-agent"], iam.policies["first-read"]
    assert (role.path, role.description, role.max_session_duration) == ("/agents/", description, 7200)
    assert role.permissions_boundary == policy.arn == f"arn:aws:iam::{ACCOUNT}:policy/agents/first-read"
    assert role.tags == {"team": "storefront"}
    assert role.trust["Statement"][0]["Principal"] == {"Service": ["bedrock-agentcore.amazonaws.com"]}
    assert role.inline["inline"]["Statement"] == [
        {
            "Sid": "OwnFolder",
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": ["arn:aws:s3:::orders/${aws:username}/*"],
        }
    ]
    assert role.attached[policy.arn] == policy.document
    assert role.attached["arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess"]["Statement"]
    assert (policy.path, policy.description) == ("/agents/", "What the agent reads.")


@pytest.mark.terraform
def test_a_failing_root_is_reported_with_terraforms_words(
    terraform: Terraform, empty_moto: Moto, tmp_path: Path
) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_iam_role" "this" {}\n', encoding="utf-8")

    with pytest.raises(TerraformError, match="assume_role_policy"), Applied(terraform, empty_moto, tmp_path):
        pass


@pytest.mark.terraform
def test_a_file_that_terraform_would_reformat_is_seen(terraform: Terraform, tmp_path: Path) -> None:
    terraform.assert_formatted(MODULE)
    (tmp_path / "main.tf").write_text("locals {\n  a   = 1\n}\n", encoding="utf-8")

    with pytest.raises(TerraformError, match="not formatted"):
        terraform.assert_formatted(tmp_path)


@pytest.mark.terraform
def test_a_named_mirror_is_the_only_one_looked_at(
    terraform: Terraform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TFGEN_TERRAFORM_MIRROR", str(tmp_path))

    with pytest.raises(TerraformMissingError, match="mirror"):
        Terraform.find(tmp_path)


def test_canonical_documents_differ_only_where_iam_would() -> None:
    short: Document = {"Statement": {"Effect": "Allow", "Action": "a:B", "Resource": "*"}}
    long: Document = {"Statement": [{"Effect": "Allow", "Action": ["a:B"], "Resource": ["*"]}]}
    other: Document = {"Statement": {"Effect": "Allow", "Action": "a:C", "Resource": "*"}}

    assert canonical(short) == canonical(long)
    assert canonical(short) != canonical(other)
