"""What there is to review: every input looked at once, and again when it or what was decided about it has changed.

Documents come and go one by one. What stays of each is an `Item` of a few hundred bytes a finding, and its hunk on the
shelf. Refuses to ask for what no decision can settle: that an input is written in another encoding.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from scrubber.cli.inputs import Input
from scrubber.cli.review_shelf import Shelf
from scrubber.cli.review_state import Item, Subject
from scrubber.cli.tasks import Done, Setup, Task
from scrubber.cli.work import Worker
from scrubber.detect.line_model import prefer_arrays
from scrubber.model import CleanResult, Document, Outcome, Verdict
from scrubber.read import form_of
from scrubber.report.hunks import Hunk, lone_hunks
from scrubber.rules.builtin import BAD_BYTES, ENCODING
from scrubber.rules.decisions import Decisions

#: What an answer can act on, and what earlier answers have settled.
_OPEN = frozenset((Outcome.REMOVED, Outcome.REPLACED, Outcome.FLAGGED, Outcome.LIMITED))
_WITH_SETTLED = _OPEN | {Outcome.DECIDED}
#: A larger document is not looked at again after each answer, but once all are given.
MAX_FRESH_BYTES = 1_000_000

Stamp = tuple[int, int, int]


def stamp_of(path: str) -> Stamp | None:
    """What tells that a file was changed: its size, its time of change and its identity; None where it is gone."""
    try:
        status = os.stat(path)  # noqa: PTH116  a name that is not UTF-8 stays as it is
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


class Source(Struct):
    """One input: when it was looked at last, and whether answers were given about it since."""

    input: Input
    stamp: Stamp | None
    many: bool
    touched: bool = False

    @property
    def changed(self) -> bool:
        """Whether the file is another than the one that was looked at."""
        return stamp_of(self.input.path) != self.stamp


class Look(Struct, frozen=True):
    """One input looked at again: its items, the fingerprints of all that is found by document, and what went wrong."""

    items: Sequence[Item]
    met: Mapping[str, frozenset[str]]
    problem: str = ""


class Findings:
    """The inputs of a review, and what is found in them. `settled`: with what earlier decisions have settled."""

    def __init__(self, inputs: Sequence[Input], setup: Setup, shelf: Shelf, *, context: int, settled: bool) -> None:
        self.sources = [
            Source(each, stamp_of(each.path), form_of(each.name, setup.as_format).holds_many) for each in inputs
        ]
        self.setup = setup
        self.shelf = shelf
        self.context = context
        self.wanted = _WITH_SETTLED if settled else _OPEN
        #: Documents that are written anew as UTF-8, which no decision is about.
        self.encoded = 0
        self._number = {source.input.path: number for number, source in enumerate(self.sources)}
        self._by_id = {source.input.id: number for number, source in enumerate(self.sources)}
        self._worker: Worker | None = None
        self._kin: tuple[str, Document | None] = ("", None)

    def items_of(self, done: Done) -> Iterator[Item]:
        """What there is to review in one document; its hunks go onto the shelf."""
        number = self._number.get(done.input.path)
        if done.result is not None and number is not None:
            self.encoded += any(verdict.finding.rule is ENCODING for verdict in done.result.plan.verdicts)
            yield from self._items(done.result, done.input.name, number)

    def again(self, number: int, decisions: Decisions) -> Look:
        """What there is in one input now, under these decisions. In this process, at the cost of reading all of it."""
        source = self.sources[number]
        source.stamp, source.touched = stamp_of(source.input.path), False
        worker = self._ready(decisions)
        task = Task(source.input)
        tasks: Iterator[Task] = iter((task,))
        if source.many:
            from scrubber.cli.opening import Opener

            tasks = Opener(worker.setup)((task,))
        items: list[Item] = []
        met: dict[str, frozenset[str]] = {}
        problem = ""
        for each in tasks:
            done = worker(each)
            if done.result is not None:
                items += self._items(done.result, done.input.name, number)
                plan = done.result.plan
                met[plan.document_id] = frozenset(verdict.finding.fingerprint for verdict in plan.verdicts)
            elif done.failure is not None and not problem:
                problem = f"{done.failure.path}: {done.failure.message}"
        return Look(items, met, problem)

    def _ready(self, decisions: Decisions) -> Worker:
        if self._worker is None:
            self._worker = Worker(self.setup)
            if any(rule.kind == "statistic" for rule in self.setup.ruleset.rules):
                prefer_arrays()
        self._worker.heed(decisions)
        return self._worker

    def _items(self, result: CleanResult, name: str, number: int) -> Iterator[Item]:
        verdicts = result.plan.verdicts
        for hunk in lone_hunks(result, self._is_wanted, context=self.context, document=self._document):
            asked = [verdicts[index] for index in hunk.verdicts if self._is_wanted(verdicts[index])]
            if not asked:
                continue
            rule = asked[0].finding.rule
            yield Item(
                confidence=int(asked[0].finding.confidence),
                rule=rule.id,
                document_id=result.document.id,
                position=(hunk.span.start, hunk.span.end),
                subjects=_subjects(asked),
                beneath=_subjects(
                    verdicts[index] for index in hunk.verdicts if verdicts[index].outcome is Outcome.OVERLAPPED
                ),
                removable=rule.id != BAD_BYTES.id,
                source=number,
                place=self.shelf.put(hunk, name),
            )

    def _is_wanted(self, verdict: Verdict) -> bool:
        if verdict.finding.rule.id == ENCODING.id or verdict.outcome not in self.wanted:
            return False
        return self.wanted is _WITH_SETTLED or not is_decided(verdict)

    def _document(self, document_id: str) -> Document | None:
        """Another input by its id, for the text that a finding repeats; none of those inside a file of many."""
        if self._kin[0] != document_id:
            found: Document | None = None
            number = self._by_id.get(document_id)
            if number is not None and not self.sources[number].many:
                worker = self._ready(self.setup.decisions)
                done = worker(Task(self.sources[number].input))
                found = done.result.document if done.result is not None else None
            self._kin = document_id, found
        return self._kin[1]

    def text_of(self, item: Item) -> tuple[Hunk, str]:
        """The hunk of an item, and the name of its document."""
        return self.shelf.get(item.place)


def _subjects(verdicts: Iterable[Verdict]) -> tuple[Subject, ...]:
    return tuple(dict.fromkeys(Subject(each.finding.fingerprint, each.finding.rule.id) for each in verdicts))


def is_decided(verdict: Verdict) -> bool:
    """Whether a recorded decision has made a verdict what it is."""
    return verdict.outcome is Outcome.DECIDED or verdict.reason == "decided" or verdict.reason.startswith("decided: ")
