"""Standard streams as the system gives them: closed ones, full disks behind them, slow readers and readers that leave.

Refuses to lose output on the quiet: what standard output does not take is an `UnwritableOutput`, never an internal
error. What standard error does not take is dropped, for nobody could be told.
"""

from __future__ import annotations

import contextlib
import io
import os
import select
import sys
from typing import Any, TextIO

from scrubber.errors import UnreadableInput, UnwritableOutput, Where

#: Standard input is taken in pieces of this size.
_PIECE_BYTES = 1 << 20


class _Sink(io.RawIOBase):
    """The end of a standard stream. `raw` is what the system gave us, or None where the stream was closed."""

    def __init__(self, raw: Any, title: str, *, must_arrive: bool) -> None:
        super().__init__()
        self._raw = raw
        self._title = title
        self._must_arrive = must_arrive
        self._forgotten = False

    def forget(self) -> None:
        """From now on nothing arrives, and nothing is said about it."""
        self._forgotten = True

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        if self._raw is None:
            raise io.UnsupportedOperation("closed")
        number: int = self._raw.fileno()
        return number

    def isatty(self) -> bool:
        return self._raw is not None and bool(self._raw.isatty())

    def write(self, piece: Any) -> int:
        """Write some of `piece`; how much of it. Raises `UnwritableOutput`, and `BrokenPipeError` as it comes."""
        while not self._forgotten:
            try:
                if self._raw is None:
                    raise OSError("it is closed")
                written: int | None = self._raw.write(piece)
            except BrokenPipeError:
                raise
            except OSError as error:
                if not self._must_arrive:
                    break
                raise UnwritableOutput(
                    f"cannot be written ({error.strerror or error}).",
                    where=Where(self._title),
                    hint="What was written there is not whole.",
                ) from error
            if written is not None:
                return written
            # Another process that has the pipe, too, may have told it not to block.
            select.select([], [self.fileno()], [])
        return memoryview(piece).nbytes


def prepare_streams() -> None:
    """Text streams in UTF-8 that translate no line ends and fail on no character.

    Where a stream was closed, its number is taken: else a file of ours would get it, and with it what others print.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with contextlib.suppress(OSError):
                os.open(os.devnull, os.O_RDWR)
    sys.stdout = _stream(sys.stdout, "standard output", must_arrive=True)
    sys.stderr = _stream(sys.stderr, "standard error", must_arrive=False)


def _stream(given: TextIO | None, title: str, *, must_arrive: bool) -> TextIO:
    buffer = getattr(given, "buffer", None)
    if given is not None and buffer is None:
        return given  # a test has put something else there
    if given is not None:
        given.flush()
    sink = _Sink(getattr(buffer, "raw", buffer), title, must_arrive=must_arrive)
    return io.TextIOWrapper(
        io.BufferedWriter(sink),
        encoding="utf-8",
        errors="backslashreplace",
        newline="",
        line_buffering=bool(getattr(given, "line_buffering", False)),
        write_through=bool(getattr(given, "write_through", False)),
    )


def stdin_bytes(most: int | None = None) -> bytes:
    """Standard input to its end, or its first `most` bytes. Raises `UnreadableInput`."""
    place = Where("standard input")
    if sys.stdin is None:
        raise UnreadableInput("is closed.", where=place)
    pieces: list[bytes] = []
    left = most
    # Piece by piece: asked for all at once, Python makes room for all that may come.
    while left is None or left > 0:
        wanted = _PIECE_BYTES if left is None else min(_PIECE_BYTES, left)
        try:
            piece = sys.stdin.buffer.read(wanted)
        except OSError as error:
            raise UnreadableInput(f"cannot be read ({error.strerror}).", where=place) from error
        pieces.append(piece)
        if len(piece) < wanted:
            break  # the end; a terminal, asked again, would wait for another one
        left = None if left is None else left - wanted
    return b"".join(pieces)


def forget_output() -> None:
    """Let what the streams did not take go, so that closing them at exit does not fail again."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, UnwritableOutput):
            sink = getattr(getattr(stream, "buffer", None), "raw", None)
            if isinstance(sink, _Sink):
                sink.forget()
