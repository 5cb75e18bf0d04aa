"""Lines that read like boilerplate although no rule knows them: the learned model's findings.

The model scores each line (`line_model.py`). Lines go where it is sure; how sure is the finding's confidence: below the
threshold of `certain` or `likely`, which hold for every page, or on the wrong side of the page's own best threshold,
which is `possible` and an opinion. Short texts, tables, texts in which no running text stands out, and texts too long to be a
page are left alone: there is nothing to tell boilerplate from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from scrubber.detect.block_opinion import BlockOpinion, block_opinion
from scrubber.detect.line_features import FEATURES, PARTS, Row, line_features
from scrubber.detect.line_model import UNIT, LineModel, best_threshold, builtin_model, runs_of, smoothed
from scrubber.detect.reasons import reasons
from scrubber.detect.scan import Scan
from scrubber.model.finding import Confidence, Evidence, Finding, Span
from scrubber.rules.schema import StatisticRule
from scrubber.text.lines import trim

#: Fewer lines are no page.
LEAST_LINES = 8
#: More lines are no page either, and the model has seen none like it.
MOST_LINES = 20_000
#: Lines that are surely text must hold so many code points, or the page has no text to tell anything from.
SURE_TEXT_CHARS = 120
#: A line of half digits is a cell; a page is a table if one in so many lines is a cell.
_CELL_DIGITS = PARTS // 2
_LINES_A_CELL = 8
_DIGITS, _DATED, _TITLE = (FEATURES.index(name) for name in ("digit share", "date or source", "title"))
#: Log-odds from which on a line is surely text: nine in ten.
SURE_ODDS = 563
#: What a change from text to boilerplate costs, in log-odds.
CHANGE_COST = UNIT // 5
#: A page's own threshold lies between these log-odds (.02 and .6).
LOWEST_THRESHOLD, HIGHEST_THRESHOLD = -996, 104
#: Log-odds beyond five say no more in the sequence step.
MOST_ODDS = 5 * UNIT


@dataclass(frozen=True)
class Opinion:
    """What the model makes of one text. All sequences run parallel to `indexes`, the lines that are not blank."""

    model: LineModel
    indexes: Sequence[int]
    rows: Sequence[Row]
    log_odds: Sequence[int]
    lengths: Sequence[int]

    @cached_property
    def can_tell(self) -> bool:
        """Whether the page holds what boilerplate can be told from."""
        return can_tell(self.rows, self.log_odds, self.lengths)

    @cached_property
    def _thresholds(self) -> dict[Confidence, int]:
        """The log-odds below which a line goes, the least sure confidence first."""
        return {
            Confidence.POSSIBLE: self.page_threshold,
            Confidence.LIKELY: self.model.likely,
            Confidence.CERTAIN: self.model.certain,
        }

    def alone(self, place: int) -> Confidence | None:
        """How sure it would be that a line goes if its neighbours were not heard."""
        found = None
        for confidence, threshold in self._thresholds.items():
            spared = confidence is not Confidence.POSSIBLE and is_spared(self.rows[place])
            if self.can_tell and not spared and self._cautious(confidence)[place] < threshold:
                found = confidence
        return found

    @cached_property
    def confidences(self) -> list[Confidence | None]:
        """How sure it is that each line goes; None: it stays."""
        count = len(self.indexes)
        if not self.can_tell:
            return [None] * count
        found: list[Confidence | None] = [None] * count
        for confidence, threshold in self._thresholds.items():
            scores = [max(-MOST_ODDS, min(MOST_ODDS, odds)) for odds in self._cautious(confidence)]
            for place, stays in enumerate(smoothed(scores, threshold, CHANGE_COST)):
                if confidence is not Confidence.POSSIBLE and is_spared(self.rows[place]):
                    continue
                if not stays and (confidence is not Confidence.CERTAIN or scores[place] < threshold):
                    found[place] = confidence
        return found

    def said(self, first: int, stop: int, *, for_text: bool) -> tuple[str, ...]:
        """What speaks most for some lines being text, or boilerplate, strongest first."""
        return reasons(self.model, self.rows[first:stop], for_text=for_text)

    def _cautious(self, confidence: Confidence) -> Sequence[int]:
        """Log-odds; drawn together for the page's own threshold, so that unsure pages keep more."""
        if confidence is not Confidence.POSSIBLE:
            return self.log_odds
        return [odds * self.model.caution // 64 for odds in self.log_odds]

    @cached_property
    def page_threshold(self) -> int:
        """The log-odds from which on lines of this page are kept for the best expected F1."""
        model = self.model
        chances = [model.probability(odds) for odds in self._cautious(Confidence.POSSIBLE)]
        threshold = best_threshold(chances, self.lengths)
        return max(LOWEST_THRESHOLD, min(HIGHEST_THRESHOLD, model.log_odds_of(threshold)))


def opinion_of(scan: Scan) -> Opinion | BlockOpinion | None:
    """What the built-in models make of a text; None if it is no page. The rules' findings must be noted. O(code points).

    Pages whose markup is known are judged by it (`block_opinion.py`), other texts by their lines.
    """
    if scan.document.page is not None and len(scan.document.markup) == len(scan.document.bounds):
        return block_opinion(scan.document)
    written = len(scan.document.blank) - sum(scan.document.blank)
    if not LEAST_LINES <= written <= MOST_LINES:
        return None
    indexes, rows = line_features(scan, scan.cut_by_rules)
    model = builtin_model()
    lengths = [len(trim(scan.document.line_texts[index])) for index in indexes]
    return Opinion(model, indexes, rows, model.log_odds(rows), lengths)


def is_spared(row: Row) -> bool:
    """Whether a line is the title, or says when or by whom: scrubber keeps those, though people who mark texts differ."""
    return bool(row[_DATED] or row[_TITLE])


def can_tell(rows: Sequence[Row], log_odds: Sequence[int], lengths: Sequence[int]) -> bool:
    """Whether lines that are surely text hold enough to tell others from them, and few lines are cells of a table.

    What is a value in a table and what a counter below an article, no line says.
    """
    sure = sum(length for odds, length in zip(log_odds, lengths, strict=True) if odds >= SURE_ODDS)
    cells = sum(row[_DIGITS] >= _CELL_DIGITS and not row[_DATED] for row in rows)
    return sure >= SURE_TEXT_CHARS and cells * _LINES_A_CELL < len(rows)


class StatisticDetector:
    """Findings of `statistic` rules: a run of lines of one confidence each."""

    def __init__(self, rules: Sequence[StatisticRule]) -> None:
        self.rules = tuple(rules)

    def find(self, scan: Scan) -> Iterator[Finding]:
        """Runs of lines that no other rule takes or protects. O(code points)."""
        opinion = opinion_of(scan)
        if opinion is None:
            return
        for confidence in (Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE):
            flags = [
                found is confidence and not (scan.cut_by_rules[index] or scan.protected[index])
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
