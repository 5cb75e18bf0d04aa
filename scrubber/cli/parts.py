"""Parts of inputs on their way through a run: members of archives and records, each a task of its own.

An input that holds many documents is opened into a stream of tasks, in its own order. Records share one output: what
becomes of each is a line of it, and the last task of the file closes it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scrubber.cli.inputs import Input
from scrubber.model import CleanResult, Document, Origin, Span
from scrubber.read import form_of
from scrubber.store.files import Fixity
from scrubber.text.lines import newline_style

if TYPE_CHECKING:
    from scrubber.read.jsonl import Record
    from scrubber.read.parquet import Block, Row
    from scrubber.store.ledger_form import RecordPlace, Way

RECORD_TYPE = "application/x-ndjson"
ROW_TYPE = "application/vnd.apache.parquet"


class Part(Struct, frozen=True):
    """What a task carries where its document is a part of its input.

    `source` is the fixity of the input, `way` how the input comes back. One of these is set: `content`, the bytes of a
    member, read as `kind` or by its `name`, with a `declared` charset and further `fields` of its own; `record`; `row`,
    and before the first of its rows a `block` with all their columns; a `batch` of records that are only looked at, each with its id, the one that it gives itself, and its text;
    `passage`, bytes that stay as they are (of a `broken` line only in place); `closes`, behind the last record (`lost`: the
    output is not to be). `taken` is whether an earlier run has
    done all of the input, `shared` whether a member goes to the output of all. `exact`: what is written is what was read
    but for the text, so that the output and the ledger give the input back. `reached` counts bytes of the input that this part is further than the last one.
    """

    source: Fixity
    way: Way
    content: bytes | None = None
    name: str = ""
    kind: str | None = None
    declared: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    record: Record | None = None
    row: Row | None = None
    block: Block | None = None
    passage: bytes | None = None
    broken: bool = False
    closes: bool = False
    lost: bool = False
    taken: bool = False
    shared: bool = False
    exact: bool = False
    reached: int = 0
    batch: tuple[tuple[str, str, str], ...] = ()

    def reaching(self, reached: int) -> Part:
        """The same part with another `reached`. One is made for each record, and `replace` would take most of the time."""
        return Part(
            self.source,
            self.way,
            self.content,
            self.name,
            self.kind,
            self.declared,
            self.fields,
            self.record,
            self.row,
            self.block,
            self.passage,
            self.broken,
            self.closes,
            self.lost,
            self.taken,
            self.shared,
            self.exact,
            reached,
            self.batch,
        )


class Line(Struct, frozen=True):
    """What a part is in the output that it shares: `raw`, bytes with their line end (None: nothing).

    With `closes` nothing follows (with `lost` nothing is to be written after all), and `source` is the fixity of the input. `path` is that of the input, `output` the
    name of the shared output; with `taken` that stands already, and nothing is written. Of a table, `block` are rows
    with all their columns, `at` is the place of one among them: its text gives way to `raw`, or stays where there is
    none, or the row is `dropped`. Without `exact` the output and the ledger do not give the input back. `left_out`: the text
    is a copy of another one, and stands nowhere.
    """

    output: str
    path: str
    raw: bytes | None = None
    closes: bool = False
    lost: bool = False
    taken: bool = False
    source: Fixity | None = None
    way: Way = "source"
    block: Block | None = None
    at: int | None = None
    dropped: bool = False
    exact: bool = False
    left_out: bool = False


def record_place(record: Record, line: Line | None, result: CleanResult) -> RecordPlace | None:
    """Where a record stands in the line that is written of it, which is not numbered yet. O(line)."""
    from scrubber.store.ledger_form import RecordPlace

    if line is None or not line.exact:
        return None
    if line.left_out:
        return RecordPlace(0, Span(0, 0), False, record.line, left_out=True)
    if line.raw is None:
        return None
    escaped, raw = record.token() if result.plan.edits else (False, None)
    stop = record.stop + len(line.raw.decode("utf-8")) - len(record.line)
    return RecordPlace(0, Span(record.start, stop), escaped, raw)


def record_document(record: Record, id: str, path: str) -> Document:  # noqa: A002  the name that `Document` uses
    """The text of a record as a document. O(n)."""
    raw = record.text.encode("utf-8")
    origin = Origin(
        path=path,
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        encoding=record.encoding,
        bom=record.mark,
        newline=newline_style(record.text),
        media_type=RECORD_TYPE,
        how_known="JSON Lines" if record.encoding == "utf-8" else "detected",
    )
    return Document(id, record.text, origin)


def row_document(row: Row, id: str, path: str) -> Document:  # noqa: A002  the name that `Document` uses
    """The text of a row as a document. O(n)."""
    raw = row.text.encode("utf-8")
    origin = Origin(
        path=path,
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        encoding="utf-8",
        bom=b"",
        newline=newline_style(row.text),
        media_type=ROW_TYPE,
        how_known="Parquet",
    )
    return Document(id, row.text, origin)


def unpacked(name: str, content: bytes, as_format: str | None, max_bytes: int) -> tuple[str, bytes]:
    """The name and the bytes of one packed document without its coding. Raises `UnreadableInput`."""
    form = form_of(name, as_format)
    if not form.coding or form.holds_many:
        return name, content
    from scrubber.read.packed import unpack

    return form.inner, unpack(content, form.coding, max_bytes)


def line_of(
    part: Part | None,
    source: Input,
    output: str | None,
    *,
    result: CleanResult | None = None,
    fields: tuple[str, str] = ("id", "text"),
    kept: bool = False,
    keep_text: bool = True,
) -> Line | None:
    """What a part is in the output that it shares; None where there is no such output.

    With a `result` it is its record: the one that was read with its text replaced, or one made of id, own fields and
    text under the names in `fields`; nothing where it is left out. Without, it is what passes through; of what failed
    nothing, unless it is `kept`. `keep_text`: whether the ledger may hold text that goes.
    """
    if part is None or output is None:
        return None
    if part.closes:
        return Line(output, source.path, None, True, part.lost, part.taken, part.source, part.way)
    if part.taken:
        return None
    own = Line(output, source.path, source=part.source, way=part.way)
    if result is not None and result.left_out:
        # The ledger holds the whole record, if it may.
        at = part.row.at if part.row is not None else None
        exact = part.exact and part.record is not None and keep_text
        return replace(own, at=at, dropped=at is not None, exact=exact, left_out=True)
    if part.block is not None:
        return replace(own, block=part.block)
    if part.row is not None:
        changed = result is not None and bool(result.plan.edits)
        clean = result.text.encode("utf-8") if result is not None and changed else None
        return replace(own, raw=clean, at=part.row.at, dropped=result is None and not kept)
    if result is not None and part.record is not None:
        raw: bytes | None = part.record.written(result.plan.edits)
    elif result is not None:
        from scrubber.store.ledger_form import canonical

        known = dict(part.fields) or {fields[0]: result.document.id}
        raw = canonical(known | {fields[1]: result.text}) + b"\n"
    elif part.record is not None:
        raw = part.record.mark + part.record.line.encode(part.record.encoding) if kept else None
    else:
        raw = part.passage if kept or not part.broken else None
    return replace(own, raw=raw, exact=part.exact and raw is not None)
