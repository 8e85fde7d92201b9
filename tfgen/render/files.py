"""All files that one plan renders to: the only list of what a module contains. Touches no disk."""

from __future__ import annotations

from tfgen.plan.model import Plan
from tfgen.render import access, readme, role, root, tftest
from tfgen.render.layout import File


def tree(plan: Plan) -> tuple[File, ...]:
    """The root module with its parts below it, sorted by path."""
    return _sorted([*root.files(plan), readme.root_file(plan), *_parts(plan, root.PARTS)])


def parts(plan: Plan) -> tuple[File, ...]:
    """The parts alone, each a directory of its own, for publishing; sorted by path."""
    return _sorted(_parts(plan, ""))


def _parts(plan: Plan, above: str) -> list[File]:
    folder = f"{above}{role.NAME}/"
    files = [*role.files(plan, folder), readme.role_file(plan, folder), tftest.role_file(plan, folder)]
    if plan.has_access:
        folder = f"{above}{access.NAME}/"
        files += [*access.files(plan, folder), readme.access_file(plan, folder), tftest.access_file(plan, folder)]
    return files


def _sorted(files: list[File]) -> tuple[File, ...]:
    return tuple(sorted(files, key=lambda file: file.path))
