"""What the user says: the posture file as frozen values, and everything that is wrong with one. Knows no permission."""

from tfgen.posture.access import Access, Expect
from tfgen.posture.document import Posture
from tfgen.posture.harness import Harness
from tfgen.posture.inputs import InputDeclaration
from tfgen.posture.role import Role
from tfgen.posture.shape import Shape, shape, shapes
from tfgen.posture.validate import Validation, validate
from tfgen.posture.values import InputRef, Json, Table
from tfgen.posture.walk import InputUse, input_uses

__all__ = [
    "Access",
    "Expect",
    "Harness",
    "InputDeclaration",
    "InputRef",
    "InputUse",
    "Json",
    "Posture",
    "Role",
    "Shape",
    "Table",
    "Validation",
    "input_uses",
    "schema",
    "shape",
    "shapes",
    "validate",
]


def schema() -> dict[str, object]:
    """Make the JSON Schema (draft 2020-12) of a posture file; imported late, as few runs need it."""
    from tfgen.posture.json_schema import schema as made

    return made()
