"""What an import came to, as text and as JSON. Prints nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

from tfgen.iam.policy import Statement
from tfgen.imports.compare import Beyond, Comparison, Denial, Lack
from tfgen.imports.networks import NetworkComparison
from tfgen.imports.policies import Found
from tfgen.imports.report import Entry, Handling
from tfgen.imports.trust import Trust

_MOST_SHOWN = 6
"""How many actions of a statement are listed in text."""
_TOLD = (Handling.INPUT, Handling.ASSUMED, Handling.LEFT_OUT, Handling.LOST)
"""The fates whose entries are listed; what is carried is only counted."""


def entries_text(name: str, entries: Sequence[Entry]) -> Iterator[str]:
    """Lines about what became of each thing that a source says."""
    counts = ", ".join(
        f"{count} {fate.value if fate is not Handling.INPUT else 'turned into inputs'}"
        for fate in Handling
        if (count := sum(entry.fate is fate for entry in entries))
    )
    yield f"{name}: {counts or 'nothing to carry'}"
    for fate in _TOLD:
        for entry in entries:
            if entry.fate is fate:
                yield f"  {fate.value:<14} {entry.place}: {entry.key}{_why(entry)}"


def _why(entry: Entry) -> str:
    if entry.fate is Handling.INPUT:
        return f" is the input {entry.why}"
    return f": {entry.why}" if entry.why else ""


def comparison_text(comparison: Comparison) -> Iterator[str]:
    """Lines about an existing role beside the derived one."""
    numbers = comparison.numbers
    if numbers is None:
        yield "the existing role: undecided, because some of its policies could not be read"
    else:
        maybe = f"; {numbers.undecided} resources are undecided" if numbers.undecided else ""
        yield (
            f"the existing role: {numbers.actions_beyond} of {numbers.actions} actions and {numbers.resources_beyond} "
            f"of {numbers.resources} resources are beyond need, in {numbers.statements} statements{maybe}"
        )
    for beyond in comparison.beyond:
        yield from _beyond(beyond)
    for action in comparison.unknown_actions:
        yield f"  no such action {action}"
    yield from _trust(comparison.trust)
    for lack in comparison.lacks:
        yield from _lack(lack)
    for denial in comparison.denials:
        yield from _denial(denial)
    for unread in comparison.unread:
        yield f"  not understood {unread.place}: {unread.document}: {unread.why}"


def _trust(trust: Trust) -> Iterator[str]:
    for name in trust.missing:
        yield f"  no trust       no statement of the trust policy lets {name} assume the role"
    for key in trust.open:
        yield f"  open trust     no condition of the trust policy binds {key}"
    for name in trust.others:
        yield f"  also trusted   {name}"
    for why in trust.undecided:
        yield f"  undecided      whether the trust policy is bound to {why}"


def _beyond(beyond: Beyond) -> Iterator[str]:
    statement = beyond.found.statement
    called = statement.sid or "a statement without a Sid"
    sure = beyond.not_needed or beyond.wider or beyond.unbound
    yield f"  {'beyond need' if sure else 'undecided':<14} {beyond.found.place}: {called}, in {beyond.found.document}"
    if beyond.not_needed:
        yield f"    not needed   {_some(beyond.not_needed)}"
    for resource in beyond.wider:
        yield f"    too wide     {resource}"
    for key in beyond.unbound:
        yield f"    unbound      no condition binds {key}"
    for why in beyond.undecided:
        yield f"    undecided    {why}"
    if excepted := _excepted(statement):
        yield f"    all but      {_some(excepted)}"


def _excepted(statement: Statement) -> tuple[str, ...]:
    return (*statement.but_actions, *map(str, statement.but_resources))


def _denial(denial: Denial) -> Iterator[str]:
    statement = denial.found.statement
    called = statement.sid or "a Deny without a Sid"
    verb = "denies" if denial.sure else "may deny"
    yield f"  lost denial    {denial.found.place}: {called}, in {denial.found.document}"
    yield f"    {verb:<12} {_some(denial.actions)}, which the derived role allows"
    yield f"    {'to keep it':<12} {_kept(denial)}"


def _kept(denial: Denial) -> str:
    if denial.key:
        return f"the key `{denial.key}` of the posture brings a denial like it"
    return "no key of the posture (`guardrails`, `role.force_guardrail`) brings it; attach it beside the derived role"


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
                **({"input" if fate is Handling.INPUT else "why": entry.why} if entry.why else {}),
            }
            for entry in listed
            if entry.fate is fate
        ]
        for fate in Handling
    }


def comparison_data(comparison: Comparison) -> dict[str, object]:
    """A comparison for programs; without counts where some of the role could not be read."""
    numbers = comparison.numbers
    counts = {} if numbers is None else asdict(numbers)
    return {
        "decided": numbers is not None,
        **counts,
        "beyond": [
            {
                **_found_data(one.found),
                "not_needed": list(one.not_needed),
                "too_wide": list(one.wider),
                "unbound": list(one.unbound),
                "undecided": list(one.undecided),
                "all_but": list(_excepted(one.found.statement)),
            }
            for one in comparison.beyond
        ],
        "no_such_action": list(comparison.unknown_actions),
        "open_trust": list(comparison.trust.open),
        "undecided_trust": list(comparison.trust.undecided),
        "also_trusted": list(comparison.trust.others),
        "not_trusted": list(comparison.trust.missing),
        "lacks": [
            {
                "sid": lack.grant.statement.sid,
                "why": lack.grant.why,
                "certain": lack.sure,
                "missing": [{"action": action, "resource": resource} for action, resource in lack.missing],
            }
            for lack in comparison.lacks
        ],
        "lost_denials": [
            {**_found_data(one.found), "actions": list(one.actions), "certain": one.sure, "key": one.key}
            for one in comparison.denials
        ],
        "not_understood": [
            {"policy": one.document, "file": one.place.file, "line": one.place.line, "why": one.why}
            for one in comparison.unread
        ],
    }


def _found_data(found: Found) -> dict[str, object]:
    place = found.place
    return {"policy": found.document, "file": place.file, "line": place.line, "sid": found.statement.sid}


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
