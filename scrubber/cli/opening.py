"""Inputs that hold many documents, opened into tasks as the run asks for them.

Each is read once from front to end, and no more of it is held than the member or record in hand. What it says of
names is data: it makes ids and, in a harmless form, names of outputs; nothing is opened or followed on its word.
"""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct, field
from msgspec.structs import replace

from scrubber.cli.inputs import HIDDEN, NO_READER, STDIN, Input
from scrubber.cli.metadata import JSON_SUFFIX
from scrubber.cli.parts import Part
from scrubber.cli.reading import open_input, too_large, unreadable
from scrubber.cli.tasks import Setup, Task
from scrubber.errors import Failure, LedgerMismatch, ScrubberError, UnreadableInput, UnwritableOutput, Where
from scrubber.read import Form, form_of, is_wanted, jsonl, output_relative, parquet, warc
from scrubber.read.archive import ARCHIVES, Member
from scrubber.read.packed import Budget, TooMuch, read_at_most, unpacked_stream
from scrubber.store.claims import Claims
from scrubber.store.files import Fixity, fixity_of, fixity_of_file
from scrubber.store.ledger_form import DocumentEntry, Way
from scrubber.store.originals import put_store
from scrubber.store.paths import below, portable_name, quote_id

#: So many lines without a text, and none with one, and a file is not what it seems.
_HOPELESS_LINES = 1000
#: Archives in archives are opened down to this depth; the outermost counts.
MAX_DEPTH = 3
#: Where macOS keeps what is no content, under the names of the files that it belongs to.
_RESOURCE_FORKS = "__MACOSX"
_NO_TEXT = "records without a text"


class _Opened(Struct, frozen=True):
    """An input that is being read: its task, its bytes, and what holds for all that comes out of it."""

    task: Task
    source: Fixity
    way: Way
    budget: Budget
    claims: Claims
    stream: BinaryIO
    before: os.stat_result | None

    def part(self, **of: object) -> Part:
        return Part(self.source, self.way, **of)  # type: ignore[arg-type]

    def refuse_changes(self) -> None:
        """Raises `UnreadableInput` where the file is not as it was when it was opened."""
        if self.before is None:
            return
        now = os.fstat(self.stream.fileno())
        if (now.st_size, now.st_mtime_ns) != (self.before.st_size, self.before.st_mtime_ns):
            raise UnreadableInput("was changed while it was read.", hint="Run again when nobody writes to it.")


class _Place(Struct, frozen=True):
    """Where in an input something stands: its id, its name for people, and the output that it leads to."""

    id: str
    name: str
    output: str | None


class Opener(Struct):
    """Turns the tasks of a run into those of its documents. `earlier` are lines of the run that is resumed, by id.

    `passed` counts members that no reader takes, by the reason. `in_batches`: nothing is written, and a task may be about
    many records at once.
    """

    setup: Setup
    earlier: Mapping[str, DocumentEntry] = field(default_factory=dict)
    passed: Counter[str] = field(default_factory=Counter)
    in_batches: bool = False
    _finished: dict[str, list[DocumentEntry]] | None = None
    #: The columns of the one Parquet output, empty for those of our own; None before the first input.
    _shape: str | None = None
    #: How many bytes of the input in hand are done with, where that is not told by its position.
    _reached: int | None = None

    def __call__(self, tasks: Iterable[Task]) -> Iterator[Task]:
        """The tasks in order; those of an input that holds many documents in its own order."""
        for task in tasks:
            form = form_of(task.input.name, self.setup.as_format)
            if task.failure is None and form.holds_many:
                yield from self._open(task, form)
            elif task.failure is None and self.setup.gather == "parquet":
                yield self._refitted(task)
            else:
                yield task

    def _fit(self, shape: str) -> None:
        """Note the columns of what goes into the one Parquet output. Raises `UnreadableInput` where others are there."""
        if self.setup.gather != "parquet":
            return
        if self._shape is None:
            self._shape = shape
        if self._shape != shape:
            raise UnreadableInput(
                "has other columns than what came first, and one Parquet file has one set of them.",
                hint="Clean it apart, or give --out DIR or --out x.jsonl.",
            )

    def _refitted(self, task: Task) -> Task:
        """A task, or the failure of one whose document cannot stand in the one Parquet output."""
        try:
            self._fit("")
        except UnreadableInput as error:
            return _failed(task, task.input.id, task.input.name, error)
        return task

    def _open(self, task: Task, form: Form) -> Iterator[Task]:
        try:
            source, way = self._source_of(task)
            with self._stream_of(task) as stream, closing(Claims()) as claims:
                before = os.fstat(stream.fileno()) if task.content is None else None
                opened = _Opened(task, source, way, Budget(source.size), claims, stream, before)
                place = _Place(task.input.id, task.input.name, task.output)
                at = 0
                self._reached = 0 if form.kind == "parquet" and not form.coding else None
                for each in self._parts(opened, place, stream, form):
                    now = stream.tell() if self._reached is None else self._reached
                    reached, at = max(0, now - at), max(at, now)
                    yield each if each.part is None else each.of_part(each.part.reaching(reached))
                if form.is_archive:
                    opened.refuse_changes()
        except ScrubberError as error:
            yield _failed(task, task.input.id, task.input.name, error)
        except (OSError, ValueError) as error:
            yield _failed(task, task.input.id, task.input.name, unreadable(task.input.name, error))

    def _stream_of(self, task: Task) -> BinaryIO:
        return open_input(task.input.path, task.input.name) if task.content is None else io.BytesIO(task.content)

    def _source_of(self, task: Task) -> tuple[Fixity, Way]:
        """The fixity of an input, and how it will come back; what comes from standard input goes to the store."""
        if task.content is not None:
            if self.setup.store is None or not self.setup.keep_text:
                return fixity_of(task.content), "source"
            put_store(self.setup.store, task.content)
            return fixity_of(task.content), "store"
        with open_input(task.input.path, task.input.name):
            pass  # a regular file, and no pipe
        in_place = self.setup.destination == "in-place"
        return fixity_of_file(Path(task.input.path)), "store" if in_place and self.setup.store is not None else "source"

    def _parts(self, opened: _Opened, place: _Place, stream: BinaryIO, form: Form, depth: int = 1) -> Iterator[Task]:
        if form.coding:
            stream = unpacked_stream(stream, form.coding, opened.budget)
        if form.ends_with_index and (form.coding or depth > 1):
            stream = io.BytesIO(read_at_most(stream, self.setup.max_bytes))
        if form.is_archive:
            yield from self._members(opened, place, stream, form, depth)
        else:
            yield from self._records(opened, place, stream, form)

    def _members(self, opened: _Opened, place: _Place, stream: BinaryIO, form: Form, depth: int) -> Iterator[Task]:
        """What the members of one archive hold; those that are archives themselves are opened in turn."""
        for member in ARCHIVES[form.kind](stream, opened.budget):
            if member.is_folder or self._is_passed_over(member):
                continue
            inner = form_of(member.name, self.setup.as_format)
            each, free = self._member_place(opened, place, member, inner)
            problem = "" if free else "has the place of another member: its output cannot stand beside that one."
            if member.problem:
                problem = f"skipped: {member.problem}."
            elif inner.is_archive and depth >= MAX_DEPTH:
                problem = f"is nested deeper than {MAX_DEPTH} archives."
            try:
                if problem:
                    hint = "" if member.problem else "Unpack the archive, and clean it apart."
                    raise UnreadableInput(problem, hint=hint)
                if inner.holds_many:
                    yield from self._parts(opened, each, member.open(), inner, depth + 1)
                    continue
                if member.size > self.setup.max_bytes and not inner.coding:
                    raise too_large(member.size, self.setup.max_bytes, Where(each.name))
                self._fit("")
                with member.open() as packed:
                    source = unpacked_stream(packed, inner.coding, opened.budget) if inner.coding else packed
                    content = read_at_most(source, self.setup.max_bytes)
                task = self._task(opened, each, opened.part(content=content, name=inner.inner), each.output)
                yield replace(task, earlier=self.earlier.get(each.id))
            except TooMuch:
                raise
            except UnreadableInput as error:
                yield replace(_failed(opened.task, each.id, each.name, error), skipped=bool(member.problem))

    def _is_passed_over(self, member: Member) -> bool:
        """Whether a walk would pass a file of that name over; counts it."""
        folders = member.name.split("/")[:-1]
        if any((part.startswith(".") and part not in (".", "..")) or part == _RESOURCE_FORKS for part in folders):
            self.passed[HIDDEN] += 1
        elif not is_wanted(member.name):
            self.passed[NO_READER] += 1
        else:
            return False
        return True

    def _member_place(self, opened: _Opened, place: _Place, member: Member, form: Form) -> tuple[_Place, bool]:
        """Where a member stands, and whether nothing else stands there."""
        relative, suffix = output_relative(member.name, self.setup.as_format)
        output = f"{place.output or '_'}/{portable_name(relative, foreign=True)}{suffix}"
        free = opened.claims.output(output if not form.is_archive else f"{output}/_")
        if free and suffix and self.setup.metadata == "json":
            free = opened.claims.output(output + JSON_SUFFIX)
        shown = member.name.encode("utf-8", "backslashreplace").decode("utf-8")
        if self.setup.gather or place.output is None:
            output = place.output or (STDIN if form.holds_records else "")
        return _Place(f"{place.id}!/{quote_id(member.name)}", f"{place.name}!/{shown}", output or None), free

    def _records(self, opened: _Opened, place: _Place, stream: BinaryIO, form: Form) -> Iterator[Task]:
        """The records of one file, and what closes it."""
        taken = self._finished_before(opened, place)
        items = self._items(opened, stream, form, whole=place.output is not None and not taken)
        problem: ScrubberError | None = None
        met = broken = holes = 0
        try:
            exact = self._gives_back(opened, place, form)
            for item in items:
                if isinstance(item, jsonl.Batch):
                    met += len(item.records)
                    yield self._task(opened, place, opened.part(batch=self._batch(opened, place, item)), place.output)
                    continue
                if isinstance(item, jsonl.Record):
                    met += 1
                    each = self._record_place(opened, place, item.name, item.number)
                    part = opened.part(taken=taken, shared=True, exact=exact and item.exact, record=item)
                    task = self._task(opened, each, part, place.output)
                    yield replace(task, earlier=self.earlier.get(each.id)) if taken else task
                    continue
                part = opened.part(taken=taken, shared=True)
                if isinstance(item, jsonl.Passage):
                    part = replace(part, exact=exact and item.exact)
                    passage = replace(part, passage=item.raw, broken=item.broken)
                    yield self._task(opened, place, passage, place.output)
                elif isinstance(item, parquet.Block):
                    if self._reached is not None:
                        self._reached = opened.source.size * item.last // max(1, item.total)
                    if item.content:
                        yield self._task(opened, place, replace(part, block=item), place.output)
                elif isinstance(item, parquet.Row):
                    each = self._record_place(opened, place, item.name, item.number)
                    task = self._task(opened, each, replace(part, row=item), place.output)
                    yield replace(task, earlier=self.earlier.get(each.id) if taken else None)
                elif isinstance(item, parquet.BrokenRow | parquet.BrokenGroup):
                    holes += isinstance(item, parquet.BrokenGroup)
                    number = item.first if isinstance(item, parquet.BrokenGroup) else item.number
                    row = parquet.Row("", "", number, item.at) if isinstance(item, parquet.BrokenRow) else None
                    each = _Place(f"{place.id}#{number}", f"{place.name}#{number}", place.output)
                    task = self._task(opened, each, replace(part, row=row, passage=b"", broken=True), place.output)
                    yield replace(task, failure=Failure(each.id, place.name, item.message, item.hint))
                elif isinstance(item, warc.Capture):
                    each = self._record_place(opened, place, item.name, item.number)
                    fields = ((self.setup.id_field, item.name or str(item.number)), *item.fields)
                    capture = replace(part, content=item.content, kind=item.kind, declared=item.declared, fields=fields)
                    task = self._task(opened, each, capture, place.output)
                    yield replace(task, earlier=self.earlier.get(each.id) if taken else None)
                elif isinstance(item, warc.PassedOver):
                    self.passed[_NO_TEXT] += 1
                elif isinstance(item, warc.BrokenCapture):
                    each = self._record_place(opened, place, item.name, item.number)
                    task = self._task(opened, each, replace(part, passage=b"", broken=True), place.output)
                    yield replace(task, failure=Failure(each.id, each.name, item.message, item.hint))
                else:
                    broken += 1
                    each = _Place(f"{place.id}#{item.number}", f"{place.name}#{item.number}", place.output)
                    task = self._task(opened, each, replace(part, passage=item.raw, broken=True), place.output)
                    yield replace(task, failure=Failure(each.id, place.name, item.message, item.hint))
                    if not met and broken == _HOPELESS_LINES:
                        raise UnreadableInput(
                            f"no line of the first {broken:,} holds a text; the rest was not read.",
                            hint="Name the field with --text-field.",
                        )
        except (UnreadableInput, OSError) as error:
            problem = error if isinstance(error, UnreadableInput) else unreadable(place.name, error)
        # Half of a file must not replace the whole one.
        lost = (problem is not None or holes > 0) and self.setup.destination == "in-place"
        try:
            opened.refuse_changes()
        except UnreadableInput as error:
            problem, lost = error, True
        end = opened.part(taken=taken, shared=True)
        if problem is not None:
            task = self._task(opened, place, replace(end, passage=b"", broken=True), place.output)
            yield replace(task, failure=Failure(place.id, place.name, problem.message, problem.hint))
        yield self._task(opened, place, replace(end, closes=True, lost=lost), place.output)

    def _items(
        self, opened: _Opened, stream: BinaryIO, form: Form, *, whole: bool
    ) -> Iterator[jsonl.Item | jsonl.Batch | warc.Item | parquet.Item]:
        """What one file of records holds. `whole`: what is beside the texts is wanted, too."""
        setup = self.setup
        if form.kind == "parquet":
            return parquet.read(
                stream,
                text_field=setup.text_field,
                id_field=setup.id_field,
                max_bytes=setup.max_bytes,
                budget=opened.budget,
                whole=whole,
                as_json=setup.gather == "jsonl",
                fits=self._fit,
            )
        self._fit("")
        if form.kind == "warc":
            return warc.read(stream, max_bytes=setup.max_bytes)
        read = jsonl.read_in_batches if self.in_batches else jsonl.read
        return read(
            stream,
            text_field=setup.text_field,
            id_field=setup.id_field,
            max_bytes=setup.max_bytes,
            encoding=setup.encoding,
        )

    def _gives_back(self, opened: _Opened, place: _Place, form: Form) -> bool:
        """Whether the output of a file may be all that is needed to restore it: not packed, in no archive, written apart.

        In place and from standard input the original goes to the store, whatever comes.
        """
        setup = self.setup
        whole = opened.task
        apart = place.id == whole.input.id and whole.content is None and not form.coding and not setup.gather
        apart = apart and setup.part != "sample"
        return apart and form.kind == "jsonl" and setup.destination == "out" and setup.record and setup.keep_text

    def _batch(self, opened: _Opened, place: _Place, batch: jsonl.Batch) -> tuple[tuple[str, str, str], ...]:
        """For each record of a batch its id, the one that it gives itself, and its text."""
        numbered = enumerate(batch.records, start=batch.first)
        return tuple(
            (self._record_place(opened, place, name, number).id, name, text) for number, (name, text) in numbered
        )

    def _record_place(self, opened: _Opened, place: _Place, record: str, number: int) -> _Place:
        """The id of a record: its own, else its number. Of two with one id the second has its number behind it, too."""
        own = record or str(number)
        document_id = f"{place.id}#{quote_id(own)}"
        name = f"{place.name}#{own}"
        if not opened.claims.first(document_id):
            document_id, name = f"{document_id}#{number}", f"{name}#{number}"
            opened.claims.first(document_id)
        return _Place(document_id, name, place.output)

    def _task(self, opened: _Opened, place: _Place, part: Part, output: str | None) -> Task:
        whole = opened.task.input
        each = Input(place.id, whole.path, place.name, whole.source, whole.relative)
        return Task(each, output=output, part=part)

    def _finished_before(self, opened: _Opened, place: _Place) -> bool:
        """Whether an earlier run has done this whole file of records, and its output is as it left it.

        A line of the ledger for each record that the output holds says that it came to its end.
        """
        if self._finished is None:
            self._finished = {}
            for entry in self.earlier.values():
                self._finished.setdefault(entry.id.partition("#")[0], []).append(entry)
        known = self._finished.get(place.id, [])
        if not known or place.output is None or self.setup.output_root is None or self.setup.gather:
            return False
        # Of what was left out the output holds nothing.
        standing = [entry for entry in known if entry.result is not None and not _is_left_out(entry)]
        if not standing:
            return False
        first = standing[0]
        in_place = self.setup.destination == "in-place"
        same = first.result == opened.source if in_place else first.source.fixity == opened.source
        if not same or first.result is None or first.output != place.output:
            return False
        if any(entry.result not in (first.result, None) for entry in known):
            return False
        try:
            path = below(self.setup.output_root, place.output)
            if fixity_of_file(path) != first.result:
                return False
            with path.open("rb") as output:
                return sum(
                    isinstance(item, jsonl.Record | parquet.Row) for item in self._written(output, first)
                ) == len(standing)
        except (OSError, LedgerMismatch, UnreadableInput, UnwritableOutput):
            return False

    def _written(self, output: BinaryIO, entry: DocumentEntry) -> Iterator[jsonl.Item | parquet.Item]:
        """The records of an output."""
        setup = self.setup
        text_field, id_field, max_bytes = setup.text_field, setup.id_field, setup.max_bytes
        if form_of(entry.output or "", setup.as_format).kind == "parquet":
            budget = Budget(entry.result.size if entry.result is not None else 0)
            return parquet.read(output, text_field=text_field, id_field=id_field, max_bytes=max_bytes, budget=budget)
        return jsonl.read(output, text_field=text_field, id_field=id_field, max_bytes=max_bytes)


def _is_left_out(entry: DocumentEntry) -> bool:
    return entry.record is not None and entry.record.left_out


def _failed(task: Task, document_id: str, name: str, error: ScrubberError) -> Task:
    """A task that fails, for something inside of an input that could not be read."""
    whole = task.input
    each = Input(document_id, whole.path, name, whole.source, whole.relative)
    return Task(each, failure=Failure(document_id, name, error.message, error.hint))
