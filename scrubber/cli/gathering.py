"""Outputs that many documents share: written line by line as the run goes, in place when the last one is done.

Lines of the ledger wait in a nameless file until their output stands. Nothing of either is held in memory.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from msgspec import Struct
from msgspec.structs import replace

from scrubber.cli.destination import Destination, Kind
from scrubber.cli.parts import Line
from scrubber.cli.record import Record
from scrubber.cli.streams import write_text
from scrubber.cli.tables import TableSink
from scrubber.cli.tasks import Done
from scrubber.errors import Failure, ScrubberError, Where
from scrubber.read import form_of
from scrubber.store.files import Fixity
from scrubber.store.ledger_entries import failed_entry
from scrubber.store.ledger_fields import parse_line
from scrubber.store.ledger_form import DocumentEntry, Way, ledger_line
from scrubber.store.ledger_parse import entry_of
from scrubber.store.paths import below
from scrubber.store.pending import forget, noted
from scrubber.store.streamed import StreamedFile, replace_by

#: Begins a waiting line about a record that no output holds.
_LEFT_OUT = b"-"


class Gathering(Struct):
    """Takes what is done of records. `fail` is told of an output that could not be written, `stands` of one that is in place.

    With `whole` the one output takes the lines of every input, until `close`. `fields` are those of id and text.
    """

    destination: Destination
    record: Record | None
    fail: Callable[[Done], None]
    stands: Callable[[str, Fixity], None]
    whole: bool = False
    fields: tuple[str, str] = ("id", "text")
    _sink: StreamedFile | TableSink | None = None
    _spool: IO[bytes] | None = None
    _last: Line | None = None
    _ended: bool = True
    _problem: ScrubberError | None = None
    _exact: bool = True
    _lines: int = 0
    _texts: int = 0
    _failures: int = 0
    _done: Done | None = None

    def take(self, done: Done) -> bool:
        """Whether `done` is about a shared output. Then its line and its entry are taken care of."""
        line = done.line
        if line is None and not self.whole:
            return False
        if line is not None and line.taken:
            return True
        self._keep(done)
        if line is None:
            return True
        self._last, self._done = line, done
        self._write(line)
        self._lines += line.raw.count(b"\n") if line.raw else 0
        self._exact &= line.exact or line.closes
        self._texts += done.result is not None
        self._failures += done.failure is not None
        if line.closes and not self.whole:
            self._finish(line)
        return True

    def close(self, *, interrupted: bool = False) -> None:
        """End the run: the output of all inputs takes its name; half an output is dropped."""
        if self.whole and not interrupted and self._last is not None:
            self._finish(self._last)
        self._drop()

    def _keep(self, done: Done) -> None:
        if self.record is None or done.entry is None:
            return
        if self._spool is None:
            self._spool = tempfile.TemporaryFile(dir=self.record.folder)  # noqa: SIM115  closed by _drop
        entry = done.entry
        if isinstance(entry, DocumentEntry) and entry.record is not None:
            entry = replace(entry, record=replace(entry.record, line=self._lines + 1))
        mark = _LEFT_OUT if done.line is not None and done.line.left_out else b""
        self._spool.write(mark + ledger_line(entry.to_json()))

    def _write(self, line: Line) -> None:
        if self.destination.kind is Kind.STDOUT and line.raw:
            write_text(line.raw.decode("utf-8"))
        if self.destination.output_root is None or self._problem is not None:
            return
        try:
            if self._sink is None:
                self._sink, self._ended = self._opened(line), True
            if isinstance(self._sink, TableSink):
                self._sink.take(line)
            elif line.raw:
                self._sink.write(line.raw if self._ended else b"\n" + line.raw)
                self._ended = line.raw.endswith(b"\n") or self.destination.kind is Kind.IN_PLACE
        except ScrubberError as error:
            if self._sink is not None:
                self._sink.close()
            self._problem, self._sink = error, None

    def _opened(self, line: Line) -> StreamedFile | TableSink:
        """What takes the lines of an output."""
        path = self._path(line)
        is_table = line.block is not None or (self.whole and form_of(line.output).kind == "parquet")
        return TableSink(path, self.fields) if is_table else StreamedFile(path)

    def _path(self, line: Line) -> Path:
        if self.destination.kind is Kind.IN_PLACE or self.destination.output_root is None:
            return Path(line.path)
        return below(self.destination.output_root, line.output)

    def _finish(self, line: Line) -> None:
        """The output takes its name, and then the lines of the ledger are written."""
        standing: Fixity | None = None
        way: Way | None = None if self.whole else line.way
        if self._problem is None and self._sink is not None and not line.lost:
            try:
                standing = self._stand(self._sink, line)
            except ScrubberError as error:
                self._problem = error
        if self._problem is not None and self._done is not None:
            self._refuse(self._done, self._problem)
        else:
            if standing is not None and standing == line.source and not self.whole:
                way = "edits"  # nothing was changed: the output is the original
            elif standing is not None and self._exact and not self.whole:
                way = "edits"
            self._enter(line, standing, way)
            if self.record is not None and self.destination.kind is Kind.IN_PLACE:
                forget(self.record.folder, self._path(line))
            if standing is not None:
                self.stands(line.output, standing)
        self._drop()

    def _stand(self, sink: StreamedFile | TableSink, line: Line) -> Fixity | None:
        changed = True
        if isinstance(sink, TableSink):
            # A table that is written anew has other bytes, whether its texts are others or not.
            changed, sink = sink.changed, sink.end()
        if self.destination.kind is not Kind.IN_PLACE:
            return sink.finish() if self._texts or not self._failures else None
        if line.source is None or not changed or sink.fixity == line.source:
            return line.source
        if self.record is None:
            replace_by(sink, line.source, None)
        else:
            with noted(self.record.folder, sink.path, line.source, sink.fixity):
                replace_by(sink, line.source, self.record.folder)
        return sink.fixity

    def _enter(self, line: Line, standing: Fixity | None, way: Way | None) -> None:
        if self._spool is None or self.record is None:
            return
        self._spool.seek(0)
        for number, raw in enumerate(self._spool, start=1):
            left_out = raw.startswith(_LEFT_OUT)
            entry = entry_of(parse_line(raw.removeprefix(_LEFT_OUT), Where("the lines that waited", number)))
            if isinstance(entry, DocumentEntry):
                if line.lost:
                    continue  # it stands nowhere
                if not self._exact or way != "edits" or standing == line.source:
                    entry = replace(entry, record=None)
                # What is left out has an output only where it is needed to get the file of all records back.
                if standing is not None and (not left_out or entry.record is not None):
                    entry = replace(entry, output=line.output, result=standing, way=way or entry.way)
            self.record.write(entry)

    def _refuse(self, done: Done, error: ScrubberError) -> None:
        """The file fails as a whole: none of its records has an output."""
        last = done.input
        document_id, name = last.id.partition("#")[0], last.name.partition("#")[0]
        failure = Failure(document_id, name, str(error.message), error.hint)
        entry = failed_entry(replace(failure, path=last.source)) if self.record is not None else None
        if self.record is not None and entry is not None:
            self.record.write(entry)
        self.fail(Done(last, failure=failure))

    def _drop(self) -> None:
        if self._sink is not None:
            self._sink.close()
        if self._spool is not None:
            self._spool.close()
        self._sink = self._spool = self._last = self._problem = self._done = None
        self._ended, self._texts, self._failures = True, 0, 0
        self._exact, self._lines = True, 0
