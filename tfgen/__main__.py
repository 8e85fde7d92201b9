"""The door of the command line: answers `--version` before anything is loaded, and turns bugs into exit code 70."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run tfgen with the process's arguments and leave with its exit code."""
    if sys.argv[1:] == ["--version"]:
        from tfgen.cli.version import line  # nothing else is needed, and a cold start is 0.02 s

        sys.stdout.write(f"{line()}\n")
        sys.exit(0)
    from tfgen.process import interrupts  # before all that takes time

    interrupts.take()
    # One run is short and makes few cycles; collecting them costs a tenth of it. Worker processes keep the collector.
    gc.disable()
    # Looking for plugins of pydantic reads the metadata of every installed package, and none may change what we check.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from tfgen.cli.main import run  # see above

    code = run()
    gc.freeze()  # the interpreter looks for cycles once more before it leaves, and leaving frees them all
    sys.exit(code)


if __name__ == "__main__":
    main()
