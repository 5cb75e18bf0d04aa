"""Looking at every document of a dump without changing any: in order, with workers, what cannot be read recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Generic, TypeVar

from msgspec import Struct

from scrubber.cli.account import Account
from scrubber.cli.crew import leave_signals_to_parent
from scrubber.cli.documents import document_of
from scrubber.cli.options import RunOptions
from scrubber.cli.progress import progress
from scrubber.cli.running import jobs_for
from scrubber.cli.sampling import is_document, only, sample_of
from scrubber.cli.streams import Messages
from scrubber.cli.tasks import Done, Setup, Task, failure_of, weight_of
from scrubber.cli.time_limit import TimeUp, at_most
from scrubber.engine.run import run_in_order
from scrubber.errors import Failure, ScrubberError
from scrubber.model import Document
from scrubber.read import form_of

Seen = TypeVar("Seen")
#: What is wanted to be known of the document of a task. It must be picklable: a function of a module, or a partial of one.
Look = Callable[[Task, Document], Seen]


def of_document(look: Callable[[Document], Seen], task: Task, document: Document) -> Seen:
    """For a partial: a look at the document alone."""
    return look(document)


class Observed(Struct, Generic[Seen], frozen=True):
    """What was seen of one document; without `seen` it could not be read."""

    task_id: str
    seen: Seen | None
    done: Done


_setup: Setup | None = None
_look: Look[object] | None = None


def _start(setup: Setup, look: Look[object]) -> None:
    global _setup, _look
    leave_signals_to_parent()
    _setup, _look = setup, look


def _observe(task: Task) -> Observed[object]:
    if _setup is None or _look is None:
        raise RuntimeError("_observe() before _start()")
    reached = task.part.reached if task.part is not None else task.input.size
    failure = task.failure
    if failure is None:
        try:
            with at_most(_setup.max_seconds):
                document = document_of(_setup, task)
                seen = _look(task, document) if document is not None else None
            return Observed(task.input.id, seen, Done(task.input, reached=reached))
        except ScrubberError as error:
            failure = failure_of(task, error)
        except TimeUp:
            message = f"took longer than limits.max-seconds ({_setup.max_seconds})."
            failure = Failure(task.input.id, task.input.name, message, "Raise it, or split the text.")
        except MemoryError:
            failure = Failure(task.input.id, task.input.name, "needs more memory than there is.", "Split it.")
    return Observed(task.input.id, None, Done(task.input, failure=failure, skipped=task.skipped, reached=reached))


def _lost(task: Task) -> Observed[object]:
    message = "took down the process that worked on it, time and again; most likely memory ran out."
    failure = Failure(task.input.id, task.input.name, message, "Split it, or set limits.max-bytes lower.")
    return Observed(task.input.id, None, Done(task.input, failure=failure))


def observe(
    tasks: Sequence[Task],
    setup: Setup,
    look: Look[Seen],
    account: Account,
    options: RunOptions,
    messages: Messages,
    *,
    label: str,
) -> Iterator[tuple[str, Seen]]:
    """The id of every document and what `look` says of it, in order. Failures go to the account."""
    many = any(form_of(task.input.name, setup.as_format).holds_many for task in tasks)
    opened: Iterable[Task] = tasks
    if many:
        from scrubber.cli.opening import Opener

        opened = Opener(setup, passed=account.passed)(tasks)
    if options.sample is not None:
        opened = only(sample_of(tasks, setup, options.sample), opened)
    results = run_in_order(
        (task for task in opened if is_document(task)),
        _observe,
        jobs=jobs_for(options, tasks, setup.as_format),
        prepare=partial(_start, setup, look),
        weigh=weight_of,
        lost=_lost,
    )
    wanted = not (messages.options.quiet or options.no_progress)
    total = sum(task.input.size for task in tasks)
    with progress(label, len(tasks), total, wanted=wanted, bar_allowed=True, texts=many) as advance:
        for each in results:
            advance(each.done.reached, True)
            if each.done.failure is not None:
                account.add(each.done)
            else:
                yield each.task_id, each.seen  # type: ignore[misc]
