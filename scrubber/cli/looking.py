"""The paragraphs of every document of a batch, for those who compare and do not clean. In order, in this process or in workers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import partial

from msgspec import Struct

from scrubber.cli.crew import leave_signals_to_parent
from scrubber.cli.documents import document_of
from scrubber.cli.inputs import Inputs
from scrubber.cli.options import RunOptions
from scrubber.cli.progress import progress
from scrubber.cli.running import jobs_for, tasks_for
from scrubber.cli.streams import Messages
from scrubber.cli.tasks import Setup, Task, failure_of, weight_of
from scrubber.corpus.paragraphs import Paragraph, paragraphs_of, whole_document
from scrubber.engine.run import run_in_order
from scrubber.errors import Failure, ScrubberError
from scrubber.model.document import Document, bulk_documents
from scrubber.read import form_of
from scrubber.text.decode import Undecodable


class Seen(Struct, frozen=True):
    """What one task came to: the id of its document (None: there is none), that of its record, its paragraphs.

    `reached` counts bytes of input that are done with.
    """

    document: str | None
    record: str | None = None
    paragraphs: tuple[Paragraph, ...] = ()
    failure: Failure | None = None
    skipped: bool = False
    reached: int = 0


def see(
    found: Inputs,
    setup: Setup,
    options: RunOptions,
    messages: Messages,
    *,
    whole: bool,
    min_chars: int,
    content: bytes | None = None,
    passed: Counter[str] | None = None,
) -> Iterator[Seen]:
    """Every document of the inputs with its paragraphs, or with itself as the only one if `whole`, in order.

    What cannot be read is a failure, and the run goes on. `passed` counts members of archives that no reader takes.
    """
    tasks = tasks_for(found, content=content)
    opened: Iterable[Task] = tasks
    many = any(form_of(task.input.name, setup.as_format).holds_many for task in tasks)
    if many:
        from scrubber.cli.opening import Opener

        opened = Opener(setup, {}, passed if passed is not None else Counter(), in_batches=True)(tasks)
    total = sum(task.input.size for task in tasks)
    wanted = not (messages.options.quiet or options.no_progress)
    seen = run_in_order(
        opened,
        _look,
        jobs=jobs_for(options, tasks, setup.as_format),
        prepare=partial(_start, setup, whole, min_chars),
        weigh=weight_of,
        lost=_lost,
    )
    with ExitStack() as stack:
        advance = stack.enter_context(
            progress("reading", len(tasks), total, wanted=wanted, bar_allowed=True, texts=many)
        )
        stack.callback(getattr(seen, "close", lambda: None))
        for task in seen:
            for each in task:
                yield each
                advance(each.reached, each.document is not None)


#: What each process knows of the run: the setup, whether documents are texts, and the shortest text.
_known: tuple[Setup, bool, int] | None = None


def _start(setup: Setup, whole: bool, min_chars: int) -> None:
    global _known
    leave_signals_to_parent()
    _known = setup, whole, min_chars


def _look(task: Task) -> tuple[Seen, ...]:
    """What one task came to: one thing, or each record of a batch."""
    reached = task.part.reached if task.part is not None else task.input.size
    try:
        return tuple(_seen(task, reached))
    except Undecodable as error:
        failure, skipped = failure_of(task, error), _setup().undecodable == "skip"
        return (Seen(None, failure=failure, skipped=skipped, reached=reached),)
    except ScrubberError as error:
        return (Seen(None, failure=failure_of(task, error), reached=reached),)
    except MemoryError:
        failure = Failure(task.input.id, task.input.name, "needs more memory than there is.", "Split it.")
        return (Seen(None, failure=failure, reached=reached),)


def _setup() -> Setup:
    if _known is None:
        raise RuntimeError("_look() before _start()")
    return _known[0]


def _seen(task: Task, reached: int) -> Iterator[Seen]:
    setup = _setup()
    if task.failure is not None:
        yield Seen(None, failure=task.failure, skipped=task.skipped, reached=reached)
    elif task.part is not None and task.part.batch:
        batch = task.part.batch
        documents = bulk_documents(((document_id, text) for document_id, _, text in batch), setup.paragraphs)
        for place, (document, (_, name, _)) in enumerate(zip(documents, batch, strict=True), start=1):
            # The bytes of a batch are done with when all of it is.
            yield Seen(document.id, name or None, _texts_of(document), reached=reached if place == len(batch) else 0)
    elif (document_of_task := document_of(setup, task)) is None:
        yield Seen(None, reached=reached)
    else:
        yield Seen(document_of_task.id, _record_of(task), _texts_of(document_of_task), reached=reached)


def _texts_of(document: Document) -> tuple[Paragraph, ...]:
    if _known is None:
        raise RuntimeError("_look() before _start()")
    _, whole, min_chars = _known
    return tuple((whole_document if whole else paragraphs_of)(document, min_chars))


def _record_of(task: Task) -> str | None:
    """The id that a record gives itself."""
    part = task.part
    if part is None:
        return None
    if part.record is not None:
        return part.record.name or None
    if part.row is not None:
        return part.row.name or None
    return part.fields[0][1] if part.fields else None


def _lost(task: Task) -> tuple[Seen, ...]:
    message = "took down the process that worked on it, time and again; most likely memory ran out."
    return (Seen(None, failure=Failure(task.input.id, task.input.name, message, "Split it.")),)
