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
from scrubber.report.layout import count_words, size_words

#: Runs shorter than this say nothing in a log.
QUIET_SECONDS = 30
_BAR_CELLS = 24
#: In a log, a line for each of so many parts of the whole.
_LOG_PARTS = 10

#: Called with the bytes of input that are done, and whether a whole input (or a text, where these are counted) is.
Advance = Callable[[int, bool], None]


@contextlib.contextmanager
def progress(
    label: str, inputs: int, total_bytes: int, *, wanted: bool, bar_allowed: bool, texts: bool = False
) -> Iterator[Advance]:
    """Shows how far the work is while the block runs. `bar_allowed`: nothing else is written to the terminal.

    With `texts` inputs hold many texts, and these are counted instead; how many there are is not known.
    """
    if not wanted or (inputs < 2 and not texts):
        yield lambda size, whole: None
    elif bar_allowed and sys.stderr.isatty() and not is_dumb(os.environ):
        with _bar(label, 0 if texts else inputs, total_bytes) as advance:
            yield advance
    else:
        yield _Log(label, 0 if texts else inputs, total_bytes).advance


@contextlib.contextmanager
def _bar(label: str, inputs: int, total_bytes: int) -> Iterator[Advance]:
    """Without `inputs` texts are counted."""
    from rich.progress import Progress, TextColumn, TimeRemainingColumn

    from scrubber.report.terminal import PlainConsole

    console = PlainConsole(file=sys.stderr, highlight=False, markup=False, emoji=False)
    bar = Progress(
        TextColumn("  {task.description}", markup=False),
        # Not rich's own bar: its characters are wide on some terminals.
        TextColumn("{task.fields[drawn]}", markup=False),
        TextColumn("{task.fields[done]}", markup=False),
        TimeRemainingColumn(compact=True),
        console=console,
        transient=True,
    )
    done = reached = 0
    whole = max(1, total_bytes + inputs)  # an empty file is work, too

    def words() -> str:
        return f"{done:,}/{inputs:,}" if inputs else count_words(done, "text")

    with bar:
        task = bar.add_task(label, total=whole, done=words(), drawn=_drawn(0, whole))

        def advance(size: int, is_whole: bool) -> None:
            nonlocal done, reached
            done += is_whole
            reached += size + (is_whole and inputs > 0)
            bar.update(task, completed=reached, done=words(), drawn=_drawn(reached, whole))

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
            many = f"{self.done:,} of {self.inputs:,} inputs" if self.inputs else count_words(self.done, "text")
            sys.stderr.write(f"{self.label}: {share}, {many}, {size_words(self.bytes_done)}\n")
            sys.stderr.flush()
