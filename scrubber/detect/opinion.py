"""What the line model makes of one text: how sure it is that each line goes.

A line goes as `certain` or `likely` below a threshold that holds for every page, and as `possible`, which is an opinion,
below the page's own (`page_cut.py`). Among its neighbours a line near the threshold follows them, and lines that all read
like boilerplate go together (`together`). Where no running text stands out there is nothing to tell boilerplate from, and
nothing surely goes but runs beside what rules take; nor do lines of a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from scrubber.detect.line_features import FEATURES, line_features, line_shapes
from scrubber.detect.line_model import UNIT, LineModel, builtin_model, goes_plain, smoothed
from scrubber.detect.line_reading import PARTS
from scrubber.detect.page_cut import array_cut, page_cut
from scrubber.detect.reasons import reasons
from scrubber.detect.scan import Scan
from scrubber.detect.second_look import answers_of
from scrubber.model.finding import Confidence
from scrubber.text.lines import trim

#: Lines that are surely text must hold so many code points, or the page has no text to tell anything from.
SURE_TEXT_CHARS = 120
#: Log-odds from which on a line is surely text: nine in ten.
SURE_ODDS = 563
#: What a change from text to boilerplate costs, in log-odds.
CHANGE_COST = UNIT // 5
#: So many lines that hardly read like text go together where one of them alone would not; gone lines do not part them.
RUN_LINES = 3
#: Right beside a line of text fewer may be a signature, or headings: there so many must stand together.
BESIDE_TEXT_LINES = 6
#: Log-odds below which a line belongs to such a run: one in four.
RUN_ODDS = -300
#: The same on pages where nothing stands out as text: one in eight.
BARE_RUN_ODDS = -500
#: Fewer lines go between two that go, from this log-odds down: one in twenty.
BETWEEN_ODDS = -750
#: Log-odds beyond five say no more in the sequence step. Thresholds lie within.
MOST_ODDS = 5 * UNIT
#: A line of half digits is a cell. A table has so many cells, with fewer than so many other lines from one to the next.
_CELL_DIGITS = PARTS // 2
_TABLE_CELLS = 6
_CELL_GAP = 6
#: So many lines above the first cell may name the columns, as many below the last may end the table.
_TABLE_HEAD = 6
_DIGITS, _DATED, _TITLE, _WEIGHT = (
    FEATURES.index(name) for name in ("digit share", "date or source", "title", "weight")
)


@dataclass(frozen=True)
class Opinion:
    """What the model makes of one text. All sequences run parallel to `indexes`, the lines that are not blank.

    `rows` are tuples, or one array with lines down.

    `log_odds` decide what is `possible`, `wary_odds` what is surer (`second_look.Answers`). `cut` are lines that rules take,
    `held` those that they keep.
    """

    model: LineModel
    indexes: Sequence[int]
    rows: Any
    log_odds: Sequence[int]
    wary_odds: Sequence[int]
    lengths: Sequence[int]
    cut: Sequence[bool]
    held: Sequence[bool]

    @cached_property
    def can_tell(self) -> bool:
        """Whether the page holds what boilerplate can surely be told from."""
        return can_tell(self.log_odds, self.lengths)

    @cached_property
    def _spared(self) -> list[bool]:
        return spared_lines(self.rows)

    @cached_property
    def _thresholds(self) -> dict[Confidence, int]:
        """The log-odds below which a line goes, the least sure confidence first."""
        if goes_plain(len(self.lengths)):
            cut = page_cut(self.log_odds, self.lengths, self.model.probability)
        else:
            cut = array_cut(self.log_odds, self.lengths, self.model.probability, self.model.probabilities)
        found = {Confidence.POSSIBLE: cut}
        if self.can_tell:
            found |= {Confidence.LIKELY: self.model.likely, Confidence.CERTAIN: self.model.certain}
        return found

    def _odds(self, confidence: Confidence) -> Sequence[int]:
        return self.log_odds if confidence is Confidence.POSSIBLE else self.wary_odds

    def said(self, first: int, stop: int, *, for_text: bool) -> tuple[str, ...]:
        """What speaks most for some lines being text, or boilerplate, strongest first."""
        return reasons(self.model, self.rows[first:stop], for_text=for_text)

    def alone(self, place: int) -> Confidence | None:
        """How sure it would be that a line goes if its neighbours were not heard."""
        found = None
        for confidence, threshold in self._thresholds.items():
            spared = confidence is not Confidence.POSSIBLE and self._spared[place]
            if not spared and self._odds(confidence)[place] < threshold:
                found = confidence
        return found

    @cached_property
    def confidences(self) -> list[Confidence | None]:
        """How sure it is that each line goes; None: it stays."""
        found: list[Confidence | None] = [None] * len(self.indexes)
        stays = [spared or held for spared, held in zip(self._spared, self.held, strict=True)]
        if not self.can_tell:
            joint = together(self.wary_odds, self.cut, [False] * len(stays), stays, BARE_RUN_ODDS)
            found = [Confidence.LIKELY if goes else None for goes in joint]
        for confidence, threshold in self._thresholds.items():
            gone = lines_below(self._odds(confidence), threshold, alone=confidence is Confidence.CERTAIN)
            if confidence is Confidence.LIKELY:
                joint = together(self.wary_odds, self.cut, gone, stays)
                gone = [goes or more for goes, more in zip(gone, joint, strict=True)]
            for place, goes in enumerate(gone):
                if goes and (confidence is Confidence.POSSIBLE or not self._spared[place]):
                    found[place] = max(confidence, found[place] or confidence)
        return found


def opinion_of(scan: Scan) -> Opinion:
    """What the built-in model makes of a text. The rules' findings must be noted. O(code points + lines * log lines)."""
    model = builtin_model()
    rows: Any
    if goes_plain(len(scan.document.blank) - sum(scan.document.blank)):
        indexes, rows = line_features(scan, scan.cut_by_rules)
        shapes = line_shapes(scan, indexes)
    else:
        from scrubber.detect.line_arrays import line_arrays

        indexes, rows, shapes = line_arrays(scan, scan.cut_by_rules)
    lengths = [len(trim(scan.document.line_texts[index])) for index in indexes]
    found = answers_of(model, rows, lengths, shapes)
    cut = [scan.cut_by_rules[index] for index in indexes]
    held = [scan.protected[index] for index in indexes]
    return Opinion(model, indexes, rows, found.likeliest, found.wary, lengths, cut, held)


def lines_below(odds: Sequence[int], threshold: int, *, alone: bool) -> list[bool]:
    """Which lines go below a threshold, among their neighbours; `alone`: none that lies above it by itself. O(lines)."""
    if min(odds, default=0) > threshold:
        return [False] * len(odds)  # keeping pays everywhere
    bounded = [max(-MOST_ODDS, min(MOST_ODDS, cell)) for cell in odds]
    stays = smoothed(bounded, threshold, CHANGE_COST)
    return [not flag and not (alone and cell >= threshold) for flag, cell in zip(stays, bounded, strict=True)]


def together(
    odds: Sequence[int], cut: Sequence[bool], below: Sequence[bool], stays: Sequence[bool], most: int = RUN_ODDS
) -> list[bool]:
    """Lines that go in company: in a run of lines below `most` beside one that goes anyway, or between two. O(lines).

    `cut` are lines that rules take, `below` those that lie below the threshold, `stays` those that may not go. Where the
    model is wrong about a line of text, it mostly is about a heading or a short turn of a talk, which stands alone; a
    run of lines that all read like boilerplate, with one in it that surely is, is a menu or a list of links. What stands
    between text and the first line that surely goes may be a signature: of that only long runs go.
    """
    gone = [rule or (line and not kept) for rule, line, kept in zip(cut, below, stays, strict=True)]
    found = [False] * len(odds)

    start = 0
    while start < len(odds):
        stop = start
        while stop < len(odds) and (gone[stop] or (not stays[stop] and odds[stop] < most)):
            stop += 1
        sure = [place for place in range(start, stop) if gone[place]]
        if sure:
            first = start if start == 0 or sure[0] - start >= BESIDE_TEXT_LINES else sure[0]
            last = stop if stop == len(odds) or stop - 1 - sure[-1] >= BESIDE_TEXT_LINES else sure[-1]
            more = [place for place in range(first, last) if not gone[place]]
            if len(more) >= RUN_LINES:
                for place in more:
                    found[place] = True
        start = stop + 1
    start = 0
    while start < len(odds):
        stop = start
        while stop < len(odds) and not gone[stop] and not stays[stop] and odds[stop] < BETWEEN_ODDS:
            stop += 1
        if 0 < start < stop < len(odds) and gone[start - 1] and gone[stop]:
            found[start:stop] = [True] * (stop - start)
        start = max(stop, start + 1)
    return found


def spared_lines(rows: Any) -> list[bool]:
    """Lines that never surely go: the title, those that say when or by whom, and those of a table.

    scrubber keeps the first two, though people who mark texts differ on them. What is a value in a table and what a counter
    below an article, no line says.
    """
    flags = [bool(dated or title) for dated, title in zip(_column(rows, _DATED), _column(rows, _TITLE), strict=True)]
    for first, stop in tables(rows):
        flags[first:stop] = [True] * (stop - first)
    return flags


def tables(rows: Any) -> list[tuple[int, int]]:
    """Where tables are, as first and one past the last place: lines of digits in close succession. O(lines)."""
    columns = zip(_column(rows, _DIGITS), _column(rows, _DATED), strict=True)
    cells = [place for place, (digits, dated) in enumerate(columns) if digits >= _CELL_DIGITS and not dated]
    found: list[tuple[int, int]] = []
    start = 0
    for number in range(1, len(cells) + 1):
        if number == len(cells) or cells[number] - cells[number - 1] > _CELL_GAP:
            if number - start >= _TABLE_CELLS:
                found.append((max(0, cells[start] - _TABLE_HEAD), min(len(rows), cells[number - 1] + 1 + _TABLE_HEAD)))
            start = number
    return found


def can_tell(odds: Sequence[int], lengths: Sequence[int]) -> bool:
    """Whether lines that are surely text hold enough to tell others from them."""
    return sum(length for cell, length in zip(odds, lengths, strict=True) if cell >= SURE_ODDS) >= SURE_TEXT_CHARS


def _column(rows: Any, feature: int) -> list[int]:
    """One feature of all lines, from rows as tuples or as one array."""
    return [row[feature] for row in rows] if isinstance(rows, list) else list(rows[:, feature].tolist())
