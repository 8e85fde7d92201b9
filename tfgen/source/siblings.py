"""The files that a posture names beside itself: found, read, and kept for their places. Knows no posture.

Nothing outside the posture's directory is read, whatever a path or a link says; no link is followed, and nothing but
regular files is opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from tfgen.diagnostics import Code, Diagnostic, Finding, Related, RelatedPlace, Route
from tfgen.source.builder import build
from tfgen.source.document import Document
from tfgen.source.text import Text, decode

LARGEST_BESIDE: Final = 1024 * 1024
"""How many bytes a file beside a posture may have: more than twice of what AgentCore takes."""
MOST_MATCHED: Final = 1000
"""How many files a pattern may match."""


@dataclass(frozen=True, slots=True)
class WantedSibling:
    """A file, or files, that the posture names at a route."""

    route: Route
    pattern: str
    """A path from the posture's directory, without dots for a parent; `*` stands for any characters of a name."""
    data: bool
    """Whether it is JSON or YAML, rather than any text."""


@dataclass(frozen=True)
class Siblings:
    """What was read, by the path from the posture's directory."""

    texts: Mapping[str, Text] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)
    matched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each pattern its files, sorted."""
    findings: tuple[Finding, ...] = ()
    """What cannot be found, at its route in the posture."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """What is wrong inside the files."""

    def diagnostic(self, finding: Finding, posture: Document) -> Diagnostic:
        """Join a finding about the posture or one of the files with its place there, and with its related places."""
        document = self.documents.get(finding.file) if finding.file else posture
        if document is not None:
            made = document.diagnostic(finding)
        else:
            text = self.texts[finding.file]
            span = text.span(*(finding.extent or (0, 0)))
            line = text.line(span.line)
            made = Diagnostic(finding.code, finding.severity, finding.message, text.name, span, finding.help, line)
        return replace(made, related=tuple(place for one in finding.related for place in self._related(one, posture)))

    def _related(self, related: Related, posture: Document) -> Iterator[RelatedPlace]:
        document = self.documents.get(related.file) if related.file else posture
        if document is not None:
            yield from document.related(related)
        else:
            text = self.texts[related.file]
            span = text.span(*(related.extent or (0, 0)))
            yield RelatedPlace(related.label, text.name, span, text.line(span.line))


def read_siblings(posture: str, wanted: Iterable[WantedSibling]) -> Siblings:
    """Read all that a posture file names; the paths of one from standard input begin at the current directory."""
    base = Path() if posture == "-" else Path(posture).parent
    texts: dict[str, Text] = {}
    documents: dict[str, Document] = {}
    matched: dict[str, tuple[str, ...]] = {}
    findings: list[Finding] = []
    diagnostics: list[Diagnostic] = []
    for one in wanted:
        found = tuple(sorted(_matching(base, one.pattern.split("/"))))[: MOST_MATCHED + 1]
        if not found or len(found) > MOST_MATCHED:
            many = f"more than {MOST_MATCHED:,} files match {one.pattern!r}"
            message = many if found else f"there is no file {one.pattern!r} beside the posture"
            findings.append(Finding(Code.BESIDE, message, one.route, "paths begin at the posture's directory"))
            continue
        matched[one.pattern] = found
        for path in found:
            if path in (documents if one.data else texts):
                continue
            read = _read(base, path)
            if isinstance(read, str):
                findings.append(Finding(Code.BESIDE, f"the file {path!r} {read}", one.route))
                continue
            decoded = decode(read, (base / path).as_posix())
            if not isinstance(decoded, Text):
                diagnostics += decoded
            elif not one.data:
                texts[path] = decoded
            elif isinstance(built := build(decoded), tuple):
                diagnostics += (replace(found_, file=decoded.name) for found_ in built)
            else:
                documents[path] = Document(built.data, decoded, built.root)
    return Siblings(texts, documents, matched, tuple(findings), tuple(diagnostics))


def _matching(base: Path, steps: list[str], above: str = "") -> Iterator[str]:
    """Yield the paths below a directory that fit, step by step; links to directories are not gone into."""
    step, *rest = steps
    names = (entry.name for entry in _entries(base / above)) if "*" in step else (step,)
    for name in names:
        if not _fits(name, step):
            continue
        mode = _mode(base / above / name)
        if rest and stat.S_ISDIR(mode):
            yield from _matching(base, rest, f"{above}{name}/")
        elif not rest and mode and not stat.S_ISDIR(mode):
            yield f"{above}{name}"


def _fits(name: str, step: str) -> bool:
    """Whether a name fits a step of a pattern; a name that begins with a dot fits none."""
    first, *inner = step.split("*")
    if not inner:
        return name == step
    if name.startswith(".") or not name.startswith(first):
        return False
    at = len(first)
    *inner, last = inner
    for piece in inner:
        at = name.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return len(name) - at >= len(last) and name.endswith(last)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _mode(path: Path) -> int:
    """The kind of what stands at a path, a link for itself; 0 for nothing."""
    try:
        return path.lstat().st_mode
    except (OSError, ValueError):
        return 0


def _read(base: Path, path: str) -> bytes | str:
    """The bytes of a file, one more than are accepted at most; or why it is not read."""
    if stat.S_ISLNK(_mode(base / path)):
        return "is a link, and links are not followed"
    try:
        # Whatever has been put in its place since it was looked at is not followed and does not block.
        handle = os.open(base / path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return "is no regular file"
            data = file.read(LARGEST_BESIDE + 1)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return f"has more than {LARGEST_BESIDE:,} bytes" if len(data) > LARGEST_BESIDE else data
