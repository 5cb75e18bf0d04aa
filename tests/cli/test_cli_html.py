"""Pages on the command line: what comes out, under which name, and the page itself as the way back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_program import DIRTY, Run

PAGE = """<html lang="en"><head><title>The ferry is back</title><meta name="author" content="Oda">
<meta name="date" content="2021-02-03"></head><body><h1>The ferry is back</h1>
<p>The ferry returned at noon, and the harbour office said that it will sail again.</p>
<p>All passengers were safe, the captain told the reporters on the pier that day.</p>
<p>The timetable stays as it is, and the fares will not change before the summer.</p>
<div>Share this story</div></body></html>
"""
CLEAN = (
    "The ferry is back\n"
    "The ferry returned at noon, and the harbour office said that it will sail again.\n"
    "All passengers were safe, the captain told the reporters on the pier that day.\n"
    "The timetable stays as it is, and the fares will not change before the summer.\n"
)
HEADER = "Title: The ferry is back\nDate: 2021-02-03\nAuthor: Oda\nLanguage: en\n\n"


@pytest.fixture
def page(place: Path) -> Path:
    (place / "in").mkdir()
    (place / "in" / "b.html").write_text(PAGE)
    return place


def test_a_page_comes_out_as_text_and_goes_back_as_page(page: Path, pier: Run, scrubber: Run) -> None:
    assert pier("clean", "in", "--out", "out").code == 0
    assert (page / "out" / "b.html.txt").read_text() == CLEAN
    ledger = "out/.scrubber/ledger.jsonl"
    entry = json.loads((page / ledger).read_text().splitlines()[1])
    assert (entry["way"], entry["output"]) == ("source", "b.html.txt")
    assert scrubber("verify", ledger, "--source", "in").code == 0
    assert scrubber("restore", ledger, "--out", "back", "--source", "in").code == 0
    assert (page / "back" / "b.html").read_text() == PAGE
    (page / "in").rename(page / "elsewhere")
    assert scrubber("restore", ledger, "--out", "again").code == 3


def test_reading_a_page_is_no_finding(page: Path, pier: Run) -> None:
    clean = PAGE.replace("<div>Share this story</div>", "")
    (page / "in" / "b.html").write_bytes(b"\xef\xbb\xbf" + clean.encode())
    assert pier("check", "in").code == 0
    assert pier("diff", "in", "--exit-code").stdout.decode() == ""
    (page / "in" / "b.html").write_text(PAGE)
    assert pier("check", "in").code == 1


def test_a_page_on_standard_input(page: Path, pier: Run, scrubber: Run) -> None:
    for options in (("--stdin-filename", "a.html"), ("--as", "html")):
        assert pier("clean", "-", *options, stdin=PAGE.encode()).stdout.decode() == CLEAN
    assert pier("clean", "-", "--stdin-filename", "a.html", "--out", "out", stdin=PAGE.encode()).code == 0
    assert scrubber("restore", "out/.scrubber/ledger.jsonl", "--out", "back").code == 0
    assert (page / "back" / "a.html").read_text() == PAGE


def test_markup_is_text_if_told_so(page: Path, pier: Run) -> None:
    assert pier("clean", "in/b.html", "--as", "text").stdout.decode().startswith("<html")
    assert pier("clean", "in", "--as", "text", "--out", "out").code == 0
    assert (page / "out" / "b.html").exists()


def test_what_a_page_says_of_itself_stands_above_or_beside(page: Path, pier: Run, scrubber: Run) -> None:
    assert pier("clean", "in/b.html", "--metadata", "header").stdout.decode() == HEADER + CLEAN
    assert pier("clean", "in", "--metadata", "header", "--out", "one").code == 0
    assert (page / "one" / "b.html.txt").read_text() == HEADER + CLEAN
    assert scrubber("verify", "one/.scrubber/ledger.jsonl").code == 0
    assert pier("clean", "in", "--metadata", "json", "--out", "two").code == 0
    assert (page / "two" / "b.html.txt").read_text() == CLEAN
    said = json.loads((page / "two" / "b.html.txt.json").read_text())
    assert (said["id"], said["title"], said["date"]) == ("in/b.html", "The ferry is back", "2021-02-03")
    assert pier("clean", "in/b.html", "--metadata", "json").code == 2


def test_the_file_beside_an_output_is_on_record(page: Path, pier: Run, scrubber: Run) -> None:
    options = ("clean", "in", "--metadata", "json", "--out", "out", "--manifest")
    assert pier(*options).code == 0
    assert "b.html.txt.json" in (page / "out" / "manifest-sha256.txt").read_text()
    listed = (page / "out" / "manifest-sha256.txt").read_bytes()
    assert scrubber("verify", "out/.scrubber/ledger.jsonl").code == 0
    assert pier(*options, "--no-ledger").code == 0
    assert (page / "out" / "manifest-sha256.txt").read_bytes() == listed
    beside = page / "out" / "b.html.txt.json"
    right = beside.read_bytes()
    beside.write_bytes(b"{}")
    changed = scrubber("verify", "out/.scrubber/ledger.jsonl")
    assert (changed.code, "b.html.txt.json" in changed.text) == (1, True)
    assert pier(*options, "--resume").code == 0
    assert beside.read_bytes() == right


def test_what_a_page_does_not_show_is_counted_where_it_is_asked_for(page: Path, pier: Run) -> None:
    (page / "in" / "b.html").write_text(PAGE + "<p hidden>four</p>")
    shown = pier("check", "in/b.html", "--statistics")
    assert "not shown by 1 page, and no part of the texts: " in shown.errors
    assert "not shown by the page" in pier("explain", "in/b.html", "-v").errors
    counts = json.loads(pier("check", "in/b.html", "--report", "json").text)["files"][0]["counts"]
    assert counts["characters_hidden"] >= 4


def test_the_next_command_is_one_that_works(page: Path, scrubber: Run) -> None:
    (page / "scrubber.toml").write_text('rules = ["pier.toml"]\n')
    assert "Apply with: scrubber clean in --out clean" in " ".join(scrubber("diff", "in").errors.split())
    (page / "dump").mkdir()
    (page / "dump" / "a.txt").write_text(DIRTY)
    assert "Apply with: scrubber clean --in-place dump" in " ".join(scrubber("diff", "dump").errors.split())


def test_names_that_meet_are_recorded_failures(page: Path, pier: Run) -> None:
    (page / "in" / "b.html.txt").write_text(CLEAN)
    assert pier("clean", "in", "--out", "out").code == 3
    (page / "in" / "b.html.txt").rename(page / "in" / "b.html.txt.json.txt")
    assert pier("clean", "in", "--out", "out", "--metadata", "json").code == 0


def test_a_page_is_not_replaced_in_place(page: Path, pier: Run) -> None:
    outcome = pier("clean", "in", "--in-place")
    assert outcome.code == 3
    assert "is marked up, and its text does not go in its place." in " ".join(outcome.errors.split())
    assert (page / "in" / "b.html").read_text() == PAGE


def test_explain_speaks_of_the_lines_of_the_text(page: Path, pier: Run) -> None:
    assert "    5 - Share this story" in pier("explain", "in/b.html").stdout.decode()
    assert "    1 = The ferry is back" in pier("explain", "in/b.html:1").stdout.decode()


def test_workers_change_nothing(page: Path, pier: Run) -> None:
    for number in range(4):
        (page / "in" / f"c{number}.htm").write_text(PAGE)
    one = pier("diff", "in", "--report", "jsonl", "--jobs", "1").stdout.decode()
    assert one == pier("diff", "in", "--report", "jsonl", "--jobs", "3").stdout.decode()
