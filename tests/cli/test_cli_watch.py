"""`rules test --watch`: a trial at once, another after each change of a rule file, until Ctrl-C."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_program import RULES
from live_terminal import Start, at_terminal

from scrubber.cli.watching import at_each_change

__all__ = ["at_terminal"]

WRONG = RULES.replace("removes = [2]", "removes = [1]")
WAITING = "watching rule files"


@pytest.mark.skipif(os.name == "nt", reason="no terminals like this there")
def test_each_change_of_a_rule_file_runs_the_examples_again(place: Path, at_terminal: Start) -> None:
    file = place / "pier.toml"
    terminal = at_terminal("rules", "test", "pier.toml", "--watch")

    def shown(count: int, text: str) -> None:
        terminal.until(lambda screen: screen.count(WAITING) == count and text in screen)

    shown(1, "2 of 2 examples pass")
    file.write_text(WRONG, "utf-8")
    shown(2, "1 of 2 examples pass")
    assert "pier/share-bar, the bar goes" in terminal.text
    # A file that is wrong, or gone, is told and waited for; an editor may put another in its place.
    file.write_text("[ruleset\n", "utf-8")
    shown(3, "pier.toml:1")
    file.unlink()
    shown(4, "no rule file")
    (place / "new").write_text(RULES, "utf-8")
    (place / "new").replace(file)
    terminal.until(lambda screen: screen.count(WAITING) == 5)
    assert terminal.text.rstrip().split("\n")[-2] == "2 of 2 examples pass"
    terminal.press("\x03")
    assert terminal.end() == 130
    assert b"Traceback" not in terminal.written


def test_a_change_counts_once_it_has_come_to_rest(tmp_path: Path) -> None:
    """Writing in steps is one change; one that happens during a trial is not lost; a new file in a folder is one."""
    told: list[str] = []
    steps: Iterator[str] = iter(("one", "one two", "", "", "", "new file", "", ""))

    def act() -> None:
        told.append(" ".join(path.read_text("utf-8") for path in sorted(tmp_path.iterdir())))
        if told[-1] == "one two":
            (tmp_path / "a").write_text("while at work", "utf-8")

    def pause() -> None:
        text = next(steps, None)
        if text is None:
            raise KeyboardInterrupt
        if text:
            (tmp_path / ("b" if text == "new file" else "a")).write_text(text, "utf-8")

    (tmp_path / "a").write_text("", "utf-8")
    with pytest.raises(KeyboardInterrupt):
        at_each_change(act, lambda: sorted(tmp_path.iterdir()), pause=pause)
    assert told == ["", "one two", "while at work", "while at work new file"]
