"""Trees to text that `terraform fmt` leaves as it is. Knows the tree and the layout, no file and no AWS word.

The layout is fmt's own, made at once rather than repaired afterwards: two spaces for each level, and `=`
aligned over each run of one-line pairs. A value is printed in *block form* (objects and tuples spread over
lines) where it stands right of `=` or in such an object or tuple, and *inline* everywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, assert_never

from tfgen.hcl.keys import assigns, countable, literal_key
from tfgen.hcl.names import refuse_foreign
from tfgen.hcl.strings import escape, quote
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
    Template,
    TreeError,
    Tuple,
    Unary,
    check_body,
)

__all__ = ["MAX_DEPTH", "print_expression", "print_file", "quote"]

MAX_DEPTH: Final = 100
"""How deep a tree may be nested. Terraform takes more; Python's stack, and python-hcl2, do not."""

MAX_LINE: Final = 100
"""Characters from which on a call of several collections is spread over lines."""

_MAX_DIGITS: Final = 150
"""Terraform holds numbers in 512 bits: up to here every whole number is exact."""

_UNARY: Final = 7
_TERM: Final = 8


def print_file(body: Body) -> str:
    """Return the text of a whole file, ending with one newline; an empty body is the empty text.

    Raises `TreeError` for what has no text: a comment inside an inline value, too deep nesting.
    """
    check_body(body)
    lines: list[str] = []
    _body(body, "", lines, 0)
    lines.append("")
    text = "\n".join(lines)
    if not text.isascii() or _PROVIDER_CALL.search(text):
        refuse_foreign(body)
    return text


_PROVIDER_CALL: Final = re.compile(r"::[\w-]+::[\w-]+\(")
"""The call of a provider's function: the one foreign name in ASCII that can stand in an expression."""


def print_expression(expr: Expr) -> str:
    """Return an expression on one line, as it would stand inside another one. Raises `TreeError` as above."""
    return _inline(expr, 0)


def _deeper(depth: int) -> int:
    if depth >= MAX_DEPTH:
        raise TreeError(f"nested deeper than {MAX_DEPTH}")
    return depth + 1


# Lines: bodies, objects, tuples.


class _Pairs:
    """Collects lines; holds back a run of one-line pairs until its width is known."""

    def __init__(self, indent: str, lines: list[str]) -> None:
        self._indent = indent
        self._lines = lines
        self._run: list[tuple[str, str]] = []
        self._width = 0

    def pair(self, left: str, value: list[str]) -> None:
        """Add `left = value`; a value of several lines ends the run."""
        if len(value) == 1:
            self._run.append((left, value[0]))
            if len(left) > self._width:
                self._width = len(left)
            return
        self.line(f"{left} = {value[0]}")
        self._lines.extend(value[1:])

    def line(self, text: str) -> None:
        """End the run and add a line at this level."""
        self.flush()
        self._lines.append(self._indent + text if text else "")

    def flush(self) -> None:
        """Write the run out, its `=` in one column."""
        if self._run:
            indent, width = self._indent, self._width
            self._lines.extend([f"{indent}{left:<{width}} = {value}" for left, value in self._run])
            self._run.clear()
            self._width = 0


def _body(body: Body, indent: str, lines: list[str], depth: int) -> None:
    depth = _deeper(depth)
    pairs = _Pairs(indent, lines)
    for node in body:
        match node:
            case Attribute(name, value):
                pairs.pair(name, _value(value, indent, depth))
            case Block(kind, labels, inner):
                refuse_foreign(labels)
                head = " ".join([kind, *(f'"{label}"' for label in labels)])
                if inner:
                    pairs.line(f"{head} {{")
                    _body(inner, indent + "  ", lines, depth)
                    pairs.line("}")
                else:
                    pairs.line(f"{head} {{}}")
            case Comment(text):
                pairs.line(_comment(text))
            case Blank():
                pairs.line("")
            case _:
                assert_never(node)
    pairs.flush()


def _value(expr: Expr, indent: str, depth: int) -> list[str]:
    """Return the lines of a value in block form: the first without indent, the others with."""
    match expr:
        case Literal(value):
            return [f'"{escape(value)}"']
        case Object(items) if items:
            return _object(items, indent, _deeper(depth))
        case Tuple(elements) if elements:
            return _tuple(elements, indent, _deeper(depth))
        case Call(name, (Object() | Tuple() | Call() | ForTuple() as only,), False):
            return _within(f"{name}(", _value(only, indent, _deeper(depth)), ")")
        case ForTuple(names, collection, Object() | Tuple() as result, None):
            head = f"[for {', '.join(names)} in {_inline(collection, depth)} : "
            return _within(head, _value(result, indent, _deeper(depth)), "]")
        case ForTuple(names, Object(items) as collection, result, condition) if items:
            kept = "" if condition is None else f" if{_after_word(condition, '([', depth)}"
            tail = f" : {_operand(result, 1, depth)}{kept}]"
            return _within(f"[for {', '.join(names)} in ", _value(collection, indent, _deeper(depth)), tail)
        case Binary(operator, left, Object() | Tuple() | Call(_, (Object() | Tuple(),), False) as right):
            rank = BINARY_PRECEDENCE[operator]
            return _within(f"{_operand(left, rank, depth)} {operator} ", _value(right, indent, _deeper(depth)), "")
        case Call(name, (_, _, *_) as arguments, False) if len(line := _inline(expr, depth)) > MAX_LINE:
            return _arguments(name, arguments, indent, _deeper(depth)) if any(map(_spreads, arguments)) else [line]
        case _:
            return [_inline(expr, depth)]


def _within(head: str, lines: list[str], tail: str) -> list[str]:
    """Put something around a value on its own first and last line, so that its brackets count as one level."""
    return [head + lines[0], *lines[1:-1], lines[-1] + tail] if len(lines) > 1 else [head + lines[0] + tail]


def _spreads(expr: Expr) -> bool:
    """Whether an argument is a collection, and so better on lines of its own when the call is long."""
    return isinstance(expr, (Object, Tuple, ForTuple, ForObject)) or (
        isinstance(expr, Call) and any(map(_spreads, expr.arguments))
    )


def _arguments(name: str, arguments: tuple[Expr, ...], indent: str, depth: int) -> list[str]:
    inner = indent + "  "
    lines = [f"{name}("]
    for argument in arguments:
        value = _value(argument, inner, depth)
        lines += [inner + value[0], *value[1:]]
        lines[-1] += ","
    return [*lines, f"{indent})"]


def _object(items: Iterable[Item | Comment], indent: str, depth: int) -> list[str]:
    lines = ["{"]
    inner = indent + "  "
    pairs = _Pairs(inner, lines)
    for item in items:
        if isinstance(item, Comment):
            pairs.line(_comment(item.text))
        else:
            if not isinstance(item.key, str) and assigns(item.key):
                raise TreeError("a computed key holds an object, by whose `=` terraform fmt would align the line")
            pairs.pair(_key(item.key, depth), _value(item.value, inner, depth))
    pairs.flush()
    lines.append(indent + "}")
    return lines


def _tuple(elements: tuple[Expr | Comment, ...], indent: str, depth: int) -> list[str]:
    inner = indent + "  "
    lines = ["["]
    for element in elements:
        if isinstance(element, Comment):
            lines.append(inner + _comment(element.text))
            continue
        value = _value(element, inner, depth)
        if len(elements) == 1 and len(value) == 1 and _is_simple(element):
            return [f"[{value[0]}]"]
        value[0] = inner + value[0]
        value[-1] += ","
        lines += value
    lines.append(indent + "]")
    return lines


def _is_simple(element: Expr) -> bool:
    """Whether a lone element of one line may stand on the line of its brackets."""
    match element:
        case Object(inner) | Tuple(inner):
            return not inner
        case _:
            return True


def _comment(text: str) -> str:
    return f"# {text}" if text else "#"


def _key(key: str | Expr, depth: int) -> str:
    if isinstance(key, str):
        return literal_key(key)
    source = _inline(key, depth)
    return countable(source if isinstance(key, Template) else f"({source})")


# Inline: everything on one line.


def _inline(expr: Expr | Comment, depth: int) -> str:
    depth = _deeper(depth)
    match expr:
        case Literal(value):
            return f'"{escape(value)}"'
        case Reference(path):
            return ".".join(path)
        case Number(value):
            return _number(value)
        case Bool(value):
            return "true" if value else "false"
        case Null():
            return "null"
        case Template(parts):
            return _template(parts, depth)
        case Call(name, arguments, expand):
            inner = ", ".join([_inline(argument, depth) for argument in arguments])
            return f"{name}({inner}{'...' if expand else ''})"
        case Object(items):
            return f"{{ {', '.join([_inline_item(item, depth) for item in items])} }}" if items else "{}"
        case Tuple(elements):
            return f"[{', '.join([_inline(element, depth) for element in elements])}]"
        case Comment():
            raise TreeError(f"the comment {expr.text!r} stands inside a value that is printed on one line")
        case ForTuple() | ForObject():
            return _for(expr, depth)
        case _:
            return _operation(expr, depth)


def _operation(expr: Access | Index | Splat | Unary | Binary | Conditional, depth: int) -> str:
    match expr:
        case Access(of, name):
            return f"{_subject(of, depth)}.{name}"
        case Index(of, key):
            return _subject(of, depth) + _subscript(key, depth)
        case Splat(of, path):
            steps = (f".{step}" if isinstance(step, str) else _subscript(step.key, depth) for step in path)
            return "".join([_subject(of, depth), "[*]", *steps])
        case Unary(operator, operand):
            return operator + _operand(operand, _TERM, depth)
        case Binary(operator, left, right):
            # All operators are left-associative: only a right operand of the same rank needs parentheses.
            rank = BINARY_PRECEDENCE[operator]
            return f"{_operand(left, rank, depth)} {operator} {_operand(right, rank + 1, depth)}"
        case Conditional(condition, then, otherwise):
            parts = _operand(condition, 1, depth), _operand(then, 1, depth), _inline(otherwise, depth)
            return f"{parts[0]} ? {parts[1]} : {parts[2]}"
        case _:
            assert_never(expr)


def _subscript(key: Expr | None, depth: int) -> str:
    if key is None:
        return "[*]"
    inner = _inline(key, depth)
    if isinstance(key, (Null, Bool)):  # fmt would drop the word and leave the brackets
        inner = f"({inner})"
    return f"[{inner}]"


def _operand(expr: Expr, rank: int, depth: int) -> str:
    """Print an operand; in parentheses if it binds less tightly than `rank`."""
    match expr:
        case Conditional():
            own = 0
        case Binary(operator):
            own = BINARY_PRECEDENCE[operator]
        case Unary():
            own = _UNARY
        case _:
            own = _TERM
    source = _inline(expr, depth)
    return source if own >= rank else f"({source})"


def _subject(expr: Expr, depth: int) -> str:
    """Print what `.name`, `[key]` or `[*]` follows; in parentheses where they would bind to a part of it."""
    source = _inline(expr, depth)
    match expr:
        case Reference() | Access() | Index() | Call() | Object() | Tuple() | ForTuple() | ForObject():
            return source
        case _:  # a splat takes what follows into itself; `1.a` is no number; fmt writes `"x" [0]`
            return f"({source})"


def _inline_item(item: Item | Comment, depth: int) -> str:
    if isinstance(item, Comment):
        return _inline(item, depth)
    return f"{_key(item.key, depth)} = {_inline(item.value, depth)}"


def _for(expr: ForTuple | ForObject, depth: int) -> str:
    intro = f"for {', '.join(expr.names)} in{_after_word(expr.collection, '(', depth)} :"
    condition = "" if expr.condition is None else f" if{_after_word(expr.condition, '([', depth)}"
    match expr:
        case ForTuple():
            return f"[{intro} {_operand(expr.result, 1, depth)}{condition}]"
        case ForObject():
            group = "..." if expr.group else ""
            key, value = _operand(expr.key, 1, depth), _guarded(expr.value, depth)
            return f"{{ {intro} {key} => {value}{group}{condition} }}"
        case _:
            assert_never(expr)


def _after_word(expr: Expr, touching: str, depth: int) -> str:
    """Print what follows `in` or `if`: as if these were names, fmt writes no space between them and a bracket."""
    source = _guarded(expr, depth)
    return source if source[0] in touching else f" {source}"


def _guarded(expr: Expr, depth: int, where: str = "=>") -> str:
    """Print what follows a word, `=>` or `${`: a minus would get a space after it, as if it were a subtraction."""
    source = _operand(expr, 1, depth)
    if source[0] == "-" or (where == "${" and (source[0] == "{" or source[-1] == "}")):
        return f"({source})"  # a brace next to those of `${}` would get a space
    return source


def _template(parts: tuple[str | Expr, ...], depth: int) -> str:
    out: list[str] = []
    last = len(parts) - 1
    for i, part in enumerate(parts):
        if isinstance(part, str):
            out.append(escape(part, before_interpolation=i < last))
        else:
            out.append(f"${{{_guarded(part, depth, '${')}}}")
    return f'"{"".join(out)}"'


def _number(value: int | Decimal) -> str:
    if isinstance(value, int) and value.bit_length() > 512:
        raise TreeError("a number of more than 512 bits: Terraform would round it")
    source = str(value) if isinstance(value, int) else format(value, "f")
    if len(source) > _MAX_DIGITS:
        raise TreeError(f"a number of more than {_MAX_DIGITS} digits: Terraform would round it")
    return source
