"""Whether a token would be let in by an authorizer, and which check refuses it. Pure: no clock, no call, no signature.

All checks must hold, and of the values that a check names one is enough. An answer is yes, no, or not known, with what
would decide it: unknown is never a pass.

Sources: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/inbound-jwt-authorizer.html (the checks, and that
of the scopes one is enough), RFC 7519 (what `iss`, `aud`, `exp` and `nbf` are), RFC 9068 (`client_id`, `scope`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TypeGuard

from tfgen.diagnostics import Route
from tfgen.diagnostics.values import shown
from tfgen.iam.ternary import NO, YES, Ternary, all_of, any_of, ternary, unknown
from tfgen.iam.text import Text
from tfgen.jwt.authorizer import Condition, Inbound

Claims = Mapping[str, object]
"""The payload of a token, as JSON has it."""


class Answer(StrEnum):
    """What becomes of a token."""

    LET_IN = "let in"
    REFUSED = "refused"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a token, and how it went."""

    name: str
    """What is checked: `issuer`, `audience`, `client`, `scope`, `claim NAME`, `expiry`, `start`, `workload`."""
    truth: Ternary
    reason: str
    """Why, in words; in lower case and without a final stop."""
    claim: Route = ()
    """Where the claim stands in the token."""
    asked: Route = ()
    """Where the posture asks for it."""

    @property
    def answer(self) -> Answer:
        """What becomes of the token by this check alone."""
        return _ANSWERS[self.truth.value]


@dataclass(frozen=True, slots=True)
class Decision:
    """All checks of one token."""

    checks: tuple[Check, ...]

    @property
    def answer(self) -> Answer:
        """What becomes of the token."""
        return _ANSWERS[all_of(check.truth for check in self.checks).value]


_ANSWERS: Final = {True: Answer.LET_IN, False: Answer.REFUSED, None: Answer.UNDECIDED}
_NAMES: Final = {"allowed_audience": "audience", "allowed_clients": "client", "allowed_scopes": "scope"}
_SCOPE: Final = "scope"
_ALSO_SCOPES: Final = "scp"
"""Where some providers put what RFC 9068 has as `scope`."""


def decide(inbound: Inbound | None, claims: Claims, at: float | None = None) -> Decision:
    """Decide about the claims of a token; `at` is the instant in seconds since 1970 for which `exp` and `nbf` count.

    Without an instant, and whatever else, nothing is asked of a clock: then only the form of `exp` and `nbf` is judged.
    That the token's signature is the provider's is taken for granted.
    """
    if inbound is None:
        return Decision((Check("authorizer", NO, "this harness takes signed requests, and a token lets nobody in"),))
    checks = [replace(_issuer(inbound, claims), asked=inbound.url_route)]
    checks += (replace(_condition(one, claims), asked=one.route) for one in inbound.conditions)
    if inbound.workloads is not None:
        why = "the authorizer limits which workloads may pass a token on, and the token does not tell"
        through = unknown("which workload the call comes through")
        checks.append(Check("workload", through, why, asked=inbound.workloads))
    return Decision((*checks, *_times(claims, at)))


def _issuer(inbound: Inbound, claims: Claims) -> Check:
    route: Route = ("iss",)
    given = claims.get("iss")
    if not isinstance(given, str):
        return Check("issuer", NO, _lacks("iss", claims, "one text, the issuer"), route)
    same = any_of(_is(issuer, given) for issuer in inbound.issuers)
    if same.value:
        return Check("issuer", YES, f"{shown(given)} is what the discovery URL belongs to", route)
    names = " or ".join(_written(issuer) for issuer in inbound.issuers)
    if same.value is False and inbound.certain and inbound.issuers:
        return Check("issuer", NO, f"{shown(given)} is not the issuer, which is {names}", route)
    if same.value is None:
        return Check("issuer", same, f"whether {shown(given)} is the issuer {names}, depends on {_what(same)}", route)
    why = "the document at the discovery URL says who the issuer is"
    usual = f", usually {names}" if names else ""
    return Check("issuer", unknown(why), f"whether {shown(given)} is the issuer is not known: {why}{usual}", route)


def _condition(condition: Condition, claims: Claims) -> Check:
    """One condition; a claim that is missing or of another kind meets none."""
    name = _NAMES.get(condition.key, f"claim {condition.claim}")
    claim, doubt = condition.claim, ""
    if not condition.kind and claim == _SCOPE and _SCOPE not in claims and _ALSO_SCOPES in claims:
        claim = _ALSO_SCOPES
        doubt = f"whether the authorizer reads {claim!r} where a token has no {_SCOPE!r}, which is not documented"
    route: Route = (claim,)
    held, needed = _KINDS[condition.kind or condition.key](claims.get(claim))
    wanted = " or ".join(_written(value) for value in condition.values)
    if held is None:
        return Check(name, NO, _lacks(claim, claims, needed if claim in claims else wanted), route)
    found = any_of(_is(value, one) for value in condition.values for one in held.values)
    reason = f"{claim!r} is {_listed(held)}, and {wanted} is needed"
    doubt = doubt or held.doubt
    if doubt and found.value is not False:
        found = unknown(doubt, *found.depends_on)
    if found.value is None:
        reason = f"{reason}: it depends on {_what(found)}"
    return Check(name, found, reason, route)


@dataclass(frozen=True, slots=True)
class _Held:
    """The texts of a claim; `doubt` says what is not known about whether they count."""

    values: tuple[str, ...]
    doubt: str = ""


_Reader = Callable[[object], tuple[_Held | None, str]]
"""The texts of a claim, None where it is of another kind; and which kind is needed."""


def _one(given: object) -> tuple[_Held | None, str]:
    return (_Held((given,)) if isinstance(given, str) else None), "one text"


def _audience(given: object) -> tuple[_Held | None, str]:
    """RFC 7519, section 4.1.3: one text or a list of texts."""
    needed = "one text or a list of texts"
    if isinstance(given, str):
        return _Held((given,)), needed
    return (_Held(tuple(given)) if _is_texts(given) else None), needed


def _scopes(given: object) -> tuple[_Held | None, str]:
    """RFC 8693, section 4.2: one text, separated by spaces; some providers write a list."""
    needed = "scopes, separated by spaces or as a list"
    if isinstance(given, str):
        return _Held(tuple(filter(None, given.split(" ")))), needed
    return (_Held(tuple(given)) if _is_texts(given) else None), needed


def _texts(given: object) -> tuple[_Held | None, str]:
    """A list of texts; what the service makes of anything near it is not documented."""
    needed = "a list of texts"
    if isinstance(given, str):
        return _Held((given,), "whether the authorizer takes one text for a list of one"), needed
    if not isinstance(given, list | tuple):
        return None, needed
    doubt = "" if _is_texts(given) else "what the authorizer makes of a list that holds other things than texts"
    return _Held(tuple(one for one in given if isinstance(one, str)), doubt), needed


_KINDS: Final[Mapping[str, _Reader]] = {
    "allowed_audience": _audience,
    "allowed_clients": _one,
    "allowed_scopes": _scopes,
    "STRING": _one,
    "STRING_ARRAY": _texts,
}


def _is_texts(given: object) -> TypeGuard[Sequence[str]]:
    return isinstance(given, list | tuple) and all(isinstance(one, str) for one in given)


def _times(claims: Claims, at: float | None) -> Iterator[Check]:
    """RFC 7519, sections 4.1.4 and 4.1.5: a token counts from `nbf` on and before `exp`."""
    for name, claim in (("expiry", "exp"), ("start", "nbf")):
        given = claims.get(claim)
        if claim in claims and not _is_instant(given):
            yield Check(name, NO, _lacks(claim, claims, "seconds since 1970, a number"), (claim,))
        elif at is not None and isinstance(given, int | float):
            fits = at < given if claim == "exp" else at >= given
            reason = f"{claim!r} is {given:.15g}{_date(given)}: the token {_WHEN[claim][fits]}"
            yield Check(name, ternary(fits), reason, (claim,))
        elif at is not None and claim == "exp":
            why = "whether the authorizer takes a token that never expires"
            yield Check(name, unknown(why), f"the token has no {claim!r}; it depends on {why}")


_FAR: Final = 1e15
"""No instant is so many seconds from 1970; and a number beyond it may have thousands of digits."""
_WHEN: Final = {"exp": ("has expired", "has not expired"), "nbf": ("does not count yet", "counts already")}


def _is_instant(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and -_FAR < given < _FAR


def _date(seconds: float) -> str:
    try:
        return f" ({datetime.fromtimestamp(seconds, UTC).isoformat(timespec='seconds')})"
    except (OverflowError, ValueError, OSError):
        return ""


def _is(wanted: Text, given: str) -> Ternary:
    """Whether a text of the posture is one of the token."""
    if wanted.known is not None:
        return ternary(wanted.known == given)
    pattern = "".join(re.escape(part) if isinstance(part, str) else ".*" for part in wanted.parts)
    if re.fullmatch(pattern, given, re.DOTALL) is None:
        return NO
    return unknown(*(f"what the input {slot.name!r} is" for slot in wanted.slots()))


def _written(wanted: Text) -> str:
    """A text of the posture as a reason shows it: inputs by their names, whatever is made of them."""
    parts = (part if isinstance(part, str) else "".join(map(str, Text((part,)).slots())) for part in wanted.parts)
    return shown("".join(parts))


def _what(answer: Ternary) -> str:
    return ", ".join(answer.depends_on)


def _lacks(claim: str, claims: Claims, needed: str) -> str:
    if claim not in claims:
        return f"the token has no {claim!r}, and {needed} is needed"
    return f"{claim!r} is {shown(claims[claim])}, and {needed} is needed"


def _listed(held: _Held) -> str:
    few: Sequence[str] = held.values[:_FEW]
    more = f" and {len(held.values) - _FEW} more" if len(held.values) > _FEW else ""
    return f"{', '.join(map(shown, few))}{more}" if few else "an empty list"


_FEW: Final = 5
"""So many elements of a list are told in a reason."""
