"""The codes that findings have, and what is known of each: `codes.toml` states every fact once. Knows no finding."""

from __future__ import annotations

import pkgutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Severity(StrEnum):
    """How much a finding weighs: an error stops the render, a warning does not."""

    ERROR = "error"
    WARNING = "warning"

    @property
    def rank(self) -> int:
        """0 for the gravest, for sorting."""
        return (Severity.ERROR, Severity.WARNING).index(self)


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a code."""

    title: str
    """What a finding of this code states, short enough for a dashboard."""
    severity: Severity
    """Of its findings, unless one says otherwise."""
    why: str
    fix: str
    source: str = ""
    """The page that decides, where somebody else's fact does."""


class Code(StrEnum):
    """Every code tfgen can print. A code is never reused for something else."""

    # The text of a posture file.
    NOT_UTF8 = "TFG101"
    SYNTAX = "TFG102"
    DUPLICATE_KEY = "TFG103"
    TAB = "TFG104"
    ALIAS = "TFG105"
    TOO_LARGE = "TFG106"
    EMPTY = "TFG107"
    KEY_NOT_TEXT = "TFG108"
    TAG = "TFG109"
    NOT_JSON = "TFG110"
    BESIDE = "TFG111"
    UNREADABLE = "TFG112"

    # What a posture says.
    UNKNOWN_KEY = "TFG201"
    MISSING_KEY = "TFG202"
    WRONG_TYPE = "TFG203"
    BAD_VALUE = "TFG204"
    ONE_OF = "TFG205"
    CONFLICT = "TFG206"
    UNDECLARED_INPUT = "TFG207"
    UNUSED_INPUT = "TFG208"
    INPUT_CONFLICT = "TFG209"
    UNMET = "TFG210"
    UNVOUCHED = "TFG211"
    IDLE_POLICY = "TFG212"

    # What can be rendered from it.
    NOT_COVERED = "TFG301"
    REGION = "TFG303"
    NOT_CARRIED = "TFG304"

    # What the proof finds.
    UNKNOWN_ACTION = "TFG401"
    UNCOVERED_RESOURCE = "TFG402"
    UNKNOWN_CONDITION = "TFG403"
    BARE_STAR = "TFG404"
    NOT_NEEDED = "TFG405"
    TOO_LONG = "TFG406"
    EXPECT_FAILED = "TFG407"
    EXPECT_UNDECIDED = "TFG408"
    TOKEN_REFUSED = "TFG409"
    TOKEN_UNDECIDED = "TFG410"

    # What the policies of a gateway say.
    CEDAR_SYNTAX = "TFG601"
    CEDAR_TYPES = "TFG602"
    TOOL_REFUSED = "TFG603"
    POLICY_LIMIT = "TFG604"
    TOOL_UNREACHABLE = "TFG605"
    TOOL_OPEN = "TFG606"
    POLICY_IDLE = "TFG607"
    NO_CLAIMS = "TFG608"
    SUBSTRING = "TFG609"
    OMITTED_ARGUMENT = "TFG610"
    CAN_FAIL = "TFG611"
    NOT_ENFORCED = "TFG612"
    DECISION = "TFG613"
    CEDAR_EXTENSION = "TFG614"
    DECISION_UNDECIDED = "TFG615"

    # What a network lets through.
    UNREACHABLE = "TFG421"
    TOO_OPEN = "TFG422"
    NOT_DECIDABLE = "TFG423"

    # The tree on disk.
    DRIFT = "TFG501"
    ADDED = "TFG502"
    NO_POSTURE = "TFG503"
    NOT_WRITTEN = "TFG504"

    # What an import meets.
    NOT_READ = "TFG701"
    NO_HARNESS = "TFG702"
    NOT_DECIDED = "TFG703"

    @property
    def about(self) -> About:
        """What is known of it."""
        return _table()[self.value]


@cache
def _table() -> Mapping[str, About]:
    """The packaged table; read when the first finding is made or explained."""
    text = pkgutil.get_data(__package__, "codes.toml") or b""
    return {
        code: About(**{**row, "severity": Severity(row["severity"])})
        for code, row in tomllib.loads(text.decode()).items()
    }
