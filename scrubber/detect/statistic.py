"""Lines that read like boilerplate although no rule knows them: the learned model's findings.

The model's opinion (`opinion.py`) says how sure it is that each line goes; here it becomes findings. Texts that are too
short or too long to be a page are left alone, and cost no more than counting their lines: the model is loaded when a
text is first asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scrubber.detect.scan import Scan
from scrubber.model.finding import Confidence, Evidence, Finding, Span
from scrubber.rules.schema import StatisticRule

if TYPE_CHECKING:
    from scrubber.detect.block_opinion import BlockOpinion
    from scrubber.detect.opinion import Opinion

#: Fewer lines are no page.
LEAST_LINES = 8
#: More lines are no page either, and the model has seen none like it.
MOST_LINES = 20_000


def opinion_of(scan: Scan) -> Opinion | BlockOpinion | None:
    """What the built-in models make of a text; None if it is no page. The rules' findings must be noted. O(code points).

    Pages whose markup is known are judged by it (`block_opinion.py`), other texts by their lines.
    """
    if scan.document.page is not None and len(scan.document.markup) == len(scan.document.bounds):
        from scrubber.detect.block_opinion import block_opinion

        return block_opinion(scan.document)
    written = len(scan.document.blank) - sum(scan.document.blank)
    if not LEAST_LINES <= written <= MOST_LINES:
        return None
    from scrubber.detect import opinion

    return opinion.opinion_of(scan)


def spared_lines(scan: Scan) -> frozenset[int]:
    """Lines that stay whatever the model makes of them: verse, unless the markup of the page is known. O(code points)."""
    return scan.verse if scan.document.page is None else frozenset()


class StatisticDetector:
    """Findings of `statistic` rules: a run of lines of one confidence each."""

    def __init__(self, rules: Sequence[StatisticRule]) -> None:
        self.rules = tuple(rules)

    def find(self, scan: Scan) -> Iterator[Finding]:
        """Runs of lines that no other rule takes or protects, and that are no verse. O(code points)."""
        opinion = opinion_of(scan)
        if opinion is None:
            return
        from scrubber.detect.line_model import runs_of

        verse = spared_lines(scan)
        for confidence in (Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE):
            flags = [
                found is confidence and not (scan.cut_by_rules[index] or scan.protected[index] or index in verse)
                for index, found in zip(opinion.indexes, opinion.confidences, strict=True)
            ]
            for first, stop in runs_of(flags):
                for rule in self.rules:
                    yield _finding(scan, rule, opinion, first, stop, confidence)


def _finding(
    scan: Scan, rule: StatisticRule, opinion: Opinion | BlockOpinion, first: int, stop: int, confidence: Confidence
) -> Finding:
    document = scan.document
    above = document.bounds[opinion.indexes[first]]
    span = document.span_of(opinion.indexes[first], opinion.indexes[stop - 1])
    model = opinion.model
    chance = sum(model.probability(odds) for odds in opinion.log_odds[first:stop]) // (stop - first)
    score = 1000 - chance * 1000 // 65536
    said = opinion.said(first, stop, for_text=False)
    return Finding(
        rule=rule.info,
        span=span,
        action=rule.action,
        confidence=min(confidence, rule.confidence),
        evidence=Evidence("; ".join(said) or rule.info.title, (("lines", str(stop - first)),)),
        score=score,
        anchor=Span(above.start, above.stop),
    )
