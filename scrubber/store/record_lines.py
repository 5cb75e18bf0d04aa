"""A file of records back from its output and the lines of the ledger: line by line, in flat memory.

Each record puts its own string back where its line of the ledger says that it stands; everything between is copied. The
whole is proved by its checksum before it takes its name. Refuses outputs that are not the ones that were written.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO

from msgspec import Struct, field

from scrubber.errors import LedgerMismatch, ScrubberError
from scrubber.store.encode import encode_original
from scrubber.store.files import fixity_of_file
from scrubber.store.ledger_form import DocumentEntry, RecordPlace
from scrubber.store.paths import where
from scrubber.store.streamed import StreamedFile
from scrubber.store.uncleaned import uncleaned_text


class RecordFile(Struct):
    """One file in the making at `target`, from the `output` of its records. `first` is any line of the ledger about it.

    After the first error nothing more is done, and `finish` raises it.
    """

    first: DocumentEntry
    output: Path
    target: Path
    #: Names of those records that were asked for.
    asked: list[str] = field(default_factory=list)
    _source: IO[bytes] | None = None
    _sink: StreamedFile | None = None
    _line: int = 0
    _problem: ScrubberError | None = None

    def add(self, entry: DocumentEntry) -> None:
        """Write what stands before a record, and the record as it was. Records come in the order of their lines. O(lines)."""
        if self._problem is not None:
            return
        try:
            place = entry.record
            if place is None or entry.source.fixity != self.first.source.fixity or entry.result != self.first.result:
                raise LedgerMismatch("the lines of the ledger about this file contradict each other.")
            source, sink = self._opened()
            while self._line < place.line - 1 and (line := source.readline()):
                sink.write(line)
                self._line += 1
            if place.left_out:
                sink.write(_left_out(entry, place))
                return
            self._line += 1
            sink.write(_original(entry, place, source.readline()))
        except ScrubberError as error:
            self._problem = error
        except OSError:
            self._problem = LedgerMismatch("the output cannot be read.", where=where(self.output))

    def finish(self) -> None:
        """Write what is left, and let the file take its name if it has the recorded checksum. Raises ScrubberError."""
        try:
            if self._problem is not None:
                raise self._problem
            source, sink = self._opened()
            for line in source:
                sink.write(line)
            if sink.fixity != self.first.source.fixity:
                raise LedgerMismatch("what came back does not have the recorded checksum.")
            sink.finish()
        except ScrubberError as error:
            self._problem = error
            raise
        except OSError:
            self._problem = LedgerMismatch("the output cannot be read.", where=where(self.output))
            raise self._problem from None
        finally:
            self.close()

    def close(self) -> None:
        """Drop what is not finished."""
        if self._source is not None:
            self._source.close()
        if self._sink is not None:
            self._sink.close()

    def _opened(self) -> tuple[IO[bytes], StreamedFile]:
        if self._source is None:
            # The size first: what a foreign ledger points at may be endless.
            expected = self.first.result
            if expected is None or not self.output.is_file() or self.output.stat().st_size != expected.size:
                raise LedgerMismatch("is missing, or has another size than the ledger says.", where=where(self.output))
            if fixity_of_file(self.output) != expected:
                raise LedgerMismatch("has another checksum than the ledger says.", where=where(self.output))
            self._source = self.output.open("rb")
        if self._sink is None:
            self._sink = StreamedFile(self.target)
        return self._source, self._sink


def _left_out(entry: DocumentEntry, place: RecordPlace) -> bytes:
    """The bytes of the line of a record that the output does not hold. Raises LedgerMismatch. O(line)."""
    if place.raw is None:
        raise LedgerMismatch("the ledger does not hold a record that was left out.")
    return encode_original(place.raw, entry.source)


def _original(entry: DocumentEntry, place: RecordPlace, raw: bytes) -> bytes:
    """The bytes of a record's line as they were. Raises LedgerMismatch. O(line)."""
    try:
        line = raw.decode("utf-8")
        written = line[place.span.start : place.span.end]
        token = place.raw if place.raw is not None else written
        if place.raw is None and entry.edits:
            clean = json.loads(written)
            if not isinstance(clean, str):
                raise ValueError("no string")
            token = json.dumps(uncleaned_text(entry, clean), ensure_ascii=place.escaped)
    except (ValueError, RecursionError):
        raise LedgerMismatch("the output has no text where the ledger says that one stands.") from None
    return encode_original(f"{line[: place.span.start]}{token}{line[place.span.end :]}", entry.source)
