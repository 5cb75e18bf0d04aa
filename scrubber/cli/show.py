"""`diff` and `check`: what `clean` would do, shown; and a failure where it would do anything. Nothing is written."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from scrubber.cli.account import Account, account_for, tell_failures, tell_rest
from scrubber.cli.against import EvidenceOptions, with_evidence
from scrubber.cli.inputs import Inputs
from scrubber.cli.kept_results import KeepingOptions, with_results
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
from scrubber.cli.tasks import Done, Setup, setup_for
from scrubber.errors import UsageError
from scrubber.read import may_be_replaced
from scrubber.report import closing

if TYPE_CHECKING:
    from scrubber.cli.baselines import Quieting

_TERMINAL = (Request(FOR_PEOPLE),)
#: So many paths are repeated in the hint at the next command.
_HINT_PATHS = 3


class _Asked(Struct, frozen=True):
    """What `check` was asked about a baseline: the file that `--baseline` names, and whether to write today's."""

    file: str | None
    write: bool


class _Looked(Struct, frozen=True):
    """A run that has come to its end, for what is said last."""

    scene: Scene
    found: Inputs
    account: Account
    messages: Messages
    quieting: Quieting | None


def diff(
    inputs: InputOptions,
    rules: RuleOptions,
    evidence: EvidenceOptions,
    reporting: ReportingOptions,
    run: RunOptions,
    keeping: KeepingOptions,
    message: MessageOptions,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 if there are changes or flags.")] = False,
    no_pager: Annotated[bool, typer.Option("--no-pager", help="Never page.")] = False,
) -> int:
    """Show what `clean` would remove or replace, and what is flagged. Writes nothing."""
    looked = _look(inputs, rules, evidence, reporting, run, keeping, message, pager=not no_pager)
    scene, account = looked.scene, looked.account
    totals = account.tally.totals()
    if reporting.summary is not False and totals.read > totals.failed:
        apply = totals.removals or totals.replacements
        hint = f" Apply with: {_apply(scene, looked.found)}" if apply and _repeatable(scene) else ""
        looked.messages.say(closing(totals) + hint)
    return account.exit_code(findings=exit_code and not run.exit_zero and account.fails(FailOn.ANY))


def check(
    inputs: InputOptions,
    rules: RuleOptions,
    evidence: EvidenceOptions,
    reporting: ReportingOptions,
    run: RunOptions,
    keeping: KeepingOptions,
    message: MessageOptions,
    fail_on: Annotated[
        FailOn, typer.Option(help="Which findings fail: any, or only what clean would apply.")
    ] = FailOn.ANY,
    baseline: Annotated[
        str | None, typer.Option(metavar="FILE", help="Findings recorded in FILE do not fail; the rest does.")
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Record what is found today in the baseline, and do not fail.")
    ] = False,
) -> int:
    """Fail if `clean` would change anything, or something is flagged. Writes nothing, but for --write-baseline."""
    if write_baseline and run.sample is not None:
        raise UsageError("a sample is no baseline.", hint="Leave --sample or --write-baseline out.")
    looked = _look(
        inputs, rules, evidence, reporting, run, keeping, message, pager=False, asked=_Asked(baseline, write_baseline)
    )
    scene, account, messages = looked.scene, looked.account, looked.messages
    if write_baseline and looked.quieting is not None:
        looked.quieting.write(messages)
        return account.exit_code(findings=False)
    if account.fails(FailOn.ANY) and reporting.summary is not False:
        hint = f" Preview: {_next('diff', scene)}" if _repeatable(scene) and evidence.against is None else ""
        messages.say(closing(account.tally.totals()) + hint)
    return account.exit_code(findings=not run.exit_zero and account.fails(fail_on))


def _look(
    inputs: InputOptions,
    rules: RuleOptions,
    evidence: EvidenceOptions,
    reporting: ReportingOptions,
    run: RunOptions,
    keeping: KeepingOptions,
    message: MessageOptions,
    *,
    pager: bool,
    asked: _Asked | None = None,
) -> _Looked:
    """The run that both commands are: every input cleaned, nothing written but the reports."""
    messages = Messages(message)
    writes = asked is not None and asked.write
    requests = requests_of(reporting.report, () if writes else _TERMINAL, payload=False)
    scene = set_scene(inputs, rules)
    session = open_session(scene)
    quieting = _quieting(session, asked) if asked is not None else None
    for warning in rule_warnings(session):
        messages.say(f"note: {warning}")
    setup = with_results(with_evidence(setup_for(session), evidence), keeping)
    found = collected(scene, inputs.stdin_filename, force_exclude=inputs.force_exclude)
    refuse_nothing(scene, found, asked=bool(inputs.paths) or inputs.files_from is not None)
    account = account_for(session, hunks_wanted=True)
    look = quieting.take if quieting is not None else None
    _report(session, setup, found, account, requests, reporting, run, messages, pager=pager, look=look)
    if reporting.statistics:
        messages.say("\n".join(statistics_rows(account.tally.totals(), show_all=reporting.show_all)))
    tell_failures(account, messages)
    if quieting is not None and not writes and run.sample is None:
        quieting.tell(messages)
    tell_rest(account, found, session, messages)
    if scene.changed is not None:
        from scrubber.cli.changed import steering_changed

        steering = steering_changed(scene.changed, session, quieting.file.path if quieting is not None else None)
        if steering:
            messages.say(f"note: changed since {scene.changed.revision}, too: {', '.join(steering)}.")
    return _Looked(scene, found, account, messages, quieting)


def _quieting(session: Session, asked: _Asked) -> Quieting | None:
    """What the run does with a baseline; None where none is named. Raises `UsageError`, `ConfigError`."""
    if asked.file is None and session.scene.settings.baseline is None and not asked.write:
        return None
    from scrubber.cli.baselines import Quieting, baseline_file, open_baseline

    file = baseline_file(session, asked.file)
    if file is None:
        raise UsageError(
            "--write-baseline needs to know where.",
            hint="Give --baseline FILE, or set `baseline` in scrubber.toml.",
        )
    return Quieting(session, file, open_baseline(file, may_lack=asked.write))


def _report(
    session: Session,
    setup: Setup,
    found: Inputs,
    account: Account,
    requests: tuple[Request, ...],
    reporting: ReportingOptions,
    run: RunOptions,
    messages: Messages,
    *,
    pager: bool,
    look: Callable[[Done], Done] | None,
) -> None:
    content = read_stdin(messages, setup.max_bytes) if session.scene.paths == ("-",) else None
    shown = any(request.on_stdout for request in requests) and sys.stdout.isatty()
    tasks = tasks_for(found, content=content)
    with ExitStack() as stack:
        if setup.ruleset.comparing:
            from scrubber.cli.corpus_pass import with_corpus

            setup = with_corpus(setup, tasks, run, messages, stack)
        finished = run_tasks(tasks, setup, account, run, messages, label="reading", bar_allowed=not shown, look=look)
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
