"""Which lines of one text may repeat other lines of it: shared k-grams as anchors, chained in order.

The seeds of seed-chain-extend. What is found here is only a proposal: whoever makes a claim compares the lines
themselves. Refuses to know what a rule is. Work is bounded by counts: k-grams and lines that occur often are no
anchors, and at most `MAX_PAIRS` pairs of lines are looked at. numpy is used for long texts, or where it is loaded
anyway; without it the pairs are the same.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, combinations, islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Length of an anchor in code points. With 10 % of the characters edited, 28 of 100 anchors survive.
ANCHOR_CHARS = 12

#: One k-gram in so many is an anchor, chosen by its hash value, so that both copies choose the same ones.
SAMPLED_ONE_IN = 4

#: Lines need an anchor for so many code points of the shorter one. With 10 % edits there is one for fourteen.
_CHARS_OF_AN_ANCHOR = 48

#: What occurs more often than this is common text and no anchor.
MAX_OCCURRENCES = 8

#: Most pairs of lines that are looked at, and most for one line, if it is not long enough for more.
MAX_PAIRS = 100_000
MAX_PAIRS_OF_A_LINE = 8

#: Lines, and code points, that two neighbours in a chain may be apart.
MAX_GAP_LINES = 24
MAX_GAP_CHARS = 4_000

#: What a chain loses, in code points, for each line that it passes over, and for each so many code points that it
#: passes over in one place only. One chance anchor must not lead it astray.
_SKIP_COST_CHARS = 2
_DRIFT_CHARS = 16

#: Pairs are looked up in squares of `MAX_GAP_LINES` lines; of one square only the last so many.
_CELL_PAIRS = 64
_NONE: list[int] = []

#: Up to so many code points plain Python is as quick as importing numpy; below the second, quicker than calling it.
_PLAIN_CHARS = 20_000
_TINY_CHARS = 400

#: Base of the polynomial (2**64 by the golden ratio) and a factor that mixes its bits upwards (MurmurHash3).
_BASE = 0x9E3779B97F4A7C15
_MIX = 0xFF51AFD7ED558CCD
_MASK = (1 << 64) - 1
_SAMPLED_BELOW = (1 << 64) // SAMPLED_ONE_IN

#: K-grams hashed at a time; they fit the cache.
_CHUNK_CHARS = 1 << 16


class LinePair(NamedTuple):
    """Two lines that share text, `first < second`. `weight` estimates the code points they share."""

    first: int
    second: int
    weight: int


class _Votes(NamedTuple):
    """How many anchors two lines share, if they are enough for the shorter one."""

    first: int
    second: int
    anchors: int


def line_pairs(lines: Sequence[str], *, vectorised: bool | None = None) -> list[LinePair]:
    """Pairs of lines that are equal or share rare k-grams, sorted. K-grams reach over line ends.

    `lines` are skeletons; empty ones are in no pair. `vectorised` says whether to use numpy; by default long
    texts do. The answer is the same. O(n log n) in code points.

    >>> line_pairs(["the ferry came back at noon", "nothing else", "the ferry came back at noon"])
    [LinePair(first=0, second=2, weight=27)]
    """
    chars = sum(map(len, lines))
    if vectorised is None:
        vectorised = chars > _PLAIN_CHARS or (chars > _TINY_CHARS and "numpy" in sys.modules)
    votes = _votes_vectorised(lines) if vectorised else _votes_plain(lines)
    weights: dict[tuple[int, int], int] = {}
    for first, second, anchors in votes:
        # Each anchor stands for so many k-grams; those of one line overlap but for two thirds of the last.
        shared = anchors * SAMPLED_ONE_IN + ANCHOR_CHARS * 2 // 3
        weights[first, second] = min(shared, len(lines[first]), len(lines[second]))
    for first, second in _equal_pairs(lines):
        weights[first, second] = len(lines[first])
    found = [LinePair(first, second, weight) for (first, second), weight in weights.items()]
    if len(found) > MAX_PAIRS:
        found.sort(key=lambda pair: (-pair.weight, pair))
        del found[MAX_PAIRS:]
    found.sort()
    return _thinned(found, lines)


def _thinned(pairs: list[LinePair], lines: Sequence[str]) -> list[LinePair]:
    """The heaviest pairs of each first line: as many as its text has room for, or `MAX_PAIRS_OF_A_LINE`."""
    kept: list[LinePair] = []
    begin = 0
    while begin < len(pairs):
        end = begin + 1
        while end < len(pairs) and pairs[end].first == pairs[begin].first:
            end += 1
        room = max(MAX_PAIRS_OF_A_LINE, len(lines[pairs[begin].first]) // ANCHOR_CHARS)
        if end - begin > room:
            heaviest = sorted(pairs[begin:end], key=lambda pair: (-pair.weight, pair.second))
            kept.extend(sorted(heaviest[:room]))
        else:
            kept.extend(pairs[begin:end])
        begin = end
    return kept


def _equal_pairs(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """All pairs of equal lines among those that occur two to `MAX_OCCURRENCES` times, longest lines first."""
    places: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        if line:
            places.setdefault(line, []).append(index)
    groups = [group for group in places.values() if 2 <= len(group) <= MAX_OCCURRENCES]
    if sum(map(len, groups)) * (MAX_OCCURRENCES - 1) > MAX_PAIRS * 2:
        groups.sort(key=lambda group: (-len(lines[group[0]]), group[0]))
    return islice(chain.from_iterable(combinations(group, 2) for group in groups), MAX_PAIRS)


def _line_starts(lines: Sequence[str]) -> list[int]:
    return [0, *accumulate(map(len, lines))][: len(lines)]


def _votes_plain(lines: Sequence[str]) -> list[_Votes]:
    """Votes by a rolling hash in plain integers. O(n), about half a microsecond a code point."""
    text = "".join(lines)
    if len(text) <= ANCHOR_CHARS:
        return []
    places: dict[int, list[int]] = {}
    leaving = pow(_BASE, ANCHOR_CHARS, 1 << 64)
    rolled = 0
    codes = list(map(ord, text))
    for code in codes[: ANCHOR_CHARS - 1]:
        rolled = (rolled * _BASE + code) & _MASK
    gone = 0
    for position, code in enumerate(codes[ANCHOR_CHARS - 1 :]):
        rolled = (rolled * _BASE + code - gone * leaving) & _MASK
        gone = codes[position]
        mixed = rolled * _MIX & _MASK
        if mixed < _SAMPLED_BELOW:
            places.setdefault(mixed, []).append(position)
    starts = _line_starts(lines)
    counts: dict[tuple[int, int], int] = {}
    for group in places.values():
        if 2 <= len(group) <= MAX_OCCURRENCES:
            owners = [bisect_right(starts, position) - 1 for position in group]
            for pair in combinations(owners, 2):
                if pair[0] != pair[1]:
                    counts[pair] = counts.get(pair, 0) + 1
    votes = [
        _Votes(first, second, count)
        for (first, second), count in counts.items()
        if count * _CHARS_OF_AN_ANCHOR >= min(len(lines[first]), len(lines[second]))
    ]
    if len(votes) > MAX_PAIRS:
        votes.sort(key=lambda vote: (-vote.anchors, vote))
    return votes[:MAX_PAIRS]


def _votes_vectorised(lines: Sequence[str]) -> list[_Votes]:
    """The same votes by numpy. O(n log n)."""
    import numpy as np

    text = "".join(lines)
    if len(text) <= ANCHOR_CHARS:
        return []
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    values, positions = _sampled(codes)
    # Positions ascend, so those of one line stand together.
    ends = np.searchsorted(positions, np.array([*_line_starts(lines)[1:], len(text)]))
    owners = np.repeat(np.arange(len(lines)), np.diff(ends, prepend=0))
    order = _several(values)
    values = values[order]
    fresh = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    sizes = np.diff(np.concatenate((fresh, [len(values)])))
    rare = np.repeat((sizes >= 2) & (sizes <= MAX_OCCURRENCES), sizes)
    group = np.repeat(np.arange(len(sizes)), sizes)[rare]
    owner = owners[order[rare]]
    firsts, seconds = [], []
    for lag in range(1, MAX_OCCURRENCES):
        together = (group[lag:] == group[:-lag]) & (owner[lag:] != owner[:-lag])
        firsts.append(owner[:-lag][together])
        seconds.append(owner[lag:][together])
    pairs, counts = np.unique(
        np.concatenate(firsts) * np.int64(len(lines)) + np.concatenate(seconds), return_counts=True
    )
    first, second = np.divmod(pairs, len(lines))
    lengths = np.array(list(map(len, lines)))
    enough = counts * _CHARS_OF_AN_ANCHOR >= np.minimum(lengths[first], lengths[second])
    first, second, counts = first[enough], second[enough], counts[enough]
    if len(first) > MAX_PAIRS:
        most = np.lexsort((second, first, -counts))[:MAX_PAIRS]
        first, second, counts = first[most], second[most], counts[most]
    return list(map(_Votes, first.tolist(), second.tolist(), counts.tolist()))


def _several(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The places of values below 2 ** 62 that occur more than once (and of a few others), by value, equal ones as they stand.

    Numbers alone are sorted much faster than places by numbers. So the place is written into the low bits of each value.
    Most values differ from all others in the bits that are left, and are looked at no further.
    """
    import numpy as np

    if not len(values):
        return np.empty(0, dtype=np.int64)
    bits = np.uint64(len(values).bit_length())
    low = (np.uint64(1) << bits) - np.uint64(1)
    packed = (values << np.uint64(2)) & ~low | np.arange(len(values), dtype=np.uint64)
    packed.sort()
    high = packed >> bits
    alike = np.zeros(len(packed) + 1, dtype=np.bool_)
    np.equal(high[1:], high[:-1], out=alike[1:-1])
    order = (packed[alike[1:] | alike[:-1]] & low).astype(np.int64)
    found = values[order]
    if np.any(found[1:] < found[:-1]):  # values that differ in the low bits alone
        order = order[np.argsort(found, kind="stable")]
    return order


def _sampled(codes: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Mixed hashes of the sampled k-grams, and where these start. Doubles the length: 1, 2, 4, 8, 12."""
    import numpy as np

    base_1, base_2, base_4 = (np.uint64(pow(_BASE, power, 1 << 64)) for power in (1, 2, 4))
    values, positions = [], []
    for begin in range(0, len(codes) - ANCHOR_CHARS + 1, _CHUNK_CHARS):
        one = codes[begin : begin + _CHUNK_CHARS + ANCHOR_CHARS - 1]
        two = one[:-1] * base_1 + one[1:]
        four = two[:-2] * base_2 + two[2:]
        eight = four[:-4] * base_4 + four[4:]
        twelve = eight[:-4] * base_4 + four[8:]
        twelve *= np.uint64(_MIX)
        chosen = np.flatnonzero(twelve < np.uint64(_SAMPLED_BELOW))
        values.append(twelve[chosen])
        positions.append(chosen + begin)
    return np.concatenate(values), np.concatenate(positions)


def chains(pairs: Sequence[LinePair], lengths: Sequence[int]) -> list[list[LinePair]]:
    """Runs of pairs in one order in both places, the heaviest first; each pair is in one chain at most.

    Neighbours in a chain are at most `MAX_GAP_LINES` and `MAX_GAP_CHARS` apart. One line may stand against several, if
    it is long enough for all: copies may break their lines differently. The two places of a chain do not overlap.
    `pairs` must be sorted, `lengths` are those of the lines. At most `4 * _CELL_PAIRS` steps a pair.
    """
    offsets = [0, *accumulate(lengths)]
    cells: dict[tuple[int, int], list[int]] = {}
    scores: list[int] = []
    before: list[int] = []
    begins: list[int] = []
    for number, (first, second, weight) in enumerate(pairs):
        best, best_before, begin = weight, -1, second
        row, column = first // MAX_GAP_LINES, second // MAX_GAP_LINES
        for cell in ((row, column), (row, column - 1), (row - 1, column), (row - 1, column - 1)):
            for candidate in cells.get(cell, _NONE)[-_CELL_PAIRS:]:
                line, reached, _ = pairs[candidate]
                if not second - MAX_GAP_LINES <= reached <= second or line < first - MAX_GAP_LINES:
                    continue
                passed = offsets[first] - offsets[line + 1] if first > line else 0
                passed_there = offsets[second] - offsets[reached + 1] if second > reached else 0
                if first >= begins[candidate] or passed > MAX_GAP_CHARS or passed_there > MAX_GAP_CHARS:
                    continue
                shared = first if first == line else second if second == reached else -1
                if shared >= 0 and (
                    weight + pairs[candidate].weight > lengths[shared] + ANCHOR_CHARS
                    or max(weight, pairs[candidate].weight) >= lengths[shared]
                ):
                    continue  # the line has no room for both, or is spoken for as a whole
                skipped = max(0, first - line - 1) + max(0, second - reached - 1)
                cost = _SKIP_COST_CHARS * skipped + abs(passed - passed_there) // _DRIFT_CHARS
                score = scores[candidate] + weight - cost
                if score > best or (score == best and best_before >= 0 and candidate > best_before):
                    best, best_before, begin = score, candidate, begins[candidate]
        scores.append(best)
        before.append(best_before)
        begins.append(begin)
        cells.setdefault((row, column), []).append(number)
    used = bytearray(len(pairs))
    found: list[list[LinePair]] = []
    for number in sorted(range(len(pairs)), key=lambda number: (-scores[number], number)):
        run: list[LinePair] = []
        while number >= 0 and not used[number]:
            used[number] = 1
            run.append(pairs[number])
            number = before[number]
        if len(run) > 1:
            found.append(run[::-1])
    return found
