"""A Parquet file in the making: blocks of rows with some of their texts replaced, or rows made of id, text and the rest.

Whole or absent, as every output. Refuses nothing that a reader has let through. Needs pyarrow, the extra `parquet`.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

from scrubber.errors import UnwritableOutput, UsageError
from scrubber.store.paths import where
from scrubber.store.streamed import StreamedFile

#: A row group is written when it is as large, or when that of the source ends.
_GROUP_BYTES = 32_000_000
_CODECS = frozenset({"SNAPPY", "GZIP", "BROTLI", "LZ4", "ZSTD"})
#: What packs rows that come from no Parquet file.
_OWN_CODEC = "ZSTD"


def refuse_without_extra() -> None:
    """Raises `UsageError` where pyarrow is not there."""
    try:
        import pyarrow
    except ImportError:
        raise UsageError(
            "the extra for Parquet is not installed.", hint="pip install 'corpus-scrubber[parquet]', or --out x.jsonl."
        ) from None
    del pyarrow


class _Pieces:
    """What Arrow writes to: the file, until it is dropped."""

    closed = False

    def __init__(self, file: StreamedFile) -> None:
        self._file: StreamedFile | None = file

    def write(self, piece: Any) -> int:
        """Take bytes."""
        if self._file is not None:
            self._file.write(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """The file is closed by who made it."""

    def drop(self) -> None:
        """What comes from now on goes nowhere."""
        self._file = None


class TableFile:
    """A Parquet file at `path`, once the file that `end` returns is finished. Memory: a row group, at most about 32 MB.

    `text_field` is the column with the text, `id_field` that with the id of rows which come from no Parquet file.
    """

    def __init__(self, path: Path, text_field: str, id_field: str) -> None:
        self.path = path
        #: Whether some text was replaced, or some row left out.
        self.changed = False
        self._text_field, self._id_field = text_field, id_field
        self._file = StreamedFile(path)
        self._pieces = _Pieces(self._file)
        self._writer: Any = None
        self._schema: Any = None
        self._waiting: list[Any] = []
        self._rows: list[tuple[str | None, str | None, str | None]] = []
        self._bytes = 0

    def write_block(
        self, content: bytes, codec: str, texts: Mapping[int, str], dropped: AbstractSet[int], *, ends: bool
    ) -> None:
        """Add the rows of a block (an Arrow stream), with `texts` by their place in it, but for those that are `dropped`.

        `ends`: the row group of the source ends here. Raises UnwritableOutput. O(block).
        """
        import pyarrow as pa

        try:
            table = pa.ipc.open_stream(content).read_all().combine_chunks()
            self._begin(table.schema, codec if codec in _CODECS else "NONE")
            if texts:
                table = self._replaced(table, texts)
            if dropped:
                table = table.filter(pa.array([index not in dropped for index in range(table.num_rows)]))
        except (pa.ArrowException, ValueError) as error:
            raise self._unwritable(error) from error
        self.changed |= bool(texts or dropped)
        self._add(table)
        if ends or self._bytes >= _GROUP_BYTES:
            self._write_group()

    def write_row(self, name: str | None, text: str | None, rest: str | None) -> None:
        """Add a row that comes from no Parquet file; `rest` is what else is known of it, as JSON. O(row)."""
        self.changed = True
        self._rows.append((name, text, rest))
        self._bytes += sum(len(part) for part in (name, text, rest) if part)
        if self._bytes >= _GROUP_BYTES // 4:
            self._pack_rows()
            self._write_group()

    def end(self) -> StreamedFile:
        """Write what is left. The file that comes back is complete, and takes its name when it is finished."""
        self._pack_rows()
        self._write_group()
        if self._writer is not None:
            self._closed()
        return self._file

    def close(self) -> None:
        """Drop what is not finished."""
        self._pieces.drop()
        if self._writer is not None:
            self._closed()
        self._file.close()

    def _closed(self) -> None:
        import pyarrow as pa

        writer, self._writer = self._writer, None
        try:
            writer.close()
        except (pa.ArrowException, OSError, ValueError) as error:
            raise self._unwritable(error) from error

    def _begin(self, schema: Any, codec: str) -> None:
        """Open the writer, whose columns are those of what comes first."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self._writer is None:
            self._schema = schema
            sink = pa.PythonFile(self._pieces, mode="w")
            self._writer = pq.ParquetWriter(sink, schema, compression=codec)

    def _replaced(self, table: Any, texts: Mapping[int, str]) -> Any:
        import pyarrow as pa
        import pyarrow.types as kinds

        index = table.schema.get_field_index(self._text_field)
        field = table.schema.field(index)
        column = table.column(index)
        kind = field.type.value_type if kinds.is_dictionary(field.type) else field.type
        # As bytes: a text that is no UTF-8 stays in place, and is no str.
        raw = pa.large_binary() if kinds.is_large_string(kind) else pa.binary()
        if kinds.is_string_view(kind):
            raw = pa.binary_view()
        bare = column.cast(kind).cast(raw)
        values = [texts[at].encode("utf-8") if at in texts else bare[at].as_py() for at in range(table.num_rows)]
        strings = pa.array(values, raw).view(kind)
        if not kinds.is_dictionary(field.type):
            return table.set_column(index, field, strings)
        coded = strings.dictionary_encode()
        indices = coded.indices.cast(field.type.index_type)
        coded = pa.DictionaryArray.from_arrays(indices, coded.dictionary, ordered=field.type.ordered)
        return table.set_column(index, field, coded)

    def _pack_rows(self) -> None:
        """Rows that come from no Parquet file as a table."""
        if not self._rows and self._writer is not None:
            return
        import pyarrow as pa

        rest = "fields"
        while rest in (self._id_field, self._text_field):
            rest += "_"
        schema = pa.schema([(name, pa.string()) for name in (self._id_field, self._text_field, rest)])
        columns = [[row[at] for row in self._rows] for at in range(3)]
        self._rows, self._bytes = [], 0
        self._begin(schema, _OWN_CODEC)
        self._add(pa.Table.from_arrays([pa.array(column, pa.string()) for column in columns], schema=schema))

    def _add(self, table: Any) -> None:
        import pyarrow as pa

        if table.num_rows:
            self._waiting.append(pa.Table.from_arrays(table.columns, schema=self._schema))
            self._bytes += table.nbytes

    def _write_group(self) -> None:
        import pyarrow as pa

        waiting, self._waiting, self._bytes = self._waiting, [], 0
        if not waiting:
            return
        try:
            table = pa.concat_tables(waiting)
            self._writer.write_table(table, row_group_size=max(1, table.num_rows))
        except (pa.ArrowException, ValueError) as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: BaseException) -> UnwritableOutput:
        return UnwritableOutput(f"cannot be written as Parquet ({str(error)[:120]}).", where=where(self.path))
