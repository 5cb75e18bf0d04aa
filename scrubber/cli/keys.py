"""Single keys from a terminal, and the terminal left as it was found.

Escape sequences of the keys that are asked about come as names, other ones as nothing; Han text comes as it is typed.
Knows nothing of what keys mean. Ctrl-C stays what it is everywhere: `KeyboardInterrupt`.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any, Protocol

UP, DOWN, LEFT, RIGHT = "<up>", "<down>", "<left>", "<right>"
PAGE_UP, PAGE_DOWN, HOME, END = "<page up>", "<page down>", "<home>", "<end>"
ENTER, BACKSPACE, ESCAPE, ERASE_ALL = "<enter>", "<backspace>", "<escape>", "<erase all>"
#: The terminal has another size, or was given back to us: what stands there must be drawn anew.
RESIZED = "<resized>"
#: Ctrl-Z: whoever reads keys puts the terminal in order, calls `suspend`, and draws anew.
SUSPENDED = "<suspended>"
#: The terminal is gone.
GONE = "<gone>"

_SEQUENCES = {
    "[A": UP, "OA": UP, "[B": DOWN, "OB": DOWN, "[C": RIGHT, "OC": RIGHT, "[D": LEFT, "OD": LEFT,
    "[5~": PAGE_UP, "[6~": PAGE_DOWN, "[H": HOME, "OH": HOME, "[1~": HOME, "[F": END, "OF": END, "[4~": END,
}  # fmt: skip
_CONTROLS = {"\r": ENTER, "\n": ENTER, "\x7f": BACKSPACE, "\b": BACKSPACE, "\x15": ERASE_ALL}
#: What a Windows console sends behind a NUL or 0xE0.
_SECOND_CODES = {
    "H": UP, "P": DOWN, "K": LEFT, "M": RIGHT, "I": PAGE_UP, "Q": PAGE_DOWN, "G": HOME, "O": END,
}  # fmt: skip
#: The rest of an escape sequence comes at once; an escape key that was pressed has none. In seconds.
_SEQUENCE_SECONDS = 0.05
_MAX_SEQUENCE_CHARS = 16
#: A new size, going on after a stop, and the wish to stop. Windows knows none of them.
_SIGNALS = frozenset(getattr(signal, name) for name in ("SIGWINCH", "SIGCONT", "SIGTSTP") if hasattr(signal, name))


class Keys(Protocol):
    """Where keys come from."""

    def read(self) -> str:
        """The next key: a character, or one of the names above. Waits for it."""
        ...

    def suspend(self) -> None:
        """Give the terminal back and stop, until the shell lets us go on."""
        ...


@contextlib.contextmanager
def terminal_keys(descriptor: int) -> Iterator[Keys]:
    """Keys of the terminal behind `descriptor`, which is given back as it was. Main thread only."""
    if sys.platform == "win32":
        yield _ConsoleKeys()
        return
    with _TerminalKeys(descriptor) as keys:
        yield keys


def _go_on(number: int, frame: FrameType | None) -> None:
    """What signals do by themselves: nothing. They are read where keys are."""


class _TerminalKeys:
    """Keys by way of termios. A change of size arrives through a pipe, so that nothing waits in vain."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._waiting: list[str] = []
        self._before: Any = None
        self._handlers: dict[int, Any] = {}
        self._wakeup_before = -1
        self._signalled, self._signal = os.pipe()
        os.set_blocking(self._signal, False)

    def __enter__(self) -> _TerminalKeys:
        import termios

        self._before = termios.tcgetattr(self._descriptor)
        # The interpreter writes the signal's number itself: a handler in Python would run too late for a signal that
        # comes just before `select` begins to wait.
        self._wakeup_before = signal.set_wakeup_fd(self._signal, warn_on_full_buffer=False)
        for number in _SIGNALS:
            self._handlers[number] = signal.signal(number, _go_on)
        self._listen()
        return self

    def __exit__(self, *error: object) -> None:
        import termios

        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
        with contextlib.suppress(termios.error):  # the terminal may be gone
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._before)
        os.close(self._signalled)
        os.close(self._signal)

    def suspend(self) -> None:
        """Stop as a program does that knows nothing of Ctrl-Z; the terminal is as it was found meanwhile."""
        import termios

        with contextlib.suppress(termios.error):
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._before)
        os.kill(os.getpid(), signal.SIGSTOP)
        self._listen()

    def _listen(self) -> None:
        """No echo, and each key at once."""
        import termios
        import tty

        with contextlib.suppress(termios.error):
            tty.setcbreak(self._descriptor, termios.TCSADRAIN)

    def read(self) -> str:
        """The next key."""
        while True:
            if self._waiting:
                key = self._next()
                if key:
                    return key
                continue
            ready, _, _ = select.select([self._descriptor, self._signalled], [], [])
            if self._signalled in ready:
                told = os.read(self._signalled, 256)
                if signal.SIGTSTP in told:
                    return SUSPENDED
                if signal.SIGCONT in told:
                    self._listen()
                if _SIGNALS.intersection(told):
                    return RESIZED
                continue
            if not self._fill():
                return GONE

    def _fill(self) -> bool:
        try:
            piece = os.read(self._descriptor, 1024)
        except OSError:
            return False
        self._waiting += self._decoder.decode(piece)
        return bool(piece)

    def _next(self) -> str:
        character = self._waiting.pop(0)
        if character != "\x1b":
            named = _CONTROLS.get(character)
            return named or (character if character.isprintable() else "")
        if not self._waiting and not self._more():
            return ESCAPE
        if self._waiting[0] not in "[O":
            return ESCAPE
        sequence = ""
        while len(sequence) < _MAX_SEQUENCE_CHARS and (self._waiting or self._more()):
            sequence += self._waiting.pop(0)
            if len(sequence) > 1 and "@" <= sequence[-1] <= "~":
                break
        return _SEQUENCES.get(sequence, "")

    def _more(self) -> bool:
        ready, _, _ = select.select([self._descriptor], [], [], _SEQUENCE_SECONDS)
        return bool(ready) and self._fill() and bool(self._waiting)


class _ConsoleKeys:
    """Keys of a Windows console."""

    def suspend(self) -> None:
        """There is no such thing here."""

    def read(self) -> str:
        """The next key."""
        import msvcrt

        get: Any = msvcrt.getwch  # type: ignore[attr-defined, unused-ignore]
        while True:
            character = get()
            if character == "\x03":
                raise KeyboardInterrupt
            if character in ("\x00", "\xe0"):
                key = _SECOND_CODES.get(get(), "")
            elif character == "\x1b":
                key = ESCAPE
            else:
                key = _CONTROLS.get(character) or (character if character.isprintable() else "")
            if key:
                return key
