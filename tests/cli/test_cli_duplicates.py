"""`duplicates`: pairs and clusters of a batch, in every form, whatever the inputs are called and in which order they come."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from cli_program import Run

FERRY = "The ferry returned at noon, and the harbour office said that all services would run again on Monday morning."
FERRY_AGAIN = FERRY.replace("said", "told us")
TIDE = (
    "Der Wasserstand am Kai stieg in der Nacht um einen Meter, und die Fischer holten ihre Netze früher ein als sonst."
)
HAN = "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行，旅客可以照常购票。"
HAN_AGAIN = HAN.replace("照常", "像以前一样")


@pytest.fixture
def dump(place: Path) -> Path:
    """Two files of text and one of records: four paragraphs that repeat others, one of them word for word."""
    (place / "b.txt").write_text(f"{TIDE}\n{FERRY_AGAIN}\n", "utf-8")
    (place / "a.txt").write_text(f"{FERRY}\n\n{HAN}\n", "utf-8")
    records = [
        {"id": "x1", "text": f"{HAN_AGAIN}\nOben steht nichts davon."},
        {"text": TIDE},
        {"id": 7, "text": "kurz"},
    ]
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    (place / "c.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return place


def pairs_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_pair_names_both_places_with_the_records_own_id(dump: Path, scrubber: Run) -> None:
    outcome = scrubber("duplicates", "a.txt", "b.txt", "c.jsonl", "--report", "jsonl")
    assert outcome.code == 0
    found = pairs_of(outcome.text)
    assert [list(pair) for pair in found] == [["a", "b", "jaccard", "edit", "kept"]] * 3
    assert [(pair["a"], pair["b"], pair["kept"]) for pair in found] == [
        ({"document": "a.txt", "id": None, "lines": [1, 1]}, {"document": "b.txt", "id": None, "lines": [2, 2]}, "a"),
        ({"document": "a.txt", "id": None, "lines": [3, 3]}, {"document": "c.jsonl#x1", "id": "x1", "lines": [1, 1]}, "a"),
        ({"document": "b.txt", "id": None, "lines": [1, 1]}, {"document": "c.jsonl#2", "id": None, "lines": [1, 1]}, "a"),
    ]  # fmt: skip
    assert found[2]["jaccard"] == found[2]["edit"] == 1
    assert 0.5 <= found[0]["jaccard"] < found[0]["edit"] < 1
    assert "3 pairs among 8 paragraphs of 5 documents: 3 would go" in outcome.errors


@pytest.mark.parametrize("report", ["jsonl", "csv", "terminal"])
def test_order_of_inputs_and_number_of_workers_change_nothing(dump: Path, scrubber: Run, report: str) -> None:
    first = scrubber("duplicates", "a.txt", "b.txt", "c.jsonl", "--report", report, "--jobs", "1")
    again = scrubber("duplicates", "c.jsonl", "b.txt", "a.txt", "--report", report, "--jobs", "3")
    assert first.stdout == again.stdout != b""


def test_the_order_of_records_changes_no_pair(dump: Path, scrubber: Run) -> None:
    lines = [
        json.dumps({"id": f"r{number}", "text": text}) for number, text in enumerate((FERRY, HAN, FERRY_AGAIN, TIDE))
    ]
    reports = []
    for some in (lines, lines[::-1]):
        (dump / "r.jsonl").write_text("\n".join(some), "utf-8")
        reports.append(scrubber("duplicates", "r.jsonl", "--report", "jsonl").stdout)
    assert reports[0] == reports[1] != b""


def test_clusters_show_the_kept_text_and_mark_what_differs(dump: Path, scrubber: Run) -> None:
    outcome = scrubber("duplicates", "a.txt", "b.txt", "-q")
    assert outcome.text == (
        "= a.txt line 1   kept, 1 copy\n"
        f"    {FERRY.lower()}\n"
        "  ~ b.txt line 2   jaccard 0.834  edit 0.958\n"
        "      ... eturned at noon, and the harbour office [told us] that all services would run again on monday morning.\n\n"
    )
    assert outcome.errors == ""


def test_documents_are_compared_as_a_whole(dump: Path, scrubber: Run) -> None:
    (dump / "d.txt").write_text(f"{FERRY_AGAIN}\n{HAN}\n", "utf-8")
    outcome = scrubber("duplicates", "a.txt", "b.txt", "d.txt", "--unit", "document", "--report", "jsonl")
    (pair,) = pairs_of(outcome.text)
    assert (pair["a"]["document"], pair["b"]["document"]) == ("a.txt", "d.txt")
    assert (pair["a"]["lines"], pair["b"]["lines"]) == ([1, 3], [1, 2])


@pytest.mark.parametrize(("options", "count"), [
    (("--measure", "jaccard", "--threshold", "0.9"), 1), (("--measure", "edit", "--threshold", "0.95"), 2),
    (("--threshold", "1"), 1), (("--min-chars", "60"), 2), (("--measure", "jaccard", "--threshold", "0.5"), 3),
])  # fmt: skip
def test_measure_and_threshold_decide(dump: Path, scrubber: Run, options: tuple[str, ...], count: int) -> None:
    outcome = scrubber("duplicates", "a.txt", "b.txt", "c.jsonl", "--report", "jsonl", *options)
    assert len(pairs_of(outcome.text)) == count


@pytest.mark.parametrize("options", [
    ("--threshold", "0"), ("--threshold", "1.5"), ("--threshold", "nan"), ("--threshold", "0.12345"), ("--threshold", "x"),
    ("--measure", "minhash"), ("--report", "sarif"), ("--report", "jsonl:"), ("--report", "jsonl", "--report", "csv"),
    ("--report", "csv:o", "--report", "jsonl:o"), ("--unit", "line"), ("--root", "nowhere"), ("--max-copies", "0"),
])  # fmt: skip
def test_what_cannot_be_asked_is_a_usage_error(dump: Path, scrubber: Run, options: tuple[str, ...]) -> None:
    outcome = scrubber("duplicates", "a.txt", *options)
    assert (outcome.code, outcome.stdout) == (2, b"")
    assert outcome.errors


def test_what_cannot_be_read_is_recorded_and_the_run_goes_on(dump: Path, scrubber: Run) -> None:
    (dump / "broken.jsonl").write_text(json.dumps({"text": FERRY}) + "\n{broken\n", "utf-8")
    (dump / "torn.jsonl.gz").write_bytes(gzip.compress(json.dumps({"id": "z", "text": FERRY}).encode() * 50)[:-9])
    outcome = scrubber("duplicates", "a.txt", "broken.jsonl", "torn.jsonl.gz", "gone.txt", "--report", "jsonl")
    assert outcome.code == 3
    assert [pair["b"]["document"] for pair in pairs_of(outcome.text)] == ["broken.jsonl#1"]
    for name in ("broken.jsonl", "torn.jsonl.gz", "gone.txt"):
        assert name in outcome.errors


def test_reports_go_to_files_too(dump: Path, scrubber: Run) -> None:
    outcome = scrubber("duplicates", "a.txt", "b.txt", "--report", "jsonl:p.jsonl", "--report", "csv:p.csv", "-q")
    assert (outcome.code, outcome.stdout, outcome.errors) == (0, b"", "")
    (pair,) = pairs_of((dump / "p.jsonl").read_text("utf-8"))
    rows = list(csv.DictReader(io.StringIO((dump / "p.csv").read_bytes().decode("utf-8"), newline="")))
    assert rows == [{
        "a_document": "a.txt", "a_id": "", "a_first_line": "1", "a_last_line": "1",
        "b_document": "b.txt", "b_id": "", "b_first_line": "2", "b_last_line": "2",
        "jaccard": f"{pair['jaccard']:.3f}", "edit": f"{pair['edit']:.3f}", "kept": "a",
    }]  # fmt: skip
    lost = scrubber("duplicates", "a.txt", "--report", "csv:nowhere/p.csv")
    assert lost.code == 3


HOSTILE = (
    '=HYPERLINK("http://pier.example")',
    "+1",
    "-1",
    "@SUM(A1)",
    "a\x1b[31mb",
    "\u202egnp",
    "::error::x",
    '"\n,"',
)


def test_hostile_ids_and_texts_do_no_harm_in_any_report(dump: Path, scrubber: Run) -> None:
    records = [{"id": name, "text": f"{FERRY} \x1b[2J\u202e"} for name in HOSTILE]
    (dump / "h.jsonl").write_text("\n".join(map(json.dumps, records)) + "\n", "utf-8")
    as_csv = scrubber("duplicates", "h.jsonl", "--report", "csv")
    rows = list(csv.reader(io.StringIO(as_csv.text, newline="")))[1:]
    assert len(rows) == 28
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)
    as_json = scrubber("duplicates", "h.jsonl", "--report", "jsonl")
    assert {pair["b"]["id"] for pair in pairs_of(as_json.text)} | {
        pair["a"]["id"] for pair in pairs_of(as_json.text)
    } == set(HOSTILE)
    for text in (as_csv.text, as_json.text, scrubber("duplicates", "h.jsonl").text):
        assert not {"\x1b", "\u202e"} & set(text)
        assert not any(line.startswith("::") for line in text.splitlines())


def test_standard_input_and_lists_of_files_are_read(dump: Path, scrubber: Run) -> None:
    both = f"{FERRY}\n{FERRY_AGAIN}\n".encode()
    assert len(pairs_of(scrubber("duplicates", "-", "--report", "jsonl", stdin=both).text)) == 1
    (dump / "list").write_text("b.txt\na.txt\n", "utf-8")
    assert len(pairs_of(scrubber("duplicates", "--files-from", "list", "--report", "jsonl").text)) == 1
    assert len(pairs_of(scrubber("duplicates", ".", "--include", "*.txt", "--report", "jsonl").text)) == 1


def test_nothing_alike_is_said_and_no_failure(dump: Path, scrubber: Run) -> None:
    outcome = scrubber("duplicates", "b.txt", "--report", "jsonl")
    assert (outcome.code, outcome.stdout) == (0, b"")
    assert "no near-duplicates among 2 paragraphs of 1 document." in outcome.errors
    assert scrubber("duplicates", "a.txt", "--min-chars", "5000").code == 0
