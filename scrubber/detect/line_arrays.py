"""The rows of `line_features.py` as one array: the same numbers, made with numpy for all lines at once.

What is read off a line by itself comes from there; what stands around it is made here, column by column, of whole numbers
in 64 bits. Refuses nothing that the plain way takes; `tests/detect/test_line_arrays.py` holds one against the other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from scrubber.detect.line_features import (
    COUNTED,
    FAR_LINES,
    FEATURES,
    KIND_WINDOWS,
    LABEL_WEIGHT,
    LONG_WEIGHT,
    MOST_IN_WINDOW,
    NEAREST,
    RUN_COSTS,
    SENTENCE_WEIGHT,
    TEXT_WINDOWS,
    blocks_of,
    densest,
)
from scrubber.detect.line_reading import OF_LINE, PACKED, PARTS, SCALES, read_line
from scrubber.detect.scan import Scan

_CUES = slice(len(OF_LINE), PACKED.index("text"))
_WORTH, _WEIGHT, _WIDE, _LENGTH = (PACKED.index(name) for name in ("text", "half-widths", "wide", "length"))
_CLOSED, _FUNCTION, _DATED, _CAPITALISED, _ENDS = (
    OF_LINE.index(name) for name in ("closed", "function words", "date or source", "capitalised words", "sentence end")
)


class LineRows(NamedTuple):
    """Indexes of the lines that are not blank; their rows as an array, lines down; what lines written alike share."""

    indexes: list[int]
    rows: Any
    shapes: list[str]


def line_arrays(scan: Scan, cut: Sequence[bool]) -> LineRows:
    """What `line_features` and `line_shapes` say, as an array of 64-bit integers. O(code points + lines)."""
    import numpy as np

    document = scan.document
    indexes = [index for index, blank in enumerate(document.blank) if not blank]
    if not indexes:
        return LineRows([], np.zeros((0, len(FEATURES)), dtype=np.int64), [])
    keys = [document.keys[index] for index in indexes]
    lines = [read_line(document.line_texts[index], key) for index, key in zip(indexes, keys, strict=True)]
    read = np.frombuffer(b"".join([line.packed for line in lines]), dtype=np.int64).reshape(len(lines), -1).T
    shapes = [line.shape for line in lines]
    page = _Page(scan, indexes, keys, shapes, [line.words for line in lines], read, cut)
    # One column below the other, in the order of FEATURES: each part fills those that follow the ones before it.
    columns = np.concatenate(
        [
            read[: len(OF_LINE)],
            page.places(),
            *(page.run(first, stop) for first, stop in page.runs),
            page.surroundings(*page.runs[1]),
            page.rules(),
            read[_CUES],
            page.text_windows(),
            page.kind_windows(),
            page.nearest(),
            page.whole(),
        ]
    )
    return LineRows(indexes, columns.T, shapes)


@cache
def _scales() -> Any:
    import numpy as np

    return np.array(SCALES, dtype=np.int64)


def scales_of(numbers: Any) -> Any:
    """`scale_of` of each number of an array; none is below 0."""
    table = _scales()
    if not numbers.size or numbers.max() < len(table):
        return table[numbers]
    shift = numbers * 0
    while (large := numbers >= len(table)).any():
        numbers = numbers >> 4 * large
        shift += 64 * large
    return table[numbers] + shift


def signed(distances: Any) -> Any:
    """The scale of each distance, with its sign."""
    scaled = scales_of(abs(distances))
    scaled[distances < 0] *= -1
    return scaled


def running_sums(numbers: Any) -> Any:
    """Sums of all numbers before each place, and of all: one more than there are numbers. The last axis is summed over."""
    import numpy as np

    sums = np.zeros((*numbers.shape[:-1], numbers.shape[-1] + 1), dtype=np.int64)
    np.cumsum(numbers, axis=-1, out=sums[..., 1:])
    return sums


def distances(flags: Any) -> Any:
    """Scaled distances to the nearest flag above and below each place, in turn, for each row of flags."""
    import numpy as np

    kinds, count = flags.shape
    places = np.arange(count)
    above = np.full((kinds, count + 1), -count - FAR_LINES - 1)
    above[:, 1:][flags] = np.broadcast_to(places, flags.shape)[flags]
    below = np.full((kinds, count + 1), 2 * count + FAR_LINES + 1)
    below[:, :-1][flags] = np.broadcast_to(places, flags.shape)[flags]
    np.maximum.accumulate(above, axis=1, out=above)
    below = np.minimum.accumulate(below[:, ::-1], axis=1)[:, ::-1]
    found = np.empty((kinds, 2, count), dtype=np.int64)
    np.subtract(places - 1, above[:, :-1], out=found[:, 0])
    np.subtract(below[:, 1:], places + 1, out=found[:, 1])
    return _scales()[np.minimum(found, FAR_LINES)].reshape(2 * kinds, count)


class _Page:
    """The lines of one page that are not blank; `read` holds the rows `PACKED`, places across."""

    def __init__(
        self, scan: Scan, indexes: list[int], keys: list[str], shapes: list[str], words: list[frozenset[str]],
        read: Any, cut: Sequence[bool],
    ) -> None:  # fmt: skip
        import numpy as np

        self._scan, self._indexes, self._keys, self._shapes, self._words = scan, indexes, keys, shapes, words
        self._read, self._worth = read, read[_WORTH]
        self._places = np.arange(len(indexes))
        self._total = max(1, int(self._worth.sum()))
        known = scan.hit_by_any
        self._cut = np.array([cut[index] for index in indexes], dtype=np.int64)
        self._known = np.array([known[index] for index in indexes], dtype=np.int64)
        self._worths = self._worth.tolist()
        self.runs = [densest(self._worths, cost, cap) for cost, cap in RUN_COSTS]

    def places(self) -> Any:
        import numpy as np

        count, places = len(self._keys), self._places
        copies, alike = Counter(self._keys), Counter(self._shapes)
        alike[""] = 1
        first: dict[str, int] = {}
        again = [first.setdefault(key, place) != place for place, key in enumerate(self._keys)]
        from_start = scales_of(places)
        sizes = np.zeros(count + 2, dtype=np.int64)
        sizes[1:-1] = self._read[0]
        return np.array(
            [
                PARTS * places // max(1, count - 1),
                from_start,
                from_start[::-1],
                scales_of(np.array([copies[key] for key in self._keys]) - 1),
                again,
                scales_of(np.array([alike[shape] for shape in self._shapes]) - 1),
                abs(sizes[1:-1] - sizes[:-2]),
                abs(sizes[1:-1] - sizes[2:]),
                4 * PARTS * self._worth // self._total,
                PARTS * running_sums(self._worth)[:-1] // self._total,
            ],
            dtype=np.int64,
        )

    def run(self, first: int, stop: int) -> Any:
        import numpy as np

        found = np.zeros((4, len(self._keys)), dtype=np.int64)
        found[0, first:stop] = 1
        found[1] = signed(self._places - first)
        found[2] = signed(stop - 1 - self._places)
        found[3] = PARTS * sum(self._worths[first:stop]) // self._total
        return found

    def surroundings(self, first: int, stop: int) -> Any:
        import numpy as np

        blocks, sizes = blocks_of(self._worths)
        own = np.array([*sizes, 0], dtype=np.int64)[blocks]
        within = PARTS * (self._places - first) // max(1, stop - first)
        topic, topics, rare = self._topics(first, stop)
        return np.array(
            [
                np.clip(within, -PARTS, 2 * PARTS),
                PARTS * own // self._total,
                PARTS * own // (max(sizes, default=0) or 1),
                scales_of(own),
                topic,
                topics,
                rare,
            ]
        )

    def _topics(self, first: int, stop: int) -> tuple[Any, Any, Any]:
        """How many of each line's words are words of the run, as share and as number, and how rare they are."""
        import numpy as np

        words = self._words
        counts = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
        everywhere = Counter(chain.from_iterable(words))
        number_of = dict(zip(everywhere, range(len(everywhere)), strict=True))
        ends = running_sums(counts)
        numbers = np.fromiter(
            map(number_of.__getitem__, chain.from_iterable(words)), dtype=np.int64, count=int(ends[-1])
        )
        inside = np.bincount(numbers[ends[first] : ends[stop]], minlength=len(everywhere))
        shared = inside[numbers]
        # A line of the run has its own words there.
        shared[ends[first] : ends[stop]] -= 1
        shared = running_sums(shared > 0)[ends]
        rarity = PARTS // np.fromiter(everywhere.values(), dtype=np.int64, count=len(everywhere))
        rare = running_sums(rarity[numbers])[ends]
        least = np.maximum(1, counts)
        shared = shared[1:] - shared[:-1]
        return PARTS * shared // least, scales_of(shared), (rare[1:] - rare[:-1]) // least

    def rules(self) -> Any:
        import numpy as np

        scan, indexes, places = self._scan, self._indexes, self._places
        blank, count = scan.document.blank, len(indexes)
        first, last = (self._place_of(index) for index in scan.body)
        found = np.zeros((11, count), dtype=np.int64)
        found[0], found[1] = self._cut, self._known
        found[2, first : last + 1] = 1
        found[3], found[4] = signed(places - first), signed(last - places)
        title = scan.frame.title
        if title > 0 and (place := self._place_of(title)) < count:
            found[5, place] = 1
        found[6] = [index > 0 and blank[index - 1] for index in indexes]
        sums = running_sums(found[:2])
        found[7:11:2] = scales_of(sums[:, :-1])
        found[8:11:2] = scales_of(sums[:, -1:] - sums[:, 1:])
        return found

    def _place_of(self, index: int) -> int:
        """The place of a line among those that are not blank; one past the last where it is none of them."""
        place = bisect_left(self._indexes, index)
        return place if place < len(self._indexes) and self._indexes[place] == index else len(self._indexes)

    def _windows(self, numbers: Any, reaches: Sequence[int]) -> Any:
        """Sums over lines above and below, side by side, by reach, for each row of numbers."""
        import numpy as np

        kinds, count = numbers.shape
        sums = running_sums(numbers)
        found = np.empty((kinds, len(reaches), 2, count), dtype=np.int64)
        for number, reach in enumerate(reaches):
            found[:, number, 0] = sums[:, :-1] - sums[:, np.maximum(self._places - reach, 0)]
            found[:, number, 1] = sums[:, np.minimum(self._places + 1 + reach, count)] - sums[:, 1:]
        return found.reshape(-1, count)

    def text_windows(self) -> Any:
        import numpy as np

        return scales_of(self._windows(np.minimum(self._worth, MOST_IN_WINDOW)[np.newaxis], TEXT_WINDOWS))

    def _kinds(self) -> dict[str, Any]:
        import numpy as np

        read = self._read
        return {
            "closed": read[_CLOSED],
            "worded": np.minimum(PARTS, read[_FUNCTION]),
            "short": read[_WEIGHT] < LABEL_WEIGHT,
            "date or source": read[_DATED],
            "capitalised": read[_CAPITALISED],
            "cut by a rule": self._cut,
            "known to a rule": self._known,
            "cue": read[_CUES].any(axis=0),
            "long": self._worth >= LONG_WEIGHT,
            "sentence": (read[_ENDS] > 0) & (read[_WEIGHT] >= SENTENCE_WEIGHT),
        }

    def kind_windows(self) -> Any:
        import numpy as np

        kinds = self._kinds()
        return self._windows(np.array([kinds[kind] for kind in COUNTED], dtype=np.int64), KIND_WINDOWS)

    def nearest(self) -> Any:
        import numpy as np

        kinds = self._kinds()
        lines = np.array([kinds[kind] for kind in NEAREST if kind in kinds], dtype=np.int64)
        return distances(np.concatenate([lines, self._read[_CUES]]) > 0)

    def whole(self) -> Any:
        import numpy as np

        count, kinds, worth = len(self._keys), self._kinds(), self._worth
        sums = {kind: int(kinds[kind].sum()) for kind in kinds}
        cells = (
            int(scales_of(np.array([count]))[0]),
            int(scales_of(np.array([self._total]))[0]),
            PARTS * int(worth[kinds["long"]].sum()) // self._total,
            PARTS * int(self._read[_WIDE].sum()) // max(1, int(self._read[_LENGTH].sum())),
            PARTS * sums["short"] // count,
            PARTS * int(worth.max()) // self._total,
            *(
                PARTS * sums[kind] // count
                for kind in ("closed", "date or source", "cue", "cut by a rule", "known to a rule")
            ),
        )
        return np.broadcast_to(np.array(cells, dtype=np.int64)[:, np.newaxis], (len(cells), count))
