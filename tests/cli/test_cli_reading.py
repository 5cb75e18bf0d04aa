"""Bytes of inputs: only of regular files, only up to the limit, only if nobody writes meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scrubber.cli import reading
from scrubber.cli.reading import read_input
from scrubber.errors import UnreadableInput


def test_a_file_is_read_up_to_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"12345")
    assert read_input(str(file), 5) == b"12345"
    with pytest.raises(UnreadableInput, match=r"has 5 bytes, more than limits\.max-bytes \(4\)"):
        read_input(str(file), 4)


def test_a_file_that_changes_meanwhile_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"12345")
    looks: list[os.stat_result] = []

    def fstat(descriptor: int) -> os.stat_result:
        looks.append(os.stat(descriptor))
        if len(looks) == 2:
            os.utime(file, ns=(0, 0))
            return os.stat(descriptor)
        return looks[-1]

    monkeypatch.setattr(reading.os, "fstat", fstat)
    with pytest.raises(UnreadableInput, match="was changed while it was read"):
        read_input(str(file), 100)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes there")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(UnreadableInput, match="is no regular file"):
        read_input(str(tmp_path / "pipe.txt"), 100)


@pytest.mark.parametrize("name", ["missing.txt", ".", "nul\0name"])
def test_what_cannot_be_read_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        read_input(str(tmp_path / name), 100, "shown.txt")
    assert str(caught.value).startswith("shown.txt: ")
