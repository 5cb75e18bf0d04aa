"""`learn`: rules proposed from what a dump repeats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_program import Run

HEAD = ("Harbour Weekly", "Home | Tides | Ships")
TAIL = ("Tell your crew about it", "Printed 3 times")


def text_of(number: int, name: str = "Harbour Weekly", *, dense: bool = False) -> str:
    mark = "x" * (number + 1)
    if dense:
        rows = ["港口周报", f"港务处第{mark}号公告说，码头将于星期一重新开放，所有班次恢复正常运行，夜班船也会恢复。"]
        rows += [f"船长{mark}告诉记者，修理用了三个星期，比计划要长得多，因为木桩已经磨损得很厉害了。", "转告你的船员"]
        return "\n".join(rows) + "\n"
    first = f"Report {mark} says that the pier was repaired before the boats of the north came back at noon."
    last = f"The captain of boat {mark} told the reporters that all went well, and that he will sail again."
    rows = [name, HEAD[1], first, last, TAIL[0], f"Printed {number * 7} times"]
    return "\n".join(rows) + "\n"


@pytest.fixture
def dump(place: Path) -> Path:
    folder = place / "dump"
    for group in ("a", "b"):
        (folder / group).mkdir(parents=True)
    for number in range(10):
        (folder / "a" / f"{number}.txt").write_text(text_of(number), "utf-8")
        (folder / "b" / f"{number}.txt").write_text(text_of(number, dense=True), "utf-8")
    return folder


def test_the_frame_of_each_group_becomes_rules_that_pass_their_own_examples(
    place: Path, dump: Path, pier: Run, scrubber: Run
) -> None:
    outcome = pier("learn", "dump", "--out", "learned.toml")
    assert (outcome.code, outcome.stdout) == (0, b""), outcome.errors
    written = (place / "learned.toml").read_text("utf-8")
    assert written.count("[[rule]]") == 4
    assert written.count('action = "flag"') == 4
    for line in (*HEAD, TAIL[0], "港口周报", "转告你的船员"):
        assert line in written
    assert r"'^printed \d+ times$'" in written
    assert '# "Harbour Weekly" in 10 documents' in written
    assert scrubber("rules", "test", "learned.toml").code == 0
    assert scrubber("rules", "lint", "learned.toml").code == 0


def test_the_draft_only_flags_what_it_was_made_of(place: Path, dump: Path, pier: Run, scrubber: Run) -> None:
    pier("learn", "dump", "--out", "learned.toml")
    shown = scrubber("diff", "--rules", "learned.toml", "dump", "--report", "jsonl")
    records = [json.loads(line) for line in shown.text.splitlines()[1:]]
    assert {verdict["outcome"] for record in records for verdict in record["verdicts"]} == {"flagged"}
    flagged = {line for record in records for verdict in record["verdicts"] for line in verdict["text"].splitlines()}
    assert {*HEAD, TAIL[0], "Printed 7 times", "港口周报"} <= flagged
    assert not any("Report" in line or "captain" in line or "记者" in line for line in flagged)


def test_without_a_file_the_rules_go_to_standard_output(dump: Path, pier: Run) -> None:
    outcome = pier("learn", "dump")
    assert outcome.text.startswith('[ruleset]\nname        = "new"\n')
    assert "dump/a, head: 2 lines shared by 10 documents" in outcome.errors


def test_workers_and_order_change_nothing(place: Path, dump: Path, pier: Run) -> None:
    paths = [path.relative_to(place).as_posix() for path in sorted(dump.rglob("*.txt"))]
    one = pier("learn", "--root", ".", "--jobs", "1", *paths)
    two = pier("learn", "--root", ".", "--jobs", "2", *reversed(paths))
    assert one.stdout == two.stdout
    assert one.stdout


def test_what_rules_in_force_take_is_left_out(place: Path, dump: Path, pier: Run) -> None:
    for path in (dump / "a").iterdir():
        path.write_text(path.read_text("utf-8").replace(TAIL[0], "Share this story"), "utf-8")
    outcome = pier("learn", "dump")
    assert "Share this story" not in outcome.text
    assert "1 shared line left out: the rules in force take them already" in outcome.errors
    assert "Share this story" in pier("learn", "dump", "--ignore", "pier/share-bar").text


def test_lines_of_several_groups_are_proposed_once(place: Path, pier: Run) -> None:
    for name in ("a", "b", "c"):
        (place / "dump" / name).mkdir(parents=True)
        for number in range(8):
            (place / "dump" / name / f"{number}.txt").write_text(text_of(number, f"Weekly of {name}"), "utf-8")
    outcome = pier("learn", "dump")
    assert outcome.text.count('"Tell your crew about it"') == 2  # the form, and the note of its support
    assert "several groups, tail: 2 lines shared by 24 documents" in outcome.errors
    assert "dump/b, head: 1 line shared by 8 documents" in outcome.errors


def test_records_are_documents_of_their_file(place: Path, pier: Run) -> None:
    lines = [json.dumps({"id": str(number), "text": text_of(number)}) for number in range(9)]
    (place / "x.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    outcome = pier("learn", "x.jsonl")
    assert "x.jsonl, head: 2 lines shared by 9 documents" in outcome.errors


def test_a_dump_that_repeats_nothing_gives_no_rules(place: Path, pier: Run) -> None:
    (place / "a.txt").write_text(text_of(1), "utf-8")
    outcome = pier("learn", "a.txt")
    assert (outcome.code, outcome.stdout) == (0, b"")
    assert "nothing that documents share is left to propose" in outcome.errors


def test_what_cannot_be_read_is_told_and_the_rest_is_looked_at(place: Path, dump: Path, pier: Run) -> None:
    (dump / "a" / "broken.txt").write_bytes(b"\x00\xff\x01" * 40)
    outcome = pier("learn", "dump")
    assert outcome.code == 3
    assert "broken.txt" in outcome.errors
    assert outcome.errors.count("broken.txt") == 1
    assert "Harbour Weekly" in outcome.text


def test_hostile_lines_stay_text(place: Path, pier: Run) -> None:
    (place / "dump").mkdir()
    hostile = "\x1b[31mred\u202e ''' \"\"\" <<x>> ::set-output ##[error] \\d+ [/] {2}"
    for number in range(9):
        (place / "dump" / f"{number}.txt").write_text(text_of(number, hostile), "utf-8")
    outcome = pier("learn", "dump", "--out", "learned.toml")
    assert outcome.code == 0, outcome.errors
    written = (place / "learned.toml").read_text("utf-8")
    assert "\x1b" not in written + outcome.errors
    assert "\u202e" not in written + outcome.errors
    shown = pier("diff", "dump", "--rules", "learned.toml", "--report", "jsonl")
    assert "red" in shown.text


@pytest.mark.parametrize(
    "options", [("-",), ("dump", "--out", "x.txt"), ("dump", "--share", "0"), ("dump", "--min-documents", "1")], ids=str
)
def test_what_cannot_be_meant_is_an_error_of_usage(dump: Path, pier: Run, options: tuple[str, ...]) -> None:
    assert pier("learn", *options).code == 2
