"""Gateways with their policies, from the posture to the rendered module, its proof and what is explained of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from mutants import kept_but_words, variants, wordless

from tfgen import source
from tfgen.app.explain import explained as explain
from tfgen.app.render import render
from tfgen.app.stages import Refused
from tfgen.cli import main as cli
from tfgen.diagnostics import InternalError
from tfgen.explain import reasons as explained
from tfgen.hcl.tree import Block, Body
from tfgen.iam.text import Cut
from tfgen.plan.build import build
from tfgen.plan.model import PartName, Plan
from tfgen.plan.siblings import SiblingFiles
from tfgen.posture import validate
from tfgen.posture.gateways import files as gateway_files
from tfgen.proof import decisions
from tfgen.proof.prove import read_back, same
from tfgen.proof.rebuild import rebuild
from tfgen.render import files

ROOT = Path(__file__).parents[2]
EXAMPLE = "examples/gateway/posture.yaml"
CASE = "tests/cases/ok/gateway_policies.yaml"
MAIN = "modules/gateway-policy/main.tf"


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def plan_of(name: str, *replaced: tuple[str, str]) -> Plan:
    """The plan of a posture, with parts of its text replaced."""
    text = (ROOT / name).read_text("utf-8")
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    document = source.parse(text.encode(), name)
    assert isinstance(document, source.Document)
    posture = validate(document.data).posture
    assert posture is not None
    wanted = [source.WantedSibling(*one) for one in gateway_files(posture.gateways)]
    beside = source.read_siblings(str(ROOT / name), wanted)
    assert (beside.findings, beside.diagnostics) == ((), ())
    texts = {path: found.text for path, found in beside.texts.items()}
    data = {path: found.data for path, found in beside.documents.items()}
    plan, findings = build(posture, SiblingFiles(texts, data, beside.matched))
    assert findings == ()
    return plan


def bodies_of(plan: Plan) -> dict[str, Body]:
    return {file.path: file.body for file in files.tree(plan) if file.body is not None and file.path.endswith(".tf")}


@pytest.mark.parametrize("name", [EXAMPLE, CASE])
def test_every_change_of_the_rendered_policies_is_caught(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    plan = plan_of(name)
    bodies = bodies_of(plan)
    same(plan, read_back(plan, bodies)[0])
    count, missed = 0, []
    for index, node in enumerate(bodies[MAIN]):
        if not isinstance(node, Block):
            continue
        for variant in (None, *variants(wordless(node))):
            count += 1
            changed = () if variant is None else (variant,)
            body = (*bodies[MAIN][:index], *changed, *bodies[MAIN][index + 1 :])
            try:
                same(plan, read_back(plan, {**bodies, MAIN: body})[0])
            except (InternalError, ValueError):
                continue
            if variant is None or not _is_named_only(node, variant):
                missed.append(variant)
    with capsys.disabled():
        print(f"\nchanges of {name} caught: {count - len(missed)} of {count}", end="")
    assert missed == []
    assert count > 150


def _is_named_only(one: Block, other: Block) -> bool:
    """Whether two blocks differ in names, tags, the order of making and Cedar's comments alone: proof 1 holds these."""
    texts = (re.sub(r"//.*?(?='\))", "", repr(kept_but_words(block))) for block in (one, other))
    first, second = (re.sub(r"Literal\(value='\s*'\)(, )?", "", text) for text in texts)
    return first == second


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("context.input.amount <= 100", "context.input.amount <= 1000"),
        ('== \\"agent\\"', '== \\"customer\\"'),
        ("forbid (", "permit ("),
        ("principal is AgentCore::OAuthUser", "principal is AgentCore::IamEntity"),
        ("RefundTool___process_refund", "RefundTool___get_status"),
        ("permit (", "permit"),
        ("gateway/refunds-abcde12345", "gateway/other-abcde12345"),
    ],
)
def test_policies_are_decided_once_more_from_the_text(old: str, new: str) -> None:
    from tfgen.hcl.read import read

    plan = plan_of(EXAMPLE)
    text = next(file.text for file in files.tree(plan) if file.path == MAIN)
    assert old in text
    with pytest.raises(InternalError, match="the rendered polic"):
        decisions.again(plan, rebuild({**bodies_of(plan), MAIN: read(text.replace(old, new))}))


def test_a_policy_of_many_harnesses_is_named_by_the_harness() -> None:
    plan = plan_of(
        EXAMPLE,
        ("  harness_name: refunds\n", "  harness_name: { input: name }\n"),
        ("inputs:\n", "inputs:\n  name: { description: The harness. }\n"),
    )
    (gateway,) = plan.gateways
    for name in (gateway.engine_name, *(policy.name for policy in gateway.policies)):
        (part,) = name.parts
        assert isinstance(part, Cut)
        assert part.length == 48
    assert str(gateway.policies[0].name) == "${first 48 of small_refunds_refunds_${name}}"
    same(plan, read_back(plan, bodies_of(plan))[0])


def test_names_are_within_the_limit_and_differ() -> None:
    long = "a" * 40
    plan = plan_of(EXAMPLE, ("name: refunds\ndesc", f"name: {long}\ndesc"))
    names = [str(policy.name) for policy in plan.gateways[0].policies]
    assert {len(name) for name in names} == {48}
    assert len(set(names)) == len(names)


def test_the_bytes_are_the_same_each_time() -> None:
    first = render(CASE)
    assert first.ok
    assert all(render(CASE) == first for _ in range(3))


def test_findings_come_in_one_order() -> None:
    """The engine's own order changes from call to call."""
    first = render("tests/cedar/every_mistake.yaml").diagnostics
    assert len(first) > 20
    assert all(render("tests/cedar/every_mistake.yaml").diagnostics == first for _ in range(5))


def test_the_gateway_part_is_there_only_with_gateways() -> None:
    assert PartName.GATEWAY_POLICY in plan_of(EXAMPLE).parts
    rendered = render("examples/minimal/posture.yaml")
    assert not any("gateway-policy" in path for path, _ in rendered.files)


def test_statements_of_the_role_are_explained() -> None:
    found = explain(EXAMPLE, ["AskPolicies"])
    assert not isinstance(found, Refused)
    (meaning,) = found
    (one,) = meaning.entries
    assert isinstance(one, explained.Explanation)
    assert one.policy == "the policy of the role of the gateway 'refunds'"
    assert [route for route, _ in one.places] == ["gateways.refunds"]
    assert one.rendered
    assert all(place.startswith(MAIN) for place in one.rendered)


def test_who_may_call_a_tool(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", EXAMPLE, "--tool", "RefundTool___process_refund"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("RefundTool___process_refund, at the gateway refunds\n")
    assert said.index("forbids") < said.index("permits")
    assert '["KP", "SY"].contains(context.input.address.country)' in said


def test_who_may_call_a_tool_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", EXAMPLE, "--tool", "get_status", "--tool", "no_tool", "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    first, second = data["tools"]
    assert (first["asked"], second) == ("get_status", {"asked": "no_tool", "found": []})
    assert [row["policy"] for row in first["found"][0]["policies"]] == ["look"]


def test_a_posture_that_is_wrong_explains_no_tool(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", "tests/cases/bad/gateway_policies.yaml", "--tool", "*"]) == 1
    assert "TFG602" in capsys.readouterr().err
