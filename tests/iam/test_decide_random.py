"""The evaluator against others, at random: moto's, a stored run of iam-simulate, and itself with less known.

Where it differs from another the reason stands in a table, and each kind of difference is counted.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from pathlib import Path
from random import Random
from typing import Any

from decide_samples import ACTIONS, RESOURCES, Document, context, policy, policy_document
from moto.iam.access_control import IAMPolicy, PermissionResult

from tfgen.iam.decide import Answer, Decision, Request, decide
from tfgen.iam.policy import Condition, Policy, Statement
from tfgen.iam.reach import reachable
from tfgen.iam.text import Slot, Source, Text, join, text

SIMULATED = Path(__file__).parent / "fixtures" / "simulated.json"
SEED = 20_261_124


def outcome(decision: Decision) -> str:
    return "explicitly denied" if decision.explicit else decision.answer.value


def report(name: str, total: int, differ: Counter[str]) -> None:
    print(f"\n{name}: {total - differ.total()} of {total} alike")
    for reason, count in sorted(differ.items()):
        print(f"  {count} differ: {reason}")


def count(differ: Counter[str], ours: str, reasons: Iterator[str]) -> None:
    """Count a difference under its reason; there must be one, and one of its own for what we leave undecided."""
    undecided = ours == Answer.UNDECIDED.value
    reason = next((why for why in reasons if why.startswith("undecided") == undecided), None)
    assert reason is not None, "no reason is known"
    differ[reason] += 1


# moto


def moto_outcome(documents: list[Document], action: str, resource: str) -> str:
    policies = [IAMPolicy({"policy_document": json.dumps(document)}) for document in documents]
    results = {entry.is_action_permitted(action, resource) for entry in policies}
    if PermissionResult.DENIED in results:
        return "explicitly denied"
    return "allowed" if PermissionResult.PERMITTED in results else "denied"


def in_lower_case(document: Document) -> Document:
    statements = [{**entry, "Action": [a.lower() for a in entry["Action"]]} for entry in document["Statement"]]
    return {**document, "Statement": statements}


def why_moto_differs(ours: str, documents: list[Document], action: str, resource: str) -> Iterator[str]:
    # moto 5.2 makes a regular expression of each pattern; patterns with "?" are left out of the samples for it.
    lower = [in_lower_case(document) for document in documents]
    if ours == moto_outcome(lower, action.lower(), resource):
        yield "the case of an action does not matter; to moto it does"
    if any("arn:aws:sqs:*:jobs" in entry["Resource"] for document in documents for entry in document["Statement"]):
        yield "undecided: '*' at the end of a field 'can' match beyond its colon; moto's always does"
        if ours == "denied" and moto_outcome(documents, action, resource) == "explicitly denied":
            yield "denied either way; whether also by the statement with such a '*' is left open"


def test_moto_decides_alike() -> None:
    random = Random(SEED)
    differ: Counter[str] = Counter()
    total = 0
    for _ in range(400):
        documents = [policy_document(random, conditions=False) for _ in range(random.randint(1, 2))]
        policies = [policy(document) for document in documents]
        for _ in range(10):
            action, resource = random.choice(ACTIONS), random.choice(RESOURCES)
            total += 1
            ours = outcome(decide(Request(action, text(resource), complete=True), policies))
            if ours != moto_outcome(documents, action, resource):
                count(differ, ours, why_moto_differs(ours, documents, action, resource))
    report("moto", total, differ)

    assert total == 4_000
    assert dict(differ) == {
        "the case of an action does not matter; to moto it does": 62,
        "undecided: '*' at the end of a field 'can' match beyond its colon; moto's always does": 8,
        "denied either way; whether also by the statement with such a '*' is left open": 1,
    }


# iam-simulate


def lines(statements: list[Document], given: dict[str, list[str]]) -> Iterator[tuple[str, list[str], list[str]]]:
    """Operator, values of the policy, values of the request, of each line of a condition block."""
    there = {key.lower(): values for key, values in given.items()}
    for entry in statements:
        for operator, block in entry.get("Condition", {}).items():
            for key, values in block.items():
                yield operator, values, there.get(key.lower(), [])


def why_simulated_differs(statements: list[Document], given: dict[str, list[str]]) -> Iterator[str]:
    vpc = {key.lower() for key in given} >= {"aws:sourcevpc"}
    for operator, wanted, there in lines(statements, given):
        if operator.startswith("Date") and any(value.isdigit() for value in (*wanted, *there)):
            yield "a date may be seconds since 1970, as AWS says; the tool does not read it so"
        if operator.startswith("ForAnyValue:") and operator.endswith("IfExists") and not there:
            yield "undecided: AWS does not say what ForAnyValue:...IfExists is without the key; the tool says false"
        if "IpAddress" in operator and any(value.endswith("/0") for value in wanted):
            yield "'0.0.0.0/0' is every IPv4 address; the tool finds none in it"
        if operator.startswith("NotIpAddress") and any(
            ip_address(one).version != ip_network(other).version for one in there for other in wanted
        ):
            yield "an IPv6 address is not in a range of IPv4; the tool says no to NotIpAddress too"
        if "Equals" in operator and "${*}" in wanted and there:
            yield "'${*}' is an asterisk in StringEquals too; the tool does not read it so"
        if "Not" in operator and there and not vpc and any("SourceVpc" in value for value in wanted):
            yield "undecided: AWS does not say what a variable without a value is in a negated operator"
    if any(pattern == "arn:aws:sqs:*:jobs" for entry in statements for pattern in entry["Resource"]):
        yield "undecided: '*' at the end of a field 'can' match beyond its colon; the tool never does"


def test_iam_simulate_decided_alike() -> None:
    stored = json.loads(SIMULATED.read_text(encoding="utf-8"))
    differ: Counter[str] = Counter()
    total = 0
    for entry in stored["sets"]:
        policies = [policy({"Statement": statements}) for statements in entry["policies"]]
        boundary = policy({"Statement": entry["boundary"]}) if entry["boundary"] else None
        every = [statement for statements in (*entry["policies"], entry["boundary"] or []) for statement in statements]
        for action, resource, given, theirs in entry["requests"]:
            total += 1
            request = Request(action, text(resource), {key: tuple(v) for key, v in given.items()}, complete=True)
            ours = outcome(decide(request, policies, boundary))
            if ours != theirs:
                count(differ, ours, why_simulated_differs(every, given))
    report(f"{stored['tool']} {stored['version']}", total, differ)

    assert total == stored["requests"] >= 2_000
    assert dict(differ) == {
        "a date may be seconds since 1970, as AWS says; the tool does not read it so": 10,
        "'0.0.0.0/0' is every IPv4 address; the tool finds none in it": 9,
        "'${*}' is an asterisk in StringEquals too; the tool does not read it so": 3,
        "an IPv6 address is not in a range of IPv4; the tool says no to NotIpAddress too": 1,
        "undecided: AWS does not say what ForAnyValue:...IfExists is without the key; the tool says false": 25,
        "undecided: '*' at the end of a field 'can' match beyond its colon; the tool never does": 5,
        "undecided: AWS does not say what a variable without a value is in a negated operator": 1,
    }


# With less known


SLOTS = {
    "aws": Slot(Source.CONTEXT, "partition"),
    "eu-west-1": Slot(Source.CONTEXT, "region"),
    "111122223333": Slot(Source.CONTEXT, "account"),
    "reports": Slot(Source.INPUT, "bucket"),
    "jobs": Slot(Source.INPUT, "queue"),
}


def hidden(random: Random, value: Text, slots: dict[str, Slot]) -> Text:
    """The text with some of what stands between its delimiters unknown."""
    assert value.known is not None
    pieces = value.known.replace(":", "\0:\0").replace("/", "\0/\0").split("\0")
    return join(*(slots[piece] if piece in slots and random.random() < 0.7 else piece for piece in pieces))


def blurred(random: Random, known: Policy, slots: dict[str, Slot]) -> Policy:
    def one(statement: Statement) -> Statement:
        return Statement(
            statement.sid,
            statement.effect,
            statement.actions,
            tuple(hidden(random, resource, slots) for resource in statement.resources),
            tuple(
                Condition(c.operator, c.key, tuple(hidden(random, value, slots) for value in c.values))
                for c in statement.conditions
            ),
        )

    return Policy(tuple(one(statement) for statement in known.statements))


def test_what_is_decided_with_unknowns_stays_so_when_they_are_known() -> None:
    random = Random(SEED + 1)
    decided: Counter[str] = Counter()
    for _ in range(80):
        known = [policy(policy_document(random, conditions=True)) for _ in range(random.randint(1, 2))]
        slots = {piece: slot for piece, slot in SLOTS.items() if random.random() < 0.5}
        unknown = [blurred(random, entry, slots) for entry in known]
        for _ in range(10):
            action, resource, given = random.choice(ACTIONS), text(random.choice(RESOURCES)), context(random)
            whole = {key: tuple(values) for key, values in given.items()}
            part = {key: values for key, values in whole.items() if random.random() < 0.8}
            complete = part == whole
            vague = Request(action, hidden(random, resource, slots), part, complete)
            before = decide(vague, unknown).answer
            after = decide(Request(action, resource, whole, complete=True), known).answer
            assert before in {Answer.UNDECIDED, after} or after is Answer.UNDECIDED, (vague, unknown, before, after)
            decided[before.value] += 1
    print(f"\nwith unknowns: {dict(decided)}")

    assert all(decided[answer.value] > 100 for answer in Answer)


def test_what_can_be_reached() -> None:
    random = Random(SEED + 2)
    found: Counter[str] = Counter()
    for _ in range(40):
        policies = [policy(policy_document(random, conditions=True)) for _ in range(random.randint(1, 2))]
        boundary = policy(policy_document(random, conditions=True)) if random.random() < 0.3 else None
        for asked in ("s3:GetObject", "s3:*", "sqs:*"):
            decision = reachable(asked, policies, boundary)
            found[decision.answer.value] += 1
            if decision.witness is not None and decision.answer is Answer.ALLOWED:
                assert decide(decision.witness, policies, boundary).answer is Answer.ALLOWED
            if decision.answer is Answer.DENIED:
                assert not any(
                    decide(request, policies, boundary).answer is Answer.ALLOWED
                    for request in some_requests(random, asked)
                )
    print(f"\nreachable: {dict(found)}")

    assert found["allowed"] >= 80
    assert found["denied"] >= 10


def some_requests(random: Random, asked: str) -> Iterator[Request]:
    actions = [action for action in ACTIONS if fnmatchcase(action, asked)]
    for _ in range(20):
        given: dict[str, Any] = {key: tuple(values) for key, values in context(random).items()}
        yield Request(random.choice(actions), text(random.choice(RESOURCES)), given, complete=True)
