"""All proofs of one render, in order. Reads the plan and the rendered files; must not know how they were made."""

from __future__ import annotations

from collections.abc import Iterable

from tfgen.diagnostics import Finding
from tfgen.plan.model import Plan
from tfgen.proof import calls, claims, limits, meaning, necessary, schema, sufficient, text
from tfgen.render.layout import File


def prove(plan: Plan, files: Iterable[File], *, text_too: bool = True) -> tuple[Finding, ...]:
    """Prove the files of one plan. Gives what proofs 3 to 6 find; raises `InternalError` when 1 or 2 fails.

    Proofs 1 and 2 stand between a text and the disk: `text_too` is false where nothing will be written.
    """
    if text_too:
        parsed = {file.path: text.check(file.path, file.text, file.body) for file in files if file.body is not None}
        # Tests make nothing; that they say what they were to say is proof 1 already.
        modules = {path: body for path, body in parsed.items() if not path.endswith(".tftest.hcl")}
        schema.check(modules)
        meaning.check(plan, modules)
    found = (*sufficient.check(plan), *necessary.check(plan), *calls.check(plan), *limits.check(plan))
    return (*found, *claims.check(plan, plan.claims))
