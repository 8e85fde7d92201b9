"""Whatever is taken out of a network is caught and named, and whatever is opened beyond need: counted and printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from feature_samples import PARTS
from network_samples import PLACE_BEYOND, STORE, planned, sample

from tfgen.catalog.network import EndpointKind
from tfgen.diagnostics import Code
from tfgen.iam.policy import Policy
from tfgen.iam.text import text
from tfgen.plan.model import Plan
from tfgen.plan.network.model import Direction, Peer, PeerKind, made
from tfgen.proof.prove import read_back
from tfgen.proof.reach.reachability import check, needs
from tfgen.proof.reach.view import EndpointView, NetworkView, OpenRule
from tfgen.proof.reach.view import planned as world_of
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
"""The link that is cut, what the finding must name, and the world that is left."""


def links_cut(world: NetworkView) -> Iterator[Mutant]:
    """Each world with one link fewer."""
    for gate in world.gates:
        others = tuple(one for one in world.gates if one != gate)
        yield "endpoint", gate.service, replace(world, gates=others)
        for change, link in _links(gate):
            yield link, gate.service, replace(world, gates=(*others, change))
        for statement in gate.policy.statements:
            left = Policy(tuple(one for one in gate.policy.statements if one != statement))
            cut = replace(gate, policy=left)
            yield "policy statement", gate.service, replace(world, gates=(*others, cut))
    for rule in world.openings:
        left_rules = tuple(one for one in world.openings if one != rule)
        yield "rule", "(security group)", replace(world, openings=left_rules)
        narrowed = replace(rule, first=rule.last + 1, last=rule.last + 1)
        yield "port of a rule", "(security group)", replace(world, openings=(*left_rules, narrowed))


def _links(gate: EndpointView) -> Iterator[tuple[EndpointView, str]]:
    if gate.kind is EndpointKind.INTERFACE:
        yield replace(gate, named=False), "private DNS"
        yield replace(gate, groups=frozenset()), "security group of an endpoint"
    yield replace(gate, routed=False), "route table or subnet"


def opened(world: NetworkView) -> Iterator[Mutant]:
    """Each world with one thing more than is needed."""
    sessions, anywhere = made("sessions"), Peer(PeerKind.IPV4, text("0.0.0.0/0"))
    more = [
        OpenRule("more", Direction.EGRESS, sessions, anywhere, "tcp", 22, 22, ()),
        OpenRule("more", Direction.INGRESS, sessions, anywhere, "tcp", 443, 443, ()),
    ]
    yield from (("rule", one.key, replace(world, openings=(*world.openings, one))) for one in more)
    for rule in world.openings:
        others = tuple(one for one in world.openings if one != rule)
        yield "wider rule", rule.key, replace(world, openings=(*others, replace(rule, first=0, last=65_535)))
    for gate in world.gates:
        others_ = tuple(one for one in world.gates if one != gate)
        yield "endpoint", "no-such", replace(world, gates=(*world.gates, replace(gate, service="no-such")))
        for statement in gate.policy.statements:
            for change in (
                replace(statement, conditions=()),
                replace(statement, actions=(*statement.actions, f"{statement.actions[0].partition(':')[0]}:Delete")),
                replace(statement, resources=(*statement.resources, text("arn:aws:s3:::other"))),
            ):
                if change != statement:
                    policy = Policy(tuple(change if one == statement else one for one in gate.policy.statements))
                    cut = replace(gate, policy=policy)
                    yield "policy statement", gate.service, replace(world, gates=(*others_, cut))


def text_world(plan: Plan) -> NetworkView:
    """The world that the rendered text describes."""
    tree = (file for file in files.tree(plan) if file.body is not None and not file.path.endswith(".tftest.hcl"))
    (world,) = read_back(plan, {file.path: parse(file.path, file.text, file.body or ()) for file in tree})[1]
    return world


def normal(world: NetworkView) -> tuple[set[EndpointView], set[OpenRule]]:
    """A world without the spelling of the rules' names."""
    return set(world.gates), {replace(one, key=one.key.replace("-", "_")) for one in world.openings}


@pytest.mark.parametrize("name", ["posture", "shared", "proxy", "storage", "efs-inputs", "gateway-inputs"])
def test_the_text_describes_the_world_that_the_plan_does(name: str) -> None:
    plan, network = planned(ALL[name])
    assert normal(text_world(plan)) == normal(world_of(network))


@pytest.mark.parametrize("side", ["plan", "text"])
def test_a_link_that_is_cut_is_caught_and_named(side: str, capsys: pytest.CaptureFixture[str]) -> None:
    counts: Counter[str] = Counter()
    missed = []
    # Reading text back takes longer, so it is done for those that have something of each kind.
    names = list(ALL) if side == "plan" else ["posture", "shared", "proxy", "storage"]
    for name in names:
        plan, network = planned(ALL[name])
        needed = needs(plan, network)
        world = world_of(network) if side == "plan" else text_world(plan)
        for link, named, mutant in links_cut(world):
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
        for kind, named, mutant in opened(world_of(network)):
            found = [one for one in check(needed, mutant) if one.code is Code.TOO_OPEN]
            counts[kind] += 1
            if not any(named in one.message for one in found):
                missed.append((name, kind, named, [one.message for one in found]))
    with capsys.disabled():
        print(f"\n{sum(counts.values())} things opened, {len(missed)} missed: {dict(sorted(counts.items()))}")
    assert missed == []
