"""All files that one plan renders to: the only list of what a module contains. Touches no disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tfgen.plan.model import PartName, Plan
from tfgen.render import access, gateway_policy, harness, network, readme, role, root
from tfgen.render.layout import File, carried_file, posture_file
from tfgen.render.part import Part, terraform_files

PARTS: Final[Mapping[PartName, Callable[[Plan], Part]]] = {
    PartName.EXECUTION_ROLE: role.part,
    PartName.ACCESS: access.part,
    PartName.NETWORK: network.part,
    PartName.GATEWAY_POLICY: gateway_policy.part,
    PartName.HARNESS: harness.part,
}
"""What renders each part."""


def tree(plan: Plan) -> tuple[File, ...]:
    """The root module with its parts below it, sorted by path."""
    made = _made(plan)
    own = [*root.files(plan, made), readme.root_file(plan, made), posture_file(plan.name, plan.posture)]
    own += [carried_file(plan.name, file) for file in plan.carried]
    return _sorted([*own, *_files(plan, made, root.PARTS)])


def parts(plan: Plan) -> tuple[File, ...]:
    """The parts alone, each a directory of its own, for publishing; sorted by path."""
    return _sorted(_files(plan, _made(plan), ""))


def _made(plan: Plan) -> tuple[Part, ...]:
    return tuple(PARTS[name](plan) for name in plan.parts)


def _files(plan: Plan, made: tuple[Part, ...], above: str) -> list[File]:
    files: list[File] = []
    for part in made:
        folder = f"{above}{part.name}/"
        files += [*terraform_files(plan, part, folder), readme.part_file(plan, part, folder)]
    return files


def _sorted(files: list[File]) -> tuple[File, ...]:
    return tuple(sorted(files, key=lambda file: file.path))
