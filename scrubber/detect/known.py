"""Paragraphs that nearly repeat one of another corpus: `neardup` rules whose scope is the corpus, and a built-in one.

The corpus is asked for what may be alike, and each answer is confirmed with the paragraph itself where the corpus
holds its text. Where it holds none the finding is an estimate and says so, unless the two texts are equal. Refuses to
open a corpus; whoever makes the detector hands one in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scrubber.detect.neardup import MAX_MARKS, Marks, differing_marks, is_text, likeness_facts
from scrubber.detect.scan import Scan
from scrubber.model.document import Document
from scrubber.model.finding import Action, Confidence, Evidence, Finding, Kin, Span
from scrubber.model.known import KnownParagraph, KnownParagraphs
from scrubber.rules.builtin import KNOWN_PARAGRAPH
from scrubber.rules.schema import NeardupRule
from scrubber.text.fold import digits, fold_lines
from scrubber.text.lines import line_bounds
from scrubber.text.nearest import EQUAL, EditBudget, Likeness, likeness
from scrubber.text.shingle import shingle_length
from scrubber.text.sketch import lengths_allow, shingle_counts

#: What a corpus without texts says of two texts that are not equal.
ESTIMATE = "estimate"

#: Estimates stray by .04 (32 bands of 4 rows) to .05 (21 of 6) around .8: twice that below the threshold is flagged too.
ESTIMATE_MARGIN = 80


class Match(NamedTuple):
    """The paragraph elsewhere that is most like one of ours, and how alike they are."""

    known: KnownParagraph
    likeness: Likeness


def built_in_rule(known: KnownParagraphs) -> NeardupRule:
    """The rule that holds where no rule file has one of corpus scope: flags what is .8 alike, numbers aside."""
    return NeardupRule(info=KNOWN_PARAGRAPH, action=Action.FLAG, scope="corpus", min_chars=known.min_chars)


class KnownDetector:
    """Findings of `neardup` rules whose scope is the corpus."""

    def __init__(self, rules: Sequence[NeardupRule], known: KnownParagraphs) -> None:
        self.rules = tuple(rule for rule in rules if rule.scope == "corpus")
        self.known = known

    def find(self, scan: Scan) -> Iterator[Finding]:
        """For each rule the paragraphs that stand in the corpus too, in text order. What is compared is bounded."""
        document = scan.document
        for rule in self.rules:
            places = [
                (first, last)
                for first, last in document.paragraph_lines()
                if not all(scan.chrome[first : last + 1]) and not any(scan.protected[first : last + 1])
            ]
            texts = [" ".join(document.keys[first : last + 1]) for first, last in places]
            budget = EditBudget(len(document.text))
            for number, match in matches(texts, rule, self.known, document.id, budget):
                yield _finding(document, rule, *places[number], match, budget)


def matches(
    texts: Sequence[str], rule: NeardupRule, known: KnownParagraphs, document_id: str, budget: EditBudget
) -> Iterator[tuple[int, Match]]:
    """The number of each folded text that the corpus holds, with what it is most like there; none of `document_id`."""
    asked = [
        number for number, text in enumerate(texts) if len(text) >= rule.min_chars and is_text(text, rule.min_chars)
    ]
    answers = known.candidates([texts[number] for number in asked], document_id)
    for number, candidates in zip(asked, answers, strict=True):
        best: Match | None = None
        for candidate in candidates:
            found = _likeness(texts[number], candidate, rule, budget)
            if found is not None and (best is None or _rank(found, candidate) < _rank(best.likeness, best.known)):
                best = Match(candidate, found)
        if best is not None:
            yield number, best


def _rank(found: Likeness, known: KnownParagraph) -> tuple[int, bool, str, int]:
    """The most alike first; of equally alike ones an equal one, then the first by id and line."""
    return -found.score, found.measure != "equal", known.document_id, known.first_line


def _likeness(text: str, known: KnownParagraph, rule: NeardupRule, budget: EditBudget) -> Likeness | None:
    by_numbers = "numbers-differ" in rule.spare_if
    if known.text is None:
        if known.equal:
            return EQUAL
        if known.estimate + ESTIMATE_MARGIN < rule.threshold or (by_numbers and known.numbers_differ):
            return None
        return Likeness(ESTIMATE, known.estimate, known.estimate, 0)
    other = " ".join(fold_lines([known.text[start:stop] for start, stop, _ in line_bounds(known.text)]))
    if text == other:
        return EQUAL
    if (by_numbers and digits(text) != digits(other)) or not lengths_allow(len(text), len(other), rule.threshold):
        return None
    k = int(rule.shingle) if rule.shingle != "auto" else min(shingle_length(text), shingle_length(other))
    return likeness(text, other, shingle_counts(text, other, k), k, rule.threshold, budget)


def _finding(document: Document, rule: NeardupRule, first: int, last: int, match: Match, budget: EditBudget) -> Finding:
    known, found = match
    span = document.span_of(first, last)
    marks: Marks | None = None
    if known.text is not None:
        marks = differing_marks(document.text[span.start : document.bounds[last].stop], known.text, budget)
    kin = Kin(
        document_id=known.document_id,
        first_line=known.first_line,
        last_line=known.last_line,
        measure=found.measure,
        score=found.score,
        differing=tuple((Span(*own), Span(*other)) for own, other in (marks or ())[:MAX_MARKS]),
    )
    if rule.action is not Action.REMOVE or found.measure == ESTIMATE:
        confidence = Confidence.POSSIBLE
    else:
        confidence = min(rule.confidence, Confidence.CERTAIN if found is EQUAL else Confidence.LIKELY)
    return Finding(
        rule=rule.info,
        span=span,
        action=rule.action,
        confidence=confidence,
        evidence=Evidence(summary(found, marks), _facts(found), kin),
        score=found.score,
        anchor=span,
    )


def summary(found: Likeness, marks: Marks | None) -> str:
    """How much of a paragraph the corpus holds. Where, the kin says."""
    percent = found.score // 10
    if found.measure == "equal":
        said = "the same paragraph stands in the corpus"
        return f"{said}; only case, width or spaces differ" if marks else said
    if found.measure == ESTIMATE:
        return (
            f"about {percent} % of its shingles stand in a paragraph of the corpus: an estimate, its index has no texts"
        )
    if found.measure == "edit":
        said = f"{percent} % of its characters stand in a paragraph of the corpus in the same order"
    else:
        said = f"it has {percent} % of its shingles in common with a paragraph of the corpus"
    if not marks:
        return said
    count = sum(max(own[1] - own[0], other[1] - other[0]) for own, other in marks)
    return f"{said}; {count} {'character differs' if count == 1 else 'characters differ'}"


def _facts(found: Likeness) -> tuple[tuple[str, str], ...]:
    if found.measure != ESTIMATE:
        return likeness_facts(found)
    return (("estimated jaccard", f"{found.jaccard // 1000}.{found.jaccard % 1000:03d}"),)
