"""Paragraphs that nearly repeat another paragraph of the same document (`neardup`).

One copy stays, by the rule's choice; every other one is compared with that copy itself. Refuses to look at other
documents and to follow chains: a paragraph that is itself a copy is nobody's kin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scrubber.detect.scan import Scan
from scrubber.model.document import Document
from scrubber.model.finding import Action, Confidence, Evidence, Finding, Kin, Span
from scrubber.rules.schema import NeardupRule
from scrubber.text.fold import digits, skeleton
from scrubber.text.nearest import EQUAL, EditBudget, KeptTexts, Likeness
from scrubber.text.sketch import differing_spans

#: Marks of what differs: the longest text that gets them, and the most pairs of spans that a finding holds.
MAX_MARKED_CHARS = 20_000
MAX_MARKS = 20

_DIGIT = re.compile(r"\d")


class NeardupDetector:
    """Findings of `neardup` rules whose scope is the document."""

    def __init__(self, rules: Sequence[NeardupRule]) -> None:
        self.rules = tuple(rule for rule in rules if rule.scope == "document")

    def find(self, scan: Scan) -> Iterator[Finding]:
        """For each rule all near-duplicate paragraphs in text order, each with the paragraph that stays.

        Near-linear: what one paragraph is compared with is bounded by counts.
        """
        for rule in self.rules:
            paragraphs = _paragraphs(scan, rule)
            if len(paragraphs) < 2:
                continue
            budget = EditBudget(len(scan.document.text))
            copies = list(_copies(paragraphs, rule, budget))
            for copy in sorted(copies, key=lambda copy: copy.paragraph.first):
                yield _finding(scan.document, rule, copy, budget)


class _Paragraph(NamedTuple):
    """A block: its line indexes (inclusive), its span, and its folded lines joined by spaces."""

    first: int
    last: int
    span: Span
    text: str
    protected: bool


class _Copy(NamedTuple):
    """A paragraph, the one that stays, and how alike they are."""

    paragraph: _Paragraph
    kept: _Paragraph
    likeness: Likeness


def _paragraphs(scan: Scan, rule: NeardupRule) -> list[_Paragraph]:
    """Blocks of at least `min_chars` folded code points, but none whose every line another rule hits.

    Protected ones come first, because they stay whatever is found; then the order in which the rule keeps.
    """
    document, chrome, protected = scan.document, scan.chrome, scan.protected
    found: list[_Paragraph] = []
    for first, last in document.paragraph_lines():
        text = document.keys[first] if first == last else " ".join(document.keys[first : last + 1])
        if len(text) >= rule.min_chars and not all(chrome[first : last + 1]):
            span = document.span_of(first, last)
            found.append(_Paragraph(first, last, span, text, any(protected[first : last + 1])))
    longest = rule.keep == "longest"
    return sorted(found, key=lambda paragraph: (not paragraph.protected, -len(paragraph.text) if longest else 0))


def _copies(paragraphs: list[_Paragraph], rule: NeardupRule, budget: EditBudget) -> Iterator[_Copy]:
    """All paragraphs that repeat an earlier kept one, in no order that matters."""
    equal: dict[str, list[_Paragraph]] = {}
    for paragraph in paragraphs:
        equal.setdefault(paragraph.text, []).append(paragraph)
    texts = list(equal)
    # Texts with other numbers are never compared, so they are parted before any work is done on them.
    by_numbers = "numbers-differ" in rule.spare_if
    numbers = [digits(text) if by_numbers and _DIGIT.search(text) else () for text in texts]
    k = None if rule.shingle == "auto" else int(rule.shingle)
    kept_texts = KeptTexts(texts, numbers, rule.threshold, k, budget)
    for position, text in enumerate(texts):
        leader, *others = equal[text]
        best = None if leader.protected else kept_texts.best(position)
        if best is None:
            kept_texts.keep(position)
            copies = [_Copy(other, leader, EQUAL) for other in others]
        else:
            kept = equal[texts[best[0]]][0]
            copies = [_Copy(other, kept, best[1]) for other in equal[text]]
        if copies and _is_text(text, rule.min_chars):
            yield from (copy for copy in copies if not copy.paragraph.protected)


def _is_text(text: str, min_chars: int) -> bool:
    """Whether at least half of the characters a paragraph needs are letters and digits: bars and leaders are none."""
    return len(skeleton(text)) * 2 >= min_chars


def _finding(document: Document, rule: NeardupRule, copy: _Copy, budget: EditBudget) -> Finding:
    paragraph, kept, likeness = copy
    marks = _marks(_as_written(document, paragraph), _as_written(document, kept), budget)
    kin = Kin(
        document_id=document.id,
        first_line=kept.first + 1,
        last_line=kept.last + 1,
        measure=likeness.measure,
        score=likeness.score,
        span=kept.span,
        differing=tuple((Span(*own), Span(*other)) for own, other in (marks or ())[:MAX_MARKS]),
    )
    if rule.action is not Action.REMOVE:
        confidence = Confidence.POSSIBLE
    else:
        confidence = min(rule.confidence, Confidence.CERTAIN if likeness is EQUAL else Confidence.LIKELY)
    return Finding(
        rule=rule.info,
        span=paragraph.span,
        action=rule.action,
        confidence=confidence,
        evidence=Evidence(_summary(likeness, marks), _facts(likeness), kin),
        score=likeness.score,
        anchor=paragraph.span,
    )


def _as_written(document: Document, paragraph: _Paragraph) -> str:
    """The paragraph's own text, without its last line ending."""
    return document.text[paragraph.span.start : document.bounds[paragraph.last].stop]


_Marks = tuple[tuple[tuple[int, int], tuple[int, int]], ...]


def _marks(text: str, kept: str, budget: EditBudget) -> _Marks | None:
    """What differs between two texts as written; None where they are too long to say."""
    if text == kept:
        return ()
    if max(len(text), len(kept)) > MAX_MARKED_CHARS or not budget.take(len(text), len(kept)):
        return None
    return differing_spans(text, kept)


def _summary(likeness: Likeness, marks: _Marks | None) -> str:
    """How much of the paragraph stands elsewhere. Where that is, the kin says: lines are counted in the first text."""
    if likeness.measure == "equal":
        said = "the same paragraph stands elsewhere in this document"
        return said if marks == () else f"{said}; only case, width or spaces differ"
    percent = likeness.score // 10
    if likeness.measure == "edit":
        said = f"{percent} % of its characters stand in another paragraph in the same order"
    else:
        said = f"it has {percent} % of its shingles in common with another paragraph"
    if not marks:
        return said
    count = sum(max(own[1] - own[0], other[1] - other[0]) for own, other in marks)
    return f"{said}; {count} {'character differs' if count == 1 else 'characters differ'}"


def _facts(likeness: Likeness) -> tuple[tuple[str, str], ...]:
    if likeness.measure == "equal":
        return (("similarity", "equal"),)
    facts = [("jaccard", _decimal(likeness.jaccard))]
    if likeness.edit:
        facts.append(("edit similarity", _decimal(likeness.edit)))
    return tuple(facts)


def _decimal(thousandths: int) -> str:
    return f"{thousandths // 1000}.{thousandths % 1000:03d}"
