"""The harness as a stack: its templates judged by cfn-lint, by the real provider, and applied to moto."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from moto_harness import Iam, Moto
from moto_stacks import judge, running_stacks
from provision_table import ENDS, smallest
from provisioned_samples import BASE, IDS, PLAN, REFUSED, parts_of, planned, rich
from terraform_harness import Applied, Terraform, write_batch

from tfgen.catalog.provider_resource import provider_resource
from tfgen.diagnostics import Code, Severity
from tfgen.hcl.printer import print_file
from tfgen.hcl.tree import Attribute, Block, Call
from tfgen.iam.policy import Statement
from tfgen.iam.text import Slot, Source, Text, swap, text
from tfgen.plan.provision import provisioned, with_parameters
from tfgen.plan.settings import Fields, TextValue
from tfgen.plan.settings import Table as Setting
from tfgen.plan.values import Values
from tfgen.proof import template as proof_template
from tfgen.proof.forms import Exact, Form, Of, Table, form_of
from tfgen.proof.harness import Spelled
from tfgen.render.expressions import ELEMENT
from tfgen.render.harness import part as harness_part
from tfgen.render.harness_settings import Spelling, _json, _text
from tfgen.terraform.declared import Declared, declared_input
from tfgen.terraform.evaluate import evaluate
from tfgen.terraform.values import Encoded

ROLE = "arn:aws:iam::123456789012:role/agent"
GATEWAY = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/shop-abcdefghij"
Document = dict[str, Any]


# --- Templates as CloudFormation gets them ---------------------------------------------------------------------------


def template_of(main: Iterable[Any], given: Mapping[str, str]) -> Document:
    """The template in a rendered module, evaluated, with values for what only Terraform knows."""
    (stack,) = (node for node in main if isinstance(node, Block) and node.type == "resource")
    (body,) = (node.value for node in stack.body if isinstance(node, Attribute) and node.name == "template_body")
    names = Declared({name: declared_input(name, many=name.endswith("s")) for name in given})
    found = evaluate(body, names.scope())
    assert isinstance(found, Encoded)
    document: Document = plain(form_of(found.of), given)
    return document


def plain(form: Form, given: Mapping[str, str]) -> Any:
    match form:
        case Text():
            return str(form.replace(lambda slot: text(given[slot.name])))
        case Exact(number):
            return json.loads(number)
        case Table(items):
            return {key: plain(part, given) for key, part in items}
        case tuple():
            return [plain(part, given) for part in form]
        case Of("pairs", (of, Text() as key, Text() as name)):
            own = plain(of.operands[-1], given) if isinstance(of, Of) else {}
            return [{str(key): one, str(name): part} for one, part in own.items()]
        case _:
            raise AssertionError(f"no template holds {form!r}")


GIVEN = {
    "execution_role_arn": ROLE,
    "gateways": GATEWAY,
    "urls": "https://mcp.example.com",
    "audiences": "shop",
    "token": "t",
    "secret": "s",
    "tags": "",
}


def of_rich() -> Document:
    _, bodies = parts_of(rich("cloudformation"))
    return template_of(bodies["modules/harness/main.tf"], GIVEN)


def of_every_key() -> Iterator[tuple[str, Document]]:
    """The template of the smallest posture with each key that is carried."""
    for route, key in zip(ENDS, IDS, strict=True):
        if any(key == path or key.startswith(f"{path}.") for path in REFUSED["cloudformation"]):
            continue
        posture = smallest(route, "cloudformation")
        made, _ = provisioned(posture, Values(posture))
        assert made is not None
        yield key, template_of(harness_part(replace(PLAN, provisioned=made, inputs=())).main, GIVEN)


# --- cfn-lint --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def python() -> Path:
    """The Python of the environment with cfn-lint and moto's stacks."""
    found = judge()
    if found is not None:
        return found
    reason = "no cfn-lint in build/cloudformation: `make test` installs it"
    if os.environ.get("TFGEN_REQUIRE_TERRAFORM") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def linted(python: Path, folder: Path, templates: Mapping[str, Document]) -> dict[str, list[str]]:
    """What cfn-lint finds in templates, by their names; all in one process, as its start costs most."""
    for name, document in templates.items():
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    command = [
        str(python),
        "-c",
        "from cfnlint.runner import main; main()",
        "--format",
        "json",
        "--regions",
        "us-east-1",
        "--template",
        "*.json",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=600, check=False)
    assert done.stdout.startswith("["), done.stderr
    found: dict[str, list[str]] = {name: [] for name in templates}
    for match in json.loads(done.stdout):
        found[Path(match["Filename"]).stem].append(f"{match['Rule']['Id']} {match['Message']}")
    return found


def test_every_key_that_is_carried_is_right_to_cfn_lint(
    python: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    templates = {f"k{number:03}": document for number, (_, document) in enumerate(of_every_key())}
    templates["rich"] = of_rich()
    verdicts = linted(python, tmp_path, templates)
    with capsys.disabled():
        print(
            f"\ntemplates without a word of cfn-lint: {sum(not v for v in verdicts.values())} of {len(verdicts)}",
            end="",
        )
    assert {name: (found, templates[name]) for name, found in verdicts.items() if found} == {}
    assert len(templates) > 130


def variants(document: Document) -> Iterator[tuple[str, Document]]:
    """A template, each time with one thing changed, and what was done."""
    for path in list(_paths(document["Resources"]["Harness"]["Properties"])):
        for what in ("renamed", "left out", "a word", "an object"):
            copy = deepcopy(document)
            above = copy["Resources"]["Harness"]["Properties"]
            for step in path[:-1]:
                above = above[step]
            value = above.pop(path[-1])
            if what != "left out":
                key = f"{path[-1]}X" if what == "renamed" else path[-1]
                above[key] = {"renamed": value, "a word": "no word that fits", "an object": {"Nothing": 1}}[what]
            yield f"{'.'.join(map(str, path))} {what}", copy


def _paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield (*above, key)
            yield from _paths(part, (*above, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _paths(part, (*above, index))


EXACTLY_ONE = "E3018"
"""That there must be one of several properties, which no file of ours says: a posture with none or two is refused."""


def test_cfn_lint_and_the_proof_judge_alike(python: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = {f"v{number:04}": one for number, one in enumerate(variants(of_rich()))}
    verdicts = linted(python, tmp_path, {name: document for name, (_, document) in changed.items()})
    differ: list[str] = []
    both = 0
    for name, (said, document) in changed.items():
        exact = json.loads(json.dumps(document), parse_float=Decimal)
        ours = list(proof_template.faults(Call("jsonencode", (_json(exact),))))
        theirs = [one for one in verdicts[name] if one.startswith("E")]
        both += bool(ours and theirs)
        if bool(ours) != bool(theirs) and not any(one.startswith(EXACTLY_ONE) for one in theirs):
            differ.append(f"{said}: we say {ours}, cfn-lint {theirs}")
    with capsys.disabled():
        print(f"\nchanged templates: {len(changed)}, wrong to both {both}", end="")
    assert differ == []
    assert both > 100


# --- The real provider, and moto -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stacks(python: Path) -> Iterator[Moto]:
    """A moto server with a stand-in for the type of a harness."""
    with running_stacks(python) as moto:
        yield moto


@pytest.mark.terraform
def test_a_stack_applies(terraform: Terraform, stacks: Moto, tmp_path: Path) -> None:
    """Valid, planned, applied without drift and destroyed, with the stand-in in the place of the harness itself."""
    data = rich("cloudformation")
    del data["tags"]  # moto keeps no tags of the posture apart from those of the stack
    _, bodies = parts_of(data)
    for path, body in bodies.items():
        (tmp_path / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / path).write_text(print_file(body), encoding="utf-8")
    given = {"gateways": [GATEWAY], "urls": ["https://mcp.example.com"], "audiences": ["shop"], "token": "t"}
    root = write_batch(tmp_path / "root", {"agent": tmp_path / "tree"}, {"agent": {**given, "secret": "s"}})
    with Applied(terraform, stacks, root) as applied:
        (stack,) = stacks.client("cloudformation").describe_stacks()["Stacks"]
        assert stack["StackName"] == "harness-order-support"
        sent = stacks.client("cloudformation").get_template(StackName=stack["StackName"])["TemplateBody"]
        role = sent["Resources"][LOGICAL_ID]["Properties"]["ExecutionRoleArn"]
        assert role in {one.arn for one in Iam.read(stacks).roles.values()}
        mine = template_of(bodies["modules/harness/main.tf"], {**GIVEN, "execution_role_arn": role})
        assert dict(sent) == mine
        made = f"harness/{data['harness']['harness_name']}-AbCdE12345"
        assert applied.outputs()["agent"]["harness_id"] == made.removeprefix("harness/")
        assert applied.outputs()["agent"]["harness_arn"].endswith(f":{made}")


# --- What CloudFormation would read otherwise ------------------------------------------------------------------------


def said(**harness: Any) -> list[tuple[Severity, str, str]]:
    data = {**deepcopy(BASE), "provision": "cloudformation"}
    data["harness"] |= harness
    _, findings = planned(data)
    return [(one.severity, str(one.route[-1]), one.message) for one in findings if one.code is Code.NOT_CARRIED]


def model(params: dict[str, Any]) -> dict[str, Any]:
    return {"model": {"bedrock_model_config": {"model_id": "amazon.nova-pro-v1:0", "additional_params": params}}}


@pytest.mark.parametrize(
    ("harness", "where", "words"),
    [
        (model({"a": {"Ref": "Secret"}}), "additional_params", "takes the key 'Ref' for a function"),
        (model({"a": [{"Fn::Sub": "x"}]}), "additional_params", "takes the key 'Fn::Sub' for a function"),
        (model({"a": [None]}), "additional_params", "takes no null"),
        (model({"a": "{{resolve:ssm:x}}"}), "additional_params", "replaces '{{resolve:...}}' in a text"),
        ({"environment_variables": {"Ref": "x"}}, "Ref", "takes the key 'Ref' for a function"),
        ({"environment_variables": {"A": "{{resolve:secretsmanager:x}}"}}, "A", "replaces '{{resolve:...}}' in a text"),
        ({"system_prompt": [{"text": "{{resolve:ssm:x}}"}]}, "text", "replaces '{{resolve:...}}' in a text"),
        ({"system_prompt": [{"text": "x" * 52000}]}, "harness", "takes a template of 51200 bytes"),
    ],
)
def test_what_would_come_to_something_else_is_refused(harness: dict[str, Any], where: str, words: str) -> None:
    ((severity, place, message),) = said(**harness)
    assert (severity, place) == (Severity.ERROR, where)
    assert words in message


@pytest.mark.parametrize(
    "harness",
    [
        model({"a": {"$ref": "x", "Reference": "x", "Function": "x"}}),
        {"environment_variables": {"Reference": "x"}},
        {"system_prompt": [{"text": "{resolve} {{ resolve }} ${AWS::Region}"}]},
    ],
)
def test_what_only_looks_like_it_is_carried(harness: dict[str, Any]) -> None:
    assert said(**harness) == []


def test_numbers_in_free_json_are_warned_of() -> None:
    ((severity, place, message),) = said(**model({"a": {"b": [True]}}))
    assert (severity, place) == (Severity.WARNING, "additional_params")
    assert "numbers and booleans in free JSON" in message


def test_a_value_that_the_schema_refuses_is_refused_at_its_line() -> None:
    gateway = GATEWAY.replace("arn:aws:", "arn:aws-eusc:").replace("us-east-1", "eusc-de-east-1")
    tool = {"type": "agentcore_gateway", "config": {"agentcore_gateway": {"gateway_arn": gateway}}}
    ((severity, place, message),) = said(tools=[tool])
    assert (severity, place) == (Severity.ERROR, "gateway_arn")
    assert "CloudFormation does not take 'arn:aws-eusc:" in message
    assert "it must match ^arn:aws(|-cn|-us-gov):" in message


# --- The stack's name, parameters and permissions --------------------------------------------------------------------


def deployed(data: dict[str, Any]) -> list[Statement]:
    plan, _ = planned({**data, "access": [{"name": "deployers", "may": ["deploy"]}]})
    return [grant.statement for grant in plan.callers[0].policy.grants if "Stack" in grant.statement.sid]


@pytest.mark.parametrize(
    ("name", "stack"),
    [("order_support", "harness-order-support"), ({"input": "name"}, "harness-${${name} with '-' for '_'}")],
)
def test_a_deployer_has_the_stack_of_the_harness_and_no_other(name: Any, stack: str) -> None:
    data = {**deepcopy(BASE), "provision": "cloudformation", "inputs": {"name": {"description": "The name."}}}
    data["harness"]["harness_name"] = name
    if isinstance(name, str):
        del data["inputs"]
    statements = deployed(data)
    arn = "arn:${partition}:cloudformation:${region}:${account}:stack/" + stack + "/*"
    assert {tuple(map(str, statement.resources)) for statement in statements} == {(arn,)}
    assert "cloudformation:UpdateStack" in statements[0].actions
    plan, _ = planned(data)
    assert plan.provisioned is not None
    assert str(plan.provisioned.stack) == stack
    for other in ("aws", "awscc"):
        assert deployed({**data, "provision": other}) == []


def test_two_harnesses_have_two_stacks() -> None:
    names = ["a_b", "ab", "a__b", "A_b", "a_b_"]
    assert len({swap(text(name), "_", "-") for name in names}) == len(names)


def test_parameters_have_names_of_their_own() -> None:
    plan, _ = planned(rich("cloudformation"))
    assert plan.provisioned is not None
    assert plan.provisioned.parameters == (("secret", "Secret"), ("token", "Token"))
    inputs = tuple(replace(plan.inputs[-1], name=name, sensitive=True) for name in ("a_1", "a1", "harness", "unused"))
    headers = tuple((name, TextValue(Text((Slot(Source.INPUT, name),)), ())) for name in ("a_1", "a1", "harness"))
    made = replace(plan.provisioned, settings=Fields((("headers", Setting(headers, ())),), ()))
    found, fitting = with_parameters(made, inputs)
    assert found.parameters == (("a1", "A1X"), ("a_1", "A1"), ("harness", f"{LOGICAL_ID}X"))
    assert [len(item.checks) - len(plan.inputs[-1].checks) for item in fitting] == [1, 1, 1, 0]


TEMPLATE = provider_resource("cloudformation").template
assert TEMPLATE is not None
LOGICAL_ID = TEMPLATE.logical_id


def test_a_secret_stands_in_no_template() -> None:
    _, bodies = parts_of(rich("cloudformation"))
    stack = print_file(bodies["modules/harness/main.tf"])
    inside, _, after = stack.partition("  parameters = {")
    assert "var.token" not in inside
    assert "var.secret" not in inside
    assert "var.token" in after
    assert of_rich()["Parameters"] == {name: {"Type": "String", "NoEcho": True} for name in ("Secret", "Token")}


def test_a_text_with_a_secret_in_it_is_joined() -> None:
    token = Text(("Bearer ", Slot(Source.INPUT, "token")))
    spelling = Spelling(provider_resource("cloudformation"), {"token": "Token"})
    joined = form_of(evaluate(_text(token, spelling, ELEMENT), Declared().scope()))
    assert plain(joined, {}) == {"Fn::Join": ["", ["Bearer ", {"Ref": "Token"}]]}
    assert Spelled(spelling.carrier, spelling.parameters).text(token) == joined
