"""Anchors: a sample of the runs of code points in a text, chosen by their hash, so that like texts choose the same ones.

A run is longer than a shingle and therefore rare: texts that share several are most likely alike. How many a text gives
does not depend on its length. Only candidates rest on anchors; whoever makes a claim compares the texts themselves.

Four kinds of runs never meet: those of spaced and of dense scripts (Han, kana, hangul), and in both the long runs of
long texts and the short runs of short ones. Texts near a border give both kinds, so no pair falls between two of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
        for script, kinds in ((dense, (2, 3)), (spaced, (0, 1))):
            taken = leads[ranks] & script & (lengths >= LENGTHS[kinds[1]])
            if not taken.any():
                continue
            # Only the points of texts that are looked at; a line feed still ends each of them.
            own, its_lengths, its_ranks = points, lengths, ranks
            if not taken.all():
                own, its_lengths, its_ranks = points[np.repeat(taken, lengths + 1)], lengths[taken], ranks[taken]
            long = its_lengths >= LONG_TEXT_CHARS, its_lengths < 2 * LONG_TEXT_CHARS
            for kind, chosen, hashes in zip(kinds, long, _hashes(own, kinds), strict=True):
                if chosen.any():
                    runs = np.where(chosen, its_lengths - LENGTHS[kind] + 1, 0)
                    texts, found = _sampled(hashes, its_lengths + 1, runs, of_each)
                    yield its_ranks[texts] * np.uint32(KINDS) + np.uint32(kind), found


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


def _hashes(points: NDArray[np.uint32], kinds: Sequence[int]) -> Iterator[NDArray[np.uint64]]:
    """For each kind the hashes of the runs that begin at each point, as far as there are any; also across line ends."""
    import numpy as np

    ones = points.astype(np.uint64)
    base = np.uint64(_BASE)
    twos = ones[:-1] * base + ones[1:]
    fours = twos[:-2] * np.uint64(pow(_BASE, 2, 1 << 64)) + twos[2:]
    for kind in kinds:
        if kind == 0:
            yield _mixed(fours[:-4] * np.uint64(pow(_BASE, 4, 1 << 64)) + fours[4:])
        elif kind == 1:
            yield _mixed(fours[:-1] * base + ones[4:])
        else:
            yield _mixed(fours if kind == 2 else twos[:-1] * base + ones[2:])


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    import numpy as np

    values = values ^ (values >> np.uint64(32))
    values *= np.uint64(_MIX)
    values ^= values >> np.uint64(29)
    return values


def _sampled(
    hashes: NDArray[np.uint64], strides: NDArray[np.intp], runs: NDArray[np.intp], of_each: int
) -> tuple[NDArray[np.intp], NDArray[np.uint64]]:
    """The hashes below the limit of their text, and the index of that text. Limits are whole numbers, rounded down.

    Texts stand `strides` apart, and the first `runs` hashes of each count.
    """
    import numpy as np

    most = np.uint64((1 << 64) - 1)
    limits = np.where(runs <= of_each, most, most // np.maximum(1, runs).astype(np.uint64) * np.uint64(of_each))
    # What follows the runs of a text is below no limit.
    limits = np.stack((limits, np.zeros_like(limits)), axis=1).ravel()
    counts = np.stack((runs, strides - runs), axis=1).ravel()
    kept = np.flatnonzero(hashes < np.repeat(limits, counts)[: len(hashes)])
    return np.searchsorted(np.cumsum(strides), kept, side="right"), hashes[kept]
