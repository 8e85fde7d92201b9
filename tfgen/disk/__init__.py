"""The tree on disk: compare it with a rendered one, show the difference, replace it whole. Knows paths and bytes only.

What is whose
    A regular file is tfgen's when it begins with the whole header, in the form in which tfgen writes it into a file of
    that name, of the posture that is rendered, or of the one whose `posture.yaml` the tree carries (the same posture
    under an earlier name). Nothing else is ever overwritten or deleted. A rendered text without the header is refused:
    it could never be written again.

How a tree is replaced
    All text is staged before anything changes. A tree that does not differ is not touched, not even a time stamp.

    1. Whole. A directory that is new is built beside its place and renamed there. For one that is not, the whole new
       tree is built beside it, files of the user and unchanged files as hard links, and the two directories *change
       places* in one system call. No reader and no `kill -9` can see half of it. Behind this screen the old directory
       is brought up to date and changed back into its place, so that shells, editors and mounts that hold the directory
       itself still hold the right one, and the user's files have never moved.
    2. File by file, where one file differs, or where directories cannot change places (an old kernel or file system, a
       mount point, a parent directory that may not be written, very many files): each file is renamed to its place.
       A kill among the renames of several files leaves a mix. That is not the rendered tree, so `--check` fails;
       `half_done` says why; and the next `apply`, which looks at what is there, writes the rest.

    1 rather than 2 alone, since terraform, git and people read the directory without asking tfgen. 1 rather than one
    exchange alone, since `--out .` is common and a shell must not be left standing in a deleted directory.
    Hard links cost the user's files a new change time (`ctime`) and nothing else.

What a kill leaves
    A staging directory beside the tree or in it. Nothing in it is ever moved anywhere: it is removed, and only when
    `ledger` knows that this user's tfgen made it. Anything else of that name is a foreign file in the way.

Two runs on one directory are told apart by `flock` on the directory itself, which leaves no file behind.
"""

from __future__ import annotations

from tfgen.disk.added import LARGEST_ADDED, MOST_READ, Added, added, overrides, replaced_by
from tfgen.disk.apply import apply
from tfgen.disk.compare import LAYOUT, Change, Changes, Foreign, compare
from tfgen.disk.diff import unified_diff
from tfgen.disk.paths import faults
from tfgen.disk.trees import tree_of, trees_below
from tfgen.disk.write import check_new, missing_below, write_new, write_over

__all__ = [
    "LARGEST_ADDED",
    "LAYOUT",
    "MOST_READ",
    "Added",
    "Change",
    "Changes",
    "Foreign",
    "added",
    "apply",
    "check_new",
    "compare",
    "faults",
    "missing_below",
    "overrides",
    "replaced_by",
    "tree_of",
    "trees_below",
    "unified_diff",
    "write_new",
    "write_over",
]
