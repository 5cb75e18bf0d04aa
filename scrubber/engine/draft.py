"""The text so far, and the way back from it to the first one.

Every pass sees the text that the passes before it left. A `Draft` holds that text, the edits that lead to it, in the
coordinates of the decoded original, and maps spans between the two.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from scrubber.model.finding import Span


class Change(NamedTuple):
    """A span of a text that gives way to `replacement`, on behalf of the findings with these numbers."""

    span: Span
    replacement: str
    findings: tuple[int, ...]


class _Segment(NamedTuple):
    """A stretch of the draft: where it starts there, what it stands for in the original, and whether it is unchanged."""

    start: int
    source: Span
    length: int
    same: bool


@dataclass(frozen=True)
class Draft:
    """A text with the changes that lead to it from `source`: sorted, disjoint, in the coordinates of `source`."""

    source: str
    changes: tuple[Change, ...] = ()

    @cached_property
    def text(self) -> str:
        """The text so far."""
        if not self.changes:
            return self.source
        parts: list[str] = []
        position = 0
        for change in self.changes:
            parts += (self.source[position : change.span.start], change.replacement)
            position = change.span.end
        parts.append(self.source[position:])
        return "".join(parts)

    @cached_property
    def _segments(self) -> list[_Segment]:
        segments: list[_Segment] = []
        position = start = 0
        for change in self.changes:
            if change.span.start > position:
                length = change.span.start - position
                segments.append(_Segment(start, Span(position, change.span.start), length, True))
                start += length
            if change.replacement:
                segments.append(_Segment(start, change.span, len(change.replacement), False))
                start += len(change.replacement)
            position = change.span.end
        if position < len(self.source):
            segments.append(_Segment(start, Span(position, len(self.source)), len(self.source) - position, True))
        return segments

    @cached_property
    def _starts(self) -> list[int]:
        return [segment.start for segment in self._segments]

    def _segment_at(self, offset: int) -> _Segment | None:
        number = bisect_right(self._starts, offset) - 1
        return self._segments[number] if number >= 0 else None

    def to_source(self, span: Span) -> Span:
        """The span of the original that a span of the draft stands for.

        A span that touches a replacement grows to the whole of it. What was removed inside the span belongs to it;
        what was removed at its edges does not. O(log changes).
        """
        if not self.changes:
            return span
        if span.end <= span.start:
            segment = self._segment_at(span.start)
            place = len(self.source)
            if segment is not None and span.start <= segment.start + segment.length:
                place = segment.source.start + (span.start - segment.start if segment.same else 0)
            return Span(place, place)
        first, last = self._segment_at(span.start), self._segment_at(span.end - 1)
        if first is None or last is None:
            raise ValueError(f"{span} lies outside the text")
        start = first.source.start + (span.start - first.start if first.same else 0)
        end = last.source.start + (span.end - last.start) if last.same else last.source.end
        return Span(start, end)

    def apply(self, changes: Sequence[Change]) -> Draft:
        """The draft after `changes`, which are sorted, disjoint and in the coordinates of this draft."""
        if not changes:
            return self
        if not self.changes:
            return Draft(self.source, tuple(changes))
        merged: list[Change] = []
        kept = 0
        for change in changes:
            span, replacement = self._grown(change)
            findings = change.findings
            while kept < len(self.changes) and self.changes[kept].span.end <= span.start:
                merged.append(self.changes[kept])
                kept += 1
            while kept < len(self.changes) and self.changes[kept].span.start < span.end:
                findings += self.changes[kept].findings
                kept += 1
            if merged and merged[-1].span.end > span.start:
                # Two changes of this pass touch one replacement of an earlier pass.
                before = merged.pop()
                span, replacement, findings = self._joined(before, change, span, findings)
            if not replacement:
                # What an earlier pass took from an end of a line goes with the line.
                if merged and merged[-1].span.end == span.start and self._is_half_line(merged[-1], span.start):
                    before = merged.pop()
                    span, findings = Span(before.span.start, span.end), findings + before.findings
                if kept < len(self.changes) and self.changes[kept].span.start == span.end:
                    behind = self.changes[kept]
                    if self._is_half_line(behind, span.end):
                        span, findings = Span(span.start, behind.span.end), findings + behind.findings
                        kept += 1
            merged.append(Change(span, replacement, tuple(dict.fromkeys(findings))))
        merged.extend(self.changes[kept:])
        return Draft(self.source, tuple(merged))

    def _is_half_line(self, change: Change, place: int) -> bool:
        """Whether a removal begins or ends at `place`, and that is not where a line does."""
        if change.replacement or not 0 < place < len(self.source):
            return False
        before = self.source[place - 1]
        return before != "\n" and (before != "\r" or self.source[place] == "\n")

    def _grown(self, change: Change) -> tuple[Span, str]:
        """A change in the coordinates of the original; what it leaves of replacements it touches stays in it."""
        span = self.to_source(change.span)
        first, last = self._segment_at(change.span.start), self._segment_at(change.span.end - 1)
        before = behind = ""
        if first is not None and not first.same:
            before = self.text[first.start : change.span.start]
        if last is not None and not last.same:
            behind = self.text[change.span.end : last.start + last.length]
        return span, before + change.replacement + behind

    def _joined(
        self, before: Change, change: Change, span: Span, findings: tuple[int, ...]
    ) -> tuple[Span, str, tuple[int, ...]]:
        """Two changes that grew into the same replacement, as one."""
        segment = self._segment_at(change.span.start)
        assert segment is not None  # noqa: S101  (a change lies inside the text)
        lead = self.text[segment.start : change.span.start]
        own = self._grown(change)[1][len(lead) :]
        rest = len(self.text[change.span.start : segment.start + segment.length])
        replacement = before.replacement[: len(before.replacement) - rest] + own
        return Span(before.span.start, max(before.span.end, span.end)), replacement, before.findings + findings
