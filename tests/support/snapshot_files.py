"""Snapshots that are files of the kind that is rendered, compared byte for byte."""

from __future__ import annotations

from typing import Final

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class TerraformFile(SingleFileSnapshotExtension):
    """A snapshot that is a Terraform file itself, so that `terraform fmt` and people can read it."""

    _write_mode = WriteMode.BINARY
    file_extension = "tf"


class MarkdownFile(TerraformFile):
    """A snapshot that is a Markdown file itself."""

    file_extension = "md"


class YamlFile(TerraformFile):
    """A snapshot that is a YAML file itself."""

    file_extension = "yaml"


class CarriedFile(TerraformFile):
    """A snapshot of a file that a posture names, with the tree's header."""

    file_extension = "txt"


KINDS: Final = {"tf": TerraformFile, "hcl": TerraformFile, "md": MarkdownFile, "yaml": YamlFile}
