"""Pairs of texts that may be alike: those that share some of their rarest anchors.

If two texts share at least a given part of their anchors, then some of those are among the rarest ones of both, as many
as are left when that part is taken away and a few more (the prefix filter of set joins). Anchors that no other text has
come first and cost nothing, so most texts are done with at once. Refuses to say that texts are alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scrubber.corpus.anchors import KINDS, anchors
from scrubber.corpus.collection import Collection
from scrubber.corpus.segments import Buckets, Column
from scrubber.errors import UnreadableInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Anchors of one text, about: a pair that shares half of its text shares 12 of them, hardly ever fewer than 6.
ANCHORS_EACH = 24
#: All texts of up to so many with one anchor are paired with each other. Of more, each is paired with the first
#: `FIRST_TEXTS` and the one before it: thousands of copies cost as much as they are.
MOST_PAIRED = 64
FIRST_TEXTS = 4

#: So many of the rarest anchors must be shared, where a text has them: one may be chance.
RARE_SHARED = 3

_FREQUENCY_BITS = 8
#: Numbers that one bucket is to hold, and the most buckets: each is a file, and a process may open a thousand.
_BUCKET_NUMBERS = 1 << 19
_MOST_BUCKETS = 128
#: Numbers whose pairs are made at a time.
_LINKED_NUMBERS = 1 << 17
#: Where texts share phrases, many more pairs are met than there are anchors: so many times the buckets.
_PAIR_BUCKETS, _MOST_PAIR_BUCKETS = 2, 256


def candidates(
    collection: Collection, shared_percent: int, rare_shared: int = RARE_SHARED
) -> Iterator[NDArray[np.uint64]]:
    """Pairs of ranks, the lower one in the upper half, each once, in ascending portions.

    Pairs that share `shared_percent` % of the anchors of each are among them; they share `rare_shared` of the rarest.
    O(n log n); on disk where there are many.
    """
    anchored = _gathered(collection)
    try:
        yield from _paired(*anchored, len(collection), shared_percent, rare_shared)
    finally:
        for column in anchored:
            column.close()


def pair_numbers(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Pairs of ranks as one number each, the lower rank in the upper half."""
    import numpy as np

    return np.minimum(first, second) << np.uint64(32) | np.maximum(first, second)


def _gathered(collection: Collection) -> tuple[Column, Column]:
    views, hashes = Column("<u4"), Column("<u8")
    for view, found in anchors(collection, ANCHORS_EACH):
        views.append(view)
        hashes.append(found)
    return views, hashes


def _paired(
    views: Column, hashes: Column, texts: int, shared_percent: int, rare_shared: int
) -> Iterator[NDArray[np.uint64]]:
    import numpy as np

    view_bits = max(1, (texts * KINDS - 1).bit_length())
    group_bits = max(1, (len(hashes) // 2).bit_length())
    if view_bits + group_bits + _FREQUENCY_BITS > 64:
        raise UnreadableInput(f"{texts:,} texts are more than can be compared in one run.", hint="Part them.")
    counts = np.zeros(texts * KINDS, dtype=np.uint32)
    by_view = _by_view(views, hashes, counts, view_bits, group_bits)
    needed = ((counts * np.uint32(shared_percent) + np.uint32(99)) // np.uint32(100)).astype(np.uint16)
    del counts
    by_group = _rarest(by_view, needed, rare_shared, view_bits, group_bits)
    wanted = _fewest_wanted(needed, rare_shared, texts)
    by_pair = Buckets(min(_MOST_PAIR_BUCKETS, _PAIR_BUCKETS * len(by_group)))
    for bucket in range(len(by_group)):
        for pairs in _links(by_group.take(bucket), view_bits):
            by_pair.add(pairs, (pairs >> np.uint64(32)) * np.uint64(len(by_pair)) // np.uint64(texts))
    for bucket in range(len(by_pair)):
        yield from _often_enough(by_pair.take(bucket), wanted)


def _bucket_count(numbers: int) -> int:
    """A power of two; one for as many as fit memory."""
    return min(_MOST_BUCKETS, 1 << (numbers // _BUCKET_NUMBERS).bit_length())


def _bucket_of(values: NDArray[np.uint64], bits: int, count: int) -> NDArray[np.uint64]:
    """The bucket of numbers below 2**bits: by their upper bits, so that buckets are in order."""
    import numpy as np

    return values >> np.uint64(max(0, bits - (count.bit_length() - 1)))


def _first_of_equal(ordered: NDArray[np.uint64]) -> NDArray[np.bool_]:
    import numpy as np

    fresh = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    return fresh


def _by_view(views: Column, hashes: Column, counts: NDArray[np.uint32], view_bits: int, group_bits: int) -> Buckets:
    """Anchors that several views share: view, frequency, number of the anchor in one number, in buckets by view.

    `counts` takes how many different anchors each view has.
    """
    import numpy as np

    by_hash = Buckets(_bucket_count(len(hashes)))
    hash_bits = 64 - view_bits
    mark = np.uint64((1 << view_bits) - 1)
    for view, hashed in zip(views.chunks(_BUCKET_NUMBERS), hashes.chunks(_BUCKET_NUMBERS), strict=True):
        found = hashed.astype(np.uint64, copy=False)
        # What the view takes from the hash is made up for by the kind in it, and by its own comparison later on.
        kind = view.astype(np.uint64) & np.uint64(KINDS - 1)
        bucket = _bucket_of(found, 64, len(by_hash))
        lower = (found << np.uint64(len(by_hash).bit_length() - 1)) ^ kind << np.uint64(62)
        by_hash.add(lower >> np.uint64(64 - hash_bits) << np.uint64(view_bits) | view.astype(np.uint64), bucket)
    by_view = Buckets(len(by_hash))
    groups_before = 0
    for number in range(len(by_hash)):
        packed = by_hash.take(number)
        packed.sort()
        packed = packed[_first_of_equal(packed)]
        anchor, owner = packed >> np.uint64(view_bits), packed & mark
        _count(owner, counts)
        begins = np.flatnonzero(_first_of_equal(anchor))
        sizes = np.diff(begins, append=len(anchor))
        several = sizes > 1
        frequency = np.minimum(sizes[several], (1 << _FREQUENCY_BITS) - 1).astype(np.uint64)
        group = np.arange(groups_before, groups_before + len(frequency), dtype=np.uint64)
        groups_before += len(frequency)
        own = (frequency << np.uint64(group_bits)) | group
        members = owner[np.repeat(several, sizes)]
        numbers = members << np.uint64(_FREQUENCY_BITS + group_bits) | np.repeat(own, sizes[several])
        by_view.add(numbers, _bucket_of(members, view_bits, len(by_view)))
    return by_view


def _count(owner: NDArray[np.uint64], counts: NDArray[np.uint32]) -> None:
    """Add how often each number occurs; memory for the numbers, not for all that there are."""
    import numpy as np

    ordered = np.sort(owner)
    begins = np.flatnonzero(_first_of_equal(ordered))
    counts[ordered[begins].astype(np.intp)] += np.diff(begins, append=len(ordered)).astype(np.uint32)


def _fewest_wanted(needed: NDArray[np.uint16], rare_shared: int, texts: int) -> NDArray[np.uint8]:
    """For each text how many of the rarest anchors another one must share; the view that asks for fewest decides."""
    import numpy as np

    most = np.uint16(rare_shared)
    asked = np.where(needed == 0, most, np.minimum(needed, most))
    fewest: NDArray[np.uint8] = asked.reshape(texts, KINDS).min(axis=1).astype(np.uint8)
    return fewest


def _often_enough(pairs: NDArray[np.uint64], wanted: NDArray[np.uint8]) -> Iterator[NDArray[np.uint64]]:
    """The pairs that were met often enough, ascending, each once."""
    import numpy as np

    pairs.sort()
    begin = 0
    while begin < len(pairs):
        end = min(begin + _LINKED_NUMBERS, len(pairs))
        end += int(np.searchsorted(pairs[end:], pairs[end - 1], side="right"))
        begins = np.flatnonzero(_first_of_equal(pairs[begin:end]))
        met = np.diff(begins, append=end - begin)
        some = pairs[begin:end][begins]
        first, second = (some >> np.uint64(32)).astype(np.intp), (some & np.uint64(0xFFFFFFFF)).astype(np.intp)
        yield some[met >= np.minimum(wanted[first], wanted[second])]
        begin = end


def _rarest(by_view: Buckets, needed: NDArray[np.uint16], rare_shared: int, view_bits: int, group_bits: int) -> Buckets:
    """Of each view the rarest anchors, as many as it takes: number of the anchor and view in one number, by anchor."""
    import numpy as np

    by_group = Buckets(len(by_view))
    mark = np.uint64((1 << group_bits) - 1)
    for bucket in range(len(by_view)):
        packed = by_view.take(bucket)
        packed.sort()
        view = (packed >> np.uint64(_FREQUENCY_BITS + group_bits)).astype(np.intp)
        begins = np.flatnonzero(_first_of_equal(view.astype(np.uint64)))
        sizes = np.diff(begins, append=len(view))
        needed_here = needed[view[begins]].astype(np.int64)
        quota = sizes - needed_here + np.minimum(needed_here, rare_shared)
        place = np.arange(len(view)) - np.repeat(begins, sizes)
        kept = place < np.repeat(quota, sizes)
        group = packed[kept] & mark
        numbers = group << np.uint64(view_bits) | view[kept].astype(np.uint64)
        by_group.add(numbers, _bucket_of(group, group_bits, len(by_group)))
    return by_group


def _links(packed: NDArray[np.uint64], view_bits: int) -> Iterator[NDArray[np.uint64]]:
    """Pairs of ranks that have an anchor in common; a part of the anchors at a time."""
    import numpy as np

    packed.sort()
    group = packed >> np.uint64(view_bits)
    begin = 0
    while begin < len(packed):
        end = min(begin + _LINKED_NUMBERS, len(packed))
        if end < len(packed):
            end = int(np.searchsorted(group, group[end - 1], side="right"))
        yield from _links_of_some(packed[begin:end], view_bits)
        begin = end


def _links_of_some(packed: NDArray[np.uint64], view_bits: int) -> Iterator[NDArray[np.uint64]]:
    import numpy as np

    group = packed >> np.uint64(view_bits)
    rank = (packed & np.uint64((1 << view_bits) - 1)) // np.uint64(KINDS)
    begins = np.flatnonzero(_first_of_equal(group))
    sizes = np.diff(begins, append=len(group))
    size = np.repeat(sizes, sizes)
    first = np.repeat(begins, sizes)
    place = np.arange(len(group)) - first
    later = np.flatnonzero((place > 0) & (size <= MOST_PAIRED))
    offset = 1
    while len(later):
        yield pair_numbers(rank[later - offset], rank[later])
        offset += 1
        later = later[place[later] >= offset]
    many = np.flatnonzero((place > 0) & (size > MOST_PAIRED))
    for offset in range(FIRST_TEXTS):
        later = many[place[many] > offset]
        yield pair_numbers(rank[first[later] + offset], rank[later])
    later = many[place[many] > FIRST_TEXTS]
    yield pair_numbers(rank[later - 1], rank[later])
