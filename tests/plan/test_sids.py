"""Sids tell what statements are about: whoever moves an element of a list renames no statement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from posture_samples import small

from tfgen.diagnostics import Code
from tfgen.iam.policy import Condition
from tfgen.iam.text import text
from tfgen.plan.build import build
from tfgen.plan.sids import told_apart, words
from tfgen.posture import validate

FS = "arn:aws:elasticfilesystem:eu-central-1:111122223333:file-system/fs-0123456789abcdef0"
AP = "arn:aws:elasticfilesystem:eu-central-1:111122223333:access-point/fsap-0123456789abcdef"


def of(data: dict[str, Any]) -> dict[str, str]:
    """Each statement of the execution role by its Sid, as its meaning in one text."""
    found = validate(data)
    assert found.posture is not None, found.findings
    plan, wrong = build(found.posture)
    assert not [one for one in wrong if one.severity == "error"], wrong
    return {
        grant.statement.sid: str(
            (grant.statement.actions, sorted(map(str, grant.statement.resources)), grant.statement.conditions)
        )
        for grant in plan.role.policy.grants
    }


def extra(action: str, on: str, why: str = "The agent does something.") -> Mapping[str, object]:
    return {"actions": [action], "on": [on], "why": why}


def skill(prefix: str) -> Mapping[str, object]:
    return {"s3": {"uri": f"s3://skills/{prefix}/"}}


def issuer(tenant: str) -> Mapping[str, object]:
    url = f"https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_{tenant}/.well-known/openid-configuration"
    return {"authorizer_configuration": {"custom_jwt_authorizer": {"discovery_url": url, "allowed_clients": ["c"]}}}


def model(name: str) -> Mapping[str, object]:
    return {"model": {"bedrock_model_config": {"model_id": name}}}


LISTS: dict[str, tuple[Any, list[Any]]] = {
    "extra": (
        lambda given: {**small(), "extra": given},
        [
            extra("s3:GetObject", "arn:aws:s3:::a/b"),
            extra("s3:GetObject", "arn:aws:s3:::a/c"),
            extra("s3:GetObject", "arn:aws:s3:::a/c", "The agent does another thing."),
            extra("dynamodb:GetItem", "arn:aws:dynamodb:eu-central-1:111122223333:table/t"),
        ],
    ),
    "skills": (lambda given: small(skills=given), [skill("orders"), skill("returns/old"), skill("returns/new")]),
    "models": (
        lambda given: {**small(**model("eu.amazon.nova-pro-v1:0")), "also": given},
        [model("eu.amazon.nova-lite-v1:0"), model("global.anthropic.claude-haiku-4-5-20251001-v1:0")],
    ),
    "issuers": (lambda given: {**small(), "also": given}, [issuer("ONE"), issuer("TWO"), issuer("THREE")]),
}


def orders(given: list[Any]) -> Iterator[list[Any]]:
    yield given[::-1]
    yield given[1:] + given[:1]


@pytest.mark.parametrize("name", LISTS)
def test_a_moved_element_renames_nothing(name: str) -> None:
    made, given = LISTS[name]
    before = of(made(given))
    for order in orders(given):
        assert of(made(order)) == before


@pytest.mark.parametrize("name", LISTS)
def test_no_sid_is_a_number_in_a_list(name: str) -> None:
    made, given = LISTS[name]
    sids = set(of(made(given)))
    assert not [sid for sid in sids if sid[-1].isdecimal() and sid[:-1] in sids]
    assert not [sid for sid in sids if re.fullmatch(r"Extra\d+", sid)]
    assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)


def test_names_are_readable() -> None:
    sids = of(
        {**small(skills=[skill("orders"), skill("returns")]), "extra": [extra("s3:GetObject", "arn:aws:s3:::a/b")]}
    )
    assert {"SkillListingOrders", "SkillListingReturns", "ExtraS3GetObject"} <= set(sids)
    assert "SkillListing" in of(small(skills=[skill("orders")]))


def test_what_looks_the_same_is_told_apart() -> None:
    groups = tuple((Condition("StringEquals", "k", (text(f"{folder}/same"),)),) for folder in ("a", "b"))
    one, two = told_apart("Row", groups)
    assert one != two
    assert one.startswith("RowSame")
    assert told_apart("Row", groups[::-1]) == (two, one)
    assert len(words("x" * 500)) == 40


def test_the_same_entry_twice_is_a_mistake() -> None:
    found = validate({**small(), "extra": [extra("s3:GetObject", "arn:aws:s3:::a/b")] * 2})
    assert found.posture is not None
    _, wrong = build(found.posture)
    assert [(one.code, one.route) for one in wrong] == [(Code.CONFLICT, ("extra", 1))]
