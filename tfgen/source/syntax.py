"""What PyYAML says of a syntax error, in words for who writes the file. Knows no data and no posture.

libyaml and the Python parser word their problems differently; both wordings are in the table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

import yaml

from tfgen.diagnostics import Code
from tfgen.source.events import BAD_ESCAPE
from tfgen.source.text import MOST_SHOWN, Faults, Text, shown

_INDENTED_BY_TAB: Final = re.compile(r" *\t\s*")
_BY_TAB: Final = re.compile(r"tab character|mapping values")
_BEGINS_WITH_TAB: Final = re.compile(r"(?<=[\r\n])\t+")
_HALF_PAIR: Final = re.compile(r"\\?u[dD][89abAB]|\\?u[dD][c-fC-F]")


@dataclass(frozen=True, slots=True)
class _Row:
    """A problem as PyYAML words it, and as we do; `{}` in the message is the character there."""

    problem: re.Pattern[str]
    message: str
    help: str = ""
    code: Code = Code.SYNTAX
    at_context: bool = False
    """Whether the fault is where the thing began, not where the parser gave up."""
    back_to: str = ""
    """The character that the two of the fault begin with, when the parser may be past it."""


def _row(
    problem: str, message: str, help: str = "", code: Code = Code.SYNTAX, *, at_context: bool = False, back_to: str = ""
) -> _Row:
    return _Row(re.compile(problem), message, help, code, at_context, back_to)


# Matched against "context: problem"; the first that fits is taken.
_TABLE: Final = (
    _row(r"tag|URI", "this is not a tag, and tags are not accepted", "put quotes around the text", Code.TAG),
    _row(
        r"an (alias|anchor)",
        "{} begins an alias or an anchor",
        "put quotes around the text",
        Code.ALIAS,
        at_context=True,
    ),
    _row(r"directive|incompatible YAML", "this directive is not accepted", "remove the line", at_context=True),
    _row(r"unexpected (end of stream|document)", "the quote is not closed", "add the closing quote", at_context=True),
    _row(
        r"quoted scalar: .*(escape|hex)",
        "the escape is not one that YAML knows",
        "write \\\\ for a backslash, or put the text in single quotes",
        back_to="\\",
    ),
    _row(
        r"mapping values",
        "':' is not allowed here",
        "put quotes around text that holds ': ', or check the indentation of this line and the one before",
    ),
    _row(r"block sequence entries", "'-' is not allowed here", "begin a list on a line of its own"),
    _row(r"mapping keys", "'?' is not allowed here", "put quotes around the text"),
    _row(r"expected ':'", "this is not followed by ':'", "write `key: value`", at_context=True),
    _row(r"cannot start any token", "a value cannot begin with {}", "put quotes around the text"),
    _row(r"expected ',' or ']'", "',' or ']' is needed here", "separate the items with ',' and end the list with ']'"),
    _row(
        r"expected ',' or '}'", "',' or '}' is needed here", "separate the keys with ',' and end the mapping with '}'"
    ),
    _row(r"node content", "a value is needed here, not {}"),
    _row(
        r"block collection",
        "'-' is needed here: this stands where an item of a list would",
        "put the items of a list below each other, with the same indentation",
    ),
    _row(
        r"block mapping",
        "a key is needed here",
        "put the keys of a mapping below each other, with the same indentation",
    ),
    _row(r"block scalar", "'|' or '>' must be the last thing on its line", "begin the text on the next line"),
    _row(
        r"document start", "nothing may follow here: the document is complete", "remove this, or check the indentation"
    ),
)


def is_surrogate(error: yaml.MarkedYAMLError, text: Text) -> bool:
    """Whether libyaml stumbled over the escape of a surrogate, which the Python parser can read."""
    if error.problem != BAD_ESCAPE or error.problem_mark is None:
        return False
    return bool(_HALF_PAIR.match(text.text, max(0, error.problem_mark.index - 1)))


def explain(error: yaml.MarkedYAMLError, faults: Faults) -> None:
    """Note what is wrong: a tab in the indentation, and every line that begins with one; or the row that fits."""
    text = faults.text.text
    context = error.context_mark.index if error.context_mark else 0
    position = error.problem_mark.index if error.problem_mark else context
    words = f"{error.context or ''}: {error.problem or ''}"
    # Between braces and brackets, as in JSON, a tab at the beginning of a line does no harm.
    if (text[position : position + 1] == "\t" or _BY_TAB.search(words)) and _note_tabs(position, faults):
        return
    row = next((row for row in _TABLE if row.problem.search(words)), None)
    if row is None:
        faults.add(Code.SYNTAX, f"the text is not valid YAML: {shown(error.problem or '')}", position, position + 1)
        return
    position = context if row.at_context else position
    # libyaml points at the backslash of an escape or at its digits, the Python parser behind the backslash.
    start = max(text.rfind(row.back_to, max(0, position - 2), position + 1), 0) if row.back_to else position
    character = text[start : start + 1].strip("\r\n")
    message = row.message.replace("{}", repr(character) if character else "the end of the line")
    length = 2 if row.back_to else len(character)
    faults.add(row.code, message, start, start + length, row.help)


def _note_tabs(position: int, faults: Faults) -> bool:
    text = faults.text
    span = text.span(position, position)
    line = text.line(span.line)
    if not _INDENTED_BY_TAB.match(line):
        return False
    start = position - (span.column - 1) + line.index("\t")
    message, help = "a tab is used for indentation", "use spaces"
    faults.add(Code.TAB, message, start, start + 1, help)
    # Past a syntax error only this much is certain: no line of a posture may begin with a tab.
    for match in islice(_BEGINS_WITH_TAB.finditer(text.text, start + 1), MOST_SHOWN):
        faults.add(Code.TAB, message, match.start(), match.start() + 1, help)
    return True
