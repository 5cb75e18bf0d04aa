"""`template` rules: the whole dump is looked at first, and what its documents share is found in each of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_program import Run

from scrubber.store.ledger_read import read_ledger

LEDGER = Path(".scrubber") / "ledger.jsonl"
RULES = """\
[ruleset]
name = "frame"
version = "1.0"

[[rule]]
id = "site"
kind = "template"
title = "Frame of the site"
why = "Most texts of the folder have it."
action = "remove"
params = { min-documents = 5, share = 0.8 }
"""


def text_of(number: int) -> str:
    mark = "x" * (number + 1)
    first = f"Report {mark} says that the pier was repaired before the boats of the north came back at noon."
    last = f"The captain of boat {mark} told the reporters that all went well, and that he will sail again."
    rows = ["Harbour Weekly", "", f"Printed {number * 7} times", first, last, "Tell your crew", "Ropes | Tides | Ships"]
    return "\n".join(rows) + "\n"


@pytest.fixture
def dump(place: Path) -> Path:
    (place / "frame.toml").write_text(RULES, "utf-8")
    folder = place / "dump"
    folder.mkdir()
    for number in range(10):
        (folder / f"{number}.txt").write_text(text_of(number), "utf-8")
    return folder


def test_the_frame_goes_and_the_text_stays(place: Path, dump: Path, scrubber: Run) -> None:
    assert scrubber("clean", "--rules", "frame.toml", "dump", "--out", "out").code == 0
    for number in range(10):
        lines = text_of(number).splitlines()
        assert (place / "out" / f"{number}.txt").read_text("utf-8").splitlines() == lines[3:5]
    assert scrubber("verify", f"out/{LEDGER}").code == 0
    assert scrubber("restore", f"out/{LEDGER}", "--out", "back").code == 0
    assert (place / "back" / "3.txt").read_text("utf-8") == text_of(3)


def test_cleaning_the_outputs_again_changes_nothing(place: Path, dump: Path, scrubber: Run) -> None:
    scrubber("clean", "--rules", "frame.toml", "dump", "--out", "out")
    scrubber("clean", "--rules", "frame.toml", "out", "--out", "again")
    for number in range(10):
        assert (place / "again" / f"{number}.txt").read_bytes() == (place / "out" / f"{number}.txt").read_bytes()


def test_what_is_found_says_how_many_share_it(dump: Path, scrubber: Run) -> None:
    shown = scrubber("diff", "--rules", "frame.toml", "dump", "--report", "jsonl")
    first = json.loads(shown.text.splitlines()[1])
    assert [(verdict["lines"], verdict["reason"], verdict["score"]) for verdict in first["verdicts"]] == [
        ([1, 3], "10 of 10 documents of dump hold each of these lines above their text", 1000),
        ([6, 7], "10 of 10 documents of dump hold each of these lines below their text", 1000),
    ]


def test_it_flags_unless_told_otherwise(place: Path, dump: Path, scrubber: Run) -> None:
    (place / "frame.toml").write_text(RULES.replace('action = "remove"\n', ""), "utf-8")
    shown = scrubber("diff", "--rules", "frame.toml", "dump", "--report", "jsonl")
    record = json.loads(shown.text.splitlines()[1])
    assert {verdict["outcome"] for verdict in record["verdicts"]} == {"flagged"}
    assert scrubber("check", "--rules", "frame.toml", "dump").code == 1


def test_one_document_alone_has_no_frame(dump: Path, scrubber: Run) -> None:
    assert scrubber("check", "--rules", "frame.toml", "dump/1.txt").code == 0


def test_a_keep_rule_protects_a_line_of_the_frame(place: Path, dump: Path, scrubber: Run) -> None:
    keep = '\n[[rule]]\nid = "k"\nkind = "keep"\ntitle = "K"\nmatch = { equals = ["Tell your crew"] }\n'
    (place / "frame.toml").write_text(RULES + keep, "utf-8")
    scrubber("clean", "--rules", "frame.toml", "dump", "--out", "out")
    assert (place / "out" / "4.txt").read_text("utf-8").splitlines() == text_of(4).splitlines()[3:6]


def test_workers_order_and_records_change_nothing(place: Path, dump: Path, scrubber: Run) -> None:
    paths = [f"dump/{number}.txt" for number in range(10)]
    scrubber("clean", "--rules", "frame.toml", *paths, "--out", "one", "--jobs", "1")
    scrubber("clean", "--rules", "frame.toml", *reversed(paths), "--out", "two", "--jobs", "2")
    for number in range(10):
        assert (place / "one" / f"{number}.txt").read_bytes() == (place / "two" / f"{number}.txt").read_bytes()
    digests = {read_ledger(place / name / LEDGER).header.evidence_digest for name in ("one", "two")}
    assert len(digests) == 1
    assert digests != {""}
    lines = [json.dumps({"id": str(number), "text": text_of(number)}) for number in range(10)]
    (place / "x.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    scrubber("clean", "--rules", "frame.toml", "x.jsonl", "--out", "three")
    for number, line in enumerate((place / "three" / "x.jsonl").read_text("utf-8").splitlines()):
        assert json.loads(line)["text"] == (place / "one" / f"{number}.txt").read_text("utf-8")


def test_resume_takes_over_only_what_the_same_dump_says(place: Path, dump: Path, scrubber: Run) -> None:
    options = ("--rules", "frame.toml", "dump", "--out", "out")
    scrubber("clean", *options)
    assert "10 taken over" in scrubber("clean", *options, "--resume").errors
    (dump / "new.txt").write_text(text_of(11), "utf-8")
    assert "taken over" not in scrubber("clean", *options, "--resume").errors
    assert (place / "out" / "new.txt").read_text("utf-8").splitlines() == text_of(11).splitlines()[3:5]


def test_what_cannot_be_read_is_told_once(dump: Path, scrubber: Run) -> None:
    (dump / "broken.txt").write_bytes(b"\x00\xff\x01" * 40)
    outcome = scrubber("clean", "--rules", "frame.toml", "dump", "--out", "out")
    assert outcome.code == 3
    assert outcome.errors.count("broken.txt") == 1


def test_what_most_documents_hold_does_not_count_as_text_that_would_go(place: Path, scrubber: Run) -> None:
    """Frame and offers are six sevenths of the running text, more than the limit; the offers are three quarters of the rest."""
    offer = '\n[[rule]]\nid = "offer"\nkind = "line"\ntitle = "Offer"\nwhy = "Nobody asked."\nmatch = { starts = ["Offer"] }\n'
    (place / "frame.toml").write_text(RULES + offer, "utf-8")
    (place / "dump").mkdir()
    names = [f"{letter}{letter}" for letter in "abcdefghij"]
    for name in names:
        own = f"The ferry {name} left the pier at noon, and nobody on board saw the fog come in from the open sea."
        offers = [
            f"Offer {name}{mark}: " + "whoever buys two ropes now gets a third one for nothing at all. " * 2
            for mark in "rs"
        ]
        frame = ["The harbour paper is written by those who read it, and by those who sail past it in summer. " * 3]
        (place / "dump" / f"{name}.txt").write_text("\n".join([own, *offers, *frame]) + "\n", "utf-8")
    assert scrubber("clean", "--rules", "frame.toml", "--select", "frame/offer", "dump", "--out", "offers").code == 0
    assert scrubber("clean", "--rules", "frame.toml", "dump", "--out", "out").code == 0
    for name in names:
        text = (place / "out" / f"{name}.txt").read_text("utf-8")
        assert text.startswith(f"The ferry {name}")
        assert len(text.splitlines()) == 1
