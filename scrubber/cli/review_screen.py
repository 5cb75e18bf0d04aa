"""What a reviewer sees: one hunk, what it repeats, what is recorded, and the keys. Rows in, a screen out.

Rows are built by the report for terminals, so that foreign text is made visible and measured in cells there and nowhere
else. Two ways to show them: a screen that is drawn anew, and plain lines for terminals that know no cursor.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Protocol, TextIO

from rich.text import Text

from scrubber.cli.streams import is_dumb
from scrubber.model import Outcome
from scrubber.report import ReportOptions
from scrubber.report.escape import visible
from scrubber.report.hunks import Hunk, KinText, ShownLine
from scrubber.report.layout import shorten_middle
from scrubber.report.terminal import (
    FOLD_CONTEXT_CHARS,
    FOLD_LINE_CHARS,
    MARKS,
    cells_of,
    console_for,
    hunk_head,
    kin_head,
    line_rows,
    print_rows,
    why_rows,
)

#: From this width on a text and what it repeats stand side by side, else one beneath the other.
BESIDE_CELLS = 80
#: What is taken for the size of a terminal that does not say it, and the least that is drawn for.
_USUAL, _LEAST = (80, 24), (24, 8)
_GAP = " | "


def body_rows(hunk: Hunk, width: int, *, full: bool) -> list[Text]:
    """Everything about a hunk, from its rule to its kin, in rows of at most `width` cells. With `full` unfolded."""
    options = ReportOptions(full=full)
    rows = [hunk_head(hunk, 0, width), *why_rows(hunk, width)]
    mark, style = MARKS[hunk.outcome]
    rows += line_rows(hunk.before, " ", "dim", FOLD_CONTEXT_CHARS, width, options)
    beside = hunk.kin is not None and bool(hunk.kin.lines) and width >= BESIDE_CELLS
    if hunk.kin is not None and beside:
        rows += _beside(hunk.old, mark, style, hunk.kin, width, options)
    else:
        named = bool(hunk.new)
        rows += line_rows(hunk.old, mark, style, FOLD_LINE_CHARS, width, options, name_spaces=named)
        rows += line_rows(hunk.new, "+", "green", FOLD_LINE_CHARS, width, options, name_spaces=named)
    rows += line_rows(hunk.after, " ", "dim", FOLD_CONTEXT_CHARS, width, options)
    if hunk.kin is not None and not beside:
        rows += kin_head(hunk.kin, width)
        rows += line_rows(hunk.kin.lines, " ", "cyan", FOLD_LINE_CHARS, width, options)
    return rows


def _beside(
    lines: Sequence[ShownLine], mark: str, style: str, kin: KinText, width: int, options: ReportOptions
) -> list[Text]:
    """A text at the left and what it repeats at the right, line beside line."""
    half = (width - len(_GAP)) // 2
    rows = kin_head(kin, width)
    for ours, theirs in zip_longest(lines, kin.lines):
        left = line_rows((ours,), mark, style, FOLD_LINE_CHARS, half, options) if ours is not None else []
        right = line_rows((theirs,), " ", "cyan", FOLD_LINE_CHARS, half, options) if theirs is not None else []
        for one, other in zip_longest(left, right, fillvalue=Text()):
            pad = " " * max(0, half - cells_of(one.plain))
            rows.append(Text.assemble(one, pad, (_GAP, "dim"), other))
    return rows


def what_clean_does(outcome: Outcome) -> str:
    """What becomes of a hunk that nobody answers for, in a few words."""
    if outcome is Outcome.REMOVED:
        return "Without an answer, clean removes this."
    if outcome is Outcome.REPLACED:
        return "Without an answer, clean replaces this."
    return "Without an answer, this stays and is flagged."


class Screen(Protocol):
    """Where rows are shown."""

    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        ...

    def room(self, footer: int) -> int:
        """How many rows there are above a footer of so many rows."""
        ...

    def show(self, rows: Sequence[Text], footer: Sequence[Text], cursor: bool) -> None:
        """Show rows, and the footer at the bottom; with `cursor` behind its last row, where text is typed."""
        ...

    def open(self) -> None:
        """Take the terminal, at first and after `close`."""
        ...

    def close(self) -> None:
        """Give the terminal back."""
        ...


def screen_for(out: TextIO, environment: Mapping[str, str], colour: bool) -> Screen:
    """The kind of screen that a terminal can show."""
    if is_dumb(environment) or (not environment.get("TERM") and sys.platform != "win32"):
        return PlainScreen(out, colour)
    return FullScreen(out, colour)


def _size_of(out: TextIO) -> tuple[int, int]:
    try:
        size = os.get_terminal_size(out.fileno())
    except (OSError, ValueError):
        return _USUAL
    columns, rows = size.columns or _USUAL[0], size.lines or _USUAL[1]
    return max(_LEAST[0], columns), max(_LEAST[1], rows)


def _written(rows: Sequence[Text], width: int, colour: bool) -> list[str]:
    out = io.StringIO()
    console = console_for(out, ReportOptions(width=width, color=colour))
    for row in rows[:-1]:
        print_rows(console, [row])
    for row in rows[-1:]:  # the cursor may stand behind it, and behind its spaces
        console.print(row, soft_wrap=True, markup=False, emoji=False, highlight=False)
    return out.getvalue().split("\n")[: len(rows)]


class FullScreen:
    """The terminal's second screen, drawn anew each time; what stood on the first comes back at the end."""

    def __init__(self, out: TextIO, colour: bool) -> None:
        self._out = out
        self._colour = colour

    def size(self) -> tuple[int, int]:
        """Columns and rows, as they are now."""
        return _size_of(self._out)

    def room(self, footer: int) -> int:
        """The rows above the footer."""
        return self.size()[1] - footer

    def show(self, rows: Sequence[Text], footer: Sequence[Text], cursor: bool) -> None:
        """Draw everything. Rows that do not fit are the caller's to scroll."""
        width, height = self.size()
        room = max(0, height - len(footer))
        shown = [*rows[:room], *[Text()] * (room - len(rows)), *footer][:height]
        lines = _written(shown, width, self._colour)
        # A line is cleared before it is written: behind a full one the cursor still stands on its last character.
        frame = "\r\n".join(f"\x1b[K{line}" for line in lines)
        self._write(f"\x1b[?25l\x1b[H{frame}\x1b[J" + ("\x1b[?25h" if cursor else ""))

    def open(self) -> None:
        """To the second screen."""
        self._write("\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J")

    def close(self) -> None:
        """Back to the first screen."""
        self._write("\x1b[?25h\x1b[?1049l")

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


class PlainScreen:
    """Lines one after the other, nothing moved and nothing taken back."""

    def __init__(self, out: TextIO, colour: bool) -> None:
        self._out = out
        self._colour = colour
        self._shown: list[str] = []

    def size(self) -> tuple[int, int]:
        """Columns and rows, as they are now."""
        return _size_of(self._out)

    def room(self, footer: int) -> int:
        """No end: the terminal keeps what has gone by."""
        return 1 << 30

    def show(self, rows: Sequence[Text], footer: Sequence[Text], cursor: bool) -> None:
        """Write what is not the same as before; the last row of the footer stays open for the answer."""
        width = self.size()[0]
        lines = _written(rows, width, self._colour)
        last = _written(footer, width, self._colour)
        if lines != self._shown:
            self._out.write("\n" + "\n".join(lines))
        self._shown = lines
        self._out.write("\n" + "\n".join(line for line in last if line) + " ")
        self._out.flush()

    def open(self) -> None:
        """All is to be written again."""
        self._shown = []

    def close(self) -> None:
        """End the last line."""
        self._out.write("\n")
        self._out.flush()


def scrolled(rows: Sequence[Text], room: int, top: int) -> tuple[list[Text], int, int]:
    """The rows to show from `top` on, that top made to fit, and how many rows are hidden below."""
    top = max(0, min(top, len(rows) - room))
    return list(rows[top : top + room]), top, max(0, len(rows) - top - room)


def head_row(title: str, name: str, tail: str, width: int) -> Text:
    """The first row: where in the review, which document, how much is left."""
    tail = tail if width >= len(title) + len(tail) + 20 else ""
    room = width - len(title) - len(tail) - 4
    path = shorten_middle(visible(name), max(8, room), cells_of)
    gap = " " * max(2, width - len(title) - 2 - cells_of(path) - len(tail)) if tail else ""
    return Text.assemble((title, "dim"), "  ", (path, "bold"), gap, (tail, "dim"))
