"""Cedar text to policies that the engine accepts for a gateway, or what is wrong with it, at its place.

Knows no file: text comes with the name to blame. Each policy of a text is judged by itself, so that one that is wrong
hides nothing of the others.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from tfgen.cedar import bounds, engine, place
from tfgen.cedar.extension import Extended, extended, plain
from tfgen.cedar.facts import Extension, Principal, facts
from tfgen.cedar.schema import schema
from tfgen.cedar.tokens import Piece, Token, clauses, pieces, tokens
from tfgen.cedar.tools import Tool
from tfgen.diagnostics import BY_CODE, Code, Finding, Related, Route, Severity
from tfgen.diagnostics.rule import Violation

_NO_ACTION: Final = "unable to find an applicable action"
_NOT_NFC: Final = (
    "the policy is not in Unicode's normal form C, and Terraform would change it",
    "write it with composed characters",
)
_STRING: Final = re.compile(r'"(.*)"', re.DOTALL)


@dataclass(frozen=True)
class Gateway:
    """What policies of a gateway are judged by. In them, `name` stands for the gateway's ARN."""

    name: str
    principal: Principal
    tools: tuple[Tool, ...]
    arn: str | None = None
    """The ARN where the posture says it."""

    @cached_property
    def schema(self) -> engine.Schema:
        """Its schema; raises `engine.SchemaError` when the engine does not accept it."""
        return schema(self.tools, self.principal)

    def tool(self, action: str) -> Tool | None:
        """The tool of an action."""
        return next((tool for tool in self.tools if tool.action == action), None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a policy was written: in a file of Cedar, or at a route of the posture."""

    file: str = ""
    extent: tuple[int, int] | None = None
    route: Route = ()

    def finding(
        self,
        code: Code,
        message: str,
        help: str = "",
        *,
        severity: Severity = BY_CODE,
        extent: tuple[int, int] | None = None,
    ) -> Finding:
        """Make a finding about the policy, or about some characters of its file."""
        return Finding(
            code,
            message,
            self.route,
            help,
            severity,
            file=self.file,
            extent=(extent or self.extent) if self.file else None,
        )

    def violation(self, message: str, help: str = "", related: tuple[Related, ...] = ()) -> Violation:
        """Say what a rule finds about the policy."""
        return Violation(message, self.route, help, related, file=self.file, extent=self.extent if self.file else None)

    def related(self, label: str) -> Related:
        """Name the policy as another place that a finding is about."""
        return Related(self.route, label, file=self.file, extent=self.extent if self.file else None)


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy that the engine accepts."""

    key: str
    """Unique among those of its gateway."""
    statement: str
    """As the engine's formatter lays it out, or as written where it has extensions of AgentCore; with the gateway's
    name in the place of its ARN."""
    place: Place
    description: str = ""
    stand_ins: tuple[str, ...] = ()
    """Ids of principals that stand for what is known only when Terraform runs."""

    @property
    def cedar(self) -> str:
        """What of the statement is plain Cedar, for the engine: it applies wherever the policy may apply."""
        return plain(self.statement)

    @property
    def form(self) -> Mapping[str, Any]:
        """The plain part of the policy in Cedar's JSON form."""
        return engine.as_json(self.cedar)

    @property
    def permits(self) -> bool:
        """Whether it permits what it applies to."""
        return bool(self.form["effect"] == "permit")

    @property
    def extensions(self) -> tuple[Extension, ...]:
        """What only AgentCore can evaluate of it: with any, whether it applies to a call is not known."""
        return tuple(dict.fromkeys(found.of for found in extended(self.statement)))


def read(text: str, stem: str, gateway: Gateway, at: Place) -> tuple[tuple[Policy, ...], tuple[Finding, ...]]:
    """Judge a text of policies; those without an `@id` are named by `stem`, with a number where there are several."""
    cedar = plain(text)
    found = pieces(cedar)
    policies: list[Policy] = []
    findings: list[Finding] = []
    if len(found) > facts().most_policies:
        most = facts().most_policies
        message = f"the file holds {len(found):,} policies, and one policy engine takes {most:,}"
        extent = (found[most].tokens[0].start, found[most].end)
        return (), (at.finding(Code.POLICY_LIMIT, message, "write fewer policies", extent=extent),)
    for number, piece in enumerate(found, 1):
        where = Place(at.file, (piece.tokens[0].start, piece.end), at.route)
        own = [one for one in extended(text) if piece.start <= one.start < piece.end]
        wrong = sorted(
            (*faults(cedar, piece, gateway, where), *_misplaced(text, piece, own, where)),
            key=lambda finding: (finding.extent or (0, 0), finding.message),
        )
        findings += wrong or (_undecidable(one, where) for one in own)
        if not wrong:
            key = _annotated(piece) or (stem if len(found) == 1 else f"{stem}_{number}")
            statement = named(text[piece.start : piece.end], gateway)
            policies.append(Policy(key, _as_written(statement) if own else engine.formatted(statement), where))
    return tuple(policies), tuple(findings)


def faults(text: str, piece: Piece, gateway: Gateway, where: Place) -> Iterator[Finding]:
    """Yield what keeps one policy from being used on a gateway."""
    too_much = bounds.beyond(piece)
    if too_much:
        yield where.finding(Code.CEDAR_SYNTAX, too_much, "write several policies")
        return
    if piece.end - piece.start > 2 * facts().longest_statement:
        message = f"the policy is longer than {facts().longest_statement:,} characters"
        yield where.finding(Code.POLICY_LIMIT, message, "write several policies")
        return
    own = text[piece.start : piece.end]
    wrong = next((token for token in piece.tokens if not token.ok), None)
    if wrong is not None:  # what comes after it is not known, so the engine is not asked
        extent = (wrong.start, wrong.end)
        yield where.finding(Code.CEDAR_SYNTAX, "this is not Cedar: invalid token", extent=extent)
        return
    if not unicodedata.is_normalized("NFC", own):
        yield where.finding(Code.CEDAR_SYNTAX, *_NOT_NFC)
        return
    error = engine.parse_error(own)
    if error is not None:
        extent = place.of_syntax(text, piece, error)
        yield where.finding(Code.CEDAR_SYNTAX, f"this is not Cedar: {error}", _syntax_help(error), extent=extent)
        return
    if engine.is_template(own):
        message = "a template's slots are never filled by AgentCore; allowed: a policy"
        yield where.finding(Code.CEDAR_SYNTAX, message, "write the principal and the resource out")
        return
    errors = engine.type_errors(own, gateway.schema)
    others = any(not found.startswith(_NO_ACTION) for found in errors)
    for found, extent in zip(errors, place.of_types(text, piece, errors, gateway.schema), strict=True):
        if others and found.startswith(_NO_ACTION):
            continue
        code = Code.POLICY_IDLE if found.startswith(_NO_ACTION) else Code.CEDAR_TYPES
        yield where.finding(code, found, _type_help(found, gateway), extent=extent)
    if not errors:
        yield from _resource_faults(text, piece, gateway, where)


def _as_written(statement: str) -> str:
    return statement.replace("\r\n", "\n").strip() + "\n"


def _undecidable(found: Extended, where: Place) -> Finding:
    """Say of an extension that it is none of Cedar's, and what decides it."""
    message = f"`{found.of.word}` is an extension of AgentCore, which no one can evaluate offline: it depends on "
    message += found.of.decided_by
    help = "calls to which the policy may apply are undecided here; try them on a gateway"
    extent = (found.start, found.end)
    return where.finding(Code.CEDAR_EXTENSION, message, help, extent=extent)


def _misplaced(text: str, piece: Piece, own: Sequence[Extended], where: Place) -> Iterator[Finding]:
    """Yield what AgentCore refuses of a policy with extensions."""
    if own and not unicodedata.is_normalized("NFC", text[piece.start : piece.end]):
        yield where.finding(Code.CEDAR_SYNTAX, *_NOT_NFC)
    for one in own:
        if one.of.alone and (others := list(clauses(piece))):
            message = f"AgentCore takes no other condition beside `{one.of.word}` in one policy"
            keyword = piece.tokens[others[0][0] - 2]
            help = "write a policy for each"
            yield where.finding(Code.CEDAR_SYNTAX, message, help, extent=(keyword.start, keyword.end))
            return


def _resource_faults(text: str, piece: Piece, gateway: Gateway, where: Place) -> Iterator[Finding]:
    """Yield what is wrong with the resource: AgentCore takes a policy about single tools for a single gateway only."""
    form = engine.as_json(text[piece.start : piece.end])
    scope = form["resource"]
    help = f'write resource == {facts().entity(facts().resource)}::"{gateway.name}", which stands for its ARN'
    head = next(token for token in piece.tokens if token.text == "resource")
    if scope["op"] == "==":
        if scope["entity"]["id"] not in {gateway.name, gateway.arn}:
            extent = next((token.start, token.end) for token in _gateways(piece.tokens))
            message = f"the policy is about another gateway than {gateway.name!r}, so it never applies"
            yield where.finding(Code.POLICY_IDLE, message, help, extent=extent)
    elif form["action"]["op"] != "All":
        message = "a policy that names tools must name the gateway"
        yield where.finding(Code.CEDAR_TYPES, message, help, extent=(head.start, head.end))


def named(text: str, gateway: Gateway) -> str:
    """Put the gateway's name in the place of its ARN, wherever a policy names it as an entity."""
    if gateway.arn is None:
        return text
    made, at = "", 0
    for token in _gateways(tuple(tokens(text))):
        if token.text == f'"{gateway.arn}"':
            made += text[at : token.start] + f'"{gateway.name}"'
            at = token.end
    return made + text[at:]


def gateway_places(statement: str, gateway: str) -> Iterator[tuple[int, int]]:
    """Yield where in a statement a gateway's name stands, without the quotes around it."""
    yield from id_places(statement, facts().resource, gateway)


def id_places(statement: str, entity: str, id: str) -> Iterator[tuple[int, int]]:
    """Yield where in a statement the id of an entity stands, without the quotes around it."""
    for token in _ids(tuple(tokens(statement)), entity):
        if token.text == f'"{id}"':
            yield token.start + 1, token.end - 1


def _gateways(found: Sequence[Token]) -> Iterator[Token]:
    return _ids(found, facts().resource)


def _ids(found: Sequence[Token], entity: str) -> Iterator[Token]:
    """Yield the ids of entities of one type among some tokens, in their quotes."""
    texts = [token.text for token in found]
    for at in range(4, len(found)):
        if texts[at][0] == '"' and texts[at - 4 : at] == [facts().namespace, "::", entity, "::"]:
            yield found[at]


def _annotated(piece: Piece) -> str:
    texts = [token.text for token in piece.tokens]
    ids = (at for at in range(len(texts) - 3) if texts[at : at + 3] == ["@", "id", "("])
    match = next((_STRING.fullmatch(texts[at + 3]) for at in ids), None)
    return match[1] if match else ""


def _syntax_help(error: str) -> str:
    if "`is` expression" in error:
        return "`is` takes a type; write `resource == ` before a gateway, or `is` and the type alone"
    return ""


def _type_help(error: str, gateway: Gateway) -> str:
    if "optional attribute" in error:
        return "the argument may be left out: ask for it first, as in `context.input has x && context.input.x == ...`"
    if "access to tag" in error:
        return (
            'the claim may be missing: ask for it first, as in `principal.hasTag("x") && principal.getTag("x") == ...`'
        )
    if facts().opaque in error:
        return "AWS documents no Cedar type for this argument, so it can be asked for with `has` and not be compared"
    if "unrecognized action" in error:
        wanted = error.rpartition('::"')[2].rstrip('"`')
        names = [tool.action for tool in gateway.tools]
        near = difflib.get_close_matches(wanted, names, 1)
        return f"did you mean {near[0]!r}?" if near else f"allowed: {', '.join(sorted(names)) or 'no tool'}"
    if error.startswith(_NO_ACTION):
        entity = facts().entity(gateway.principal.entity)
        return f"tools of this gateway are called by {entity} on {facts().entity(facts().resource)}"
    return ""
