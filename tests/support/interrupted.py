"""Run by a test: tfgen as a process that sends itself SIGINT at a chosen event.

The event is an audited one of the interpreter, such as the import of a module or the renaming of a file, so the moment
is the same on any machine: `interrupted.py EVENT TEXT COUNT ARGUMENT...` sends the signal at the COUNT-th EVENT whose
first argument ends with TEXT.
"""

from __future__ import annotations

import os
import signal
import sys


def main(event: str, text: str, times: int) -> None:
    from tfgen import __main__ as door

    seen = 0

    def hook(name: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if name == event and (not text or (arguments and str(arguments[0]).endswith(text))):
            seen += 1
            if seen == times:
                os.kill(os.getpid(), signal.SIGINT)

    sys.addaudithook(hook)
    door.main()


if __name__ == "__main__":
    chosen, end, count = sys.argv[1:4]
    sys.argv[1:] = sys.argv[4:]
    main(chosen, end, int(count))
