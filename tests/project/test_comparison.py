"""The role that tfgen derives beside the roles that others give for the same features."""

from __future__ import annotations

import pytest
from roles_compared import SAME, Counts, ours, theirs


def test_what_is_counted_of_others() -> None:
    assert {name: theirs(name)[1] for name in SAME} == {
        "documentation": Counts(statements=11, actions=28, bare=5, patterns=7, exact=0, unknown=0),
        "cdk-minimal": Counts(statements=10, actions=27, bare=4, patterns=7, exact=1, unknown=0),
        "cdk-full": Counts(statements=28, actions=65, bare=9, patterns=20, exact=11, unknown=0),
        "aws-ia": Counts(statements=6, actions=14, bare=5, patterns=1, exact=0, unknown=2),
    }


@pytest.mark.parametrize("name", SAME)
def test_ours_grants_nothing_unknown_and_names_more(name: str) -> None:
    assert ours(name).unknown == 0
    assert ours(name).exact > theirs(name)[1].exact
