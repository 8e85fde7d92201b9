"""A Terraform module as it lies in its directory: which blocks it has, and what its names stand for. Reads no file.

Files are parsed only when a word that is looked for stands in them, so that a directory of thousands of files costs
little more than its reading.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tfgen.diagnostics import Code, Diagnostic, Severity, Span, TfgenError
from tfgen.hcl.foreign import ForeignAttribute, ForeignBlock, ReadError, read_foreign
from tfgen.hcl.tree import Call, Expr, Reference
from tfgen.terraform.evaluate import evaluate
from tfgen.terraform.scope import Scope
from tfgen.terraform.values import Leaf, Node, Place, Symbol, assumed_of, assuming

_COLLECTIONS: Final = frozenset({"list", "set"})
_VALUES: Final = ".tfvars"
_LONGEST_CHAIN: Final = 40
"""How many local values and variables may lead from one to the next."""


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory of Terraform files: the path that names it, and each file's text by the file's path."""

    path: str
    texts: Mapping[str, str]


MOST_BLOCKS: Final = 20_000
"""How many blocks of a source are evaluated: loops inside loops make many of few."""


@dataclass
class Budget:
    """What a search through modules may still do, shared by all of them."""

    blocks: int = MOST_BLOCKS

    def take(self) -> None:
        """Count one block. Raises `TfgenError` when there were too many."""
        self.blocks -= 1
        if self.blocks < 0:
            raise TfgenError(f"the source makes more than {MOST_BLOCKS:,} blocks: import a smaller part of it")


Open = Callable[[str, str], Directory | str]
"""Opens the directory that a module's source names, seen from another directory; or says why that cannot be done."""
Read = Callable[[str], str]
"""Reads a file of the source, by its path as messages have it; raises `TfgenError` with the reason when it must not."""


@dataclass(frozen=True, slots=True)
class Above:
    """The root module of a module that is called, and where the called one lies seen from there."""

    root: str
    inside: str


@dataclass
class Module:
    """One module with what its caller hands over."""

    directory: Directory
    open: Open
    read: Read
    above: Above | None = None
    """Where the root is seen from this module; None for the root itself."""
    arguments: Mapping[str, Node] = field(default_factory=dict)
    address: str = ""
    """How Terraform calls it: `module.agents`; empty for the root."""
    problems: list[Diagnostic] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)
    context: Mapping[str, str] = field(default_factory=dict)
    """What data sources tell of whoever runs Terraform, such as `account`, by their types and attributes."""
    _parsed: dict[str, ForeignBlock | None] = field(default_factory=dict)
    _lines: dict[str, list[str]] = field(default_factory=dict)
    _known: dict[tuple[str, str], Node | None] = field(default_factory=dict)
    _assumed: dict[str, None] = field(default_factory=dict)
    """The variables whose default has been looked at for the attribute that is being evaluated."""

    def called(self, directory: Directory, above: Above, arguments: Mapping[str, Node], address: str) -> Module:
        """A module that this one calls, which adds to the same problems and takes of the same budget."""
        return Module(
            directory, self.open, self.read, above, arguments, address, self.problems, self.budget, self.context
        )

    def parse_all(self) -> None:
        """Parse every file, so that what is wrong in any of them is noted."""
        for path, text in self.directory.texts.items():
            self._file(path, text)

    def blocks(self, kind: str, *labels: str, holding: str = "") -> Iterator[tuple[ForeignBlock, str]]:
        """Every block of a type and with these first labels, with its file's path; of files that hold some word."""
        for path, text in self.directory.texts.items():
            if kind in text and holding in text and all(label in text for label in labels):
                parsed = self._file(path, text)
                for block in parsed.blocks if parsed is not None else ():
                    if block.type == kind and block.labels[: len(labels)] == labels:
                        yield block, path

    def resources(self, *types: str) -> Iterator[tuple[ForeignBlock, str]]:
        """Every resource of some types, in the order of the files."""
        wanted = frozenset(types)
        for path, text in self.directory.texts.items():
            if any(kind in text for kind in wanted):
                parsed = self._file(path, text)
                for block in parsed.blocks if parsed is not None else ():
                    if block.type == "resource" and len(block.labels) == 2 and block.labels[0] in wanted:
                        yield block, path

    def scope(self, place: Place) -> Scope:
        """The scope of an attribute of the module."""
        return Scope(self, place)

    def place(self, path: str, at: ForeignBlock | ForeignAttribute) -> Place:
        """Where a block or an attribute stands."""
        return self._place(path, at.line, at.column)

    def _place(self, path: str, line: int, column: int) -> Place:
        if path not in self._lines:
            self._lines[path] = self.directory.texts[path].split("\n")
        lines = self._lines[path]
        return Place(path, line, column, lines[line - 1].rstrip("\r") if line <= len(lines) else "")

    def value(self, attribute: ForeignAttribute, path: str, scope: Scope | None = None) -> Node:
        """The value of an attribute; what the tree cannot say is a symbol."""
        place = self.place(path, attribute)
        if attribute.expression is None:
            return Symbol(" ".join(attribute.source.split()), place)
        before, self._assumed = self._assumed, {}
        found = evaluate(attribute.expression, self.scope(place) if scope is None else scope.at(place))
        found, self._assumed = assuming(found, self._assumed), before
        return found

    def assumptions(self, attribute: ForeignAttribute, path: str) -> tuple[str, ...]:
        """The variables whose defaults are looked at to know an attribute, even where nothing of it is left."""
        before, self._assumed = self._assumed, {}
        if attribute.expression is not None:
            evaluate(attribute.expression, self.scope(self.place(path, attribute)))
        found, self._assumed = tuple(self._assumed), before
        return found

    @property
    def root(self) -> str:
        """The directory of the root module."""
        return self.directory.path if self.above is None else self.above.root

    @property
    def inside(self) -> str:
        """The module's directory as Terraform has it in `path.module`: seen from the root module's."""
        return "." if self.above is None else self.above.inside

    def text(self, path: str) -> str:
        """The text of a file that an expression names, seen from the root. Raises `TfgenError` when it is not read."""
        here = posixpath.normpath(path)
        own = self.inside == "." or here.startswith(f"{self.inside}/")
        if here.startswith("/") or (here.startswith("../") and not (own and self.inside.startswith("../"))):
            raise TfgenError(f"the file {path!r} is outside of the imported modules, and is not read")
        return self.read(posixpath.join(self.root, here))

    def look_up(self, path: tuple[str, ...], scope: Scope) -> tuple[Node, int] | None:
        """What the first steps of a dotted name stand for, and how many these are."""
        match path:
            case ("path", "module", *_):
                return Leaf(self.inside, scope.place), 2
            case ("path", "root", *_):
                return Leaf(".", scope.place), 2
            case ("var", name, *_):
                return self._variable(name, scope), 2
            case ("local", name, *_):
                found = self._local(name, scope)
                return None if found is None else (found, 2)
            case ("data", kind, name, attribute, *_) if kind_of := self.context.get(f"{kind}.{attribute}"):
                return Symbol(".".join(path[:4]), scope.place, name=kind_of, path=path[:4], context=kind_of), 4
            case ("data", _, name, *_):
                return Symbol(".".join(path[:3]), scope.place, label=name, path=path[:3]), 3
            case ("module", name, *_):
                return Symbol(".".join(path[:2]), scope.place, name=name, path=path[:2]), 2
            case (kind, name, *_) if "_" in kind:
                return Symbol(".".join(path[:2]), scope.place, label=name, path=path[:2]), 2
            case _:
                return None

    def _variable(self, name: str, scope: Scope) -> Node:
        if name in self.arguments:
            return self.arguments[name]
        key = ("var", name)
        if key not in self._known:
            self._known[key] = self._declared(name)
        found = self._known[key]
        if found is None:
            return Symbol(f"var.{name}", scope.place, name=name)
        if isinstance(found, Symbol) and found.default is not None:
            self._assumed[f"var.{name}"] = None
        return found

    def _declared(self, name: str) -> Node | None:
        for block, path in self.blocks("variable", name):
            place = self.place(path, block)
            said = {key: self.value(attribute, path) for key, attribute in block.attributes.items() if key != "type"}
            description = said.get("description")
            text = description.value if isinstance(description, Leaf) and isinstance(description.value, str) else ""
            kind = block.attributes.get("type")
            many = kind is not None and _is_collection(kind.expression)
            return Symbol(
                f"var.{name}",
                place,
                name=name,
                default=self._given(name) or said.get("default"),
                description=text,
                many=many,
                path=("var", name),
            )
        return None

    def _given(self, name: str) -> Node | None:
        """The value that a file of values beside the root module gives a variable; a later file wins."""
        found: Node | None = None
        for path, text in self.directory.texts.items() if not self.address else ():
            if path.endswith(_VALUES) and name in text:
                parsed = self._file(path, text)
                attribute = parsed.attributes.get(name) if parsed is not None else None
                found = self.value(attribute, path) if attribute is not None else found
        return found

    def _local(self, name: str, scope: Scope) -> Node | None:
        if name in scope.within:
            self._ring(name, scope)
            return None
        key = ("local", name)
        if key not in self._known:
            if len(scope.within) >= _LONGEST_CHAIN:
                return None
            self._known[key] = self._local_value(name, scope)
        found = self._known[key]
        if found is not None:
            self._assumed.update(dict.fromkeys(assumed_of(found)))
        return found

    def _local_value(self, name: str, scope: Scope) -> Node | None:
        for block, path in self.blocks("locals", holding=name):
            attribute = block.attributes.get(name)
            if attribute is not None:
                inner = replace(self.scope(scope.place), within=(*scope.within, name), depth=scope.depth)
                return self.value(attribute, path, inner)
        return None

    def _ring(self, name: str, scope: Scope) -> None:
        ring = scope.within[scope.within.index(name) :]
        said = " -> ".join(f"local.{one}" for one in (*ring, name))
        self.fault(Code.NOT_READ, f"local values refer to each other in a ring: {said}", scope.place)

    def fault(self, code: Code, message: str, place: Place, help: str = "") -> None:
        """Note an error once."""
        span = Span(place.line, place.column, place.line, place.column + 1)
        found = Diagnostic(code, Severity.ERROR, message, place.file, span, help, place.text)
        if found not in self.problems:
            self.problems.append(found)

    def _file(self, path: str, text: str) -> ForeignBlock | None:
        if path not in self._parsed:
            try:
                self._parsed[path] = read_foreign(text)
            except ReadError as wrong:
                self._parsed[path] = None
                self.fault(Code.NOT_READ, wrong.message, self._place(path, wrong.line, wrong.column))
        return self._parsed[path]


def _is_collection(kind: Expr | None) -> bool:
    match kind:
        case Call(name):
            return name in _COLLECTIONS
        case Reference((name,)):
            return name in _COLLECTIONS
        case _:
            return False
