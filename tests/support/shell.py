"""tfgen's command line in the process of a test."""

from __future__ import annotations

import pytest

from tfgen.cli import main as cli


class Shell:
    """Runs tfgen and keeps what it printed; no run may show a traceback. `first` stands before all arguments."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *first: str) -> None:
        self._capsys = capsys
        self._first = first
        self.out = ""
        self.err = ""

    def __call__(self, *arguments: object) -> int:
        code = cli.run([*self._first, *map(str, arguments)])
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err
        return code
