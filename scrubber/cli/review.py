"""`review`: findings one by one, single keys, and what was decided about each kept in the decisions file."""

from __future__ import annotations

import contextlib
import getpass
import os
import sys
from collections.abc import Iterator
from typing import Annotated

import typer
from msgspec.structs import replace

from scrubber.cli.account import account_for, tell_failures, tell_rest
from scrubber.cli.corpus_pass import with_corpus
from scrubber.cli.decisions_file import DecisionsFile
from scrubber.cli.inputs import STDIN
from scrubber.cli.keys import terminal_keys
from scrubber.cli.options import InputOptions, MessageOptions, RuleOptions, RunOptions
from scrubber.cli.review_findings import Findings
from scrubber.cli.review_shelf import Shelf
from scrubber.cli.review_state import KEEP, LATER, REMOVE, Item, Review
from scrubber.cli.running import collected, refuse_nothing, run_tasks, tasks_for
from scrubber.cli.session import decisions_path, name_from_here, open_session, rule_warnings, set_scene
from scrubber.cli.streams import Messages
from scrubber.cli.tasks import setup_for
from scrubber.errors import UsageError
from scrubber.report.layout import count_words

_TALLY_WORDS = ((KEEP, "kept"), (REMOVE, "to be removed"), (LATER, "left for later"))


def review(
    inputs: InputOptions,
    rules: RuleOptions,
    message: MessageOptions,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who decides, on record. Default: your login name.")
    ] = None,
    context: Annotated[
        int, typer.Option("--context", metavar="N", min=0, max=1000, help="Unchanged lines around a hunk.")
    ] = 2,
    show_all: Annotated[
        bool, typer.Option("--all", help="Show what is decided already, too, to decide otherwise.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", metavar="N", min=1, max=256, help="Worker processes, as in diff.")
    ] = None,
    no_progress: Annotated[bool, typer.Option("--no-progress", help="No progress bar.")] = False,
) -> int:
    """Go through findings one by one at the terminal, and record a decision on each."""
    messages = Messages(message)
    with _keyboard(inputs) as keyboard:
        scene = set_scene(inputs, rules)
        if scene.isolated:
            raise UsageError("--isolated takes no notice of decisions, and review is there to record them.")
        if scene.paths == (STDIN,):
            raise UsageError("review reads files, not standard input.", hint="Name files or folders.")
        session = open_session(scene, may_lack_decisions=True)
        for warning in rule_warnings(session):
            messages.say(f"note: {warning}")
        path = decisions_path(scene)
        file = DecisionsFile(path, name_from_here(path))
        decided = dict(file.read())
        session = replace(session, decisions=file.decisions())
        found = collected(scene, None, force_exclude=inputs.force_exclude)
        refuse_nothing(scene, found, asked=bool(inputs.paths) or inputs.files_from is not None)
        account = account_for(session)
        run = RunOptions(jobs=jobs, no_progress=no_progress)
        tasks = tasks_for(found)
        with contextlib.ExitStack() as stack:
            setup = with_corpus(setup_for(session), tasks, run, messages, stack)
            shelf = stack.enter_context(contextlib.closing(Shelf()))
            findings = Findings(found.inputs, setup, shelf, context=context, settled=show_all)
            items: list[Item] = []
            for done in run_tasks(tasks, setup, account, run, messages, label="reading", bar_allowed=True):
                items += findings.items_of(done)
            state = Review(items, decided, _name_of(by))
            if items:
                _at_the_screen(state, findings, file, messages, keyboard)
                _tell(state, file, messages)
            else:
                more = " --all shows what is decided." if decided and not show_all else ""
                messages.say(f"Nothing to review.{more}")
        if findings.encoded:
            what = count_words(findings.encoded, "document")
            messages.say(f"{what} not in UTF-8: clean writes UTF-8, which no decision is about.")
        tell_failures(account, messages)
        tell_rest(account, found, session, messages)
        return account.exit_code(findings=False)


def _at_the_screen(state: Review, findings: Findings, file: DecisionsFile, messages: Messages, keyboard: int) -> None:
    """The loop, between taking the terminal and giving it back."""
    from scrubber.cli.review_loop import Desk
    from scrubber.cli.review_screen import screen_for

    with terminal_keys(keyboard) as keys:
        screen = screen_for(sys.stdout, os.environ, messages.colour(sys.stdout))
        screen.open()
        try:
            Desk(state, findings, file, screen, keys).run()
        finally:
            screen.close()


def _tell(state: Review, file: DecisionsFile, messages: Messages) -> None:
    """The closing lines."""
    tally = state.tally()
    said = [f"{tally[verdict]:,} {words}" for verdict, words in _TALLY_WORDS if tally[verdict]]
    left = state.standing().open
    rest = f"{left:,} left to answer." if left else "All is answered."
    where = f" Recorded in {file.name}." if said else ""
    messages.say(f"{', '.join(said) or 'No answer given'}.{where} {rest}")


@contextlib.contextmanager
def _keyboard(inputs: InputOptions) -> Iterator[int]:
    """Where keys come from: standard input, or the terminal itself where that brings the list of files.

    Raises `UsageError` where there is no terminal, before anything is read.
    """
    hint = "`scrubber diff` shows the same findings anywhere."
    if not sys.stdout.isatty():
        raise UsageError("review asks at a terminal, and standard output is none.", hint=hint)
    if sys.stdin is not None and sys.stdin.isatty():
        yield sys.stdin.fileno()
        return
    if inputs.files_from != STDIN or sys.platform == "win32":
        raise UsageError("review asks at a terminal, and standard input is none.", hint=hint)
    try:
        keyboard = os.open("/dev/tty", os.O_RDONLY)
    except OSError as error:
        raise UsageError(f"review asks at a terminal, and there is none ({error.strerror}).", hint=hint) from error
    try:
        yield keyboard
    finally:
        os.close(keyboard)


def _name_of(by: str | None) -> str:
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
