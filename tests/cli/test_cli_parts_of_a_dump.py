"""`--retry`, `--sample` and `limits.max-seconds`: runs about a part of a dump, and documents that are left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_program import BODY, DIRTY, Run

from scrubber.store.ledger_form import DocumentEntry, FailedEntry
from scrubber.store.ledger_read import read_ledger

LEDGER = ".scrubber/ledger.jsonl"


@pytest.fixture
def dump(place: Path) -> Path:
    """Files that can be read, and one that cannot."""
    folder = place / "dump"
    (folder / "a").mkdir(parents=True)
    for count in range(12):
        (folder / "a" / f"{count:02}.txt").write_text(f"Chapter {count}.\n{DIRTY}", "utf-8")
    (folder / "b.txt").write_bytes(b"\x00\x01\x02\xff" * 50)
    return folder


def ids(ledger: Path) -> list[str]:
    return [entry.id for entry in read_ledger(ledger).entries]


def test_retry_takes_what_failed_and_nothing_else(place: Path, dump: Path, pier: Run) -> None:
    assert pier("clean", "dump", "--out", "out").code == 3
    before = {path.name: path.stat().st_mtime_ns for path in (place / "out" / "a").iterdir()}
    (dump / "b.txt").write_text(DIRTY, "utf-8")
    (dump / "a" / "05.txt").write_text("changed since\n", "utf-8")
    outcome = pier("clean", "dump", "--out", "out", "--retry", f"out/{LEDGER}")
    assert outcome.code == 0, outcome.errors
    assert (place / "out" / "b.txt").read_text("utf-8") == BODY
    assert {path.name: path.stat().st_mtime_ns for path in (place / "out" / "a").iterdir()} == before
    assert ids(place / "out" / LEDGER) == ["dump/b.txt"]
    assert len(ids(place / "out" / ".scrubber" / "ledger-1.jsonl")) == 13


def test_after_a_retry_resume_still_knows_the_first_run(place: Path, dump: Path, pier: Run) -> None:
    pier("clean", "dump", "--out", "out")
    (dump / "b.txt").write_text(DIRTY, "utf-8")
    pier("clean", "dump", "--out", "out", "--retry", f"out/{LEDGER}")
    outcome = pier("clean", "dump", "--out", "out", "--resume")
    assert "12 taken over" in outcome.errors
    assert len(ids(place / "out" / LEDGER)) == 13


def test_retry_of_what_fails_again_says_so(place: Path, dump: Path, pier: Run) -> None:
    pier("clean", "dump", "--out", "out")
    assert pier("clean", "dump", "--out", "out", "--retry", f"out/{LEDGER}").code == 3
    (entry,) = read_ledger(place / "out" / LEDGER).entries
    assert isinstance(entry, FailedEntry)


def test_retry_opens_what_holds_something_that_failed(place: Path, pier: Run) -> None:
    (place / "dump").mkdir()
    good = json.dumps({"id": "x", "text": DIRTY})
    (place / "dump" / "a.jsonl").write_text(f"{good}\nbroken\n", "utf-8")
    (place / "dump" / "b.jsonl").write_text(f"{good}\n", "utf-8")
    assert pier("clean", "dump", "--out", "out").code == 3
    other = json.dumps({"id": "y", "text": DIRTY})
    (place / "dump" / "a.jsonl").write_text(f"{good}\n{other}\n", "utf-8")
    assert pier("clean", "dump", "--out", "out", "--retry", f"out/{LEDGER}").code == 0
    assert ids(place / "out" / LEDGER) == ["dump/a.jsonl#x", "dump/a.jsonl#y"]


@pytest.mark.parametrize(
    "options",
    [
        ("--out", "out", "--resume"),
        ("--out", "out.jsonl"),
        ("--out", "out", "--manifest"),
        (),
    ],
    ids=str,
)
def test_retry_is_refused_where_it_cannot_be_meant(
    place: Path, dump: Path, pier: Run, options: tuple[str, ...]
) -> None:
    pier("clean", "dump", "--out", "out")
    assert pier("clean", "dump", "--retry", f"out/{LEDGER}", *options).code == 2


@pytest.mark.parametrize("ledger", ["nowhere.jsonl", "pier.toml", "dump"])
def test_retry_of_no_ledger_is_an_error_of_usage(dump: Path, pier: Run, ledger: str) -> None:
    outcome = pier("clean", "dump", "--out", "out", "--retry", ledger)
    assert outcome.code == 2
    assert "--retry" in outcome.errors


def test_a_sample_is_the_same_whatever_the_order_and_the_workers(place: Path, dump: Path, pier: Run) -> None:
    (dump / "b.txt").unlink()
    paths = [f"dump/a/{path.name}" for path in sorted((dump / "a").iterdir())]
    for name, options in (("one", ("--jobs", "1", *paths)), ("two", ("--jobs", "2", *reversed(paths)))):
        assert pier("clean", "--sample", "4", "--out", name, *options).code == 0
    first, second = ids(place / "one" / LEDGER), ids(place / "two" / LEDGER)
    assert first == second
    assert len(first) == 4
    more = pier("clean", "--sample", "5", "--out", "five", *paths)
    assert more.code == 0
    assert set(first) < set(ids(place / "five" / LEDGER))


def test_a_sample_larger_than_the_dump_is_the_dump(place: Path, dump: Path, pier: Run) -> None:
    pier("clean", "dump/a", "--sample", "100", "--out", "out")
    assert len(ids(place / "out" / LEDGER)) == 12


def test_check_and_diff_take_the_same_sample(dump: Path, pier: Run) -> None:
    shown = pier("diff", "dump/a", "--sample", "3", "--report", "jsonl").text.splitlines()[1:]
    assert len(shown) == 3
    checked = pier("check", "dump/a", "--sample", "3", "--report", "jsonl")
    assert checked.code == 1
    assert [json.loads(line)["id"] for line in checked.text.splitlines()[1:]] == [
        json.loads(line)["id"] for line in shown
    ]


def test_a_sample_of_records_comes_out_as_records_and_can_be_restored(place: Path, pier: Run, scrubber: Run) -> None:
    lines = [json.dumps({"id": f"r{count}", "n": count, "text": DIRTY}) for count in range(30)]
    (place / "x.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    assert pier("clean", "x.jsonl", "--sample", "5", "--out", "out").code == 0
    written = [json.loads(line) for line in (place / "out" / "x.jsonl").read_text("utf-8").splitlines()]
    assert len(written) == 5
    assert [record["n"] for record in written] == sorted(record["n"] for record in written)
    assert all(record["text"] == BODY for record in written)
    assert scrubber("restore", f"out/{LEDGER}", "--out", "back").code == 0
    assert (place / "back" / "x.jsonl").read_bytes() == (place / "x.jsonl").read_bytes()


def test_a_sample_does_not_go_in_place(dump: Path, pier: Run) -> None:
    outcome = pier("clean", "dump", "--sample", "2", "--in-place")
    assert outcome.code == 2
    assert "--sample" in outcome.errors


def test_a_document_that_takes_too_long_is_a_recorded_failure(place: Path, pier: Run) -> None:
    (place / "dump").mkdir()
    (place / "dump" / "a.txt").write_text(DIRTY, "utf-8")
    (place / "dump" / "b.txt").write_text("".join(f"{count} {DIRTY}" for count in range(120_000)), "utf-8")
    (place / "dump" / "c.txt").write_text(DIRTY, "utf-8")
    (place / "scrubber.toml").write_text("[limits]\nmax-seconds = 1\n", "utf-8")
    for jobs in ("1", "2"):
        outcome = pier("clean", "dump", "--out", f"out{jobs}", "--jobs", jobs)
        assert outcome.code == 3
        assert "took longer than limits.max-seconds (1)." in outcome.errors
        entries = read_ledger(place / f"out{jobs}" / LEDGER).entries
        assert [isinstance(entry, DocumentEntry) for entry in entries] == [True, False, True]
        assert (place / f"out{jobs}" / "c.txt").read_text("utf-8") == BODY
        assert not (place / f"out{jobs}" / "b.txt").exists()
