"""What a stream can show, and writing to it. Knows nothing of what is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO


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
    """Write text, with escapes for what the stream's encoding does not have: locale C is no reason to fail."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
