"""`review` at a real terminal: what is answered is on record, and nothing else is."""

from __future__ import annotations

import os
import re
import signal
import tomllib
from pathlib import Path
from typing import Any

import pytest
from cli_program import BODY, CHINESE, DIRTY, RULES, Run
from live_terminal import Start, at_terminal
from rich.cells import cell_len

__all__ = ["at_terminal"]

REVIEW = ("review", "--rules", "pier.toml", "--by", "ode")
RECORD = "scrubber.decisions.toml"
ADVERT = "Advert: two tickets for one, at the pier and only today.\n"
QUESTION = "remove, keep, later?"


def decisions(place: Path) -> list[dict[str, Any]]:
    """What stands in the decisions file."""
    file = place / RECORD
    found: list[dict[str, Any]] = tomllib.loads(file.read_text("utf-8")).get("decision", []) if file.exists() else []
    return found


def verdicts(place: Path) -> list[tuple[str, str, str]]:
    """Path, rule and verdict of each decision, sorted."""
    return sorted((each["path"], each["rule"], each["verdict"]) for each in decisions(place))


@pytest.fixture
def seeds(place: Path) -> Path:
    """Two texts: a bar in both, an advert in the first."""
    folder = place / "seeds"
    folder.mkdir()
    (folder / "a.txt").write_text(DIRTY + ADVERT, "utf-8")
    (folder / "b.txt").write_text(DIRTY, "utf-8")
    return folder


def test_doubtful_ones_come_first_and_answers_are_recorded(place: Path, seeds: Path, at_terminal: Start) -> None:
    terminal = at_terminal(*REVIEW, "seeds")
    first = terminal.until(QUESTION)
    assert "[1 of 3]  seeds/a.txt" in first
    assert "pier/advert   possible   flagged" in first
    line = RULES[: RULES.index('id = "advert"')].count("\n")
    assert f"pier.toml:{line}" in first
    assert "Without an answer, this stays and is flagged." in first
    assert "[2 of 3]  seeds/a.txt" in terminal.press("y").until("Without an answer, clean removes this.")
    assert verdicts(place) == [("seeds/a.txt", "pier/advert", "remove")]
    terminal.press("n").until("[3 of 3]  seeds/b.txt")
    terminal.press("l").until("All is answered.")
    terminal.press("q")
    assert terminal.end() == 0
    assert b"1 kept, 1 to be removed, 1 left for later. Recorded in scrubber.decisions.toml." in terminal.written
    assert verdicts(place) == [
        ("seeds/a.txt", "pier/advert", "remove"),
        ("seeds/a.txt", "pier/share-bar", "keep"),
        ("seeds/b.txt", "pier/share-bar", "later"),
    ]
    assert [each["fingerprint"] for each in decisions(place)] == sorted(
        each["fingerprint"] for each in decisions(place)
    )
    assert {each["by"] for each in decisions(place)} == {"ode"}


def test_after_review_check_and_clean_do_as_decided(place: Path, seeds: Path, pier: Run, at_terminal: Start) -> None:
    assert pier("check", "seeds").code == 1
    terminal = at_terminal(*REVIEW, "seeds")
    terminal.until(QUESTION)
    terminal.press("y").until("[2 of 3]")
    terminal.press("n").until("[3 of 3]")
    terminal.press("n").until("All is answered.")
    terminal.press("q").end()
    assert pier("check", "seeds/b.txt").code == 0
    assert pier("check", "seeds/a.txt").code == 1  # the advert is still there
    assert pier("clean", "seeds", "--out", "out").code == 0
    assert (place / "out" / "a.txt").read_text("utf-8") == DIRTY
    assert (place / "out" / "b.txt").read_text("utf-8") == DIRTY


def test_a_review_goes_on_where_it_was_left(place: Path, seeds: Path, at_terminal: Start) -> None:
    terminal = at_terminal(*REVIEW, "seeds")
    terminal.until(QUESTION)
    terminal.press("n").until("[2 of 3]")
    assert terminal.press("q").end() == 0
    assert b"2 left to answer." in terminal.written
    again = at_terminal(*REVIEW, "seeds")
    assert "pier/share-bar" in again.until("[1 of 2]  seeds/a.txt")
    again.press("n").until("[2 of 2]")
    again.press("n").until("All is answered.")
    assert again.press("q").end() == 0
    nothing = at_terminal(*REVIEW, "seeds")
    assert nothing.end() == 0
    assert b"Nothing to review. --all shows what is decided." in nothing.written
    every = at_terminal(*REVIEW, "--all", "seeds")
    every.until("All is answered.")
    assert "Recorded: keep, by ode." in every.press("k").until("[3 of 3]")
    every.press("y").until("To be removed.")
    every.press("q").end()
    assert ("seeds/b.txt", "pier/share-bar", "remove") in verdicts(place)


def test_an_answer_can_be_taken_back(place: Path, seeds: Path, at_terminal: Start) -> None:
    terminal = at_terminal(*REVIEW, "seeds")
    terminal.until(QUESTION)
    terminal.press("y").until("[2 of 3]")
    terminal.press("D").until("2 kept.")
    assert len(decisions(place)) == 3
    assert "[2 of 3]" in terminal.press("u").until("2 answers taken back.")
    assert verdicts(place) == [("seeds/a.txt", "pier/advert", "remove")]
    assert "[1 of 3]" in terminal.press("u").until("Taken back.")
    assert decisions(place) == []
    terminal.press("u").until("There is nothing to take back.")
    assert terminal.press("q").end() == 0


def test_reasons_are_written_before_an_answer_and_after_it(place: Path, seeds: Path, at_terminal: Start) -> None:
    terminal = at_terminal(*REVIEW, "seeds")
    terminal.until(QUESTION)
    terminal.press("e").until("reason:")
    terminal.press(*"码头 是 x", "\x7f", "主题\r").until("Reason: 码头 是 主题")
    terminal.press("n").until("[2 of 3]")
    assert decisions(place)[0]["reason"] == "码头 是 主题"
    terminal.press("k").until("Recorded: keep, by ode. 码头 是 主题")
    terminal.press("e").until("reason: 码头 是 主题")
    terminal.press("\x15", *"it is the point\r").until("Recorded: keep, by ode. it is the point")
    terminal.press("e").until("reason: it")
    terminal.press("!\x1b").until("Recorded: keep, by ode. it is the point")
    assert decisions(place)[0]["reason"] == "it is the point"
    assert terminal.press("q").end() == 0


@pytest.mark.parametrize(
    ("keys", "left", "expected"),
    [
        ("d", 1, [("seeds/a.txt", "pier/advert", "keep"), ("seeds/a.txt", "pier/share-bar", "keep")]),
        ("a", 1, [("seeds/a.txt", "pier/advert", "remove"), ("seeds/a.txt", "pier/share-bar", "remove")]),
        ("jA", 1, [("seeds/a.txt", "pier/share-bar", "remove"), ("seeds/b.txt", "pier/share-bar", "remove")]),
        ("jD", 1, [("seeds/a.txt", "pier/share-bar", "keep"), ("seeds/b.txt", "pier/share-bar", "keep")]),
    ],
)
def test_one_answer_for_the_rest_of_a_document_or_of_a_rule(
    place: Path, seeds: Path, at_terminal: Start, keys: str, left: int, expected: list[tuple[str, str, str]]
) -> None:
    terminal = at_terminal(*REVIEW, "seeds")
    terminal.until(QUESTION)
    terminal.press(*keys).until("2 kept." if keys[-1] in "dD" else "2 to be removed.")
    assert verdicts(place) == expected
    terminal.press("q").end()
    assert f"{left} left to answer.".encode() in terminal.written


def test_search_goes_to_a_text_a_rule_or_a_path(place: Path, seeds: Path, at_terminal: Start) -> None:
    (seeds / "c.txt").write_text(f"{CHINESE}\n分享到\n{BODY}", "utf-8")
    terminal = at_terminal(*REVIEW, "seeds")
    terminal.until("[1 of 4]")
    terminal.press("/", *"夜班\r").until("Nothing here holds 夜班.")
    terminal.press("/", *"码头将\r").until("[4 of 4]  seeds/c.txt")
    terminal.press("/", *"ADVERT\r").until("[1 of 4]  seeds/a.txt")
    terminal.press("/", *"b.txt\r").until("[3 of 4]  seeds/b.txt")
    terminal.press("/", "\r").until("[3 of 4]  seeds/b.txt")
    terminal.press("j").until("[4 of 4]")
    terminal.press("j").until("This is the last one.")
    terminal.press("?").until("go to the next one with a text")
    assert "(pier/share-bar, 3 open)" in " ".join(terminal.text.split())
    terminal.press("x").until("[4 of 4]")
    terminal.press("x").until("No such key.")
    assert terminal.press("q").end() == 0
    assert decisions(place) == []


#: Everything a terminal may obey, but what the screen itself is drawn with.
STEERING = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069]")
OWN_SEQUENCES = re.compile(r"\x1b\[(\?1049[hl]|\?25[hl]|H|2J|J|K)")


def test_hostile_text_stays_text(place: Path, at_terminal: Start) -> None:
    hostile = "Advert: \x1b[31m\x1b]8;;http://x.example\x07[/] [bold]b[/bold] \u202egnirrah\u202c \x9b2J :smile:\n"
    (place / "x\x1b[2J.txt").write_text(BODY + hostile, "utf-8")
    (place / RECORD).write_text(
        f'[[decision]]\nfingerprint = "{"0" * 16}"\nrule = "pier/advert"\npath = "y"\nverdict = "keep"\n', "utf-8"
    )
    terminal = at_terminal(*REVIEW, ".", columns=120)
    terminal.until(QUESTION)
    assert "␛[31m␛]8;;http://x.example␇[/] [bold]b[/bold] <U+202E>gnirrah<U+202C>" in terminal.text
    terminal.press("e").until("reason:")
    terminal.press(*"[/] \u202ex\r").until("Reason: [/] x")
    terminal.press("n").until("All is answered.")
    terminal.press("q").end()
    drawn = OWN_SEQUENCES.sub("", terminal.written.decode("utf-8"))
    assert not STEERING.search(drawn)
    assert "\x1b" not in drawn
    assert {each["path"] for each in decisions(place)} == {"y", "x%1B[2J.txt"}


DUPLICATES = """\
[ruleset]
name = "dup"
version = "1"

[[rule]]
id = "near"
kind = "neardup"
title = "Nearly the same"
why = "A paragraph that nearly repeats another."
params = { threshold = 0.5, min-chars = 20 }
"""
ONE = "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行，夜班船也会在下周末以前全部恢复。"
OTHER = ONE.replace("中午", "傍晚").replace("星期一", "星期三")


@pytest.mark.parametrize("columns", [50, 80])
def test_chinese_kin_is_whole_and_aligned(place: Path, at_terminal: Start, columns: int) -> None:
    (place / "dup.toml").write_text(DUPLICATES, "utf-8")
    (place / "a.txt").write_text(f"{ONE}\n风浪很大的时候，渡轮不开。\n{OTHER}\n", "utf-8")
    terminal = at_terminal("review", "--rules", "dup.toml", "a.txt", columns=columns)
    terminal.until(QUESTION)
    rows = terminal.rows
    assert len(rows) == 24
    assert all(cell_len(row) <= columns for row in rows)
    assert "kin  line 1   94 % alike" in terminal.text
    if columns == 80:
        parts = [row.partition(" | ") for row in rows if " | " in row]
        assert all(cell_len(left) == 38 for left, _, _ in parts)
        ours, theirs = ("".join(part[side][8:].strip() for part in parts) for side in (0, 2))
    else:
        start = next(number for number, row in enumerate(rows) if row.startswith("   kin"))
        theirs = "".join(row[8:] for row in rows[start + 1 : start + 4])
        first = next(number for number, row in enumerate(rows) if row.startswith("    3 ~"))
        ours = "".join(row[8:] for row in rows[first : first + 3])
    assert ours == OTHER.replace("傍晚", "[傍晚]").replace("星期三", "星期[三]")
    assert theirs == ONE.replace("中午", "[中午]").replace("星期一", "星期[一]")
    terminal.press("n").until("All is answered.")
    assert terminal.press("q").end() == 0


def test_another_size_is_drawn_anew(place: Path, seeds: Path, at_terminal: Start) -> None:
    terminal = at_terminal(*REVIEW, "seeds")
    terminal.until(QUESTION)
    terminal.resize(50, 12)
    terminal.until(lambda text: "remove, keep, later? ynladADeukj/?q" in text.splitlines()[11])
    assert "possible" not in terminal.rows[1]
    terminal.press("j").until("[2 of 3]")
    assert terminal.press("q").end() == 0


def test_what_is_long_is_folded_and_scrolled(place: Path, at_terminal: Start) -> None:
    rule = '[[rule]]\nid = "tail"\nkind = "tail"\ntitle = "Tail"\nwhy = "w"\nstart = { equals = ["More"] }\n'
    (place / "tail.toml").write_text(f'[ruleset]\nname = "t"\nversion = "1"\n{rule}', "utf-8")
    entries = "".join(f"{number}. Harbour news in short\n" for number in range(30))
    (place / "a.txt").write_text(f"{BODY * 3}More\n{entries}", "utf-8")
    terminal = at_terminal("review", "--rules", "tail.toml", "a.txt")
    terminal.until("... 26 lines ...")
    terminal.press("f").until("rows below: space")
    terminal.press(" ").until("17. Harbour")
    terminal.press("\x1b[6~").until("29. Harbour")
    terminal.press("b", "b").until("- More")
    terminal.press("f").until("... 26 lines ...")
    assert terminal.press("q").end() == 0


def test_ctrl_c_leaves_a_whole_file_and_the_terminal_as_it_was(place: Path, seeds: Path, at_terminal: Start) -> None:
    terminal = at_terminal(*REVIEW, "seeds")
    terminal.until(QUESTION)
    terminal.press("n").until("[2 of 3]")
    terminal.press("\x03")
    assert terminal.end() == 130
    assert terminal.written.rstrip().endswith(b"\x1b[?1049l")
    assert verdicts(place) == [("seeds/a.txt", "pier/advert", "keep")]


def test_a_terminal_that_goes_away_ends_it(place: Path, seeds: Path, at_terminal: Start) -> None:
    terminal = at_terminal(*REVIEW, "seeds")
    terminal.until(QUESTION)
    terminal.press("n").until("[2 of 3]")
    terminal.process.send_signal(signal.SIGHUP)
    terminal.process.wait(timeout=60)
    assert verdicts(place) == [("seeds/a.txt", "pier/advert", "keep")]


def test_a_document_that_changes_meanwhile_is_read_again(place: Path, seeds: Path, at_terminal: Start) -> None:
    terminal = at_terminal(*REVIEW, "seeds")
    terminal.until(QUESTION)
    (seeds / "a.txt").write_text(BODY + "Advert: a longer one, with boats.\n", "utf-8")
    terminal.press("y").until("seeds/a.txt has changed, and was read again.")
    assert "with boats" in terminal.text
    assert decisions(place) == []
    (seeds / "b.txt").unlink()
    terminal.press("y").until("cannot be read")
    assert terminal.press("q").end() == 0
    assert verdicts(place) == [("seeds/a.txt", "pier/advert", "remove")]


def test_two_reviews_at_once_lose_no_answer(place: Path, seeds: Path, at_terminal: Start) -> None:
    one = at_terminal(*REVIEW, "seeds")
    two = at_terminal("review", "--rules", "pier.toml", "--by", "eve", "seeds")
    one.until(QUESTION)
    two.until(QUESTION)
    one.press("n").until("[2 of 3]")
    two.press("y").until("1 decided by someone else meanwhile, which stands.")
    two.press("y").until("[3 of 3]")
    one.press("j").until("[3 of 3]")
    one.press("n").until("Kept.")
    assert one.press("q").end() == two.press("q").end() == 0
    assert sorted((each["rule"], each["path"], each["verdict"], each["by"]) for each in decisions(place)) == [
        ("pier/advert", "seeds/a.txt", "keep", "ode"),
        ("pier/share-bar", "seeds/a.txt", "remove", "eve"),
        ("pier/share-bar", "seeds/b.txt", "keep", "ode"),
    ]


def test_what_cannot_be_saved_is_not_answered(place: Path, seeds: Path, at_terminal: Start) -> None:
    terminal = at_terminal(*REVIEW, "seeds")
    terminal.until(QUESTION)
    (place / RECORD).write_text("oh no\n", "utf-8")
    assert "[1 of 3]" in terminal.press("n").until("Not saved, not answered. scrubber.decisions.toml:1:")
    assert (place / RECORD).read_text("utf-8") == "oh no\n"
    (place / RECORD).unlink()
    terminal.press("n").until("[2 of 3]")
    assert terminal.press("q").end() == 0
    assert len(decisions(place)) == 1


def test_a_dumb_terminal_is_only_written_to(place: Path, seeds: Path, at_terminal: Start) -> None:
    terminal = at_terminal(*REVIEW, "seeds", env={"TERM": "dumb"})
    terminal.until(QUESTION)
    terminal.press("n").until("[2 of 3]")
    terminal.press("q")
    assert terminal.end() == 0
    assert b"\x1b" not in terminal.written
    assert terminal.written.decode("utf-8").isascii()


@pytest.mark.parametrize("colour", [True, False])
def test_colours_come_only_where_they_are_wanted(place: Path, seeds: Path, at_terminal: Start, colour: bool) -> None:
    terminal = at_terminal(*REVIEW, "seeds", "--color", "always" if colour else "auto")
    terminal.until(QUESTION)
    terminal.press("q").end()
    assert (re.search(rb"\x1b\[[0-9;]*m", terminal.written) is not None) is colour


def test_bad_bytes_can_be_let_be(place: Path, pier: Run, at_terminal: Start) -> None:
    (place / "a.txt").write_bytes(f"{CHINESE}\n".encode() * 2 + b"\xff" + f"{CHINESE}\n".encode())
    assert pier("check", "a.txt").code == 1
    terminal = at_terminal(*REVIEW, "a.txt")
    assert "core/bad-bytes" in terminal.until(QUESTION)
    terminal.press("y").until("There is nothing to remove here")
    terminal.press("n").until("All is answered.")
    terminal.press("q").end()
    assert pier("check", "a.txt").code == 0


def test_the_list_of_files_may_come_through_a_pipe(place: Path, seeds: Path, at_terminal: Start) -> None:
    terminal = at_terminal(*REVIEW, "--files-from", "-", stdin=b"seeds/b.txt\n")
    terminal.until("[1 of 1]  seeds/b.txt")
    terminal.press("n").until("All is answered.")
    assert terminal.press("q").end() == 0
    assert verdicts(place) == [("seeds/b.txt", "pier/share-bar", "keep")]


def test_a_decisions_file_of_the_configuration_is_made(place: Path, seeds: Path, at_terminal: Start) -> None:
    (place / "scrubber.toml").write_text('rules = ["pier.toml"]\ndecisions = "said/by-us.toml"\n', "utf-8")
    terminal = at_terminal("review", "seeds")
    terminal.until(QUESTION)
    terminal.press("n").until("[2 of 3]")
    terminal.press("q").end()
    assert b"Recorded in said/by-us.toml." in terminal.written
    assert len(tomllib.loads((place / "said" / "by-us.toml").read_text("utf-8"))["decision"]) == 1


def test_without_a_terminal_it_refuses_and_points_to_diff(place: Path, seeds: Path, pier: Run) -> None:
    done = pier("review", "seeds")
    assert done.code == 2
    assert done.stdout == b""
    assert "terminal" in done.errors
    assert "`scrubber diff` shows the same findings anywhere." in done.errors
    assert not (place / RECORD).exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("-",), "review reads files, not standard input."), (("--isolated", "seeds"), "--isolated takes no notice")],
)
def test_what_makes_no_sense_is_refused(
    place: Path, seeds: Path, at_terminal: Start, arguments: tuple[str, ...], said: str
) -> None:
    terminal = at_terminal(*REVIEW, *arguments)
    assert terminal.end() == 2
    assert said in terminal.written.decode("utf-8")


def test_ctrl_z_gives_the_terminal_back_for_a_while(place: Path, seeds: Path, at_terminal: Start) -> None:
    terminal = at_terminal(*REVIEW, "seeds")
    terminal.until(QUESTION)
    terminal.process.send_signal(signal.SIGTSTP)
    terminal.until(lambda text: QUESTION not in text or terminal.written.endswith(b"\x1b[?1049l"))
    os.waitpid(terminal.process.pid, os.WUNTRACED)
    assert terminal.is_as_it_was()
    terminal.process.send_signal(signal.SIGCONT)
    terminal.until(lambda text: terminal.written.rfind(b"\x1b[?1049h") > terminal.written.rfind(b"\x1b[?1049l"))
    terminal.press("n").until("[2 of 3]")
    assert terminal.press("q").end() == 0
