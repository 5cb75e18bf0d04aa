"""How many shingles two texts share, for many pairs at a time: exact counts, by sorting numbers.

Texts are compared by 64-bit numbers of their shingles, of which the lower 52 bits are used here: that two different
shingles of one pair meet in those is met once in 10**11 pairs. Refuses to say what a count means.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from scrubber.text.shingle import polynomials
from scrubber.text.sketch import shingle_counts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Longer texts are compared one by one.
LONG_TEXT_CHARS = 20_000
#: Code points whose runs are numbered at a time: their numbers fit the cache.
_HASHED_CHARS = 1 << 15
#: Numbers that are sorted at a time, and pairs that they may belong to.
_SORTED_NUMBERS = 1 << 17
_INDEX_BITS = 12
_HASH_BITS = 64 - _INDEX_BITS


class Overlap(NamedTuple):
    """Of each pair how many distinct shingles its first text has, its second text, and both."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    shared: NDArray[np.int64]


def overlaps(
    texts: Sequence[str], k: NDArray[np.int64], first: NDArray[np.intp], second: NDArray[np.intp], *, least: int
) -> Overlap:
    """Compares `texts[first[i]]` with `texts[second[i]]`, by shingles of the shorter of both their lengths `k`.

    Where their numbers rule out a Jaccard of `least` thousandths, nothing is counted as shared. Memory: 8 bytes a shingle of all texts. O(n log n) in the shingles of all pairs.
    """
    import numpy as np

    long = np.array([len(text) > LONG_TEXT_CHARS for text in texts], dtype=np.bool_)
    found = Overlap(*(np.zeros(len(first), dtype=np.int64) for _ in range(3)))
    apart = (k[first] != k[second]) | long[first] | long[second]
    for length in np.unique(k).tolist():
        chosen = np.flatnonzero(~apart & (k[first] == length))
        if len(chosen):
            _by_sorting(texts, length, first[chosen], second[chosen], found, chosen, least)
    for place in np.flatnonzero(apart).tolist():
        a, b = int(first[place]), int(second[place])
        counts = shingle_counts(texts[a], texts[b], int(min(k[a], k[b])))
        found.first[place], found.second[place], found.shared[place] = counts
    return found


def _by_sorting(
    texts: Sequence[str],
    k: int,
    first: NDArray[np.intp],
    second: NDArray[np.intp],
    found: Overlap,
    places: NDArray[np.intp],
    least: int,
) -> None:
    import numpy as np

    wanted = np.zeros(len(texts), dtype=np.bool_)
    wanted[first] = wanted[second] = True
    members = np.flatnonzero(wanted)
    number = np.zeros(len(texts), dtype=np.intp)
    number[members] = np.arange(len(members))
    hashes, sizes = _distinct([texts[member] for member in members.tolist()], k)
    starts = np.cumsum(sizes) - sizes
    a, b = number[first], number[second]
    found.first[places], found.second[places] = sizes[a], sizes[b]
    possible = 1000 * np.minimum(sizes[a], sizes[b]) >= least * np.maximum(sizes[a], sizes[b])
    a, b, places = a[possible], b[possible], places[possible]
    weights = np.cumsum(sizes[a] + sizes[b])
    begin = 0
    while begin < len(a):
        done = int(weights[begin - 1]) if begin else 0
        end = int(np.searchsorted(weights, done + _SORTED_NUMBERS, side="right"))
        end = min(max(end, begin + 1), begin + (1 << _INDEX_BITS))
        shared = _shared(hashes, starts, sizes, a[begin:end], b[begin:end])
        found.shared[places[begin:end]] = shared
        begin = end


def _distinct(texts: Sequence[str], k: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The numbers of the distinct shingles of each text, end to end, and how many each has."""
    import numpy as np

    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    ends = np.cumsum(lengths)
    sizes = np.zeros(len(texts), dtype=np.int64)
    kept: list[NDArray[np.uint64]] = []
    mark = np.uint64((1 << _HASH_BITS) - 1)
    begin = 0
    while begin < len(texts):
        done = int(ends[begin - 1]) if begin else 0
        end = int(np.searchsorted(ends, done + _HASHED_CHARS, side="right"))
        end = min(max(end, begin + 1), begin + (1 << _INDEX_BITS))
        numbers = polynomials("".join(texts[begin:end]), k)
        # Runs that reach over the end of a text are no shingles of anything.
        inside = np.maximum(0, lengths[begin:end] - (k - 1))
        parts = np.stack((inside, lengths[begin:end] - inside), axis=1).ravel()
        whole = np.repeat(np.resize(np.array([True, False]), len(parts)), parts)[: len(numbers)]
        owners = np.arange(end - begin + 1, dtype=np.uint64) << np.uint64(_HASH_BITS)
        piece = numbers[whole] & mark
        piece |= np.repeat(owners[:-1], inside)
        piece.sort()
        fresh = np.ones(len(piece), dtype=np.bool_)
        np.not_equal(piece[1:], piece[:-1], out=fresh[1:])
        piece = piece[fresh]
        sizes[begin:end] = np.diff(np.searchsorted(piece, owners))
        kept.append(piece & mark)
        begin = end
    return (np.concatenate(kept) if kept else np.empty(0, dtype=np.uint64)), sizes


def _shared(
    hashes: NDArray[np.uint64],
    starts: NDArray[np.int64],
    sizes: NDArray[np.int64],
    first: NDArray[np.intp],
    second: NDArray[np.intp],
) -> NDArray[np.int64]:
    """How many numbers the two texts of each pair have in common."""
    import numpy as np

    members = np.concatenate((first, second))
    many = sizes[members]
    ends = np.cumsum(many)
    places = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(starts[members] - (ends - many), many)
    owners = np.arange(len(first), dtype=np.uint64) << np.uint64(_HASH_BITS)
    packed = hashes[places] | np.repeat(np.concatenate((owners, owners)), many)
    packed.sort()
    twice = packed[1:][packed[1:] == packed[:-1]]
    return np.bincount((twice >> np.uint64(_HASH_BITS)).astype(np.intp), minlength=len(first))
