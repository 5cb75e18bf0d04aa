"""Which of like texts stays: the first by document id and place, and those that are like no kept one.

Every copy has a pair with the kept text itself; nothing follows along a chain of neighbours, so that a family that drifts
is never one heap. Refuses to remove anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from scrubber.corpus.pairs import Pair


class Cluster(Struct, frozen=True):
    """A kept text by its rank, and the pairs with its copies in order. In each, `a` is the kept text."""

    kept: int
    copies: tuple[Pair, ...]


def clusters_of(pairs: Iterable[Pair], most_copies: int) -> tuple[Cluster, ...]:
    """The clusters in order of the kept texts. `pairs` in any order; no cluster has more than `most_copies` copies.

    A text is a copy of the kept text before it that is most like it, of equally like ones the first. What a full cluster
    has no room for is kept in turn, and may have copies of its own. O(n log n).
    """
    before: dict[int, list[Pair]] = {}
    for pair in pairs:
        before.setdefault(pair.b, []).append(pair)
    copies: dict[int, list[Pair]] = {}
    gone: set[int] = set()
    for rank in sorted(before):
        open_ones = [pair for pair in before[rank] if pair.a not in gone and len(copies.get(pair.a, ())) < most_copies]
        if open_ones:
            best = max(open_ones, key=lambda pair: (pair.score, -pair.a))
            copies.setdefault(best.a, []).append(best)
            gone.add(rank)
    return tuple(Cluster(kept, tuple(found)) for kept, found in sorted(copies.items()))


def kept_of_pairs(pairs: Sequence[Pair], clusters: Sequence[Cluster]) -> list[str]:
    """For each pair which of its texts is kept, `a` or `b`; `a` where both are, and where both are copies of a third."""
    gone = {pair.b for cluster in clusters for pair in cluster.copies}
    return ["b" if pair.a in gone and pair.b not in gone else "a" for pair in pairs]
