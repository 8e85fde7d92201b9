"""The syntax tree of a Terraform file: what can be said, in one form each. Knows no AWS word, prints nothing.

Literal and reference are different types, so text that comes from a user can only ever print as a
string literal. Each thing has exactly one tree (`Template` never holds two texts side by side, a dotted
name is one `Reference`, redundant parentheses do not exist), so two trees are equal when they print the same.
The grammar is HashiCorp's HCL native syntax: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from tfgen.hcl.names import TreeError as TreeError  # what every node raises
from tfgen.hcl.names import identifier

BINARY_PRECEDENCE: Final[dict[str, int]] = {
    operator: rank
    for rank, operators in enumerate(("||", "&&", "== !=", "< > <= >=", "+ -", "* / %"), start=1)
    for operator in operators.split()
}
"""How tightly each binary operator binds, from 1; all are left-associative."""

UNARY_OPERATORS: Final = frozenset({"-", "!"})

_WORDS: Final = frozenset({"true", "false", "null", "for", "for_each", "if", "in", "else", "endif", "endfor"})
"""What no expression may begin with: words of the language, to Terraform or to python-hcl2 (`for_each`)."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A string that means itself, whatever it holds. Terraform compares strings in NFC, so it is kept in NFC.

    Lone surrogates cannot be written in UTF-8 and are refused.
    """

    value: str

    def __post_init__(self) -> None:
        """Normalise the text; refuse what no text file can hold."""
        if not self.value.isascii():
            if any(0xD800 <= ord(c) <= 0xDFFF for c in self.value):
                raise TreeError("a string holds half of a surrogate pair, which is not text")
            object.__setattr__(self, "value", unicodedata.normalize("NFC", self.value))


@dataclass(frozen=True, slots=True)
class Number:
    """A number, exact: an `int` or a finite `Decimal`, 0 or more (a negative one is `Unary("-", ...)`)."""

    value: int | Decimal

    def __post_init__(self) -> None:
        """Refuse what Terraform has no numeral for; write 1.50 and 1.5 as one number."""
        if isinstance(self.value, bool) or (isinstance(self.value, Decimal) and not self.value.is_finite()):
            raise TreeError(f"{self.value!r} is not a number that Terraform can write")
        if self.value < 0 or (isinstance(self.value, Decimal) and self.value.is_signed()):
            raise TreeError("a negative number is a minus before a number")
        if isinstance(self.value, Decimal):
            whole = self.value.to_integral_value()
            exact = int(whole) if whole == self.value else Decimal(format(self.value, "f").rstrip("0"))
            object.__setattr__(self, "value", exact)


@dataclass(frozen=True, slots=True)
class Bool:
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Null:
    """`null`."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A dotted name, `data.aws_region.current.id`; also the loop variable of a `for`."""

    path: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what is not a dotted name."""
        if not self.path:
            raise TreeError("a reference needs a name")
        for name in self.path:
            identifier(name, "a name that can be referred to")
        if self.path[0] in _WORDS:
            raise TreeError(f"{self.path[0]!r} is a word of the language, not a name")


@dataclass(frozen=True, slots=True)
class Access:
    """`.name` after something that is not itself a dotted name: `f(x).name`, `a[0].name`."""

    of: Expr
    name: str

    def __post_init__(self) -> None:
        """Keep one tree for each dotted name."""
        identifier(self.name, "an attribute name")
        if isinstance(self.of, Reference):
            raise TreeError("an attribute of a dotted name is a longer dotted name")


@dataclass(frozen=True, slots=True)
class Index:
    """`of[key]`."""

    of: Expr
    key: Expr


@dataclass(frozen=True, slots=True)
class Subscript:
    """`[key]` inside a splat; without a key it is `[*]`, a splat of each element."""

    key: Expr | None = None


@dataclass(frozen=True, slots=True)
class Splat:
    """`of[*].a.b[0]`: the path, which leads on from each element, may be empty."""

    of: Expr
    path: tuple[str | Subscript, ...] = ()

    def __post_init__(self) -> None:
        """Refuse names that are not names."""
        for name in self.path:
            if isinstance(name, str):
                identifier(name, "an attribute name")


@dataclass(frozen=True, slots=True)
class Call:
    """`name(arguments)`; with `expand`, the last argument is followed by `...`."""

    name: str
    arguments: tuple[Expr, ...] = ()
    expand: bool = False

    def __post_init__(self) -> None:
        """Refuse a function name that is not one."""
        identifier(self.name, "a function name")
        if self.name in _WORDS:
            raise TreeError(f"{self.name!r} is a word of the language, not a function")
        if self.expand and not self.arguments:
            raise TreeError("`...` needs an argument before it")


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x` or `!x`."""

    operator: str
    operand: Expr

    def __post_init__(self) -> None:
        """Refuse an operator that the language lacks."""
        if self.operator not in UNARY_OPERATORS:
            raise TreeError(f"{self.operator!r} is not a unary operator")


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`; the printer adds the parentheses that precedence needs, and no others."""

    operator: str
    left: Expr
    right: Expr

    def __post_init__(self) -> None:
        """Refuse an operator that the language lacks."""
        if self.operator not in BINARY_PRECEDENCE:
            raise TreeError(f"{self.operator!r} is not a binary operator")


@dataclass(frozen=True, slots=True)
class Conditional:
    """`condition ? then : otherwise`."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class Template:
    """A string with interpolations: texts (`str`, in NFC, mean themselves) and expressions in turn.

    Never two texts side by side, no empty text, at least one expression, and never a lone expression
    (`"${x}"` is `x`; `terraform fmt` would unwrap it). `template()` makes the right node for any parts.
    """

    parts: tuple[str | Expr, ...]

    def __post_init__(self) -> None:
        """Keep one tree for each string."""
        texts = [isinstance(part, str) for part in self.parts]
        if len(self.parts) < 2 or all(texts) or any(a and b for a, b in pairwise(texts)):
            raise TreeError(
                "a template is texts and expressions in turn, with at least one of the latter; use template()"
            )
        if any(isinstance(part, (Literal, Template)) for part in self.parts):
            raise TreeError("a template holds no other string; use template()")
        if any(part == "" or (isinstance(part, str) and Literal(part).value != part) for part in self.parts):
            raise TreeError("a template's texts are not empty and are in NFC; use template()")


@dataclass(frozen=True, slots=True)
class Comment:
    """One line of `#` text, on a line of its own: in a body, an object or a tuple."""

    text: str

    def __post_init__(self) -> None:
        """Refuse what would not stay one comment."""
        if self.text != self.text.strip() or any(not (c == " " or c.isprintable()) for c in self.text):
            raise TreeError("a comment is one line of printable text, with no space at either end")


@dataclass(frozen=True, slots=True)
class Item:
    """`key = value` in an object. A `str` key is literal (quoted where it must be), an expression is computed."""

    key: str | Expr
    value: Expr

    def __post_init__(self) -> None:
        """Keep one tree for a literal key."""
        if isinstance(self.key, Literal):
            raise TreeError("a literal key is a plain str")
        if isinstance(self.key, str):
            object.__setattr__(self, "key", Literal(self.key).value)


@dataclass(frozen=True, slots=True)
class Object:
    """`{ ... }`: items, with comments between them. No key stands twice: the last would win in silence."""

    items: tuple[Item | Comment, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a literal key that stands twice."""
        keys = [item.key for item in self.items if isinstance(item, Item) and isinstance(item.key, str)]
        if len(keys) != len(set(keys)):
            raise TreeError(f"an object has the key {Counter(keys).most_common(1)[0][0]!r} twice")


@dataclass(frozen=True, slots=True)
class Tuple:
    """`[ ... ]`: elements, with comments between them."""

    elements: tuple[Expr | Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class ForTuple:
    """`[for key, value in collection : result if condition]`; `names` holds one or two names."""

    names: tuple[str, ...]
    collection: Expr
    result: Expr
    condition: Expr | None = None

    def __post_init__(self) -> None:
        """Refuse names that cannot be loop variables."""
        _loop(self.names)


@dataclass(frozen=True, slots=True)
class ForObject:
    """`{for key, value in collection : k => v... if condition}`; with `group`, values gather in tuples."""

    names: tuple[str, ...]
    collection: Expr
    key: Expr
    value: Expr
    condition: Expr | None = None
    group: bool = False

    def __post_init__(self) -> None:
        """Refuse names that cannot be loop variables."""
        _loop(self.names)


def _loop(names: tuple[str, ...]) -> None:
    if len(names) not in {1, 2}:
        raise TreeError("a `for` has one or two names")
    for name in names:
        Reference((name,))


Expr = (
    Literal
    | Number
    | Bool
    | Null
    | Reference
    | Access
    | Index
    | Splat
    | Call
    | Unary
    | Binary
    | Conditional
    | Template
    | Object
    | Tuple
    | ForTuple
    | ForObject
)
"""Any expression. A `match` over it ends with `assert_never`."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """`name = value` in a body."""

    name: str
    value: Expr

    def __post_init__(self) -> None:
        """Refuse a name that is not one."""
        identifier(self.name, "an attribute name")


@dataclass(frozen=True, slots=True)
class Blank:
    """One empty line between the items of a body. Never first, last or twice in a row."""


@dataclass(frozen=True, slots=True)
class Block:
    """`type "label" { body }`."""

    type: str
    labels: tuple[str, ...] = ()
    body: Body = ()

    def __post_init__(self) -> None:
        """Refuse labels that `terraform fmt` would change."""
        identifier(self.type, "a block type")
        for label in self.labels:
            identifier(label, "a block label")
        check_body(self.body)


Body = tuple[Attribute | Block | Comment | Blank, ...]
"""The content of a file or a block, in order."""


def check_body(body: Body) -> None:
    """Refuse a body that Terraform would (an attribute twice) or that has stray blank lines (raises `TreeError`)."""
    names = [node.name for node in body if isinstance(node, Attribute)]
    if len(names) != len(set(names)):
        raise TreeError(f"the attribute {Counter(names).most_common(1)[0][0]!r} stands twice in one body")
    blanks = [isinstance(node, Blank) for node in body]
    if body and (blanks[0] or blanks[-1] or any(a and b for a, b in pairwise(blanks))):
        raise TreeError("a blank line stands between two items, once")


def template(*parts: str | Expr) -> Expr:
    """Make the one tree for a string made of texts and expressions.

    Texts that touch are joined, empty ones dropped, literals and templates among the parts merged in. Without
    any expression left the result is a `Literal`; a lone expression comes back as itself (as a value, not as text:
    the caller sees to it that it is a string).
    """
    flat: list[str | Expr] = []
    for part in parts:
        for piece in part.parts if isinstance(part, Template) else (part,):
            if isinstance(piece, (str, Literal)):
                text = piece if isinstance(piece, str) else piece.value
                if flat and isinstance(flat[-1], str):
                    text = flat.pop() + text  # type: ignore[operator]  # just seen to be a str
                if text := Literal(text).value:
                    flat.append(text)
            else:
                flat.append(piece)
    if not flat:
        return Literal("")
    if len(flat) == 1:
        only = flat[0]
        return Literal(only) if isinstance(only, str) else only
    return Template(tuple(flat))


def reference(dotted: str) -> Reference:
    """Make a reference from names written in our own code: `reference("var.tags")`."""
    return Reference(tuple(dotted.split(".")))
