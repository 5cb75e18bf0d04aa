"""Parquet: one record a row, one column of it the text. All other columns go by untouched, and are never looked into.

A file is read row group by row group, in batches of a few rows, so that neither a large group nor strings that a
dictionary repeats fill the memory. Refuses text columns that hold no strings. A group that is damaged costs its rows.

Needs pyarrow, the extra `parquet`.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

from msgspec import Struct

from scrubber.errors import UnreadableInput
from scrubber.read import jsonl
from scrubber.read.packed import Budget, TooMuch

#: So many rows are decoded at once: of a string that is stored once and repeated, no more copies are made.
_BATCH_ROWS = 8
#: Rows travel together in blocks of about this size.
_BLOCK_BYTES = 8_000_000
_BUFFER_BYTES = 1 << 16
_HINT = "Fetch it again, if it can be had."
_NAME_THE_COLUMN = "Name the column with --text-field."


class Block(Struct, frozen=True):
    """The rows that follow it, up to the next one. `content` are all their columns as an Arrow stream, or empty.

    `codec` is how the text column was packed. `ends`: its row group ends with it. `last` is the number of its last row,
    of `total` in the file.
    """

    content: bytes
    codec: str
    ends: bool
    last: int
    total: int


class Row(Struct, frozen=True):
    """A row with a text, the one at `at` (from 0) in its block. `name` is its own id, or empty; `number` counts from 1."""

    text: str
    name: str
    number: int
    at: int


class BrokenRow(Struct, frozen=True):
    """A row whose text could not be read, and why."""

    number: int
    at: int
    message: str
    hint: str = ""


class BrokenGroup(Struct, frozen=True):
    """Rows that could not be read, from number `first` on; the file has another group behind them, or its end."""

    first: int
    message: str
    hint: str = _HINT


Item = Block | Row | BrokenRow | BrokenGroup | jsonl.Item


class _Columns(Struct, frozen=True):
    """Which columns of a file hold text and id; `id` is -1 where there is none that can be one."""

    schema: Any
    text: int
    id: int


def read(
    source: BinaryIO,
    *,
    text_field: str = "text",
    id_field: str = "id",
    max_bytes: int,
    budget: Budget,
    whole: bool = False,
    as_json: bool = False,
    fits: Callable[[str], None] | None = None,
) -> Iterator[Item]:
    """The rows of `source`, which must be seekable, each block before its rows. Rows whose text is null are not among them.

    With `whole`, blocks bring their columns along. With `as_json`, a row with all its columns is a record of JSON Lines
    instead, and there are no blocks. `fits` is called with the shape of the columns before the first row, and may raise.
    Raises `UnreadableInput` for what is no Parquet, has no such column, or holds no strings in it. O(n); memory O(a
    block, or `_BATCH_ROWS` of the largest rows).
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise UnreadableInput(
            "is Parquet, and the extra for that is not installed.", hint="pip install 'corpus-scrubber[parquet]'"
        ) from None
    damages = (pa.ArrowException, OSError, ValueError, MemoryError)
    try:
        table = pq.ParquetFile(source, buffer_size=_BUFFER_BYTES, pre_buffer=False, page_checksum_verification=True)
        schema, metadata = table.schema_arrow, table.metadata
    except damages as error:
        raise UnreadableInput(f"is no Parquet, or is cut off or encrypted ({_reason(error)}).", hint=_HINT) from None
    columns = _Columns(schema, _text_column(schema, text_field), _id_column(schema, id_field))
    if fits is not None:
        fits("\n".join(f"{field.name!r} {field.type} {field.nullable}" for field in schema))
    if metadata.num_rows == 0 and whole:
        yield Block(_packed(schema, []), "NONE", True, 0, 0)
    number = 0
    for group in range(metadata.num_row_groups):
        rows = metadata.row_group(group).num_rows
        if metadata.row_group(group).total_byte_size > budget.left:
            budget.take(metadata.row_group(group).total_byte_size)
        wanted = None if whole or as_json else _wanted(columns)
        come = 0
        try:
            for batches in _blocks(table, group, wanted, budget):
                if as_json:
                    yield from _json_items(batches, number + come, text_field, id_field)
                else:
                    come_to = number + come + sum(batch.num_rows for batch in batches)
                    yield _block(batches, columns, table, group, whole, come_to)
                    yield from _items(batches, columns, number + come, max_bytes, budget)
                come += sum(batch.num_rows for batch in batches)
            if come != rows:
                raise ValueError(f"it says {rows:,} rows, and holds {come:,}")
        except TooMuch:
            raise
        except damages as error:
            message = f"row group {group + 1:,}, from row {number + come + 1:,} on, cannot be read ({_reason(error)})."
            yield BrokenGroup(number + come + 1, message)
        number += rows


def _reason(error: BaseException) -> str:
    """The first line of what Arrow says, in a form that fits into a sentence."""
    said = str(error).strip().splitlines()
    return said[0][:120].rstrip(". ") if said else type(error).__name__


def _text_column(schema: Any, name: str) -> int:
    import pyarrow.types as kinds

    found = [index for index, each in enumerate(schema.names) if each == name]
    if len(found) != 1:
        how_many = "no column" if not found else "more than one column"
        raise UnreadableInput(f"has {how_many} {name[:80]!r}.", hint=_NAME_THE_COLUMN)
    kind = schema.field(found[0]).type
    inner = kind.value_type if kinds.is_dictionary(kind) else kind
    if not (_is_string(inner) or kinds.is_null(inner)):
        raise UnreadableInput(f"holds {str(kind)[:80]}, and no strings, in {name[:80]!r}.", hint=_NAME_THE_COLUMN)
    return found[0]


def _id_column(schema: Any, name: str) -> int:
    import pyarrow.types as kinds

    found = [index for index, each in enumerate(schema.names) if each == name]
    if len(found) == 1:
        kind = schema.field(found[0]).type
        inner = kind.value_type if kinds.is_dictionary(kind) else kind
        if _is_string(inner) or kinds.is_integer(inner):
            return found[0]
    return -1


def _is_string(kind: Any) -> bool:
    import pyarrow.types as kinds

    return bool(kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind))


def _wanted(columns: _Columns) -> list[str]:
    names = columns.schema.names
    return [names[index] for index in (columns.text, columns.id) if index >= 0]


def _blocks(table: Any, group: int, wanted: Sequence[str] | None, budget: Budget) -> Iterator[list[Any]]:
    """The batches of a row group, as many together as make a block."""
    waiting: list[Any] = []
    size = 0
    for batch in table.iter_batches(_BATCH_ROWS, row_groups=[group], columns=wanted, use_threads=False):
        budget.take(batch.nbytes)
        waiting.append(batch)
        size += batch.nbytes
        if size >= _BLOCK_BYTES:
            yield waiting
            waiting, size = [], 0
    if waiting:
        yield waiting


def _block(batches: list[Any], columns: _Columns, table: Any, group: int, whole: bool, last: int) -> Block:
    metadata = table.metadata
    content, codec, ends = b"", "", False
    if whole:
        content = _packed(columns.schema, batches)
        name = columns.schema.names[columns.text]
        leaves = (metadata.row_group(group).column(index) for index in range(metadata.num_columns))
        codec = next((leaf.compression for leaf in leaves if leaf.path_in_schema == name), "")
        before = sum(metadata.row_group(index).num_rows for index in range(group + 1))
        ends = last >= before
    return Block(content, codec, ends, last, metadata.num_rows)


def _packed(schema: Any, batches: list[Any]) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as stream:
        for batch in batches:
            stream.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


def _items(
    batches: list[Any], columns: _Columns, before: int, max_bytes: int, budget: Budget
) -> Iterator[Row | BrokenRow]:
    import pyarrow.types as kinds

    at = 0
    names = columns.schema.names
    # Such a column holds each of its strings once, however often they come.
    repeats = kinds.is_dictionary(columns.schema.field(columns.text).type)
    for batch in batches:
        texts = _raw_texts(batch.column(names[columns.text]))
        ids = batch.column(names[columns.id]) if columns.id >= 0 else None
        for index in range(batch.num_rows):
            number = before + at + 1
            raw = texts[index].as_py()
            if repeats and raw is not None:
                budget.take(len(raw))
            if raw is not None and len(raw) > max_bytes:
                message = f"row {number:,} has more bytes than limits.max-bytes ({max_bytes:,})."
                yield BrokenRow(number, at, message, "Raise the limit in the configuration.")
            elif raw is not None:
                try:
                    yield Row(raw.decode("utf-8"), _name(ids, index), number, at)
                except UnicodeDecodeError:
                    yield BrokenRow(number, at, f"row {number:,} holds bytes that are no UTF-8.")
            at += 1


def _raw_texts(column: Any) -> Any:
    """The bytes of a column of strings: `as_py` of a string that is no UTF-8 would fail without saying where."""
    import pyarrow as pa
    import pyarrow.types as kinds

    if kinds.is_dictionary(column.type):
        column = column.dictionary_decode()
    if kinds.is_null(column.type):
        return column
    if kinds.is_string_view(column.type):
        column = column.cast(pa.binary_view())
        return column
    return column.cast(pa.large_binary() if kinds.is_large_string(column.type) else pa.binary())


def _name(ids: Any, index: int) -> str:
    if ids is None:
        return ""
    try:
        value = ids[index].as_py()
    except UnicodeDecodeError:
        return ""
    return "" if value is None else str(value)


def _json_items(batches: list[Any], before: int, text_field: str, id_field: str) -> Iterator[jsonl.Item]:
    """Rows as records of JSON Lines. Raises ValueError where a column has no form in JSON."""
    number = before
    for batch in batches:
        plain = [_castable(column) for column in batch.columns]
        for index in range(batch.num_rows):
            number += 1
            values = {
                name: _json_value(column[index].as_py()) for name, column in zip(batch.schema.names, plain, strict=True)
            }
            line = json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"
            yield jsonl.item_of(line, number, text_field, id_field)


def _castable(column: Any) -> Any:
    """Times and decimals as Arrow writes them; Python has no nanoseconds."""
    import pyarrow as pa
    import pyarrow.types as kinds

    if kinds.is_dictionary(column.type):
        column = column.dictionary_decode()
    exact = kinds.is_temporal(column.type) or kinds.is_decimal(column.type)
    return column.cast(pa.string()) if exact and not kinds.is_interval(column.type) else column


def _json_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _json_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else str(value)
