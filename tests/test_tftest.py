"""The rendered `terraform test` files pass offline, and fail when a module grants something else than was planned."""

from __future__ import annotations

from pathlib import Path

import pytest
from network_samples import sample
from terraform_harness import Terraform
from test_network import planned

from tfgen.app import render
from tfgen.render import files

ROOT = Path(__file__).parent.parent


def write(posture: Path, folder: Path) -> None:
    rendered = render(str(posture), parts_only=True)
    assert rendered.files, rendered.diagnostics
    for path, text in rendered.files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


@pytest.mark.terraform
@pytest.mark.parametrize(
    ("posture", "parts"),
    [
        ("modules", ("execution-role", "access")),
        ("modules/vpc", ("execution-role", "network")),
        ("examples/platform-team", ("execution-role", "access")),
        ("examples/private-openai", ("network",)),
    ],
)
def test_they_pass_with_every_call_mocked(
    posture: str, parts: tuple[str, ...], terraform: Terraform, tmp_path: Path
) -> None:
    write(ROOT / posture / "posture.yaml", tmp_path)
    for part in parts:
        terraform.init(tmp_path / part)
        done = terraform.run("test", "-no-color", cwd=tmp_path / part)
        assert "Success!" in done.stdout
        assert " 0 failed." in done.stdout


@pytest.mark.terraform
def test_they_fail_when_more_is_granted(terraform: Terraform, tmp_path: Path) -> None:
    write(ROOT / "examples" / "support-agent" / "posture.yaml", tmp_path)
    role = tmp_path / "execution-role"
    main = (role / "main.tf").read_text("utf-8")
    wider = main.replace("gateway/orders-abcde12345", "gateway/*")
    assert wider != main
    (role / "main.tf").write_text(wider, encoding="utf-8")
    terraform.init(role)
    done = terraform.run("test", "-no-color", cwd=role, check=False)
    assert done.returncode != 0
    assert "Gateway is granted on something else." in " ".join((done.stdout + done.stderr).split())


@pytest.mark.terraform
def test_they_fail_when_an_endpoint_is_there_without_its_feature(terraform: Terraform, tmp_path: Path) -> None:
    plan, _ = planned(sample("gateway-inputs"))
    for file in files.parts(plan):
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    network = tmp_path / "network"
    main = (network / "main.tf").read_text("utf-8")
    always = main.replace("count = length(var.gateways) > 0 ? 1 : 0", "count = 1")
    assert always != main
    (network / "main.tf").write_text(always, encoding="utf-8")
    terraform.init(network)
    done = terraform.run("test", "-no-color", cwd=network, check=False)
    assert done.returncode != 0
    said = " ".join((done.stdout + done.stderr).replace("│", " ").split())
    assert "The endpoint for bedrock-agentcore.gateway must be there exactly while something needs it" in said
