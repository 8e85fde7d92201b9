"""Fuzzer of the IAM evaluator: random policies and requests against a plain evaluator of what is wholly known.

What tfgen allows or denies is what the other says; where tfgen leaves a request undecided there is nothing to hold
against it. Some policies are mutated, and then only a crash counts.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random
from typing import Any, Final

from decide_samples import RESOURCES, policy_document
from fuzz import mutate
from fuzz.target import Files, Target

from tfgen.iam.decide import Answer, Request, decide
from tfgen.iam.inclusion import Part, included
from tfgen.iam.policy import Policy
from tfgen.iam.reach import reachable
from tfgen.iam.text import text
from tfgen.imports.policies import Document, Found, read
from tfgen.terraform.values import Place, node_of

_ACTIONS: Final = ("s3:GetObject", "s3:getobject", "s3:PutObject", "sqs:SendMessage", "bedrock:InvokeModel", "s3:X")


def make(random: Random) -> Files:
    """A policy, at times an odd one, and a request."""
    odd = random.random() < 0.4
    document = policy_document(random, conditions=odd)
    if odd:
        document = mutate.data(random, document)
    else:
        for statement in document["Statement"]:
            statement["Effect"] = random.choice(("Allow", "Allow", "Deny"))
            if random.random() < 0.2:
                statement["NotAction"] = statement.pop("Action")
    request = {"action": random.choice(_ACTIONS), "resource": random.choice(RESOURCES), "odd": odd}
    return {"policy.json": json.dumps(document).encode(), "request.json": json.dumps(request).encode()}


def judge(files: Files, _: Path) -> str:
    """Decide the request, and ask the other questions that the evaluator answers."""
    document, request = json.loads(files["policy.json"]), json.loads(files["request.json"])
    place = Place("policy.json")
    found = read(Document("the policy", node_of(document, place), place))
    policy = Policy(tuple(one.statement for one in found if isinstance(one, Found)))
    answer = decide(Request(request["action"], text(request["resource"]), {}, complete=True), (policy,)).answer
    for statement in policy.statements[:2]:
        for action in statement.actions[:2]:
            included(Part(statement, action), (policy,), (policy,))
    reachable(request["action"], (policy,))
    if request["odd"] or answer is Answer.UNDECIDED:
        return ""
    expected = Answer.ALLOWED if _allows(document, request["action"], request["resource"]) else Answer.DENIED
    return "" if answer is expected else f"decided {answer.value}, and a plain evaluator says {expected.value}"


def _allows(document: dict[str, Any], action: str, resource: str) -> bool:
    effects = {one["Effect"] for one in document["Statement"] if _speaks(one, action, resource)}
    return effects == {"Allow"}


def _speaks(statement: dict[str, Any], action: str, resource: str) -> bool:
    """Whether a statement without conditions is for a request; fields of ARNs are apart, the last one takes colons."""
    named = any(_matches(one.lower(), action.lower()) for one in statement.get("Action") or statement["NotAction"])
    return named == ("Action" in statement) and any(_matches_arn(one, resource) for one in statement["Resource"])


def _matches_arn(pattern: str, resource: str) -> bool:
    if pattern.count(":") < 5:  # `*` at the end takes all that is left
        return _matches(pattern, resource)
    fields, there = pattern.split(":", 5), resource.split(":", 5)
    return all(map(_matches, fields, there))


def _matches(pattern: str, value: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, value, re.DOTALL) is not None


TARGET: Final = Target("policies", make, judge)
