"""All pairs of like texts of a corpus: candidates, compared with each other exactly.

A pair is reported if the texts are equal, or if Jaccard or edit similarity, as asked for, reaches the threshold. Where
texts follow one template and only fill in other numbers or names, they say different things, and may be spared. Of large
families not all pairs are looked at: each text with the first ones, and with what is like those. Refuses to choose who
is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from scrubber.corpus.candidates import RARE_SHARED, candidates
from scrubber.corpus.collection import Collection
from scrubber.corpus.overlap import Overlap, overlaps
from scrubber.corpus.templated import differ_in_numbers_only, of_one_template
from scrubber.text.nearest import EditBudget, shared_floor
from scrubber.text.shingle import DENSE_SCRIPT_K
from scrubber.text.sketch import edit_similarities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MEASURES = ("jaccard", "edit", "either")

#: Share of the anchors of a text that a copy with edits keeps at least, in hundredths.
EDITED_PERCENT = 20

#: Pairs within the neighbourhood of one text are looked at where it has so many neighbours, and of so many of them. With
#: fewer all have been candidates (`candidates.MOST_PAIRED`).
FEWEST_NEIGHBOURS, MOST_NEIGHBOURS = 32, 128
#: Of equal texts, all pairs up to so many; of more, each with the first.
MOST_EQUAL = 32
_OUT_OF_REACH = 1001
_REMEMBERED_TEXTS = 1 << 14
#: Pairs, and code points of their texts, that are compared at a time.
_PAIRS_AT_A_TIME = 1 << 17
_CHARS_AT_A_TIME = 4_000_000


class Likenesses(Struct, frozen=True):
    """What makes two texts a pair. Thresholds in thousandths.

    `jaccard` and `edit` are the least values that make a pair, `edit` for texts in dense scripts (Han, kana, hangul) and
    in spaced ones; None: that measure makes none. With `spare_templated` texts that differ in the numbers and names of
    one template are no pair.
    """

    jaccard: int | None
    edit: tuple[int, int] | None
    spare_templated: bool

    @property
    def shared_percent(self) -> int:
        """The part of its anchors that a text must share to be compared: what edits leave, less what chance takes."""
        by_jaccard = 60 if self.jaccard is None else max(10, min(60, self.jaccard // 10 - 20))
        return by_jaccard if self.edit is None else min(by_jaccard, EDITED_PERCENT)

    @property
    def rare_shared(self) -> int:
        """How many of its rarest anchors a text must share to be compared. Scattered edits leave few."""
        return RARE_SHARED + 1 if self.edit is None and (self.jaccard or 0) >= 700 else RARE_SHARED


class Pair(NamedTuple):
    """Two like texts by their ranks, `a < b`. Thousandths; `edit` is None where the texts are too long to say."""

    a: int
    b: int
    jaccard: int
    edit: int | None

    @property
    def score(self) -> int:
        """The larger of both."""
        return max(self.jaccard, self.edit or 0)


def likenesses(measure: str, threshold: int, *, spare_templated: bool | None = None) -> Likenesses:
    """What `measure` and `threshold` (thousandths) mean. Raises KeyError for a measure there is not.

    Under `either`, Jaccard must reach the threshold, or edit similarity more: half of what is left to 1 in spaced scripts,
    a quarter in dense ones, because texts that have nothing to do with each other have about half, and a quarter, of their
    characters in the same order. Templated texts are spared but under `jaccard`.
    """
    spare = measure != "jaccard" if spare_templated is None else spare_templated
    middle = (1000 + 3 * threshold) // 4, (1000 + threshold) // 2
    return {
        "jaccard": Likenesses(threshold, None, spare),
        "edit": Likenesses(None, (threshold, threshold), spare),
        "either": Likenesses(threshold, middle, spare),
    }[measure]


def find_pairs(collection: Collection, wanted: Likenesses) -> list[Pair]:
    """All pairs in order of `a`, then `b`. Memory: that of the pairs, and a bounded amount."""
    budget = EditBudget(collection.chars)
    compared = list(
        _compared(collection, candidates(collection, wanted.shared_percent, wanted.rare_shared), wanted, budget)
    )
    compared += _compared(collection, _neighbours_of_neighbours(compared), wanted, budget)
    if wanted.spare_templated:
        text_of = lru_cache(maxsize=_REMEMBERED_TEXTS)(collection.text)
        spared = of_one_template(sorted((pair.a, pair.b) for pair in compared), text_of)
        compared = [pair for pair in compared if (pair.a, pair.b) not in spared]
    found = [*_equal_pairs(collection, {(pair.a, pair.b): pair for pair in compared})]
    return sorted(found)


def _compared(
    collection: Collection, proposed: Iterable[NDArray[np.uint64]], wanted: Likenesses, budget: EditBudget
) -> Iterator[Pair]:
    """Those of the proposed pairs that are alike, in their order."""
    import numpy as np

    for portion in proposed:
        begin = 0
        while begin < len(portion):
            some = portion[begin : begin + _PAIRS_AT_A_TIME]
            ranks = np.stack((some >> np.uint64(32), some & np.uint64(0xFFFFFFFF))).astype(np.intp)
            # As many pairs as have texts for about `_CHARS_AT_A_TIME`.
            sizes = collection.sizes[ranks].sum(axis=0)
            count = max(1, int(np.searchsorted(np.cumsum(sizes), 3 * _CHARS_AT_A_TIME)))
            yield from _judged(collection, ranks[:, :count], wanted, budget)
            begin += count


def _judged(collection: Collection, ranks: NDArray[np.intp], wanted: Likenesses, budget: EditBudget) -> Iterator[Pair]:
    import numpy as np

    members, places = np.unique(ranks, return_inverse=True)
    places = places.reshape(ranks.shape)
    texts = collection.texts(members)
    lengths = collection.shingle_lengths[members].astype(np.int64)
    found = overlaps(texts, lengths, places[0], places[1], least=wanted.jaccard or 0 if wanted.edit is None else 0)
    jaccard = 1000 * found.shared // np.maximum(1, found.first + found.second - found.shared)
    alike = jaccard >= wanted.jaccard if wanted.jaccard is not None else np.zeros(len(jaccard), dtype=np.bool_)
    chars = np.array([len(text) for text in texts], dtype=np.int64)[places]
    ks = lengths[places].min(axis=0)
    least = _least_edit(ks, wanted)
    looked_at = np.flatnonzero(alike | _may_be_edits(found, chars, ks, least)).tolist()
    couples = [(texts[places[0, at]], texts[places[1, at]]) for at in looked_at]
    edits = _edits(couples, budget)
    for at, (a, b), edit in zip(looked_at, couples, edits, strict=True):
        if not alike[at] and (edit is None or edit < least[at]):
            continue
        if not (wanted.spare_templated and differ_in_numbers_only(a, b)):
            yield Pair(int(ranks[0, at]), int(ranks[1, at]), int(jaccard[at]), edit)


def _least_edit(ks: NDArray[np.int64], wanted: Likenesses) -> NDArray[np.int64]:
    """The edit similarity that each pair must reach; more than there is where none counts."""
    import numpy as np

    dense, spaced = wanted.edit or (_OUT_OF_REACH, _OUT_OF_REACH)
    return np.where(ks == DENSE_SCRIPT_K, dense, spaced)


def _may_be_edits(
    found: Overlap, chars: NDArray[np.int64], ks: NDArray[np.int64], least: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which pairs may reach an edit similarity: by their lengths, and by the shingles that they share."""
    import numpy as np

    chosen = np.zeros(len(found.shared), dtype=np.bool_)
    fewest = np.minimum(found.first, found.second)
    # A first look without a loop: no floor is lower.
    near = (2000 * chars.min(axis=0) >= least * chars.sum(axis=0)) & (found.shared * 20 >= fewest)
    for at in np.flatnonzero(near).tolist():
        few = int(fewest[at])
        chosen[at] = found.shared[at] * 1000 >= shared_floor(int(least[at]), int(ks[at]), few) * few
    return chosen


def _edits(couples: Sequence[tuple[str, str]], budget: EditBudget) -> list[int | None]:
    """The edit similarity of each pair of texts; None where the budget is spent or one is too long."""
    within = [budget.take(len(a), len(b)) for a, b in couples]
    measured = iter(edit_similarities([couple for couple, fits in zip(couples, within, strict=True) if fits]))
    return [next(measured) if fits else None for fits in within]


def _neighbours_of_neighbours(pairs: Sequence[Pair]) -> Iterator[NDArray[np.uint64]]:
    """Pairs not yet compared of texts that are like the same text: in large families few were candidates."""
    import numpy as np

    neighbours: dict[int, list[int]] = {}
    for pair in pairs:
        neighbours.setdefault(pair.a, []).append(pair.b)
        neighbours.setdefault(pair.b, []).append(pair.a)
    known = {pair.a << 32 | pair.b for pair in pairs}
    fresh: set[int] = set()
    for others in neighbours.values():
        if len(others) < FEWEST_NEIGHBOURS:
            continue
        some = sorted(others)[:MOST_NEIGHBOURS]
        for place, one in enumerate(some):
            fresh.update(one << 32 | other for other in some[place + 1 :])
    yield np.array(sorted(fresh - known), dtype=np.uint64)


def _equal_pairs(collection: Collection, compared: dict[tuple[int, int], Pair]) -> Iterator[Pair]:
    """The compared pairs, those of texts equal to theirs, and those of equal texts."""
    import numpy as np

    leaders = collection.leaders
    followers = np.flatnonzero(leaders != np.arange(len(leaders), dtype=np.uint32))
    equal: dict[int, list[int]] = {}
    for rank, leader in zip(followers.tolist(), leaders[followers].tolist(), strict=True):
        equal.setdefault(leader, [leader]).append(rank)
    for group in equal.values():
        for place, one in enumerate(group[:MOST_EQUAL]):
            yield from (
                Pair(one, other, 1000, 1000) for other in group[place + 1 :] if not place or len(group) <= MOST_EQUAL
            )
    for pair in compared.values():
        yield from _of_equal(pair, equal.get(pair.a, [pair.a]), equal.get(pair.b, [pair.b]))


def _of_equal(pair: Pair, first: Sequence[int], second: Sequence[int]) -> Iterator[Pair]:
    """A pair for each of the texts that are equal to those of `pair`; of many, those of the first of the first ones."""
    every = len(first) * len(second) <= MOST_EQUAL * MOST_EQUAL // 2
    for one in first if every else first[:1]:
        for other in second:
            yield Pair(min(one, other), max(one, other), pair.jaccard, pair.edit)
