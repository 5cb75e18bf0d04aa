"""One run over many inputs: in order, with workers, progress, counts, and a Ctrl-C that leaves whole files behind."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from scrubber.cli.account import Account
from scrubber.cli.crew import begin_again, lost, start, work
from scrubber.cli.inputs import EXCLUDED, Input, Inputs, Wanted, collect, stdin_input
from scrubber.cli.options import RunOptions
from scrubber.cli.progress import progress
from scrubber.cli.session import Scene
from scrubber.cli.streams import Messages
from scrubber.cli.tasks import Done, Setup, Task, weight_of
from scrubber.engine.run import run_in_order
from scrubber.errors import Failure, ScrubberError, UsageError
from scrubber.model import CleanResult
from scrubber.read import form_of

if TYPE_CHECKING:
    from scrubber.store.ledger_form import DocumentEntry

MAX_DEFAULT_JOBS = 8
MAX_JOBS = 256
#: Below this many bytes of input starting workers costs more than they save.
_WORTH_WORKERS_BYTES = 2_000_000


def collected(
    scene: Scene,
    options_stdin_filename: str | None,
    *,
    force_exclude: bool,
    skip: Sequence[Any] = (),
    mirrored: bool = False,
) -> Inputs:
    """The inputs of a scene. Raises `UsageError` where nobody said what to read, and there is nothing to read."""
    if scene.paths == ("-",):
        if force_exclude and options_stdin_filename is not None:
            absolute = os.path.abspath(options_stdin_filename)  # noqa: PTH100
            if any(glob.covers(absolute) for glob in scene.exclude):
                return Inputs((), (), ((EXCLUDED, 1),), scene.root)
        found = stdin_input(options_stdin_filename, scene.root)
        return Inputs((found,), (), (), scene.root)
    wanted = Wanted(scene.paths, scene.include, scene.exclude, force_exclude, skip, mirrored, scene.changed)
    return collect(wanted, scene.root)


def refuse_nothing(scene: Scene, inputs: Inputs, *, asked: bool) -> None:
    """Without PATH and configuration, an empty folder is more likely a mistake than a wish. Raises `UsageError`."""
    if not asked and scene.changed is None and scene.config is None and not inputs.inputs and not inputs.failures:
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


def jobs_for(options: RunOptions, tasks: Sequence[Task], as_format: str | None = None) -> int:
    """How many workers: as asked, else the cores, and one where the inputs are small."""
    many = any(form_of(task.input.name, as_format).holds_many for task in tasks)
    most = MAX_JOBS if many else max(1, len(tasks))
    if options.jobs is not None:
        return min(options.jobs, most)
    if sum(task.input.size for task in tasks) < _WORTH_WORKERS_BYTES:
        return 1
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return min(cores, MAX_DEFAULT_JOBS, most)


class Interruption:
    """Ctrl-C in a run that writes: the first one begins no further input, the second one stops at once."""

    def __init__(self) -> None:
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
            import multiprocessing

            # Workers leave Ctrl-C to us; what they have in hand would be waited for.
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise KeyboardInterrupt
        self.asked = True
        if sys.stderr.isatty():
            # Not by way of the stream: it may be in the middle of a write.
            os.write(sys.stderr.fileno(), b"\nstopping when the files in hand are done; Ctrl-C again stops at once\n")

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
    earlier: Mapping[str, DocumentEntry] | None = None,
    look: Callable[[Done], Done] | None = None,
) -> Iterator[Done]:
    """Handle every task, in order, and count what became of it.

    Inputs that hold many documents are opened on the way; `earlier` are lines of the run that is resumed, by id.
    `look` sees what was done before it is counted, and may put another result in its place.
    """
    jobs = jobs_for(options, tasks, setup.as_format)
    if jobs > 1:
        setup = replace(setup, ruleset=setup.ruleset.read())  # once here, and not in each worker
    total = sum(task.input.size for task in tasks)
    wanted = not (messages.options.quiet or options.no_progress)
    opened: Iterable[Task] = tasks
    many = any(form_of(task.input.name, setup.as_format).holds_many for task in tasks)
    if many:
        from scrubber.cli.opening import Opener

        opened = Opener(setup, earlier or {}, account.passed)(tasks)
    if options.sample is not None:
        from scrubber.cli.sampling import only, sample_of

        account.whole = False
        opened = only(sample_of(tasks, setup, options.sample), opened)
    begun = interruption.until(opened) if interruption is not None else opened

    def again(task: Task) -> None:
        account.second_trials += 1
        begin_again(setup, task)

    finished = run_in_order(
        begun,
        work,
        jobs=jobs,
        prepare=partial(start, setup),
        weigh=weight_of,
        again=again,
        lost=partial(lost, setup),
    )
    with contextlib.ExitStack() as stack:
        advance = stack.enter_context(
            progress(label, len(tasks), total, wanted=wanted, bar_allowed=bar_allowed, texts=many)
        )
        # Closing stops the workers, also where whoever pulls gives up.
        stack.callback(getattr(finished, "close", lambda: None))
        try:
            for done in finished:
                if look is not None:
                    done = look(done)
                account.add(done)
                yield done
                is_text = done.result is not None or done.taken_over
                advance(done.reached, is_text if many else done.line is None or done.line.closes)
        except RuntimeError as error:
            from concurrent.futures import BrokenExecutor

            if not isinstance(error, BrokenExecutor):
                raise
            raise ScrubberError(
                "worker processes are killed before they have anything to do; most likely memory ran out.",
                hint="Try --jobs 1.",
            ) from error


def results_of(finished: Iterable[Done]) -> Iterator[CleanResult]:
    """The results among what was done, for reports."""
    return (done.result for done in finished if done.result is not None)
