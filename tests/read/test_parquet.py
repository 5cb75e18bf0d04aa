"""Rows are records: their text and id come out, the rest goes by, and damage costs no more than a row group."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from scrubber.errors import UnreadableInput
from scrubber.read import jsonl, parquet
from scrubber.read.packed import Budget, TooMuch
from scrubber.read.parquet import Block, BrokenGroup, BrokenRow, Row

pa = pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
pq = pytest.importorskip("pyarrow.parquet")


def packed(table: Any, **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def items(content: bytes, *, max_bytes: int = 1_000_000, **options: Any) -> list[parquet.Item]:
    return list(parquet.read(io.BytesIO(content), max_bytes=max_bytes, budget=Budget(len(content)), **options))


def rows(found: list[parquet.Item]) -> list[tuple[str, str, int]]:
    return [(each.name, each.text, each.number) for each in found if isinstance(each, Row)]


TEXTS = ["The ferry", None, "返航\r\n", "", "noon"]
TABLE = pa.table({"id": ["a", "b", None, "d", "e"], "text": TEXTS, "n": [1, 2, 3, 4, 5]})
WANTED = [("a", "The ferry", 1), ("", "返航\r\n", 3), ("d", "", 4), ("e", "noon", 5)]

KINDS = [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string()), pa.string_view()]


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("group", [1, 2, 5])
def test_every_kind_of_strings_is_a_text_and_null_is_none(kind: Any, group: int) -> None:
    plain = pa.array(TEXTS, pa.string())
    if kind == pa.string_view() and int(pa.__version__.split(".")[0]) < 20:
        pytest.skip("this pyarrow cannot write views")
    column = plain.dictionary_encode().cast(kind) if "dictionary" in str(kind) else plain.cast(kind)
    content = packed(TABLE.set_column(1, "text", column), row_group_size=group)
    assert rows(items(content)) == WANTED


@pytest.mark.parametrize(
    ("ids", "names"),
    [
        (pa.array([7, None, 3, 4, 5], pa.int64()), ["7", "3", "4", "5"]),
        (pa.array([1.5] * 5), [""] * 4),
        (pa.array([["x"]] * 5), [""] * 4),
        (pa.array([True] * 5), [""] * 4),
    ],
    ids=str,
)
def test_ids_are_strings_or_whole_numbers(ids: Any, names: list[str]) -> None:
    assert [name for name, _, _ in rows(items(packed(TABLE.set_column(0, "id", ids))))] == names


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pa.table({"body": ["x"]}), "has no column 'text'"),
        (pa.table({"text": [1]}), "holds int64, and no strings, in 'text'"),
        (pa.table({"text": [b"x"]}), "holds binary, and no strings"),
        (pa.table({"text": [["x"]]}), "holds list<"),
        (pa.table({"text": [{"text": "x"}]}), "holds struct<"),
        (pa.Table.from_arrays([pa.array(["x"]), pa.array(["y"])], names=["text", "text"]), "more than one column"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_text_column_that_is_none_is_refused_by_name(table: Any, message: str) -> None:
    with pytest.raises(UnreadableInput, match=message):
        items(packed(table))


@pytest.mark.parametrize(
    "content", [b"", b"PAR1", b"PAR1PAR1", b"PAR1" + b"\xff" * 100 + b"\xff\xff\0\0PAR1", packed(TABLE)[:-9], b"x" * 99]
)
def test_what_is_no_parquet_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(UnreadableInput, match="is no Parquet"):
        items(content)


def test_a_damaged_row_group_costs_its_rows() -> None:
    table = pa.table({"text": [f"text {number} " * 9 for number in range(30)]})
    content = bytearray(
        packed(table, row_group_size=10, compression="none", use_dictionary=False, write_page_checksum=True)
    )
    content[content.index(b"text 15")] ^= 1
    found = items(bytes(content))
    (broken,) = [each for each in found if isinstance(each, BrokenGroup)]
    assert (broken.first, "row group 2" in broken.message) == (11, True)
    assert [number for _, _, number in rows(found)] == [*range(1, 11), *range(21, 31)]


def test_a_text_that_is_no_utf8_or_too_long_costs_its_row() -> None:
    raw = pa.array([b"good", b"\xff\xfe bad", b"x" * 101, b"good"]).view(pa.string())
    found = items(packed(pa.table({"text": raw})), max_bytes=100)
    assert [number for _, _, number in rows(found)] == [1, 4]
    messages = [each.message for each in found if isinstance(each, BrokenRow)]
    assert "row 2 holds bytes that are no UTF-8" in messages[0]
    assert "row 3 has more bytes than limits.max-bytes" in messages[1]


def test_blocks_hold_all_columns_and_say_where_a_row_group_ends() -> None:
    content = packed(TABLE, row_group_size=2, compression="gzip")
    blocks = [each for each in items(content, whole=True) if isinstance(each, Block)]
    assert [(each.last, each.total, each.ends, each.codec) for each in blocks] == [
        (2, 5, True, "GZIP"),
        (4, 5, True, "GZIP"),
        (5, 5, True, "GZIP"),
    ]
    tables = [pa.ipc.open_stream(each.content).read_all() for each in blocks]
    assert pa.concat_tables(tables).equals(TABLE)
    assert not any(each.content for each in items(content) if isinstance(each, Block))


def test_strings_that_a_dictionary_repeats_without_end_are_stopped() -> None:
    column: Any = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * 1_000_000]))
    content = packed(pa.table({"text": column}), compression="zstd")
    assert len(content) < 100_000
    come: list[parquet.Item] = []
    with pytest.raises(TooMuch, match="unpacks to more than"):
        come.extend(parquet.read(io.BytesIO(content), max_bytes=10_000_000, budget=Budget(len(content))))
    assert 8 < sum(isinstance(each, Row) for each in come) <= 64


def test_rows_become_records_of_json_with_every_column() -> None:
    table = pa.table(
        {
            "id": ["a", "b"],
            "at": pa.array([1, 1_600_000_000_123_456_789], pa.timestamp("ns")),
            "n": [float("nan"), 1.5],
            "raw": [b"\0", None],
            "tags": [[{"k": 1}], []],
            "text": ["The ferry", None],
        }
    )
    record, passage = items(packed(table), as_json=True)
    assert isinstance(record, jsonl.Record)
    assert (record.name, record.text) == ("a", "The ferry")
    assert json.loads(record.line) == {
        "id": "a",
        "at": "1970-01-01 00:00:00.000000001",
        "n": None,
        "raw": "AA==",
        "tags": [{"k": 1}],
        "text": "The ferry",
    }
    assert isinstance(passage, jsonl.Passage)
    assert b'"at":"2020-09-13 12:26:40.123456789"' in passage.raw
