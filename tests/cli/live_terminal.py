"""The real program at a pseudo-terminal: keys in, and the screen as people see it."""

from __future__ import annotations

import os
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
from cli_program import environment

pty = pytest.importorskip("pty", reason="no terminals like this there")
pyte = pytest.importorskip("pyte", reason="pyte reads what a program draws")

#: So long at most until a screen shows what is waited for, in seconds; usually it is milliseconds.
PATIENCE = 60

#: How a screen begins, and how it ends.
HOME, CLEARED = b"\x1b[H", (b"\x1b[J", b"\x1b[2J")


class LiveTerminal:
    """A program with a terminal of its own. `written` is all that it has sent there, `code` how it ended."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        columns: int = 80,
        rows: int = 24,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        import fcntl
        import termios

        self._ours, theirs = pty.openpty()
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""
        self._size(columns, rows)
        values = environment(**{"TERM": "xterm", "NO_COLOR": "1", **(env or {})})
        del values["COLUMNS"]

        def own_terminal() -> None:
            fcntl.ioctl(1, termios.TIOCSCTTY, 0)

        self._before = termios.tcgetattr(theirs)
        self._theirs = theirs
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scrubber", *arguments],
            cwd=folder,
            stdin=theirs if stdin is None else subprocess.PIPE,
            stdout=theirs,
            stderr=theirs,
            env=values,
            start_new_session=True,
            preexec_fn=own_terminal,
        )
        if stdin is not None and self.process.stdin is not None:
            self.process.stdin.write(stdin)
            self.process.stdin.close()

    def __enter__(self) -> LiveTerminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._theirs)
        os.close(self._ours)

    def _size(self, columns: int, rows: int) -> None:
        import fcntl
        import termios

        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns: int, rows: int) -> None:
        """Another size, and word of it."""
        self._screen.resize(rows, columns)
        self._size(columns, rows)
        os.kill(self.process.pid, signal.SIGWINCH)

    @property
    def rows(self) -> list[str]:
        """The rows of the screen, without spaces at their ends. A wide character stands once."""
        return [
            "".join(self._screen.buffer[row][column].data for column in range(self._screen.columns)).rstrip()
            for row in range(self._screen.lines)
        ]

    @property
    def text(self) -> str:
        """The screen."""
        return "\n".join(self.rows)

    def press(self, *keys: str) -> LiveTerminal:
        """Send keys, one after the other."""
        for key in keys:
            os.write(self._ours, key.encode("utf-8"))
        return self

    @property
    def _drawn(self) -> bool:
        """Whether no screen is half drawn: each begins with the cursor's way home and ends with clearing the rest."""
        begun = self.written.rfind(HOME)
        return begun < 0 or any(end in self.written[begun:] for end in CLEARED)

    def until(self, shown: str | Callable[[str], bool]) -> str:
        """Wait until the screen shows a text and is drawn to its end; the screen."""
        holds = shown if callable(shown) else lambda text: shown in text
        while not (self._drawn and holds(self.text)):
            if not self._read():
                raise AssertionError(f"never seen: {shown!r}\n{self.text}\n{self.written[-2000:]!r}")
        return self.text

    def _read(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], 0.05)
        waited = 0.05
        while not ready and self.process.poll() is None and waited < PATIENCE:
            ready, _, _ = select.select([self._ours], [], [], 0.5)
            waited += 0.5
        if not ready:
            return False
        piece = os.read(self._ours, 65536)
        self.written += piece
        self._stream.feed(piece)
        return bool(piece)

    def is_as_it_was(self) -> bool:
        """Whether the terminal has the settings that it had before the program."""
        import termios

        return bool(termios.tcgetattr(self._theirs) == self._before)

    def end(self) -> int:
        """Wait for the end; the exit code. The terminal is as it was before."""
        while self.process.poll() is None:
            self._read()
        while self._read():
            pass
        assert self.is_as_it_was()
        return self.process.returncode


Start = Callable[..., LiveTerminal]


@pytest.fixture
def at_terminal(place: Path) -> Iterator[Start]:
    """Starts `scrubber ARGUMENTS` at a terminal of its own; what still runs at the end is stopped."""
    started: list[Any] = []

    def start(*arguments: str, **options: Any) -> LiveTerminal:
        terminal = LiveTerminal(place, *arguments, **options)
        started.append(terminal)
        return terminal

    yield start
    for terminal in started:
        terminal.__exit__(None, None, None)
