"""The program: its commands, and the one place where errors become messages and exit codes.

Nothing below this module prints a traceback, calls `sys.exit`, or catches what it does not know.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from scrubber.cli.plain_values import take_plain_values
from scrubber.cli.processor import spare_slow_sorts
from scrubber.cli.standard import forget_output, prepare_streams
from scrubber.errors import RuleFileError, ScrubberError, UnwritableOutput, UsageError

#: Exit codes that are no error's own (CLI.md §3).
USAGE, INTERNAL, INTERRUPTED, READER_GONE = 2, 4, 130, 141
#: Instead of the name of a command: all of them, only to be listed.
LISTED = "--help"
#: So many mistakes of rule files are shown, and the rest counted.
_MISTAKES_TOLD = 100


class _ReaderGone(Exception):
    """The reader of our output went away. Typer makes its own exit code of a broken pipe, so it never sees one."""


class _Commands(TyperGroup):
    def make_context(self, *arguments: Any, **options: Any) -> Any:
        try:
            return super().make_context(*arguments, **options)
        except BrokenPipeError:
            raise _ReaderGone from None

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise _ReaderGone from None


def _version(wanted: bool) -> None:
    if wanted:
        import scrubber

        typer.echo(f"scrubber {scrubber.__version__}")
        raise typer.Exit


def _program(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Clean scraped text, explain every cut, and undo it byte for byte."""
    try:
        os.getcwd()  # noqa: PTH109
    except OSError as error:
        raise UsageError(f"the current folder is gone ({error.strerror}).", hint="Change to another.") from error


#: Commands in the order of the help, each with the module that holds it.
_COMMANDS = {
    "clean": "clean",
    "diff": "show",
    "check": "show",
    "review": "review",
    "explain": "explain",
    "duplicates": "duplicates",
    "restore": "ledger",
    "verify": "ledger",
    "learn": "learn",
}
#: What the list of commands says of each: the first words of its own help, at hand without its module.
_SAID_OF = {
    "clean": "Apply removals and repairs, and write clean UTF-8: below --out, --in-place, or one input to standard output.",
    "diff": "Show what `clean` would remove or replace, and what is flagged. Writes nothing.",
    "check": "Fail if `clean` would change anything, or something is flagged. Writes nothing, but for --write-baseline.",
    "review": "Go through findings one by one at the terminal, and record a decision on each.",
    "explain": "Say for each line whether it is kept, by which rule it goes, and what nearly matched.",
    "restore": "Rebuild originals, byte for byte, each proved by its checksum before it is written.",
    "duplicates": "Show paragraphs or documents that nearly repeat each other: pairs, scores, and which one would be kept.",
    "verify": "Compare outputs and originals with the recorded checksums. Changes nothing.",
    "learn": "Propose rules from lines that many documents share above or below their texts. All of them only flag.",
}
#: Groups of commands: the module with their `COMMANDS`, and what the help says.
_GROUPS = {
    "index": (
        "index",
        "An index of an existing corpus, for --against: build, add, remove; query and stats look into it.",
    ),
    "rules": (
        "rules",
        "The rule files themselves: list, show, lint, test; schema for editors; new from a real line.",
    ),
    "config": (
        "configs",
        "Effective settings, and where each came from; init writes a file with all of them.",
    ),
}


def build_app(only: str = "") -> typer.Typer:
    """The program with all its commands, or with one of them: each brings in what it needs, which takes time.

    `only` may be `LISTED`: all commands, fit for being listed and nothing else. Without markup: help is plain text,
    and rich is not needed for it.
    """
    app = _group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
    app.callback()(_program)
    for name, module in _COMMANDS.items():
        if only == LISTED and name in _SAID_OF:
            app.command(name, help=_SAID_OF[name])(_listed)
        elif only in ("", LISTED, name):
            from scrubber.cli.options import spread

            app.command(name)(spread(getattr(import_module(f"scrubber.cli.{module}"), name)))
    for name, (module, text) in _GROUPS.items():
        if only in ("", LISTED, name):
            inner = _group(help=text, add_completion=False)
            if only != LISTED:
                _fill(inner, module)
            app.add_typer(inner, name=name)
    return app


def _fill(group: typer.Typer, module: str) -> None:
    """Enter the commands of a module into their group."""
    from scrubber.cli.options import spread

    for name, command in import_module(f"scrubber.cli.{module}").COMMANDS.items():
        group.command(name)(spread(command))


def _listed() -> None:
    """Stands for a command that is only listed."""


def _asked(arguments: Sequence[str]) -> str:
    """The command that a call names first, if it is one of ours; a shell that completes words may want any.

    Where no word of the call is a command it can only want the list of them, or be refused.
    """
    if "_SCRUBBER_COMPLETE" in os.environ:
        return ""
    names = [word for word in arguments if word in _COMMANDS or word in _GROUPS]
    if not names:
        return LISTED
    return names[0] if names[0] == arguments[0] else ""


def _group(**settings: Any) -> typer.Typer:
    return typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, **settings)


def main(arguments: list[str]) -> int:
    """Run one command; its exit code. Messages about errors have been written to standard error."""
    try:
        command = typer.main.get_command(build_app(_asked(arguments)))
        take_plain_values(command)
        outcome = command.main(arguments, prog_name="scrubber", standalone_mode=False)
        sys.stdout.flush()
        return outcome if isinstance(outcome, int) else 0
    except (_ReaderGone, BrokenPipeError):
        forget_output()
        return READER_GONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except ScrubberError as error:
        _tell(_message_of(error))
        return error.exit_code
    except Exception as error:
        if _is_usage_error(error):
            _tell(_usage_message(error))
            return USAGE
        from scrubber.cli.crash import crash_message

        _tell(crash_message(error, arguments))
        return INTERNAL


def run() -> None:
    """Entry point of the console script."""
    prepare_streams()
    spare_slow_sorts()
    code = main(sys.argv[1:])
    if code == INTERRUPTED:
        # Ctrl-C once more, while Python takes itself down, would end in a traceback.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        forget_output()
        code = READER_GONE
    except UnwritableOutput as error:
        forget_output()
        if code in (0, 1):
            _tell(_message_of(error))
            code = error.exit_code
    sys.exit(code)


def _tell(message: str) -> None:
    from scrubber.cli.streams import guarded, print_lines

    try:
        with guarded(sys.stderr, os.environ):
            print_lines(message, sys.stderr)
    except BrokenPipeError:
        forget_output()


def _message_of(error: ScrubberError) -> str:
    """An error as people see it. Some messages bring several lines, each with its own place."""
    if isinstance(error, RuleFileError) and len(error.mistakes) > _MISTAKES_TOLD:
        told = "\n".join(mistake.render() for mistake in error.mistakes[:_MISTAKES_TOLD])
        return f"{told}\n... {len(error.mistakes) - _MISTAKES_TOLD:,} more mistakes."
    text = str(error)
    return text if error.where is not None or not isinstance(error, UsageError) else f"scrubber: {text}"


def _is_usage_error(error: Exception) -> bool:
    """Whether typer refused the command line. Its errors have no public base that all its versions share."""
    return isinstance(error, typer.Abort) or (hasattr(error, "format_message") and hasattr(error, "exit_code"))


def _usage_message(error: Exception) -> str:
    if isinstance(error, typer.Abort):
        return "scrubber: nothing was done."
    context: Any = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "scrubber"
    text: str = error.format_message()  # type: ignore[attr-defined]
    if context is not None and text == context.get_help():
        return text
    return f"{command}: {text}\nTry '{command} --help'."
