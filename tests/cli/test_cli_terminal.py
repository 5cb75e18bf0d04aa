"""What happens at a real terminal: the pager, the bar, and neither of them anywhere else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_program import DIRTY, Run, environment

pty = pytest.importorskip("pty", reason="no terminals like this there")


def at_terminal(place: Path, *arguments: str, **values: str) -> str:
    """What the program writes when both streams are a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "scrubber", *arguments],
        cwd=place,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(TERM="xterm", **values),
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the last writer has closed the terminal
            break
        if not piece:
            break
        written += piece
    os.close(ours)
    assert process.wait(timeout=60) == 0
    return written.decode("utf-8")


@pytest.fixture
def pager(tmp_path: Path) -> str:
    """A pager that marks what went through it."""
    script = tmp_path / "pager.py"
    script.write_text("import sys\nfor line in sys.stdin:\n    sys.stdout.write('paged ' + line)\n")
    return f"{sys.executable} {script}"


def test_diff_goes_through_the_pager_of_the_user(place: Path, pager: str) -> None:
    (place / "a.txt").write_text(DIRTY)
    command = ("diff", "--rules", "pier.toml", "a.txt")
    assert "paged a.txt" in at_terminal(place, *command, PAGER=pager, NO_COLOR="1")
    for arguments, values in (((*command, "--no-pager"), {"PAGER": pager}), (command, {"PAGER": "cat"})):
        written = at_terminal(place, *arguments, NO_COLOR="1", **values)
        assert "paged" not in written
        assert "a.txt   177 B" in written
    assert "a.txt   177 B" in at_terminal(place, *command, PAGER="no-such-pager", NO_COLOR="1")


def test_a_pipe_is_never_paged(place: Path, pier: Run, pager: str) -> None:
    (place / "a.txt").write_text(DIRTY)
    assert "paged" not in pier("diff", "a.txt", env={"PAGER": pager}).text


def test_a_bar_is_drawn_and_taken_away_again(place: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (place / name).write_text(DIRTY)
    command = ("clean", "--rules", "pier.toml", ".", "--out", "out")
    assert "cleaning" in at_terminal(place, *command)
    for quiet in ("-q", "--no-progress"):
        assert "cleaning" not in at_terminal(place, *command, quiet)
    # The report stands on the same terminal.
    assert "cleaning" not in at_terminal(place, *command, "--report", "terminal")


def test_of_one_large_file_the_texts_are_counted(place: Path) -> None:
    line = json.dumps({"text": DIRTY}) + "\n"
    (place / "x.jsonl").write_text(line * 40)
    command = ("clean", "--rules", "pier.toml", "x.jsonl", "--out", "out")
    assert "40 texts" in at_terminal(place, *command)
    assert "texts" not in at_terminal(place, *command, "--no-progress")


def test_a_pretended_terminal_gets_no_bar(place: Path, pier: Run) -> None:
    for name in ("a.txt", "b.txt"):
        (place / name).write_text(DIRTY)
    outcome = pier("clean", ".", "--out", "out", env={"FORCE_COLOR": "1"})
    assert "cleaning" not in outcome.errors
    assert "\x1b[" in outcome.errors


def test_the_terminal_is_told_how_to_end_its_input(place: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "scrubber", "clean", "--rules", "pier.toml", "-"],
        cwd=place,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    os.close(theirs)
    os.write(ours, DIRTY.encode() + b"\x04")
    stdout, errors = process.communicate(timeout=60)
    os.close(ours)
    assert errors == b"reading from the terminal, end with Ctrl-D\n"
    assert b"Share this story" not in stdout
    assert process.returncode == 0
