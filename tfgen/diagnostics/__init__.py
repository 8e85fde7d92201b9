"""A place and a sentence: what every floor uses to say that something is wrong.

Knows of no file format, no AWS service and no terminal. A floor that finds a fault returns
`Finding`s, which name a *route* into the posture (`("harness", "tools", 2, "name")`); only the
shell, which read the text, turns a route into a line and a column (`Diagnostic`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

Route = tuple[str | int, ...]
"""The steps from the top of a posture to a value: mapping keys and list positions (from 0)."""


class Severity(StrEnum):
    """How much a finding weighs: an error stops the render, a warning does not."""

    ERROR = "error"
    WARNING = "warning"

    @property
    def rank(self) -> int:
        """0 for the gravest, for sorting."""
        return (Severity.ERROR, Severity.WARNING).index(self)


class At(StrEnum):
    """Which side of `key: value` a finding is about."""

    KEY = "key"
    VALUE = "value"


class Code(StrEnum):
    """Every code tfgen can print, with its title. A code is never reused for something else."""

    title: str  # type: ignore[assignment]  # a code has no use for str.title

    def __new__(cls, value: str, title: str) -> Self:
        """Make a member that carries its title beside its value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.title = title
        return member

    # The text of a posture file.
    NOT_UTF8 = "TFG101", "the file is not UTF-8 text"
    SYNTAX = "TFG102", "the file is not valid YAML"
    DUPLICATE_KEY = "TFG103", "a key stands twice in one mapping"
    TAB = "TFG104", "a tab is used for indentation"
    ALIAS = "TFG105", "anchors, aliases and merge keys are not accepted"
    TOO_LARGE = "TFG106", "the file is too large or too deep"
    EMPTY = "TFG107", "the file holds no posture"
    KEY_NOT_TEXT = "TFG108", "a key is not text"
    TAG = "TFG109", "YAML tags are not accepted"
    NOT_JSON = "TFG110", "the file is not valid JSON"
    BESIDE = "TFG111", "a file that the posture names cannot be used"
    UNREADABLE = "TFG112", "one of several posture files cannot be read"

    # What a posture says.
    UNKNOWN_KEY = "TFG201", "unknown key"
    MISSING_KEY = "TFG202", "a required key is missing"
    WRONG_TYPE = "TFG203", "a value of another type is needed"
    BAD_VALUE = "TFG204", "the value is not one that is allowed"
    ONE_OF = "TFG205", "exactly one of several keys is needed"
    CONFLICT = "TFG206", "two parts of the posture contradict each other"
    UNDECLARED_INPUT = "TFG207", "an input is used but not declared"
    UNUSED_INPUT = "TFG208", "an input is declared but not used"
    INPUT_CONFLICT = "TFG209", "an input is used where its type or default does not fit"
    UNMET = "TFG210", "tokens of the identity provider do not meet a condition"
    UNVOUCHED = "TFG211", "a user is acted for whom nobody vouches for"
    IDLE_POLICY = "TFG212", "a policy does not let its callers in, because the harness takes tokens"

    # What can be rendered from it.
    NOT_COVERED = "TFG301", "accepted and checked, but not rendered yet"
    REGION = "TFG303", "a region or partition does not have what the posture uses"
    NOT_CARRIED = "TFG304", "the provider that makes the harness cannot carry what the posture says"

    # What the proof finds.
    UNKNOWN_ACTION = "TFG401", "an action is not in AWS's service authorization data"
    UNCOVERED_RESOURCE = "TFG402", "an action's required resource type is not granted"
    UNKNOWN_CONDITION = "TFG403", "an action does not take a condition key"
    BARE_STAR = "TFG404", "'*' is granted where AWS offers a resource type"
    NOT_NEEDED = "TFG405", "a statement is there for no feature that the posture uses"
    TOO_LONG = "TFG406", "a policy is longer than IAM accepts"
    EXPECT_FAILED = "TFG407", "a claim under `expect` does not hold"
    EXPECT_UNDECIDED = "TFG408", "a claim under `expect` cannot be decided"
    TOKEN_REFUSED = "TFG409", "a token would be refused"
    TOKEN_UNDECIDED = "TFG410", "whether a token would be let in cannot be decided"

    # What the policies of a gateway say.
    CEDAR_SYNTAX = "TFG601", "a policy is not valid Cedar"
    CEDAR_TYPES = "TFG602", "a policy does not fit the gateway's tools"
    TOOL_REFUSED = "TFG603", "a tool has no place in a Cedar schema"
    POLICY_LIMIT = "TFG604", "a policy is outside AgentCore's limits"
    TOOL_UNREACHABLE = "TFG605", "nobody may call a tool"
    TOOL_OPEN = "TFG606", "everybody may call a tool"
    POLICY_IDLE = "TFG607", "a policy applies to no request"
    NO_CLAIMS = "TFG608", "a policy asks an IAM principal for a claim"
    SUBSTRING = "TFG609", "a claim is compared by a part of its text"
    OMITTED_ARGUMENT = "TFG610", "a call escapes a condition by leaving an argument out"
    CAN_FAIL = "TFG611", "a policy can fail while it is evaluated"
    NOT_ENFORCED = "TFG612", "policies are evaluated, and not enforced"
    DECISION = "TFG613", "a request under `tests` gets another decision"
    CEDAR_EXTENSION = "TFG614", "a policy has a condition that only AgentCore can evaluate"
    DECISION_UNDECIDED = "TFG615", "a request under `tests` cannot be decided"

    # What a network lets through.
    UNREACHABLE = "TFG421", "something that a feature needs cannot be reached"
    TOO_OPEN = "TFG422", "a network lets more through than what is used needs"
    NOT_DECIDABLE = "TFG423", "whether something can be reached cannot be decided"

    # The tree on disk.
    DRIFT = "TFG501", "the tree is not what the posture renders to"
    ADDED = "TFG502", "a rendered module holds a file that tfgen did not write"
    NO_POSTURE = "TFG503", "a rendered tree belongs to no posture"
    NOT_WRITTEN = "TFG504", "the tree of one of several postures cannot be written"

    # What an import meets.
    NOT_READ = "TFG701", "a source cannot be read"
    NO_HARNESS = "TFG702", "a source holds no harness, or several to choose from"
    NOT_DECIDED = "TFG703", "how many harnesses there are depends on what only Terraform knows"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a text file: lines and columns count from 1, columns in characters, end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a route of the posture, not yet placed in a file.

    `message` says what is wrong and what is allowed, in lower case and without a final stop;
    `help` says how to mend it, or is empty.
    """

    code: Code
    message: str
    route: Route = ()
    help: str = ""
    severity: Severity = Severity.ERROR
    at: At = At.VALUE
    file: str = ""
    """The file beside the posture that it is in, as the posture names it; empty for the posture itself."""
    extent: tuple[int, int] | None = None
    """In a file that is no YAML or JSON: the characters it is about, from 0, the end exclusive."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding with its place in a file, ready to print."""

    code: Code
    severity: Severity
    message: str
    file: str
    span: Span | None = None
    help: str = ""
    source_line: str = ""
    """The text of the line `span` starts on, without its line end; empty when there is none."""

    @property
    def order(self) -> tuple[str, int, int, int, str, str]:
        """File, line, column, severity, code, message: the order in which diagnostics are printed."""
        line, column = (self.span.line, self.span.column) if self.span else (0, 0)
        return (self.file, line, column, self.severity.rank, self.code.value, self.message)


class TfgenError(Exception):
    """The environment or the call is at fault: one sentence for the user, exit code 2."""


class InternalError(Exception):
    """tfgen contradicts itself: a bug of ours, exit code 70. `artifact` is the text to save for the report."""

    def __init__(self, message: str, artifact: str = "") -> None:
        """Keep the text that shows the bug beside the message."""
        super().__init__(message, artifact)
        self.artifact = artifact

    def __str__(self) -> str:
        return str(self.args[0])
