"""The command behind `make docs`; with `--commands` it also runs what pages show and writes what that prints now."""

import argparse
import tempfile
from pathlib import Path

from docs_pages.console import ROOT, run_again
from docs_pages.pages import DOCS, write


def main() -> None:
    """Write the pages anew."""
    parser = argparse.ArgumentParser(prog="docs_pages", description=__doc__)
    parser.add_argument("--commands", action="store_true", help="run the console blocks too; review the difference")
    if parser.parse_args().commands:
        for path in (ROOT / "README.md", *sorted(DOCS.glob("*.md"))):
            with tempfile.TemporaryDirectory() as place:
                path.write_text(run_again(path.read_text("utf-8"), Path(place)), "utf-8")
    write()


if __name__ == "__main__":
    main()
