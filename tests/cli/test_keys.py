"""What a terminal sends, as keys."""

from __future__ import annotations

import os

import pytest

from scrubber.cli import keys

pty = pytest.importorskip("pty", reason="no terminals like this there")


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (b"yn", ["y", "n"]),
        ("渡轮".encode(), ["渡", "轮"]),
        (
            b"\x1b[A\x1bOB\x1b[5~\x1b[6~\x1b[H\x1b[4~",
            [keys.UP, keys.DOWN, keys.PAGE_UP, keys.PAGE_DOWN, keys.HOME, keys.END],
        ),
        (b"\r\n\x7f\x08\x15", [keys.ENTER, keys.ENTER, keys.BACKSPACE, keys.BACKSPACE, keys.ERASE_ALL]),
        (b"\x1b", [keys.ESCAPE]),
        (b"\x1bx", [keys.ESCAPE, "x"]),
        (b"\x1b[200~y", ["y"]),
        (b"\x1b[1;5Cy", ["y"]),
        (b"\x01\x02\xff\x00y", ["\ufffd", "y"]),
    ],
)
def test_keys_have_names(sent: bytes, read: list[str]) -> None:
    ours, theirs = pty.openpty()
    try:
        with keys.terminal_keys(theirs) as source:
            os.write(ours, sent)
            assert [source.read() for _ in read] == read
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_character_may_come_in_pieces() -> None:
    ours, theirs = pty.openpty()
    try:
        with keys.terminal_keys(theirs) as source:
            first, *rest = (bytes((byte,)) for byte in "渡".encode())
            os.write(ours, b"a" + first)
            assert source.read() == "a"
            os.write(ours, b"".join(rest))
            assert source.read() == "渡"
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_terminal_that_is_gone_is_a_key_of_its_own() -> None:
    ours, theirs = pty.openpty()
    try:
        with keys.terminal_keys(theirs) as source:
            os.close(ours)
            assert source.read() == keys.GONE
    finally:
        os.close(theirs)
