"""What a user is told when tfgen contradicts itself: one sentence, and a file to send us. Knows no domain."""

from __future__ import annotations

import tempfile
import traceback
from pathlib import Path

from tfgen import __version__


def report(error: BaseException, artifact: str) -> str:
    """Save the traceback and the text that shows the bug; give the message to print."""
    trace = "".join(traceback.format_exception(error))
    message = f"tfgen: this is a bug in tfgen, nothing was written: {error}"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="tfgen-bug-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(f"tfgen {__version__}\n\n{trace}\n{artifact}")
            saved = Path(file.name)
    except OSError:
        return f"{message}\n{trace}"
    return f"{message}\ntfgen: the details are in {saved}; please report them"
