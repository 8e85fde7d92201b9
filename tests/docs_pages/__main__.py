"""The command behind `make docs`."""

from docs_pages.pages import write

if __name__ == "__main__":
    write()
