"""The two kinds of mappings in a posture: with fixed keys, and with exactly one of several keys. Knows none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from tfgen.diagnostics import Code
from tfgen.posture.values import fault

if TYPE_CHECKING:
    from pydantic.config import JsonDict


class Model(BaseModel):
    """A mapping with fixed keys. It cannot change, takes no other key, and converts no value to another type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True, allow_inf_nan=False)

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        """Give the keys as they stand in the text, in the order of the fields."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())


def _without_keys(schema: JsonDict) -> None:
    """Let editors write `{}` where a mapping without keys belongs. With `properties` they would begin a line for a key.

    `defaultSnippets` is a word of the language servers of YAML and JSON; after `^` they take the text as it is.
    """
    del schema["properties"]
    schema["defaultSnippets"] = [{"label": "{}", "body": "^{}"}]


class Empty(Model):
    """A mapping without keys: it says something by being there."""

    model_config = ConfigDict(json_schema_extra=_without_keys)


def _alternatives(schema: JsonDict) -> None:
    """Turn the JSON Schema of a mapping with several keys into an alternative for each key.

    `maxProperties` beside `properties` would say the same. But where it is 1, the YAML language server offers no key on
    an empty line, because it counts the line as a property. Each alternative has its own `minProperties`, so that an
    empty mapping fits none of them instead of all, and no title, so that editors show the title of the key above.
    """
    properties = schema.pop("properties")
    closed = schema.pop("additionalProperties")
    if not isinstance(properties, dict):  # pydantic makes no other
        raise TypeError(f"the properties of {schema.get('title')} are no mapping")
    sentence = f"needed: exactly one of {', '.join(sorted(properties))}"
    schema["errorMessage"] = sentence  # a word of the language servers of YAML and JSON, as in `text_schema`
    schema["oneOf"] = [
        {
            "type": "object",
            "properties": {key: value},
            "additionalProperties": closed,
            "minProperties": 1,
            "errorMessage": sentence,
        }
        for key, value in properties.items()
    ]


class OneOf(Model):
    """A mapping with exactly one of its keys."""

    model_config = ConfigDict(json_schema_extra=_alternatives)

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        named = [
            field.alias or name for name, field in type(self).model_fields.items() if name in self.model_fields_set
        ]
        if len(named) == 1:
            return self
        allowed = ", ".join(sorted(type(self).keys()))
        if not named:
            raise fault(Code.ONE_OF, f"needs exactly one of {allowed}", help="write one of these keys")
        both = " and ".join(repr(name) for name in named)
        raise fault(Code.ONE_OF, f"needs exactly one of {allowed}, not {both}", help="keep one of them", beside=named)

    @property
    def member(self) -> tuple[str, Any]:
        """The key that is there, and its value."""
        for name, field in type(self).model_fields.items():
            if name in self.model_fields_set:
                return field.alias or name, getattr(self, name)
        raise AssertionError("validation lets no empty union through")
