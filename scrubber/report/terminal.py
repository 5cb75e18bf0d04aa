"""The report for people at a terminal: hunks with their reasons, and the closing summary.

Foreign text only ever enters a `rich.text.Text`, after `visible`; markup, emoji codes and highlighting are
off. Decoration is ASCII, so that terminals that show ambiguous characters wide stay aligned.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.cells import get_character_cell_size
from rich.console import Console
from rich.text import Text

from scrubber.model import CleanResult, Outcome, Span
from scrubber.report.closing_rows import summary_rows
from scrubber.report.escape import visible
from scrubber.report.hunks import Hunk, KinText, ShownLine, hunks
from scrubber.report.layout import count_words, row_breaks, share_words, shorten_middle, size_words
from scrubber.report.options import ReportOptions
from scrubber.report.totals import Totals

#: Longer removals are folded to their first and last lines.
FOLD_OVER_LINES = 8
FOLD_HEAD_LINES, FOLD_TAIL_LINES = 3, 2

#: Longer lines are folded in the middle: lines of a hunk, lines with marks in them, lines of context.
FOLD_LINE_CHARS, FOLD_MARKED_CHARS, FOLD_CONTEXT_CHARS = 1200, 6000, 240

#: Below this width the confidence column goes; text never does.
NARROW_CELLS = 60

#: Right-aligned line number, a space, the mark, a space: text begins behind them.
_NUMBER_CELLS = 5
INDENT = _NUMBER_CELLS + 3

#: Printing one row at a time is slow, printing all at once takes memory.
_ROWS_AT_ONCE = 500

#: How a reader stops what a report shows; the last line of it.
_HOW_TO_STOP = (
    "To keep a text: scrubber review. To switch a rule off: --ignore RULE. Why a line goes or stays: scrubber explain "
    "FILE:LINE."
)

#: Widest rule id that others are aligned to.
_RULE_CELLS = 36

MARKS = {
    Outcome.REMOVED: ("-", "red"),
    Outcome.REPLACED: ("-", "red"),
    Outcome.FLAGGED: ("~", "yellow"),
    Outcome.LIMITED: ("~", "yellow"),
    Outcome.VOID: ("~", "yellow"),
    Outcome.KEPT: ("=", ""),
    Outcome.DECIDED: ("=", ""),
    Outcome.OVERLAPPED: ("-", "red"),
}
_MEASURES = {
    "jaccard": "shared shingles",
    "containment": "contained",
    "edit": "alike",
    "estimate": "shared shingles, estimated",
}


class PlainConsole(Console):
    """A console that leaves it to the program what happens when the reader goes away: rich would end it with 1."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console_for(out: TextIO, options: ReportOptions) -> Console:
    """A console that writes to `out` as the options say, and never interprets text."""
    return PlainConsole(
        file=out,
        width=options.width,
        force_terminal=options.color,
        no_color=None if options.color is None else not options.color,
        color_system="auto" if options.color is None else ("standard" if options.color else None),
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )


def render(results: Iterable[CleanResult], out: TextIO, options: ReportOptions) -> None:
    """Writes the hunks of each result that has any; nothing for the others. Streams."""
    console = console_for(out, options)
    separate = False
    for result in results:
        rows = _document_rows(result, console.width, options)
        if rows:
            if separate:
                rows.insert(0, Text())
            print_rows(console, rows)
            separate = True
    if separate:
        print_rows(console, [Text(), *wrapped(Text(), Text(_HOW_TO_STOP, "dim"), console.width)])


def summary(totals: Totals, out: TextIO, options: ReportOptions) -> None:
    """Writes the closing lines of a run: counts, what went by which rule, what was only shown, failures."""
    console = console_for(out, options)
    rows: list[Text] = []
    for pieces in summary_rows(totals, console.width, _cell):
        row = Text.assemble(*pieces)
        indent = len(row.plain) - len(row.plain.lstrip(" "))
        rows += wrapped(Text(" " * indent), row[indent:], console.width)
    print_rows(console, rows)


def print_rows(console: Console, rows: Sequence[Text]) -> None:
    """Prints rows that are wrapped already, without trailing spaces."""
    for row in rows:
        row.rstrip()
    if console.color_system is None:
        # Without styles rich would write the same, in twice the time.
        console.file.write("".join(f"{row.plain}\n" for row in rows))
        return
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        joined = Text("\n").join(rows[start : start + _ROWS_AT_ONCE])
        console.print(joined, soft_wrap=True, markup=False, emoji=False, highlight=False)


def _document_rows(result: CleanResult, width: int, options: ReportOptions) -> list[Text]:
    shown = hunks(result, context=options.context, show_all=options.show_all, document=options.document)
    if not shown and not result.plan.note:
        return []
    rows = [_header(result, width)]
    if result.plan.note:
        rows += wrapped(Text(" " * INDENT), Text(visible(result.plan.note), "yellow"), width)
    column = min(_RULE_CELLS, max((cells_of(visible(hunk.rules[0])) for hunk in shown), default=0))
    for place, hunk in enumerate(shown):
        if place:
            rows.append(Text())
        rows += _hunk_rows(hunk, result.plan.note, column, width, options)
    return rows


def _header(result: CleanResult, width: int) -> Text:
    document = result.document
    before, after = len(document.text.encode("utf-8")), len(result.text.encode("utf-8"))
    parts = [size_words(before)]
    if result.changed:
        parts[0] += f" -> {size_words(after)}"
        removed = sum(max(0, edit.span.end - edit.span.start - len(edit.replacement)) for edit in result.plan.edits)
        if removed:
            parts.append(f"-{share_words(removed, len(document.text))}")
    if document.origin.encoding != "utf-8":
        parts.append(visible(document.origin.encoding))
    facts = "".join(f"   {part}" for part in parts)
    path = shorten_middle(visible(document.origin.path or document.id), width - len(facts), _cell)
    return Text.assemble((path, "bold"), (facts, "dim"))


def _hunk_rows(hunk: Hunk, note: str, column: int, width: int, options: ReportOptions) -> list[Text]:
    rows = [hunk_head(hunk, column, width), *why_rows(hunk, width, note)]
    indent = Text(" " * INDENT)
    if hunk.rights is not None and hunk.outcome is Outcome.REMOVED:
        rows += wrapped(indent, Text(f"kept on record as a rights statement: {visible(hunk.rights)}"), width)
    mark, style = MARKS[hunk.outcome]
    rows += line_rows(hunk.before, " ", "dim", FOLD_CONTEXT_CHARS, width, options)
    # In a replacement unusual spaces may be all that changes, so they are named there.
    named = bool(hunk.new)
    rows += line_rows(hunk.old, mark, style, FOLD_LINE_CHARS, width, options, name_spaces=named)
    rows += line_rows(hunk.new, "+", "green", FOLD_LINE_CHARS, width, options, name_spaces=named)
    rows += line_rows(hunk.after, " ", "dim", FOLD_CONTEXT_CHARS, width, options)
    if hunk.kin is not None:
        rows += _kin_rows(hunk.kin, width, options)
    return rows


def why_rows(hunk: Hunk, width: int, note: str = "") -> list[Text]:
    """The other rules of a hunk, its reasons but for `note`, and where its rule is declared, beside them if it fits."""
    indent = Text(" " * INDENT)
    rows: list[Text] = []
    if len(hunk.rules) > 1:
        rows += wrapped(indent, Text(f"also {visible(', '.join(hunk.rules[1:]))}", "dim"), width)
    for reason in hunk.reasons:
        if reason != note:  # the header says it already
            rows += wrapped(indent, Text(visible(reason)), width)
    place = Text(visible(hunk.declared_at), "dim")
    if not place or (rows and cells_of(rows[-1].plain) + 3 + cells_of(place.plain) <= width):
        return [*rows[:-1], Text.assemble(rows[-1], "   ", place)] if place else rows
    return rows + wrapped(indent, place, width)


def hunk_head(hunk: Hunk, column: int, width: int) -> Text:
    """Lines, rule, confidence and outcome of a hunk in one row; rule ids take `column` cells at least."""
    if not hunk.first_line:
        lines = "file"
    elif hunk.first_line == hunk.last_line:
        lines = str(hunk.first_line)
    else:
        lines = f"{hunk.first_line}-{hunk.last_line}"
    lines = f"{lines:>{INDENT - 2}}  "
    words = [hunk.outcome.value]
    if hunk.confidence is not None and width >= NARROW_CELLS:
        words.insert(0, f"{hunk.confidence.word:<8}")
    tail = "".join(f"   {word}" for word in words)
    rule = shorten_middle(visible(hunk.rules[0]), width - len(lines) - len(tail), _cell)
    room = max(0, min(column, width - len(lines) - len(tail)) - cells_of(rule))
    row = Text.assemble((lines, "dim"), (rule, "bold"), " " * room)
    for word in words[:-1]:
        row.append(f"   {word}")
    return row.append("   ").append(words[-1], MARKS[hunk.outcome][1])


def _kin_rows(kin: KinText, width: int, options: ReportOptions) -> list[Text]:
    rows = kin_head(kin, width)
    return rows + line_rows(kin.lines, " ", "cyan", FOLD_LINE_CHARS, width, options)


def kin_head(kin: KinText, width: int) -> list[Text]:
    """Where the text stands that another repeats, and how like it is."""
    found = kin.kin
    lines = str(found.first_line)
    if found.last_line != found.first_line:
        lines += f"-{found.last_line}"
    noun = "line" if found.last_line == found.first_line else "lines"
    where = f"{noun} {lines}" if kin.here else f"{visible(found.document_id)}:{lines}"
    how = _MEASURES.get(found.measure)
    if found.score >= 1000 or how is None:
        how = "equal" if found.measure == "equal" or found.score >= 1000 else visible(found.measure)
    else:
        how = f"{found.score // 10} % {how}"
    room = width - INDENT - len(how) - 3
    label = Text.assemble((f"{'kin':>{INDENT - 2}}  ", "cyan"))
    head = Text.assemble((shorten_middle(where, room, _cell), "cyan"), (f"   {how}", "dim"))
    return wrapped(label, head, width)


def line_rows(
    lines: Sequence[ShownLine],
    mark: str,
    style: str,
    fold_chars: int,
    width: int,
    options: ReportOptions,
    *,
    name_spaces: bool = False,
) -> list[Text]:
    """Numbered lines behind their mark, wrapped, the middle of many folded away."""
    hidden = 0
    shown: Sequence[ShownLine] = lines
    if len(lines) > FOLD_OVER_LINES and not options.full:
        hidden = len(lines) - FOLD_HEAD_LINES - FOLD_TAIL_LINES
        shown = (*lines[:FOLD_HEAD_LINES], *lines[-FOLD_TAIL_LINES:])
    rows: list[Text] = []
    for place, line in enumerate(shown):
        if hidden and place == FOLD_HEAD_LINES:
            rows.append(Text.assemble(" " * INDENT, (f"... {count_words(hidden, 'line')} ...", "dim")))
        number = f"{'' if line.number is None else line.number:>{_NUMBER_CELLS}}"
        prefix = Text.assemble((number, "dim"), " ", (mark, style), " ")
        rows += wrapped(prefix, _content(line, style, fold_chars, options.full, name_spaces), width)
    return rows


def _content(line: ShownLine, style: str, fold_chars: int, full: bool, name_spaces: bool) -> Text:
    """The text of one line: marked parts in bold, and in brackets where two texts are compared."""
    content = Text(style=style)
    limit = FOLD_MARKED_CHARS if line.marks else fold_chars
    cut = Span(len(line.text), len(line.text))
    if len(line.text) > limit and not full:
        cut = Span(limit * 2 // 3, len(line.text) - limit // 3)

    def add(start: int, end: int, marked: bool) -> None:
        piece = visible(line.text[start:end], spaces=marked and name_spaces)
        if marked:
            content.append(piece if name_spaces else f"[{piece}]", "bold")
        else:
            content.append(piece)

    def add_outside(start: int, end: int, marked: bool) -> None:
        if start < min(end, cut.start):
            add(start, min(end, cut.start), marked)
        if start <= cut.start < end:
            content.append(f" ... {count_words(cut.end - cut.start, 'character')} ... ", "dim")
        if max(start, cut.end) < end:
            add(max(start, cut.end), end, marked)

    position = 0
    for span in line.marks:
        add_outside(position, span.start, False)
        add_outside(span.start, span.end, True)
        position = span.end
    add_outside(position, len(line.text), False)
    return content


def wrapped(prefix: Text, content: Text, width: int) -> list[Text]:
    """`content` behind `prefix`, further rows under its beginning."""
    room = width - cells_of(prefix.plain)
    pieces = content.divide(row_breaks(content.plain, room, _cell))
    hanging = Text(" " * cells_of(prefix.plain))
    return [(hanging if place else prefix).copy().append_text(piece) for place, piece in enumerate(pieces)]


def _cell(character: str) -> int:
    return get_character_cell_size(character)


def cells_of(text: str) -> int:
    return sum(map(_cell, text))
