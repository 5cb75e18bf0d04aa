"""For each of many texts the one most like it among those that are kept: cheap candidates, exact confirmation.

Candidates share samples of short runs of characters; in large collections MinHash bands propose more. No answer
rests on them: each is confirmed with the kept text itself, by the exact Jaccard ratio of the shingles or by edit
similarity. The first is blind to scattered edits, the second to reordering. Refuses to follow chains, and to decide
what is kept: the caller does.

Of 2,900 paragraphs with 5 to 20 % of the characters edited, sentences reordered or a third cut out (Chinese and
English, 80 to 400 code points, .8 or more by either measure) 99.8 to 100 % are found among 20 and 300 others; by
bands alone it would be 64 % (English) to 86 %. Texts whose lengths rule the edit similarity out are never compared,
though one may hold the other many times over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import isqrt
from typing import NamedTuple

from scrubber.text.shingle import DENSE_SCRIPT_K, SPACED_SCRIPT_K, samples, shingle_length, shingles
from scrubber.text.sketch import (
    MAX_STRING_SHINGLE_CHARS,
    candidate_pairs,
    characters_allow,
    edit_similarity,
    lengths_allow,
    shingle_counts,
    signatures,
)

#: More texts than this are compared by MinHash bands too, because samples that many texts hold are cut off then.
MAX_SAMPLED_TEXTS = 400

#: So many kept texts are looked up for one sample, the first ones; it bounds the work in templated collections.
MAX_POSTINGS = 32

#: So many kept texts, those that share most samples, are compared exactly with one text: as many as make
#: `MAX_COMPARED_CHARS`, within these limits.
MAX_COMPARED = 16
LEAST_COMPARED = 2
MAX_COMPARED_CHARS = 8_000

#: Bounds of edit comparison in products of two lengths: for one pair (two texts of 20,000 code points), and for a
#: collection, growing with it. A pair past them is judged by its shingles alone.
MAX_PAIR_CELLS = 20_000 * 20_000
MAX_CELLS = 4 * 10**9
MAX_CELLS_PER_CHAR = 2_000

#: Shingle sets are kept in memory for about so many code points of text.
_CACHED_CHARS = 1_000_000

#: What was found of so many texts and pairs, each text at most so long in code points, is remembered: a document is
#: looked at again after each cut, and most of its paragraphs are the same.
_REMEMBERED_TEXTS = 1024
_REMEMBERED_CHARS = 2_000
_known_counts: dict[tuple[str, str, int], tuple[int, int, int]] = {}


class Likeness(NamedTuple):
    """How alike two texts are: `measure` names the larger of both (`equal`, `jaccard`, `edit`), `score` is its value.

    Thousandths. `edit` is 0 where it is below the threshold or was not measured.
    """

    measure: str
    score: int
    jaccard: int
    edit: int


EQUAL = Likeness("equal", 1000, 1000, 1000)


class EditBudget:
    """What may still be spent on edit comparison: bounded by counts, so that the same input has the same answer."""

    def __init__(self, chars: int) -> None:
        self.cells = MAX_CELLS + MAX_CELLS_PER_CHAR * chars

    def take(self, a_chars: int, b_chars: int) -> bool:
        """Whether two texts of these lengths may be compared; if so, the product is spent."""
        cells = a_chars * b_chars
        if cells > min(MAX_PAIR_CELLS, self.cells):
            return False
        self.cells -= cells
        return True


def shared_floor(threshold: int, k: int, chars: int) -> int:
    """Share of the shingles of `chars` code points, in thousandths, below which two texts are not compared by edits.

    Of two texts at the threshold by edits scattered evenly about (threshold - .05)**k of the shingles survive, and
    short texts stray from that by a multiple of chars**-.5. Of edited paragraphs that barely keep .8 it misses none
    of 4,682 Chinese and 16 of 5,131 English ones; of milder edits, cuts and reordering none of 5,349.

    >>> shared_floor(800, 3, 80), shared_floor(800, 5, 80), shared_floor(800, 5, 2000)
    (231, 129, 214)
    """
    ease = min(1000, isqrt(80_000_000 // max(1, chars)))
    return _surviving(threshold, k) * (1000 - 450 * ease // 1000) // 1000


def _surviving(threshold: int, k: int) -> int:
    """Expected share of shingles, in thousandths, left by evenly scattered edits; chance matches pay for .05."""
    survive = 1000
    for _ in range(k):
        survive = survive * (threshold - 50) // 1000
    return survive


def likeness(
    a: str, b: str, counts: tuple[int, int, int], k: int, threshold: int, budget: EditBudget
) -> Likeness | None:
    """How alike two different texts are by either measure, exactly; None where both are below the threshold.

    `counts` are those of `sketch.shingle_counts` for shingles of `k` code points. Edit similarity is measured where
    enough shingles survive for it, and the budget allows.
    """
    first, second, shared = counts
    fewest = min(first, second)
    if not shared or shared * 1000 < shared_floor(threshold, k, fewest) * fewest:
        return None
    jaccard = 1000 * shared // (first + second - shared)
    edit = 0
    if characters_allow(a, b, threshold) and budget.take(len(a), len(b)):
        edit = edit_similarity(a, b, threshold)
    if max(jaccard, edit) < threshold:
        return None
    return Likeness("jaccard" if jaccard >= edit else "edit", max(jaccard, edit), jaccard, edit)


_remembered_samples = lru_cache(maxsize=_REMEMBERED_TEXTS)(samples)


class KeptTexts:
    """The kept ones among `texts`, asked in order: `best(position)`, then `keep(position)` if it is to be kept.

    `texts` are folded, each at least one shingle long, all different. Texts of different `groups` are never compared.
    `k` is the shingle length, None for the length that fits the script.
    """

    def __init__(
        self, texts: Sequence[str], groups: Sequence[object], threshold: int, k: int | None, budget: EditBudget
    ) -> None:
        self._texts = texts
        self._groups = groups
        self._threshold = threshold
        self._k = k
        self._budget = budget
        sizes = Counter(groups)
        self._contested = [sizes[group] > 1 for group in groups]
        self._samples: dict[int, set[str]] = {}
        self._sizes: dict[int, int] = {}
        self._lengths: dict[int, int] = {}
        self._postings: dict[object, dict[str, tuple[int, ...]]] = {}
        self._shingles: dict[tuple[int, int], frozenset[str]] = {}
        self._cached_chars = 0
        self._banded = self._pairs_by_bands() if sum(self._contested) > MAX_SAMPLED_TEXTS else {}

    def best(self, position: int) -> tuple[int, Likeness] | None:
        """The kept text most like this one, at or above the threshold; of equally like ones the first kept."""
        found: tuple[int, Likeness] | None = None
        if self._contested[position]:
            for kept in self._candidates(position):
                likeness = self._compare(position, kept)
                if likeness and (found is None or likeness.score > found[1].score):
                    found = kept, likeness
        return found

    def keep(self, position: int) -> None:
        """Takes the text among those that later ones are compared with."""
        if not self._contested[position]:
            return
        postings = self._postings.setdefault(self._groups[position], {})
        sampled = self._sampled(position)
        self._sizes[position] = len(sampled)
        known = postings.keys() & sampled  # mostly none: what needs no loop is done without one
        for sample in known:
            kept = postings[sample]
            if len(kept) < MAX_POSTINGS:
                postings[sample] = (*kept, position)
        postings.update(dict.fromkeys(sampled - known, (position,)))
        self._samples.pop(position, None)

    def _sampled(self, position: int) -> set[str]:
        found = self._samples.get(position)
        if found is None:
            text = self._texts[position]
            of = _remembered_samples if len(text) <= _REMEMBERED_CHARS else samples
            found = self._samples[position] = of(text)
        return found

    def _sample_floor(self, sampled: set[str]) -> int:
        """Share of these samples, in thousandths, that another text must hold: half of what should survive."""
        k = SPACED_SCRIPT_K if sum(map(len, sampled)) >= 4 * len(sampled) else DENSE_SCRIPT_K
        return _surviving(self._threshold, k) // 2

    def _candidates(self, position: int) -> list[int]:
        """Kept texts worth an exact comparison, ascending: those that share most samples, and those of the bands."""
        texts, sizes = self._texts, self._sizes
        chars = len(texts[position])
        most = max(LEAST_COMPARED, min(MAX_COMPARED, MAX_COMPARED_CHARS // max(1, chars)))
        sampled = self._sampled(position)
        postings = self._postings.get(self._groups[position], {})
        hits: list[int] = []
        for sample in postings.keys() & sampled:
            hits += postings[sample]
        floor = self._sample_floor(sampled) if hits else 0
        likely = [
            (-count, kept)
            for kept, count in Counter(hits).items()
            if count >= floor * min(len(sampled), sizes[kept]) // 1000
            and lengths_allow(chars, len(texts[kept]), self._threshold)
        ]
        found = {kept for _, kept in sorted(likely)[:most]}
        banded = [
            kept
            for kept in self._banded.get(position, ())
            if kept in sizes
            and self._groups[kept] == self._groups[position]
            and lengths_allow(chars, len(texts[kept]), self._threshold)
        ]
        found.update(banded[:most])
        return sorted(found)

    def _compare(self, position: int, kept: int) -> Likeness | None:
        a, b = self._texts[position], self._texts[kept]
        k = self._k or min(self._length_of(position), self._length_of(kept))
        return likeness(a, b, self._counts(position, kept, k), k, self._threshold, self._budget)

    def _length_of(self, position: int) -> int:
        found = self._lengths.get(position)
        if found is None:
            found = self._lengths[position] = shingle_length(self._texts[position])
        return found

    def _counts(self, position: int, kept: int, k: int) -> tuple[int, int, int]:
        """How many distinct shingles two texts have, and how many both."""
        a, b = self._texts[position], self._texts[kept]
        if max(len(a), len(b)) > MAX_STRING_SHINGLE_CHARS:
            return shingle_counts(a, b, k)
        found = _known_counts.get((a, b, k))
        if found is None:
            one, other = self._shingles_of(position, k), self._shingles_of(kept, k)
            found = len(one), len(other), len(one & other)
            if max(len(a), len(b)) <= _REMEMBERED_CHARS:
                if len(_known_counts) >= _REMEMBERED_TEXTS * LEAST_COMPARED:
                    _known_counts.clear()
                _known_counts[a, b, k] = found
        return found

    def _shingles_of(self, position: int, k: int) -> frozenset[str]:
        found = self._shingles.get((position, k))
        if found is None:
            text = self._texts[position]
            self._cached_chars += len(text)
            if self._cached_chars > _CACHED_CHARS:
                self._shingles.clear()
                self._cached_chars = len(text)
            found = self._shingles[position, k] = shingles(text, k)
        return found

    def _pairs_by_bands(self) -> dict[int, list[int]]:
        """For each text the earlier ones that share a band with it, ascending."""
        by_k: dict[int, list[int]] = {}
        for position, text in enumerate(self._texts):
            if self._contested[position]:
                by_k.setdefault(self._k or shingle_length(text), []).append(position)
        found: dict[int, list[int]] = {}
        for k, positions in by_k.items():
            rows = signatures([self._texts[position] for position in positions], k)
            for first, second in candidate_pairs(rows).tolist():
                found.setdefault(positions[second], []).append(positions[first])
        return found
