"""Bytes to text with places, and what no text file may hold. Knows no YAML."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, islice
from typing import Final

from tfgen.diagnostics import Code, Diagnostic, RelatedPlace, Severity, Span

LARGEST: Final = 10 * 1024 * 1024
"""How many bytes a file may have."""

MOST_SHOWN: Final = 100
"""How many diagnostics of one file are looked for: a hostile file must not make more than one can hold."""

_LONGEST_QUOTE: Final = 60

_LINE_END: Final = re.compile(r"\r\n|[\r\n]")

# YAML 1.2.2 section 5.1, less four characters: U+0085, U+2028 and U+2029 end a line for readers of YAML 1.1 and do not
# for readers of 1.2, so that the same file would mean two things; a byte order mark belongs before the text only.
_REFUSED: Final = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]+"
)
# How Python's "surrogateescape" hands over bytes that are no UTF-8.
_NO_UTF8: Final = re.compile("[\udc80-\udcff]+")

_UTF8_MARK: Final = b"\xef\xbb\xbf"
# The first bytes of a text whose first two characters are ASCII, or a byte order mark; the longer ones first.
_OTHER_ENCODINGS: Final = (
    ("UTF-32", re.compile(rb"\xff\xfe\0\0|\0\0\xfe\xff|[^\0]\0\0\0|\0\0\0[^\0]", re.DOTALL)),
    ("UTF-16", re.compile(rb"\xff\xfe|\xfe\xff|[^\0]\0[^\0]\0|\0[^\0]\0[^\0]", re.DOTALL)),
)


@dataclass(frozen=True)
class Text:
    """A decoded file. Positions count characters from 0 and are turned into lines and columns only when asked."""

    name: str
    """The file as it was named, for messages."""
    text: str

    @cached_property
    def _starts(self) -> array[int]:
        # Where each line begins. A tuple would take five times the memory, and ten million lines are accepted.
        return array("q", chain((0,), (end.end() for end in _LINE_END.finditer(self.text))))

    @cached_property
    def _lines(self) -> dict[int, str]:
        return {}

    def line(self, number: int) -> str:
        """Give a line, counted from 1, without its line end: the same object each time, as it may be a whole file."""
        if number not in self._lines:
            end = self._starts[number] if number < len(self._starts) else len(self.text)
            self._lines[number] = self.text[self._starts[number - 1] : end].rstrip("\r\n")
        return self._lines[number]

    def span(self, start: int, end: int) -> Span:
        """Turn positions (`end` exclusive) into lines and columns."""
        return Span(*self._place(start), *self._place(max(start, end)))

    def _place(self, position: int) -> tuple[int, int]:
        line = bisect_right(self._starts, position)
        return line, position - self._starts[line - 1] + 1


@dataclass(slots=True)
class Faults:
    """Collects errors in a text, up to `MOST_SHOWN`; whoever looks for them stops when it `is_cut`."""

    text: Text
    _found: list[Diagnostic] = field(default_factory=list)
    is_cut: bool = False
    """Whether there is an error that was not taken any more."""

    def add(
        self, code: Code, message: str, start: int, end: int, help: str = "", related: tuple[RelatedPlace, ...] = ()
    ) -> None:
        """Note an error at positions of the text."""
        if len(self._found) >= MOST_SHOWN:
            self.is_cut = True
            return
        span = self.text.span(start, end)
        line = self.text.line(span.line)
        self._found.append(Diagnostic(code, Severity.ERROR, message, self.text.name, span, help, line, related))

    def __bool__(self) -> bool:
        return bool(self._found)

    def all(self) -> tuple[Diagnostic, ...]:
        """What was noted; the last one says so when there is more."""
        if not self.is_cut:
            return tuple(self._found)
        *others, last = self._found
        note = f"there are more errors than these {MOST_SHOWN}"
        return (*others, replace(last, help=f"{last.help}; {note}" if last.help else note))


def decode(data: bytes, name: str) -> Text | tuple[Diagnostic, ...]:
    """Decode UTF-8, with or without a byte order mark; or say what keeps the bytes from being such a text."""
    if len(data) > LARGEST:
        message = f"the file has more than {LARGEST:,} bytes"
        return (_of_file(name, Code.TOO_LARGE, message, "split it into several postures"),)
    for encoding, beginning in _OTHER_ENCODINGS:
        if beginning.match(data):
            return (_of_file(name, Code.NOT_UTF8, f"the file is {encoding} text", "save it as UTF-8"),)
    data = data.removeprefix(_UTF8_MARK)
    try:
        text = Text(name, data.decode("utf-8"))
    except UnicodeDecodeError:
        if b"\0" in data:
            return (_of_file(name, Code.NOT_UTF8, "the file is not text", "name a text file, saved as UTF-8"),)
        return _not_utf8(Text(name, data.decode("utf-8", "surrogateescape")))
    return _refused(text, _REFUSED.finditer(text.text)) or text


def shown(text: str) -> str:
    """Quote a piece of the text for a message, cut when it is long."""
    return repr(text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 3] + "...")


def _of_file(name: str, code: Code, message: str, help: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, name, Span(1, 1, 1, 1), help)


def _not_utf8(text: Text) -> tuple[Diagnostic, ...]:
    faults = Faults(text)
    for match in islice(_NO_UTF8.finditer(text.text), MOST_SHOWN + 1):
        bytes_ = match[0][:4].encode("utf-8", "surrogateescape").hex(" ").upper()
        message = f"the bytes {bytes_} are not UTF-8"
        faults.add(Code.NOT_UTF8, message, *match.span(), "save the file as UTF-8")
    return faults.all()


def _refused(text: Text, matches: Iterable[re.Match[str]]) -> tuple[Diagnostic, ...]:
    faults = Faults(text)
    for match in islice(matches, MOST_SHOWN + 1):
        number = ord(match[0][0])
        escape = f"\\x{number:02x}" if number <= 0xFF else f"\\u{number:04x}"
        message = f"the character U+{number:04X} is not allowed in a text file"
        faults.add(Code.SYNTAX, message, *match.span(), f'remove it, or write "{escape}" in double quotes')
    return faults.all()
