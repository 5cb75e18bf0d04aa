"""`diff` and `check`: what `clean` would do, shown; and a failure where it would do anything. Nothing is written."""

from __future__ import annotations

import shlex
import sys
from typing import Annotated

import typer

from scrubber.cli.account import Account, account_for, tell_failures, tell_rest
from scrubber.cli.corpus_pass import with_shared_lines
from scrubber.cli.inputs import Inputs
from scrubber.cli.options import FailOn, InputOptions, MessageOptions, ReportingOptions, RuleOptions, RunOptions
from scrubber.cli.reading import read_stdin
from scrubber.cli.reports import FOR_PEOPLE, Request, requests_of, write_reports
from scrubber.cli.running import (
    collected,
    refuse_nothing,
    results_of,
    run_tasks,
    tasks_for,
)
from scrubber.cli.session import Scene, Session, open_session, rule_warnings, set_scene
from scrubber.cli.statistics import statistics_rows
from scrubber.cli.streams import Messages
from scrubber.cli.work import setup_for
from scrubber.read import may_be_replaced
from scrubber.report import closing

_TERMINAL = (Request(FOR_PEOPLE),)
#: So many paths are repeated in the hint at the next command.
_HINT_PATHS = 3


def diff(
    inputs: InputOptions,
    rules: RuleOptions,
    reporting: ReportingOptions,
    run: RunOptions,
    message: MessageOptions,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 if there are changes or flags.")] = False,
    no_pager: Annotated[bool, typer.Option("--no-pager", help="Never page.")] = False,
) -> int:
    """Show what `clean` would remove or replace, and what is flagged. Writes nothing."""
    scene, found, account, messages = _look(inputs, rules, reporting, run, message, pager=not no_pager)
    totals = account.tally.totals()
    if reporting.summary is not False and totals.read > totals.failed:
        apply = totals.removals or totals.replacements
        hint = f" Apply with: {_apply(scene, found)}" if apply and _repeatable(scene) else ""
        messages.say(closing(totals) + hint)
    return account.exit_code(findings=exit_code and not run.exit_zero and account.fails(FailOn.ANY))


def check(
    inputs: InputOptions,
    rules: RuleOptions,
    reporting: ReportingOptions,
    run: RunOptions,
    message: MessageOptions,
    fail_on: Annotated[
        FailOn, typer.Option(help="Which findings fail: any, or only what clean would apply.")
    ] = FailOn.ANY,
) -> int:
    """Fail if `clean` would change anything, or something is flagged. Writes nothing."""
    scene, _, account, messages = _look(inputs, rules, reporting, run, message, pager=False)
    totals = account.tally.totals()
    if account.fails(FailOn.ANY) and reporting.summary is not False:
        hint = f" Preview: {_next('diff', scene)}" if _repeatable(scene) else ""
        messages.say(closing(totals) + hint)
    return account.exit_code(findings=not run.exit_zero and account.fails(fail_on))


def _look(
    inputs: InputOptions,
    rules: RuleOptions,
    reporting: ReportingOptions,
    run: RunOptions,
    message: MessageOptions,
    *,
    pager: bool,
) -> tuple[Scene, Inputs, Account, Messages]:
    """The run that both commands are: every input cleaned, nothing written but the reports."""
    messages = Messages(message)
    requests = requests_of(reporting.report, _TERMINAL, payload=False)
    scene = set_scene(inputs, rules)
    session = open_session(scene)
    for warning in rule_warnings(session):
        messages.say(f"note: {warning}")
    found = collected(scene, inputs.stdin_filename, force_exclude=inputs.force_exclude)
    refuse_nothing(scene, found, asked=bool(inputs.paths) or inputs.files_from is not None)
    account = account_for(session, hunks_wanted=True)
    _report(session, found, account, requests, reporting, run, messages, pager=pager)
    if reporting.statistics:
        messages.say("\n".join(statistics_rows(account.tally.totals(), show_all=reporting.show_all)))
    tell_failures(account, messages)
    tell_rest(account, found, session, messages)
    return scene, found, account, messages


def _report(
    session: Session,
    found: Inputs,
    account: Account,
    requests: tuple[Request, ...],
    reporting: ReportingOptions,
    run: RunOptions,
    messages: Messages,
    *,
    pager: bool,
) -> None:
    setup = setup_for(session)
    content = read_stdin(messages, setup.max_bytes) if session.scene.paths == ("-",) else None
    shown = any(request.on_stdout for request in requests) and sys.stdout.isatty()
    tasks = tasks_for(found, content=content)
    setup = with_shared_lines(setup, tasks, run, messages)
    finished = run_tasks(tasks, setup, account, run, messages, label="reading", bar_allowed=not shown)
    write_reports(results_of(finished), requests, reporting, messages, ended=account.ended, pager=pager)


def _repeatable(scene: Scene) -> bool:
    """Whether the next command needs no more than the paths: everything else is in the configuration."""
    told = any(origin.startswith("--") for origin in scene.settings.origins.values())
    return len(scene.paths) <= _HINT_PATHS and scene.paths != ("-",) and not told


def _apply(scene: Scene, found: Inputs) -> str:
    """The next command; what is marked up or packed is not replaced in place."""
    apart = any(not may_be_replaced(each.name, scene.as_format) for each in found.inputs)
    return f"{_next('clean', scene)} --out clean" if apart else _next("clean --in-place", scene)


def _next(command: str, scene: Scene) -> str:
    return f"scrubber {command} {shlex.join(scene.paths)}"
