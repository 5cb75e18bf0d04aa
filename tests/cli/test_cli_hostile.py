"""Hostile files in one folder with one good file: nothing crashes, nothing is obeyed, and the good file comes out."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

import pytest
from cli_program import BODY, Run
from hostile_files import ESC, GOOD, TEXTS, Made, at_terminal, make_hostile

from scrubber.api import clean_text
from scrubber.cli.main import main
from scrubber.report import REPORTS
from scrubber.store.ledger_form import DocumentEntry, FailedEntry
from scrubber.store.ledger_read import read_ledger

pytestmark = pytest.mark.skipif(os.name == "nt", reason="most of this folder cannot exist there")

LEDGER = "out/.scrubber/ledger.jsonl"


@pytest.fixture
def made(place: Path) -> Made:
    """The folder `dump`."""
    made = make_hostile(place / "dump")
    assert made.files + len(made.passed_over) > 40
    return made


def assert_harmless(written: str) -> None:
    """Nothing here that a terminal would obey, and no traceback."""
    strange = {
        character
        for character in written
        if not (character.isprintable() or character in "\r\n" or unicodedata.category(character) == "Zs")
    }
    assert strange == set()
    assert "Traceback" not in written
    assert "internal error" not in written


def test_hostile_files_and_one_good_file_in_pipes(place: Path, made: Made, pier: Run, scrubber: Run) -> None:
    reports = [name for name in REPORTS if name not in ("terminal", "patch")]
    asked = [part for name in reports for part in ("--report", f"{name}:{name}.report")]
    outcome = pier("clean", "dump", "--out", "out", "-v", "--report", "terminal", *asked)
    assert outcome.code == 3
    for stream in (
        outcome.text,
        outcome.errors,
        *((place / f"{name}.report").read_text("utf-8-sig") for name in reports),
    ):
        assert_harmless(stream)
    assert (place / "out" / GOOD).read_text() == BODY
    links = [name for name in made.passed_over if (place / "dump" / name).is_symlink()]
    assert f"{len(links)} links, {len(made.passed_over) - len(links)} pipes and devices" in outcome.errors

    ledger = read_ledger(place / LEDGER)
    done = {entry.id: entry for entry in ledger.entries}
    failed = {entry.path for entry in ledger.entries if isinstance(entry, FailedEntry)}
    assert failed - {*made.doubtful} == {*made.failing}
    assert len(done) == made.files + 1
    for name in made.failing:
        assert not (place / "out" / name).exists()
        assert f"dump/{name}: " in outcome.errors
    for name in TEXTS:
        assert (place / "out" / name).is_file()

    back = scrubber("restore", LEDGER, "--out", "back")
    assert back.code == 0
    assert_harmless(back.text + back.errors)
    restored = [entry for entry in ledger.entries if isinstance(entry, DocumentEntry)]
    assert len([path for path in (place / "back").rglob("*") if path.is_file()]) == len(restored)
    for name in (GOOD, *TEXTS):
        assert (place / "back" / name).read_bytes() == (place / "dump" / name).read_bytes()
    assert scrubber("verify", LEDGER).code == 0


def test_hostile_files_and_one_good_file_at_a_terminal(place: Path, made: Made) -> None:
    rules = ("--rules", "pier.toml")
    calls: list[tuple[int, tuple[str, ...]]] = [
        (3, ("clean", *rules, "dump", "--out", "out", "--no-progress", "-v", "--report", "terminal")),
        (3, ("check", *rules, "dump", "-v", "--no-progress")),
        (3, ("diff", *rules, "dump", "--no-progress", "--report", "patch")),
        (0, ("clean", *rules, "dump/csi.txt")),
        (0, ("explain", *rules, "dump/c1.txt")),
        (0, ("restore", LEDGER, "--out", "back")),
    ]
    for code, arguments in calls:
        # `cat` as pager: nothing stands between the program and the terminal.
        assert_harmless_at_terminal(place, code, arguments)
    assert (place / "out" / GOOD).read_text() == BODY


def assert_harmless_at_terminal(place: Path, code: int, arguments: tuple[str, ...]) -> None:
    found, written = at_terminal(place, arguments, NO_COLOR="1", PAGER="cat")
    assert found == code, (arguments, written)
    assert_harmless(written)


def test_with_colours_and_a_bar_only_our_own_sequences_reach_the_terminal(place: Path, made: Made) -> None:
    code, written = at_terminal(
        place, ("clean", "--rules", "pier.toml", "dump", "--out", "out", "--color", "always", "-v")
    )
    assert code == 3
    assert ESC in written
    # Colours, and what draws the bar: lines erased, cursor up, cursor hidden.
    assert_harmless(re.sub(f"{ESC}\\[(?:[0-9;]*m|1A|2K|\\?25[lh])", "", written))


def test_check_sees_what_clean_sees(place: Path, made: Made, pier: Run) -> None:
    outcome = pier("check", "dump", "--report", "jsonl")
    assert outcome.code == 3
    assert_harmless(outcome.text + outcome.errors)
    failed = outcome.errors.count("pass --encoding") + outcome.errors.count("Pass --encoding")
    assert outcome.text.count("\n") == made.files - failed + 2


def test_what_is_no_file_is_refused_where_it_is_named(place: Path, made: Made, pier: Run) -> None:
    named = [f"dump/{name}" for name in made.passed_over if name not in ("self", "up", "absolute.txt")]
    outcome = pier("clean", *named, f"dump/{GOOD}", "--out", "out")
    assert outcome.code == 3
    assert_harmless(outcome.errors)
    assert (place / "out" / GOOD).read_text() == BODY
    assert len(read_ledger(place / LEDGER).entries) == len(named) + 1


def test_names_that_begin_with_a_dash_can_be_named(
    place: Path, made: Made, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(place / "dump")
    assert main(["check", "--rules", "../pier.toml", "--", "-rf.txt", "--out=x.txt"]) == 1
    shown = capsys.readouterr().out
    assert "dump/-rf.txt" in shown
    assert "dump/--out=x.txt" in shown


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e"])
def test_only_line_feeds_and_returns_end_lines(place: Path, separator: str) -> None:
    text = f"{BODY}The boat{separator}Share this story{separator}left.\n"
    assert clean_text(text, place / "pier.toml").text == text
    ended = f"{BODY}The boat left.\rShare this story\rIt sails.\r"
    assert clean_text(ended, place / "pier.toml").text == ended.replace("Share this story\r", "")


def test_lone_surrogates_are_never_written_and_come_back(place: Path, made: Made, pier: Run, scrubber: Run) -> None:
    named = [f"dump/{name}" for name in made.doubtful]
    assert pier("clean", *named, "--out", "out", "--undecodable", "replace").code == 0
    assert scrubber("restore", LEDGER, "--out", "back").code == 0
    for name in made.doubtful:
        assert "Share this story" not in (place / "out" / name).read_text("utf-8", "strict")
        assert (place / "back" / name).read_bytes() == (place / "dump" / name).read_bytes()
