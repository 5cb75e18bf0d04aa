"""Lines on their way into a Parquet output: rows wait for their texts, and go on as a block.

A block is written when all that has become of its rows is known: when the next one comes, or the end.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from scrubber.cli.parts import Line
from scrubber.read.parquet import Block
from scrubber.store.ledger_form import canonical
from scrubber.store.parquet import TableFile
from scrubber.store.streamed import StreamedFile

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class TableSink:
    """Takes lines of documents for the table at `path`. `fields` are the names of id and text.

    Lines without a table of their own become rows of id, text, and one column of JSON with what else they hold.
    Methods raise UnwritableOutput.
    """

    path: Path
    fields: tuple[str, str]
    _file: TableFile = field(init=False)
    _block: Block | None = None
    _texts: dict[int, str] = field(default_factory=dict)
    _dropped: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._file = TableFile(self.path, self.fields[1], self.fields[0])

    @property
    def changed(self) -> bool:
        """Whether any text is another than it was."""
        return self._file.changed or bool(self._texts or self._dropped)

    def take(self, line: Line) -> None:
        """What has become of a row, the block that the next ones stand in, or a record of JSON."""
        if line.block is not None:
            self._write_block()
            self._block = line.block
        elif line.at is not None:
            if line.dropped:
                self._dropped.add(line.at)
            elif line.raw is not None:
                self._texts[line.at] = line.raw.decode("utf-8")
        elif line.raw is not None and line.raw.strip():
            self._write_record(json.loads(line.raw, strict=False))

    def end(self) -> StreamedFile:
        """The file with everything in it; it takes its name when it is finished."""
        self._write_block()
        return self._file.end()

    def close(self) -> None:
        """Drop what is not finished."""
        self._file.close()

    def _write_block(self) -> None:
        block, self._block = self._block, None
        if block is not None:
            self._file.write_block(block.content, block.codec, self._texts, self._dropped, ends=block.ends)
        self._texts, self._dropped = {}, set()

    def _write_record(self, record: dict[str, object]) -> None:
        """One record. Ids of other kinds than strings are written as JSON; halves of pairs, which UTF-8 lacks, as U+FFFD."""
        id_field, text_field = self.fields
        name, text = record.pop(id_field, None), record.pop(text_field, None)
        own = name if name is None or isinstance(name, str) else json.dumps(name)
        self._file.write_row(_whole(own), _whole(text if isinstance(text, str) else None), _json_of(record))


def _whole(text: str | None) -> str | None:
    return None if text is None else _SURROGATE.sub("\ufffd", text)


def _json_of(record: dict[str, object]) -> str | None:
    try:
        return canonical(record).decode("utf-8") if record else None
    except ValueError:  # numbers beyond all, or halves of pairs: as they were written
        return json.dumps(record)
