"""Events to data with places, and every fault on the way. Knows no posture; nothing in it calls itself.

A stack in place of recursion, limits on depth and number, and no aliases: time and memory grow with the text alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import yaml

from tfgen.diagnostics import Code, Diagnostic, RelatedPlace
from tfgen.source import scalars, syntax
from tfgen.source.document import Node
from tfgen.source.events import HAS_LIBYAML, events, extent
from tfgen.source.text import Faults, Text, shown

DEEPEST: Final = 64
"""How many mappings and lists may stand inside each other."""

MOST_NODES: Final = 100_000
"""How many keys and values a file may hold."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_TAG: Final = re.compile(r"!\S*")
_OWN_TAG: Final = re.compile(r"![A-Za-z][A-Za-z0-9:]*")


@dataclass(frozen=True, slots=True)
class Built:
    """The data of a text and the places of its parts."""

    data: dict[str, object]
    root: Node


class _StopError(Exception):
    """What was noted last makes reading on pointless."""


class _Refused:
    """What stands for a value that was refused, so that reading can go on."""


_REFUSED: Final = _Refused()


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come."""

    node: Node
    value: dict[str, object] | list[object]
    is_flow: bool
    tag: str = ""
    at_key: bool = True
    """Whether the next part of a mapping is a key."""
    key: str | None = None
    """The key that waits for its value; None for one that was refused."""
    key_node: Node = field(default_factory=lambda: Node(0, 0))


def build(text: Text, *, tags: bool = False) -> Built | tuple[Diagnostic, ...]:
    """Read one mapping from a text, or say everything that is wrong with it; with `tags` it may have tags of its own.

    What has a tag then is a mapping with the tag as its only key: `!Ref x` is `{"!Ref": "x"}`.
    """
    built = _Builder(text, tags=tags).run(fast=HAS_LIBYAML)
    if built is None:
        # libyaml refuses JSON's way to escape a character above U+FFFF as two surrogates; the Python parser does not.
        built = _Builder(text, tags=tags).run(fast=False)
    assert built is not None  # noqa: S101  # only the fast parser asks for the other one
    return built


class _Builder:
    def __init__(self, text: Text, *, tags: bool) -> None:
        self.text = text
        self.tags = tags
        self.faults = Faults(text)
        self.stack: list[_Open] = []
        self.nodes = 0
        self.documents = 0
        self.root: tuple[object, Node] | None = None

    def run(self, *, fast: bool) -> Built | tuple[Diagnostic, ...] | None:
        """Take all events; None when the other parser must be asked."""
        try:
            for event in events(self.text.text, fast=fast):
                self.take(event)
                if self.faults.is_cut:
                    break
        except _StopError:
            pass
        except yaml.MarkedYAMLError as error:
            if fast and syntax.is_surrogate(error, self.text):
                return None
            syntax.explain(error, self.faults)
        else:
            self.check_root()
        if self.faults or self.root is None:
            return self.faults.all()
        data, node = self.root
        assert isinstance(data, dict)  # noqa: S101  # check_root has noted a fault otherwise
        return Built(data, node)

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self.count(event)
                tag = self.check_properties(event)
                is_text = tag and not event.style  # what has a tag of its own is text, whatever it looks like
                value, node = (event.value, Node(*extent(event))) if is_text else self.scalar(event)
                self.add(*_tagged(tag, value, node))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self.open(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.close(event)
            case yaml.AliasEvent():
                self.count(event)
                start, end = extent(event)
                message = f"the alias {shown(self.text.text[start:end])} is not accepted"
                self.faults.add(Code.ALIAS, message, start, end, "write the value out")
                self.add(_REFUSED, Node(start, end))
            case yaml.DocumentStartEvent():
                self.start_document(event)
            case _:
                pass

    def start_document(self, event: yaml.DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            message = "a second document begins here; allowed: one in a file"
            start, end = extent(event)
            self.faults.add(Code.SYNTAX, message, start, end, "remove '---', or put the document in a file of its own")
            raise _StopError

    def count(self, event: yaml.Event) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            start, _ = extent(event)
            message = f"the file holds more than {MOST_NODES:,} keys and values"
            self.faults.add(Code.TOO_LARGE, message, start, start + 1, "split it into several postures")
            raise _StopError

    def check_properties(self, event: yaml.NodeEvent | yaml.CollectionStartEvent) -> str:
        """Refuse the anchor and the tag of a node, which stand before it in any order; give a tag that is accepted."""
        start, _ = extent(event)
        tag: str | None = event.tag  # type: ignore[union-attr]  # the stubs have it on the subclasses only
        if event.anchor is not None:
            at = self.text.text.index("&", start)
            message = f"the anchor {shown('&' + event.anchor)} is not accepted"
            self.faults.add(Code.ALIAS, message, at, at + 1 + len(event.anchor), "remove it, and write the value out")
        if self.tags and tag is not None and _OWN_TAG.fullmatch(tag):
            return tag
        if tag is not None and (match := _TAG.search(self.text.text, start)):
            message = f"the tag {shown(match[0])} is not accepted"
            self.faults.add(Code.TAG, message, *match.span(), "remove it; put quotes around what is text")
        return ""

    def scalar(self, event: yaml.ScalarEvent) -> tuple[object, Node]:
        node = Node(*extent(event))
        value: str = event.value
        if not event.style:
            return self.plain(value, node), node
        if event.style in "|>":
            # A block scalar ends where the next token begins.
            node.end = node.start + len(self.text.text[node.start : node.end].rstrip())
        if not value.isascii() and _SURROGATE.search(value):
            return self.joined(value, node), node
        return value, node

    def plain(self, text: str, node: Node) -> object:
        value = scalars.resolve(text)
        if not isinstance(value, scalars.Unfit):
            is_merge = text == "<<" and self.stack and self.stack[-1].at_key and not self.in_list()
            if not is_merge:
                return value
            self.faults.add(
                Code.ALIAS, "the merge key '<<' is not accepted", node.start, node.end, "write the keys out"
            )
            return _REFUSED
        self.faults.add(Code.BAD_VALUE, value.message, node.start, node.end, value.help)
        return _REFUSED

    def joined(self, value: str, node: Node) -> object:
        """Join the surrogates that JSON escapes in pairs (RFC 8259 section 7)."""
        try:
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        except UnicodeDecodeError:
            message = "the text holds half of a surrogate pair, which is no character"
            self.faults.add(Code.BAD_VALUE, message, node.start, node.end, 'write both halves, as in "\\ud83d\\ude00"')
            return _REFUSED

    def open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        self.count(event)
        tag = self.check_properties(event)
        start, end = extent(event)
        if len(self.stack) >= DEEPEST:
            message = f"more than {DEEPEST} mappings and lists stand inside each other"
            self.faults.add(Code.TOO_LARGE, message, start, start + 1, "")
            raise _StopError
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        node = Node(start, end, {} if is_mapping else [])
        self.stack.append(_Open(node, {} if is_mapping else [], bool(event.flow_style), tag))

    def close(self, event: yaml.MappingEndEvent | yaml.SequenceEndEvent) -> None:
        opened = self.stack.pop()
        if opened.is_flow:
            _, opened.node.end = extent(event)
        self.add(*_tagged(opened.tag, opened.value, opened.node))

    def in_list(self) -> bool:
        return isinstance(self.stack[-1].value, list)

    def add(self, value: object, node: Node) -> None:
        """Put a finished value where it belongs."""
        if not self.stack:
            self.root = (value, node)
            return
        into = self.stack[-1]
        # A block mapping or list ends with its last part; the event of its end stands at the next token.
        into.node.end = node.end
        if isinstance(into.value, list):
            assert isinstance(into.node.inside, list)  # noqa: S101  # made together in open()
            into.value.append(value)
            into.node.inside.append(node)
        elif into.at_key:
            into.key, into.key_node, into.at_key = self.key(value, node, into), node, False
        else:
            into.at_key = True
            if into.key is not None:
                assert isinstance(into.node.inside, dict)  # noqa: S101  # made together in open()
                node.key_start, node.key_end = into.key_node.start, into.key_node.end
                into.value[into.key] = value
                into.node.inside[into.key] = node

    def key(self, value: object, node: Node, into: _Open) -> str | None:
        """Check a key; None when it is refused, and its value is then read and dropped."""
        if not isinstance(value, str):
            if value is not _REFUSED:
                message = f"{_kind(value)} is not accepted as a key; allowed: text"
                written = self.text.text[node.start : node.end]
                help = f'write "{written}"' if isinstance(value, bool | int | float) else "write `key: value`"
                self.faults.add(Code.KEY_NOT_TEXT, message, node.start, node.end, help)
            return None
        assert isinstance(into.node.inside, dict)  # noqa: S101  # made together in open()
        first = into.node.inside.get(value)
        if first is None:
            return value
        place = self.text.span(first.key_start, first.key_end)
        message = f"the key {shown(value)} stands here for the second time; the first is at {place.line}:{place.column}"
        related = (RelatedPlace("the first is here", self.text.name, place, self.text.line(place.line)),)
        self.faults.add(Code.DUPLICATE_KEY, message, node.start, node.end, "remove one of them", related)
        return None

    def check_root(self) -> None:
        data, node = self.root or (None, Node(0, 0))
        if isinstance(data, dict) or data is _REFUSED:
            return
        if data is None:
            self.faults.add(Code.EMPTY, "the file holds nothing", node.start, node.end, "write a mapping: `key: value`")
        else:
            message = f"the top level is {_kind(data)}; allowed: a mapping"
            self.faults.add(Code.WRONG_TYPE, message, node.start, node.end, "write a mapping: `key: value`")


def _tagged(tag: str, value: object, node: Node) -> tuple[object, Node]:
    """A value under its tag, if it has one."""
    return ({tag: value}, Node(node.start, node.end, {tag: node})) if tag else (value, node)


def _kind(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a mapping"
