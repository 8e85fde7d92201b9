"""The command `schema`. Knows no posture, only that there is a schema of them."""

from __future__ import annotations

import sys

from tfgen.diagnostics.visible import visible_json


def run_schema() -> None:
    """Print the JSON Schema of posture files."""
    from tfgen.posture import schema as made  # only this command needs it

    sys.stdout.write(visible_json(made()))
