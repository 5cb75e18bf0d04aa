"""One run over many inputs: in order, with workers, progress, counts, and a Ctrl-C that leaves whole files behind."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import FrameType
from typing import Any

from scrubber.cli.inputs import Input, Inputs, Wanted, collect, stdin_input
from scrubber.cli.options import FailOn, RunOptions
from scrubber.cli.progress import progress
from scrubber.cli.session import Scene, Session
from scrubber.cli.streams import Messages
from scrubber.cli.work import APPLIED, Done, Setup, Task, start, work
from scrubber.engine.run import run_in_order
from scrubber.errors import Failure, UsageError
from scrubber.model import CleanResult
from scrubber.report import Tally
from scrubber.report.hunks import hunks
from scrubber.report.layout import count_words
from scrubber.store.ledger_form import DocumentEntry

MAX_DEFAULT_JOBS = 8
#: Below this many bytes of input starting workers costs more than they save.
_WORTH_WORKERS_BYTES = 2_000_000
#: So many failures are listed one by one; `--verbose` lists them all.
_FAILURES_LISTED = 20


@dataclass(slots=True)
class Account:
    """What has happened in a run so far."""

    #: Whether to look for hunks, as a report would show them; `clean` need not know.
    hunks_wanted: bool = False
    tally: Tally = field(default_factory=Tally)
    failures: list[Failure] = field(default_factory=list)
    skipped: list[Failure] = field(default_factory=list)
    taken_over: int = 0
    written: int = 0
    #: Documents that a report shows a hunk of, and those of which `clean` would change something.
    documents_shown: int = 0
    documents_changed: int = 0

    def add(self, done: Done) -> None:
        """Count one input."""
        self.taken_over += done.taken_over
        self.written += done.written
        if done.failure is not None:
            (self.skipped if done.skipped else self.failures).append(done.failure)
            if not done.skipped:
                self.tally.fail(done.failure)
        if done.result is not None:
            self.tally.add(done.result)
            plan = done.result.plan
            applied = bool(plan.edits) or any(verdict.outcome in APPLIED for verdict in plan.verdicts)
            self.documents_changed += applied
            self.documents_shown += self.hunks_wanted and bool(hunks(done.result, context=0))

    def fails(self, fail_on: FailOn) -> bool:
        """Whether there are findings that `check` fails on."""
        return bool(self.documents_changed if fail_on is FailOn.REMOVE else self.documents_shown)

    def exit_code(self, *, findings: bool) -> int:
        """Inputs that could not be handled outrank findings."""
        if self.failures:
            return 3
        return 1 if findings else 0


def collected(
    scene: Scene, options_stdin_filename: str | None, *, force_exclude: bool, skip: Sequence[Any] = ()
) -> Inputs:
    """The inputs of a scene. Raises `UsageError` where nobody said what to read, and there is nothing to read."""
    if scene.paths == ("-",):
        found = stdin_input(options_stdin_filename, scene.root)
        return Inputs((found,), (), (), scene.root)
    wanted = Wanted(scene.paths, scene.include, scene.exclude, force_exclude, skip)
    return collect(wanted, scene.root)


def refuse_nothing(scene: Scene, inputs: Inputs, *, asked: bool) -> None:
    """Without PATH and configuration, an empty folder is more likely a mistake than a wish. Raises `UsageError`."""
    if not asked and scene.config is None and not inputs.inputs and not inputs.failures:
        raise UsageError("nothing to read here.", hint='Name files or folders, or "-" for standard input.')


def tasks_for(
    inputs: Inputs,
    outputs: Mapping[str, str] | None = None,
    earlier: Mapping[str, DocumentEntry] | None = None,
    refused: Mapping[str, Failure] | None = None,
    content: bytes | None = None,
) -> list[Task]:
    """What is to be done, in id order: inputs, and those of which it is known that they fail."""
    tasks = [
        Task(
            each,
            output=(outputs or {}).get(each.id),
            failure=(refused or {}).get(each.id),
            earlier=(earlier or {}).get(each.id),
            content=content,
        )
        for each in inputs.inputs
    ]
    for failure in inputs.failures:
        lost = Input(failure.document_id, failure.path, failure.path, failure.path, failure.path)
        tasks.append(Task(lost, failure=failure))
    return sorted(tasks, key=lambda task: (task.input.id, task.failure is not None, task.input.path))


def jobs_for(options: RunOptions, tasks: Sequence[Task]) -> int:
    """How many workers: as asked, else the cores, and one where the inputs are small."""
    most = max(1, len(tasks))
    if options.jobs is not None:
        return min(options.jobs, most)
    if sum(task.input.size for task in tasks) < _WORTH_WORKERS_BYTES:
        return 1
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return min(cores, MAX_DEFAULT_JOBS, most)


class Interruption:
    """Ctrl-C in a run that writes: the first one begins no further input, the second one stops at once."""

    def __init__(self, messages: Messages) -> None:
        self.messages = messages
        self.asked = False
        #: Whether inputs were left because of it.
        self.cut = False
        self._before: Any = None

    def __enter__(self) -> Interruption:
        self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *error: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def until(self, tasks: Iterable[Task]) -> Iterator[Task]:
        """The tasks, until Ctrl-C."""
        for task in tasks:
            if self.asked:
                self.cut = True
                return
            yield task


def run_tasks(
    tasks: Sequence[Task],
    setup: Setup,
    account: Account,
    options: RunOptions,
    messages: Messages,
    *,
    label: str,
    bar_allowed: bool,
    interruption: Interruption | None = None,
) -> Iterator[Done]:
    """Handle every task, in order, and count what became of it."""
    jobs = jobs_for(options, tasks)
    total = sum(task.input.size for task in tasks)
    wanted = not (messages.options.quiet or options.no_progress)
    begun = interruption.until(tasks) if interruption is not None else tasks
    finished = run_in_order(begun, work, jobs=jobs, prepare=partial(start, setup))
    with contextlib.ExitStack() as stack:
        advance = stack.enter_context(progress(label, len(tasks), total, wanted=wanted, bar_allowed=bar_allowed))
        # Closing stops the workers, also where whoever pulls gives up.
        stack.callback(getattr(finished, "close", lambda: None))
        for done in finished:
            account.add(done)
            yield done
            advance(done.input.size)


def results_of(finished: Iterable[Done]) -> Iterator[CleanResult]:
    """The results among what was done, for reports."""
    return (done.result for done in finished if done.result is not None)


def tell_failures(account: Account, messages: Messages) -> None:
    """Every failure on its own line, on standard error, whatever else is silenced."""
    shown = account.failures if messages.options.verbose else account.failures[:_FAILURES_LISTED]
    for failure in shown:
        messages.error(f"{failure.path}: {failure.message} {failure.hint}".rstrip())
    if len(shown) < len(account.failures):
        more = count_words(len(account.failures) - len(shown), "more failure")
        messages.error(f"... {more}; --verbose lists them all.")


def tell_rest(account: Account, inputs: Inputs, session: Session, messages: Messages) -> None:
    """What was skipped or passed over, and under which rules."""
    for failure in account.skipped:
        messages.say(f"{failure.path}: {failure.message}")
    nothing = not inputs.inputs and not inputs.failures
    if inputs.passed_over:
        words = ", ".join(f"{count:,} {what}" for what, count in inputs.passed_over)
        (messages.say if nothing else messages.detail)(f"passed over: {words}")
    elif nothing:
        messages.say("no inputs")
    messages.detail(f"rules: {', '.join(_set_names(session))}; {len(session.ruleset.rules)} in force")


def _set_names(session: Session) -> list[str]:
    return [f"{info.name} {info.version}".rstrip() for info in session.ruleset.files] or ["none"]
