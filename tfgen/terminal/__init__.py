"""Shows diagnostics: for people, for programs, for GitHub and for code scanning. Knows no posture and no YAML.

The functions `render_*` are pure: the same diagnostics give the same text, in the order of `Diagnostic.order` and
each once. The functions `write*`, `show` and `use_colour` are all that touches a stream.
"""

from tfgen.terminal.machine import render_github, render_json, render_sarif
from tfgen.terminal.progress import Progress
from tfgen.terminal.report import beside, show
from tfgen.terminal.stream import use_colour, write, write_exact, write_made, write_styled
from tfgen.terminal.text import render_text

__all__ = [
    "Progress",
    "beside",
    "render_github",
    "render_json",
    "render_sarif",
    "render_text",
    "show",
    "use_colour",
    "write",
    "write_exact",
    "write_made",
    "write_styled",
]
