"""What an import came to, as text and as JSON. Prints nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tfgen.imports.compare import Beyond, Comparison, Lack
from tfgen.imports.networks import NetworkComparison
from tfgen.imports.report import Entry, Fate

_MOST_SHOWN = 6
"""How many actions of a statement are listed in text."""
_TOLD = (Fate.INPUT, Fate.ASSUMED, Fate.LEFT_OUT, Fate.LOST)
"""The fates whose entries are listed; what is carried is only counted."""


def entries_text(name: str, entries: Sequence[Entry]) -> Iterator[str]:
    """Lines about what became of each thing that a source says."""
    counts = ", ".join(
        f"{count} {fate.value if fate is not Fate.INPUT else 'turned into inputs'}"
        for fate in Fate
        if (count := sum(entry.fate is fate for entry in entries))
    )
    yield f"{name}: {counts or 'nothing to carry'}"
    for fate in _TOLD:
        for entry in entries:
            if entry.fate is fate:
                yield f"  {fate.value:<14} {entry.place}: {entry.key}{_why(entry)}"


def _why(entry: Entry) -> str:
    if entry.fate is Fate.INPUT:
        return f" is the input {entry.why}"
    return f": {entry.why}" if entry.why else ""


def comparison_text(comparison: Comparison) -> Iterator[str]:
    """Lines about an existing role beside the derived one."""
    numbers = comparison.numbers
    yield (
        f"the existing role: {numbers.actions_beyond} of {numbers.actions} actions and {numbers.resources_beyond} of "
        f"{numbers.resources} resources are beyond need, in {numbers.statements} statements"
    )
    for beyond in comparison.beyond:
        yield from _beyond(beyond)
    for action in comparison.unknown_actions:
        yield f"  no such action {action}"
    for key in comparison.open_trust:
        yield f"  open trust     the trust policy has no condition on {key}"
    for lack in comparison.lacks:
        yield from _lack(lack)
    for unread in comparison.unread:
        yield f"  not understood {unread.place}: {unread.document}: {unread.why}"


def _beyond(beyond: Beyond) -> Iterator[str]:
    statement = beyond.found.statement
    called = statement.sid or "a statement without a Sid"
    yield f"  beyond need    {beyond.found.place}: {called}, in {beyond.found.document}"
    if beyond.not_needed:
        yield f"    not needed   {_some(beyond.not_needed)}"
    for resource in beyond.wider:
        yield f"    too wide     {resource}"
    for key in beyond.unbound:
        yield f"    unbound      no condition on {key}"
    if beyond.found.excepted:
        yield f"    all but      {_some(beyond.found.excepted)}"


def _lack(lack: Lack) -> Iterator[str]:
    said = "lacks" if lack.sure else "may lack"
    actions = tuple(dict.fromkeys(action for action, _ in lack.missing))
    yield f"  {said:<14} {_some(actions)}: {lack.grant.why}"


def _some(values: Sequence[str]) -> str:
    shown = ", ".join(values[:_MOST_SHOWN])
    return shown if len(values) <= _MOST_SHOWN else f"{shown} and {len(values) - _MOST_SHOWN} more"


def entries_data(entries: Iterable[Entry]) -> dict[str, list[dict[str, object]]]:
    """Entries for programs, by what became of them."""
    listed = list(entries)
    return {
        fate.name.lower(): [
            {
                "key": entry.key,
                "file": entry.place.file,
                "line": entry.place.line,
                "column": entry.place.column,
                **({"input" if fate is Fate.INPUT else "why": entry.why} if entry.why else {}),
            }
            for entry in listed
            if entry.fate is fate
        ]
        for fate in Fate
    }


def comparison_data(comparison: Comparison) -> dict[str, object]:
    """A comparison for programs."""
    numbers = comparison.numbers
    return {
        "statements": numbers.statements,
        "actions": numbers.actions,
        "actions_beyond": numbers.actions_beyond,
        "resources": numbers.resources,
        "resources_beyond": numbers.resources_beyond,
        "beyond": [
            {
                "policy": one.found.document,
                "file": one.found.place.file,
                "line": one.found.place.line,
                "sid": one.found.statement.sid,
                "not_needed": list(one.not_needed),
                "too_wide": list(one.wider),
                "unbound": list(one.unbound),
                "all_but": list(one.found.excepted),
            }
            for one in comparison.beyond
        ],
        "no_such_action": list(comparison.unknown_actions),
        "open_trust": list(comparison.open_trust),
        "lacks": [
            {
                "sid": lack.grant.statement.sid,
                "why": lack.grant.why,
                "certain": lack.sure,
                "missing": [{"action": action, "resource": resource} for action, resource in lack.missing],
            }
            for lack in comparison.lacks
        ],
        "not_understood": [
            {"policy": one.document, "file": one.place.file, "line": one.place.line, "why": one.why}
            for one in comparison.unread
        ],
    }


def network_text(found: NetworkComparison) -> Iterator[str]:
    """Lines about an existing network beside what the harness needs."""
    numbers = found.numbers
    yield (
        f"the existing network: {numbers.without_endpoint} of {numbers.services} needed services have no endpoint "
        f"here; {numbers.not_needed} of {numbers.endpoints} endpoints are needed by nothing and "
        f"{numbers.open_policies} have an open policy; {numbers.rules_beyond} of {numbers.rules} rules of sessions are "
        f"beyond need; {numbers.undecided} things cannot be told"
    )
    for one in found.remarks:
        yield f"  {one.about:<14} {one.place}: {one.subject}: {one.why}"


def network_data(found: NetworkComparison) -> dict[str, object]:
    """A comparison of networks for programs."""
    numbers = found.numbers
    return {
        "services": numbers.services,
        "without_endpoint": numbers.without_endpoint,
        "endpoints": numbers.endpoints,
        "not_needed": numbers.not_needed,
        "open_policies": numbers.open_policies,
        "rules": numbers.rules,
        "rules_beyond": numbers.rules_beyond,
        "undecided": numbers.undecided,
        "remarks": [
            {
                "about": one.about.name.lower(),
                "subject": one.subject,
                "file": one.place.file,
                "line": one.place.line,
                "why": one.why,
            }
            for one in found.remarks
        ],
    }
