"""The JSON Schema of a posture file, for editors. Knows no key: everything comes from the model's fields."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from tfgen.posture.document import Posture
from tfgen.posture.shape import shape
from tfgen.posture.values import INPUT_MARK, Table, text_schema


class _Generate(GenerateJsonSchema):
    """Leaves out `null`, which no key takes, and defaults that only say that a key was left out."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        default = schema.get("default")
        if default is None or default == () or isinstance(default, Table):
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)


def schema() -> dict[str, Any]:
    """Make the JSON Schema (draft 2020-12) of a posture file; the same on every call."""
    made = Posture.model_json_schema(schema_generator=_Generate)
    definitions: dict[str, Any] = {**made.pop("$defs"), "Input": _input_schema()}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:tfgen:posture:1",
        **made,
        "title": "tfgen posture",
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }
    found: dict[str, Any] = _with_inputs(head)
    for part in (found, *found["$defs"].values()):
        for mapping in (part, *part.get("oneOf", ())):
            for key, value in mapping.get("properties", {}).items():
                mapping["properties"][key] = _described(key, value, found["$defs"])
    return found


def _input_schema() -> dict[str, Any]:
    name = shape("input-name")
    return {
        "title": "Input",
        "description": "An input of the module in place of a value.",
        "type": "object",
        "properties": {
            "input": {
                "title": "Input",
                "description": "Name of an input that is declared under `inputs`.",
                **text_schema(name),
            }
        },
        "required": ["input"],
        "additionalProperties": False,
    }


def _with_inputs(part: Any) -> Any:  # noqa: ANN401 - it is free JSON
    """Put the schema of an input where the model left its mark."""
    if isinstance(part, dict):
        if part == {INPUT_MARK: True}:
            return {"$ref": "#/$defs/Input"}
        return {key: _with_inputs(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_with_inputs(value) for value in part]
    return part


def _described(key: str, value: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Give a property that only refers to a definition a title and a description of its own."""
    definition = definitions.get(value.get("$ref", "").rpartition("/")[2], {})
    own = {"title": key.replace("_", " ").title(), "description": definition.get("description", "")}
    described = {**own, **value}
    if "`" in described["description"]:  # plain descriptions are shown letter by letter
        described["markdownDescription"] = described["description"]
    return described
