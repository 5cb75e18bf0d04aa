"""Part of a dump: a sample that is always the same, or what an earlier run could not handle."""

from __future__ import annotations

import hashlib
import heapq
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from scrubber.cli.inputs import Inputs
from scrubber.cli.opening import Opener
from scrubber.cli.tasks import Setup, Task
from scrubber.errors import LedgerMismatch, UnreadableInput, UsageError
from scrubber.store.ledger_form import FailedEntry
from scrubber.store.ledger_read import LedgerReader

#: What parts the id of a container from that of what it holds.
_INSIDE = re.compile(r"!/|#")


def sample_of(tasks: Sequence[Task], setup: Setup, count: int) -> frozenset[str]:
    """The ids of `count` documents: those whose ids have the smallest SHA-256, so that order and time change nothing.

    Archives and files of records are read for the ids that they hold, once more than they are cleaned. Memory: `count`.
    """
    ids = (task.input.id for task in Opener(setup)(tasks) if is_document(task))
    return frozenset(heapq.nsmallest(count, ids, key=_rank))


def only(sample: frozenset[str], tasks: Iterable[Task]) -> Iterator[Task]:
    """Those opened tasks that are about the sample, and those that close an output."""
    for task in tasks:
        closes = task.part is not None and task.part.closes
        if closes or (is_document(task) and task.input.id in sample):
            yield task


def _rank(document_id: str) -> tuple[bytes, str]:
    return hashlib.sha256(document_id.encode("utf-8", "surrogatepass")).digest(), document_id


def is_document(task: Task) -> bool:
    """Whether a task is about a text, rather than about what stands between texts."""
    part = task.part
    if part is None or task.failure is not None:
        return True
    return part.content is not None or part.record is not None or part.row is not None


def only_failed(found: Inputs, ledger: Path) -> Inputs:
    """The inputs that failed in the run of `ledger`, or hold something that did.

    Raises `UsageError` where the ledger cannot be read.
    """
    try:
        failed = containers_of(entry.id for entry in LedgerReader(ledger).entries() if isinstance(entry, FailedEntry))
    except (UnreadableInput, LedgerMismatch) as error:
        raise UsageError(
            f"--retry {error}", hint="Name the ledger of the run whose failures shall be tried again."
        ) from error
    return replace(
        found,
        inputs=tuple(each for each in found.inputs if each.id in failed),
        failures=tuple(each for each in found.failures if each.document_id in failed),
    )


def containers_of(ids: Iterable[str]) -> frozenset[str]:
    """Some ids, and those of everything that holds them: archives, files of records."""
    found: set[str] = set()
    for each in ids:
        found.add(each)
        found.update(each[: mark.start()] for mark in _INSIDE.finditer(each))
    return frozenset(found)
