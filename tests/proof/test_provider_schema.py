"""Our check of rendered text says what `terraform validate` says of it: of all that is rendered, and of much else."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tarfile
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import history
import jsii
import packages
import pytest
import since
from hypothesis import given
from hypothesis import strategies as st
from oldest_provider import RELEASES, SETTINGS, of_oldest, releases
from terraform_harness import Terraform, write_batch

from tfgen.app.render import render
from tfgen.catalog import provider
from tfgen.catalog.provider_resource import provider_resource
from tfgen.diagnostics import InternalError
from tfgen.hcl.printer import print_file
from tfgen.hcl.read import read
from tfgen.hcl.tree import Attribute, Blank, Block, Body, Comment, Item, Literal, Object, Reference, Tuple
from tfgen.proof import schema

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "tools" / "provider_schema"
NESTED = read((ROOT / "tests" / "fixtures" / "nested" / "main.tf").read_text(encoding="utf-8"))
POSTURES = [
    *sorted((ROOT / "examples").glob("*/posture.yaml")),
    *sorted((ROOT / "tests" / "cases" / "ok").glob("*.yaml")),
]

Files = Mapping[str, Body]


def rendered(path: Path) -> Files:
    """The Terraform files of a posture, without tests, parsed."""
    made = render(str(path), to_write=False)
    assert made.files, made.diagnostics
    return {name: read(text) for name, text in made.files if name.endswith(".tf")}


def own(files: Files) -> Files:
    """The files of one part, as a module that stands alone."""
    return {name.rpartition("/")[2]: body for name, body in files.items()}


def part(path: Path, name: str) -> Files:
    return own({file: body for file, body in rendered(path).items() if file.startswith(f"modules/{name}/")})


# --- One fault each --------------------------------------------------------------------------------------------------


def variants(body: Body) -> Iterator[tuple[str, Body]]:
    """A file, each time with one thing of a resource or data source wrong, and what was done."""
    for index, node in enumerate(body):
        if isinstance(node, Block) and node.type in {"resource", "data"}:
            address = ".".join(node.labels)
            for said, changed in (*_renamed(node), *_of_block(node, node.type, node.labels[0])):
                yield f"{address}: {said}", (*body[:index], changed, *body[index + 1 :])


def _renamed(node: Block) -> Iterator[tuple[str, Block]]:
    yield "an unknown type", replace(node, labels=(f"{node.labels[0]}_x", *node.labels[1:]))
    yield "another name", replace(node, labels=(node.labels[0], f"{node.labels[1]}_x"))
    yield (
        "a computed argument",
        replace(node, body=(Attribute("tags_all" if _tagged(node) else "arn", Object()), *node.body)),
    )
    yield "an unknown block", replace(node, body=(*node.body, Block("no_such_block")))


def _tagged(node: Block) -> bool:
    found = provider.body(node.type, node.labels[0])
    return found is not None and "tags_all" in found.attributes


def _of_block(node: Block, kind: str, name: str) -> Iterator[tuple[str, Block]]:
    """The block with one node of its body, however deep, changed."""
    for index, inner in enumerate(node.body):
        if isinstance(inner, Blank | Comment) or (isinstance(inner, Block) and inner.type == "lifecycle"):
            continue
        for said, changed in _of_node(inner, kind, name):
            kept = (*node.body[:index], *changed, *node.body[index + 1 :])
            yield said, replace(node, body=_tidy(kept))


def _of_node(inner: Attribute | Block, kind: str, name: str) -> Iterator[tuple[str, tuple[Attribute | Block, ...]]]:
    if isinstance(inner, Attribute):
        yield f"{inner.name} renamed", (replace(inner, name=f"{inner.name}_x"),)
        yield f"{inner.name} left out", ()
        yield f"{inner.name} as a block", (Block(inner.name),)
        yield f"{inner.name} as an object", (Attribute(inner.name, Object()),)
        yield f"{inner.name} as a list", (Attribute(inner.name, Tuple((Tuple(),))),)
        yield f"{inner.name} as a word", (Attribute(inner.name, Literal("no word that fits")),)
        return
    yield f"{inner.type} left out", ()
    if inner.type != "dynamic":
        yield f"{inner.type} renamed", (replace(inner, type=f"{inner.type}_x"),)
        yield f"{inner.type} as an argument", (Attribute(inner.type, Object()),)
        yield f"{inner.type} twice", (inner, inner)
        yield f"{inner.type} labelled", (replace(inner, labels=("x",)),)
    yield from ((f"{inner.type}.{said}", (changed,)) for said, changed in _of_block(inner, kind, name))


def _tidy(body: tuple[Attribute | Block | Comment | Blank, ...]) -> Body:
    """A body without empty lines at its ends or in a row."""
    kept: list[Attribute | Block | Comment | Blank] = []
    for node in body:
        if not isinstance(node, Blank) or (kept and not isinstance(kept[-1], Blank)):
            kept.append(node)
    return tuple(kept[:-1] if kept and isinstance(kept[-1], Blank) else kept)


def all_variants() -> Iterator[tuple[str, Files]]:
    """Wrong modules, and some that a change left right, by what was done: each change to each type once."""
    seen: set[tuple[str, str]] = set()
    bases: tuple[Files, ...] = (
        {"main.tf": NESTED},
        part(ROOT / "examples" / "minimal" / "posture.yaml", "execution-role"),
        part(ROOT / "examples" / "support-agent" / "posture.yaml", "access"),
    )
    for files in bases:
        for said, body in variants(files["main.tf"]):
            what = (said.partition(".")[0], said.partition(": ")[2])
            if what not in seen:
                seen.add(what)
                yield said, {**files, "main.tf": body}


# What a provider decides by code of its own, of which no schema tells: the form of a text, and which arguments of
# several there must be. What a posture says is checked for that before it is rendered.
BY_CODE = re.compile(
    r"""Invalid\ Attribute\ Value | Missing\ Attribute\ Configuration | Invalid\ combination\ of\ arguments
    | expected\ .+\ to\ be\ one\ of | invalid\ value\ for
    | .*contains\ an\ invalid\ JSON\ policy | .*is\ an\ invalid\ ARN
    | Missing\ required\ argument:\ The\ argument\ "\w+\.\d+\.""",
    re.VERBOSE,
)

# Terraform looks into a dynamic block only when it knows for what it is made, which is after validation.
UNSEEN = re.compile(r"dynamic\.content\.|dynamic\.for_each as a list")


@pytest.mark.terraform
def test_both_judge_alike(terraform: Terraform, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    modules: dict[str, tuple[str, Files]] = {}
    for number, (said, files) in enumerate(all_variants()):
        modules[f"m{number:04}"] = (said, files)
    for name, (_, files) in modules.items():
        for file, body in files.items():
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / file).write_text(print_file(body), encoding="utf-8")
    refused = _refused(terraform, tmp_path, list(modules))
    differ: list[str] = []
    counts = Counter(judged=len(modules))
    for name, (said, files) in modules.items():
        ours, theirs = list(schema.faults(files)), refused.get(name, [])
        counts["wrong to both"] += bool(ours and theirs)
        counts["right to both"] += not (ours or theirs)
        if theirs and not ours and all(BY_CODE.match(one) for one in theirs):
            counts["refused by a provider's own code"] += 1
        elif bool(ours) != bool(theirs) and UNSEEN.search(said):
            counts["not seen by one of them"] += 1
        elif bool(ours) != bool(theirs):
            differ.append(f"{said}: we say {ours}, terraform {theirs}")
    with capsys.disabled():
        print(f"\nmodules and `terraform validate`: {', '.join(f'{n} {what}' for what, n in counts.items())}", end="")
    assert differ == []
    assert counts["wrong to both"] > 300
    assert counts["right to both"] > 50
    assert counts["refused by a provider's own code"] < 30


def read_all(tree: Path) -> Body:
    """All blocks of a module."""
    return tuple(node for path in sorted(tree.glob("*.tf")) for node in read(path.read_text(encoding="utf-8")))


def _given(body: Body) -> dict[str, object]:
    """A value for each variable without a default: what it is does not matter to a validation."""
    found: dict[str, object] = {}
    for node in body:
        if isinstance(node, Block) and node.type == "variable":
            facts = {part.name: part.value for part in node.body if isinstance(part, Attribute)}
            if "default" not in facts:
                found[node.labels[0]] = "x" if facts["type"] == Reference(("string",)) else ["x"]
    return found


def _refused(terraform: Terraform, folder: Path, names: list[str]) -> dict[str, list[str]]:
    """What terraform says of modules, all called from one root."""
    trees = {name: folder / name for name in names}
    root = write_batch(folder / "root", trees, {name: _given(read_all(tree)) for name, tree in trees.items()})
    terraform.init(root)
    done = terraform.run("validate", "-json", cwd=root, check=False)
    found: dict[str, list[str]] = {}
    for diagnostic in json.loads(done.stdout)["diagnostics"]:
        place = diagnostic.get("range", {}).get("filename", "")
        name = next((part for part in Path(place).parts if part in names), "")
        found.setdefault(name, []).append(f"{diagnostic['summary']}: {diagnostic['detail']}")
    return found


# --- All that is right -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", POSTURES, ids=lambda path: path.parent.name if path.stem == "posture" else path.stem)
def test_all_that_is_rendered_is_right(path: Path) -> None:
    assert list(schema.faults(rendered(path))) == []


def test_what_is_nested_is_right() -> None:
    assert list(schema.faults({"main.tf": NESTED})) == []


def test_a_fault_is_our_bug() -> None:
    body = tuple(node for node in NESTED if not (isinstance(node, Block) and node.labels == ("vpc_id",)))
    with pytest.raises(InternalError, match=r"var\.vpc_id is not declared"):
        schema.check({"main.tf": _tidy(body)})


def test_no_type_is_rendered_that_the_files_do_not_know() -> None:
    named = re.compile(r"(?:aws|awscc)_[a-z0-9_]+")
    written = {
        node.value
        for path in (ROOT / "tfgen" / "render").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and named.fullmatch(node.value)
    }
    known = {*provider.names("resource"), *provider.names("data"), "aws_service_name"}  # the last is an argument
    assert len(written) >= 5
    # A name may be put together of two halves, of which this is the first.
    assert [
        name
        for name in written
        if not any(one == name or (name.endswith("_") and one.startswith(name)) for one in known)
    ] == []


# --- Versions and calls, which terraform looks up elsewhere ----------------------------------------------------------


def harness(*inner: Attribute | Block, version: str = ">= 6.46") -> Files:
    required = Attribute("aws", Object((Item("source", Literal("hashicorp/aws")), Item("version", Literal(version)))))
    model = Block("model", body=(Block("bedrock_model_config", body=(Attribute("model_id", Literal("m")),)),))
    body = (
        Attribute("harness_name", Literal("a")),
        Attribute("execution_role_arn", Literal("arn:aws:iam::123456789012:role/a")),
        model,
        Block("system_prompt", body=(Attribute("text", Literal("t")),)),
        *inner,
    )
    return {
        "main.tf": (
            Block("terraform", body=(Block("required_providers", body=(required,)),)),
            Block("resource", ("aws_bedrockagentcore_harness", "this"), body),
        )
    }


MEMORY = Block("memory", body=(Block("agentcore_memory_configuration", body=(Attribute("arn", Literal("a")),)),))
DISABLED = Block("memory", body=(Block("disabled"),))


@pytest.mark.parametrize(
    ("inner", "version", "right"),
    [
        ((MEMORY,), ">= 6.46", True),
        ((MEMORY,), ">= 6.45", False),
        ((MEMORY,), ">= 5.100", False),
        ((), ">= 6.59", False),
        ((), ">= 6.60", True),
        ((DISABLED,), ">= 6.59", False),
        ((DISABLED,), ">= 6.60.0", True),
        ((MEMORY, Block("environment")), ">= 6.60.9", False),
        ((MEMORY, Block("environment")), ">= 6.61", True),
        ((MEMORY, Block("skill", body=(Attribute("path", Literal("/a")),))), ">= 6.46", True),
        ((MEMORY, Block("skill", body=(Block("aws_skills"),))), ">= 6.63", False),
        ((MEMORY, Block("skill", body=(Block("aws_skills"),))), ">= 7", True),
    ],
)
def test_versions(inner: tuple[Block, ...], version: str, right: bool) -> None:
    assert (list(schema.faults(harness(*inner, version=version))) == []) == right


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        (Block("truncation", body=(Attribute("strategy", Literal("none")),)), ""),
        (Attribute("hooks", Tuple()), "hooks is not known there"),
        (Attribute("memory", Object()), "memory is a block there"),
        (Attribute("harness_id", Literal("a")), "harness_id cannot be set"),
        (Attribute("max_iterations", Literal("many")), "max_iterations is a single value, and is to be a number"),
        (Block("environment_variables"), "environment_variables is an argument there"),
        (Block("tool"), "tool: type is missing"),
        (Block("model"), "2 blocks model, and 1 may be there"),
    ],
)
def test_a_harness(inner: Attribute | Block, said: str) -> None:
    found = list(schema.faults(harness(inner, version=">= 7")))
    assert any(said in fault for fault in found) if said else found == []


# --- The files -------------------------------------------------------------------------------------------------------


def test_every_entry_says_where_it_is_from() -> None:
    for name in provider.PROVIDERS:
        facts = provider.sources(name)
        raw = json.loads((ROOT / "tfgen" / "catalog" / "provider" / f"{name}.json").read_text(encoding="utf-8"))
        for kind in ("resource", "data"):
            for entry in raw.get(kind, {}).values():
                assert entry["sources"]
                assert set(entry["sources"]) <= set(facts)
        for fact in facts.values():
            assert date.fromisoformat(fact["date"]) < date(2026, 11, 25)
            assert fact["version"]


def test_every_since_is_of_something_that_is_there() -> None:
    for row in provider.since():
        body = provider.body("resource", row.resource)
        assert body is not None, row.resource
        assert row.basis in {"schema", "documented", "observed", "inferred"}
        assert row.source.startswith("https://")
        for path in row.paths:
            assert _leads(body, path.split(".")), path


def _leads(body: provider.Body, path: list[str]) -> bool:
    """Whether a path leads to something that is written in the body."""
    member = body.member(path[0])
    if len(path) == 1 or member is None:
        return member is not None
    return isinstance(member, provider.Nested) and _leads(member.body, path[1:])


def test_every_resource_of_the_newer_provider_has_a_version() -> None:
    known = {row.resource for row in provider.since() if not row.paths}
    newer = {name for name in provider.names("resource") if "bedrockagentcore" in name}
    assert newer == known


def test_every_row_of_the_script_has_its_reason() -> None:
    rows = (*SETTINGS["override"], *SETTINGS["since"])
    assert all(row["why"] and row["source"].startswith("https://") for row in rows)
    pinned = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]["schema"]
    named = {"pulumi": "pulumi-aws", "cloudformation": "cfn-lint"}
    assert set(pinned) == {f"{named[key]}=={SETTINGS['source'][key]['version']}" for key in named}


# --- Releases of the providers ---------------------------------------------------------------------------------------


def test_since_is_what_the_releases_say() -> None:
    written = (ROOT / "tfgen" / "catalog" / "provider" / "since.toml").read_text(encoding="utf-8")
    assert written == since.text(SETTINGS, RELEASES)


def test_the_newest_release_is_what_the_files_say() -> None:
    """But for what no schema says: how many there may be, and what a provider checks by code."""
    for name, found in RELEASES.items():
        raw = json.loads((ROOT / "tfgen" / "catalog" / "provider" / f"{name}.json").read_text(encoding="utf-8"))
        for resource, changes in found["resource"].items():
            block = history.at(changes, releases(name)[-1])
            assert block is not None
            assert dict(_said(raw["resource"][resource])) == dict(_said(block))


def _said(block: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, object]]:
    """The kind of each argument by its path, and which nobody can set."""
    for name, one in block["attributes"].items():
        yield f"{above}{name}", (one.get("type", one.get("nested")), one["mode"] == "computed")
        yield from _said({"attributes": one.get("attributes", {}), "blocks": {}}, f"{above}{name}.")
    for name, one in block["blocks"].items():
        yield f"{above}{name}", one["nesting"]
        yield from _said(one, f"{above}{name}.")


def row(version: str, paths: list[str], basis: str = "observed", **more: object) -> dict[str, Any]:
    return {
        "resource": "aws_thing",
        "paths": paths,
        "version": version,
        "basis": basis,
        "why": "w",
        "source": "s",
        **more,
    }


def test_what_is_kept_by_hand_cannot_say_less_than_the_releases() -> None:
    text = {"type": "string", "mode": "optional"}
    part = {"nesting": "list", "attributes": {}, "blocks": {}}
    changes = history.recorded(
        [
            ("1.9.0", None),
            ("1.10.0", {"attributes": {"a": {**text, "mode": "required"}}, "blocks": {}}),
            ("1.11.0", {"attributes": {"a": text, "b": text}, "blocks": {}}),
            ("1.12.0", {"attributes": {"a": text}, "blocks": {"b": part}}),
        ]
    )
    known = ["1.9.0", "1.10.0", "1.11.0", "1.12.0"]

    def computed(*kept: dict[str, Any]) -> list[tuple[str, str, bool]]:
        rows = since.rows("x/aws", "aws_thing", changes, known, kept)
        return [(one["version"], ",".join(one.get("paths", [])), one.get("absent", False)) for one in rows]

    assert computed() == [("1.10.0", "", False), ("1.11.0", "a", True), ("1.12.0", "b", False)]
    assert computed(row("1.13.0", ["b"])) == [("1.10.0", "", False), ("1.11.0", "a", True), ("1.13.0", "b", False)]
    with pytest.raises(ValueError, match=r"1\.11\.0 is said, and 1\.12\.0 read"):
        computed(row("1.11.0", ["b"]))
    with pytest.raises(ValueError, match="the schemas decide it"):
        computed(row("1.12.0", ["b"], "inferred"))
    with pytest.raises(ValueError, match="no row says since when"):
        since.rows("x/aws", "aws_thing", changes, known[1:], ())


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from(("block", "string", "object"))), max_size=6))
def test_each_release_is_put_together_again(made: list[dict[str, str]]) -> None:
    readings: list[tuple[str, dict[str, Any] | None]] = [("0.1", None)]
    for number, members in enumerate(made):
        inner = {"x": {"type": "string", "mode": "optional"}}
        block: dict[str, Any] = {"attributes": {}, "blocks": {}}
        for name, kind in members.items():
            if kind == "block":
                block["blocks"][name] = {"nesting": "list", "attributes": inner, "blocks": {}}
            elif kind == "object":
                block["attributes"][name] = {"nested": "single", "mode": "optional", "attributes": inner}
            else:
                block["attributes"][name] = {"type": "string", "mode": "required"}
        readings.append((f"1.{number}", block))
    changes = json.loads(json.dumps(history.recorded(readings)))
    assert [history.at(changes, release) for release, _ in readings] == [block for _, block in readings]


# --- What is rendered, by the schema of the oldest version that it takes ----------------------------------------------


@pytest.mark.parametrize("path", POSTURES, ids=lambda path: path.parent.name if path.stem == "posture" else path.stem)
def test_the_oldest_version_that_is_taken_has_all_that_is_rendered(path: Path) -> None:
    files = rendered(path)
    for folder in {name.rpartition("/")[0] for name in files}:
        module = [node for name, body in files.items() if name.rpartition("/")[0] == folder for node in body]
        assert list(of_oldest(tuple(module))) == []


def test_every_name_of_a_carrier_is_an_argument_of_it() -> None:
    for name in provider.PROVIDERS:
        found = provider_resource(name)
        known = set(_names(found.body))
        assert [one for one in (*found.names.values(), found.key) if one and one not in known] == []
        assert [key for key in found.names if key in known] == [], "no other name is needed where the key is one"


def _names(body: provider.Body) -> Iterator[str]:
    for name in (*body.attributes, *body.blocks):
        yield name
        if isinstance(member := body.member(name), provider.Nested):
            yield from _names(member.body)
        elif isinstance(member, provider.Attribute):
            kind = member.kind.of if isinstance(member.kind, provider.Many) else member.kind
            yield from _names(provider.Body(kind.attributes, {})) if isinstance(kind, provider.Fields) else ()


# --- Packages as they are read ---------------------------------------------------------------------------------------

# As the compilers of older and of newer packages write it: fields in the constructor, or in the class.
OLDER = """
class ThingPartOutputReference extends cdktf.ComplexObject {
    get names() {
        return cdktf.Fn.tolist(this.getListAttribute('names'));
    }
    set names(value) {
    }
    resetNames() {
    }
    get size() {
        return this.getNumberAttribute('size');
    }
    set size(value) {
    }
}
class Thing extends cdktf.TerraformResource {
    constructor(scope, id, config) {
        this._tagsAll = new cdktf.StringMap(this, "tags_all");
        this._part = new ThingPartList(this, "part", true);
        this._only = new ThingPartOutputReference(this, "only");
        this._filled = new ThingPartList(this, "filled", false);
    }
    get displayName() {
        return this.getStringAttribute('display_name');
    }
    set displayName(value) {
    }
    get tagsAll() {
        return this._tagsAll;
    }
    get part() {
        return this._part;
    }
    putPart(value) {
    }
    resetPart() {
    }
    get only() {
        return this._only;
    }
    putOnly(value) {
    }
    get filled() {
        return this._filled;
    }
    putFilled(value) {
    }
    resetFilled() {
    }
    synthesizeHclAttributes() {
        const attrs = {
            display_name: {
                value: cdktf.stringToHclTerraform(this._displayName),
                isBlock: false,
                type: "simple",
                storageClassType: "string",
            },
            only: {
                value: cdktf.listMapperHcl(thingPartToHclTerraform, true)(this._only.internalValue),
                isBlock: true,
                type: "list",
                storageClassType: "ThingPartList",
            },
        };
    }
}
"""
TYPES = """
export interface ThingConfig extends cdktf.TerraformMetaArguments {
    /**
    * part block
    */
    readonly part?: ThingPart[];
    /**
    * only block
    */
    readonly only: ThingPart;
    readonly filled?: ThingPart[];
}
"""
FIELDS = re.compile(r"^    constructor.*?^    \}$", re.MULTILINE | re.DOTALL)
IN_PART = {
    "names": {"type": ["set", "string"], "mode": "optional"},
    "size": {"type": "number", "mode": "required"},
}


@pytest.mark.parametrize("newer", [False, True])
def test_a_package_is_read(newer: bool) -> None:
    code = OLDER
    if newer:
        fields = re.findall(r"this\.(_\w+ = new .*)", OLDER)
        code = FIELDS.sub("\n".join(f"    {field}" for field in fields), OLDER)
        assert code != OLDER
    read_ = jsii.resource(code, TYPES, nested=False)
    assert read_["attributes"] == {
        "display_name": {"type": "string", "mode": "required"},
        "tags_all": {"type": ["map", "string"], "mode": "computed"},
        "filled": {"type": ["list", {"names": ["set", "string"], "size": "number"}], "mode": "optional"},
    }
    part = {"attributes": IN_PART, "blocks": {}}
    assert read_["blocks"] == {
        "part": {"nesting": "set", **part},
        "only": {"min": 1, "nesting": "list", "max": 1, **part},
    }
    filled = jsii.resource(code, TYPES, nested=True)["attributes"]["filled"]
    assert filled == {"nested": "list", "attributes": IN_PART, "mode": "optional"}


def test_a_wheel_is_opened(tmp_path: Path) -> None:
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        texts = {"thing/index.js": "a\n//# sourceMappingURL=b", "thing/index.d.ts": "c", "x/index.js": "d"}
        for name, text in texts.items():
            member = tarfile.TarInfo(f"package/lib/{name}")
            member.size = len(text)
            tar.addfile(member, BytesIO(text.encode()))
    with zipfile.ZipFile(tmp_path / "wheel", "w") as wheel:
        wheel.writestr(zipfile.ZipInfo("made/_jsii/made.jsii.tgz", (2026, 10, 16, 1, 2, 3)), packed.getvalue())
        wheel.writestr("made-1.dist-info/METADATA", "# Bindings for the provider version 6.69.1\n")
    with zipfile.ZipFile(tmp_path / "wheel") as wheel:
        found = packages._opened("made", "1", frozenset({"thing", "other"}), wheel)
    assert found == packages.Package("made", "1", "6.69.1", "2026-10-16", {"thing": ("a\n", "c")})
    with pytest.raises(SystemExit, match="made 1 has not been read here"):
        packages.read("made", "1", ["thing"], tmp_path, offline=True)


def test_an_argument_that_is_written_and_not_read_is_refused() -> None:
    with pytest.raises(SystemExit, match="display_name"):
        jsii.resource(OLDER.replace("getStringAttribute", "getOtherAttribute"), TYPES, nested=False)


@pytest.mark.terraform
def test_the_script_writes_what_is_there(terraform: Terraform) -> None:
    python = ROOT / "build" / "schema" / "bin" / "python"
    if not python.exists():
        pytest.skip("no environment of the script; `make provider-schema` makes it")
    done = subprocess.run(
        [str(python), str(TOOL), "--check"],
        env={"PATH": str(terraform.binary.parent), "TFGEN_TERRAFORM_MIRROR": str(terraform.mirror)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
