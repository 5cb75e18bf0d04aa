"""Lines of two places of one text set against each other, in order: which say the same, and which only nearly do.

Everything is compared exactly here; anchors have only proposed where to look. Refuses to judge whether what is
found is a pasted copy or a refrain, which `repeat_judge` is for.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from scrubber.text.anchors import MAX_GAP_CHARS, MAX_GAP_LINES, LinePair
from scrubber.text.numerals import numbers

#: Below this edit similarity, in thousandths, a line is no counterpart of another.
COUNTERPART_SCORE = 600

#: Runs of lines that are broken differently count as one text above this edit similarity, in thousandths.
BLOCK_SCORE = 980

_BLOCK_LINES = 64  # on the side with fewer

#: Shortest skeleton, in code points, that may have its twin inside other lines; and at the ends of a run.
CONTAINED_CHARS = 4
CONTAINED_AT_END_CHARS = 6

#: Lines that an end of a run may pass over to find the next twin, and that are searched there for contained lines.
_REACH_LINES = 3
_EDGE_LINES = 4

#: Comparisons of unequal lines in one text: in number, and in cells (code points times code points, 64 in a step).
MAX_COMPARISONS = 200_000
MAX_CELLS = 20_000_000_000

#: Most cells of one table of lines against lines, and most numbers that a search for numbers passes over.
_TABLE_CELLS = MAX_GAP_LINES * MAX_GAP_LINES
_NUMBERS_AHEAD = 400


class Match(NamedTuple):
    """A line of the first place and its counterpart in the second. `twin` says that it may stand for it.

    `score` is the edit similarity of the skeletons in thousandths, `equal` whether they are the same.
    """

    first: int
    second: int
    score: int
    twin: bool

    @property
    def equal(self) -> bool:
        return self.twin and self.score == 1000


class Cover(NamedTuple):
    """A line whose whole text stands in lines `begin` to `last` of the other place. `side` is 0 or 1."""

    side: int
    line: int
    begin: int
    last: int
    score: int


@dataclass(frozen=True)
class Alignment:
    """Two places of a text: matches in order, and covers. The places do not overlap."""

    matches: tuple[Match, ...]
    covers: tuple[Cover, ...]

    @cached_property
    def twins(self) -> tuple[Match, ...]:
        """The matches that may stand for one another."""
        return tuple(match for match in self.matches if match.twin)

    def between(self, begin: Match, last: Match) -> Alignment:
        """The part from one match to another, both included."""
        low, high = (begin.first, begin.second), (last.first, last.second)
        return Alignment(
            tuple(match for match in self.matches if low[0] <= match.first <= high[0]),
            tuple(cover for cover in self.covers if low[cover.side] <= cover.line <= high[cover.side]),
        )

    @cached_property
    def accounted(self) -> tuple[frozenset[int], frozenset[int]]:
        """The lines of either place whose text stands in the other one too."""
        return (
            frozenset([match.first for match in self.twins] + [c.line for c in self.covers if c.side == 0]),
            frozenset([match.second for match in self.twins] + [c.line for c in self.covers if c.side == 1]),
        )

    @cached_property
    def partners(self) -> tuple[frozenset[int], frozenset[int]]:
        """The lines of either place that hold text of shorter lines of the other one."""
        found: tuple[set[int], set[int]] = (set(), set())
        for cover in self.covers:
            found[1 - cover.side].update(range(cover.begin, cover.last + 1))
        return frozenset(found[0]), frozenset(found[1])

    @cached_property
    def known(self) -> tuple[frozenset[int], frozenset[int]]:
        """The lines of either place that have anything to do with the other one, twin or not."""
        accounted, partners = self.accounted, self.partners
        return (
            accounted[0] | partners[0] | {match.first for match in self.matches},
            accounted[1] | partners[1] | {match.second for match in self.matches},
        )

    @cached_property
    def regions(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """First and last line of either place, inclusive."""
        first = [match.first for match in self.matches]
        second = [match.second for match in self.matches]
        for cover in self.covers:
            own, other = (first, second) if cover.side == 0 else (second, first)
            own.append(cover.line)
            other += [cover.begin, cover.last]
        return (min(first), max(first)), (min(second), max(second))


class Lines:
    """The lines of one text and all comparisons of them, bounded in number. `threshold` is in thousandths."""

    def __init__(self, keys: Sequence[str], skeletons: Sequence[str], threshold: int) -> None:
        self.keys = keys
        self.skeletons = skeletons
        self._threshold = threshold
        self._scores: dict[tuple[int, int], int] = {}
        self._numbers: dict[int, tuple[str, ...]] = {}
        self._comparisons = MAX_COMPARISONS
        self._cells = MAX_CELLS

    def numbers(self, line: int) -> tuple[str, ...]:
        """The numbers of one line."""
        found = self._numbers.get(line)
        if found is None:
            found = self._numbers[line] = numbers(self.keys[line])
        return found

    def score(self, first: int, second: int) -> int:
        """Edit similarity of two skeletons; 0 below `COUNTERPART_SCORE` and for empty ones."""
        a, b = self.skeletons[first], self.skeletons[second]
        if a == b:
            return 1000 if a else 0
        if 2000 * min(len(a), len(b)) < COUNTERPART_SCORE * (len(a) + len(b)):
            return 0
        known = self._scores.get((first, second))
        if known is None:
            known = self._scores[first, second] = self.similarity(a, b, COUNTERPART_SCORE)
        return known

    def similarity(self, a: str, b: str, at_least: int) -> int:
        """Edit similarity of two texts, 0 below `at_least` or when the bounds of work are reached."""
        cells = len(a) * len(b)
        if self._comparisons <= 0 or cells > self._cells:
            return 0
        self._comparisons -= 1
        self._cells -= cells
        if "rapidfuzz" not in sys.modules and not _letters_allow(a, b, at_least):
            return 0
        from scrubber.text.sketch import edit_similarity

        return edit_similarity(a, b, at_least)

    def match(self, first: int, second: int) -> Match | None:
        """The two lines as a match: twins if alike enough with the same numbers, else counterparts, else None."""
        if not self.skeletons[first] and self.keys[first] == self.keys[second]:
            return Match(first, second, 1000, True)
        score = self.score(first, second)
        if not score:
            return None
        twin = score >= self._threshold and self.same_numbers(first, second)
        return Match(first, second, score, twin)

    def same_numbers(self, first: int, second: int) -> bool:
        """Whether two lines hold the same numbers in the same order."""
        if self.keys[first] == self.keys[second]:
            return True
        return self.numbers(first) == self.numbers(second)

    def twins(self, first: int, second: int) -> Match | None:
        """The two lines as a match if they are twins."""
        found = self.match(first, second)
        return found if found is not None and found.twin else None


def _letters_allow(a: str, b: str, at_least: int) -> bool:
    """Whether two texts have enough letters in common, in any order, to be so alike. Spares importing rapidfuzz."""
    shared = (Counter(a) & Counter(b)).total()
    return 2000 * shared >= at_least * (len(a) + len(b))


def align(chain: Sequence[LinePair], lines: Lines) -> Alignment:
    """The two places of a chain set against each other, line by line.

    O(l * MAX_GAP_LINES) comparisons for l lines, and no more than `Lines` allows.
    """
    fixed = _in_order(found for pair in chain if (found := lines.twins(pair.first, pair.second)))
    begin = (min(pair.first for pair in chain), min(pair.second for pair in chain))
    last = (max(pair.first for pair in chain), max(pair.second for pair in chain))
    matches = _before(begin, last[0], lines)[::-1]
    matches += _between((begin[0] - 1, begin[1] - 1), (last[0] + 1, last[1] + 1), fixed, lines)
    matches += _after(last, min(begin[1], matches[0].second) if matches else begin[1], lines)
    twins = [match for match in matches if match.twin]
    if twins:
        begin = (min(begin[0], twins[0].first), min(begin[1], twins[0].second))
        last = (max(last[0], twins[-1].first), max(last[1], twins[-1].second))
    return _filled(twins, begin, last, lines)


def _in_order(found: Iterator[Match]) -> list[Match]:
    """Matches strictly ascending in both places; of two that stand in each other's way the closer one stays."""
    kept: list[Match] = []
    for match in found:
        while kept and (kept[-1].first >= match.first or kept[-1].second >= match.second):
            if kept[-1].score >= match.score:
                break
            kept.pop()
        else:
            kept.append(match)
    return kept


def _before(begin: tuple[int, int], last_of_first: int, lines: Lines) -> list[Match]:
    """Twins right above two places, from the nearest upwards."""
    found: list[Match] = []
    first, second = begin
    while True:
        for first_step, second_step in _STEPS:
            one, other = first - first_step, second - second_step
            if one >= 0 and other > last_of_first and (match := lines.twins(one, other)):
                break
        else:
            return found
        found.append(match)
        first, second = match.first, match.second


def _after(last: tuple[int, int], begin_of_second: int, lines: Lines) -> list[Match]:
    """Twins right below two places, downwards."""
    found: list[Match] = []
    first, second = last
    while True:
        for first_step, second_step in _STEPS:
            one, other = first + first_step, second + second_step
            if one < begin_of_second and other < len(lines.keys) and (match := lines.twins(one, other)):
                break
        else:
            return found
        found.append(match)
        first, second = match.first, match.second


_STEPS = sorted(
    ((one, other) for one in range(1, _REACH_LINES + 1) for other in range(1, _REACH_LINES + 1)),
    key=lambda step: (step[0] + step[1], abs(step[0] - step[1]), step),
)


def _between(begin: tuple[int, int], end: tuple[int, int], fixed: Sequence[Match], lines: Lines) -> list[Match]:
    """The fixed twins and the best further ones in each gap between them. `begin` and `end` are left out."""
    found: list[Match] = []
    reached = begin
    for match in [*fixed, None]:
        stop = end if match is None else (match.first, match.second)
        first, second = range(reached[0] + 1, stop[0]), range(reached[1] + 1, stop[1])
        found += _best(first, second, lines.twins, lines)
        if match is not None:
            found.append(match)
            reached = stop
    return found


def _best(
    first: Sequence[int], second: Sequence[int], match: Callable[[int, int], Match | None], lines: Lines
) -> list[Match]:
    """The matches of two short runs of lines, in order, that hold the most text. Long runs: equal lines only."""
    if not first or not second:
        return []
    if len(first) * len(second) > _TABLE_CELLS:
        return _equal_in_order(first, second, lines)
    width = len(second) + 1
    totals = [0] * (width * (len(first) + 1))
    table: dict[tuple[int, int], Match] = {}
    for row in range(len(first) - 1, -1, -1):
        for column in range(len(second) - 1, -1, -1):
            here = row * width + column
            best = max(totals[here + width], totals[here + 1])
            found = match(first[row], second[column])
            if found is not None:
                table[row, column] = found
                length = min(len(lines.skeletons[found.first]), len(lines.skeletons[found.second]))
                best = max(best, totals[here + width + 1] + 1 + length * found.score)
            totals[here] = best
    chosen: list[Match] = []
    row = column = 0
    while row < len(first) and column < len(second):
        here = row * width + column
        if totals[here] == totals[here + width]:
            row += 1
        elif totals[here] == totals[here + 1]:
            column += 1
        else:
            chosen.append(table[row, column])
            row, column = row + 1, column + 1
    return chosen


def _equal_in_order(first: Sequence[int], second: Sequence[int], lines: Lines) -> list[Match]:
    """Equal lines of two long runs, each with the next one below."""
    places: dict[str, list[int]] = {}
    for line in reversed(second):
        places.setdefault(lines.skeletons[line], []).append(line)
    chosen: list[Match] = []
    reached = -1
    for line in first:
        waiting = places.get(lines.skeletons[line], [])
        while waiting and waiting[-1] <= reached:
            waiting.pop()
        if waiting and (found := lines.twins(line, waiting[-1])):
            chosen.append(found)
            reached = waiting.pop()
    return chosen


def _filled(twins: Sequence[Match], begin: tuple[int, int], last: tuple[int, int], lines: Lines) -> Alignment:
    """Twins with what stands between them: lines contained in the other place, and counterparts."""
    matches: list[Match] = []
    covers: list[Cover] = []
    reached = (begin[0] - 1, begin[1] - 1)
    for twin in [*twins, None]:
        stop = (last[0] + 1, last[1] + 1) if twin is None else (twin.first, twin.second)
        gap = [*range(reached[0] + 1, stop[0])], [*range(reached[1] + 1, stop[1])]
        found = _covers(gap, lines, CONTAINED_CHARS)
        if len(found) < len(gap[0]) + len(gap[1]):
            found = _block(gap, lines) or found
        covers += found
        covered = {(cover.side, cover.line) for cover in found}
        open_first = [line for line in gap[0] if (0, line) not in covered]
        open_second = [line for line in gap[1] if (1, line) not in covered]
        if len(open_first) * len(open_second) <= _TABLE_CELLS:
            matches += _best(open_first, open_second, lines.match, lines)
        if twin is not None:
            matches.append(twin)
            reached = stop
    above = (
        [*range(max(0, begin[0] - _EDGE_LINES), begin[0])],
        [*range(max(last[0] + 1, begin[1] - _EDGE_LINES), begin[1])],
    )
    below = (
        [*range(last[0] + 1, min(begin[1], last[0] + 1 + _EDGE_LINES))],
        [*range(last[1] + 1, min(len(lines.keys), last[1] + 1 + _EDGE_LINES))],
    )
    if matches and not set(below[0]) & set(above[1]):
        covers += _covers(above, lines, CONTAINED_AT_END_CHARS)
        covers += _covers(below, lines, CONTAINED_AT_END_CHARS)
    return Alignment(tuple(matches), tuple(sorted(covers, key=lambda cover: (cover.side, cover.line))))


def _covers(gap: tuple[list[int], list[int]], lines: Lines, least_chars: int) -> list[Cover]:
    """Lines of either side that stand, whole and in order, in the joined lines of the other side."""
    if not gap[0] or not gap[1]:
        return []
    return [*_contained(0, gap[0], gap[1], lines, least_chars), *_contained(1, gap[1], gap[0], lines, least_chars)]


def _contained(side: int, own: Sequence[int], other: Sequence[int], lines: Lines, least_chars: int) -> Iterator[Cover]:
    joined = "".join(lines.skeletons[line] for line in other)
    owners = [line for line in other for _ in range(len(lines.skeletons[line]))]
    there = [number for line in other for number in lines.numbers(line)]
    position = passed = 0
    for line in own:
        skeleton = lines.skeletons[line]
        if len(skeleton) < least_chars:
            continue
        found = joined.find(skeleton, position, position + len(skeleton) + MAX_GAP_CHARS)
        if found < 0:
            continue
        end = found + len(skeleton)
        mine = lines.numbers(line)
        after = _after_numbers(mine, there, passed)
        if after < 0:
            continue
        position, passed = end, after
        yield Cover(side, line, owners[found], owners[end - 1], 1000)


def _after_numbers(mine: tuple[str, ...], there: Sequence[str], passed: int) -> int:
    """Where the numbers `mine` end in `there` when they follow each other from `passed` on, or -1."""
    if not mine:
        return passed
    for begin in range(passed, min(len(there) - len(mine), passed + _NUMBERS_AHEAD) + 1):
        if there[begin] == mine[0] and tuple(there[begin : begin + len(mine)]) == mine:
            return begin + len(mine)
    return -1


def _block(gap: tuple[list[int], list[int]], lines: Lines) -> list[Cover]:
    """Covers for all lines of a gap whose two sides say the same with their lines broken differently."""
    own, other = gap
    if len(own) == len(other) or not 0 < min(len(own), len(other)) <= _BLOCK_LINES:
        return []
    joined = tuple("".join(lines.skeletons[line] for line in side) for side in gap)
    if min(map(len, joined)) < 10 * CONTAINED_CHARS:
        return []
    score = lines.similarity(joined[0], joined[1], BLOCK_SCORE)
    if score < BLOCK_SCORE:
        return []
    counted = [[number for line in side for number in lines.numbers(line)] for side in gap]
    if counted[0] != counted[1]:
        return []
    return [
        *(Cover(0, line, other[0], other[-1], score) for line in own if lines.skeletons[line]),
        *(Cover(1, line, own[0], own[-1], score) for line in other if lines.skeletons[line]),
    ]
