"""Every member of CreateHarness, as botocore has it, leads to a sheet, or a table says why it needs no permission."""

from __future__ import annotations

from coverage_table import JWT, NEEDS_NONE, anchored, leads, leaves, table, triggers


def test_every_member_leads_to_a_sheet_or_has_a_reason() -> None:
    """The next version of the API announces itself here: a new member has neither."""
    reasons = [anchored(path) for path in NEEDS_NONE]
    paths = list(leaves())
    assert len(paths) > 100
    assert [path for path in paths if not leads(path) and not any(reason.match(path) for reason in reasons)] == []


def test_no_reason_is_stale() -> None:
    paths = list(leaves())
    assert [path for path in NEEDS_NONE if not any(anchored(path).match(one) for one in paths)] == []


def test_no_member_has_both() -> None:
    reasons = {path: anchored(path) for path in NEEDS_NONE if path != JWT}
    assert [path for path in triggers() for reason in reasons.values() if reason.match(path)] == []


def test_the_table_has_them_all() -> None:
    rows = [line.split(" | ") for line in table().splitlines()[2:]]
    assert len(rows) > 80
    assert all(len(row) == 2 and len(row[1]) > 5 for row in rows)
