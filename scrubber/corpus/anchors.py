"""Anchors: a sample of the runs of code points in a text, chosen by their hash, so that like texts choose the same ones.

A run is longer than a shingle and therefore rare: texts that share several are most likely alike. How many a text gives
does not depend on its length. Only candidates rest on anchors; whoever makes a claim compares the texts themselves.

Four kinds of runs never meet: those of spaced and of dense scripts (Han, kana, hangul), and in both the long runs of
long texts and the short runs of short ones. Texts near a border give both kinds, so no pair falls between two of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from scrubber.text.shingle import DENSE_LETTERS, DENSE_SCRIPT_K, LETTERS, SPACED_SCRIPT_K

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scrubber.corpus.collection import Collection

#: Lengths of the runs of each kind: spaced long and short, dense long and short.
LENGTHS = (8, SPACED_SCRIPT_K, 4, DENSE_SCRIPT_K)
KINDS = len(LENGTHS)
#: A text of at least so many code points gives long runs, a shorter one than twice as many short ones.
LONG_TEXT_CHARS = 32

#: Bytes of text at a time: about as many numbers as fit the cache.
_PORTION_BYTES = 1 << 16
_BASE = 0x9E3779B97F4A7C15
_MIX = 0xFF51AFD7ED558CCD
_LINE_FEED = 10
_LETTER, _DENSE = 1, 2


def anchors(collection: Collection, of_each: int) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.uint64]]]:
    """Anchors of all texts that are the first of their kind: some *views* of texts, and as many hashes, per portion.

    A view is `rank * KINDS + kind`. A text of n runs gives each with the chance `of_each / n`, all where there are no more;
    a run that a text has twice comes twice. On the way `collection.shingle_lengths` is filled in. O(n).
    """
    import numpy as np

    lengths_of = collection.shingle_lengths
    leads = collection.leaders == np.arange(len(collection), dtype=np.uint32)
    for ranks, words in collection.portions(_PORTION_BYTES):
        points = np.frombuffer(words.encode("utf-32-le"), dtype="<u4")
        ends = np.flatnonzero(points == _LINE_FEED)
        lengths = np.diff(ends, prepend=-1) - 1
        starts = ends - lengths
        letters, dense_letters = _letters(points, starts)
        # Between a third and two thirds of the letters: both.
        dense, spaced = 3 * dense_letters > letters, 3 * dense_letters < 2 * letters + (letters == 0)
        own = np.where(2 * dense_letters > letters, DENSE_SCRIPT_K, SPACED_SCRIPT_K)
        lengths_of[ranks] = own if collection.shingle is None else collection.shingle
        wanted = leads[ranks]
        for kind, hashes in _hashes(points):
            script = dense if LENGTHS[kind] in (LENGTHS[2], LENGTHS[3]) else spaced
            size = lengths >= LONG_TEXT_CHARS if kind % 2 == 0 else lengths < 2 * LONG_TEXT_CHARS
            chosen = wanted & script & size & (lengths >= LENGTHS[kind])
            if chosen.any():
                views, found = _sampled(hashes, starts[chosen], lengths[chosen] - LENGTHS[kind] + 1, of_each)
                yield ranks[chosen][views] * np.uint32(KINDS) + np.uint32(kind), found


def _letters(points: NDArray[np.uint32], starts: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many letters each text has, and how many of these are of dense scripts."""
    import numpy as np

    classes = _classes()[np.minimum(points, len(_classes()) - 1)]
    return (
        np.add.reduceat(classes & _LETTER, starts, dtype=np.int64),
        np.add.reduceat(classes >> 1, starts, dtype=np.int64),
    )


@cache
def _classes() -> NDArray[np.uint8]:
    """For each code point whether it is a letter and whether its script is dense; all past the end are as the last."""
    import numpy as np

    every = "".join(map(chr, range(0x40000)))
    found = np.zeros(len(every) + 1, dtype=np.uint8)
    for mark, pattern in ((_LETTER, LETTERS), (_DENSE, DENSE_LETTERS)):
        for match in pattern.finditer(every):
            found[match.start() : match.end()] |= mark
    return found


def _hashes(points: NDArray[np.uint32]) -> Iterator[tuple[int, NDArray[np.uint64]]]:
    """For each kind the hashes of the runs that begin at each point, as far as there are any; also across line ends."""
    import numpy as np

    ones = points.astype(np.uint64)
    base = np.uint64(_BASE)
    twos = ones[:-1] * base + ones[1:]
    threes = twos[:-1] * base + ones[2:]
    yield 3, _mixed(threes)
    fours = twos[:-2] * np.uint64(pow(_BASE, 2, 1 << 64)) + twos[2:]
    yield 2, _mixed(fours)
    yield 1, _mixed(fours[:-1] * base + ones[4:])
    yield 0, _mixed(fours[:-4] * np.uint64(pow(_BASE, 4, 1 << 64)) + fours[4:])


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    import numpy as np

    values = values ^ (values >> np.uint64(32))
    values *= np.uint64(_MIX)
    values ^= values >> np.uint64(29)
    return values


def _sampled(
    hashes: NDArray[np.uint64], starts: NDArray[np.intp], runs: NDArray[np.intp], of_each: int
) -> tuple[NDArray[np.intp], NDArray[np.uint64]]:
    """The hashes below the limit of their text, and the index of that text. Limits are whole numbers, rounded down."""
    import numpy as np

    few = runs <= of_each
    limits = np.where(
        few, np.uint64((1 << 64) - 1), np.uint64((1 << 64) - 1) // runs.astype(np.uint64) * np.uint64(of_each)
    )
    firsts = np.cumsum(runs) - runs
    places = np.arange(int(runs.sum()), dtype=np.intp) + np.repeat(starts - firsts, runs)
    own = hashes[places]
    kept = np.flatnonzero(own <= np.repeat(limits, runs))
    return np.searchsorted(firsts, kept, side="right") - 1, own[kept]
