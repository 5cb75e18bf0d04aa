"""Parquet in and out: the text column is replaced, everything else is as it was, and broken files cost themselves."""

from __future__ import annotations

import decimal
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from archive_files import zipped
from cli_program import BODY, DIRTY, REPOSITORY, Run

from scrubber.store.ledger_form import FailedEntry
from scrubber.store.ledger_read import read_ledger

pa = pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
pq = pytest.importorskip("pyarrow.parquet")

LEDGER = Path("out") / ".scrubber" / "ledger.jsonl"
COUNT = 20
TEXTS = [None if number == 3 else (BODY, DIRTY)[number % 2] for number in range(COUNT)]
CLEAN = [None if text is None else BODY for text in TEXTS]
TABLE = pa.table(
    {
        "id": [f"r{number}" for number in range(COUNT)],
        "at": pa.array([datetime(2020, 1, day + 1, tzinfo=UTC) for day in range(COUNT)], pa.timestamp("ns", "UTC")),
        "text": pa.array(TEXTS, pa.large_string()),
        "price": pa.array([decimal.Decimal("1.50")] * COUNT, pa.decimal128(10, 2)),
        "tags": [["a", None], [], None, ["b"]] * (COUNT // 4),
        "raw": [b"\0\xff"] * COUNT,
        "kind": pa.array(["new", "old"] * (COUNT // 2)).dictionary_encode(),
        "inner": [{"text": "Share this story", "n": 1.5}] * COUNT,
    }
).replace_schema_metadata({"own": "kept", "huggingface": "{}"})


def write(path: Path, table: Any = TABLE, **options: Any) -> bytes:
    path.parent.mkdir(exist_ok=True)
    pq.write_table(table, path, **({"row_group_size": 7, "compression": "zstd"} | options))
    return path.read_bytes()


def texts_of(path: Path) -> list[str | None]:
    found: list[str | None] = pq.read_table(path)["text"].to_pylist()
    return found


@pytest.fixture
def rows(place: Path) -> Path:
    write(place / "dump" / "x.parquet")
    return place / "dump" / "x.parquet"


def test_only_the_text_column_is_another(place: Path, rows: Path, pier: Run, scrubber: Run) -> None:
    outcome = pier("clean", "dump", "--out", "out")
    assert (outcome.code, outcome.stdout) == (0, b"")
    before, after = pq.ParquetFile(rows), pq.ParquetFile(place / "out" / "x.parquet")
    assert after.schema_arrow.equals(before.schema_arrow, check_metadata=True)
    assert [after.metadata.row_group(at).num_rows for at in range(3)] == [7, 7, 6]
    assert after.metadata.row_group(0).column(2).compression == "ZSTD"
    found = after.read()
    assert found["text"].to_pylist() == CLEAN
    assert found.drop_columns(["text"]).equals(TABLE.drop_columns(["text"]))
    ledger = read_ledger(place / LEDGER)
    assert ledger.state == "complete"
    assert [entry.id for entry in ledger.entries] == [f"dump/x.parquet#r{n}" for n in range(COUNT) if n != 3]
    assert scrubber("verify", str(LEDGER)).code == 0
    assert scrubber("restore", str(LEDGER), "--out", "back").code == 0
    assert (place / "back" / "x.parquet").read_bytes() == rows.read_bytes()


def test_workers_resume_and_a_second_run_give_the_same_bytes(place: Path, rows: Path, pier: Run) -> None:
    pier("clean", "dump", "--out", "out", "--jobs", "1")
    pier("clean", "dump", "--out", "two", "--jobs", "2")
    expected = (place / "out" / "x.parquet").read_bytes()
    assert (place / "two" / "x.parquet").read_bytes() == expected
    again = pier("clean", "dump", "--out", "out", "--resume")
    assert "19 taken over" in again.errors
    assert (place / "out" / "x.parquet").read_bytes() == expected
    (place / "out" / "x.parquet").write_bytes(b"PAR1")
    assert "taken over" not in pier("clean", "dump", "--out", "out", "--resume").errors
    assert (place / "out" / "x.parquet").read_bytes() == expected


def test_in_place_the_original_is_stored_and_clean_files_stay(
    place: Path, rows: Path, pier: Run, scrubber: Run
) -> None:
    original, clean = rows.read_bytes(), write(place / "dump" / "y.parquet", TABLE.slice(0, 1))
    assert pier("clean", "dump", "--in-place").code == 0
    assert texts_of(rows) == CLEAN
    assert (place / "dump" / "y.parquet").read_bytes() == clean
    assert scrubber("verify", ".scrubber/ledger.jsonl").code == 0
    assert scrubber("restore", ".scrubber/ledger.jsonl", "--out", "back").code == 0
    assert (place / "back" / "dump" / "x.parquet").read_bytes() == original
    done = rows.read_bytes()
    assert "20 taken over" in pier("clean", "dump", "--in-place", "--resume").errors
    assert pier("clean", "dump", "--in-place").code == 0
    assert rows.read_bytes() == done


def test_check_diff_and_clean_agree_on_rows(place: Path, rows: Path, pier: Run) -> None:
    diff, check = pier("diff", "dump"), pier("check", "dump")
    assert diff.stdout == check.stdout
    assert (diff.code, check.code) == (0, 1)
    assert diff.text.count("Share this story") == 9
    assert "dump/x.parquet#r1" in diff.text
    pier("clean", "dump", "--out", "out")
    assert pier("check", "out/x.parquet").code == 0


def test_other_names_of_columns_and_of_the_file(place: Path, rows: Path, pier: Run) -> None:
    names = ["key" if name == "id" else "body" if name == "text" else name for name in TABLE.column_names]
    write(place / "dump" / "y", TABLE.rename_columns(names))
    options = ("--text-field", "body", "--id-field", "key", "--as", "parquet")
    outcome = pier("clean", "dump/y", "--out", "out", *options)
    assert outcome.code == 0
    assert pq.read_table(place / "out" / "y")["body"].to_pylist() == CLEAN
    assert "19 taken over" in pier("clean", "dump/y", "--out", "out", "--resume", *options).errors
    wrong = pier("clean", "dump/y", "--out", "wrong", "--as", "parquet")
    assert wrong.code == 3
    assert "has no column 'text'" in wrong.errors
    assert not (place / "wrong" / "y").exists()


def test_what_cannot_be_read_costs_itself(place: Path, rows: Path, pier: Run) -> None:
    whole = rows.read_bytes()
    (place / "dump" / "cut.parquet").write_bytes(whole[:-20])
    (place / "dump" / "none.parquet").write_bytes(b"no table at all")
    write(place / "dump" / "numbers.parquet", pa.table({"text": [1, 2]}))
    bad = pa.array([DIRTY.encode(), b"\xff\xff", DIRTY.encode()]).view(pa.string())
    write(place / "dump" / "bytes.parquet", pa.table({"text": bad, "n": [1, 2, 3]}))
    outcome = pier("clean", "dump", "--out", "out")
    assert outcome.code == 3
    said = " ".join(outcome.errors.split())
    for message in ("is no Parquet", "holds int64, and no strings, in 'text'", "row 2 holds bytes that are no UTF-8"):
        assert message in said
    assert texts_of(place / "out" / "x.parquet") == CLEAN
    assert pq.read_table(place / "out" / "bytes.parquet").to_pydict() == {"text": [BODY, BODY], "n": [1, 3]}
    assert sorted(path.name for path in (place / "out").glob("*.parquet")) == ["bytes.parquet", "x.parquet"]
    failed = [entry.id for entry in read_ledger(place / LEDGER).entries if isinstance(entry, FailedEntry)]
    assert failed == [f"dump/{name}" for name in ("bytes.parquet#2", "cut.parquet", "none.parquet", "numbers.parquet")]
    assert pier("clean", "dump/bytes.parquet", "--in-place").code == 3
    kept = pq.read_table(place / "dump" / "bytes.parquet")
    assert kept["n"].to_pylist() == [1, 2, 3]
    assert kept["text"].combine_chunks().view(pa.binary()).to_pylist() == [BODY.encode(), b"\xff\xff", BODY.encode()]


def test_a_damaged_row_group_is_left_out_and_never_replaced_in_place(place: Path, pier: Run) -> None:
    path = place / "dump" / "x.parquet"
    table = pa.table({"text": [f"{number} {DIRTY}" for number in range(30)]})
    options = {"row_group_size": 10, "compression": "none", "use_dictionary": False, "write_page_checksum": True}
    content = bytearray(write(path, table, **options))
    content[content.index(b"15 The")] ^= 1
    path.write_bytes(content)
    outcome = pier("clean", "dump", "--out", "out")
    assert outcome.code == 3
    assert "row group 2, from row 11 on, cannot be read" in " ".join(outcome.errors.split())
    assert len(texts_of(place / "out" / "x.parquet")) == 20
    assert pier("clean", "dump", "--in-place").code == 3
    assert path.read_bytes() == content


def test_tables_come_out_of_archives_and_packed_files(place: Path, pier: Run) -> None:
    content = write(place / "x.parquet")
    (place / "dump").mkdir()
    (place / "dump" / "a.zip").write_bytes(zipped([("sub/x.parquet", content), ("b.txt", DIRTY.encode())]))
    (place / "dump" / "y.parquet.gz").write_bytes(gzip.compress(content))
    assert pier("clean", "dump", "--out", "out").code == 0
    assert texts_of(place / "out" / "a.zip" / "sub" / "x.parquet") == CLEAN
    assert texts_of(place / "out" / "y.parquet") == CLEAN
    assert pier("clean", "-", "--stdin-filename", "x.parquet", "--out", "in", stdin=content).code == 0
    assert texts_of(place / "in" / "x.parquet") == CLEAN


def test_standard_output_takes_no_table(rows: Path, pier: Run) -> None:
    outcome = pier("clean", "dump/x.parquet")
    assert outcome.code == 2
    assert "does not go to standard output" in outcome.errors


def test_tables_with_the_same_columns_become_one(place: Path, rows: Path, pier: Run, scrubber: Run) -> None:
    write(place / "dump" / "y.parquet", TABLE.slice(0, 5))
    write(place / "dump" / "z.parquet", TABLE.drop_columns(["raw"]))
    (place / "dump" / "zz.txt").write_text(DIRTY)
    outcome = pier("clean", "dump", "--out", "out/all.parquet", "--manifest")
    assert outcome.code == 3
    assert " ".join(outcome.errors.split()).count("has other columns than what came first") == 2
    assert texts_of(place / "out" / "all.parquet") == CLEAN + CLEAN[:5]
    assert pq.read_schema(place / "out" / "all.parquet").equals(TABLE.schema)
    assert scrubber("verify", str(LEDGER)).code == 0
    assert scrubber("restore", str(LEDGER), "--out", "back").code == 0
    assert (place / "back" / "x.parquet").read_bytes() == rows.read_bytes()


def test_all_other_texts_become_rows_of_id_text_and_the_rest(place: Path, pier: Run) -> None:
    (place / "dump").mkdir()
    (place / "dump" / "a.txt").write_text(DIRTY)
    lines = [{"id": 7, "text": DIRTY, "n": 1.5, "tags": ["返航"]}, {"id": "b", "text": "\ud83d x"}, {"text": None}]
    (place / "dump" / "x.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    (place / "dump" / "y.zip").write_bytes(zipped([("c.txt", DIRTY.encode())]))
    assert pier("clean", "dump", "--out", "out/all.parquet").code == 0
    assert pq.read_table(place / "out" / "all.parquet").to_pylist() == [
        {"id": "dump/a.txt", "text": BODY, "fields": None},
        {"id": "7", "text": BODY, "fields": '{"n":1.5,"tags":["返航"]}'},
        {"id": "b", "text": "\ufffd x", "fields": None},
        {"id": None, "text": None, "fields": None},
        {"id": "dump/y.zip!/c.txt", "text": BODY, "fields": None},
    ]


def test_rows_become_records_of_one_file_of_json_lines(place: Path, rows: Path, pier: Run) -> None:
    assert pier("clean", "dump", "--out", "out/all.jsonl").code == 0
    lines = [json.loads(line) for line in (place / "out" / "all.jsonl").read_text("utf-8").splitlines()]
    assert [line["text"] for line in lines] == CLEAN
    assert lines[1]["price"] == "1.50"
    assert lines[1]["tags"] == []


def test_an_empty_table_stays_one(place: Path, pier: Run) -> None:
    write(place / "dump" / "x.parquet", TABLE.slice(0, 0))
    assert pier("clean", "dump", "--out", "out").code == 0
    assert pq.read_table(place / "out" / "x.parquet").equals(TABLE.slice(0, 0))


def test_without_the_extra_a_message_names_it(place: Path, rows: Path, pier: Run) -> None:
    (place / "without").mkdir()
    (place / "without" / "pyarrow.py").write_text("raise ImportError")
    (place / "dump" / "a.txt").write_text(DIRTY)
    env = {"PYTHONPATH": f"{place / 'without'}:{REPOSITORY}"}
    outcome = pier("clean", "dump", "--out", "out", env=env)
    assert outcome.code == 3
    assert "pip install 'corpus-scrubber[parquet]'" in " ".join(outcome.errors.split())
    assert (place / "out" / "a.txt").read_text() == BODY
    refused = pier("clean", "dump/a.txt", "--out", "all.parquet", env=env)
    assert refused.code == 2
    assert "corpus-scrubber[parquet]" in refused.errors
