"""JSON Lines in and out: fields pass through, order stays, one broken line costs one line."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest
from cli_program import BODY, CHINESE, DIRTY, Run

from scrubber.store.ledger_form import DocumentEntry, FailedEntry
from scrubber.store.ledger_read import read_ledger

LEDGER = Path("out") / ".scrubber" / "ledger.jsonl"
CLEAN_JSON, DIRTY_JSON = json.dumps(BODY), json.dumps(DIRTY)
#: Odd but valid: spaces, key order, numbers as written, a key twice, escapes, CRLF, a blank line.
LINES = (
    f'{{"id": "a", "n": 1.50, "text": {DIRTY_JSON}, "meta": {{"text": 1, "x": [1e3]}}}}\n'
    f'{{"text": {CLEAN_JSON},"id":7,"score":12345678901234567890}}\r\n'
    "\n"
    f'{{ "text" : {json.dumps(CHINESE + chr(10) + "分享到" + chr(10) + CHINESE * 2)} }}\n'
    f'{{"id": "last", "text": {DIRTY_JSON}}}'
)


@pytest.fixture
def records(place: Path) -> Path:
    (place / "dump").mkdir()
    (place / "dump" / "x.jsonl").write_bytes(LINES.encode())
    return place / "dump" / "x.jsonl"


def test_only_the_text_is_replaced_and_everything_else_is_as_written(
    place: Path, records: Path, pier: Run, scrubber: Run
) -> None:
    outcome = pier("clean", "dump", "--out", "out")
    assert (outcome.code, outcome.stdout) == (0, b"")
    expected = LINES.replace(DIRTY_JSON, CLEAN_JSON)
    expected = expected.replace(json.dumps("\n分享到\n")[1:-1], "\\n")
    assert (place / "out" / "x.jsonl").read_bytes() == expected.encode()
    ledger = read_ledger(place / LEDGER)
    assert ledger.state == "complete"
    assert [entry.id for entry in ledger.entries] == [f"dump/x.jsonl#{name}" for name in ("a", "7", "4", "last")]
    assert {entry.output for entry in ledger.entries if isinstance(entry, DocumentEntry)} == {"x.jsonl"}
    assert scrubber("verify", str(LEDGER)).code == 0


#: Lines as other programs write them: escapes of their own, a byte order mark, one line in another encoding.
ODD = (
    b'\xef\xbb\xbf{"text": "\\ud83d ' + DIRTY.replace("\n", "\\u000A").encode() + b'"}\n'
    + f'{{"text" : {json.dumps(DIRTY + CHINESE)}, "text":{json.dumps(CHINESE * 2 + chr(10) + DIRTY)}}}\n'.encode()
    + json.dumps({"text": CHINESE + "\n分享到\n" + CHINESE * 2}, ensure_ascii=False).encode("gb18030") + b" \r\n"
    + json.dumps({"text": DIRTY, "path": "a/b"}).replace("/", "\\/").encode()
)  # fmt: skip


def test_the_original_comes_back_from_the_output_and_the_ledger(
    place: Path, records: Path, pier: Run, scrubber: Run
) -> None:
    (place / "dump" / "odd.jsonl").write_bytes(ODD)
    assert pier("clean", "dump", "--out", "out").code == 0
    # In a key that is there twice the first value counts for nobody.
    assert (place / "out" / "odd.jsonl").read_bytes().count(b"Share this") == 1
    shutil.rmtree(place / "dump")
    assert scrubber("verify", str(LEDGER)).code == 0
    restored = scrubber("restore", str(LEDGER), "--out", "back")
    assert restored.code == 0
    assert (place / "back" / "x.jsonl").read_bytes() == LINES.encode()
    assert (place / "back" / "odd.jsonl").read_bytes() == ODD
    assert scrubber("restore", str(LEDGER), "--out", "one", "dump/odd.jsonl#2").code == 0
    assert [path.name for path in (place / "one").iterdir()] == ["odd.jsonl"]
    again = scrubber("restore", str(LEDGER), "--out", "back")
    assert again.code == 3
    assert "is there already" in again.errors
    assert sorted(path.name for path in (place / "back").iterdir()) == ["odd.jsonl", "x.jsonl"]
    (place / "out" / "odd.jsonl").write_bytes(b"other")
    assert scrubber("restore", str(LEDGER), "--out", "third").code == 3
    assert [path.name for path in (place / "third").iterdir()] == ["x.jsonl"]


def test_where_lines_were_left_out_the_original_comes_back_from_the_source(
    place: Path, records: Path, pier: Run, scrubber: Run
) -> None:
    records.write_bytes(LINES.encode() + b"\nno record")
    assert pier("clean", "dump", "--out", "out").code == 3
    restored = scrubber("restore", str(LEDGER), "--out", "back")
    assert restored.code == 0
    assert (place / "back" / "x.jsonl").read_bytes() == LINES.encode() + b"\nno record"
    records.write_bytes(b"other")
    again = scrubber("restore", str(LEDGER), "--out", "again")
    assert again.code == 3
    assert "another size than the ledger says" in again.errors
    assert not (place / "again" / "x.jsonl").exists()


def test_in_place_the_original_is_stored_first(place: Path, records: Path, pier: Run, scrubber: Run) -> None:
    assert pier("clean", "dump", "--in-place").code == 0
    assert DIRTY_JSON not in records.read_text("utf-8")
    done = records.read_bytes()
    assert pier("clean", "dump", "--in-place").code == 0
    assert records.read_bytes() == done
    ledger = place / ".scrubber" / "ledger-1.jsonl"
    assert scrubber("verify", str(ledger)).code == 0
    assert scrubber("restore", str(ledger), "--out", "back").code == 0
    assert (place / "back" / "dump" / "x.jsonl").read_bytes() == LINES.encode()


def test_a_broken_line_is_recorded_and_the_rest_done(place: Path, pier: Run) -> None:
    lines = [f'{{"id": {number}, "text": {DIRTY_JSON}}}\n' for number in range(1, 60)]
    lines[49] = '{"id": 50, "text": "cut off in the mid\n'
    lines[50] = '{"id": 51, "title": "no text"}\n'
    lines[51] = '{"id": 52, "text": null}\n'
    (place / "x.jsonl").write_text("".join(lines))
    outcome = pier("clean", "x.jsonl", "--out", "out")
    assert outcome.code == 3
    assert "line 50 is not JSON" in outcome.errors
    assert "line 51 has no field 'text'" in outcome.errors
    done = (place / "out" / "x.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in done] == [*range(1, 50), *range(52, 60)]
    entries = read_ledger(place / LEDGER).entries
    assert [entry.id for entry in entries if isinstance(entry, FailedEntry)] == ["x.jsonl#50", "x.jsonl#51"]
    assert pier("clean", "x.jsonl", "--in-place").code == 3
    kept = (place / "x.jsonl").read_text()
    assert lines[49] in kept
    assert lines[50] in kept
    assert kept.count(CLEAN_JSON) == 56


def test_check_diff_and_clean_agree_on_records(place: Path, records: Path, pier: Run) -> None:
    diff, check = pier("diff", "dump"), pier("check", "dump")
    assert diff.stdout == check.stdout
    assert (diff.code, check.code) == (0, 1)
    assert diff.text.count("Share this story") == 2
    assert "dump/x.jsonl#last" in diff.text
    pier("clean", "dump", "--out", "out")
    assert pier("check", "out/x.jsonl").code == 0


def test_workers_and_standard_output_give_the_same_bytes(place: Path, records: Path, pier: Run) -> None:
    pier("clean", "dump", "--out", "one", "--jobs", "1")
    pier("clean", "dump", "--out", "two", "--jobs", "2")
    expected = (place / "one" / "x.jsonl").read_bytes()
    assert (place / "two" / "x.jsonl").read_bytes() == expected
    assert pier("clean", "dump/x.jsonl").stdout == expected
    piped = pier("clean", "-", "--as", "jsonl", stdin=LINES.encode())
    assert (piped.code, piped.stdout) == (0, expected)
    assert pier("clean", "-", "--stdin-filename", "x.jsonl.gz", stdin=gzip.compress(LINES.encode())).stdout == expected


def test_other_field_names_and_ids_that_repeat(place: Path, pier: Run) -> None:
    record = f'{{"key": "k#1", "body": {DIRTY_JSON}}}\n'
    (place / "x.ndjson").write_text(record * 3)
    outcome = pier("clean", "x.ndjson", "--out", "out", "--text-field", "body", "--id-field", "key")
    assert outcome.code == 0
    ids = [entry.id for entry in read_ledger(place / LEDGER).entries]
    assert ids == ["x.ndjson#k%231", "x.ndjson#k%231#2", "x.ndjson#k%231#3"]
    assert pier("clean", "x.ndjson", "--out", "wrong").code == 3
    assert not (place / "wrong" / "x.ndjson").exists()


def test_all_texts_can_go_to_one_file_of_records(place: Path, records: Path, pier: Run, scrubber: Run) -> None:
    (place / "dump" / "a.txt").write_text(DIRTY)
    (place / "dump" / "y.jsonl").write_bytes(LINES.encode())
    outcome = pier("clean", "dump", "--out", "out/all.jsonl", "--manifest")
    assert outcome.code == 0
    lines = [json.loads(line) for line in (place / "out" / "all.jsonl").read_text("utf-8").splitlines() if line]
    assert len(lines) == 9
    assert lines[0] == {"id": "dump/a.txt", "text": BODY}
    assert sorted(path.name for path in (place / "out").iterdir() if path.is_file()) == [
        "all.jsonl",
        "manifest-sha256.txt",
    ]
    assert scrubber("verify", str(LEDGER)).code == 0
    assert scrubber("restore", str(LEDGER), "--out", "back").code == 0
    assert (place / "back" / "a.txt").read_text() == DIRTY
    assert (place / "back" / "y.jsonl").read_bytes() == LINES.encode()


def test_a_finished_file_is_taken_over_and_an_unfinished_one_done_again(place: Path, records: Path, pier: Run) -> None:
    records.write_bytes(LINES.encode() + b"\nnot json\n")
    (place / "dump" / "y.jsonl").write_bytes(LINES.encode())
    assert pier("clean", "dump", "--out", "out").code == 3
    before = (place / LEDGER).read_text("utf-8").splitlines()
    again = pier("clean", "dump", "--out", "out", "--resume")
    assert again.code == 3
    assert "8 taken over" in again.errors
    assert (place / LEDGER).read_text("utf-8").splitlines()[1:-1] == before[1:-1]
    # A run that was killed while the lines of the second file were written.
    (place / LEDGER).write_text("\n".join(before[:-2]) + "\n")
    for ledger in (place / "out" / ".scrubber").glob("ledger-*.jsonl"):
        ledger.unlink()
    resumed = pier("clean", "dump", "--out", "out", "--resume")
    assert "4 taken over" in resumed.errors
    assert (place / LEDGER).read_text("utf-8").splitlines()[1:-1] == before[1:-1]


def test_in_place_a_file_that_was_done_is_taken_over(place: Path, records: Path, pier: Run, scrubber: Run) -> None:
    pier("clean", "dump", "--in-place")
    again = pier("clean", "dump", "--in-place", "--resume")
    assert "4 taken over" in again.errors
    assert scrubber("restore", ".scrubber/ledger.jsonl", "--out", "back").code == 0
    assert (place / "back" / "dump" / "x.jsonl").read_bytes() == LINES.encode()


@pytest.mark.parametrize("how", ["middle", "end"])
def test_packed_records_that_are_cut_off_are_done_as_far_as_they_go(place: Path, pier: Run, how: str) -> None:
    lines = "".join(f'{{"id": {number}, "text": {DIRTY_JSON}, "n": {number**9}}}\n' for number in range(3000))
    packed = gzip.compress(lines.encode())
    (place / "x.jsonl.gz").write_bytes(packed[: len(packed) // 2 if how == "middle" else -4])
    outcome = pier("clean", "x.jsonl.gz", "--out", "out")
    assert outcome.code == 3
    assert "its gz data is cut off" in outcome.errors
    done = (place / "out" / "x.jsonl").read_text().splitlines()
    assert 1000 < len(done) <= 3000
    assert all(json.loads(line)["text"] == BODY for line in done)


def test_a_lone_surrogate_and_a_byte_order_mark_stay_restorable(place: Path, pier: Run) -> None:
    raw = b'\xef\xbb\xbf{"text": "\\ud83d ' + DIRTY.replace("\n", "\\n").encode() + b'"}\n'
    (place / "x.jsonl").write_bytes(raw)
    assert pier("clean", "x.jsonl", "--out", "out").code == 0
    clean = (place / "out" / "x.jsonl").read_bytes()
    assert clean.startswith(b'{"text": "\\ud83d ')
    assert b"Share this" not in clean


def test_a_line_past_the_limit_is_passed_over_in_flat_memory(place: Path, pier: Run) -> None:
    (place / "scrubber.toml").write_text("[limits]\nmax-bytes = 1000\n")
    long = b'{"text": "' + b"x" * 5_000_000 + b'"}\n'
    short = f'{{"text": {DIRTY_JSON}}}\n'.encode()
    (place / "x.jsonl").write_bytes(short + long + short)
    outcome = pier("clean", "x.jsonl", "--out", "out")
    assert outcome.code == 3
    assert "line 2 has more bytes than limits.max-bytes" in outcome.errors
    clean = f'{{"text": {CLEAN_JSON}}}\n'.encode()
    assert (place / "out" / "x.jsonl").read_bytes() == clean * 2
    assert pier("clean", "x.jsonl", "--in-place").code == 3
    assert (place / "x.jsonl").read_bytes() == clean + long + clean
