"""Random trees and hostile strings for the tests of the printer, the reader and their judges."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tfgen.hcl.tree import (
    BINARY_PRECEDENCE,
    Access,
    Attribute,
    Binary,
    Blank,
    Block,
    Body,
    Bool,
    Call,
    Comment,
    Conditional,
    Expr,
    ForObject,
    ForTuple,
    Index,
    Item,
    Literal,
    Null,
    Number,
    Object,
    Reference,
    Splat,
    Subscript,
    Template,
    Tuple,
    Unary,
    template,
)

HOSTILE: tuple[str, ...] = (
    "",
    "  pad  ",
    '"',
    "\\",
    '\\"',
    "\n\r\t",
    "é日😀",
    "e\u0301",
    "\x01\x7f",
    "\u00a0\u200b\ufeff\u2028",
    "$",
    "5$",
    "$$",
    "100%",
    "${",
    "%{",
    "${aws:username}",
    "arn:aws:s3:::b/${aws:PrincipalTag/team}/*",
    "$${x}",
    "$$${",
    "${a{b}c}",
    "${x}-${y",
    '"${x}"',
    '{"k":"${v}"}',
    "%{ if true }x%{ endif }",
    "<<EOF\nx\nEOF",
    "# no // comment /* */",
    "\\u0041",
    "true",
    "null",
    "007",
    "local.x",
    "~}",
    "${~",
    "'`",
    '${a"b}',
    '${a"b',
    "${a\\}",
    "${a\\",
    "%{a${b}",
    "${a%{b}",
    "$%{a}",
    "%${a}",
    "%%%{",
    "}${",
    "\x00",
    "x\x00${y}\x00",
    "👨‍👩‍👧",
    "क्षि",
    "🇩🇪👍🏽",
    "\u0301a",
)
"""Strings that a careless printer or reader gets wrong (S1-S32 of the corpus, but for the long one)."""

WORDS = ("for", "in", "if", "else", "endif", "endfor", "for_each", "null", "true", "false")

_names = st.sampled_from(("a", "b", "name", "long_name", "a-1", "_x", "K8", "x-"))
_fields = st.one_of(_names, st.sampled_from(WORDS))
_signs = st.text(st.sampled_from('$%{}"\\~ a\n'), max_size=8)
_any_text = st.text(st.characters(codec="utf-8"), max_size=12)

texts: SearchStrategy[str] = st.one_of(st.sampled_from(HOSTILE), _signs, _any_text)
"""Strings of all kinds, most of them hostile."""

comments: SearchStrategy[Comment] = st.sampled_from(
    ("", "plain", 'with "quotes" ${and} more', "# twice", "*/ { [ (", "é日")
).map(Comment)

_decimals = st.decimals(min_value=0, max_value=10**6, places=4, allow_nan=False, allow_infinity=False)
_amounts: SearchStrategy[int | Decimal] = st.one_of(
    st.integers(0, 200),
    st.sampled_from((10**30, Decimal("1e-7"), Decimal("1E+22"), Decimal("0.5"))),
    _decimals.map(abs),
)
numbers: SearchStrategy[Number] = _amounts.map(Number)
references: SearchStrategy[Reference] = st.tuples(_names, st.lists(_fields, max_size=2)).map(
    lambda path: Reference((path[0], *path[1]))
)
literals: SearchStrategy[Literal] = texts.map(Literal)

_leaves: SearchStrategy[Expr] = st.one_of(
    literals, literals, references, numbers, st.booleans().map(Bool), st.just(Null())
)


def _object(items: list[Item | Comment]) -> Object:
    seen: set[str] = set()
    kept: list[Item | Comment] = []
    for item in items:
        if isinstance(item, Item) and isinstance(item.key, str):
            if item.key in seen:
                continue
            seen.add(item.key)
        kept.append(item)
    return Object(tuple(kept))


def _computed(expr: Expr) -> str | Expr:
    return expr.value if isinstance(expr, Literal) else expr


def _access(of: Expr, name: str) -> Expr:
    return Reference((*of.path, name)) if isinstance(of, Reference) else Access(of, name)


_key_exprs: SearchStrategy[Expr] = st.one_of(
    references,
    st.builds(Index, references, _leaves),
    st.builds(Binary, st.sampled_from(sorted(BINARY_PRECEDENCE)), _leaves, _leaves),
    st.builds(Call, _names, st.lists(_leaves, max_size=2).map(tuple)),
    st.lists(st.one_of(texts, references), max_size=3).map(lambda parts: template(*parts)),
    st.lists(_leaves, max_size=2).map(lambda elements: Tuple(tuple(elements))),
)
_keys: SearchStrategy[str | Expr] = st.one_of(_fields, texts, _key_exprs.map(_computed))


def _items(values: SearchStrategy[Expr]) -> SearchStrategy[Item | Comment]:
    return st.builds(Item, _keys, values)


def _grow(exprs: SearchStrategy[Expr]) -> SearchStrategy[Expr]:
    few = st.lists(exprs, max_size=3).map(tuple)
    names = st.sampled_from((("k",), ("k", "v")))
    maybe = st.one_of(st.none(), exprs)
    subscripts = st.builds(Subscript, maybe)
    return st.one_of(
        st.builds(_access, exprs, _fields),
        st.builds(Index, exprs, exprs),
        st.builds(Splat, exprs, st.lists(st.one_of(_fields, subscripts), max_size=2).map(tuple)),
        st.builds(Call, _names, few),
        st.builds(Call, _names, st.lists(exprs, min_size=1, max_size=2).map(tuple), st.just(True)),
        st.builds(Unary, st.sampled_from("-!"), exprs),
        st.builds(Binary, st.sampled_from(sorted(BINARY_PRECEDENCE)), exprs, exprs),
        st.builds(Conditional, exprs, exprs, exprs),
        st.lists(st.one_of(texts, exprs), min_size=2, max_size=4).map(lambda parts: template(*parts)),
        st.lists(_items(exprs), max_size=3).map(_object),
        few.map(Tuple),
        st.builds(ForTuple, names, exprs, exprs, maybe),
        st.builds(ForObject, names, exprs, exprs, exprs, maybe, st.booleans()),
    )


inline: SearchStrategy[Expr] = st.recursive(_leaves, _grow, max_leaves=8)
"""Expressions without comments: they can stand anywhere."""


def _spread(values: SearchStrategy[Expr]) -> SearchStrategy[Expr]:
    objects = st.lists(st.one_of(comments, _items(values)), max_size=4).map(_object)
    tuples = st.lists(st.one_of(comments, values), max_size=3).map(lambda elements: Tuple(tuple(elements)))
    return st.one_of(objects, tuples, st.one_of(objects, tuples).map(lambda only: Call("f", (only,))))


values: SearchStrategy[Expr] = st.recursive(inline, _spread, max_leaves=8)
"""Expressions as they stand right of `=`: objects and tuples spread over lines may hold comments."""


def _body(nodes: list[Attribute | Block | Comment | Blank]) -> Body:
    names: set[str] = set()
    kept: list[Attribute | Block | Comment | Blank] = []
    for node in nodes:
        if isinstance(node, Attribute):
            if node.name in names:
                continue
            names.add(node.name)
        if isinstance(node, Blank) and (not kept or isinstance(kept[-1], Blank)):
            continue
        kept.append(node)
    while kept and isinstance(kept[-1], Blank):
        kept.pop()
    return tuple(kept)


def _bodies(blocks: SearchStrategy[Body]) -> SearchStrategy[Body]:
    nodes = st.one_of(
        st.builds(Attribute, _fields, values),
        st.builds(Block, _fields, st.lists(_fields, max_size=2).map(tuple), blocks),
        comments,
        st.just(Blank()),
    )
    return st.lists(nodes, max_size=6).map(_body)


bodies: SearchStrategy[Body] = st.recursive(
    st.lists(st.builds(Attribute, _fields, values), max_size=3).map(lambda nodes: _body(list(nodes))),
    _bodies,
    max_leaves=4,
)
"""Whole files."""

strings: SearchStrategy[Expr] = st.one_of(
    literals, st.lists(st.one_of(texts, references), min_size=1, max_size=5).map(lambda parts: template(*parts))
).filter(lambda expr: isinstance(expr, (Literal, Template)))
"""Quoted strings, with and without references in them."""
