"""A unified diff that `git apply` takes: it turns the decoded original, as UTF-8, into the clean text.

It is made from the edits, not by comparing the two texts. Lines end at LF here, as in git: CR is part of a
line. Foreign text cannot become a header, because every line of it has its own mark in front.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from scrubber.model import CleanResult, Edit, Span, apply_edits
from scrubber.report.options import ReportOptions

#: Unchanged lines around a change; git's own number.
CONTEXT_LINES = 3

_UTF8_MARK = b"\xef\xbb\xbf"


def render(results: Iterable[CleanResult], out: TextIO, options: ReportOptions) -> None:
    """Writes one diff for each result whose text changes. Streams; `out` must not translate line ends."""
    for result in results:
        for piece in patch_of(result):
            out.write(piece)


def patch_of(result: CleanResult) -> Iterator[str]:
    """The diff of one result in pieces, none where nothing changes. O(n).

    The mark of a UTF-8 file is a character to git, so the patch takes it off like any other.
    """
    text, edits = result.document.text, result.plan.edits
    origin = result.document.origin
    if origin.encoding == "utf-8" and origin.bom == _UTF8_MARK and result.document.page is None:
        text = "\ufeff" + text
        edits = (Edit(Span(0, 1), "", ("core/encoding",)), *(_moved(edit, 1) for edit in edits))
    lines = text.split("\n")
    lines = [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    changes = _changes(text, lines, edits)
    if not changes:
        return
    old, new = _quoted(result.document.id, "a/"), _quoted(result.document.id, "b/")
    yield f"diff --git {old} {new}\n--- {old}{_tab(old)}\n+++ {new}{_tab(new)}\n"
    shift = 0
    for group in _grouped(changes):
        first = max(0, group[0].first - CONTEXT_LINES)
        stop = min(len(lines), group[-1].stop + CONTEXT_LINES)
        grown = sum(len(change.put) - (change.stop - change.first) for change in group)
        yield f"@@ -{_range(first, stop - first)} +{_range(first + shift, stop - first + grown)} @@\n"
        position = first
        for change in group:
            yield from _marked(" ", lines[position : change.first])
            yield from _marked("-", lines[change.first : change.stop])
            yield from _marked("+", change.put)
            position = change.stop
        yield from _marked(" ", lines[position:stop])
        shift += grown


class _Change(Struct, frozen=True):
    """Lines `first` to `stop` (indexes, half-open) give way to `put`."""

    first: int
    stop: int
    put: tuple[str, ...]


def _moved(edit: Edit, by: int) -> Edit:
    return Edit(Span(edit.span.start + by, edit.span.end + by), edit.replacement, edit.rules)


def _changes(text: str, lines: Sequence[str], edits: Sequence[Edit]) -> list[_Change]:
    """The lines that `edits` change, sorted and apart, without lines that stay the same at their ends."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    count = len(lines)

    def line_at(offset: int) -> int:
        return min(bisect_right(starts, offset) - 1, count)

    changes: list[_Change] = []
    number = 0
    while number < len(edits):
        first = line_at(edits[number].span.start)
        stop = first
        local: list[Edit] = []
        while True:
            # Take in every edit that begins on these lines; each may reach further down.
            while number < len(edits) and (not local or edits[number].span.start < starts[stop]):
                edit = edits[number]
                stop = max(stop, line_at(max(edit.span.start, edit.span.end - 1)) + 1)
                stop = min(stop, count)
                local.append(_moved(edit, -starts[first]))
                number += 1
            put = apply_edits(text[starts[first] : starts[stop]], local)
            if stop == count or not put or put.endswith("\n"):
                break
            stop += 1  # a line end went: what follows is now part of this line
        parts = put.split("\n")
        new = [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
        head = 0
        while head < min(len(new), stop - first) and new[head] == lines[first + head]:
            head += 1
        tail = 0
        while tail < min(len(new), stop - first) - head and new[-1 - tail] == lines[stop - 1 - tail]:
            tail += 1
        change = _Change(first + head, stop - tail, tuple(new[head : len(new) - tail]))
        if change.put or change.first < change.stop:
            changes.append(change)
    return changes


def _grouped(changes: Sequence[_Change]) -> Iterator[list[_Change]]:
    group: list[_Change] = []
    for change in changes:
        if group and change.first - group[-1].stop > 2 * CONTEXT_LINES:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _range(first: int, count: int) -> str:
    # An empty range is named by the line before it.
    begin = first + 1 if count else first
    return str(begin) if count == 1 else f"{begin},{count}"


def _marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line
        if not line.endswith("\n"):
            yield "\n\\ No newline at end of file\n"


def _quoted(document_id: str, side: str) -> str:
    """The path as git writes it: C-quoted where it holds quotes, controls or bytes above ASCII."""
    # In ids such characters are percent-encoded.
    name = unquote_to_bytes(document_id.encode("utf-8", "surrogateescape")).replace(b"\0", b"")
    path = side.encode("ascii") + name
    if all(0x20 <= byte < 0x7F and byte not in b'"\\' for byte in path):
        return path.decode("ascii")
    return '"' + "".join(map(_quoted_byte, path)) + '"'


_SHORT = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 0x22: '"', 0x5C: "\\"}


def _quoted_byte(byte: int) -> str:
    if byte in _SHORT:
        return f"\\{_SHORT[byte]}"
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"


def _tab(path: str) -> str:
    # git ends a name with blanks in it by a tab, or the rest would be read as a date.
    return "\t" if " " in path and not path.startswith('"') else ""
