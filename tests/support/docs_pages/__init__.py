"""Writes the generated pages of `docs/`: the posture reference, a page a code, tables of facts, the way of a value."""
