"""How far a run is: a bar on a terminal, a plain line now and then elsewhere, nothing where nobody asked.

The clock is looked at here and decides nothing but what is said about it. The estimate counts bytes, not files.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator

from scrubber.cli.streams import is_dumb
from scrubber.report.layout import size_words

#: Runs shorter than this say nothing in a log.
QUIET_SECONDS = 30
_BAR_CELLS = 24
#: In a log, a line for each of so many parts of the whole.
_LOG_PARTS = 10

#: Called with the bytes of input that are done, and whether a whole document is.
Advance = Callable[[int, bool], None]


@contextlib.contextmanager
def progress(label: str, inputs: int, total_bytes: int, *, wanted: bool, bar_allowed: bool) -> Iterator[Advance]:
    """Shows how far the work is while the block runs. `bar_allowed`: nothing else is written to the terminal."""
    if not wanted or inputs < 2:
        yield lambda size, whole: None
    elif bar_allowed and sys.stderr.isatty() and not is_dumb(os.environ):
        with _bar(label, inputs, total_bytes) as advance:
            yield advance
    else:
        yield _Log(label, inputs, total_bytes).advance


@contextlib.contextmanager
def _bar(label: str, inputs: int, total_bytes: int) -> Iterator[Advance]:
    from rich.progress import Progress, TextColumn, TimeRemainingColumn

    from scrubber.report.terminal import PlainConsole

    console = PlainConsole(file=sys.stderr, highlight=False, markup=False, emoji=False)
    bar = Progress(
        TextColumn("  {task.description}", markup=False),
        # Not rich's own bar: its characters are wide on some terminals.
        TextColumn("{task.fields[drawn]}", markup=False),
        TextColumn("{task.fields[done]}/{task.fields[count]}", markup=False),
        TimeRemainingColumn(compact=True),
        console=console,
        transient=True,
    )
    done = reached = 0
    whole = total_bytes + inputs  # an empty file is work, too
    with bar:
        task = bar.add_task(label, total=whole, done="0", count=f"{inputs:,}", drawn=_drawn(0, whole))

        def advance(size: int, is_whole: bool) -> None:
            nonlocal done, reached
            done += is_whole
            reached += size + is_whole
            bar.update(task, completed=reached, done=f"{done:,}", drawn=_drawn(reached, whole))

        yield advance


def _drawn(part: int, whole: int) -> str:
    filled = min(_BAR_CELLS, _BAR_CELLS * part // whole)
    return "#" * filled + "." * (_BAR_CELLS - filled)


class _Log:
    """A line for each tenth of the bytes, once the run has taken a while."""

    def __init__(self, label: str, inputs: int, total_bytes: int) -> None:
        self.label, self.inputs, self.total_bytes = label, inputs, total_bytes
        self.started = time.monotonic()
        self.done = self.bytes_done = self.parts_said = 0

    def advance(self, size: int, is_whole: bool) -> None:
        """One more input is done, or a part of one."""
        self.done += is_whole
        self.bytes_done += size
        part = _LOG_PARTS * self.bytes_done // max(1, self.total_bytes)
        if part > self.parts_said and time.monotonic() - self.started > QUIET_SECONDS:
            self.parts_said = part
            share = f"{100 * part // _LOG_PARTS} %"
            sys.stderr.write(
                f"{self.label}: {share}, {self.done:,} of {self.inputs:,} inputs, {size_words(self.bytes_done)}\n"
            )
            sys.stderr.flush()
