"""All proofs of one render, in order. Reads the plan and the rendered files; must not know how they were made."""

from __future__ import annotations

from collections.abc import Iterable

from tfgen.diagnostics import Finding
from tfgen.plan.model import Plan
from tfgen.proof import calls, claims, limits, meaning, necessary, schema, sufficient, text, validations
from tfgen.proof.reach.links import all_findings as reachable
from tfgen.proof.reach.parsed import parsed as parsed_world
from tfgen.proof.reach.world import World, planned
from tfgen.render.layout import TEST, File


def prove(plan: Plan, files: Iterable[File], *, text_too: bool = True) -> tuple[Finding, ...]:
    """Prove the files of one plan. Gives what proofs 3 to 8 find; raises `InternalError` when 1 or 2 fails.

    Proofs 1 and 2 stand between a text and the disk: `text_too` is false where nothing will be written.
    """
    worlds: list[World] = [planned(plan.network)] if plan.network is not None else []
    if text_too:
        names = (plan.name, str(plan.harness_name))
        parsed = {
            file.path: text.check(file.path, file.text, file.body, names) for file in files if file.body is not None
        }
        # Tests make nothing; that they say what they were to say is proof 1 already.
        making = {path: body for path, body in parsed.items() if not path.endswith(TEST)}
        schema.check(making)
        validations.check(making)
        made = meaning.check(plan, making)
        worlds += [parsed_world(made)] if plan.network is not None else []
        if plan.gateways:
            from tfgen.proof import decisions  # most plans have none, and need no Cedar

            decisions.again(plan, making)
    found = (*sufficient.check(plan), *necessary.check(plan), *calls.check(plan), *limits.check(plan))
    found += reachable(plan, *worlds)
    found += tuple(claims.check(plan, plan.claims))
    if plan.gateways:
        from tfgen.proof import decisions  # see above

        found += tuple(decisions.check(plan))
    return found
