"""Terraform expressions evaluated as far as they can be without Terraform. Knows no resource type.

What is not known comes out as a `Symbol` that says how it is computed; a symbol that has a default, as a variable may
have, counts as that default where something is computed from it or decided by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from tfgen.diagnostics import TfgenError
from tfgen.hcl.tree import (
    Access,
    Binary,
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
)
from tfgen.terraform import functions, operators
from tfgen.terraform.functions import CannotError, RefusedError
from tfgen.terraform.scope import Scope
from tfgen.terraform.values import (
    Leaf,
    Listed,
    Made,
    Mapped,
    Node,
    Place,
    Scalar,
    Symbol,
    UnknownError,
    moved,
    plain,
    size_of,
)

DEEPEST: Final = 100
"""How many expressions may stand inside each other, through local values too."""
MOST_ELEMENTS: Final = 10_000
"""How many elements a `for` may make."""
MOST_VALUES: Final = 20_000
"""How many values an expression may come to."""


def evaluate(expression: Expr, scope: Scope) -> Node:
    """Evaluate an expression as far as that can be done; raises nothing."""
    if isinstance(expression, Literal):
        return Leaf(expression.value, scope.place)
    if scope.depth > DEEPEST:
        return unknown(expression, scope)
    scope = scope.deeper()
    try:
        found = _rule(expression, scope)
        # Local values that repeat each other grow with each step; what is larger than anyone means is not evaluated.
        return found if size_of(found) <= MOST_VALUES else unknown(expression, scope)
    except UnknownError as missing:
        return unknown(expression, scope, missing.symbol)
    except CannotError:
        return unknown(expression, scope)
    except TfgenError as refused:
        return replace(unknown(expression, scope), why=str(refused))


def unknown(expression: Expr, scope: Scope, because: Symbol | None = None, made: Made | None = None) -> Symbol:
    """The symbol for an expression that cannot be evaluated; its name is after the one unknown thing in it."""
    label, why, refused = ("", "", False) if because is None else (because.label, because.why, because.refused)
    return Symbol(expression, scope.place, label=label, why=why, refused=refused, made=made, written=expression)


def _computed(expression: Expr, scope: Scope, made: Made, compute: Callable[[], Node]) -> Node:
    """What a computation comes to, or the symbol that says how it is made."""
    try:
        return compute()
    except UnknownError as missing:
        return unknown(expression, scope, missing.symbol, made)
    except RefusedError:
        return replace(unknown(expression, scope, made=made), refused=True)
    except CannotError:
        return unknown(expression, scope, made=made)


def _rule(expression: Expr, scope: Scope) -> Node:  # noqa: C901 - one case for each kind
    place = scope.place
    match expression:
        case Literal(value) | Bool(value):  # a literal that `evaluate` has taken already
            return Leaf(value, place)
        case Number(value):
            return Leaf(_number(value), place)
        case Null():
            return Leaf(None, place)
        case Reference(path):
            return _reference(expression, path, scope)
        case Template(parts):
            return _template(expression, parts, scope)
        case Object(items):
            return _object(items, scope)
        case Tuple(elements):
            return Listed(tuple(evaluate(e, scope) for e in elements if not isinstance(e, Comment)), place)
        case Access(of, name):
            return _step(expression, evaluate(of, scope), name, scope)
        case Index(of, key):
            return _index(expression, evaluate(of, scope), evaluate(key, scope), scope)
        case Splat(of, path):
            return _splat(expression, evaluate(of, scope), path, scope)
        case Unary() | Binary():
            return _operation(expression, scope)
        case Conditional():
            return _conditional(expression, scope)
        case ForTuple() | ForObject():
            return _for(expression, scope)
        case Call():
            return _call(expression, scope)


def _call(expression: Call, scope: Scope) -> Node:
    name, place = expression.name, scope.place
    if name == "try":
        return _first(expression, scope)
    values = [evaluate(argument, scope) for argument in expression.arguments]
    if expression.expand:
        values[-1:] = functions.elements(values[-1])
    if name in _OF_FILES:
        return _file(name, values, scope)
    if name == "can" and values:
        return unknown(expression, scope) if _is_open(values[0]) else Leaf(not _is_refused(values[0]), place)
    if name == "regex" and not scope.trusted:
        return unknown(expression, scope, made=Made(name, tuple(values)))
    return _computed(expression, scope, Made(name, tuple(values)), lambda: functions.call(name, values, place))


def _first(expression: Call, scope: Scope) -> Node:
    """The first argument of `try` that Terraform does not refuse."""
    for argument in expression.arguments:
        found = evaluate(argument, scope)
        if not _is_refused(found):
            return found
    return unknown(expression, scope)


def _is_refused(node: Node) -> bool:
    return isinstance(node, Symbol) and node.refused


def _is_open(node: Node) -> bool:
    """Whether only Terraform knows a value, or whether there is one."""
    return isinstance(node, Symbol) and not node.refused and node.default is None


_OF_FILES: Final = frozenset({"file", "templatefile"})


def _file(name: str, arguments: list[Node], scope: Scope) -> Node:
    """The text of a file of the source, and of a template without anything to fill in."""
    path = plain(arguments[0]) if arguments else None
    if not isinstance(path, str):
        raise CannotError(name)
    text = scope.names.text(path)
    if name == "templatefile" and ("${" in text or "%{" in text):
        raise CannotError(name)
    return Leaf(text, scope.place)


def _number(value: int | Decimal) -> int | float:
    return value if isinstance(value, int) else float(value)


def _reference(expression: Reference, path: tuple[str, ...], scope: Scope) -> Node:
    if path[0] in scope.loop:
        found: tuple[Node, int] | None = scope.loop[path[0]], 1
    else:
        found = scope.names.look_up(path, scope)
    if found is None:
        return unknown(expression, scope)
    value, taken = found
    for name in path[taken:]:
        value = _step(expression, value, name, scope)
    return moved(value, scope.place)


def _step(expression: Expr, value: Node, name: str, scope: Scope) -> Node:
    if isinstance(value, Mapped) and name in value.items:
        return moved(value.items[name], scope.place)
    if isinstance(value, Symbol):
        inner = value.default
        default = inner.items.get(name) if isinstance(inner, Mapped) else None
        return replace(value.step(f".{name}"), default=default, place=scope.place, written=expression)
    return unknown(expression, scope)


def _index(expression: Expr, value: Node, by: Node, scope: Scope) -> Node:
    if isinstance(by, Symbol) and by.default is None:
        return unknown(expression, scope, by, Made("[]", (value, by)))
    key = plain(by)
    match value, key:
        case Mapped(items), str() if key in items:
            return moved(items[key], scope.place)
        case Listed(elements), int() if not isinstance(key, bool) and 0 <= key < len(elements):
            return moved(elements[key], scope.place)
        case Symbol(), str() | int():
            label = f"{value.label}_{key}" if value.label and isinstance(key, str) else value.label
            inner = value.step(f"[{key!r}]".replace("'", '"'))
            default = None if value.default is None else _index(expression, value.default, by, scope)
            default = None if isinstance(default, Symbol) else default
            found = replace(inner, many=False, path=value.path, label=label, default=default, place=scope.place)
            return replace(found, made=Made("[]", (value, by)), written=expression, refused=value.refused)
        case _:
            return unknown(expression, scope)


def _splat(expression: Splat, value: Node, path: tuple[str | Subscript, ...], scope: Scope) -> Node:
    if isinstance(value, Symbol):
        names = [step for step in path if isinstance(step, str)]
        if len(names) < len(path):
            return unknown(expression, scope, value)
        step = value.step("".join(("[*]", *(f".{name}" for name in names))), many=True)
        path_of = (*value.path, *names) if value.path else ()
        return replace(step, path=path_of, place=scope.place, written=expression, made=Made("[*]", (value,)))
    found = [] if value == Leaf(None, value.place) else list(value.elements) if isinstance(value, Listed) else [value]
    return Listed(tuple(_along(expression, element, path, scope) for element in found), scope.place)


def _along(expression: Splat, value: Node, path: tuple[str | Subscript, ...], scope: Scope) -> Node:
    """What the path of a splat leads to from one of its elements."""
    for number, step in enumerate(path, start=1):
        if isinstance(step, str):
            value = _step(expression, value, step, scope)
        elif step.key is None:
            return _splat(expression, value, path[number:], scope)
        else:
            value = _index(expression, value, evaluate(step.key, scope), scope)
    return value


def _template(expression: Template, parts: tuple[str | Expr, ...], scope: Scope) -> Node:
    values = [part if isinstance(part, str) else evaluate(part, scope) for part in parts]
    try:
        return Leaf(
            functions.joined(value if isinstance(value, str) else plain(value) for value in values), scope.place
        )
    except UnknownError as missing:
        pieces: list[str | Symbol] = []
        for value in values:
            if isinstance(value, str) or (isinstance(value, Symbol) and value.default is None):
                pieces.append(value)
            else:
                pieces.append(functions.joined([plain(value)]))
        return replace(unknown(expression, scope, missing.symbol), parts=tuple(pieces))


def _object(items: Iterable[Item | Comment], scope: Scope) -> Node:
    found: dict[str, Node] = {}
    for item in items:
        if isinstance(item, Item):
            key = item.key if isinstance(item.key, str) else functions.joined([plain(evaluate(item.key, scope))])
            found[key] = evaluate(item.value, scope)
    return Mapped(found, scope.place)


def _operation(expression: Unary | Binary, scope: Scope) -> Node:
    sign, place = expression.operator, scope.place
    if isinstance(expression, Unary):
        of = evaluate(expression.operand, scope)
        return _computed(expression, scope, Made(sign, (of,)), lambda: operators.unary(sign, of, place))
    left = evaluate(expression.left, scope)
    if sign in ("&&", "||") and _known(left) is (sign == "||"):
        return Leaf(sign == "||", place)
    right = evaluate(expression.right, scope)
    return _computed(expression, scope, Made(sign, (left, right)), lambda: operators.binary(sign, left, right, place))


def _known(node: Node) -> object:
    """The value as plain data; None when it is not known."""
    try:
        return plain(node)
    except UnknownError:
        return None


def _conditional(expression: Conditional, scope: Scope) -> Node:
    condition = evaluate(expression.condition, scope)
    try:
        decided = plain(condition)
    except UnknownError:
        cases = evaluate(expression.then, scope), evaluate(expression.otherwise, scope)
        return cases[0] if cases[0] == cases[1] else unknown(expression, scope, made=Made("?:", (condition, *cases)))
    if not isinstance(decided, bool):
        return unknown(expression, scope)
    return evaluate(expression.then if decided else expression.otherwise, scope)


def pairs(value: Node) -> list[tuple[Scalar, Node]] | None:
    """The keys and values that a loop over a value goes through; None when they are not known."""
    match value:
        case Mapped(items):
            return list(items.items())
        case Listed(elements) if not any(isinstance(element, Symbol) and element.many for element in elements):
            return list(enumerate(elements))
        case _:
            return None


def _for(expression: ForTuple | ForObject, scope: Scope) -> Node:
    collection = evaluate(expression.collection, scope)
    if isinstance(collection, Symbol) and collection.default is not None:
        collection = collection.default
    found = pairs(collection)
    if found is None:
        return _for_unknown(expression, collection, scope)
    if len(found) > MOST_ELEMENTS:
        return unknown(expression, scope)
    inner = [scope.also(**_named(expression.names, key, value, scope.place)) for key, value in found]
    if expression.condition is not None:
        conditions = [evaluate(expression.condition, one) for one in inner]
        if any(_is_open(one) for one in conditions):
            return _filtered(expression, inner, conditions, scope)
        inner = [one for one, kept in zip(inner, conditions, strict=True) if plain(kept) is True]
    if isinstance(expression, ForTuple):
        return Listed(tuple(evaluate(expression.result, one) for one in inner), scope.place)
    made: dict[str, list[Node]] = {}
    for one in inner:
        made.setdefault(functions.joined([plain(evaluate(expression.key, one))]), []).append(
            evaluate(expression.value, one)
        )
    if expression.group:
        return Mapped({key: Listed(tuple(values), scope.place) for key, values in made.items()}, scope.place)
    return Mapped({key: values[-1] for key, values in made.items()}, scope.place)


def _filtered(expression: ForTuple | ForObject, inner: list[Scope], conditions: list[Node], scope: Scope) -> Node:
    """A loop of which only Terraform knows what its condition keeps: each element that may stay, and its condition."""
    because = next(one for one in conditions if isinstance(one, Symbol) and _is_open(one))
    if isinstance(expression, ForObject):
        return unknown(expression, scope, because)
    maybe = [(one, kept) for one, kept in zip(inner, conditions, strict=True) if kept != Leaf(False, scope.place)]
    results = Listed(tuple(evaluate(expression.result, one) for one, _ in maybe), scope.place)
    made = Made("if", (results, Listed(tuple(kept for _, kept in maybe), scope.place)))
    return unknown(expression, scope, because, made)


def _named(names: tuple[str, ...], key: Scalar, value: Node, place: Place) -> dict[str, Node]:
    return {names[-1]: value} if len(names) == 1 else {names[0]: Leaf(key, place), names[1]: value}


def _for_unknown(expression: ForTuple | ForObject, collection: Node, scope: Scope) -> Node:
    """A loop over what is not known: where it makes one symbol of each element, the list of these."""
    whole = unknown(expression, scope)
    if not isinstance(expression, ForTuple) or expression.condition is not None:
        return whole
    if isinstance(collection, Listed) and len(expression.names) == 1:
        lists = tuple(_for_part(expression, element, scope) for element in collection.elements)
        return replace(whole, made=Made("concat", lists))
    if not isinstance(collection, Symbol):
        return whole
    each = replace(collection, many=True, made=Made("each", (collection,)))
    loop: dict[str, Node] = {expression.names[-1]: each}
    if len(expression.names) == 2:
        key = expression.names[0]
        loop[key] = Symbol(key, scope.place, made=Made("key", (collection,)))
    result = evaluate(expression.result, scope.also(**loop))
    whole = replace(whole, made=Made("for", (collection, result)))
    if not isinstance(result, Symbol) or result.parts:
        return whole
    return replace(whole, many=True, label=result.label, name=result.name, path=result.path)


def _for_part(expression: ForTuple, element: Node, scope: Scope) -> Node:
    """What a loop makes of one element, as a list: an element that is not known may stand for many."""
    if isinstance(element, Symbol) and element.many:
        return _for_unknown(expression, element, scope)
    result = evaluate(expression.result, scope.also(**{expression.names[0]: element}))
    return Listed((result,), scope.place)
