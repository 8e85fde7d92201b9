"""The tree on disk: compare it with a rendered one, show the difference, replace it whole. Knows paths and bytes only.

What is whose
    A regular file is tfgen's when one of its first three lines is a comment that begins with `MARKER`. Nothing else
    is ever overwritten or deleted. A rendered text without the marker is refused: it could never be written again.

How a tree is replaced
    All text is staged before anything changes. Then, whichever comes first:

    1. Nothing differs: nothing is touched, not even a time stamp.
    2. One file differs: one `rename`.
    3. The directory is new: it is built beside its place and renamed there.
    4. Several files differ: the whole new tree is built beside the old one, files of the user and unchanged files as
       hard links, and the two directories *change places* in one system call. No reader and no `kill -9` can see
       half of it. Behind this screen the old directory is brought up to date and changed back into its place, so
       that shells, editors and mounts that hold the directory itself still hold the right one, and the user's
       files have never moved. What is left beside the tree after a kill is rubbish, whatever moment it was.
    5. The directories cannot change places (an old kernel or file system, a mount point, a parent directory that may
       not be written, very many files): a *journal* in the directory lists the renames before the first of them
       is done. A kill among them leaves a mix that tfgen sees as drift, and the next `apply` first completes it.

    4 rather than 5 alone, since terraform, git and people read the directory without asking tfgen. 4 rather than one
    exchange alone, since `--out .` is common and a shell must not be left standing in a deleted directory.
    Hard links cost the user's files a new change time (`ctime`) and nothing else.

Two runs on one directory are told apart by `flock` on the directory itself, which leaves no file behind.
"""

from __future__ import annotations

from tfgen.disk.apply import apply
from tfgen.disk.compare import LAYOUT, MARKER, Change, Changes, Foreign, compare
from tfgen.disk.diff import unified_diff

__all__ = ["LAYOUT", "MARKER", "Change", "Changes", "Foreign", "apply", "compare", "unified_diff"]
