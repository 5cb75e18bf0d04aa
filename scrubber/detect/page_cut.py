"""Where to part the lines, or blocks, of one page into text and boilerplate, from the chances that each is text.

The cut is the one that is expected to do best, in F1 of characters and without losing much of the text. The chances of a
page's lines are wrong together: a page whose text the model does not know has chances that are all too low, or all too
high. So five pages are imagined, on which all log-odds are lower or higher by the same; a cut is worth what it brings
on all five, and a page on which it would lose a tenth of the text counts against it. That keeps doubtful pages whole and
cuts clear ones sharply.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

#: What each of the five pages counts: a binomial distribution.
_COUNTS = (1, 4, 6, 4, 1)
#: Worths are in so many parts of an F1 of 1.
_ONE = 1 << 16


class Worth(NamedTuple):
    """What makes a cut worth much, beside F1. Costs and gains are in 65,536ths of an F1 of 1."""

    #: What the five pages add to all log-odds, in 256ths.
    shifts: tuple[int, int, int, int, int]
    #: What losing much of a page's text costs at most.
    loss_cost: int
    #: What keeping all of a page brings on each of the five.
    whole_gain: int


#: Lines are judged anew in each pass. Keeping all is worth a hundredth more, for the next pass sees what this one leaves:
#: without that, passes would take the doubtful lines of a page one after another.
LINES = Worth((-896, -448, 0, 448, 896), _ONE // 10, _ONE // 100)
#: Blocks are judged once, by a model that is surer of a whole page.
BLOCKS = Worth((-768, -384, 0, 384, 768), 0, 0)
#: Keeping so many hundredths of the text costs nothing; so many hundredths less cost all of it.
_ENOUGH, _RANGE = 95, 10
#: Log-odds of a cut lie between these (chances of .02 and .6).
LOWEST_CUT, HIGHEST_CUT = -996, 104
#: With more code points sums might not fit 64 bits.
_MOST_IN_ARRAYS = 1 << 27


def page_cut(
    log_odds: Sequence[int], lengths: Sequence[int], chance_of: Callable[[int], int], worths: Worth = LINES
) -> int:
    """The log-odds, in 256ths, below which lines of this page go.

    `chance_of` turns log-odds into 65,536ths; `lengths` are code points, or tokens. Lines are kept from the likeliest one down; the cut
    lies half way between the last one kept and the next. O(lines * log lines).
    """
    order = sorted(range(len(log_odds)), key=lambda place: -log_odds[place])
    worth = [0] * len(order)
    for shift, count in zip(worths.shifts, _COUNTS, strict=True):
        expected = [chance_of(log_odds[place] + shift) * lengths[place] for place in order]
        whole = sum(expected)
        if not whole:
            continue
        kept = right = 0
        for rank, place in enumerate(order):
            kept += lengths[place]
            right += expected[rank]
            short = max(0, min(_RANGE * whole, _ENOUGH * whole - 100 * right))
            worth[rank] += count * (
                2 * right * _ONE // (kept * _ONE + whole) - short * worths.loss_cost // (_RANGE * whole)
            )
    if not order:
        return 0
    worth[-1] += sum(_COUNTS) * worths.whole_gain
    last = max(range(len(order)), key=worth.__getitem__)
    return _between(log_odds[order[last]], log_odds[order[last + 1]] if last + 1 < len(order) else None)


def _between(last: int, below: int | None) -> int:
    """The cut below the last line that is kept; `below` is the next one, if any."""
    return max(LOWEST_CUT, min(HIGHEST_CUT, (last + (last - 256 if below is None else below)) // 2))


def array_cut(
    log_odds: Sequence[int],
    lengths: Sequence[int],
    chance_of: Callable[[int], int],
    chances_of: Callable[[Any], Any],
    worths: Worth = LINES,
) -> int:
    """The same with numpy, for one line at least. `chances_of` does for an array what `chance_of` does for a number."""
    if sum(lengths) > _MOST_IN_ARRAYS:
        return page_cut(log_odds, lengths, chance_of, worths)
    import numpy as np

    odds, chars = np.array(log_odds, dtype=np.int64), np.array(lengths, dtype=np.int64)
    order = np.argsort(-odds, kind="stable")
    odds, chars = odds[order], chars[order]
    kept = np.cumsum(chars)
    worth = np.zeros(len(odds), dtype=np.int64)
    for shift, count in zip(worths.shifts, _COUNTS, strict=True):
        right = np.cumsum(chances_of(odds + shift) * chars)
        whole = int(right[-1])
        if whole:
            short = np.clip(_ENOUGH * whole - 100 * right, 0, _RANGE * whole)
            worth += count * (2 * right * _ONE // (kept * _ONE + whole) - short * worths.loss_cost // (_RANGE * whole))
    worth[-1] += sum(_COUNTS) * worths.whole_gain
    last = int(worth.argmax())
    return _between(int(odds[last]), int(odds[last + 1]) if last + 1 < len(odds) else None)
