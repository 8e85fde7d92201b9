"""The command line: flags in, exit code out. Knows nothing of the domain."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from tfgen.cli.version import line
from tfgen.diagnostics import InternalError, TfgenError
from tfgen.diagnostics.secret import without_secrets
from tfgen.diagnostics.visible import visible_lines
from tfgen.process import interrupts

_Misused: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
"""What is wrong with a command line; which package has it depends on the version of typer."""


_CODE: Final = re.compile("TFG[0-9]+", re.IGNORECASE)
_JOBS: Final = re.compile("[1-9][0-9]{0,3}")


class Exit(IntEnum):
    """The exit codes, as the README lists them."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    BUG = 70
    INTERRUPTED = interrupts.CODE
    UNREAD = 141


class Format(StrEnum):
    """What `--format` takes."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


class Explained(StrEnum):
    """What `--format` of `explain` takes."""

    TEXT = "text"
    JSON = "json"


def _choice(kind: type[StrEnum], help: str) -> Any:  # noqa: ANN401 - typer's own class is private
    """Make the option `--format`, which says in our words what it takes: typer would quote what pydantic says."""
    words = [member.value for member in kind]

    def read(text: str) -> StrEnum:
        if text not in words:
            raise typer.BadParameter(f"{text!r} is not one of {', '.join(words)}", param_hint="'--format'")
        return kind(text)

    return typer.Option(
        "--format", parser=read, metavar=f"<{'|'.join(words)}>", autocompletion=lambda: words, help=help
    )


def _count(text: str) -> int:
    """Read the number of processes."""
    if not _JOBS.fullmatch(text):
        raise typer.BadParameter(f"{text!r} is not a whole number from 1 to 9999", param_hint="'--jobs'")
    return int(text)


Postures = Annotated[
    list[str],
    typer.Argument(metavar="POSTURE", help="Posture files, or directories to look for them in; - is standard input."),
]
"""What the commands for many postures take."""

Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", parser=_count, metavar="N", help="Processes for many postures.")
]
"""How many postures are rendered at once."""


app = typer.Typer(
    name="tfgen",
    help="From one posture file to Terraform modules that grant exactly that, proven before a byte is written.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(*, value: bool) -> None:
    if value:
        typer.echo(line())
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_version,
            is_eager=True,
            help="Print the version, and the date of the authorization data.",
        ),
    ] = False,
) -> None:
    """Take what stands before the command."""


@app.command(epilog="Example: tfgen render order-support.yaml --out infra/order-support --check --diff")
def render(
    postures: Postures,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            help="Directory to write. Each of several postures gets the directory of its name below it, and so does "
            "one alone where trees are below it already.",
        ),
    ],
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when the tree is not up to date.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print a unified diff of what changes.")] = False,
    modules_only: Annotated[
        bool, typer.Option("--modules-only", help="Write the modules alone, without the root module, for publishing.")
    ] = False,
    allow_root_files: Annotated[
        bool, typer.Option("--allow-root-files", help="Accept Terraform files of your own in the root module.")
    ] = False,
    fleet: Annotated[
        bool | None,
        typer.Option(
            "--fleet/--no-fleet",
            help="Write a directory for each posture below DIR, or DIR itself; when left out, what DIR holds decides.",
        ),
    ] = None,
    part: Annotated[
        bool, typer.Option("--part", help="The postures are a part of the fleet: accept trees of others below DIR.")
    ] = False,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="Write no tree when one of several postures is refused.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print findings only.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Print a line for each tree.")] = False,
    output: Annotated[Format, _choice(Format, "Form of what is printed.")] = Format.TEXT,
    jobs: Jobs = None,
) -> None:
    """Render postures to Terraform modules, proven before a byte is written."""
    from tfgen.cli.render import Render, run_render  # help and completion need none of it

    job = Render(
        tuple(postures),
        out,
        check=check,
        diff=diff,
        modules_only=modules_only,
        allow_root_files=allow_root_files,
        fleet=fleet,
        part=part,
        all_or_nothing=all_or_nothing,
        quiet=quiet,
        verbose=verbose,
        format=output.value,
        jobs=jobs,
    )
    raise typer.Exit(Exit.CLEAN if run_render(job) else Exit.FINDINGS)


@app.command(epilog="Example: tfgen check order-support.yaml --token claims.json --at 2026-11-24T12:00:00Z")
def check(
    postures: Postures,
    *,
    token: Annotated[
        list[str] | None,
        typer.Option(
            "--token",
            help="A file with the claims of a token as JSON, or -: says whether it would be let in. "
            "No signature is checked.",
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="INSTANT", help="When the token comes: 2026-11-24T12:00:00Z.")
    ] = None,
    output: Annotated[Format, _choice(Format, "Form of what is printed.")] = Format.TEXT,
) -> None:
    """Check postures, and whether tokens would be let in; renders nothing."""
    from tfgen.cli.check import Check, run_check  # see above

    job = Check(tuple(postures), tuple(token or ()), at, output.value)
    raise typer.Exit(Exit.CLEAN if run_check(job) else Exit.FINDINGS)


@app.command(epilog="Example: tfgen explain order-support.yaml 'bedrock:*' harness.tools[0]")
def explain(
    posture: Annotated[
        str, typer.Argument(metavar="POSTURE", help="A posture file, - for standard input; or a code such as TFG404.")
    ],
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TARGET",
            help="A Sid, an action, an endpoint's service, a rule ('egress s3'), FILE:LINE of the tree or of the "
            "posture, or a posture key; all when left out.",
        ),
    ] = None,
    *,
    tool: Annotated[
        list[str] | None,
        typer.Option("--tool", help="Say instead who may call this tool of a gateway; * for all of them."),
    ] = None,
    output: Annotated[Explained, _choice(Explained, "Form of what is printed.")] = Explained.TEXT,
) -> None:
    """Say why each statement, endpoint and rule is there: posture line, sheet, reason, source, and where it stands."""
    from tfgen.cli.explain import run_codes, run_explain, run_tools  # see above

    if _CODE.fullmatch(posture):
        raise typer.Exit(Exit.CLEAN if run_codes((posture, *(targets or ())), output.value) else Exit.FINDINGS)
    if tool:
        raise typer.Exit(Exit.CLEAN if run_tools(posture, tool, output.value) else Exit.FINDINGS)
    raise typer.Exit(Exit.CLEAN if run_explain(posture, targets or (), output.value) else Exit.FINDINGS)


@app.command("import", epilog="Example: tfgen import infra/agent --role role.json --out order-support.yaml")
def import_(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A get-harness response, a request of the API, an AgentCore CLI project, Terraform, a CloudFormation "
            "template or a rendered tree; - is standard input.",
        ),
    ],
    *,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            help="File to write, standard output when left out; for several harnesses a directory, which ends with /.",
        ),
    ] = None,
    merge: Annotated[
        str | None,
        typer.Option("--merge", help="Posture file to bring up to date; its comments and its order stay."),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(
            "--role", help="Policies of the existing role: JSON of get-role or get-role-policy, a document, Terraform."
        ),
    ] = None,
    select: Annotated[str, typer.Option("--select", help="Which harness, of a source that holds several.")] = "",
    output: Annotated[Explained, _choice(Explained, "Form of the report.")] = Explained.TEXT,
) -> None:
    """Make a posture of a harness that exists, and say what of it could not be carried over."""
    from tfgen.cli.import_ import Import, run_import  # see above

    job = Import(source, out, merge, tuple(role or ()), select, output.value)
    raise typer.Exit(Exit.CLEAN if run_import(job) else Exit.FINDINGS)


@app.command(epilog="Example: tfgen schema > tfgen.schema.json")
def schema() -> None:
    """Print the JSON Schema of posture files, for editors."""
    from tfgen.cli.schema import run_schema  # see above

    run_schema()


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line (without the program's name; None for the process's own) and give its exit code."""
    return _guarded(lambda: app(arguments, prog_name="tfgen", standalone_mode=False))


def _guarded(command: Callable[[], object]) -> int:
    """Run a command and write all that it printed; its exit code."""
    try:
        code = _code(command)
        _flush()
    except BrokenPipeError:
        # The reader of our output has gone, and so is the need for the rest.
        _discard()
        return Exit.UNREAD
    return code


def _code(command: Callable[[], object]) -> int:
    try:
        left = command()
    except SystemExit as completed:  # of the shell's completion, or of typer about a broken pipe
        if isinstance(completed.__context__, BrokenPipeError):
            raise completed.__context__ from None
        return completed.code if isinstance(completed.code, int) else Exit.USAGE
    except _Misused as error:
        # What it quotes of the command line may be anything, and typer would print it as it is.
        told = io.StringIO()
        error.show(file=told)
        _say(told.getvalue().rstrip("\n"))
        return int(error.exit_code)
    except TfgenError as error:
        _say(f"tfgen: {error}")
        return Exit.USAGE
    except (KeyboardInterrupt, typer.Abort):
        _say(interrupts.WHOLE)
        return Exit.INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001  # the last door: whatever comes here is a bug of ours
        from tfgen.cli.crash import report  # rarely needed

        _say(report(error, error.artifact if isinstance(error, InternalError) else ""))
        return Exit.BUG
    return left if isinstance(left, int) else Exit.CLEAN


def _flush() -> None:
    """Write what is still held back: at the interpreter's end nobody could answer when that fails."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def _discard() -> None:
    """Send what is still to be written nowhere, where it would meet the broken pipe again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # no stream of the system's
            os.dup2(nowhere, stream.fileno())


def _say(text: str) -> None:
    """Print to standard error, with whatever a stranger may have put into it made visible."""
    typer.echo(visible_lines(without_secrets(text)), err=True)
