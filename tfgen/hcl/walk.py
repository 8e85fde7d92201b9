"""From python-hcl2's parse tree to ours. Knows the names of the grammar's rules, and no file and no AWS word.

python-hcl2 accepts some text that Terraform does not; what can be seen in its tree is refused here.
Newlines and comments come as tokens anywhere between others. Those between the items of a body, an object or
a tuple are kept in place; a comment behind an item moves to the line before it, one inside an expression is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final

from tfgen.hcl import heredoc
from tfgen.hcl.names import IDENTIFIER, Foreign
from tfgen.hcl.strings import unescape
from tfgen.hcl.tree import (
    Access,
    Attribute,
    Binary,
    Blank,
    Block,
    Body,
    Bool,
    Call,
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
    TreeError,
    Tuple,
    Unary,
    check_body,
    template,
)
from tfgen.hcl.trivia import TRIVIA, Gather, Node, attribute_of, error_at, name_of, parts_of, trailing

Parse = Callable[[str], Node]
"""Text to python-hcl2's tree."""

MAX_DEPTH: Final = 210
"""How deep the text may be nested: what the printer takes, with parentheses around every level."""

_NUMERAL: Final = re.compile(r"\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,3})?\Z")
_OPERATORS: Final = {
    "DOUBLE_PIPE": "||",
    "DOUBLE_AMP": "&&",
    "DOUBLE_EQ": "==",
    "NEQ": "!=",
    "LT": "<",
    "GT": ">",
    "LEQ": "<=",
    "GEQ": ">=",
    "PLUS": "+",
    "MINUS": "-",
    "ASTERISK": "*",
    "SLASH": "/",
    "PERCENT": "%",
}


class Walker:
    """Turns one parse tree into a body. It is used once."""

    def __init__(self, parse: Parse) -> None:
        """Keep the parser, for the expressions inside heredocs."""
        self._parse = parse
        self._depth = 0
        self._keep = True  # comments can be kept: the value will be printed over several lines
        self._open = False  # inside brackets, where an expression may go on in the next line
        self._rules: dict[str, Callable[[Node], Expr]] = {
            "expr_term": self._term,
            "identifier": self._identifier,
            "string": self._string,
            "object": self._object,
            "tuple": self._tuple,
            "get_attr_expr_term": self._access,
            "function_call": self._call,
            "int_lit": self._number,
            "float_lit": self._number,
            "literal_value": self._word,
            "index_expr_term": self._index,
            "full_splat_expr_term": self._full_splat,
            "attr_splat_expr_term": self._attribute_splat,
            "unary_op": self._unary,
            "binary_op": self._binary,
            "conditional": self._conditional,
            "for_tuple_expr": self._for_tuple,
            "for_object_expr": self._for_object,
            "heredoc_template": self._heredoc,
            "heredoc_template_trim": self._heredoc,
            "template_string": self._escaped_string,
        }

    # Bodies.

    def file(self, tree: Node) -> Body:
        """Return the body of a whole file. Raises `ReadError`."""
        body = self._body(tree.children[0].children, top=True)
        check_body(body)
        return body

    def _body(self, children: list[Any], *, top: bool) -> Body:
        gather = Gather(fresh=top, blanks=True, keep=True)
        names: set[str] = set()
        for child in children:
            kind = child.data
            if kind == TRIVIA:
                gather.trivia(child.children)
                continue
            if gather.crowded and not (len(children) == 1 and kind == "attribute"):
                raise error_at("each attribute and block stands on a line of its own", child)
            if kind == "attribute":
                self._attribute(child, names, gather)
            else:
                gather.item(self._block(child))
        if gather.crowded and not top and len(children) > 1:
            raise error_at("a closing `}` of a block stands on a line of its own", children[-1])
        nodes = gather.nodes
        if nodes and isinstance(nodes[-1], Blank):
            nodes.pop()
        return tuple(nodes)

    def _attribute(self, tree: Node, names: set[str], gather: Gather) -> None:
        named, _, value = tree.children
        name = name_of(named.children[0])
        if name in names:
            raise error_at(f"the attribute {name!r} stands twice in one body", tree)
        names.add(name)
        gather.item(Attribute(name, self._expr(value)), value)

    def _block(self, tree: Node) -> Block:
        self._deeper(tree)
        kind, *labels, _, body, _ = tree.children
        names: list[str] = []
        for label in labels:
            if label.data == TRIVIA:
                raise error_at("the `{` of a block stands on the line of its type", label)
            names.append(self._label(label))
        try:
            block = Block(name_of(kind.children[0]), tuple(names), self._body(body.children, top=False))
        except TreeError as wrong:
            raise error_at(str(wrong), tree) from None
        self._depth -= 1
        return block

    def _label(self, tree: Node) -> str:
        if tree.data != "string":
            return name_of(tree.children[0])
        value = self._string(tree)
        if not isinstance(value, Literal):
            raise error_at("a block label is a plain string", tree)
        return value.value if IDENTIFIER.match(value.value) else Foreign(value.value)

    # Expressions.

    def expression(self, tree: Node) -> Expr:
        """Return one expression. Raises `ReadError`."""
        return self._expr(tree)

    def _expr(self, tree: Node) -> Expr:
        try:
            return self._rules[tree.data](tree)
        except ValueError as wrong:  # a TreeError is one
            raise error_at(str(wrong), tree) from None

    def _deeper(self, tree: Node) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise error_at(f"nested deeper than {MAX_DEPTH}", tree)

    def _nested(self, tree: Node, *, keep: bool = False, brackets: bool | None = None) -> Expr:
        """Read an expression inside another; `keep` its comments; with `brackets` it may go over several lines."""
        before = self._keep, self._open
        self._deeper(tree)
        self._keep = keep and before[0]
        if brackets is not None:
            self._open = brackets
        expr = self._expr(tree)
        self._keep, self._open = before
        self._depth -= 1
        return expr

    def _term(self, tree: Node) -> Expr:
        children = tree.children
        if len(children) == 1:
            inner = children[0]
            return self._rules[inner.data](inner)
        (inside,) = parts_of(children)
        return self._nested(inside, keep=True, brackets=True)

    def _identifier(self, tree: Node) -> Expr:
        return Reference((name_of(tree.children[0]),))

    def _word(self, tree: Node) -> Expr:
        word = tree.children[0]
        return Null() if word == "null" else Bool(word == "true")

    def _number(self, tree: Node) -> Expr:
        source = str(tree.children[0])
        digits = source.removeprefix("-")
        if not _NUMERAL.match(digits):
            raise ValueError(f"`{source[:40]}` is not a number that can be kept exactly")
        number = Number(int(digits) if digits.isdigit() else Decimal(digits))
        return number if digits is source else Unary("-", number)

    def _string(self, tree: Node) -> Expr:
        children = tree.children
        if len(children) == 2:
            return Literal("")
        if len(children) == 3 and isinstance(only := children[1].children[0], str):
            return Literal(unescape(str(only)))
        parts: list[str | Expr] = []
        run: list[str] = []
        for part in children[1:-1]:
            piece = part.children[0]
            if isinstance(piece, str):
                run.append(str(piece))
                continue
            if piece.data != "interpolation":
                raise error_at("template directives (`%{`) are not supported", piece)
            parts.append(unescape("".join(run)))
            run.clear()
            parts.append(self._nested(piece.children[1], brackets=True))
        return template(*parts, unescape("".join(run)))

    def _escaped_string(self, tree: Node) -> Expr:
        raise error_at('a string in an interpolation is written with plain quotes, `"`', tree)

    def _heredoc(self, tree: Node) -> Expr:
        parts = heredoc.parts(str(tree.children[0]))
        return template(*[part if isinstance(part, str) else self._embedded(part.text) for part in parts])

    def _embedded(self, source: str) -> Expr:
        """Read an expression out of a heredoc; the parentheses let it go over several lines."""
        (attribute, *more) = parts_of(self._parse(f"_ = ({source}\n)\n").children[0].children)
        if more:
            raise ValueError("an interpolation in a heredoc holds more than an expression")
        return self._nested(attribute.children[2])

    def _object(self, tree: Node) -> Expr:
        gather = Gather(fresh=False, blanks=False, keep=self._keep)
        gather.crowded = False
        for child in tree.children[1:-1]:
            if isinstance(child, str):
                gather.crowded = False  # a comma
            elif child.data == TRIVIA:
                gather.trivia(child.children)
            elif gather.crowded:
                raise error_at("a comma or a new line is missing between two items of an object", child)
            else:
                key, _, value = child.children
                gather.item(Item(self._key(key.children[0]), self._nested(value, keep=True, brackets=False)), value)
        return Object(tuple(gather.nodes))

    def _key(self, tree: Node) -> str | Expr:
        if tree.data == "keyword":
            return str(tree.children[0])
        if tree.data == "expr_term" and len(tree.children) == 1:
            inner = tree.children[0]
            if inner.data in ("identifier", "literal_value"):
                return str(inner.children[0])
            if inner.data in ("int_lit", "float_lit") and isinstance(number := self._number(inner), Number):
                return str(number.value) if isinstance(number.value, int) else format(number.value, "f")
        key = self._nested(tree, brackets=False)
        return key.value if isinstance(key, Literal) else key

    def _tuple(self, tree: Node) -> Expr:
        gather = Gather(fresh=False, blanks=False, keep=self._keep)
        for child in tree.children[1:-1]:
            if isinstance(child, str):
                continue  # a comma
            if child.data == TRIVIA:
                gather.trivia(child.children)
            else:
                gather.item(self._nested(child, keep=True, brackets=True), child)
        return Tuple(tuple(gather.nodes))

    def _access(self, tree: Node) -> Expr:
        of = self._subject(tree.children[0])
        name = attribute_of(tree.children[1])
        return Reference((*of.path, name)) if isinstance(of, Reference) else Access(of, name)

    def _subject(self, tree: Node) -> Expr:
        return self._nested(tree)

    def _index(self, tree: Node) -> Expr:
        of, index = tree.children
        return Index(self._subject(of), self._index_key(index))

    def _index_key(self, tree: Node) -> Expr:
        if tree.data == "short_index":
            return Number(int(tree.children[1]))
        (key,) = parts_of(tree.children)
        return self._nested(key, brackets=True)

    def _full_splat(self, tree: Node) -> Expr:
        of, before = self._splat_subject(tree.children[0])
        return Splat(of, (*before, *map(self._splat_step, tree.children[1].children[1:])))

    def _attribute_splat(self, tree: Node) -> Expr:
        """Read the old `a.*.b`: unlike `a[*].b`, an index in brackets behind it is one into the whole result."""
        of, before = self._splat_subject(tree.children[0])
        path = list(before)
        steps = iter(tree.children[1].children[1:])
        for step in steps:
            if step.data == "braces_index":
                if before:
                    raise error_at("an index into a splat inside a splat is not supported; use a `for`", step)
                return self._onwards(Index(Splat(of, tuple(path)), self._index_key(step)), steps)
            path.append(self._splat_step(step))
        return Splat(of, tuple(path))

    def _onwards(self, of: Expr, steps: Iterable[Node]) -> Expr:
        for step in steps:
            named = step.data == "get_attr"
            of = Access(of, attribute_of(step)) if named else Index(of, self._index_key(step))
        return of

    def _splat_step(self, step: Node) -> str | Subscript:
        return attribute_of(step) if step.data == "get_attr" else Subscript(self._index_key(step))

    def _splat_subject(self, tree: Node) -> tuple[Expr, tuple[str | Subscript, ...]]:
        """What a splat is of, and the path from there: a splat behind another is one of each of its elements."""
        inner = tree.children[0].data if len(tree.children) == 1 else ""
        of = self._subject(tree)
        if inner == "full_splat_expr_term" and isinstance(of, Splat):
            return of.of, (*of.path, Subscript())
        return of, ()

    def _call(self, tree: Node) -> Expr:
        first, *others = [child.children[0] for child in parts_of(tree.children) if child.data == "identifier"]
        name = Foreign("::".join((first, *others))) if others else name_of(first)
        arguments = next((child for child in parts_of(tree.children) if child.data == "arguments"), None)
        if arguments is None:
            return Call(name)
        values = list(parts_of(arguments.children))
        expand = any(child == "..." for child in arguments.children if isinstance(child, str))
        hugged = len(values) == 1 and not expand
        return Call(name, tuple(self._nested(value, keep=hugged, brackets=True) for value in values), expand)

    def _unary(self, tree: Node) -> Expr:
        sign, operand = tree.children
        return Unary(str(sign), self._nested(operand))

    def _binary(self, tree: Node) -> Expr:
        left, term = tree.children[:2]
        sign = term.children[0].children[0]
        self._one_line(tree, sign, *term.children[1:-1], *trailing(left))
        return Binary(_OPERATORS[sign.type], self._nested(left), self._nested(term.children[-1]))

    def _conditional(self, tree: Node) -> Expr:
        condition, then, otherwise = parts_of(tree.children)
        self._one_line(tree, *tree.children, *trailing(condition), *trailing(then))
        return Conditional(self._nested(condition), self._nested(then), self._nested(otherwise))

    def _one_line(self, tree: Node, *between: Node | str) -> None:
        """Refuse a line's end between the parts of an operation that stands in no brackets."""
        if self._open:
            return
        for part in between:
            tokens = [part] if isinstance(part, str) else part.children if part.data == TRIVIA else []
            if any("\n" in token for token in tokens):
                raise error_at("an expression goes on in the next line only inside brackets", tree)

    def _for_tuple(self, tree: Node) -> Expr:
        intro, result, *condition = parts_of(tree.children)
        names, collection = self._intro(intro)
        return ForTuple(names, collection, self._bracketed(result), self._condition(condition))

    def _for_object(self, tree: Node) -> Expr:
        intro, key, value, *condition = parts_of(tree.children)
        names, collection = self._intro(intro)
        group = any(child == "..." for child in tree.children if isinstance(child, str))
        parts = self._bracketed(key), self._bracketed(value)
        return ForObject(names, collection, *parts, self._condition(condition), group)

    def _intro(self, tree: Node) -> tuple[tuple[str, ...], Expr]:
        *names, collection = parts_of(tree.children)
        return tuple(name_of(name.children[0]) for name in names), self._bracketed(collection)

    def _condition(self, found: list[Any]) -> Expr | None:
        return self._bracketed(next(parts_of(found[0].children))) if found else None

    def _bracketed(self, tree: Node) -> Expr:
        return self._nested(tree, brackets=True)
