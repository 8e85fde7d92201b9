"""All proofs of one render, in order. Reads the plan and the rendered files; must not know how they were made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest

from tfgen.diagnostics import Finding, InternalError
from tfgen.hcl.tree import Body
from tfgen.plan.model import Plan
from tfgen.plan.policies import policies
from tfgen.proof import calls, claims, complete, harness, limits, necessary, schema, sufficient, text, validations
from tfgen.proof.published import published
from tfgen.proof.reach.reachability import all_findings as reachable
from tfgen.proof.reach.read_back import parsed as network_of
from tfgen.proof.reach.view import NetworkView, planned
from tfgen.proof.rebuild import rebuild
from tfgen.render.layout import TEST, File


def prove(plan: Plan, files: Iterable[File], *, text_too: bool = True) -> tuple[Finding, ...]:
    """Prove the files of one plan. Gives what proofs 3 to 8 find; raises `InternalError` when 1 or 2 fails.

    Proofs 1 and 2 stand between a text and the disk: `text_too` is false where nothing will be written.
    """
    if not text_too:
        return asked(plan, () if plan.network is None else (planned(plan.network),))
    names = (plan.name, str(plan.harness_name))
    parsed = {file.path: text.check(file.path, file.text, file.body, names) for file in files if file.body is not None}
    read, networks = read_back(plan, parsed)
    same(plan, read)
    return asked(read, networks)


def same(plan: Plan, read: Plan) -> None:
    """Raise `InternalError` with the first policy that is not rendered as it was planned, or not for whom."""
    for meant, there in zip_longest(policies(plan), policies(read)):
        if meant is None or meant != there:
            raise InternalError(f"{(meant or there).name} is rendered as {there!r} and planned as {meant!r}")
    if read != plan:
        raise InternalError("the rendered text gives policies to others than was planned")


def read_back(plan: Plan, bodies: Mapping[str, Body]) -> tuple[Plan, tuple[NetworkView, ...]]:
    """The plan as parsed files (by path) say it, and the network that they describe.

    The proofs can be asked of it, whoever wrote the files. Raises `InternalError` when Terraform would refuse them, or
    where it cannot be told what they make.
    """
    # Tests make nothing; that they say what they were to say is proof 1 already.
    making = {path: body for path, body in bodies.items() if not path.endswith(TEST)}
    schema.check(making)
    validations.check(making)
    made = rebuild(making)
    complete.check(made)
    harness.check(plan, made)
    if plan.gateways:
        from tfgen.proof import decisions  # most plans have none, and need no Cedar

        decisions.again(plan, made)
    return published(plan, made), () if plan.network is None else (network_of(made),)


def asked(plan: Plan, networks: Iterable[NetworkView]) -> tuple[Finding, ...]:
    """What proofs 3 to 8 find of a plan, and of its network as it stands in the plan or in the text."""
    found = (*sufficient.check(plan), *necessary.check(plan), *calls.check(plan), *limits.check(plan))
    found += reachable(plan, *networks)
    found += tuple(claims.check(plan, plan.claims))
    if plan.gateways:
        from tfgen.proof import decisions  # see above

        found += tuple(decisions.check(plan))
    return found
