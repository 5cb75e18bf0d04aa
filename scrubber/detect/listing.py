"""Listing tails: the run of other papers, other stories or other products that follows the article down to the end.

No heading is needed. A run is known by labels that alternate with its entries (`期刊`, `学位论文`), by what an entry
looks like, or by sentences that are all cut off at about one length.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from scrubber.detect.scan import Scan
from scrubber.model.finding import Action, Evidence, Finding, Span
from scrubber.rules.schema import ListingRule
from scrubber.text.lines import SENTENCE_ENDS, ends_sentence, trim

#: A sentence that a template cut off is at least so long, in code points; shorter lines are headings.
TRUNCATED_MIN_CHARS = 50
#: Cut-off sentences lie within so many thousandths of the longest one's length, when no heading announces them.
TRUNCATED_SPREAD = 120
_ELLIPSES = ("…", "...")


class ListingDetector:
    """Findings of `listing` rules: at most one run for each rule, and it reaches the end of the document."""

    def __init__(self, rules: Sequence[ListingRule]) -> None:
        self.rules = tuple(rules)

    def find(self, scan: Scan) -> Iterator[Finding]:
        """The run at the end of the document, if there is one. O(lines) a rule."""
        lines = _closing_lines(scan)
        if not lines:
            return
        for rule in self.rules:
            run = (
                _labelled_run(scan, rule, lines) or _shaped_run(scan, rule, lines) or _truncated_run(scan, rule, lines)
            )
            if run is not None:
                yield _finding(scan, rule, *run)


def _closing_lines(scan: Scan) -> list[int]:
    """Lines that are neither blank nor removed by other rules, down to the end or to the first protected one."""
    found: list[int] = []
    for index, (protected, blank, chrome) in enumerate(
        zip(scan.protected, scan.document.blank, scan.chrome, strict=True)
    ):
        if protected:
            found.clear()
        elif not blank and not chrome:
            found.append(index)
    return found


def _labelled_run(scan: Scan, rule: ListingRule, lines: Sequence[int]) -> tuple[int, int, str] | None:
    """Entries that alternate with kind labels: first line, last line and a summary."""
    matcher = scan.compiled.matcher(rule, "label")
    if matcher < 0:
        return None
    is_label = [matcher in scan.hits[index] for index in lines]
    labels = [place for place, label in enumerate(is_label) if label]
    # Walk up from the last label while the distance between labels stays within the gap.
    reach = rule.gap + 2
    if not labels or len(lines) - 1 - labels[-1] > rule.gap + 1:
        return None
    if any(scan.document.running[index] for index in lines[labels[-1] + 1 : -1]):
        return None
    first = len(labels) - 1
    while first > 0 and 2 <= labels[first] - labels[first - 1] <= reach:
        first -= 1
    run = labels[first:]
    if len(run) < rule.min_entries:
        return None
    between = min(after - before - 1 for before, after in pairwise(run))
    summary = f"{len(run)} entries, each with a kind label"
    above_first = lines[run[0] - 1] if run[0] else None
    if run[-1] < len(lines) - 1 and (
        above_first is None
        or ends_sentence(scan.document.line_texts[above_first])
        or scan.matches(rule, "start", above_first)
    ):
        # Labels stand above their entries: what stands above the first one is no entry.
        return _with_heading(scan, rule, lines, run[0]), lines[-1], summary
    if any(scan.document.running[index] for index in lines[run[-1] + 1 :]):
        return None
    # Labels stand below their entries; a line below the last one that no rule knows stays.
    return _with_heading(scan, rule, lines, max(run[0] - between, 0)), lines[run[-1]], summary


def _shaped_run(scan: Scan, rule: ListingRule, lines: Sequence[int]) -> tuple[int, int, str] | None:
    """A run of lines that match `entry`, dense enough, with gaps no longer than allowed."""
    matcher = scan.compiled.matcher(rule, "entry")
    if matcher < 0:
        return None
    top, entries, misses = len(lines), 0, 0
    best: tuple[int, int] | None = None
    for place in range(len(lines) - 1, -1, -1):
        if matcher in scan.hits[lines[place]]:
            entries += 1
            misses = 0
            top = place
            if entries >= rule.min_entries and 1000 * entries >= rule.density * (len(lines) - place):
                best = (top, entries)
        else:
            misses += 1
            if misses > rule.gap or scan.document.running[lines[place]]:
                break
    if best is None:
        return None
    summary = f"{best[1]} entries of one shape in a row reach the end"
    return _with_heading(scan, rule, lines, best[0]), lines[-1], summary


def _truncated_run(scan: Scan, rule: ListingRule, lines: Sequence[int]) -> tuple[int, int, str] | None:
    """A run of sentences that are all cut off at about one length."""
    document = scan.document
    if not rule.truncated or not document.paragraphs_by_line:
        return None
    texts = [trim(document.line_texts[index]) for index in lines]
    top = len(lines)
    longest = 0
    entries = misses = 0
    first_entry = len(lines)
    for place in range(len(lines) - 1, -1, -1):
        text = texts[place]
        if _is_cut_off(text) and (not longest or _close(len(text), longest)):
            longest = max(longest, len(text))
            entries, misses, first_entry = entries + 1, 0, place
        elif len(text) < TRUNCATED_MIN_CHARS and not ends_sentence(text):
            misses += 1
            if misses > rule.gap + 1:
                break
        else:
            break
        top = first_entry
    if entries < rule.min_entries or 1000 * entries < rule.density * (len(lines) - top):
        return None
    heading = _with_heading(scan, rule, lines, top)
    above = [place for place in range(top) if document.running[lines[place]]]
    if heading == lines[top] and (entries < rule.min_entries + 1 or len(above) < 2):
        return None
    return heading, lines[-1], f"{entries} sentences cut off at about {longest} characters reach the end"


def _is_cut_off(text: str) -> bool:
    """Whether the line breaks off in mid-sentence: long, with a sentence end inside or an ellipsis at its end."""
    if len(text) < TRUNCATED_MIN_CHARS:
        return False
    if text.endswith(_ELLIPSES):
        return True
    return not ends_sentence(text) and any(mark in text for mark in SENTENCE_ENDS if mark not in ".…")


def _close(length: int, longest: int) -> bool:
    return 1000 * abs(length - longest) <= TRUNCATED_SPREAD * max(length, longest)


def _with_heading(scan: Scan, rule: ListingRule, lines: Sequence[int], top: int) -> int:
    """The line where the cut begins: the heading right above the run, else the run's first line."""
    if top > 0 and scan.matches(rule, "start", lines[top - 1]):
        return lines[top - 1]
    return lines[top]


def _finding(scan: Scan, rule: ListingRule, first: int, last: int, summary: str) -> Finding:
    document = scan.document
    span = document.span_of(first, last)
    share = 1000 * (span.end - span.start) // max(1, len(document.text))
    action = rule.action
    if share > rule.max_share:
        action = Action.FLAG
        summary = f"{summary}; over the rule's limit of {rule.max_share // 10} % of the document"
    bounds = document.bounds[first]
    return Finding(
        rule=rule.info,
        span=span,
        action=action,
        confidence=rule.confidence,
        evidence=Evidence(summary, (("lines", str(last - first + 1)), ("share", f"{share // 10} %"))),
        anchor=Span(bounds.start, bounds.stop),
    )
