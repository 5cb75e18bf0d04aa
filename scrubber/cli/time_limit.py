"""How long one document may take. Where the system has no timer that can stop a computation, there is no limit.

The clock decides only whether a document becomes a recorded failure, never what comes out of one.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TimeUp(BaseException):
    """The time of a document is over. Not an `Exception`: whoever handles errors of the work must not stop it."""


def can_limit() -> bool:
    """Whether a limit can be kept here: a timer, and the thread that signals go to."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextmanager
def at_most(seconds: int | None) -> Iterator[None]:
    """Raises `TimeUp` inside when `seconds` are over; None is no limit. What is interrupted must be thrown away.

    A single call into a library that is not Python is finished first.
    """
    if seconds is None or not can_limit():
        yield
        return
    before = signal.signal(signal.SIGALRM, _raise)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _raise(number: int, frame: FrameType | None) -> None:
    raise TimeUp
