"""The kinds of values that a posture is built of: text with a shape, inputs, tables, free JSON. Knows no key of it.

Each kind checks a raw value and raises a `fault`, which carries a finding's code, message and help; no message of
pydantic's own is ever shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Generic, TypeVar, get_args

from pydantic_core import PydanticCustomError, core_schema

from tfgen.diagnostics import At, Code
from tfgen.diagnostics.values import NOTHING, shown
from tfgen.posture.shape import Shape, compiled, shape

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

V = TypeVar("V")

INPUT_MARK: Final = "x-tfgen-input"
"""Stands in a JSON Schema where the schema of an input belongs, until `schema()` puts it there."""
_REFERENCE_LOOK: Final = r"(?:\$\{\s*)?(?:var|input|inputs)\.([a-z][a-z0-9_]*)(?:\s*\})?"


def fault(
    code: Code,
    message: str,
    *,
    help: str = "",
    at: At = At.VALUE,
    steps: tuple[str | int, ...] = (),
    beside: Iterable[str] = (),
) -> PydanticCustomError:
    """Make an error for a validator to raise; `steps` lead from the validated value to the part that is wrong.

    `beside` are keys of the value that cannot stand beside each other.
    """
    related = tuple(beside)
    context = {"message": message, "code": code.name, "help": help, "at": at.value, "steps": steps, "beside": related}
    return PydanticCustomError("tfgen", "{message}", context)


def text_schema(constraint: Shape) -> dict[str, Any]:
    """Make the JSON Schema of a text, with an example and the sentence that editors show where it does not fit.

    `patternErrorMessage` is a word of the language servers of YAML and JSON, without which they show the pattern.
    """
    found: dict[str, Any] = {"type": "string", "examples": [constraint.example]}
    if constraint.min:
        found["minLength"] = constraint.min
    if constraint.max is not None:
        found["maxLength"] = constraint.max
    if constraint.pattern is not None:
        found["pattern"] = f"^(?:{constraint.pattern})$"
        found["patternErrorMessage"] = f"needed: {constraint.sentence}; for example {constraint.example}"
    return found


def refusal_schema(refused: dict[str, Any], sentence: str) -> dict[str, Any]:
    """Make the JSON Schema that refuses some texts of those that a shape takes, with the sentence that editors show.

    `not` would do without the sentence: editors have none of their own for it.
    """
    return {"if": refused, "then": {"pattern": "^$", "patternErrorMessage": f"needed: {sentence}"}}


@dataclass(frozen=True, slots=True)
class InputRef:
    """`{ input: name }`: the value is given by whoever uses the module."""

    name: str


@dataclass(frozen=True, slots=True)
class Json:
    """A free JSON value, kept as its text so that it cannot change."""

    text: str

    @property
    def value(self) -> Any:  # noqa: ANN401 - it is free JSON
        """The value, as a fresh copy."""
        return json.loads(self.text)


class Table(Mapping[str, V], Generic[V]):
    """A mapping that cannot change, in the order of the text."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, V]) -> None:
        """Copy the items."""
        self._items = dict(items)

    def __getitem__(self, key: str) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return f"Table({self._items!r})"


@dataclass(frozen=True, slots=True)
class Literally:
    """Marks a text that must stand in the posture: `Annotated[str, Literally("mount-path")]`."""

    shape_name: str

    @property
    def shape(self) -> Shape:
        """The constraint itself."""
        return shape(self.shape_name)

    @property
    def literal(self) -> Shape:
        """The constraint on a text that stands in the posture itself."""
        return self.shape

    def check(self, value: object) -> str:
        """Give the text back, or raise what is wrong with it."""
        constraint = self.literal
        if not isinstance(value, str):
            is_scalar = isinstance(value, int | float)
            quoted = shown(value) if is_scalar and not constraint.secret else "..."
            hint = f'put it in quotes: "{quoted}"' if is_scalar else ""
            raise fault(Code.WRONG_TYPE, f"text is needed, not {shown(value, secret=constraint.secret)}", help=hint)
        if not constraint.accepts(value):
            raise fault(
                Code.BAD_VALUE,
                f"{shown(value, secret=constraint.secret)} is not {constraint.sentence}",
                help=f"for example {constraint.example}" if constraint.pattern else "",
            )
        return value

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return text_schema(self.literal)


@dataclass(frozen=True, slots=True)
class Given(Literally):
    """Marks a text that may also be an input: `Annotated[str | InputRef, Given("gateway-arn")]`."""

    several: bool = False
    """Whether an input that is a list may stand there for several such values, also where no list is."""

    def check(self, value: object) -> str | InputRef:  # type: ignore[override]
        """Give the text or the input, or raise what is wrong with it."""
        if isinstance(value, Mapping):
            return self._input(value)
        if isinstance(value, str) and not self.literal.accepts(value):
            look = compiled(_REFERENCE_LOOK).fullmatch(value)
            if look:
                raise fault(
                    Code.BAD_VALUE,
                    f"{value!r} is text, not an input",
                    help=f"write {{ input: {look[1]} }}",
                )
        # Named, because a dataclass with slots is a new class and a bare super() would look for the old one.
        return Literally.check(self, value)

    @staticmethod
    def _input(value: Mapping[str, object]) -> InputRef:
        if "input" not in value:
            raise fault(Code.WRONG_TYPE, "text or an input is needed, not a mapping", help="write { input: name }")
        for key in value:
            if key != "input":
                message = f"unknown key {key!r}; an input has only the key 'input'"
                raise fault(Code.UNKNOWN_KEY, message, at=At.KEY, steps=(key,))
        name = value["input"]
        if not isinstance(name, str):
            raise fault(Code.WRONG_TYPE, f"the name of an input is needed, not {shown(name)}", steps=("input",))
        constraint = shape("input-name")
        if not constraint.accepts(name):
            raise fault(
                Code.BAD_VALUE,
                f"{shown(name)} is not the name of an input: {constraint.sentence}",
                help=f"for example {constraint.example}",
                steps=("input",),
            )
        return InputRef(name)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [text_schema(self.literal), {INPUT_MARK: True}]}


@dataclass(frozen=True, slots=True)
class Placed(Given):
    """Marks a text of a claim, which may name the place that Terraform runs in: `${region}`. An input may not."""

    literal_name: str = ""

    @property
    def literal(self) -> Shape:
        """The constraint on a text with such names in it."""
        return shape(self.literal_name or self.shape_name)


@dataclass(frozen=True, slots=True)
class Keys:
    """Marks a table: the shape of its keys and how many it may have."""

    shape_name: str
    min: int = 0
    max: int | None = None

    def check(self, key: object) -> str:
        """Give a key back, or raise what is wrong with it."""
        constraint = shape(self.shape_name)
        if not isinstance(key, str):
            raise fault(Code.WRONG_TYPE, f"a key is text, not {shown(key)}", at=At.KEY)
        if not constraint.accepts(key):
            raise fault(Code.BAD_VALUE, f"the key {shown(key)} is not {constraint.sentence}", at=At.KEY)
        return key

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        (kind,) = get_args(source)
        keys = handler.generate_schema(Annotated[str, _Key(self)])
        values = handler.generate_schema(kind)
        table = core_schema.dict_schema(keys, values, min_length=self.min or None, max_length=self.max, strict=True)
        return core_schema.no_info_after_validator_function(Table, table)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(core), "propertyNames": self.names_schema()}

    def names_schema(self) -> dict[str, Any]:
        """Make the JSON Schema of a key."""
        constraint = shape(self.shape_name)
        return {"description": f"{constraint.sentence}; for example {constraint.example}", **text_schema(constraint)}


@dataclass(frozen=True, slots=True)
class _Key:
    """Marks the keys of a table, so that the table's mark can check them."""

    table: Keys

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.table.check)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string"}


class TagKeys(Keys):
    """Marks a table of tags: the prefix `aws:` belongs to AWS."""

    def check(self, key: object) -> str:
        """Refuse AWS's own prefix, beside what every key is checked for."""
        name = Keys.check(self, key)
        if name.lower().startswith("aws:"):
            raise fault(Code.BAD_VALUE, f"the tag {name!r} begins with 'aws:', which only AWS may set", at=At.KEY)
        return name

    def names_schema(self) -> dict[str, Any]:
        """Make the JSON Schema of a key."""
        sentence = "a key that does not begin with aws:, as only AWS may set those"
        return {**Keys.names_schema(self), **refusal_schema({"pattern": "^[aA][wW][sS]:"}, sentence)}


@dataclass(frozen=True, slots=True)
class FreeJson:
    """Marks a mapping whose content is handed on as it stands: `Annotated[Json, FreeJson()]`."""

    def check(self, value: object) -> Json:
        """Give the JSON, or raise what is wrong with it."""
        if not isinstance(value, Mapping):
            raise fault(Code.WRONG_TYPE, f"a mapping is needed, not {shown(value)}")
        try:
            return Json(json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain, separators=(",", ":")))
        except (TypeError, ValueError) as error:
            raise fault(Code.BAD_VALUE, f"this cannot be written as JSON: {error}") from error

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "object"}


def _plain(value: object) -> object:
    if value is NOTHING:
        return None
    raise TypeError(f"a {type(value).__name__} has no form in JSON")
