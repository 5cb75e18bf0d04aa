"""Sections: what stands above the article (`head`), below it (`tail`), or in a box inside it (`between`).

A marker line alone is no proof. Each section also needs evidence that what it would cut belongs to it: entries,
which are short lines without a sentence end, dated lines, links, teasers cut off with an ellipsis, and lines that
other rules remove. Running text ends a tail and refutes a head.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scrubber.detect.scan import Scan
from scrubber.model.finding import Action, Evidence, Finding, Span
from scrubber.rules.schema import BetweenRule, HeadRule, TailRule
from scrubber.text.lines import ends_sentence, trim

#: A longer line is no headline of a related story, in code points.
ENTRY_CHARS = 80
#: A row of names has so many pieces, none longer than this, in code points, and no mark of a sentence.
ROW_NAMES, ROW_NAME_CHARS = 6, 16
_CLAUSE = re.compile(r"[,，、.。;；:：!！?？]")
_LINK = re.compile(r"https?://\S+|www\.\S+")
_DATE = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}|\b\d{1,2}[-/.月]\d{1,2}\b")
#: Pages of a manual that a page of it refers to: `ps(1), top(1)`.
_MANUAL = re.compile(r"[a-z][\w.+:-]*\(\d[a-z]{0,2}\), ?[a-z][\w.+:-]*\(\d[a-z]{0,2}\)")
#: Who says it, and what: a reader's comment, or a line of a talk.
_SPOKEN = re.compile(r"([^:。,.!?]{1,20}): ?[^ ]")
_FULL_STOPS = ".。．"
#: Two sentences in one line, the first of two words or more.
_SENTENCES = re.compile(r"[^ ] [^ ]+[^ .\d][.!?] [^ ].*[.!?]$|[。!?][^ 。!?”」』)].*[。!?]$")
#: So many lines that ask something make a talk. Folded lines have no full-width marks.
_QUESTIONS = 4
_TEASER_ENDS = ("…", "...", "[详细]", "[詳細]", "[更多]", "更多>>", "[more]", "read more", "»", ">>")


def is_entry(scan: Scan, rule: HeadRule | TailRule, index: int) -> bool:
    """Whether a line belongs to the section that a rule describes: its own entries, or what may be a link, and chrome."""
    if refers_to_manual(scan.document.keys[index]):
        return False
    if rule.entry:
        return scan.matches(rule, "entry", index) or scan.chrome[index]
    return _may_be_link(scan, index)


def refers_to_manual(key: str) -> bool:
    """Whether a folded line begins with pages of a manual, to which another page of it refers: part of the text."""
    return _MANUAL.match(key) is not None


def _may_be_link(scan: Scan, index: int) -> bool:
    """Whether a line may be an entry of a list of links: a headline, a dated line, a teaser, a link, or chrome.

    Running text is none, unless another rule removes it.
    """
    document = scan.document
    if scan.chrome[index]:
        return True
    key = document.keys[index]
    if key.endswith(_TEASER_ENDS):
        return True
    if document.running[index]:
        return False
    return len(key) <= ENTRY_CHARS or bool(_LINK.search(key)) or bool(_DATE.search(key)) or _is_row(key)


def _is_row(key: str) -> bool:
    """Whether a long line is a row of short names, as the goods or the pages that a site offers."""
    names = key.split(" ")
    return len(names) >= ROW_NAMES and not _CLAUSE.search(key) and max(map(len, names)) <= ROW_NAME_CHARS


class TailDetector:
    """Findings of `tail` rules: from the first marker below which only entries follow, down to the end."""

    def __init__(self, rules: Sequence[TailRule]) -> None:
        self.rules = tuple(rules)

    def find(self, scan: Scan) -> Iterator[Finding]:
        """At most one section for each rule. O(lines)."""
        for rule in self.rules:
            marks = scan.openings.get(rule.id)
            if marks:
                yield from self._section(scan, rule, marks)

    @staticmethod
    def _section(scan: Scan, rule: TailRule, marks: Sequence[int]) -> Iterator[Finding]:
        document = scan.document
        refuted_up_to = -1
        for mark in marks:
            if mark <= refuted_up_to or scan.protected[mark] or not _has_text_above(scan, mark):
                continue
            end, foreign = _walk_down(scan, rule, mark)
            if foreign is not None:
                # Every marker between this one and the foreign line is refuted by the same line.
                refuted_up_to = foreign
                continue
            reach = "ends above a line that stays" if end + 1 < len(document.bounds) else "reaches the end"
            yield _finding(
                scan, rule, mark, end, anchor=mark,
                summary=f'"{_shown(document.line_texts[mark])}" opens a tail that {reach}',
            )  # fmt: skip
            return


def _walk_down(scan: Scan, rule: TailRule, mark: int) -> tuple[int, int | None]:
    """Last line of the tail that `mark` opens, and the line that refutes it, if one does."""
    document = scan.document
    last = len(document.bounds) - 1
    for index in range(mark + 1, last + 1):
        if document.blank[index]:
            continue
        if scan.protected[index] or scan.matches(rule, "stop", index) or _begins_talk(scan, index):
            return index - 1, None
        if not is_entry(scan, rule, index) and not scan.matches(rule, "start", index):
            return last, index
    return last, None


def _begins_talk(scan: Scan, index: int) -> bool:
    """Whether a line and the next one are sentences that two people say, one of them with a full stop.

    Readers' comments are no links; a headline may stand behind a word and a colon, but seldom ends in a full stop.
    """
    blank = scan.document.blank
    below = next((other for other in range(index + 1, len(blank)) if not blank[other]), None)
    if below is None:
        return False
    said = [_spoken(scan, index), _spoken(scan, below)]
    ends = [trim(scan.document.line_texts[other])[-1:] for other in (index, below)]
    return "" not in said and said[0] != said[1] and any(end in _FULL_STOPS for end in ends)


def _spoken(scan: Scan, index: int) -> str:
    """Who says the line, if it is a sentence behind a name and no rule knows it; else nothing."""
    match = None if scan.chrome[index] else _SPOKEN.match(scan.document.keys[index])
    return match[1] if match and ends_sentence(scan.document.line_texts[index]) else ""


def _has_text_above(scan: Scan, mark: int) -> bool:
    """Whether there is an article above the marker: text that no rule removes."""
    document = scan.document
    return scan.first_text < mark or (not any(document.running) and 3 * mark >= len(document.bounds))


class HeadDetector:
    """Findings of `head` rules: everything above the line that opens the article, if none of it is running text."""

    def __init__(self, rules: Sequence[HeadRule]) -> None:
        self.rules = tuple(rules)

    def find(self, scan: Scan) -> Iterator[Finding]:
        """At most one section for each rule. O(lines)."""
        document = scan.document
        for rule in self.rules:
            marks = scan.lines_hit(scan.compiled.matcher(rule, "end"))
            if not marks or marks[0] == 0:
                continue
            last = marks[0] - 1
            protected = [index for index in range(marks[0]) if scan.protected[index]]
            if protected:
                last = protected[0] - 1
            inside = [index for index in range(last + 1) if not document.blank[index]]
            if not inside or not all(is_entry(scan, rule, index) for index in inside):
                continue
            yield _finding(
                scan, rule, 0, last, anchor=marks[0],
                summary=f'nothing above "{_shown(document.line_texts[marks[0]])}" is running text',
            )  # fmt: skip


class BetweenDetector:
    """Findings of `between` rules: boxes, each from its opening line to its closing line or its last entry."""

    def __init__(self, rules: Sequence[BetweenRule]) -> None:
        self.rules = tuple(rules)

    def find(self, scan: Scan) -> Iterator[Finding]:
        """Boxes that do not overlap, from the top. O(openings x limit)."""
        for rule in self.rules:
            reached = 0
            for mark in scan.openings.get(rule.id, ()):
                if mark < reached:
                    continue
                last = self._last_line(scan, rule, mark)
                if last is None:
                    continue
                reached = last + 1
                yield _finding(
                    scan, rule, mark, last, anchor=mark,
                    summary=f'"{_shown(scan.document.line_texts[mark])}" opens a box of {last - mark + 1} lines',
                )  # fmt: skip

    @staticmethod
    def _last_line(scan: Scan, rule: BetweenRule, mark: int) -> int | None:
        """Last line of the box that `mark` opens, or None where there is no box."""
        document = scan.document
        lines, last, entries = 1, mark, 0
        for index in range(mark + 1, len(document.bounds)):
            if document.blank[index]:
                continue
            lines += 1
            if rule.end and lines <= rule.max_lines and scan.matches(rule, "end", index):
                return index
            if lines > rule.max_lines or scan.protected[index]:
                break
            if rule.entry and not is_box_entry(scan, rule, index):
                if not rule.end:
                    break
                return None
            if entries and not rule.end and not scan.chrome[index] and _is_said(scan, index):
                break
            entries += 1
            last = index
        if rule.end or entries < rule.min_entries:
            return None
        return last


def is_box_entry(scan: Scan, rule: BetweenRule, index: int) -> bool:
    """Whether a line is one of the entries that a box's rule tells."""
    return scan.matches(rule, "entry", index) and not refers_to_manual(scan.document.keys[index])


def _is_said(scan: Scan, index: int) -> bool:
    """Whether a line is two sentences, or one question among several of a talk: text, and no headline."""
    key = scan.document.keys[index]
    return _SENTENCES.search(key) is not None or (key.endswith("?") and scan.questions >= _QUESTIONS)


def _finding(
    scan: Scan, rule: HeadRule | TailRule | BetweenRule, first: int, last: int, *, anchor: int, summary: str
) -> Finding:
    """A finding over whole lines; over a limit of the rule it becomes a flag."""
    document = scan.document
    while last > first and document.blank[last]:
        last -= 1
    span = document.span_of(first, last)
    lines = sum(1 for index in range(first, last + 1) if not document.blank[index])
    share = 1000 * (span.end - span.start) // max(1, len(document.text))
    facts = (("lines", str(lines)), ("share", f"{share // 10} %"))
    action = rule.action
    if lines > rule.max_lines:
        action, summary = Action.FLAG, f"{summary}; over the rule's limit of {rule.max_lines} lines"
    elif share > rule.max_share:
        action, summary = Action.FLAG, f"{summary}; over the rule's limit of {rule.max_share // 10} % of the document"
    bounds = document.bounds[anchor]
    return Finding(
        rule=rule.info,
        span=span,
        action=action,
        confidence=rule.confidence,
        evidence=Evidence(summary, facts),
        anchor=Span(bounds.start, bounds.stop),
    )


def _shown(line: str) -> str:
    """A marker line as it stands in a summary: trimmed and not longer than 40 code points."""
    bare = " ".join(line.split())
    return bare if len(bare) <= 40 else bare[:39] + "…"
