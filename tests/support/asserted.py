"""What a rendered `terraform test` file asserts of a resource, as the dotted paths of its arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

from tfgen.hcl.tree import Access, Binary, Body, Call, ForTuple, Index, Literal, Null, Reference


@dataclass(frozen=True)
class Asserted:
    """A place below a resource's address that a condition reads, positions in lists left out."""

    path: str
    counted: bool
    """Whether only its presence or its length is looked at, and not what is in it."""

    def covers(self, path: str) -> bool:
        """Whether a change of the value at a path, or below it, would be seen."""
        return path == self.path or (not self.counted and path.startswith(f"{self.path}."))


def asserted(body: Body, resource: str) -> frozenset[Asserted]:
    """All that the conditions of a file read of the resource."""
    return frozenset(found for found in _read(body, (resource, "this"), {}) if found.path)


def _read(node: object, address: tuple[str, str], loops: Mapping[str, str]) -> Iterator[Asserted]:
    match node:
        case Call("length" | "keys", (of,)) | Binary("!=", of, Null()) if path := _path(of, address, loops):
            yield Asserted(path, counted=True)
        case ForTuple() if path := _path(node.collection, address, loops):
            yield from _read((node.result, node.condition), address, {**loops, node.names[-1]: path})
        case tuple():
            for part in node:
                yield from _read(part, address, loops)
        case _ if (path := _path(node, address, loops)) is not None:
            yield Asserted(path, counted=False)
        case _ if is_dataclass(node):
            for entry in fields(node):
                yield from _read(getattr(node, entry.name), address, loops)
        case _:
            pass


def _path(node: object, address: tuple[str, str], loops: Mapping[str, str]) -> str | None:
    """The path that an expression is, or None for anything else."""
    match node:
        case Reference(path) if path[:2] == address:
            return ".".join(path[2:])
        case Reference((name, *rest)) if name in loops:
            return ".".join((loops[name], *rest))
        case Access(of, name):
            above = _path(of, address, loops)
            return None if above is None else f"{above}.{name}"
        case Index(of, key):
            above = _path(of, address, loops)
            return f"{above}.{key.value}" if above is not None and isinstance(key, Literal) else above
        case _:
            return None
