"""Whatever is taken out of a network is caught and named, and whatever is opened beyond need: counted and printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from feature_samples import PARTS
from network_samples import PLACE_BEYOND, STORE, planned, sample

from tfgen.catalog.network import EndpointKind
from tfgen.diagnostics import Code, InternalError
from tfgen.hcl.read import read
from tfgen.iam.policy import Policy
from tfgen.iam.text import text
from tfgen.plan.model import Plan
from tfgen.plan.network.model import Direction, Peer, PeerKind, made
from tfgen.proof.prove import read_back
from tfgen.proof.reach.reachability import check, needs
from tfgen.proof.reach.view import EndpointView, NetworkView, OpenRule
from tfgen.proof.reach.view import planned as view_of
from tfgen.proof.text import check as parse
from tfgen.render import files

NAMES = [name for name in PARTS if name not in {"extra-star", "gateway-url-input", "own-interpreter", "vpc"}]
"""Each feature once; those left out bring nothing of a network that another does not."""
ALL = {
    **{name: sample(name) for name in NAMES},
    **{f"model-{name}": sample(model=name) for name in ("mantle", "forced-version", "openai", "litellm-input")},
    "posture": sample("efs", data_stores=[STORE], egress=[PLACE_BEYOND], dns={"servers": ["10.0.0.2/32"]}),
    "shared": sample(
        "gateway", endpoints={"shared": {"services": ["logs"], "security_groups": ["sg-0123456789abcdef5"]}}
    ),
    "proxy": sample("browser", internet={"proxy": {"to": {"security_group": "sg-0123456789abcdef6"}, "port": 3128}}),
    "storage": sample("jwt", "oauth"),
}

Mutant = tuple[str, str, NetworkView]
"""The link that is cut, what the finding must name, and the view that is left."""


def links_cut(view: NetworkView) -> Iterator[Mutant]:
    """Each view with one link fewer."""
    for endpoint in view.endpoints:
        others = tuple(one for one in view.endpoints if one != endpoint)
        yield "endpoint", endpoint.service, replace(view, endpoints=others)
        for change, link in _links(endpoint):
            yield link, endpoint.service, replace(view, endpoints=(*others, change))
        for statement in endpoint.policy.statements:
            left = Policy(tuple(one for one in endpoint.policy.statements if one != statement))
            cut = replace(endpoint, policy=left)
            yield "policy statement", endpoint.service, replace(view, endpoints=(*others, cut))
    for rule in view.rules:
        left_rules = tuple(one for one in view.rules if one != rule)
        yield "rule", "(security group)", replace(view, rules=left_rules)
        narrowed = replace(rule, first=rule.last + 1, last=rule.last + 1)
        yield "port of a rule", "(security group)", replace(view, rules=(*left_rules, narrowed))


def _links(endpoint: EndpointView) -> Iterator[tuple[EndpointView, str]]:
    if endpoint.kind is EndpointKind.INTERFACE:
        yield replace(endpoint, named=False), "private DNS"
        yield replace(endpoint, groups=frozenset()), "security group of an endpoint"
    yield replace(endpoint, routed=False), "route table or subnet"


def opened(view: NetworkView) -> Iterator[Mutant]:
    """Each view with one thing more than is needed."""
    sessions, anywhere = made("sessions"), Peer(PeerKind.IPV4, text("0.0.0.0/0"))
    more = [
        OpenRule("more", Direction.EGRESS, sessions, anywhere, "tcp", 22, 22, ()),
        OpenRule("more", Direction.INGRESS, sessions, anywhere, "tcp", 443, 443, ()),
    ]
    yield from (("rule", one.key, replace(view, rules=(*view.rules, one))) for one in more)
    for rule in view.rules:
        others = tuple(one for one in view.rules if one != rule)
        yield "wider rule", rule.key, replace(view, rules=(*others, replace(rule, first=0, last=65_535)))
    for endpoint in view.endpoints:
        others_ = tuple(one for one in view.endpoints if one != endpoint)
        yield "endpoint", "no-such", replace(view, endpoints=(*view.endpoints, replace(endpoint, service="no-such")))
        for statement in endpoint.policy.statements:
            for change in (
                replace(statement, conditions=()),
                replace(statement, actions=(*statement.actions, f"{statement.actions[0].partition(':')[0]}:Delete")),
                replace(statement, resources=(*statement.resources, text("arn:aws:s3:::other"))),
            ):
                if change != statement:
                    policy = Policy(tuple(change if one == statement else one for one in endpoint.policy.statements))
                    cut = replace(endpoint, policy=policy)
                    yield "policy statement", endpoint.service, replace(view, endpoints=(*others_, cut))


def text_view(plan: Plan) -> NetworkView:
    """The view that the rendered text describes."""
    tree = (file for file in files.tree(plan) if file.body is not None and not file.path.endswith(".tftest.hcl"))
    (view,) = read_back(plan, {file.path: parse(file.path, file.text, file.body or ()) for file in tree})[1]
    return view


def normal(view: NetworkView) -> tuple[set[EndpointView], set[OpenRule]]:
    """A view without the spelling of the rules' names."""
    return set(view.endpoints), {replace(one, key=one.key.replace("-", "_")) for one in view.rules}


@pytest.mark.parametrize("name", ["posture", "shared", "proxy", "storage", "efs-inputs", "gateway-inputs"])
def test_the_text_describes_the_network_that_the_plan_does(name: str) -> None:
    plan, network = planned(ALL[name])
    assert normal(text_view(plan)) == normal(view_of(network))


@pytest.mark.parametrize("side", ["plan", "text"])
def test_a_link_that_is_cut_is_caught_and_named(side: str, capsys: pytest.CaptureFixture[str]) -> None:
    counts: Counter[str] = Counter()
    missed = []
    # Reading text back takes longer, so it is done for those that have something of each kind.
    names = list(ALL) if side == "plan" else ["posture", "shared", "proxy", "storage"]
    for name in names:
        plan, network = planned(ALL[name])
        needed = needs(plan, network)
        view = view_of(network) if side == "plan" else text_view(plan)
        for link, named, mutant in links_cut(view):
            found = [one for one in check(needed, mutant) if one.code is Code.UNREACHABLE]
            counts[link] += 1
            if not any(named in one.message for one in found):
                missed.append((name, link, named, [one.message for one in found]))
    with capsys.disabled():
        print(f"\n{side}: {sum(counts.values())} links cut, {len(missed)} missed: {dict(sorted(counts.items()))}")
    assert missed == []
    assert len(counts) == 7


def test_what_is_open_beyond_need_is_caught_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    counts: Counter[str] = Counter()
    missed = []
    for name, data in ALL.items():
        plan, network = planned(data)
        needed = needs(plan, network)
        for kind, named, mutant in opened(view_of(network)):
            found = [one for one in check(needed, mutant) if one.code is Code.TOO_OPEN]
            counts[kind] += 1
            if not any(named in one.message for one in found):
                missed.append((name, kind, named, [one.message for one in found]))
    with capsys.disabled():
        print(f"\n{sum(counts.values())} things opened, {len(missed)} missed: {dict(sorted(counts.items()))}")
    assert missed == []


INLINE = """resource "aws_security_group" "sessions" {
  ingress {
    from_port = 0
    to_port   = 65535
    protocol  = "tcp"
  }
"""


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (INLINE.splitlines(keepends=True)[0], INLINE, "sets ingress of network/aws_security_group.sessions"),
        ("role = aws_iam_role.flow_logs.id", "role = data.aws_vpc.this.id", "planned for aws_iam_role.flow_logs.id"),
    ],
)
def test_another_way_to_open_or_to_grant_is_caught(before: str, after: str, why: str) -> None:
    plan, _ = planned(sample(flow_logs=True))
    path = "modules/network/main.tf"
    texts = {file.path: file.text for file in files.tree(plan) if file.path.endswith(".tf")}
    assert before in texts[path]
    texts[path] = texts[path].replace(before, after, 1)
    with pytest.raises(InternalError, match=why):
        read_back(plan, {name: read(text) for name, text in texts.items()})
