"""The diagrams of rendered READMEs and of ours, judged by Mermaid's parser: `make test` puts it in `build/mermaid`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from docs_pages.markdown import blocks
from example_postures import PRIVATE, plan_of
from feature_samples import PARTS
from network_samples import PLACE_BEYOND, STORE, planned, sample

from tfgen.render import files
from tfgen.render.mermaid import diagram, quoted

JUDGE = Path(__file__).parents[2] / "build" / "mermaid"


@pytest.fixture(scope="module")
def node() -> str:
    """Node, where it and the parser are there."""
    found = shutil.which("node")
    if found is not None and (JUDGE / "node_modules").is_dir():
        return found
    reason = "no node, or no Mermaid in build/mermaid: `make test` installs it where npm is"
    # Whoever wants nothing skipped has Node, or is told; a machine without any Node cannot judge.
    if found is not None and os.environ.get("TFGEN_REQUIRE_TERRAFORM") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def judged(node: str, diagrams: Sequence[str]) -> list[str | None]:
    """For each diagram None, or what the parser says of it."""
    done = subprocess.run(
        [node, "parse.mjs"],
        cwd=JUDGE,
        input=json.dumps(diagrams),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=True,
    )
    verdicts: list[str | None] = json.loads(done.stdout)
    assert len(verdicts) == len(diagrams)
    return verdicts


def in_readmes(name: str) -> list[str]:
    """The diagrams in the READMEs of an example."""
    texts = (file.text for file in files.tree(plan_of(name)) if file.path.endswith("README.md"))
    return [found for text in texts for found in blocks(text, "mermaid")]


def test_the_judge_refuses_what_is_no_diagram(node: str) -> None:
    good, bad = judged(node, ["flowchart LR\n  a --> b", "flowchart LR\n  a[[["])
    assert good is None
    assert bad is not None


def test_every_diagram_parses(node: str) -> None:
    examples = {name: in_readmes(name) for name in PRIVATE}
    assert all(len(found) == 2 for found in examples.values())  # the root's README and the module's
    features = [
        name for name in PARTS if name not in {"extra-star", "efs-inputs", "s3-files-inputs", "s3-mount-inputs"}
    ]
    everything = sample(*features, data_stores=[STORE], egress=[PLACE_BEYOND])
    shared = {"shared": {"services": ["logs"], "security_groups": [{"input": "group"}]}}
    with_input = {**sample(endpoints=shared), "inputs": {"group": {"description": "A group."}}}
    drawn = ["\n".join(diagram(planned(data)[1])) for data in (everything, with_input)]
    diagrams = [*(one for found in examples.values() for one in found), *drawn]
    assert [verdict for verdict in judged(node, diagrams) if verdict is not None] == []


def test_the_picture_of_the_readme_parses(node: str) -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (picture,) = blocks(text, "mermaid")
    assert judged(node, [picture]) == [None]


def test_any_text_can_be_a_label(node: str) -> None:
    texts = ['"', "]", "#35;", "a\nb", "end", "%%", "<b>", "`x`", "--> b", "${x}", "é日本"]
    drawn = [f"flowchart LR\n  a[{quoted(text)}] -->|{quoted(text)}| b[{quoted('x')}]" for text in texts]
    assert judged(node, drawn) == [None] * len(drawn)


def test_a_diagram_shows_every_rule_of_sessions() -> None:
    _, network = planned(sample("gateway", "efs", "browser", data_stores=[STORE]))
    lines = diagram(network)
    arrows = [line for line in lines if line.strip().startswith("sessions -->")]
    assert len(arrows) == sum(one.direction == "egress" for one in network.rules)
    assert lines[-1].strip() == "others -.-x sessions"
