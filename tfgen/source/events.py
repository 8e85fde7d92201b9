"""The door to PyYAML: text to a stream of events, by libyaml where PyYAML has it. Knows no data and no posture.

Nothing but events is asked of PyYAML: it composes and constructs by recursion, expands aliases and reads scalars by
YAML 1.1. Of its marks only `index` is used, which counts characters; libyaml and the Python parser agree on it, while
their lines differ at the end of a file without a line end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import yaml
from yaml.error import Mark

HAS_LIBYAML: Final = bool(yaml.__with_libyaml__)


class _PythonLoader(yaml.SafeLoader):
    """PyYAML's own parser, made to accept what libyaml and YAML 1.2.2 section 6.2 do: tabs between tokens."""

    def scan_to_next_token(self) -> None:
        """Skip spaces, comments and line ends; and tabs where they are not indentation."""
        super().scan_to_next_token()
        while self.peek() == "\t" and (self.flow_level or not self.allow_simple_key):
            self.forward()
            super().scan_to_next_token()

    def scan_plain_spaces(self, indent: int, start_mark: Mark) -> list[str] | None:
        """Read what separates the words of a plain scalar; a tab between two of them is part of it."""
        length = 0
        while self.peek(length) in " \t":
            length += 1
        separator = self.prefix(length)
        if "\t" not in separator:
            return super().scan_plain_spaces(indent, start_mark)
        self.forward(length)
        return super().scan_plain_spaces(indent, start_mark) if self.peek() in "\r\n" else [separator]


def events(text: str, *, fast: bool) -> Iterator[yaml.Event]:
    """Yield the events of a text that holds no refused character; raises `yaml.MarkedYAMLError` at a syntax error.

    `fast` takes libyaml, the other parser is some 15 times slower.
    """
    loader = yaml.CSafeLoader(text) if fast else _PythonLoader(text)
    try:
        while loader.check_event():
            event = loader.get_event()
            assert event is not None  # noqa: S101  # check_event has said so
            yield event
    except ValueError as error:
        # The Python parser hands an escape above U+10FFFF to chr().
        if isinstance(loader, _PythonLoader):
            raise yaml.MarkedYAMLError("in a quoted scalar", None, BAD_ESCAPE, loader.get_mark()) from error
        raise
    finally:
        loader.dispose()


def extent(event: yaml.Event) -> tuple[int, int]:
    """The positions where an event begins and ends."""
    start, end = event.start_mark, event.end_mark
    assert start is not None and end is not None  # noqa: S101  # only events made by hand have none
    return start.index, end.index


BAD_ESCAPE: Final = "found invalid Unicode character escape code"
"""libyaml's words for the escape of a surrogate, and for one above U+10FFFF."""
