"""From python-hcl2's parse tree to ours. Knows the names of the grammar's rules, and no file and no AWS word.

python-hcl2 accepts some text that Terraform does not; what can be seen in its tree is refused here.
Newlines and comments come as tokens anywhere between others. Those between the items of a body, an object or
a tuple are kept in place; a comment behind an item moves to the line before it, one inside an expression is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

from tfgen.hcl import heredoc
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
    TreeError,
    Tuple,
    Unary,
    check_body,
    template,
)

Parse = Callable[[str], Any]
"""Text to python-hcl2's tree. The tree is typed `Any`: lark's classes are named nowhere here."""

MAX_DEPTH: Final = 210
"""How deep the text may be nested: what the printer takes, with parentheses around every level."""

_NUMERAL: Final = re.compile(r"\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,3})?\Z")
_TRIVIA: Final = "new_line_or_comment"
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
_BLANK: Final = Blank()


class ReadError(Exception):
    """The text is not HCL, or says what the tree cannot: a sentence, a line and a column, both from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message, line, column)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message}"


class Walker:
    """Turns one parse tree into a body. It is used once."""

    def __init__(self, parse: Parse) -> None:
        """Keep the parser, for the expressions inside heredocs."""
        self._parse = parse
        self._depth = 0
        self._keep = True  # comments can be kept: the value will be printed over several lines
        self._open = False  # inside brackets, where an expression may go on in the next line
        self._rules: dict[str, Callable[[Any], Expr]] = {
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

    def file(self, tree: Any) -> Body:
        """Return the body of a whole file. Raises `ReadError`."""
        body = self._body(tree.children[0].children, top=True)
        check_body(body)
        return body

    def _body(self, children: list[Any], *, top: bool) -> Body:
        gather = _Gather(fresh=top, blanks=True, keep=True)
        names: set[str] = set()
        for child in children:
            kind = child.data
            if kind == _TRIVIA:
                gather.trivia(child.children)
                continue
            if gather.crowded and not (len(children) == 1 and kind == "attribute"):
                raise _error("each attribute and block stands on a line of its own", child)
            if kind == "attribute":
                self._attribute(child, names, gather)
            else:
                gather.item(self._block(child))
        if gather.crowded and not top and len(children) > 1:
            raise _error("a closing `}` of a block stands on a line of its own", children[-1])
        nodes = gather.nodes
        if nodes and nodes[-1] is _BLANK:
            nodes.pop()
        return tuple(nodes)

    def _attribute(self, tree: Any, names: set[str], gather: _Gather) -> None:
        named, _, value = tree.children
        name = str(named.children[0])
        if name in names:
            raise _error(f"the attribute {name!r} stands twice in one body", tree)
        names.add(name)
        gather.item(Attribute(name, self._expr(value)), value)

    def _block(self, tree: Any) -> Block:
        self._deeper(tree)
        kind, *labels, _, body, _ = tree.children
        names: list[str] = []
        for label in labels:
            if label.data == _TRIVIA:
                raise _error("the `{` of a block stands on the line of its type", label)
            names.append(self._label(label))
        try:
            block = Block(str(kind.children[0]), tuple(names), self._body(body.children, top=False))
        except TreeError as wrong:
            raise _error(str(wrong), tree) from None
        self._depth -= 1
        return block

    def _label(self, tree: Any) -> str:
        if tree.data != "string":
            return str(tree.children[0])
        value = self._string(tree)
        if not isinstance(value, Literal):
            raise _error("a block label is a plain string", tree)
        return value.value

    # Expressions.

    def _expr(self, tree: Any) -> Expr:
        try:
            return self._rules[tree.data](tree)
        except (TreeError, ValueError) as wrong:
            raise _error(str(wrong), tree) from None
        except KeyError:
            raise _error("this expression is not supported", tree) from None

    def _deeper(self, tree: Any) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _error(f"nested deeper than {MAX_DEPTH}", tree)

    def _nested(self, tree: Any, *, keep: bool = False, brackets: bool | None = None) -> Expr:
        """Read an expression inside another: `keep` its comments? do `brackets` begin, or lines count again?"""
        before = self._keep, self._open
        self._deeper(tree)
        self._keep = keep and before[0]
        if brackets is not None:
            self._open = brackets
        expr = self._expr(tree)
        self._keep, self._open = before
        self._depth -= 1
        return expr

    def _term(self, tree: Any) -> Expr:
        children = tree.children
        if len(children) == 1:
            inner = children[0]
            return self._rules[inner.data](inner)
        (inside,) = _parts(children)
        return self._nested(inside, keep=True, brackets=True)

    def _identifier(self, tree: Any) -> Expr:
        return Reference((str(tree.children[0]),))

    def _word(self, tree: Any) -> Expr:
        word = tree.children[0]
        return Null() if word == "null" else Bool(word == "true")

    def _number(self, tree: Any) -> Expr:
        source = str(tree.children[0])
        digits = source.removeprefix("-")
        if not _NUMERAL.match(digits):
            raise ValueError(f"`{source[:40]}` is not a number that can be kept exactly")
        number = Number(int(digits) if digits.isdigit() else Decimal(digits))
        return number if digits is source else Unary("-", number)

    def _string(self, tree: Any) -> Expr:
        children = tree.children
        if len(children) == 2:
            return Literal("")
        if len(children) == 3 and (only := children[1].children[0]).__class__ is not tree.__class__:
            return Literal(unescape(only))
        parts: list[str | Expr] = []
        run: list[str] = []
        for part in children[1:-1]:
            piece = part.children[0]
            if isinstance(piece, str):
                run.append(piece)
                continue
            if piece.data != "interpolation":
                raise _error("template directives (`%{`) are not supported", piece)
            parts.append(unescape("".join(run)))
            run.clear()
            parts.append(self._nested(piece.children[1], brackets=True))
        return template(*parts, unescape("".join(run)))

    def _escaped_string(self, tree: Any) -> Expr:
        raise _error('a string in an interpolation is written with plain quotes, `"`', tree)

    def _heredoc(self, tree: Any) -> Expr:
        parts = heredoc.parts(str(tree.children[0]))
        return template(*[part if isinstance(part, str) else self._embedded(part.text) for part in parts])

    def _embedded(self, source: str) -> Expr:
        """Read an expression out of a heredoc; the parentheses let it go over several lines."""
        (attribute, *more) = _parts(self._parse(f"_ = ({source}\n)\n").children[0].children)
        if more:
            raise ValueError("an interpolation in a heredoc holds more than an expression")
        return self._nested(attribute.children[2])

    def _object(self, tree: Any) -> Expr:
        gather = _Gather(fresh=False, blanks=False, keep=self._keep)
        gather.crowded = False
        for child in tree.children[1:-1]:
            if isinstance(child, str):
                gather.crowded = False  # a comma
            elif child.data == _TRIVIA:
                gather.trivia(child.children)
            elif gather.crowded:
                raise _error("a comma or a new line is missing between two items of an object", child)
            else:
                key, _, value = child.children
                gather.item(Item(self._key(key.children[0]), self._nested(value, keep=True, brackets=False)), value)
        return Object(tuple(gather.nodes))

    def _key(self, tree: Any) -> str | Expr:
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

    def _tuple(self, tree: Any) -> Expr:
        gather = _Gather(fresh=False, blanks=False, keep=self._keep)
        for child in tree.children[1:-1]:
            if isinstance(child, str):
                continue  # a comma
            if child.data == _TRIVIA:
                gather.trivia(child.children)
            else:
                gather.item(self._nested(child, keep=True, brackets=True), child)
        return Tuple(tuple(gather.nodes))

    def _access(self, tree: Any) -> Expr:
        of = self._subject(tree.children[0])
        name = str(tree.children[1].children[1].children[0])
        return Reference((*of.path, name)) if isinstance(of, Reference) else Access(of, name)

    def _subject(self, tree: Any) -> Expr:
        return self._nested(tree)

    def _index(self, tree: Any) -> Expr:
        of, index = tree.children
        return Index(self._subject(of), self._index_key(index))

    def _index_key(self, tree: Any) -> Expr:
        if tree.data == "short_index":
            return Number(int(tree.children[1]))
        (key,) = _parts(tree.children)
        return self._nested(key, brackets=True)

    def _full_splat(self, tree: Any) -> Expr:
        of = self._splat_subject(tree.children[0])
        steps = tree.children[1].children[1:]
        if any(step.data != "get_attr" for step in steps):
            raise _error("an index inside a splat is not supported; use a `for` expression", tree)
        return Splat(of, tuple(str(step.children[1].children[0]) for step in steps))

    def _attribute_splat(self, tree: Any) -> Expr:
        """Read the old `a.*.b`: unlike `a[*].b`, an index behind it is one into the whole result."""
        of = self._splat_subject(tree.children[0])
        path: list[str] = []
        whole: Expr | None = None
        for step in tree.children[1].children[1:]:
            if step.data == "get_attr":
                name = str(step.children[1].children[0])
                if whole is None:
                    path.append(name)
                else:
                    whole = Access(whole, name)
            elif step.data == "short_index":
                raise _error("an index inside a splat is not supported; use a `for` expression", step)
            else:
                whole = Index(whole or Splat(of, tuple(path)), self._index_key(step))
        return whole or Splat(of, tuple(path))

    def _splat_subject(self, tree: Any) -> Expr:
        if len(tree.children) == 1 and tree.children[0].data in ("full_splat_expr_term", "attr_splat_expr_term"):
            raise _error("a splat inside a splat is not supported; use a `for` expression", tree)
        return self._subject(tree)

    def _call(self, tree: Any) -> Expr:
        children = tree.children
        if children[1].type == "COLONS":
            raise _error("functions of providers (`provider::`) are not supported", tree)
        arguments = next((child for child in children[2:-1] if child.data == "arguments"), None)
        name = str(children[0].children[0])
        if arguments is None:
            return Call(name)
        values = list(_parts(arguments.children))
        expand = any(child == "..." for child in arguments.children if isinstance(child, str))
        hugged = len(values) == 1 and not expand
        return Call(name, tuple(self._nested(value, keep=hugged, brackets=True) for value in values), expand)

    def _unary(self, tree: Any) -> Expr:
        sign, operand = tree.children
        return Unary(str(sign), self._nested(operand))

    def _binary(self, tree: Any) -> Expr:
        left, term = tree.children[:2]
        sign = term.children[0].children[0]
        self._one_line(tree, sign, *term.children[1:-1], *_trailing(left))
        return Binary(_OPERATORS[sign.type], self._nested(left), self._nested(term.children[-1]))

    def _conditional(self, tree: Any) -> Expr:
        condition, then, otherwise = _parts(tree.children)
        self._one_line(tree, *tree.children, *_trailing(condition), *_trailing(then))
        return Conditional(self._nested(condition), self._nested(then), self._nested(otherwise))

    def _one_line(self, tree: Any, *between: Any) -> None:
        """Refuse a line's end between the parts of an operation that stands in no brackets."""
        if self._open:
            return
        for part in between:
            tokens = [part] if isinstance(part, str) else part.children if part.data == _TRIVIA else []
            if any("\n" in token for token in tokens):
                raise _error("an expression goes on in the next line only inside brackets", tree)

    def _for_tuple(self, tree: Any) -> Expr:
        intro, result, *condition = _parts(tree.children)
        names, collection = self._intro(intro)
        return ForTuple(names, collection, self._bracketed(result), self._condition(condition))

    def _for_object(self, tree: Any) -> Expr:
        intro, key, value, *condition = _parts(tree.children)
        names, collection = self._intro(intro)
        group = any(child == "..." for child in tree.children if isinstance(child, str))
        parts = self._bracketed(key), self._bracketed(value)
        return ForObject(names, collection, *parts, self._condition(condition), group)

    def _intro(self, tree: Any) -> tuple[tuple[str, ...], Expr]:
        *names, collection = _parts(tree.children)
        return tuple(str(name.children[0]) for name in names), self._bracketed(collection)

    def _condition(self, found: list[Any]) -> Expr | None:
        return self._bracketed(next(_parts(found[0].children))) if found else None

    def _bracketed(self, tree: Any) -> Expr:
        return self._nested(tree, brackets=True)


class _Gather:
    """Collects the items of a body, an object or a tuple, and the comments and blank lines between them."""

    def __init__(self, *, fresh: bool, blanks: bool, keep: bool) -> None:
        self.nodes: list[Any] = []
        self.crowded = not fresh  # something stands on this line already
        self._fresh = fresh  # nothing at all stands on this line, no comment either
        self._blanks = blanks
        self._keep = keep
        self._last: int | None = None  # the item on this line

    def item(self, node: Any, source: Any = None) -> None:
        """Add an item, with the newlines and comments that the parser left inside the end of its value."""
        self._last = len(self.nodes)
        self.nodes.append(node)
        self.crowded, self._fresh = True, False
        if source is None:
            return
        for trivia in _trailing(source):
            self.trivia(trivia.children)
        if _ends_in_heredoc(source):
            self._new_line()

    def trivia(self, tokens: list[str]) -> None:
        """Add what stands between two items: each token is a newline or a comment."""
        for token in tokens:
            if token[0] == "\n":
                if self._fresh and self._blanks and self.nodes and self.nodes[-1] is not _BLANK:
                    self.nodes.append(_BLANK)
                self._new_line()
            else:
                self._comment(token)

    def _comment(self, token: str) -> None:
        for text in _comment_lines(token) if self._keep else ():
            if self._last is None:
                self.nodes.append(Comment(text))
            else:
                self.nodes.insert(self._last, Comment(text))
                self._last += 1
        self._fresh = False
        if "\n" in token:
            self.crowded = False
        if token[-1] == "\n":
            self._new_line()

    def _new_line(self) -> None:
        self.crowded, self._fresh, self._last = False, True, None


def _comment_lines(token: str) -> Iterator[str]:
    """Yield the lines of a comment token without their signs."""
    if token.startswith("/*"):
        lines = [line.strip().removeprefix("* ").removeprefix("*") for line in token[2:-2].strip("*").split("\n")]
        while lines and not lines[-1]:
            lines.pop()
        while lines and not lines[0]:
            del lines[0]
    else:
        lines = [token[2:] if token.startswith("//") else token[1:]]
    for line in lines:
        yield "".join(c if c == " " or c.isprintable() else " " for c in line).strip()


def _trailing(tree: Any) -> list[Any]:
    """Return the newlines and comments that the grammar puts inside the end of an operation."""
    while True:
        if tree.data == "conditional":
            tree = tree.children[-1]
        elif tree.data == "binary_op":
            last = tree.children[-1]
            if last.data == _TRIVIA:
                return [*_trailing(tree.children[1].children[-1]), last]
            tree = last.children[-1]
        else:
            return []


def _ends_in_heredoc(tree: Any) -> bool:
    """Whether the last thing in a value is a heredoc, whose token holds the end of its line."""
    while tree.children and not isinstance(tree.children[-1], str):
        tree = tree.children[-1]
    return tree.data in ("heredoc_template", "heredoc_template_trim")


def _parts(children: list[Any]) -> Iterator[Any]:
    """Yield the trees among children: neither tokens nor newlines and comments."""
    return (child for child in children if not isinstance(child, str) and child.data != _TRIVIA)


def _error(message: str, tree: Any) -> ReadError:
    return ReadError(message, getattr(tree.meta, "line", 1), getattr(tree.meta, "column", 1))
