"""Posture text: the data it gives, the place of each part, and every way in which a file can be refused."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unittest.mock import patch

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgen import source
from tfgen.diagnostics import At, Code, Diagnostic, Finding, Route, Severity, Span, TfgenError
from tfgen.source import DEEPEST, LARGEST, MOST_NODES, Document, builder
from tfgen.source.scalars import Unfit, resolve
from tfgen.source.text import MOST_SHOWN

NAME = "posture.yaml"
PARSERS = pytest.mark.parametrize(
    "fast",
    [
        pytest.param(True, marks=pytest.mark.skipif(not yaml.__with_libyaml__, reason="no libyaml"), id="libyaml"),
        pytest.param(False, id="python"),
    ],
)


@contextmanager
def parser(fast: bool) -> Iterator[None]:
    with patch.object(builder, "HAS_LIBYAML", fast):
        yield


def document(text: str | bytes) -> Document:
    parsed = source.parse(text.encode() if isinstance(text, str) else text, NAME)
    assert isinstance(parsed, Document), parsed
    return parsed


def errors(text: str | bytes) -> tuple[Diagnostic, ...]:
    parsed = source.parse(text.encode() if isinstance(text, str) else text, NAME)
    assert isinstance(parsed, tuple), parsed.data
    return parsed


def places(diagnostics: tuple[Diagnostic, ...]) -> list[tuple[Code, tuple[int, int, int, int]]]:
    found = []
    for diagnostic in diagnostics:
        assert diagnostic.span
        assert diagnostic.file == NAME
        assert diagnostic.severity is Severity.ERROR
        span = diagnostic.span
        found.append((diagnostic.code, (span.line, span.column, span.end_line, span.end_column)))
    return found


def cut(text: str, span: Span) -> str:
    """The text of a span; lines end as they do for the reader of the file."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    first, *between = lines[span.line - 1 : span.end_line - 1]
    return "\n".join([first[span.column - 1 :], *between, lines[span.end_line - 1][: span.end_column - 1]])


# Scalars


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, None) for text in ("", "~", "null", "Null", "NULL")),
        *((text, True) for text in ("true", "True", "TRUE")),
        *((text, False) for text in ("false", "False", "FALSE")),
        *(
            (text, text)
            for text in ("yes", "no", "on", "off", "y", "n", "Yes", "ON", "tRUE", "nULL", "nil", "none")  # YAML 1.1
        ),
        ("0", 0),
        ("-12", -12),
        ("+7", 7),
        ("123456789012", 123456789012),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("-1e3", -1000.0),
        ("1E+2", 100.0),
        ("0.0", 0.0),
        *(
            (text, text)
            for text in ("012345678901", "007", "-01", "01.5", "00", "1:30", "190:20:30", "2024-01-31", "1_000")
        ),
        *(
            (text, text)
            for text in ("0b11", "0O7", "0o8", "0X1", "-0x1", ".", "-", "+", "1e", "e1", "1.2.3", "<<", "=")
        ),
    ],
)
def test_a_scalar_without_quotes(text: str, value: object) -> None:
    resolved = resolve(text)

    assert resolved == value
    assert type(resolved) is type(value)


@pytest.mark.parametrize(
    "text", [".inf", "-.INF", "+.Inf", ".nan", ".NaN", "1e999", "-1e999", "9" * 5000, "1." + "0" * 64]
)
def test_a_number_that_nobody_can_use(text: str) -> None:
    assert isinstance(resolve(text), Unfit)


def test_a_number_may_have_64_characters() -> None:
    assert resolve("9" * 64) == 10**64 - 1
    assert isinstance(resolve("9" * 65), Unfit)
    assert isinstance(resolve("0x" + "f" * 63), Unfit)


@PARSERS
@pytest.mark.parametrize(
    ("text", "data"),
    [
        ('a: "12"\nb: \'true\'\nc: "<<"\n', {"a": "12", "b": "true", "c": "<<"}),
        ('"1": a\n"<<": b\n', {"1": "a", "<<": "b"}),
        ("a: |\n  x\n   y\n\nb: >-\n  m\n  n\n", {"a": "x\n y\n", "b": "m n"}),
        ("# yaml-language-server: $schema=https://example.com/s.json\na: 1\n", {"a": 1}),
        ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
        ("\ufeffa: 1\n", {"a": 1}),
        ("a: 1\r\nb:\r\n  - 2\r\n", {"a": 1, "b": [2]}),
        ("{}", {}),
        ("a:\nb:\n  - ~\n  -\n", {"a": None, "b": [None, None]}),
        ('{"a": "\\/", "b": [true, null, -0.5e1]}', {"a": "/", "b": [True, None, -5.0]}),
        ('{\n\t"a": {\n\t\t"b":\t1\n\t}\n}\n', {"a": {"b": 1}}),
        ('{"a": "\\ud83d\\ude00", "\\uD83D\\uDE00": "\\u00e9"}', {"a": "😀", "😀": "é"}),
        ("a: x\\ud83d\\ude00\n", {"a": "x\\ud83d\\ude00"}),
        ("a:\t1\t# one\n", {"a": 1}),
    ],
)
def test_data(text: str, data: object, fast: bool) -> None:
    with parser(fast):
        assert document(text).data == data


# Places

PLACED = """\
# a comment
name: demo
"list":
  - first
  - key: |
      block
      text

  - [1, {x: "é", y: 😀 z}]
empty:
last: 'it''s'
"""


@PARSERS
@pytest.mark.parametrize(
    ("route", "at", "span", "text"),
    [
        (("name",), At.VALUE, (2, 7, 2, 11), "demo"),
        (("name",), At.KEY, (2, 1, 2, 5), "name"),
        (("list",), At.KEY, (3, 1, 3, 7), '"list"'),
        (("list",), At.VALUE, (4, 3, 9, 26), None),
        (("list", 0), At.VALUE, (4, 5, 4, 10), "first"),
        (("list", 0), At.KEY, (4, 5, 4, 10), "first"),
        (("list", 1), At.VALUE, (5, 5, 7, 11), None),
        (("list", 1, "key"), At.KEY, (5, 5, 5, 8), "key"),
        (("list", 1, "key"), At.VALUE, (5, 10, 7, 11), "|\n      block\n      text"),
        (("list", 2, 1), At.VALUE, (9, 9, 9, 25), '{x: "é", y: 😀 z}'),
        (("list", 2, 1, "y"), At.VALUE, (9, 21, 9, 24), "😀 z"),
        (("last",), At.VALUE, (11, 7, 11, 14), "'it''s'"),
        (("empty",), At.KEY, (10, 1, 10, 6), "empty"),
        (("empty",), At.VALUE, (10, 7, 10, 7), ""),
        ((), At.VALUE, (2, 1, 11, 14), None),
        ((), At.KEY, (2, 1, 11, 14), None),
        # Steps that the text does not have.
        (("list", 1, "missing"), At.KEY, (5, 5, 7, 11), None),
        (("name", "missing", "more"), At.KEY, (2, 1, 2, 5), "name"),
        (("list", "variant", 1, "block", "key"), At.KEY, (5, 5, 5, 8), "key"),
        (("list", 7), At.KEY, (3, 1, 3, 7), '"list"'),
        (("list", -1), At.KEY, (3, 1, 3, 7), '"list"'),
        (("missing",), At.VALUE, (2, 1, 11, 14), None),
    ],
)
def test_place(route: Route, at: At, span: tuple[int, int, int, int], text: str | None, fast: bool) -> None:
    with parser(fast):
        found = document(PLACED).locate(route, at)

    assert (found.line, found.column, found.end_line, found.end_column) == span
    assert text is None or cut(PLACED, found) == text


def test_a_finding_gets_its_place_and_line() -> None:
    finding = Finding(Code.WRONG_TYPE, "wrong", ("b", "c"), "mend it", Severity.WARNING, At.KEY)

    assert document("a: 1\r\nb:\r\n  c: x\r\n").diagnostic(finding) == Diagnostic(
        Code.WRONG_TYPE, Severity.WARNING, "wrong", NAME, Span(3, 3, 3, 4), "mend it", "  c: x"
    )


# Refusals


@PARSERS
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Text
        (b"a: \xff\xfe\nb: \xe9\n", [(Code.NOT_UTF8, (1, 4, 1, 6)), (Code.NOT_UTF8, (2, 4, 2, 5))]),
        ("é: ".encode() + b"\xed\xa0\x80", [(Code.NOT_UTF8, (1, 4, 1, 7))]),
        ("a: 1\n".encode("utf-16"), [(Code.NOT_UTF8, (1, 1, 1, 1))]),
        ("a: 1\n".encode("utf-16-le"), [(Code.NOT_UTF8, (1, 1, 1, 1))]),
        ("a: 1\n".encode("utf-16-be"), [(Code.NOT_UTF8, (1, 1, 1, 1))]),
        ("a: 1\n".encode("utf-32"), [(Code.NOT_UTF8, (1, 1, 1, 1))]),
        ("a: \x1b[31m\nb: \x00\n", [(Code.SYNTAX, (1, 4, 1, 5)), (Code.SYNTAX, (2, 4, 2, 5))]),
        ("a: x\u2028y", [(Code.SYNTAX, (1, 5, 1, 6))]),
        ("a: x\x85y", [(Code.SYNTAX, (1, 5, 1, 6))]),
        ("\ufeff\ufeffa: 1", [(Code.SYNTAX, (1, 1, 1, 2))]),
        ("a: \ufffe", [(Code.SYNTAX, (1, 4, 1, 5))]),
        # Nothing
        ("", [(Code.EMPTY, (1, 1, 1, 1))]),
        ("\ufeff", [(Code.EMPTY, (1, 1, 1, 1))]),
        ("\n# a\n\n", [(Code.EMPTY, (1, 1, 1, 1))]),
        ("---\n...\n", [(Code.EMPTY, (2, 1, 2, 1))]),
        ("null\n", [(Code.EMPTY, (1, 1, 1, 5))]),
        # The top
        ("- a\n- b\n", [(Code.WRONG_TYPE, (1, 1, 2, 4))]),
        ("text", [(Code.WRONG_TYPE, (1, 1, 1, 5))]),
        ("[1]", [(Code.WRONG_TYPE, (1, 1, 1, 4))]),
        # Keys
        (
            "a: 1\na: 2\nb: {x: 1, 'x': 2}\na: {c: 1, c: 2}\n",
            [
                (Code.DUPLICATE_KEY, (2, 1, 2, 2)),
                (Code.DUPLICATE_KEY, (3, 11, 3, 14)),
                (Code.DUPLICATE_KEY, (4, 1, 4, 2)),
                (Code.DUPLICATE_KEY, (4, 11, 4, 12)),
            ],
        ),
        (
            "1: x\ntrue: y\n? [a]\n: z\n? {b: 1}\n: z\n~: 1\n1.5: x\n",
            [
                (Code.KEY_NOT_TEXT, (1, 1, 1, 2)),
                (Code.KEY_NOT_TEXT, (2, 1, 2, 5)),
                (Code.KEY_NOT_TEXT, (3, 3, 3, 6)),
                (Code.KEY_NOT_TEXT, (5, 3, 5, 9)),
                (Code.KEY_NOT_TEXT, (7, 1, 7, 2)),
                (Code.KEY_NOT_TEXT, (8, 1, 8, 4)),
            ],
        ),
        # Anchors, aliases, merge keys
        (
            "a: &x 1\nb: *x\n<<: *x\n*x : 2\n",
            [
                (Code.ALIAS, (1, 4, 1, 6)),
                (Code.ALIAS, (2, 4, 2, 6)),
                (Code.ALIAS, (3, 1, 3, 3)),
                (Code.ALIAS, (3, 5, 3, 7)),
                (Code.ALIAS, (4, 1, 4, 3)),
            ],
        ),
        ("a: &x\n  b: *x\n", [(Code.ALIAS, (1, 4, 1, 6)), (Code.ALIAS, (2, 6, 2, 8))]),
        ("a: *.example.com\n", [(Code.ALIAS, (1, 4, 1, 5))]),
        # Tags
        ("a: !!python/object/apply:os.system ['id']\n", [(Code.TAG, (1, 4, 1, 35))]),
        ("a: !!str 1\nb: ! x\nc: !local {}\n", [(Code.TAG, (n, 4, n, e)) for n, e in ((1, 9), (2, 5), (3, 10))]),
        ("a: &x !!int 1\n", [(Code.ALIAS, (1, 4, 1, 6)), (Code.TAG, (1, 7, 1, 12))]),
        ("a: !e!x 1\n", [(Code.TAG, (1, 4, 1, 5))]),
        # Tabs
        ("\ta: 1\n", [(Code.TAB, (1, 1, 1, 2))]),
        ("a:\n\tb: 1\n\tc: 2\n  d: 3\n\te: 4\n", [(Code.TAB, (line, 1, line, 2)) for line in (2, 3, 5)]),
        ("a: b\n  \tc: d\n", [(Code.TAB, (2, 3, 2, 4))]),
        ("a: 1\n\tb: 1\n", [(Code.TAB, (2, 1, 2, 2))]),
        # Numbers
        (
            f"a: .nan\nb: [1e999]\nc: {'9' * 5000}\n",
            [(Code.BAD_VALUE, (1, 4, 1, 8)), (Code.BAD_VALUE, (2, 5, 2, 10)), (Code.BAD_VALUE, (3, 4, 3, 5004))],
        ),
        # Escapes
        ('{"a": "\\ud83d", "b": 1, "b": 2}', [(Code.BAD_VALUE, (1, 7, 1, 15)), (Code.DUPLICATE_KEY, (1, 25, 1, 28))]),
        ('a: "x\\U00110000"', [(Code.SYNTAX, (1, 6, 1, 8))]),
        ('a: "x\\q"', [(Code.SYNTAX, (1, 6, 1, 8))]),
        # Syntax
        ("a: 1\n---\nb: 2\n", [(Code.SYNTAX, (2, 1, 2, 4))]),
        ("a: 1\na: 2\n--- {}\n", [(Code.DUPLICATE_KEY, (2, 1, 2, 2)), (Code.SYNTAX, (3, 1, 3, 4))]),
        ("a: 1\n...\nb: 1\n", [(Code.SYNTAX, (3, 1, 3, 2))]),
        ("a: b: c\n", [(Code.SYNTAX, (1, 5, 1, 6))]),
        ("a: 1\na: 2\nb: c: d\n", [(Code.DUPLICATE_KEY, (2, 1, 2, 2)), (Code.SYNTAX, (3, 5, 3, 6))]),
        ('x: 1\na: "b\nc: 1\n', [(Code.SYNTAX, (2, 4, 2, 5))]),
        ("a: [1, 2\nb: 1\n", [(Code.SYNTAX, (2, 2, 2, 3))]),
        ("a: {b: 1\n", [(Code.SYNTAX, (2, 1, 2, 1))]),
        ("- a\nb: 1\n", [(Code.SYNTAX, (2, 1, 2, 2))]),
        ("a:\n  - b\n c: 1\n", [(Code.SYNTAX, (3, 2, 3, 3))]),
        ("a: @x\n", [(Code.SYNTAX, (1, 4, 1, 5))]),
        ("a: |x\n  y\n", [(Code.SYNTAX, (1, 5, 1, 6))]),
        ("a: - b\n", [(Code.SYNTAX, (1, 4, 1, 5))]),
        ("%YAML 2.0\n---\na: 1\n", [(Code.SYNTAX, (1, 1, 1, 2))]),
        ('{\n\t"a" 1\n}\n', [(Code.SYNTAX, (2, 6, 2, 7))]),
    ],
)
def test_refused(text: str | bytes, expected: list[tuple[Code, tuple[int, int, int, int]]], fast: bool) -> None:
    with parser(fast):
        found = errors(text)

    assert places(found) == expected
    assert all(diagnostic.message for diagnostic in found)


@PARSERS
@pytest.mark.parametrize(
    ("text", "message", "help"),
    [
        (b"a: \xff", "the bytes FF are not UTF-8", "save the file as UTF-8"),
        ("a: 1".encode("utf-16"), "the file is UTF-16 text", "save it as UTF-8"),
        (
            "a: 1\nb:\n  - c: 1\n    c: 2\n",
            "the key 'c' stands here for the second time; the first is at 3:5",
            "remove one of them",
        ),
        ("12: x", "a number is not accepted as a key; allowed: text", 'write "12"'),
        ("a: !!set {}", "the tag '!!set' is not accepted", "remove it; put quotes around what is text"),
        ("a: *b", "the alias '*b' is not accepted", "write the value out"),
        ("a: &b 1", "the anchor '&b' is not accepted", "remove it, and write the value out"),
        ("a: `b", "a value cannot begin with '`'", "put quotes around the text"),
        ("a: 'b", "the quote is not closed", "add the closing quote"),
        ("- a", "the top level is a list; allowed: a mapping", "write a mapping: `key: value`"),
        ("a:\n\tb: 1", "a tab is used for indentation", "use spaces"),
        (
            "a: \x07",
            "the character U+0007 is not allowed in a text file",
            'remove it, or write "\\x07" in double quotes',
        ),
    ],
)
def test_sentence(text: str | bytes, message: str, help: str, fast: bool) -> None:
    with parser(fast):
        (found,) = errors(text)

    assert (found.message, found.help) == (message, help)


# Size


def test_a_file_at_the_limit_of_bytes_is_read() -> None:
    text = b'a: "' + b"x" * (LARGEST - 6) + b'"\n'
    assert len(text) == LARGEST

    assert document(text).data == {"a": "x" * (LARGEST - 6)}
    assert places(errors(text + b"\n")) == [(Code.TOO_LARGE, (1, 1, 1, 1))]


def test_a_file_of_ten_million_bytes_is_refused_at_the_limit_of_nodes() -> None:
    # The mapping, its key, the list; then one for each item.
    found = errors(b"a: [" + b"1," * (LARGEST // 2 - 4) + b"]")

    assert places(found) == [(Code.TOO_LARGE, (1, 5 + 2 * (MOST_NODES - 3), 1, 6 + 2 * (MOST_NODES - 3)))]


def test_nodes_up_to_the_limit_are_read() -> None:
    assert document("a: [" + "1," * (MOST_NODES - 3) + "]").data == {"a": [1] * (MOST_NODES - 3)}


@PARSERS
@pytest.mark.parametrize(
    ("text", "column"),
    [("[" * 100_000, DEEPEST + 1), ("{a: " * 100_000, 4 * DEEPEST + 1), ("- " * 100_000, 2 * DEEPEST + 1)],
)
def test_a_deep_file_is_refused(text: str, column: int, fast: bool) -> None:
    with parser(fast):
        assert places(errors(text)) == [(Code.TOO_LARGE, (1, column, 1, column + 1))]


def test_the_deepest_file_is_read() -> None:
    deepest = document("{a: " * DEEPEST + "}" * DEEPEST).data
    for _ in range(DEEPEST - 1):
        deepest = deepest["a"]  # type: ignore[assignment]
    assert deepest == {"a": None}


def test_billion_laughs_are_refused_before_they_grow() -> None:
    laughs = "a0: &a0 [lol]\n" + "".join(
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 10)
    )

    found = errors(laughs)

    assert {diagnostic.code for diagnostic in found} == {Code.ALIAS}
    assert len(found) == 10 + 9 * 9


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: 1\n" * 5000, Code.DUPLICATE_KEY),
        ("{" + "a: 1," * 5000 + "}", Code.DUPLICATE_KEY),
        ("\x01a" * 5000, Code.SYNTAX),
        (b"\xffa" * 5000, Code.NOT_UTF8),
        ("a:\n" + "\tb: 1\n" * 5000, Code.TAB),
    ],
)
def test_no_more_errors_than_one_can_read(text: str | bytes, code: Code) -> None:
    found = errors(text)

    assert [diagnostic.code for diagnostic in found] == [code] * MOST_SHOWN
    assert found[-1].help.endswith("; there are more errors than these 100")
    assert "more errors" not in found[-2].help
    assert (
        len({id(diagnostic.source_line) for diagnostic in found if diagnostic.span and diagnostic.span.line == 1}) <= 1
    )


@pytest.mark.parametrize(
    "text", ["? " + "k" * 9999 + "\n: 1\n? " + "k" * 9999 + "\n: 1\n", f"a: *{'x' * 9999}", f"a: !{'x' * 9999} 1"]
)
def test_a_message_stays_short(text: str) -> None:
    (found,) = errors(text)

    assert len(found.message) < 160


# Files


def test_read_a_file(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(b"a: 1\n")

    for given_path in (path, str(path)):
        read = source.read(given_path)
        assert isinstance(read, Document)
        assert (read.data, read.name) == ({"a": 1}, str(path))


def test_read_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"a: 1\na: 2\n"), encoding="ascii"))

    (found,) = source.read("-")  # type: ignore[misc]

    assert isinstance(found, Diagnostic)
    assert (found.code, found.file) == (Code.DUPLICATE_KEY, "<stdin>")


@pytest.mark.parametrize(
    ("name", "sentence"), [("none.yaml", "there is no file"), (".", "is a directory"), ("a\0b", "cannot be read")]
)
def test_what_cannot_be_read_is_said_in_a_sentence(name: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(TfgenError, match=sentence):
        source.read(str(tmp_path / name))


def test_a_file_without_end_is_not_read_to_its_end() -> None:
    endless = Path("/dev/zero")
    if not endless.exists():
        pytest.skip("no /dev/zero here")

    (found,) = source.read(endless)  # type: ignore[misc]

    assert isinstance(found, Diagnostic)
    assert found.code is Code.TOO_LARGE


# Properties

SETTINGS = settings(derandomize=True, deadline=None, max_examples=80)


def _dumps_as_text(text: str) -> bool:
    """Whether YAML 1.1, by which PyYAML decides about quotes, agrees with us that a text needs them."""
    return isinstance(resolve(text), str) or yaml.safe_dump(text)[0] in "'\""


TEXTS = st.text(max_size=100)
RAW_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x85\u2028\u2029\ufeff"), max_size=100)
OTHERS = st.none() | st.booleans() | st.integers(-(10**60), 10**60) | st.floats(allow_nan=False, allow_infinity=False)


def documents(texts: st.SearchStrategy[str], leaves: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    values: st.SearchStrategy[object] = st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=20
    )
    return st.dictionaries(texts, values, max_size=5)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def routes(value: object, route: Route = ()) -> Iterator[tuple[Route, object]]:
    yield route, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from routes(inner, (*route, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from routes(inner, (*route, index))


@PARSERS
@SETTINGS
@given(
    data=documents(TEXTS, TEXTS | OTHERS),
    dump=st.sampled_from(
        [
            json.dumps,
            lambda data: json.dumps(data, indent=2),
            lambda data: json.dumps(data, indent="\t"),
            lambda data: json.dumps(data, separators=(",", ":")),
        ]
    ),
)
def test_json_is_read_as_json_has_it(fast: bool, data: dict[str, object], dump: Callable[[object], str]) -> None:
    text = dump(data)

    with parser(fast):
        parsed = document(text)

    assert parsed.data == data
    for route, value in routes(data):
        assert json.loads(cut(text, parsed.locate(route))) == value
        if route and isinstance(route[-1], str):
            assert json.loads(cut(text, parsed.locate(route, At.KEY))) == route[-1]


@PARSERS
@SETTINGS
@given(
    data=documents(RAW_TEXTS.filter(_dumps_as_text), RAW_TEXTS.filter(_dumps_as_text) | OTHERS),
    flow=st.sampled_from([None, False, True]),
    plain_unicode=st.booleans(),
    width=st.sampled_from([20, 80]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_yaml_is_read_as_it_was_dumped(
    fast: bool, data: dict[str, object], flow: bool | None, plain_unicode: bool, width: int, line_end: str
) -> None:
    text = yaml.dump(
        data, Dumper=_Dumper, default_flow_style=flow, allow_unicode=plain_unicode, width=width, sort_keys=False
    ).replace("\n", line_end)

    with parser(fast):
        parsed = document(text)
        assert parsed.data == data
        for route, value in routes(data):
            if not isinstance(value, dict | list):
                assert (
                    document(f"? {cut(text, parsed.locate(route))}\n: x").data == {str(value): "x"}
                    if isinstance(value, str)
                    else document(f"v: {cut(text, parsed.locate(route))}").data == {"v": value}
                )
            if route and isinstance(route[-1], str):
                assert document(f"? {cut(text, parsed.locate(route, At.KEY))}\n: x").data == {route[-1]: "x"}


PIECES = ["a", "b", "1", "é", "😀", "<<", "~", "true", "\\", "---", ": ", ":", "- ", "? ", ", ", "[", "]", "{", "}"]
PIECES += ["'", '"', "|", ">", "#", "\n", "\r\n", "  ", " ", "\t"]


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="no libyaml")
@SETTINGS
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_what_both_parsers_accept_they_read_alike(text: str) -> None:
    # They do not accept quite the same: libyaml takes a comment right behind a bracket, the Python parser does not.
    read = []
    for fast in (True, False):
        with parser(fast):
            parsed = source.parse(text.encode(), NAME)
        if isinstance(parsed, Document):
            read.append((parsed.data, [(route, parsed.locate(route).line) for route, _ in routes(parsed.data)]))

    assert all(one == read[0] for one in read)


@PARSERS
@SETTINGS
@given(
    text=st.binary(max_size=200)
    | st.text(alphabet="ab:-?[]{}&*!|>'\"%@`#,\\\t\n \u00e9<.0", max_size=60).map(str.encode)
)
def test_no_bytes_raise(fast: bool, text: bytes) -> None:
    with parser(fast):
        parsed = source.parse(text, NAME)

    assert isinstance(parsed, Document) or places(parsed)
