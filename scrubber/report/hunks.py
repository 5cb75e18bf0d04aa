"""What there is to show of one document: one hunk for each entry of its plan, with the lines around it.

The edits are known, so nothing is guessed by comparing texts. Refuses to know about colours, widths and
files.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from scrubber.model import (
    CleanResult,
    Confidence,
    Document,
    Edit,
    Finding,
    Kin,
    Outcome,
    Span,
    Verdict,
)
from scrubber.model.edit import apply_edits
from scrubber.text.lines import is_blank, line_bounds

#: Outcomes that nobody needs to look at unless asked for. What a limit held back is a flag, and is shown.
SETTLED = frozenset({Outcome.KEPT, Outcome.DECIDED, Outcome.OVERLAPPED, Outcome.VOID})

#: Stands for the outcome of what the learned model merely guesses at: such flags are shown on request only.
GUESSED = "guessed"


class ShownLine(Struct, frozen=True):
    """One line as it stands in the text. `number` is `None` for a line that is not in the original.

    `marks` are spans inside `text`: what a replacement touches, or what differs from the kin.
    """

    number: int | None
    text: str
    marks: tuple[Span, ...] = ()


class KinText(Struct, frozen=True):
    """The text that a finding refers to; `lines` is empty where it is equal or not at hand."""

    kin: Kin
    here: bool
    lines: tuple[ShownLine, ...] = ()


class Hunk(Struct, frozen=True):
    """One entry of a plan. Line numbers count from 1 and are 0 where the entry is about the whole file.

    `old` are the lines that it is about, `new` those that a replacement puts there, `before` and `after` the
    context. `rules` are ids, strongest first. `confidence` is `None` where the plan names no finding. `verdicts` are
    indexes into the verdicts of the plan: all that the entry stands for, strongest first; `declared_at` is where the
    rule of the first of them stands.
    `verdict` is the first of them, `None` where the plan names no finding.
    """

    span: Span
    first_line: int
    last_line: int
    rules: tuple[str, ...]
    outcome: Outcome
    confidence: Confidence | None = None
    reasons: tuple[str, ...] = ()
    rights: str | None = None
    before: tuple[ShownLine, ...] = ()
    old: tuple[ShownLine, ...] = ()
    new: tuple[ShownLine, ...] = ()
    after: tuple[ShownLine, ...] = ()
    kin: KinText | None = None
    verdicts: tuple[int, ...] = ()
    declared_at: str = ""
    verdict: Verdict | None = None

    @property
    def word(self) -> str:
        """What became of it in a word, as in `outcome_word`."""
        return outcome_word(self.verdict) if self.verdict is not None else self.outcome.value


class _Entry(Struct, frozen=True):
    span: Span
    edits: tuple[Edit, ...]
    verdict: Verdict | None
    verdicts: tuple[int, ...] = ()


def hunks(
    result: CleanResult,
    *,
    context: int = 2,
    show_all: bool = False,
    document: Callable[[str], Document | None] | None = None,
) -> tuple[Hunk, ...]:
    """The hunks of one result, by position: removals, replacements and flags, and with `show_all` the
    settled.

    Replacements by one rule on neighbouring lines share a hunk. A line is context for one hunk at most, and
    never one that another hunk is about. O(lines + findings log findings).
    """
    entries = _sorted_entries(result, lambda verdict: is_shown(verdict, show_all=show_all))
    shown: list[Hunk] = []
    reached = -1  # index of the last line that was shown
    for number, entry in enumerate(entries):
        following = entries[number + 1].span.start if number + 1 < len(entries) else None
        hunk = _hunk(result, entry, context, reached, following, document)
        numbers = [line.number for line in (*hunk.old, *hunk.after) if line.number is not None]
        reached = max(reached, max(numbers, default=0) - 1)
        shown.append(hunk)
    return tuple(shown)


def lone_hunks(
    result: CleanResult,
    wanted: Callable[[Verdict], bool],
    *,
    context: int = 2,
    document: Callable[[str], Document | None] | None = None,
) -> Iterator[Hunk]:
    """The hunks of all edits and of the other verdicts that are `wanted`, by position, each to be shown by itself.

    All have their full context, whatever stands around them. O(lines + findings log findings).
    """
    for entry in _sorted_entries(result, wanted):
        yield _hunk(result, entry, context, -1, None, document)


def _sorted_entries(result: CleanResult, wanted: Callable[[Verdict], bool]) -> list[_Entry]:
    return sorted(_entries(result, wanted), key=lambda entry: (entry.span, not entry.edits))


def _entries(result: CleanResult, wanted: Callable[[Verdict], bool]) -> Iterator[_Entry]:
    plan = result.plan
    named = {index for edit in plan.edits for index in edit.verdicts}
    for group in _neighbours(result.document, plan.edits):
        verdicts = tuple(dict.fromkeys(index for edit in group for index in edit.verdicts))
        verdict = plan.verdicts[verdicts[0]] if verdicts else None
        yield _Entry(Span(group[0].span.start, group[-1].span.end), group, verdict, verdicts)
    starts = [edit.span.start for edit in plan.edits]
    for index, verdict in enumerate(plan.verdicts):
        if index in named or not wanted(verdict):
            continue
        if verdict.outcome in (Outcome.REMOVED, Outcome.REPLACED) and verdict.finding.span.end:
            place = bisect_right(starts, verdict.finding.span.start) - 1
            if place >= 0 and plan.edits[place].span.holds(verdict.finding.span):
                continue  # the edit speaks for it
        yield _Entry(verdict.finding.span, (), verdict, (index,))


def is_shown(verdict: Verdict, *, show_all: bool) -> bool:
    """Whether a report shows a finding: not what is settled, nor a mere guess, but on request."""
    if show_all:
        return True
    return verdict.outcome not in SETTLED and outcome_word(verdict) != GUESSED


def outcome_word(verdict: Verdict) -> str:
    """What became of a finding, in a word: its outcome, or `GUESSED` for a flag by a mere guess of the learned model.

    Such a guess is no flag of a person's rule.
    """
    finding = verdict.finding
    flagged = verdict.outcome is Outcome.FLAGGED
    guess = flagged and finding.rule.kind == "statistic" and finding.confidence is Confidence.POSSIBLE
    return GUESSED if guess else verdict.outcome.value


def _neighbours(document: Document, edits: Sequence[Edit]) -> Iterator[tuple[Edit, ...]]:
    """Edits one by one, but replacements by the same rules on the same or the next line together."""
    group: list[Edit] = []
    last = -1
    for edit in edits:
        first, stop = document.lines_of(edit.span)
        together = (
            bool(group)
            and first <= last + 1
            and edit.rules == group[-1].rules
            and not removes_lines(document, edit)
            and not removes_lines(document, group[-1])
        )
        if not together and group:
            yield tuple(group)
            group = []
        group.append(edit)
        last = stop
    if group:
        yield tuple(group)


def removes_lines(document: Document, edit: Edit) -> bool:
    """Whether the edit takes whole lines and puts nothing there."""
    if edit.replacement or edit.span.start == edit.span.end:
        return False
    first, last = document.lines_of(edit.span)
    bounds = document.bounds
    return bounds[first].start == edit.span.start and edit.span.end in (bounds[last].stop, bounds[last].next)


def _hunk(
    result: CleanResult,
    entry: _Entry,
    context: int,
    reached: int,
    following: int | None,
    document: Callable[[str], Document | None] | None,
) -> Hunk:
    source = result.document
    verdict = entry.verdict
    rules = entry.edits[0].rules if entry.edits else (verdict.finding.rule.id if verdict else "",)
    if verdict is not None:
        outcome = verdict.outcome
    else:
        outcome = Outcome.REMOVED if removes_lines(source, entry.edits[0]) else Outcome.REPLACED
    first, last = source.lines_of(entry.span)
    old: tuple[ShownLine, ...] = ()
    new: tuple[ShownLine, ...] = ()
    before: tuple[ShownLine, ...] = ()
    after: tuple[ShownLine, ...] = ()
    whole_file = entry.span.start == entry.span.end and not entry.edits
    if not whole_file:
        if entry.edits and not removes_lines(source, entry.edits[0]):
            old, new = _old_and_new(source, entry.edits, first, last)
        elif outcome is not Outcome.OVERLAPPED:
            old = _lines(source, first, last, _differences(verdict.finding) if verdict else ())
        # Of the lines before the next hunk, that one takes its share first.
        stop = source.line_at(following) - context if following is not None else len(source.bounds)
        before = _context(source, max(reached + 1, first - context), first)
        if last > reached:  # else it lies inside a hunk before it
            after = _context(source, last + 1, min(last + 1 + context, stop, len(source.bounds)))
    return Hunk(
        span=entry.span,
        first_line=0 if whole_file else first + 1,
        last_line=0 if whole_file else last + 1,
        rules=rules,
        outcome=outcome,
        confidence=verdict.finding.confidence if verdict else None,
        reasons=_reasons(verdict) if verdict else (),
        rights=verdict.finding.rights if verdict else None,
        before=before,
        old=old,
        new=new,
        after=after,
        kin=_kin_text(source, verdict.finding, document) if verdict else None,
        verdicts=entry.verdicts,
        declared_at=verdict.finding.rule.declared_at if verdict else "",
        verdict=verdict,
    )


def _reasons(verdict: Verdict) -> tuple[str, ...]:
    found = [verdict.finding.evidence.summary or verdict.finding.rule.title]
    if verdict.reason and verdict.reason not in found:
        found.append(verdict.reason)
    return tuple(reason for reason in found if reason)


def _context(document: Document, first: int, stop: int) -> tuple[ShownLine, ...]:
    while first < stop and document.blank[first]:
        first += 1
    while first < stop and document.blank[stop - 1]:
        stop -= 1
    return _lines(document, first, stop - 1, ())


def _lines(document: Document, first: int, last: int, marks: Sequence[Span]) -> tuple[ShownLine, ...]:
    """Lines by index, with those of the marks (spans in the document, in order) that touch them."""
    shown: list[ShownLine] = []
    for index in range(first, min(last + 1, len(document.bounds))):
        bound = document.bounds[index]
        shown.append(ShownLine(index + 1, document.line_texts[index], _inside(marks, bound.start, bound.stop)))
    return tuple(shown)


def _inside(marks: Sequence[Span], start: int, stop: int) -> tuple[Span, ...]:
    if not marks:
        return ()
    place = bisect_right(marks, start, key=lambda mark: mark.end)
    found: list[Span] = []
    while place < len(marks) and marks[place].start < stop:
        clipped = Span(max(marks[place].start, start) - start, min(marks[place].end, stop) - start)
        if clipped.start < clipped.end:
            found.append(clipped)
        place += 1
    return tuple(found)


def _old_and_new(
    document: Document, edits: tuple[Edit, ...], first: int, last: int
) -> tuple[tuple[ShownLine, ...], tuple[ShownLine, ...]]:
    """The lines that `edits` touch as they were and as they will be."""
    start, end = document.span_of(first, last) if document.bounds else Span(0, 0)
    local = [Edit(Span(edit.span.start - start, edit.span.end - start), edit.replacement, edit.rules) for edit in edits]
    put: list[Span] = []
    shift = 0
    for edit in local:
        put.append(Span(edit.span.start + shift, edit.span.start + shift + len(edit.replacement)))
        shift += len(edit.replacement) - (edit.span.end - edit.span.start)
    text = apply_edits(document.text[start:end], local)
    new = tuple(
        ShownLine(None, text[bound.start : bound.stop], _inside(put, bound.start, bound.stop))
        for bound in line_bounds(text)
    )
    return _lines(document, first, last, [edit.span for edit in edits]), new


def _differences(finding: Finding) -> tuple[Span, ...]:
    """What differs between a finding and its kin, in the coordinates of the finding's document."""
    kin = finding.evidence.kin
    if kin is None:
        return ()
    return _placed((here for here, _ in kin.differing), finding.span.start)


def _placed(spans: Iterable[Span], base: int) -> tuple[Span, ...]:
    return tuple(Span(span.start + base, span.end + base) for span in sorted(spans) if span.start < span.end)


def _kin_text(source: Document, finding: Finding, document: Callable[[str], Document | None] | None) -> KinText | None:
    kin = finding.evidence.kin
    if kin is None:
        return None
    here = kin.document_id == source.id
    home = source if here else (document(kin.document_id) if document else None)
    if home is None or not kin.differing or not 0 < kin.first_line <= kin.last_line <= len(home.bounds):
        return KinText(kin, here)
    first, last = kin.first_line - 1, kin.last_line - 1
    while first < last and is_blank(home.line_texts[first]):
        first += 1
    base = kin.span.start if kin.span is not None else home.bounds[kin.first_line - 1].start
    marks = _placed((there for _, there in kin.differing), base)
    return KinText(kin, here, _lines(home, first, last, marks))
