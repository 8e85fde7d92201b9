"""The rendered `terraform test` files pass offline, and fail when a module grants something else than was planned."""

from __future__ import annotations

from pathlib import Path

import pytest
from terraform_harness import Terraform

from tfgen.app import render

ROOT = Path(__file__).parent.parent


def write(posture: Path, folder: Path) -> None:
    rendered = render(str(posture), parts_only=True)
    assert rendered.files, rendered.diagnostics
    for path, text in rendered.files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


@pytest.mark.terraform
@pytest.mark.parametrize("posture", ["modules", "examples/platform-team"])
def test_they_pass_with_every_call_mocked(posture: str, terraform: Terraform, tmp_path: Path) -> None:
    write(ROOT / posture / "posture.yaml", tmp_path)
    for part in ("execution-role", "access"):
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
