"""What a stream can show, and the one door to it. Knows nothing of what is written."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from typing import Final, TextIO

from tfgen.diagnostics import TfgenError
from tfgen.diagnostics.secret import without_secrets
from tfgen.diagnostics.visible import visible_lines

_STYLE: Final = re.compile(r"(\x1b\[[0-9;]*m)")
_LOGS: Final = ("GITHUB_ACTIONS", "TF_BUILD")
"""Variables of those whose logs hold commands."""


def use_colour(stream: TextIO, env: Mapping[str, str]) -> bool:
    """Whether to write colours to a stream: `NO_COLOR`, then `FORCE_COLOR`, then `TERM=dumb`, then what it is.

    Sources: https://no-color.org and https://force-color.org; an empty variable counts as none.
    """
    if env.get("NO_COLOR"):
        return False
    if env.get("FORCE_COLOR"):
        return True
    return env.get("TERM") != "dumb" and stream.isatty()


def write(text: str, stream: TextIO) -> None:
    """Write text to be read: no secrets, and what would steer a terminal or be a command of a CI's log visible."""
    _put(visible_lines(without_secrets(text)), stream)


def write_made(text: str, stream: TextIO) -> None:
    """Write what this package made for its own form: colours and commands in it are ours, all else is visible."""
    _put(text, stream)


def write_styled(text: str, stream: TextIO) -> None:
    """Write text to be read that has colours of ours in it, and nothing else that a terminal would act on."""
    _put("".join(part if number % 2 else visible_lines(part) for number, part in enumerate(_STYLE.split(text))), stream)


def write_exact(text: str, stream: TextIO, env: Mapping[str, str]) -> None:
    """Write the content of a file: as it is to a file or a program, and to be read on a terminal.

    What a CI's log would take for a command is refused there: neither can it be written out, since a program may read
    it, nor as it is. Raises `TfgenError`.
    """
    if stream.isatty():
        write(text, stream)
        return
    if any(env.get(name) for name in _LOGS) and not _is_file(stream) and visible_lines(text) != text:
        message = "standard output is a log here, and the text holds what the log would act on; write it to a file"
        raise TfgenError(message)
    _put(text, stream)


def _is_file(stream: TextIO) -> bool:
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):  # no stream of the system's
        return False


def _put(text: str, stream: TextIO) -> None:
    """Write text, with escapes for what the stream's encoding does not have: locale C is no reason to fail."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
