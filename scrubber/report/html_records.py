"""What the HTML page is told of one document: its hunks as plain values, made visible, and no longer than can be read.

A line is `[number, text]`, or `[number, pieces]` where every second piece is marked; `[-1, text, count]` stands for so
many lines that are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scrubber.model import CleanResult
from scrubber.report.escape import visible
from scrubber.report.hunks import Hunk, KinText, ShownLine, hunks
from scrubber.report.layout import count_words
from scrubber.report.options import ReportOptions
from scrubber.report.places import lines_words, shown_parts

#: Of longer lists of lines the first and last are in the page; `full` has all.
MAX_LINES, MAX_TAIL_LINES = 200, 40
#: Of longer lines the beginning and the end: of a hunk, and around it.
MAX_LINE_CHARS, MAX_CONTEXT_CHARS = 4_000, 400
_MEASURES = {"jaccard": "shared shingles", "containment": "contained", "edit": "alike"}

Line = list[Any]


def document_record(result: CleanResult, options: ReportOptions) -> dict[str, Any] | None:
    """One document, or `None` where there is nothing to show of it. O(lines + findings log findings)."""
    document, plan = result.document, result.plan
    shown = hunks(result, context=options.context, show_all=options.show_all, document=options.document)
    if not shown and not plan.note:
        return None
    record: dict[str, Any] = {
        "id": "".join(shown_parts(document.id)),
        "size": len(document.text),
        "removed": sum(max(0, edit.span.end - edit.span.start - len(edit.replacement)) for edit in plan.edits),
    }
    if document.origin.encoding != "utf-8":
        record["encoding"] = visible(document.origin.encoding)
    if plan.note:
        record["note"] = visible(plan.note)
    return {**record, "hunks": [_hunk(hunk, plan.note, full=options.full) for hunk in shown]}


def _hunk(hunk: Hunk, note: str, *, full: bool) -> dict[str, Any]:
    finding = hunk.verdict.finding if hunk.verdict is not None else None
    named = bool(hunk.new)  # of a replacement unusual spaces may be all that changes
    record: dict[str, Any] = {
        "first": hunk.first_line,
        "last": hunk.last_line,
        "rules": [visible(rule) for rule in hunk.rules],
        "outcome": hunk.word,
        "sure": hunk.confidence.word if hunk.confidence is not None else "",
        "score": finding.score if finding is not None else None,
        "print": finding.fingerprint if finding is not None else "",
        "reasons": [visible(reason) for reason in hunk.reasons if reason != note],
        "before": [_line(line, MAX_CONTEXT_CHARS) for line in hunk.before],
        "old": _lines(hunk.old, full=full, named=named),
        "new": _lines(hunk.new, full=full, named=named),
        "after": [_line(line, MAX_CONTEXT_CHARS) for line in hunk.after],
    }
    if hunk.rights is not None:
        record["rights"] = visible(hunk.rights)
    if hunk.kin is not None:
        record["kin"] = _kin(hunk.kin, full=full)
    return record


def _kin(kin: KinText, *, full: bool) -> dict[str, Any]:
    found = kin.kin
    lines = lines_words(found.first_line, found.last_line)
    noun = "line" if found.first_line == found.last_line else "lines"
    where = f"{noun} {lines}" if kin.here else f"{''.join(shown_parts(found.document_id))}:{lines}"
    alike = f"{found.score // 10} % {_MEASURES.get(found.measure, visible(found.measure))}"
    how = "equal" if found.measure == "equal" or found.score >= 1000 else alike
    return {"where": where, "how": how, "lines": _lines(kin.lines, full=full, named=False)}


def _lines(lines: Sequence[ShownLine], *, full: bool, named: bool) -> list[Line]:
    if full or len(lines) <= MAX_LINES:
        return [_line(line, len(line.text) if full else MAX_LINE_CHARS, named=named) for line in lines]
    head, tail = lines[: MAX_LINES - MAX_TAIL_LINES], lines[-MAX_TAIL_LINES:]
    missing = len(lines) - MAX_LINES
    gap: Line = [-1, f"… {count_words(missing, 'line')} not in this page …", missing]
    return [*_lines(head, full=False, named=named), gap, *_lines(tail, full=False, named=named)]


def _line(line: ShownLine, most: int, *, named: bool = False) -> Line:
    """A line with its marked pieces, cut in the middle where it is longer than `most`."""
    text = line.text
    if not line.marks:
        return [line.number, visible(text) if len(text) <= most else _cut(text, 0, len(text), most)]
    room = max(most // (2 * len(line.marks) + 1), 80)
    pieces: list[str] = []
    position = 0
    for mark in line.marks:
        pieces.append(_cut(text, position, mark.start, room))
        pieces.append(visible(_shortened(text[mark.start : mark.end], room), spaces=named))
        position = mark.end
    return [line.number, [*pieces, _cut(text, position, len(text), room)]]


def _cut(text: str, start: int, end: int, most: int) -> str:
    return visible(_shortened(text[start:end], most))


def _shortened(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    missing = count_words(len(text) - most, "character")
    return f"{text[: most * 2 // 3]} … {missing} … {text[-(most // 3) :]}"
