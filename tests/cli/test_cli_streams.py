"""What goes to standard output, what to standard error, and what neither may ever hold."""

from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path

import pytest
from cli_program import BODY, CHINESE, DIRTY, Run

from scrubber.cli.options import Colour
from scrubber.cli.streams import wants_colour

ESC = "\x1b"


def test_clean_text_goes_to_standard_output_and_nothing_else(place: Path, pier: Run) -> None:
    outcome = pier("clean", "-", stdin=DIRTY.encode())
    assert (outcome.code, outcome.stdout, outcome.errors) == (0, BODY.encode(), "")
    assert sorted(entry.name for entry in place.iterdir()) == [".git", "pier.toml"]


@pytest.mark.parametrize(
    "text", [f"{CHINESE}\r\n分享到\r\n{CHINESE}\r\n{CHINESE}", f"{CHINESE}\r分享到\r{CHINESE}\r{CHINESE}"]
)
def test_line_ends_are_not_translated_and_none_is_added(pier: Run, text: str) -> None:
    end = "\r\n" if "\r\n" in text else "\r"
    outcome = pier("clean", "-", stdin=text.encode("gb18030"))
    assert outcome.stdout == text.replace(f"分享到{end}", "").encode()


@pytest.mark.parametrize(
    ("raw", "options"),
    [(b"\x00\x01\x02", ()), (CHINESE.encode("gb18030"), ("--encoding", "utf-8"))],
    ids=["binary", "undecodable"],
)
def test_standard_output_stays_empty_where_the_text_cannot_be_read(
    pier: Run, raw: bytes, options: tuple[str, ...]
) -> None:
    outcome = pier("clean", "-", *options, stdin=raw)
    assert (outcome.code, outcome.stdout) == (3, b"")
    assert outcome.errors.startswith("stdin: ")


def test_rights_statements_that_no_ledger_holds_are_listed_on_standard_error(place: Path, pier: Run) -> None:
    text = DIRTY + "Copyright 2021 The Pier\n"
    outcome = pier("clean", "-", stdin=text.encode())
    assert outcome.stdout == BODY.encode()
    assert "  stdin:4: NOASSERTION: Copyright 2021 The Pier\n" in outcome.errors
    kept = pier("clean", "-", "--ledger", "x.jsonl", stdin=text.encode())
    assert (kept.stdout, kept.errors) == (BODY.encode(), "")
    assert "Copyright 2021 The Pier" in (place / "x.jsonl").read_text("utf-8")


def test_several_inputs_without_a_destination_name_both_options(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(DIRTY)
    (place / "b.txt").write_text(DIRTY)
    outcome = pier("clean", "a.txt", "b.txt")
    assert (outcome.code, outcome.stdout) == (2, b"")
    assert "--out DIR" in outcome.errors
    assert "--in-place" in outcome.errors


def test_a_report_and_clean_text_do_not_share_standard_output(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(DIRTY)
    outcome = pier("clean", "a.txt", "--report", "jsonl")
    assert (outcome.code, outcome.stdout) == (2, b"")
    assert "--report jsonl:FILE" in outcome.errors
    assert pier("clean", "a.txt", "--report", "jsonl:found.jsonl").stdout == BODY.encode()
    assert len((place / "found.jsonl").read_text("utf-8").splitlines()) == 2


def test_several_reports_come_from_one_run(place: Path, pier: Run) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (place / name).write_text(DIRTY)
    alone = {name: pier("diff", ".", "--report", name).stdout for name in ("terminal", "patch", "jsonl")}
    outcome = pier("diff", ".", "--report", "patch:all.patch", "--report", "terminal", "--report", "jsonl:all.jsonl")
    assert outcome.stdout == alone["terminal"]
    assert (place / "all.patch").read_bytes() == alone["patch"]
    assert (place / "all.jsonl").read_bytes() == alone["jsonl"]
    assert [json.loads(line)["id"] for line in alone["jsonl"].splitlines()[1:]] == ["a.txt", "b.txt", "c.txt"]


@pytest.mark.parametrize(
    ("report", "message"),
    [
        ("patsch", 'Did you mean "patch"?'),
        ("patch:", "names no file"),
        ("jsonl:no/such/folder/x", "the report cannot be written"),
    ],
)
def test_a_report_that_cannot_be_is_refused(place: Path, pier: Run, report: str, message: str) -> None:
    (place / "a.txt").write_text(DIRTY)
    outcome = pier("diff", "a.txt", "--report", report)
    assert outcome.code in (2, 3)
    assert outcome.stdout == b""
    assert message in outcome.errors


@pytest.mark.parametrize(
    ("env", "choice", "coloured"),
    [
        ({}, Colour.AUTO, False),
        ({"FORCE_COLOR": "1"}, Colour.AUTO, True),
        ({"TTY_COMPATIBLE": "1"}, Colour.AUTO, True),
        ({"FORCE_COLOR": "0"}, Colour.AUTO, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, Colour.AUTO, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, Colour.AUTO, True),
        ({"NO_COLOR": "1"}, Colour.ALWAYS, True),
        ({"FORCE_COLOR": "1"}, Colour.NEVER, False),
    ],
)
def test_colour_follows_the_option_then_the_environment(env: dict[str, str], choice: Colour, coloured: bool) -> None:
    assert wants_colour(choice, io.StringIO(), env) is coloured


def test_colours_do_not_change_the_words(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(DIRTY)
    plain = pier("diff", "a.txt").text
    coloured = pier("diff", "a.txt", "--color", "always").text
    assert ESC in coloured
    assert re.sub(f"{ESC}\\[[0-9;]*m", "", coloured) == plain
    assert pier("diff", "a.txt", env={"FORCE_COLOR": "1"}).text == coloured


def test_machine_formats_are_never_coloured(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(DIRTY)
    for name in ("patch", "json", "jsonl", "github"):
        assert ESC not in pier("diff", "a.txt", "--color", "always", "--report", name).text


def test_a_closing_line_counts_what_a_patch_cannot_show(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(DIRTY + "Advert: a boat\n")
    outcome = pier("diff", "a.txt", "--report", "patch")
    assert outcome.errors == "1 removal, 1 flag in 1 file.\n"
    assert pier("diff", "a.txt", "--no-summary").errors == ""
    assert pier("diff", "a.txt", "-q").errors == ""


def test_statistics_count_by_rule(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(DIRTY + "Advert: a boat\n")
    outcome = pier("diff", "a.txt", "--statistics", "--no-summary")
    rows = [row.split() for row in outcome.errors.splitlines()]
    assert rows[0] == ["rule", "outcome", "findings", "documents", "lines", "characters"]
    assert ["pier/share-bar", "removed", "1", "1", "1", "17"] in rows
    assert ["pier/advert", "flagged", "1", "1", "1", "15"] in rows


def test_workflow_commands_in_a_text_or_a_file_name_are_not_obeyed(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(DIRTY.replace("Share", "::error::x\nShare"))
    outcome = pier("diff", "a.txt", "::error::lost.txt", env={"GITHUB_ACTIONS": "true"})
    first, *_, last = outcome.text.splitlines()
    token = first.removeprefix("::stop-commands::")
    assert len(token) == 32
    assert last == f"::{token}::"
    assert not any(line.lstrip().startswith("::error") for line in outcome.errors.splitlines())
    assert "::stop-commands::" not in pier("diff", "a.txt").text


@pytest.mark.skipif(os.name == "nt", reason="such names cannot exist there")
def test_hostile_file_names_are_shown_and_not_obeyed(place: Path, pier: Run, scrubber: Run) -> None:
    names = (
        f"{ESC}[31mred.txt",
        "new\nline.txt",
        "\u202etxt.exe.txt",
        "[bold]x[].txt",
        "100%#.txt",
        ":smile:.txt",
        "-x.txt",
    )
    for name in names:
        (place / name).write_text(DIRTY)
    outcome = pier("clean", ".", "missing\r.txt", "--out", "out", "--report", "terminal", "-v")
    assert outcome.code == 3
    for stream in (outcome.text, outcome.errors):
        assert ESC not in stream
        assert "\u202e" not in stream
        assert all(line.isprintable() for line in stream.splitlines())
    written = [file for file in (place / "out").iterdir() if file.is_file()]
    assert [file.read_text() for file in written] == [BODY] * len(names)
    assert scrubber("restore", "out/.scrubber/ledger.jsonl", "--out", "back").code == 0
    assert [file.read_text() for file in (place / "back").iterdir()] == [DIRTY] * len(names)


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="names there are Unicode")
def test_a_name_that_is_not_utf_8_is_cleaned_and_restored(place: Path, pier: Run, scrubber: Run) -> None:
    raw = os.fsencode(place) + b"/caf\xe9.txt"
    with open(raw, "w") as file:  # noqa: PTH123  the name is no text
        file.write(DIRTY)
    outcome = pier("clean", ".", "--out", "out", "--report", "jsonl")
    assert outcome.code == 0
    assert json.loads(outcome.stdout.splitlines()[1])["id"] == "caf%E9.txt"
    assert scrubber("restore", "out/.scrubber/ledger.jsonl", "--out", "back").code == 0
    with open(os.fsencode(place) + b"/back/caf\xe9.txt") as file:  # noqa: PTH123
        assert file.read() == DIRTY
