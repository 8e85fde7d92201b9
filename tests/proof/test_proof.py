"""Each proof catches what it is there for: the rendered text and the plan are broken in every place, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from mutants import kept_but_words, variants, wordless

from tfgen.diagnostics import Code, InternalError
from tfgen.hcl.printer import print_file
from tfgen.hcl.read import read as hcl_read
from tfgen.hcl.tree import Attribute, Block, Body, Call, Expr, Literal, Reference, Tuple
from tfgen.iam.policy import Condition, Statement
from tfgen.iam.text import text
from tfgen.plan.build import build
from tfgen.plan.model import Plan
from tfgen.plan.statements import Grant, PolicyPlan
from tfgen.posture import validate
from tfgen.proof import complete, limits, necessary, prove, rebuild, sufficient
from tfgen.proof import text as text_proof
from tfgen.proof.rebuild import Rebuilt
from tfgen.render import files
from tfgen.render.layout import File

RICH = {
    "tfgen": 1,
    "name": "rich",
    "inputs": {
        "harness_name": {"description": "The harness."},
        "gateways": {"description": "Its gateways.", "type": "list(string)", "default": []},
        "key": {"description": "The key of its model."},
        "boundary": {"description": "The boundary.", "optional": True},
        "name": {"description": "The role.", "optional": True},
        "prefix": {"description": "What it begins with.", "optional": True},
        "shops": {"description": "The shop's roles.", "type": "list(string)", "default": ["shop"]},
        "subnet": {"description": "The subnet."},
    },
    "harness": {
        "harness_name": {"input": "harness_name"},
        "model": {"openai_model_config": {"model_id": "gpt-5", "api_key_arn": {"input": "key"}}},
        "tools": [
            {"type": "agentcore_browser", "name": "web"},
            {"type": "agentcore_code_interpreter", "name": "python"},
            {
                "type": "agentcore_gateway",
                "name": "orders",
                "config": {"agentcore_gateway": {"gateway_arn": {"input": "gateways"}}},
            },
        ],
        "authorizer_configuration": {
            "custom_jwt_authorizer": {
                "discovery_url": "https://idp.example.com/.well-known/openid-configuration",
                "allowed_clients": ["shop"],
            }
        },
        "environment": {
            "agentcore_runtime_environment": {
                "network_configuration": {
                    "network_mode": "VPC",
                    "network_mode_config": {
                        "subnets": [{"input": "subnet"}, "subnet-0123456789abcdef0"],
                        "security_groups": ["sg-0123456789abcdef0"],
                    },
                }
            }
        },
        "environment_artifact": {
            "container_configuration": {"container_uri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/agents/rich:1"}
        },
    },
    "role": {
        "name": {"input": "name"},
        "name_prefix": {"input": "prefix"},
        "permissions_boundary": {"input": "boundary"},
        "trust": "harness",
    },
    "guardrails": {"boundary": True, "service_control": ["vpc", "jwt"]},
    "access": [
        {"name": "callers", "may": ["invoke", "read"], "roles": [{"input": "shops"}, "till"]},
        {"name": "pipeline", "may": ["deploy", "operate"], "as": "inline-policy", "roles": ["pipeline"]},
        {"name": "reviewers", "may": ["audit"]},
        {"name": "nightly", "may": ["invoke"], "endpoints": ["nightly", "weekly"], "as": "json"},
    ],
    "tags": {"team": "x"},
}


def _plan() -> Plan:
    validation = validate(RICH)
    assert validation.posture is not None, validation.findings
    plan, findings = build(validation.posture)
    assert findings == ()
    return plan


PLAN = _plan()
FILES = files.tree(PLAN)
BODIES = {file.path: file.body for file in FILES if file.body is not None and file.path.endswith(".tf")}


def test_what_is_rendered_passes() -> None:
    assert prove.prove(PLAN, FILES) == ()
    assert prove.prove(PLAN, files.parts(PLAN)) == ()


# --- 1: the text ---------------------------------------------------------------------------------------------------


def _main() -> File:
    return next(file for file in FILES if file.path == "modules/execution-role/main.tf")


def test_every_lost_line_is_caught() -> None:
    file = _main()
    assert file.body is not None
    lines = file.text.splitlines(keepends=True)
    for number in range(len(lines)):
        broken = "".join(lines[:number] + lines[number + 1 :])
        with pytest.raises(InternalError):
            text_proof.check(file.path, broken, file.body)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"Allow"', "Allow"),
        ('"Allow"', '"Deny"'),
        ("local.account", '"local.account"'),
        ("${local.region}", "$${local.region}"),
        ("browser/aws.browser.v1", "browser/*"),
        ("jsonencode(", "jsondecode("),
        (" > 0]", " >= 0]"),
        ("max_session_duration = 3600", "max_session_duration = 36000"),
        ("  tags = var.tags", "  tags = var.tags\n  tags = {}"),
        ("\n}\n", "\n"),
        ('Sid    = "', 'Sid    = "\\q'),
    ],
)
def test_a_changed_text_is_caught(old: str, new: str) -> None:
    file = _main()
    assert file.body is not None
    assert old in file.text
    with pytest.raises(InternalError) as caught:
        text_proof.check(file.path, file.text.replace(old, new, 1), file.body)
    assert caught.value.artifact


# --- 2: the meaning ------------------------------------------------------------------------------------------------


def _broken_bodies() -> Iterator[tuple[str, Body]]:
    for path, body in BODIES.items():
        for index, node in enumerate(body):
            if isinstance(node, Block) and node.type != "terraform":
                yield path, (*body[:index], *body[index + 1 :])
                if node.type == "output":
                    node = replace(node, body=node.body[1:2])  # its words and what it waits for mean nothing here
                if node.type == "variable":
                    node = wordless(node)
                for variant in variants(node):
                    yield path, (*body[:index], variant, *body[index + 1 :])


def _once_for_the_same(part: Callable[..., None]) -> Callable[..., None]:
    """Rebuild a module that is as it was rendered, called as it was, only once: a change is in one module at a time."""
    unchanged = {id(node) for body in BODIES.values() for node in body}
    known: list[tuple[tuple[int, ...], Any, Rebuilt]] = []

    def run(module: Any, variables: Any, made: Rebuilt) -> None:
        blocks = tuple(map(id, module.blocks))
        if not set(blocks) <= unchanged:
            part(module, variables, made)
            return
        for same_blocks, same_variables, found in known:
            if (same_blocks, same_variables) == (blocks, variables):
                made.update(found)
                return
        found = {}
        part(module, variables, found)
        known.append((blocks, variables, found))
        made.update(found)

    return run


def test_every_change_of_what_is_made_is_caught(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proof 1 sees any change of the text. A module that was made wrong is printed as it is: the others see these."""
    monkeypatch.setattr(rebuild, "_part", _once_for_the_same(rebuild._part))
    missed: list[Block] = []
    count = 0
    for path, body in _broken_bodies():
        count += 1
        if not _is_caught({**BODIES, path: body}):
            there = BODIES[path]
            changed = [node for node in (*body, *there) if (node in body) != (node in there)]
            missed += [node for node in changed[:1] if isinstance(node, Block)]
    of_people = [block for block in missed if block.type in {"variable", "output"} or _of_words(block)]
    with capsys.disabled():
        print(f"\nchanges of the rendered tree: {count}, caught beside proof 1: {count - len(missed)}", end="")
    assert [print_file((block,)) for block in missed if block not in of_people] == []
    assert count > 2500
    assert count - len(missed) > 0.88 * count


def _is_caught(bodies: dict[str, Body]) -> bool:
    """Whether the proofs of the text find that it is not what was planned."""
    try:
        read, networks = prove.read_back(PLAN, bodies)
        prove.same(PLAN, read)
        return bool(prove.asked(read, networks))
    except (InternalError, ValueError):
        return True


def _of_words(block: Block) -> bool:
    """Whether a block differs from one in the tree by names and sentences alone."""
    every = (node for body in BODIES.values() for node in body if isinstance(node, Block) and node.type == block.type)
    return any(kept_but_words(node) == kept_but_words(block) for node in every)


ADMINISTRATOR = Literal("arn:aws:iam::aws:policy/AdministratorAccess")


def test_a_policy_for_somebody_else_is_caught() -> None:
    path = "modules/access/main.tf"
    edits: list[tuple[str, str, Expr]] = [
        ("callers", "role", Reference(("each", "key"))),
        ("callers", "policy_arn", ADMINISTRATOR),
        ("pipeline", "for_each", Call("toset", (Tuple((Literal("other"),)),))),
    ]
    for address, name, value in edits:
        body = tuple(
            replace(node, body=tuple(_set(one, name, value) for one in node.body))
            if isinstance(node, Block) and node.labels[1:] == (address,)
            else node
            for node in BODIES[path]
        )
        assert body != BODIES[path]
        assert _is_caught({**BODIES, path: body})


def _set(node: Any, name: str, value: Expr) -> Any:
    return replace(node, value=value) if isinstance(node, Attribute) and node.name == name else node


def test_an_extra_attachment_is_caught() -> None:
    path = "modules/execution-role/main.tf"
    arguments = (Attribute("role", Literal("somebody")), Attribute("policy_arn", ADMINISTRATOR))
    extra = Block("resource", ("aws_iam_role_policy_attachment", "extra"), arguments)
    with pytest.raises(InternalError, match="gives away policies by"):
        prove.read_back(PLAN, {**BODIES, path: (*BODIES[path], extra)})


@pytest.mark.parametrize(
    ("path", "kind", "extra"),
    [
        ("modules/execution-role/main.tf", "aws_iam_role", Attribute("managed_policy_arns", Tuple((ADMINISTRATOR,)))),
        ("modules/execution-role/main.tf", "aws_iam_user_policy_attachment", None),
        ("modules/access/main.tf", "aws_iam_policy_attachment", None),
        ("modules/access/main.tf", "aws_security_group_rule", None),
    ],
)
def test_another_way_to_grant_is_caught(path: str, kind: str, extra: Attribute | None) -> None:
    made = tuple(
        replace(node, body=(*node.body, extra))
        if extra is not None and isinstance(node, Block) and node.labels[:1] == (kind,)
        else node
        for node in BODIES[path]
    )
    if extra is None:
        made = (*made, Block("resource", (kind, "extra"), (Attribute("policy_arn", ADMINISTRATOR),)))
    assert made != BODIES[path]
    with pytest.raises(InternalError, match="which tfgen never"):
        complete.check(rebuild.rebuild({**BODIES, path: made}))


def test_a_block_that_tfgen_never_makes_is_caught() -> None:
    path = "main.tf"
    with pytest.raises(InternalError, match="provider"):
        prove.read_back(PLAN, {**BODIES, path: (*BODIES[path], Block("provider", ("aws",)))})


def test_what_the_text_says_is_what_the_proofs_are_asked_about() -> None:
    """A statement that is wider in the text than in the plan is found in the text, with the row that it comes from."""
    path = "modules/execution-role/main.tf"
    text = next(file.text for file in FILES if file.path == path)
    wider = text.replace('"bedrock-agentcore:StartBrowserSession"', '"bedrock-agentcore:*"')  # in the boundary too
    assert wider != text
    read, networks = prove.read_back(PLAN, {**BODIES, path: hcl_read(wider)})
    codes = {finding.code for finding in prove.asked(read, networks)}
    assert Code.UNKNOWN_ACTION in codes
    assert Code.NOT_NEEDED in codes


# --- 3 and 4: the plan ---------------------------------------------------------------------------------------------


def _with_grants(grants: tuple[Grant, ...]) -> Plan:
    return replace(PLAN, role=replace(PLAN.role, policy=PolicyPlan(PLAN.role.policy.kind, grants)))


def _codes(plan: Plan) -> set[Code]:
    return {finding.code for finding in (*sufficient.check(plan), *necessary.check(plan))}


GRANTS = PLAN.role.policy.grants
EACH_GRANT = pytest.mark.parametrize("index", range(len(GRANTS)), ids=[grant.statement.sid for grant in GRANTS])


def _changed(index: int, **change: object) -> Plan:
    changed: Statement = replace(GRANTS[index].statement, **change)  # type: ignore[arg-type]
    return _with_grants((*GRANTS[:index], replace(GRANTS[index], statement=changed), *GRANTS[index + 1 :]))


@EACH_GRANT
class TestEachStatement:
    def test_it_cannot_be_left_out(self, index: int) -> None:
        assert Code.UNCOVERED_RESOURCE in _codes(_with_grants((*GRANTS[:index], *GRANTS[index + 1 :])))

    def test_it_cannot_stand_twice(self, index: int) -> None:
        assert Code.NOT_NEEDED in _codes(_with_grants((*GRANTS, GRANTS[index])))

    def test_it_cannot_lose_an_action(self, index: int) -> None:
        for action in GRANTS[index].statement.actions:
            actions = tuple(kept for kept in GRANTS[index].statement.actions if kept != action)
            assert Code.UNCOVERED_RESOURCE in _codes(_changed(index, actions=actions))

    def test_it_cannot_gain_an_action(self, index: int) -> None:
        actions = (*GRANTS[index].statement.actions, "iam:PassRole")
        assert Code.NOT_NEEDED in _codes(_changed(index, actions=actions))

    def test_it_cannot_grant_what_does_not_exist(self, index: int) -> None:
        actions = (*GRANTS[index].statement.actions, "bedrock-agentcore:GetWorkloadIdentityToken")
        assert Code.UNKNOWN_ACTION in _codes(_changed(index, actions=actions))

    def test_it_cannot_lose_a_condition_or_take_a_foreign_one(self, index: int) -> None:
        conditions = GRANTS[index].statement.conditions
        foreign = Condition("StringEquals", "s3:prefix", (text("x"),))
        assert Code.UNKNOWN_CONDITION in _codes(_changed(index, conditions=(*conditions, foreign)))
        if conditions:
            assert Code.NOT_NEEDED in _codes(_changed(index, conditions=()))

    def test_it_cannot_be_widened_to_a_bare_star(self, index: int) -> None:
        if GRANTS[index].statement.resources == (text("*"),):
            return
        wide = replace(GRANTS[index], statement=replace(GRANTS[index].statement, resources=(text("*"),)), types=((),))
        assert Code.BARE_STAR in _codes(_with_grants((*GRANTS[:index], wide, *GRANTS[index + 1 :])))

    def test_it_cannot_lose_a_required_resource(self, index: int) -> None:
        grant = GRANTS[index]
        if grant.statement.resources == (text("*"),):
            return
        for place in range(len(grant.statement.resources)):
            resources = (*grant.statement.resources[:place], *grant.statement.resources[place + 1 :])
            types = (*grant.types[:place], *grant.types[place + 1 :])
            lost = replace(grant, statement=replace(grant.statement, resources=resources), types=types)
            assert _codes(_with_grants((*GRANTS[:index], lost, *GRANTS[index + 1 :]))) & {Code.UNCOVERED_RESOURCE}


def test_a_resource_of_the_wrong_type_is_caught() -> None:
    index = next(i for i, grant in enumerate(GRANTS) if grant.statement.sid == "Browser")
    plan = _changed(index, resources=(text("arn:aws:s3:::bucket"),))
    assert Code.UNCOVERED_RESOURCE in _codes(plan)


def test_a_policy_that_outgrows_iam_is_a_finding() -> None:
    many = tuple(
        text(f"arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/{n:05}-abcdefghij") for n in range(200)
    )
    index = next(i for i, grant in enumerate(GRANTS) if grant.statement.sid == "Gateway")
    grant = GRANTS[index]
    statement = replace(grant.statement, resources=many)
    big = replace(grant, statement=statement, types=grant.types * len(many))
    plan = _with_grants((*GRANTS[:index], big, *GRANTS[index + 1 :]))
    assert _codes(plan) == set()
    assert [finding.code for finding in limits.check(replace(plan, role=replace(plan.role, boundary=None)))] == [
        Code.TOO_LONG
    ]
