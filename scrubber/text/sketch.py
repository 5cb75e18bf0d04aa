"""How alike two texts are: exact edit similarity, exact set measures, and sketches that find candidates.

Scores are integers in thousandths, rounded down, so that no float can turn a verdict. Sketches only propose
pairs; whoever makes a claim confirms it here exactly. Refuses to know what a paragraph or a rule is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from functools import cache
from typing import TYPE_CHECKING, Any

from scrubber.text.plain_sketch import Permutations
from scrubber.text.shingle import SHINGLE_RECIPE, hashed_shingles, shingles

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Differing runs that are closer than this are shown as one; one equal character between edits is chance.
MERGE_GAP_CHARS = 2

#: Permutations, seed and scheme of the signatures: datasketch's own defaults since its version 2.0.
PERMUTATIONS = 128
SEED = 1
SCHEME = "affine32"

#: 32 bands of 4 rows: a pair of Jaccard .5 is found in 87 of 100 cases, of .7 in 9,998 of 10,000.
BANDS = 32
ROWS = 4

#: What a stored signature depends on. It stands beside it; signatures of two recipes do not compare.
SIGNATURE_RECIPE = f"datasketch {SCHEME} seed={SEED} permutations={PERMUTATIONS}; {SHINGLE_RECIPE}"

#: Value of a signature that no shingle went into.
EMPTY_VALUE = 0xFFFFFFFF

#: Each row of a band's group is paired with its first rows and the one before it, not with all: groups of
#: thousands of copies stay linear.
GROUP_FIRST_ROWS = 4

#: Pairs of so many bands are sorted together as make this number.
_PAIRS_WAITING = 2_000_000

#: Longer texts are compared by the 64-bit numbers of their shingles, which take a tenth of the memory.
MAX_STRING_SHINGLE_CHARS = 50_000


def edit_similarity(a: str, b: str, at_least: int = 0) -> int:
    """Share of both texts that need not be inserted or deleted to make one from the other, in thousandths.

    `1000 * (len(a) + len(b) - d) // (len(a) + len(b))`, `d` the fewest insertions and deletions; two empty
    texts give 1000. Below `at_least` the answer is 0, which is found sooner. Exact. O(len(a) * len(b) / 64)
    at worst, near-linear for close texts with a high `at_least`: callers bound the lengths.

    >>> edit_similarity("abcd", "abcd"), edit_similarity("abcd", "abxd"), edit_similarity("ab", "cd")
    (1000, 750, 0)
    """
    if a == b:
        return 1000
    total = len(a) + len(b)
    if not lengths_allow(len(a), len(b), at_least):
        return 0
    from rapidfuzz.distance import Indel

    farthest = total - (at_least * total + 999) // 1000
    distance = Indel.distance(a, b, score_cutoff=farthest)
    if distance > farthest:
        return 0
    return 1000 * (total - distance) // total


def edit_similarities(pairs: Sequence[tuple[str, str]]) -> list[int]:
    """`edit_similarity` of many pairs, each in full; what calling costs is shared. Callers bound the lengths.

    >>> edit_similarities([("abcd", "abxd"), ("", "")])
    [750, 1000]
    """
    from rapidfuzz.distance import Indel
    from rapidfuzz.process import cpdist

    if not pairs:
        return []
    distances = cpdist([a for a, _ in pairs], [b for _, b in pairs], scorer=Indel.distance).tolist()
    totals = [len(a) + len(b) for a, b in pairs]
    return [
        1000 * (total - distance) // total if total else 1000 for total, distance in zip(totals, distances, strict=True)
    ]


def lengths_allow(a_chars: int, b_chars: int, at_least: int) -> bool:
    """Whether texts of these lengths can reach an edit similarity: all they share is the shorter one.

    >>> lengths_allow(80, 120, 800), lengths_allow(79, 120, 800)
    (True, False)
    """
    return 2000 * min(a_chars, b_chars) >= at_least * (a_chars + b_chars)


def characters_allow(a: str, b: str, at_least: int) -> bool:
    """Whether two texts can reach an edit similarity: all they share is characters that both have. O(n).

    It tells most unlike Chinese texts apart before rapidfuzz must be imported.

    >>> characters_allow("abc", "bcd", 700), characters_allow("abc", "cba", 700)
    (False, True)
    """
    shared = (Counter(a) & Counter(b)).total()
    return 2000 * shared >= at_least * (len(a) + len(b))


def common_length(a: str, b: str) -> int:
    """Length in code points of the longest common subsequence. O(len(a) * len(b) / 64).

    >>> common_length("abcd", "xacd")
    3
    """
    if a == b:
        return len(a)
    from rapidfuzz.distance import LCSseq

    return LCSseq.similarity(a, b)


def differing_spans(a: str, b: str) -> tuple[tuple[tuple[int, int], tuple[int, int]], ...]:
    """What differs: pairs of half-open spans, first in `a`, then in `b`, in order; none in equal texts.

    Runs that are parted by fewer than two equal code points count as one. Needs len(a) * len(b) / 8 bytes:
    callers bound the lengths.

    >>> differing_spans("one big ship", "one small ship")
    (((4, 7), (4, 9)),)
    """
    if a == b:
        return ()
    from rapidfuzz.distance import LCSseq

    merged: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for step in LCSseq.opcodes(a, b):
        if step.tag == "equal":
            continue
        first, second = (step.src_start, step.src_end), (step.dest_start, step.dest_end)
        if merged and first[0] - merged[-1][0][1] < MERGE_GAP_CHARS:
            first, second = (merged[-1][0][0], first[1]), (merged[-1][1][0], second[1])
            merged.pop()
        merged.append((first, second))
    return tuple(merged)


def jaccard_thousandths(a: Set[Any], b: Set[Any]) -> int:
    """Shared members as a share of all, in thousandths, rounded down; two empty sets prove nothing: 0.

    >>> jaccard_thousandths({1, 2, 3}, {2, 3, 4})
    500
    """
    shared = len(a & b)
    return _ratio(shared, len(a) + len(b) - shared)


def containment_thousandths(a: Set[Any], b: Set[Any]) -> int:
    """Shared members as a share of the smaller set, in thousandths, rounded down; 0 where one is empty.

    >>> containment_thousandths({1, 2, 3}, {2, 3, 4, 5, 6})
    666
    """
    return _ratio(len(a & b), min(len(a), len(b)))


def _ratio(part: int, whole: int) -> int:
    return 1000 * part // whole if whole else 0


def shingle_counts(a: str, b: str, k: int) -> tuple[int, int, int]:
    """How many distinct shingles `a` has, `b` has, both have. O(n); for long texts by a sort of their hashes.

    >>> shingle_counts("abcde", "xbcde", 3)
    (3, 3, 2)
    """
    if max(len(a), len(b)) <= MAX_STRING_SHINGLE_CHARS:
        first, second = shingles(a, k), shingles(b, k)
        return len(first), len(second), len(first & second)
    import numpy as np

    one, other = _distinct_hashes(a, k), _distinct_hashes(b, k)
    return len(one), len(other), len(np.intersect1d(one, other, assume_unique=True))


def _distinct_hashes(text: str, k: int) -> NDArray[np.uint64]:
    import numpy as np

    portions = [portion.hashes for portion in hashed_shingles([text], k)]
    return np.unique(np.concatenate(portions)) if portions else np.empty(0, dtype=np.uint64)


def text_jaccard(a: str, b: str, k: int) -> int:
    """Exact Jaccard of the shingles of two texts in thousandths; below one shingle texts are equal or not.

    >>> text_jaccard("abcde", "xbcde", 3), text_jaccard("ab", "ab", 3), text_jaccard("ab", "ac", 3)
    (500, 1000, 0)
    """
    if a == b:
        return 1000
    first, second, shared = shingle_counts(a, b, k)
    return _ratio(shared, first + second - shared)


@cache
def permutations() -> Permutations:
    """Factors and summands of the permutations, from datasketch itself; importing it takes about a second."""
    from datasketch import MinHash

    factors, summands = MinHash(num_perm=PERMUTATIONS, seed=SEED, scheme=SCHEME).permutations
    return Permutations(tuple(factors.tolist()), tuple(summands.tolist()))


def signatures(texts: Sequence[str], k: int, known: Permutations | None = None) -> NDArray[np.uint32]:
    """One row of MinHash values for each text, equal to datasketch's for the same shingle hashes.

    The low 32 bits of each shingle's number are what datasketch would be given as hash. A row can be handed
    over as `LeanMinHash(seed=SEED, hashvalues=row, scheme=SCHEME)`. A text shorter than `k` gives a row of
    `EMPTY_VALUE`, which must not be compared. Who has the permutations at hand gives them as `known`, and datasketch
    is not imported. O(n * PERMUTATIONS), about 6 MB of text a second.
    """
    import numpy as np

    factors, summands = (np.array(values, dtype=np.uint32) for values in known or permutations())
    found = np.full((len(texts), PERMUTATIONS), EMPTY_VALUE, dtype=np.uint32)
    for rows, starts, hashes in hashed_shingles(texts, k):
        mixed = _fmix32(hashes.astype(np.uint32))
        permuted = np.empty_like(mixed)
        least = np.empty((PERMUTATIONS, len(rows)), dtype=np.uint32)
        for number in range(PERMUTATIONS):
            np.multiply(mixed, factors[number], out=permuted)
            permuted += summands[number]
            np.minimum.reduceat(permuted, starts, out=least[number])
        found[rows] = np.minimum(found[rows], least.T)
    return found


def _fmix32(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """MurmurHash3's 32-bit finaliser, which datasketch applies before its permutations."""
    import numpy as np

    values = values ^ (values >> np.uint32(16))
    values *= np.uint32(0x85EBCA6B)
    values ^= values >> np.uint32(13)
    values *= np.uint32(0xC2B2AE35)
    values ^= values >> np.uint32(16)
    return values


def band_keys(rows_of_values: NDArray[np.uint32], bands: int = BANDS, rows: int = ROWS) -> NDArray[np.uint64]:
    """One 64-bit key for each signature and band: the hash of `rows` values."""
    import numpy as np

    keys = np.zeros((len(rows_of_values), bands), dtype=np.uint64)
    for row in range(rows):
        keys *= np.uint64(0x9E3779B97F4A7C15)
        keys += rows_of_values[:, row : bands * rows : rows]
        keys ^= keys >> np.uint64(33)
        keys *= np.uint64(0xFF51AFD7ED558CCD)
        keys ^= keys >> np.uint64(33)
    return keys


def candidate_pairs(rows_of_values: NDArray[np.uint32], bands: int = BANDS, rows: int = ROWS) -> NDArray[np.intp]:
    """Pairs (i, j), i < j, of signatures that share a band: an array of two columns, sorted, each pair once.

    In a group of rows with one band key each row is paired with the first `GROUP_FIRST_ROWS` and the one
    before it: at most `(GROUP_FIRST_ROWS + 1) * bands` pairs a row. Rows of `EMPTY_VALUE` are in no pair.
    O(n log n) for each band.
    """
    import numpy as np

    real = np.flatnonzero((rows_of_values != EMPTY_VALUE).any(axis=1))
    keys = band_keys(rows_of_values[real], bands, rows)
    found = np.empty(0, dtype=np.uint64)
    waiting: list[NDArray[np.uint64]] = []
    for band in range(bands):
        waiting.append(_linked(real.astype(np.uint64), keys[:, band]))
        if sum(map(len, waiting)) > max(_PAIRS_WAITING, len(found)):
            found, waiting = _sorted_once([found, *waiting]), []
    found = _sorted_once([found, *waiting])
    return np.column_stack((found >> np.uint64(32), found & np.uint64(0xFFFFFFFF))).astype(np.intp)


def _linked(members: NDArray[np.uint64], keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The pairs of one band, each as one number: the earlier member in the upper half."""
    import numpy as np

    order = np.argsort(keys, kind="stable")
    grouped, members = keys[order], members[order]
    begins = np.flatnonzero(np.diff(grouped, prepend=~grouped[:1]))
    sizes = np.diff(begins, append=len(grouped))
    first = np.repeat(begins, sizes)
    place = np.arange(len(grouped)) - first
    pairs = []
    for offset in range(GROUP_FIRST_ROWS):
        later = np.flatnonzero(place > offset)
        pairs.append(members[first[later] + offset] << np.uint64(32) | members[later])
    later = np.flatnonzero(place > GROUP_FIRST_ROWS)
    pairs.append(members[later - 1] << np.uint64(32) | members[later])
    return np.concatenate(pairs)


def _sorted_once(arrays: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    import numpy as np

    merged = np.concatenate(arrays)
    merged.sort()
    fresh = np.ones(len(merged), dtype=np.bool_)
    np.not_equal(merged[1:], merged[:-1], out=fresh[1:])
    return merged[fresh]
