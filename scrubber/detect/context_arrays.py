"""The columns of `line_context.py` as one array: the same numbers, made with numpy for all lines at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from scrubber.detect.line_arrays import distances, running_sums, scales_of, signed
from scrubber.detect.line_context import (
    EVEN,
    IN_RUN,
    MOST_CHARS,
    MOST_FIRST,
    NEIGHBOURS,
    NONE,
    SURE,
    UNDECIDED,
    WINDOWS,
    best_run,
    of_shapes,
)
from scrubber.detect.line_reading import PARTS


def context_arrays(odds: Any, lengths: Sequence[int], shapes: Sequence[str], chances_of: Callable[[Any], Any]) -> Any:
    """What `line_context` says, as an array of 64-bit integers, lines down. There is at least one line.

    `odds` is an array, and `chances_of` turns arrays of log-odds into arrays of 65,536ths. O(lines * log lines).
    """
    import numpy as np

    count = len(odds)
    places = np.arange(count)
    bounded = np.clip(odds, -MOST_FIRST, MOST_FIRST)
    chances = chances_of(bounded) >> 8
    chars = np.array(lengths, dtype=np.int64)
    expected = chances * chars
    found = expected.sum()
    total = max(1, int(found))
    padded = np.zeros(count + 2 * NEIGHBOURS, dtype=np.int64)
    padded[NEIGHBOURS : NEIGHBOURS + count] = bounded
    neighbours = np.lib.stride_tricks.sliding_window_view(padded, count)
    before = running_sums(expected)
    ranks = np.empty(count, dtype=np.int64)
    ranks[np.argsort(-bounded, kind="stable")] = places
    text = chances > EVEN
    page = (
        int(found) // max(1, int(chars.sum())),
        int(scales_of(np.array([int(found) >> 8]))[0]),
        int(chances.sum()) // count,
        int(chances.max()),
        PARTS * int(text.sum()) // count,
        PARTS * int(((chances > UNDECIDED[0]) & (chances < UNDECIDED[1])).sum()) // count,
        4 * PARTS * int((text[1:] != text[:-1]).sum()) // max(1, count - 1),
    )
    columns = [
        np.array([bounded, chances]),
        neighbours[:NEIGHBOURS],
        neighbours[NEIGHBOURS + 1 :],
        _windows(np.array([chances, expected, chars]), places),
        np.array(
            [PARTS * before[:-1] // total, PARTS * (before[-1] - before[1:]) // total, 4 * PARTS * expected // total]
        ),
        np.broadcast_to(np.array(page, dtype=np.int64)[:, np.newaxis], (len(page), count)),
        np.array([scales_of(ranks), PARTS * ranks // count]),
        *(
            _best_run(gains, expected, total, places)
            for gains in (bounded * scales_of(np.minimum(chars, MOST_CHARS)), (chances - EVEN) * chars)
        ),
        distances(np.array([chances > SURE, chances < NONE])),
        np.array(of_shapes(chances.tolist(), shapes)),
        _own_runs(chances, expected),
    ]
    return np.concatenate(columns).T


def _windows(three: Any, places: Any) -> Any:
    """By reach: mean chances above and below, those by text, and the text that is expected there."""
    import numpy as np

    count = len(places)
    sums = running_sums(three)
    found = []
    for reach in WINDOWS:
        above = sums[:, :-1] - sums[:, np.maximum(places - reach, 0)]
        below = sums[:, np.minimum(places + 1 + reach, count)] - sums[:, 1:]
        chance, text, length = np.stack([above, below], axis=1)
        lines = np.array([np.minimum(places, reach), np.minimum(count - 1 - places, reach)])
        found += [chance // np.maximum(1, lines), text // np.maximum(1, length), scales_of(text >> 8)]
    return np.concatenate(found)


def _best_run(gains: Any, expected: Any, total: int, places: Any) -> Any:
    import numpy as np

    first, stop = best_run(gains.tolist())
    share = PARTS * int(expected[first:stop].sum()) // total
    return np.array([signed(places - first), signed(stop - 1 - places), np.full(len(places), share)])


def _own_runs(chances: Any, expected: Any) -> Any:
    import numpy as np

    inside = chances > IN_RUN
    starts = np.flatnonzero(np.concatenate([[True], inside[1:] != inside[:-1]]))
    counts = np.diff(np.append(starts, len(inside)))
    sizes = np.add.reduceat(expected, starts)
    total, greatest = max(1, int(sizes.sum())), max(1, int(sizes.max()))
    return np.repeat(np.array([PARTS * sizes // total, scales_of(counts), PARTS * sizes // greatest]), counts, axis=1)
