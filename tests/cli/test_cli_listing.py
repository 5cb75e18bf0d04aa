"""The list of commands, and values that typer need not convert."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from cli_program import Run

from scrubber.cli.main import LISTED, build_app


def test_the_list_says_of_each_command_what_its_own_help_says() -> None:
    listed, whole = (typer.main.get_command(build_app(only)) for only in (LISTED, ""))
    said = {name: command.help for name, command in listed.commands.items()}  # type: ignore[attr-defined]
    assert said == {name: command.help for name, command in whole.commands.items()}  # type: ignore[attr-defined]


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)], ids=["nothing", "--help", "-h"])
def test_all_commands_are_listed(scrubber: Run, arguments: tuple[str, ...]) -> None:
    done = scrubber(*arguments)
    for name in ("clean", "check", "rules", "config"):
        assert f"\n  {name} " in done.text + done.errors


def test_a_command_behind_two_dashes_is_carried_out(place: Path, scrubber: Run) -> None:
    (place / "a.txt").write_text("One line, and it is clean.\n", encoding="utf-8")
    assert scrubber("--", "check", "a.txt").code == 0


def test_a_word_that_is_no_command_is_refused_with_the_nearest(scrubber: Run) -> None:
    done = scrubber("chekc")
    assert done.code == 2
    assert "check" in done.errors


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("check", "--jobs", "900", "a.txt"), "--jobs"),
        (("check", "--jobs", "two", "a.txt"), "--jobs"),
        (("check", "--color", "pink", "a.txt"), "--color"),
        (("check", "--context", "-1", "a.txt"), "--context"),
        (("check", "--root"), "--root"),
        (("restore",), "LEDGER"),
        (("explain",), "FILE"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_not_what_an_option_asks_for_is_refused(scrubber: Run, arguments: tuple[str, ...], named: str) -> None:
    done = scrubber(*arguments)
    assert done.code == 2
    assert named in done.errors


def test_options_that_are_repeated_add_up(place: Path, scrubber: Run) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (place / name).write_text("One line, and it is clean.\n", encoding="utf-8")
    done = scrubber("check", ".", "--exclude", "a.txt", "--exclude", "b.txt", "--report", "jsonl")
    assert done.code == 0
    assert [name for name in ("a.txt", "b.txt", "c.txt") if f'"{name}"' in done.text] == ["c.txt"]
