"""The real terraform over the printer's text: `terraform fmt` changes nothing, every string means itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hcl_trees import HOSTILE, WORDS, bodies, texts
from hypothesis import HealthCheck, Phase, given, settings
from terraform_harness import Terraform

from tfgen.hcl.printer import print_file
from tfgen.hcl.read import read
from tfgen.hcl.tree import Attribute, Block, Body, Expr, Item, Literal, Object, Reference, Tuple, template

pytestmark = pytest.mark.terraform

FILES = 300
STRINGS = 250
DRAWING = settings(
    derandomize=True, deadline=None, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck)
)


def drawn_bodies(count: int) -> list[Body]:
    """Return the same random files in every run."""
    drawn: list[Body] = []

    @settings(
        derandomize=True,
        deadline=None,
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(bodies)
    def draw(body: Body) -> None:
        drawn.append(body)

    draw()
    return drawn


def drawn_texts(count: int) -> list[str]:
    """Return the hostile strings and random ones, the same in every run."""
    drawn: list[str] = [*HOSTILE, *WORDS, "x" * 100_000, '${"\\' * 25_000, "é😀" * 20_000]

    @settings(
        derandomize=True,
        deadline=None,
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(texts)
    def draw(text: str) -> None:
        drawn.append(text)

    draw()
    return [Literal(text).value for text in drawn]


def test_fmt_changes_nothing_in_random_files(terraform: Terraform, tmp_path: Path) -> None:
    written = drawn_bodies(FILES)
    for i, body in enumerate(written):
        (tmp_path / f"f{i}.tf").write_text(print_file(body), encoding="utf-8", newline="")
    assert len(written) >= FILES / 2
    terraform.assert_formatted(tmp_path)


def test_fmt_sees_a_space_too_many(terraform: Terraform, tmp_path: Path) -> None:
    (tmp_path / "f.tf").write_text("a  = 1\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="not formatted"):
        terraform.assert_formatted(tmp_path)


def outputs(terraform: Terraform, root: Path, wanted: dict[str, tuple[Expr, object]]) -> dict[str, object]:
    """Apply a root of outputs, and of a local `x` that is `"X"`; return what Terraform makes of them."""
    body: list[Block] = [Block("locals", (), (Attribute("x", Literal("X")),))]
    body += [Block("output", (name,), (Attribute("value", expr),)) for name, (expr, _) in wanted.items()]
    (root / "main.tf").write_text(print_file(tuple(body)), encoding="utf-8", newline="")
    terraform.assert_formatted(root)
    terraform.run("apply", "-auto-approve", "-no-color", cwd=root)
    found = json.loads(terraform.run("output", "-json", cwd=root).stdout)
    return {name: output["value"] for name, output in found.items()}


def test_every_string_means_itself(terraform: Terraform, tmp_path: Path) -> None:
    x = Reference(("local", "x"))
    wanted: dict[str, tuple[Expr, object]] = {}
    for i, text in enumerate(drawn_texts(STRINGS)):
        nfc = Literal(f"{text}X{text}").value
        wanted[f"plain_{i}"] = (Literal(text), text)
        if len(text) < 1000:
            wanted[f"around_{i}"] = (template(text, x, text), nfc)
            wanted[f"between_{i}"] = (template(x, text, x), Literal(f"X{text}X").value)
            wanted[f"key_{i}"] = (Object((Item(text, Literal("}")), Item(f"{text}2", x))), {text: "}", f"{text}2": "X"})
            wanted[f"list_{i}"] = (Tuple((Literal(text), Literal("}" + text))), [text, Literal("}" + text).value])
    found = outputs(terraform, tmp_path, wanted)
    assert found.keys() == wanted.keys()
    wrong = {name: (found[name], value) for name, (_, value) in wanted.items() if found[name] != value}
    assert wrong == {}


HEREDOCS = (
    "<<E\nE",
    "<<E\n  x\n  E",
    "<<E\n\\n $${x} $$ $y %%{z} $$${q}\nE",
    "<<E\n${\n  local.x\n}y\nE",
    '<<E\n"q" ${"${local.x}}"} }\nE',
    "<<-E\n    a\n\n  \tb\n  E",
    "<<-E\n   \n  a\n    \n  E",
    "<<-E\n\ta\n  b\n  E",
    "<<-E\n  a ${local.x}\n    ${local.x}\n  E",
    "<<-E\n    ${local.x}\n      b\n    E",
    "<<-E\n  ${local.x}${local.x}\n \n  E",
    "<<-E\n \u00a0 a\n  b\n E",
)


def test_a_heredoc_that_was_read_means_what_it_meant(terraform: Terraform, tmp_path: Path) -> None:
    blocks = [f'output "o{i}" {{\n  value = {heredoc}\n}}\n' for i, heredoc in enumerate(HEREDOCS)]
    text = 'locals {\n  x = "X"\n}\n' + "".join(blocks)
    meant: list[object] = []
    for name, source in (("foreign", text), ("ours", print_file(read(text)))):
        root = tmp_path / name
        root.mkdir()
        (root / "main.tf").write_text(source, encoding="utf-8", newline="")
        terraform.run("apply", "-auto-approve", "-no-color", cwd=root)
        meant.append(json.loads(terraform.run("output", "-json", cwd=root).stdout))
    assert meant[0] == meant[1]
    assert len(json.dumps(meant[0])) > 100
