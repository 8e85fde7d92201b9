"""A short run of the fuzzer of postures, and the ones that it and others have found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fuzz.postures import outcome, run
from posture_samples import ARN, GATEWAY_ARN, KEY_ARN, small


def test_check_and_render_agree_about_odd_postures_and_never_fail() -> None:
    report = run(20261125, count=40)
    assert report.failures == []
    assert report.outcomes["rendered"] > 10
    assert report.outcomes["refused"] > 3


def _oauth(provider_arn: str) -> dict[str, Any]:
    oauth = {"provider_arn": provider_arn, "scopes": ["a"], "grant_type": "CLIENT_CREDENTIALS"}
    config = {"agentcore_gateway": {"gateway_arn": GATEWAY_ARN, "outbound_auth": {"oauth": oauth}}}
    return small(tools=[{"type": "agentcore_gateway", "name": "orders", "config": config}])


def _extra(why: str) -> dict[str, Any]:
    return {**small(), "extra": [{"actions": ["s3:GetObject"], "on": ["arn:aws:s3:::b/k"], "why": why}]}


ONCE_70: dict[str, tuple[dict[str, Any], str]] = {
    "why-with-a-space-behind": (_extra("Reads it. "), "refused"),
    "why-with-c1": (_extra("Reads\x85it."), "refused"),
    "why-with-zero-width": (_extra("Reads\u200bit."), "refused"),
    "why-with-an-override": (_extra("Reads \u202eit."), "refused"),
    "why-with-an-odd-space": (_extra("Reads\u2003it."), "refused"),
    "why": (_extra("Reads it."), "rendered"),
    "no-prompt": ({**small(memory={"disabled": {}}, system_prompt=[]), "provision": "aws"}, "refused"),
    "prompt": ({**small(memory={"disabled": {}}, system_prompt=[{"text": "a"}]), "provision": "aws"}, "rendered"),
    "oauth-with-an-api-key": (_oauth(KEY_ARN), "refused"),
    "oauth-with-another-arn": (_oauth(f"{ARN}token-vault/default"), "refused"),
    "oauth": (_oauth(KEY_ARN.replace("apikey", "oauth2")), "rendered"),
}


@pytest.mark.parametrize(("data", "word"), ONCE_70.values(), ids=ONCE_70)
def test_what_once_ended_with_exit_70_gets_a_sentence(data: dict[str, Any], word: str, tmp_path: Path) -> None:
    assert outcome(data, tmp_path) == (word, "")
