"""Golden folders: `cases/ok` pass without a word; each of `cases/bad` prints exactly what stands beside it.

All are judged for one gateway, `refunds`, whose tools stand in `refund_tools.json`. It asks for a JWT, and for a
signature by IAM in the cases whose name begins with `iam_`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tfgen import terminal
from tfgen.cedar.facts import facts
from tfgen.cedar.limits import check
from tfgen.cedar.policies import Gateway, Place, Policy, read
from tfgen.cedar.review import review
from tfgen.cedar.rules import all_rules
from tfgen.cedar.tools import manifest
from tfgen.diagnostics import Code, Diagnostic, Finding, Severity
from tfgen.source.text import Text

HERE = Path(__file__).parent
CASES = HERE / "cases"
OK = sorted((CASES / "ok").glob("*.cedar"))
BAD = sorted((CASES / "bad").glob("*.cedar"))
ARN = "arn:aws:bedrock-agentcore:us-west-2:123456789012:gateway/refund-gateway"
MOST_REPEATED = {Code.TOOL_UNREACHABLE, Code.POLICY_IDLE}


def gateway(authorizer: str = "jwt") -> Gateway:
    principal = facts().principal(authorizer)
    assert principal is not None
    tools = manifest(json.loads((HERE / "refund_tools.json").read_text("utf-8")), "RefundTool")
    assert tools.findings == ()
    return Gateway("refunds", principal, tools.tools, ARN)


def judged(path: Path) -> tuple[tuple[Policy, ...], tuple[Diagnostic, ...]]:
    """The policies of a case, and all that is said of them; of tools only of the one that cases are about."""
    of = gateway("iam" if path.stem.startswith("iam_") else "jwt")
    text = Text(f"{path.parent.name}/{path.name}", path.read_text("utf-8"))
    policies, findings = read(text.text, path.stem, of, Place(text.name))
    if not findings:
        about = replace(of, tools=tuple(tool for tool in of.tools if tool.name == "process_refund"))
        findings = (*check(policies, of, ()), *all_rules(review(policies, about, {})))
    return policies, tuple(placed(text, findings))


def placed(text: Text, findings: tuple[Finding, ...]) -> Iterator[Diagnostic]:
    for finding in findings:
        span = text.span(*finding.extent) if finding.extent else None
        line = text.line(span.line) if span else ""
        name = text.name if finding.file else "posture.yaml"
        yield Diagnostic(finding.code, finding.severity, finding.message, name, span, finding.help, line)


@pytest.mark.parametrize("path", OK, ids=lambda path: path.stem)
def test_ok(path: Path) -> None:
    policies, diagnostics = judged(path)
    said = [found for found in diagnostics if path.stem != "forbid_everything" or found.code not in MOST_REPEATED]
    assert said == []
    assert policies
    assert all(35 <= len(policy.statement) <= 10_000 for policy in policies)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad(path: Path) -> None:
    policies, diagnostics = judged(path)
    assert terminal.render_text(diagnostics, colour=False) == path.with_suffix(".out").read_text("utf-8")
    syntax = {Code.CEDAR_SYNTAX, Code.CEDAR_TYPES}
    assert policies or any(found.severity is Severity.ERROR for found in diagnostics)
    assert not (len(policies) == 1 and syntax & {found.code for found in diagnostics})


def test_every_bad_case_has_its_output_and_every_output_its_case() -> None:
    assert {path.stem for path in BAD} == {path.stem for path in (CASES / "bad").glob("*.out")}


def test_a_statement_names_the_gateway_and_not_its_arn() -> None:
    policies, _ = judged(CASES / "ok" / "documented.cedar")
    assert 'AgentCore::Gateway::"refunds"' in policies[0].statement
    assert ARN not in policies[0].statement


def test_policies_are_named_by_annotation_or_by_file_and_number() -> None:
    policies, _ = judged(CASES / "ok" / "several_and_comments.cedar")
    assert [policy.key for policy in policies] == ["small", "several_and_comments_2"]
    assert policies[0].statement.startswith("// Agents pay small amounts back.\n")
    assert "// as Keycloak has it" in policies[1].statement
