"""The two kinds of mappings in a posture: with fixed keys, and with exactly one of several keys. Knows none of them."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from tfgen.diagnostics import Code
from tfgen.posture.values import fault


class Model(BaseModel):
    """A mapping with fixed keys. It cannot change, takes no other key, and converts no value to another type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True, allow_inf_nan=False)

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        """Give the keys as they stand in the text, in the order of the fields."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())


class Empty(Model):
    """A mapping without keys: it says something by being there."""


class OneOf(Model):
    """A mapping with exactly one of its keys."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

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
